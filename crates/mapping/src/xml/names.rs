//! Names and characters of XML 1.0 (fifth edition, productions 2, 4 and 4a), and how a path's name matches an element's.

const START: u8 = 1;
const PART: u8 = 2;
const PLAIN: u8 = 4;

/// What each byte may be: START and PART of a name, if it is ASCII, and PLAIN in the value of an attribute.
const CLASSES: [u8; 256] = {
    let mut table = [PLAIN; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = match byte as u8 {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' | b':' => START | PART | PLAIN,
            b'0'..=b'9' | b'-' | b'.' => PART | PLAIN,
            b'<' | b'&' | b'"' | b'\'' => 0,
            _ => PLAIN,
        };
        byte += 1;
    }
    table
};

#[inline]
fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

pub(crate) fn is_name_start(c: char) -> bool {
    match u8::try_from(c) {
        Ok(byte @ 0..128) => is(byte, START),
        _ => matches!(c,
            '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
            | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
            | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}'),
    }
}

pub(crate) fn is_name_char(c: char) -> bool {
    match u8::try_from(c) {
        Ok(byte @ 0..128) => is(byte, PART),
        _ => {
            is_name_start(c)
                || matches!(c, '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
        }
    }
}

/// The length of the name at the start of `text`: 0 if there is none.
#[inline]
pub(super) fn name_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ascii = bytes.iter().take_while(|byte| is(**byte, PART)).count();
    match bytes.get(ascii) {
        Some(128..) => any_name_length(text),
        _ if bytes.first().is_some_and(|first| is(*first, START)) => ascii,
        _ => 0,
    }
}

/// The length of what needs no look in the value of an attribute: no quote, no `<`, no `&`.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| is(**byte, PLAIN)).count()
}

#[cold]
fn any_name_length(text: &str) -> usize {
    if !text.starts_with(is_name_start) {
        return 0;
    }
    text.find(|c| !is_name_char(c)).unwrap_or(text.len())
}

/// Where the first character stands that no XML document may hold.
pub(super) fn first_forbidden(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    // Without an early exit within a chunk the compiler checks many bytes at once. U+FFFE and U+FFFF begin with 0xEF.
    let is_suspect = |chunk: &[u8]| {
        chunk.iter().fold(false, |found, byte| {
            found | is_control(*byte) | (*byte == 0xEF)
        })
    };
    bytes
        .chunks(64)
        .enumerate()
        .filter(|(_, chunk)| is_suspect(chunk))
        .find_map(|(index, chunk)| {
            (index * 64..index * 64 + chunk.len()).find(|at| {
                is_control(bytes[*at]) || matches!(bytes[*at..], [0xEF, 0xBF, 0xBE | 0xBF, ..])
            })
        })
}

/// Whether XML documents may hold this character.
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// White space of XML.
pub(super) fn is_white_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The length of the white space at the start.
#[inline]
pub(super) fn white_space_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
        .count()
}

/// A name without its prefix.
#[inline]
pub(super) fn local(name: &str) -> &str {
    memchr::memrchr(b':', name.as_bytes()).map_or(name, |colon| &name[colon + 1..])
}

/// What a path calls an element or attribute: with a colon as written, without one whatever the prefix (R-MAP-3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamePattern {
    name: Box<str>,
    is_qualified: bool,
}

impl NamePattern {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            is_qualified: name.contains(':'),
        }
    }

    /// What follows the last colon; of a name that it matches too.
    #[inline]
    pub(super) fn local(&self) -> &str {
        local(&self.name)
    }

    /// Whether this is the name, prefix included.
    pub(super) fn is_exactly(&self, name: &str) -> bool {
        *self.name == *name
    }

    #[inline]
    pub(super) fn matches(&self, name: &str) -> bool {
        let Some(prefix) = name.strip_suffix(&*self.name) else {
            return false;
        };
        prefix.is_empty()
            || (!self.is_qualified
                && prefix
                    .strip_suffix(':')
                    .is_some_and(|prefix| !prefix.is_empty()))
    }

    /// As [`matches`](Self::matches), but that `xmlns:a` declares a prefix and is no attribute `a`.
    #[inline]
    pub(super) fn matches_attribute(&self, name: &str) -> bool {
        self.matches(name) && !name.starts_with("xmlns:")
    }
}
