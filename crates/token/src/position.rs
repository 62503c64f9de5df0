//! Places in a text.

use std::{fmt, str::Chars};

use crate::escape::meaning;

/// A place in a text, as people count: line and column from 1, columns in code points. Lines end with a line feed.
///
/// ```
/// use leadhook_token::Position;
///
/// let place = Position::of("é\n  b", 5);
/// assert_eq!((place.offset, place.line, place.column), (5, 2, 3));
/// assert_eq!(place.to_string(), "line 2, column 3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Bytes before it.
    pub offset: usize,
    /// From 1.
    pub line: u32,
    /// From 1, in code points.
    pub column: u32,
}

impl Position {
    /// The place behind `offset` bytes of `text`. An offset within a character means that character, one beyond the text its end.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Position {
        let before = &text[..text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let from_1 = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
        Position {
            offset: before.len(),
            line: from_1(before.bytes().filter(|byte| *byte == b'\n').count()),
            column: from_1(before[line_start..].chars().count()),
        }
    }
}

/// `line 3, column 17`.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Places of ascending offsets, each found from the one before: many places of a long text cost one pass.
///
/// Offsets are those of the text that was read, places are those of the text as typed: they differ once escapes were read.
#[derive(Clone, Debug)]
pub(crate) struct Walk<'a> {
    typed: Chars<'a>,
    escaped: bool,
    /// Bytes of the text that was read.
    read: usize,
    at: Position,
}

impl<'a> Walk<'a> {
    /// Through a text that is read as it was typed.
    pub(crate) fn new(text: &'a str) -> Walk<'a> {
        Walk {
            typed: text.chars(),
            escaped: false,
            read: 0,
            at: Position {
                offset: 0,
                line: 1,
                column: 1,
            },
        }
    }

    /// Through a text whose Marketo escapes were read: each became one byte. A backslash that begins none stands for itself.
    pub(crate) fn escaped(typed: &'a str) -> Walk<'a> {
        Walk {
            escaped: true,
            ..Walk::new(typed)
        }
    }

    /// The place behind `offset` bytes, which must not be before the last that was asked for.
    pub(crate) fn to(&mut self, offset: usize) -> Position {
        while self.read < offset {
            match self.step() {
                Some('\\') if self.escaped => {
                    if self.typed.clone().next().and_then(meaning).is_some() {
                        self.step();
                    }
                    self.read += 1;
                }
                Some(char) => self.read += char.len_utf8(),
                None => break,
            }
        }
        self.at
    }

    fn step(&mut self) -> Option<char> {
        let char = self.typed.next()?;
        self.at.offset += char.len_utf8();
        if char == '\n' {
            self.at.line = self.at.line.saturating_add(1);
            self.at.column = 1;
        } else {
            self.at.column = self.at.column.saturating_add(1);
        }
        Some(char)
    }
}

#[cfg(test)]
mod tests;
