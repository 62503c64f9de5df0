//! Values in headers (R-HDR-1).

/// Writes a value as header text: a run of control characters becomes one space, so that no value ends a line.
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
mod tests {
    use super::*;

    #[test]
    fn r_hdr_1_a_run_of_controls_is_one_space() {
        for (text, header) in [
            ("plain é", "plain é"),
            ("a\r\n\tb", "a b"),
            ("\u{7f}a\u{85}\u{0}", " a "),
            ("a \r\n b", "a   b"),
        ] {
            let mut out = Vec::new();
            write(text, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), header);
        }
    }
}
