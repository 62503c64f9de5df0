//! Values in headers (R-HDR-1). Spaces at the ends of the whole header are for the caller to trim, once it is put together.

/// Writes a value as header text, in UTF-8: a run of control characters (U+0000 to U+001F, U+007F to U+009F) becomes one space, so that
/// no value ends a line.
///
/// ```
/// let mut out = Vec::new();
/// leadhook_encoding::header::write("a\r\nX-Admin: 1", &mut out);
/// assert_eq!(out, b"a X-Admin: 1");
/// ```
pub fn write(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.find(char::is_control) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        out.push(b' ');
        rest = rest[at..].trim_start_matches(char::is_control);
    }
    out.extend_from_slice(rest.as_bytes());
}

#[cfg(test)]
mod tests;
