//! Full Unicode case folding, of a whole text and on the fly (R-FIL-2).
//!
//! A filter folds its literals once and the values that it meets while it compares them: no folded copy is made. Folding
//! depends on no neighbour and no language, so folding character by character is folding the text.

use std::{borrow::Cow, cmp::Ordering, fmt};

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use writeable::Writeable;

const MAPPER: CaseMapperBorrowed<'static> = CaseMapper::new();

/// A text's full Unicode case folding: two texts are equal without regard to case when these are equal.
///
/// The same that [`Filter::matches`](crate::Filter::matches) compares by, for whoever keeps an index of folded keys.
///
/// ```
/// use leadhook_filter::fold;
///
/// assert_eq!(fold("Straße"), fold("STRASSE"));
/// assert_eq!(fold("ΣΊΣΥΦΟΣ"), fold("Σίσυφος"));
/// ```
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        MAPPER.fold_string(text)
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// A text that others are compared with and searched for, without regard to case: it is folded once, and they while they are looked at.
///
/// ```
/// use leadhook_filter::Needle;
///
/// let needle = Needle::new("STRASSE");
/// assert!(needle.equals("Straße") && needle.is_in("Hauptstraße 1") && needle.begins("Straße 1"));
/// ```
#[derive(Clone)]
pub struct Needle {
    text: Box<str>,
    /// Knuth, Morris and Pratt's table: how much of the text still matches when its byte i does not. It keeps the
    /// search linear on a stream, which a value that is folded on the fly is.
    restarts: Box<[u32]>,
}

impl Needle {
    /// Folds a text.
    #[must_use]
    pub fn new(raw: &str) -> Needle {
        let text: Box<str> = fold(raw).into();
        let restarts = restarts(text.as_bytes());
        Needle { text, restarts }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the value folds to this text.
    #[must_use]
    pub fn equals(&self, value: &str) -> bool {
        if value.is_ascii() {
            return value.len() == self.text.len() && ascii(value).eq(self.text.bytes());
        }
        // No folding is longer than three times the text, nor shorter than a third.
        if value.len() > 3 * self.text.len() || self.text.len() > 3 * value.len() {
            return false;
        }
        folded(value).eq(self.text.chars())
    }

    /// How the folded value is ordered against this text, by code points.
    pub(crate) fn order_of(&self, value: &str) -> Ordering {
        if value.is_ascii() {
            ascii(value).cmp(self.text.bytes())
        } else {
            folded(value).cmp(self.text.chars())
        }
    }

    /// Whether the folded value begins with this text.
    #[must_use]
    pub fn begins(&self, value: &str) -> bool {
        let mut value = folded(value);
        self.text.chars().all(|char| value.next() == Some(char))
    }

    /// Whether this text stands somewhere in the folded value.
    #[must_use]
    pub fn is_in(&self, value: &str) -> bool {
        let mut search = Search {
            needle: self,
            matched: 0,
        };
        if value.is_ascii() {
            return value.len() >= self.text.len() && ascii(value).any(|byte| search.push(byte));
        }
        let mut utf8 = [0; 4];
        folded(value).any(|folded| {
            folded
                .encode_utf8(&mut utf8)
                .bytes()
                .any(|byte| search.push(byte))
        })
    }
}

/// The folded text.
impl fmt::Debug for Needle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// A search in a stream of bytes. UTF-8 never matches off a character's border.
struct Search<'a> {
    needle: &'a Needle,
    matched: usize,
}

impl Search<'_> {
    /// Takes the next byte; true when the whole needle has come.
    fn push(&mut self, byte: u8) -> bool {
        let text = self.needle.text.as_bytes();
        loop {
            if text.get(self.matched) == Some(&byte) {
                self.matched += 1;
                return self.matched == text.len();
            }
            if self.matched == 0 {
                return text.is_empty();
            }
            self.matched = self.needle.restarts[self.matched - 1] as usize;
        }
    }
}

/// For every prefix, the length of its longest proper border.
fn restarts(text: &[u8]) -> Box<[u32]> {
    let mut table = vec![0_u32; text.len()];
    let mut border = 0;
    for at in 1..text.len() {
        while border > 0 && text[at] != text[border] {
            border = table[border - 1] as usize;
        }
        if text[at] == text[border] {
            border += 1;
        }
        // A filter has at most 64 KiB, its folding three times that.
        table[at] = u32::try_from(border).unwrap_or(0);
    }
    table.into()
}

fn ascii(value: &str) -> impl Iterator<Item = u8> {
    value.bytes().map(|byte| byte.to_ascii_lowercase())
}

fn folded(value: &str) -> impl Iterator<Item = char> {
    value.chars().flat_map(Folded::of)
}

/// What one character folds to: one to three characters (CaseFolding.txt, status F).
struct Folded {
    chars: [char; 3],
    next: u8,
    end: u8,
}

impl Folded {
    fn of(from: char) -> Folded {
        if from.is_ascii() {
            return Folded {
                chars: [from.to_ascii_lowercase(), '\0', '\0'],
                next: 0,
                end: 1,
            };
        }
        let mut to = Folded {
            chars: ['\0'; 3],
            next: 0,
            end: 0,
        };
        let mut utf8 = [0; 4];
        // The sink takes three characters, the most that Unicode's stability policy allows a folding to have.
        let _ = MAPPER.fold(from.encode_utf8(&mut utf8)).write_to(&mut to);
        to
    }
}

impl fmt::Write for Folded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            *self
                .chars
                .get_mut(usize::from(self.end))
                .ok_or(fmt::Error)? = char;
            self.end += 1;
        }
        Ok(())
    }
}

impl Iterator for Folded {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        if self.next == self.end {
            return None;
        }
        self.next += 1;
        Some(self.chars[usize::from(self.next) - 1])
    }
}

#[cfg(test)]
mod tests;
