//! Values in URLs, behind the authority (R-URL-1, -2). Where the authority, the path and the query are, and that no segment becomes `..`,
//! is for the caller to see to.

use crate::escape::{copy, percent};

/// Whether a URL cannot hold the character, so that a template is refused for it (R-URL-1): space, controls, what is not ASCII, and
/// ``< > " ` ``.
///
/// ```
/// use leadhook_encoding::url::forbidden;
///
/// assert!(forbidden(' ') && forbidden('é') && forbidden('"'));
/// assert!(!forbidden('%') && !forbidden('{') && !forbidden('#'));
/// ```
#[must_use]
pub fn forbidden(char: char) -> bool {
    !char.is_ascii() || RAW[char as usize]
}

/// Forbidden bytes.
const RAW: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let char = byte as u8;
        table[byte] = !char.is_ascii_graphic() || matches!(char, b'<' | b'>' | b'"' | b'`');
        byte += 1;
    }
    table
};

/// Forbidden bytes, and what would end path and query: what follows `#` is not sent.
const RAW_VALUE: [bool; 256] = {
    let mut table = RAW;
    table[b'#' as usize] = true;
    table
};

/// All but RFC 3986's unreserved characters.
const PATH: [bool; 256] = {
    let mut table = [true; 256];
    let mut byte = 0;
    while byte < 256 {
        let char = byte as u8;
        if char.is_ascii_alphanumeric() || matches!(char, b'-' | b'.' | b'_' | b'~') {
            table[byte] = false;
        }
        byte += 1;
    }
    table
};

/// Writes a value as it is, but for what a URL cannot hold and `#`, which are percent-encoded: encoding None.
///
/// ```
/// let mut out = Vec::new();
/// leadhook_encoding::url::write_raw("a/b c?d=1&e=%2F#f", &mut out);
/// assert_eq!(out, b"a/b%20c?d=1&e=%2F%23f");
/// ```
pub fn write_raw(text: &str, out: &mut Vec<u8>) {
    copy(text.as_bytes(), &RAW_VALUE, out, percent);
}

/// Writes a value into a path: all but RFC 3986's unreserved characters percent-encoded, so that it stays one segment.
///
/// ```
/// let mut out = Vec::new();
/// leadhook_encoding::url::write_path("a/b c?d~", &mut out);
/// assert_eq!(out, b"a%2Fb%20c%3Fd~");
/// ```
pub fn write_path(text: &str, out: &mut Vec<u8>) {
    copy(text.as_bytes(), &PATH, out, percent);
}

/// Writes a value into a query, as form data (R-ENC-5).
///
/// ```
/// let mut out = Vec::new();
/// leadhook_encoding::url::write_query("a b&c=d", &mut out);
/// assert_eq!(out, b"a+b%26c%3Dd");
/// ```
pub fn write_query(text: &str, out: &mut Vec<u8>) {
    crate::form::write(text, out);
}

#[cfg(test)]
mod tests;
