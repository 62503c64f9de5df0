//! Copies runs of bytes that need no care, and hands the others to who knows what to do with them.

/// A table of the bytes that need care.
pub(crate) const fn table(special: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < special.len() {
        table[special[at] as usize] = true;
        at += 1;
    }
    table
}

/// Percent-encodes a byte, in upper case.
pub(crate) fn percent(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(&[
        b'%',
        HEX[usize::from(byte >> 4)],
        HEX[usize::from(byte & 15)],
    ]);
}

/// Writes `text`, its bytes that `special` marks through `write`.
pub(crate) fn copy(
    text: &[u8],
    special: &[bool; 256],
    out: &mut Vec<u8>,
    write: impl Fn(u8, &mut Vec<u8>),
) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| special[usize::from(*byte)]) {
        out.extend_from_slice(&rest[..at]);
        write(rest[at], out);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}
