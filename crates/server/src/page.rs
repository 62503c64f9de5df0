//! Pages (AIP-158): sizes, and tokens that say where the next page begins.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use leadhook_engine::Violation;
use leadhook_proto::v1::ErrorReason;
use leadhook_store::ActivityId;
use tonic::Status;

use crate::status::invalid_argument;

/// Rows of a page when nothing is asked (R-LEAD-4).
const DEFAULT_SIZE: usize = 100;
/// Rows of a page at most.
const MAX_SIZE: usize = 1_000;
/// A page ends early at this size, in bytes, so that it fits a message of the usual limit of 4 MiB.
pub(crate) const MAX_BYTES: usize = 3 << 20;

/// What a row of a list is found by, as a token holds it.
pub(crate) trait Key: Copy {
    /// As many bytes for each key of a type.
    fn write(self, out: &mut Vec<u8>);
    /// None: they are not those of a key.
    fn read(bytes: &[u8]) -> Option<Self>;
}

impl Key for i64 {
    fn write(self, out: &mut Vec<u8>) {
        out.extend(self.to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Option<i64> {
        Some(i64::from_be_bytes(bytes.try_into().ok()?))
    }
}

impl Key for ActivityId {
    fn write(self, out: &mut Vec<u8>) {
        out.extend(self.record.to_be_bytes());
        out.extend(self.place.to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Option<ActivityId> {
        let (record, place) = bytes.split_first_chunk()?;
        Some(ActivityId {
            record: i64::from_be_bytes(*record),
            place: u32::from_be_bytes(place.try_into().ok()?),
        })
    }
}

/// A page that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page<K> {
    /// How many rows.
    pub(crate) size: usize,
    /// Behind which row it begins.
    pub(crate) after: Option<K>,
    arguments: u64,
}

impl<K: Key> Page<K> {
    /// Reads what is asked. `arguments` is whatever must not change from page to page.
    pub(crate) fn new(size: i32, token: &str, arguments: impl Hash) -> Result<Page<K>, Status> {
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
    /// nothing where there is none. `id` is what a row is found by.
    pub(crate) fn write<R, M: prost::Message>(
        &self,
        listed: leadhook_store::Page<R>,
        id: impl Fn(&R) -> K,
        mut message: impl FnMut(R) -> M,
    ) -> (Vec<M>, String) {
        let (mut messages, mut bytes, mut last) = (Vec::new(), 0, None);
        let mut more = listed.more;
        for row in listed.rows {
            let row_id = id(&row);
            let message = message(row);
            bytes += message.encoded_len();
            if bytes > MAX_BYTES && last.is_some() {
                more = true;
                break;
            }
            last = Some(row_id);
            messages.push(message);
        }
        let token = last.filter(|_| more).map(|last| self.token(last));
        (messages, token.unwrap_or_default())
    }

    /// The token of the page behind the row `last`.
    pub(crate) fn token(&self, last: K) -> String {
        let mut bytes = self.arguments.to_be_bytes().to_vec();
        last.write(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

fn read<K: Key>(token: &str, arguments: u64) -> Result<K, Status> {
    let no_token = || invalid("is no token of this server; begin again without one");
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| no_token())?;
    let (of, last) = bytes.split_first_chunk().ok_or_else(no_token)?;
    let last = K::read(last).ok_or_else(no_token)?;
    if *of != arguments.to_be_bytes() {
        return Err(invalid(
            "belongs to a list with another filter or order; repeat those, or begin again without a token",
        ));
    }
    Ok(last)
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
            assert_eq!(Page::<i64>::new(asked, "", "").unwrap().size, size);
        }
        assert_eq!(
            Page::<i64>::new(-1, "", "").unwrap_err().code(),
            tonic::Code::InvalidArgument
        );
    }

    #[test]
    fn r_lead_4_a_page_ends_early_by_the_size_of_its_messages() {
        let page = Page::<i64>::new(10, "", "").unwrap();
        let listed = leadhook_store::Page {
            rows: vec![1_i64, 2, 3],
            more: false,
        };
        let large = |_| "a".repeat(MAX_BYTES / 2);
        let (messages, token) = page.write(listed.clone(), |row| *row, large);
        assert_eq!(messages.len(), 1);
        assert_eq!(Page::<i64>::new(10, &token, "").unwrap().after, Some(1));
        let (messages, token) = page.write(listed, |row| *row, |_| String::new());
        assert_eq!((messages.len(), token.as_str()), (3, ""));
    }

    #[test]
    fn a_token_belongs_to_its_arguments() {
        let token = Page::<i64>::new(10, "", ("leads", "a = 1"))
            .unwrap()
            .token(42);
        assert_eq!(
            Page::<i64>::new(20, &token, ("leads", "a = 1"))
                .unwrap()
                .after,
            Some(42)
        );
        for (token, filter) in [
            (token.as_str(), "a = 2"),
            ("nonsense", "a = 1"),
            ("AAAA", "a = 1"),
        ] {
            let error = Page::<i64>::new(10, token, ("leads", filter)).unwrap_err();
            assert_eq!(
                error.code(),
                tonic::Code::InvalidArgument,
                "{token} {filter}"
            );
        }
    }

    #[test]
    fn r_lead_4_a_token_holds_whatever_a_row_is_found_by() {
        let last = ActivityId {
            record: -5,
            place: u32::MAX,
        };
        let token = Page::<ActivityId>::new(10, "", "").unwrap().token(last);
        let page: Page<ActivityId> = Page::new(10, &token, "").unwrap();
        assert_eq!(page.after, Some(last));
        assert!(Page::<i64>::new(10, &token, "").is_err(), "of another list");
    }
}
