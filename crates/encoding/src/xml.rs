//! XML (R-ENC-6).

use crate::escape::{copy, table};

/// Markup, and the controls that XML 1.0 forbids.
const SPECIAL: [bool; 256] = {
    let mut table = table(b"&<>\"'");
    let mut control = 0;
    while control < 0x20 {
        table[control] = !matches!(control as u8, b'\t' | b'\n' | b'\r');
        control += 1;
    }
    table
};

/// Writes a text for XML content or an attribute: `&amp; &lt; &gt; &quot; &apos;`; characters that XML 1.0 forbids are dropped.
///
/// ```
/// let mut out = Vec::new();
/// leadhook_encoding::xml::write("R&D <\"x\">\u{0}", &mut out);
/// assert_eq!(out, b"R&amp;D &lt;&quot;x&quot;&gt;");
/// ```
pub fn write(text: &str, out: &mut Vec<u8>) {
    // The two that are no control: the only others that a Rust text can hold and XML cannot.
    for piece in text.split(['\u{fffe}', '\u{ffff}']) {
        copy(piece.as_bytes(), &SPECIAL, out, |byte, out| match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\'' => out.extend_from_slice(b"&apos;"),
            _ => {}
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_xml(char: char) -> bool {
        matches!(char, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
    }

    proptest::proptest! {
        #[test]
        fn r_enc_6_what_is_written_is_read_back_without_what_xml_forbids(text: String) {
            let mut out = b"<a b='".to_vec();
            write(&text, &mut out);
            out.extend_from_slice(b"'>");
            write(&text, &mut out);
            out.extend_from_slice(b"</a>");
            let document = String::from_utf8(out).unwrap();
            let document = roxmltree::Document::parse(&document).unwrap();
            let kept: String = text.chars().filter(|char| is_xml(*char)).collect();
            // A parser reads every line break as one line feed.
            let read = kept.replace("\r\n", "\n").replace('\r', "\n");
            proptest::prop_assert_eq!(document.root_element().text().unwrap_or_default(), read);
        }
    }

    #[test]
    fn r_enc_6_non_characters_and_controls_are_dropped() {
        let mut out = Vec::new();
        write("a\u{ffff}\u{fffe}\u{1}\u{b}\u{fffd}\tb", &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "a\u{fffd}\tb");
    }
}
