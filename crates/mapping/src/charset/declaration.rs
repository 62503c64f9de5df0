//! The encoding that an XML declaration names, read before the body can be decoded.
//!
//! Only where it stands matters here; whether the declaration is well-formed is for the reader of the whole text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::for_label;
use crate::outcome::shorten;
use crate::plan::Invalid;

/// More bytes than any declaration that says something has.
const LONGEST: usize = 1_024;

/// The encoding that a declaration at the start of the body names, if there is one.
///
/// It is looked for in any encoding that begins as ASCII or UTF-16 does. Bytes in UTF-16 hold for themselves, and their
/// declaration may only agree.
pub(super) fn encoding(body: &[u8]) -> Result<Option<&'static Encoding>, Invalid> {
    let head = &body[..body.len().min(LONGEST)];
    let (narrow, wide): (Cow<'_, [u8]>, _) = match head {
        [b'<', b'?', ..] => (head.into(), None),
        [b'<', 0, b'?', 0, ..] => (head.iter().step_by(2).copied().collect(), Some(UTF_16LE)),
        [0, b'<', 0, b'?', ..] => (
            head.iter().skip(1).step_by(2).copied().collect(),
            Some(UTF_16BE),
        ),
        _ => return Ok(None),
    };
    let label = label(&narrow);
    let named = label
        .map(|label| for_label(label, "of the XML declaration"))
        .transpose()?;
    match (wide, named) {
        (None, named) => Ok(named),
        (Some(wide), Some(named)) if named == UTF_16LE || named == UTF_16BE => Ok(Some(wide)),
        (Some(_), _) => {
            let declared = label.map_or("nothing".into(), |label| {
                shorten(&String::from_utf8_lossy(label), 40)
            });
            Err(Invalid(format!(
                "the body is written in UTF-16 and declares {declared}"
            )))
        }
    }
}

/// The value of `encoding` in `<?xml version="1.0" encoding="..."?>`.
fn label(head: &[u8]) -> Option<&[u8]> {
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
    Some(&value[..end])
}
