//! The encoding that an XML declaration names, read before the body can be decoded.
//!
//! Only where it stands matters here; whether the declaration is well-formed is for the reader of the whole text.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::for_label;
use crate::plan::Invalid;

/// More bytes than any declaration that says something has.
const LONGEST: usize = 1_024;

/// What a declaration says, and the 16-bit encoding in which it says so, if it is one.
pub(super) struct Declared {
    label: Option<String>,
    wide: Option<&'static Encoding>,
}

/// Looks for a declaration at the start of the body, in any encoding that begins as ASCII or UTF-16 does.
pub(super) fn find(body: &[u8]) -> Option<Declared> {
    let head = &body[..body.len().min(LONGEST)];
    let (narrow, wide) = match head {
        [b'<', 0, b'?', 0, ..] => (head.iter().step_by(2).copied().collect(), Some(UTF_16LE)),
        [0, b'<', 0, b'?', ..] => (
            head.iter().skip(1).step_by(2).copied().collect(),
            Some(UTF_16BE),
        ),
        [b'<', b'?', ..] => (head.to_vec(), None),
        _ => return None,
    };
    let label = label(&narrow);
    (label.is_some() || wide.is_some()).then_some(Declared { label, wide })
}

impl Declared {
    /// The encoding; bytes in UTF-16 hold for themselves, and their declaration may only agree.
    pub(super) fn encoding(&self) -> Result<&'static Encoding, Invalid> {
        let named = match &self.label {
            Some(label) => Some(for_label(label.as_bytes(), "of the XML declaration")?),
            None => None,
        };
        match (self.wide, named) {
            (None, Some(named)) => Ok(named),
            (Some(wide), Some(named)) if named == UTF_16LE || named == UTF_16BE => Ok(wide),
            (Some(_), Some(named)) => Err(Invalid(format!("the body is written in UTF-16 and declares {}", named.name()))),
            (_, None) => Err(Invalid("the body is written in UTF-16 and neither a byte order mark nor its declaration says so".into())),
        }
    }
}

/// The value of `encoding` in `<?xml version="1.0" encoding="..."?>`.
fn label(head: &[u8]) -> Option<String> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(declaration, b"?>")?;
    let declaration = &declaration[..end];
    if !declaration.first()?.is_ascii_whitespace() {
        return None;
    }
    let name = memchr::memmem::find(declaration, b"encoding")?;
    let value = declaration[name + b"encoding".len()..]
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let (quote, value) = value.split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let end = memchr::memchr(*quote, value)?;
    Some(String::from_utf8_lossy(&value[..end]).into_owned())
}
