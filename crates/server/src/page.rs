//! Pages (AIP-158): sizes, and tokens that say where the next page begins.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use leadhook_engine::Violation;
use leadhook_proto::v1::{self, ErrorReason};
use tonic::{Code, Status};

use crate::status::{invalid_argument, plain};

/// Rows of a page when nothing is asked (R-LEAD-4).
const DEFAULT_SIZE: usize = 100;
/// Rows of a page at most.
const MAX_SIZE: usize = 1_000;
/// A page ends early at this size, in bytes, so that it fits a message of the usual limit of 4 MiB.
pub(crate) const MAX_BYTES: usize = 3 << 20;
/// The largest message that clients take unless told otherwise, in bytes.
const MAX_MESSAGE: usize = 4 << 20;

/// A page that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// How many rows.
    pub(crate) size: usize,
    /// Behind which row it begins.
    pub(crate) after: Option<i64>,
    arguments: u64,
}

impl Page {
    /// Reads what is asked. `arguments` is whatever must not change from page to page.
    pub(crate) fn new(size: i32, token: &str, arguments: impl Hash) -> Result<Page, Status> {
        let size = match usize::try_from(size) {
            Ok(0) => DEFAULT_SIZE,
            Ok(size) => size.min(MAX_SIZE),
            Err(_) => {
                let message = format!("{size} is negative; 0 asks for {DEFAULT_SIZE} rows");
                return Err(invalid_argument(
                    ErrorReason::InvalidPageSize,
                    Violation::new("page_size", message),
                ));
            }
        };
        let mut hasher = DefaultHasher::new();
        arguments.hash(&mut hasher);
        let arguments = hasher.finish();
        let after = if token.is_empty() {
            None
        } else {
            Some(read(token, arguments)?)
        };
        Ok(Page {
            size,
            after,
            arguments,
        })
    }

    /// Writes the rows of a page, as many as fit by the size of their messages and at least one; and the token of the next page, or
    /// nothing where there is none. `key` is what a row is found by, `id` its number.
    ///
    /// # Errors
    /// A row [`fits`] no message, not even alone.
    pub(crate) fn write<R, K, M>(
        &self,
        listed: leadhook_store::Page<R, K>,
        key: impl Fn(&R) -> K,
        id: impl Fn(K) -> i64,
        mut message: impl FnMut(R) -> M,
    ) -> Result<(Vec<M>, String), Status>
    where
        M: Row,
    {
        let (mut messages, mut bytes, mut last) = (Vec::new(), 0, None);
        let mut next = listed.next;
        for row in listed.rows {
            let row_key = key(&row);
            let message = message(row);
            bytes += message.encoded_len();
            if bytes > MAX_BYTES && last.is_some() {
                next = last;
                break;
            }
            last = Some(row_key);
            messages.push(fits(message)?);
        }
        let token = next.map(|next| self.token(id(next)));
        Ok((messages, token.unwrap_or_default()))
    }

    /// The token of the page behind the row `last`.
    pub(crate) fn token(&self, last: i64) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&last.to_be_bytes());
        bytes[8..].copy_from_slice(&self.arguments.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// A message that is sent for a thing of the store, alone or as a row of a page.
pub(crate) trait Row: prost::Message {
    /// How to get it in smaller parts, where there is a way.
    const WAY_OUT: &str = "it cannot be read as a whole";

    /// Its resource name.
    fn name(&self) -> &str;
}

impl Row for v1::Lead {
    const WAY_OUT: &str = "name the fields that are needed in `fields`";

    fn name(&self) -> &str {
        &self.name
    }
}

impl Row for v1::Call {
    const WAY_OUT: &str = "list it with the view BASIC, which leaves request and response out";

    fn name(&self) -> &str {
        &self.name
    }
}

impl Row for v1::Webhook {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Row for v1::Program {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Row for v1::Field {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Row for v1::Company {
    fn name(&self) -> &str {
        &self.name
    }
}

/// A message that clients take. One that is larger would end there, with nothing that says which thing it was and what to do.
///
/// # Errors
/// RESOURCE_EXHAUSTED for more than 4 MiB, with the way out.
pub(crate) fn fits<M: Row>(message: M) -> Result<M, Status> {
    let size = message.encoded_len();
    if size <= MAX_MESSAGE {
        return Ok(message);
    }
    let (name, way_out) = (message.name(), M::WAY_OUT);
    let text =
        format!("{name} has {size} bytes, more than the {MAX_MESSAGE} of a message; {way_out}");
    Err(plain(
        Code::ResourceExhausted,
        ErrorReason::MessageTooLarge,
        text,
    ))
}

fn read(token: &str, arguments: u64) -> Result<i64, Status> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let bytes: Option<[u8; 16]> = bytes.and_then(|bytes| bytes.try_into().ok());
    let Some(bytes) = bytes else {
        return Err(invalid(
            "is no token of this server; begin again without one",
        ));
    };
    let (last, of) = bytes.split_at(8);
    if of != arguments.to_be_bytes() {
        return Err(invalid(
            "belongs to a list with another filter or order; repeat those, or begin again without a token",
        ));
    }
    Ok(i64::from_be_bytes(
        last.try_into().expect("it is half of sixteen bytes"),
    ))
}

fn invalid(message: &str) -> Status {
    invalid_argument(
        ErrorReason::InvalidPageToken,
        Violation::new("page_token", message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_lead_4_sizes() {
        for (asked, size) in [
            (0, 100),
            (1, 1),
            (1_000, 1_000),
            (1_001, 1_000),
            (i32::MAX, 1_000),
        ] {
            assert_eq!(Page::new(asked, "", "").unwrap().size, size);
        }
        assert_eq!(
            Page::new(-1, "", "").unwrap_err().code(),
            tonic::Code::InvalidArgument
        );
    }

    #[test]
    fn r_lead_4_a_page_ends_early_by_the_size_of_its_messages() {
        let page = Page::new(10, "", "").unwrap();
        let listed = leadhook_store::Page {
            rows: vec![1_i64, 2, 3],
            next: None,
        };
        let lead = |bytes| {
            move |row| v1::Lead {
                name: format!("leads/{row}"),
                etag: "a".repeat(bytes),
                ..v1::Lead::default()
            }
        };
        let write = |listed, bytes| page.write(listed, |row| *row, |id| id, lead(bytes));
        let (messages, token) = write(listed.clone(), MAX_BYTES / 2).unwrap();
        assert_eq!(messages.len(), 1);
        assert_eq!(Page::new(10, &token, "").unwrap().after, Some(1));
        let (messages, token) = write(listed.clone(), 0).unwrap();
        assert_eq!((messages.len(), token.as_str()), (3, ""));
        let cut = leadhook_store::Page {
            rows: Vec::<i64>::new(),
            next: Some(7),
        };
        let (messages, token) = write(cut, 0).unwrap();
        assert!(messages.is_empty());
        assert_eq!(Page::new(10, &token, "").unwrap().after, Some(7));
        let refused = write(listed, MAX_MESSAGE).unwrap_err();
        assert_eq!(refused.code(), Code::ResourceExhausted);
        for part in ["leads/1 has 41943", "`fields`"] {
            assert!(refused.message().contains(part), "{}", refused.message());
        }
    }

    #[test]
    fn a_token_belongs_to_its_arguments() {
        let token = Page::new(10, "", ("leads", "a = 1")).unwrap().token(42);
        assert_eq!(
            Page::new(20, &token, ("leads", "a = 1")).unwrap().after,
            Some(42)
        );
        for (token, filter) in [
            (token.as_str(), "a = 2"),
            ("nonsense", "a = 1"),
            ("AAAA", "a = 1"),
        ] {
            let error = Page::new(10, token, ("leads", filter)).unwrap_err();
            assert_eq!(
                error.code(),
                tonic::Code::InvalidArgument,
                "{token} {filter}"
            );
        }
    }
}
