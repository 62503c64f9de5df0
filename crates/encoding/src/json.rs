//! JSON (R-ENC-2, -4): the short escapes where there are, `\u00xx` for other controls, nothing else; and where a template's string
//! literals are. What is a number and what a text is not known here.

mod literals;

pub use self::literals::Literals;

/// What a byte becomes: 0, itself; `u`, a `\u00xx`; else the letter of its short escape.
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut control = 0;
    while control < 0x20 {
        table[control] = b'u';
        control += 1;
    }
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0a] = b'n';
    table[0x0c] = b'f';
    table[0x0d] = b'r';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

/// Writes a text as a JSON string, quotes included.
///
/// ```
/// let mut out = Vec::new();
/// leadhook_encoding::json::write_string("say \"hi\"\n", &mut out);
/// assert_eq!(out, br#""say \"hi\"\n""#);
/// ```
#[inline]
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    // Room for the text and its quotes at once: most texts need no escape.
    out.reserve(text.len() + 2);
    out.push(b'"');
    write_fragment(text, out);
    out.push(b'"');
}

/// Writes a text as it stands inside a JSON string: without quotes, for a literal that is open already.
///
/// ```
/// let mut out = Vec::new();
/// leadhook_encoding::json::write_fragment("say \"hi\"\n", &mut out);
/// assert_eq!(out, br#"say \"hi\"\n"#);
/// ```
#[inline]
pub fn write_fragment(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    loop {
        let clean = clean_prefix(rest);
        out.extend_from_slice(&rest[..clean]);
        let Some((byte, behind)) = rest[clean..].split_first() else {
            return;
        };
        escape(*byte, out);
        rest = behind;
    }
}

/// How many bytes from the first on need no escape; eight at a time.
#[inline]
fn clean_prefix(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        if let Some(first) = first_special(*chunk) {
            return at + first;
        }
        at += 8;
    }
    if at == text.len() {
        return at;
    }
    match text.last_chunk::<8>() {
        // The rest once more with some bytes before it, which are known to be clean.
        Some(chunk) => first_special(*chunk).map_or(text.len(), |first| text.len() - 8 + first),
        None => {
            let first = text
                .iter()
                .position(|byte| ESCAPES[usize::from(*byte)] != 0);
            first.unwrap_or(text.len())
        }
    }
}

#[inline]
fn first_special(chunk: [u8; 8]) -> Option<usize> {
    match special(u64::from_le_bytes(chunk)) {
        0 => None,
        marks => Some((marks.trailing_zeros() / 8) as usize),
    }
}

/// The high bit of each byte below 0x20, or `"`, or `\`. Bits above the first mark may be wrong, the first is not.
#[inline]
fn special(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let zero_in = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let below_space = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
    let quote = zero_in(word ^ u64::from_le_bytes([b'"'; 8]));
    let backslash = zero_in(word ^ u64::from_le_bytes([b'\\'; 8]));
    below_space | quote | backslash
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match ESCAPES[usize::from(byte)] {
        b'u' => out.extend_from_slice(&[
            b'\\',
            b'u',
            b'0',
            b'0',
            HEX[usize::from(byte >> 4)],
            HEX[usize::from(byte & 15)],
        ]),
        letter => out.extend_from_slice(&[b'\\', letter]),
    }
}

#[cfg(test)]
mod tests;
