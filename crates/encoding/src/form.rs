//! application/x-www-form-urlencoded (R-ENC-5).

use crate::escape::{copy, percent};

const SPECIAL: [bool; 256] = {
    let mut table = [true; 256];
    let mut byte = 0;
    while byte < 256 {
        let char = byte as u8;
        if char.is_ascii_alphanumeric() || matches!(char, b'*' | b'-' | b'.' | b'_') {
            table[byte] = false;
        }
        byte += 1;
    }
    table
};

/// Writes a text as form data: space `+`, everything but letters, digits and `*-._` as `%XX`, in upper case, of its UTF-8.
///
/// ```
/// let mut out = Vec::new();
/// leadhook_encoding::form::write("a b&c=é~", &mut out);
/// assert_eq!(out, b"a+b%26c%3D%C3%A9%7E");
/// ```
pub fn write(text: &str, out: &mut Vec<u8>) {
    copy(text.as_bytes(), &SPECIAL, out, |byte, out| match byte {
        b' ' => out.push(b'+'),
        byte => percent(byte, out),
    });
}

#[cfg(test)]
mod tests;
