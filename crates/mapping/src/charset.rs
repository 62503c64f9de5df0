//! From the bytes of a body to its text (R-MAP-6).
//!
//! What a byte order mark says holds, else the Content-Type's charset, else the XML declaration's, else UTF-8. Labels
//! are those of the WHATWG Encoding Standard. Nothing is ever replaced: a byte that does not fit makes the body invalid.

mod content_type;
mod declaration;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, UTF_8};

pub use content_type::charset_of;

use crate::outcome::shorten;
use crate::plan::{Format, Invalid};

/// The text of a body, without its byte order mark.
pub(crate) fn decode<'b>(
    format: Format,
    body: &'b [u8],
    charset: Option<&str>,
) -> Result<Cow<'b, str>, Invalid> {
    let (encoding, mark) = match Encoding::for_bom(body) {
        Some(found) => found,
        None => (named(format, body, charset)?, 0),
    };
    let body = &body[mark..];
    if encoding == UTF_8 {
        return std::str::from_utf8(body)
            .map(Cow::Borrowed)
            .map_err(|error| {
                Invalid(format!(
                    "byte {} of the body is not UTF-8",
                    mark + error.valid_up_to() + 1
                ))
            });
    }
    encoding
        .decode_without_bom_handling_and_without_replacement(body)
        .ok_or_else(|| {
            Invalid(format!(
                "the body holds bytes that are not {}",
                encoding.name()
            ))
        })
}

/// The encoding that is told, beside a byte order mark.
fn named(format: Format, body: &[u8], charset: Option<&str>) -> Result<&'static Encoding, Invalid> {
    let declared = match (charset, format) {
        (Some(label), _) => Some(for_label(label.as_bytes(), "of the Content-Type")?),
        (None, Format::Json) => None,
        (None, Format::Xml) => declaration::encoding(body)?,
    };
    Ok(declared.unwrap_or(UTF_8))
}

/// The standard maps labels of encodings that are unsafe to read to one that replaces everything.
fn for_label(label: &[u8], whose: &str) -> Result<&'static Encoding, Invalid> {
    Encoding::for_label(label)
        .filter(|encoding| *encoding != REPLACEMENT)
        .ok_or_else(|| {
            let label = shorten(&String::from_utf8_lossy(label), 40);
            Invalid(format!("the charset `{label}` {whose} is not supported"))
        })
}
