//! Half a surrogate pair, such as `\ud800` alone: well-formed by RFC 8259, and yet no text (R-MAP-6).

/// Whether any string in this piece of well-formed JSON, or in the inside of a string, holds half a pair.
pub(super) fn has_lone(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        rest = &rest[at..];
        match (unit(rest), rest.get(6..).and_then(unit)) {
            (None, _) => rest = &rest[2..],
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => rest = &rest[12..],
            (Some(0xD800..=0xDFFF), _) => return true,
            (Some(_), _) => rest = &rest[6..],
        }
    }
    false
}

/// The UTF-16 code unit of a `\u` escape at the start of `bytes`.
fn unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
