//! Values in URLs, behind the authority (R-URL-1, -2).

use crate::escape::{copy, percent};

/// Whether a URL cannot hold the character, so that a template is refused for it (R-URL-1): space, controls, what is not ASCII, and
/// ``< > " ` ``.
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

/// Forbidden bytes, and what would end the path and the query.
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
pub fn write_raw(text: &str, out: &mut Vec<u8>) {
    copy(text.as_bytes(), &RAW_VALUE, out, percent);
}

/// Writes a value into a path: all but RFC 3986's unreserved characters percent-encoded, so that it stays one segment.
pub fn write_path(text: &str, out: &mut Vec<u8>) {
    copy(text.as_bytes(), &PATH, out, percent);
}

/// Writes a value into a query, as form data.
pub fn write_query(text: &str, out: &mut Vec<u8>) {
    crate::form::write(text, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: fn(&str, &mut Vec<u8>), text: &str) -> String {
        let mut out = Vec::new();
        write(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn r_url_2_values_by_place() {
        let text = "a/b c?d=é&~*#%\"";
        assert_eq!(written(write_raw, text), "a/b%20c?d=%C3%A9&~*%23%%22");
        assert_eq!(
            written(write_path, text),
            "a%2Fb%20c%3Fd%3D%C3%A9%26~%2A%23%25%22"
        );
        assert_eq!(
            written(write_query, text),
            "a%2Fb+c%3Fd%3D%C3%A9%26%7E*%23%25%22"
        );
    }

    #[test]
    fn r_url_1_what_a_request_line_cannot_carry() {
        for char in [' ', '\n', '\u{7f}', 'é', '<', '>', '"', '`', '\0'] {
            assert!(forbidden(char), "{char:?}");
        }
        for char in "azAZ09-._~:/?#[]@!$&'()*+,;=%{}|\\^".chars() {
            assert!(!forbidden(char), "{char:?}");
        }
    }
}
