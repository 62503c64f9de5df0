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
mod tests;
