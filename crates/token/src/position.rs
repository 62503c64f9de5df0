//! Places in a text.

use std::fmt;

/// A place in a text.
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
    /// The place behind `offset` bytes of `text`; an offset within a character means that character.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Position {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        Position {
            offset,
            line: count(before.bytes().filter(|byte| *byte == b'\n').count()),
            column: count(before[line_start..].chars().count()),
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
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    text: &'a str,
    at: Position,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(text: &'a str) -> Walk<'a> {
        Walk {
            text,
            at: Position {
                offset: 0,
                line: 1,
                column: 1,
            },
        }
    }

    /// The place behind `offset` bytes, which must not be before the last that was asked for.
    pub(crate) fn to(&mut self, offset: usize) -> Position {
        for char in self.text[self.at.offset..offset].chars() {
            if char == '\n' {
                self.at.line = self.at.line.saturating_add(1);
                self.at.column = 1;
            } else {
                self.at.column = self.at.column.saturating_add(1);
            }
        }
        self.at.offset = offset;
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_code_points() {
        let text = "aé\n\u{1F600}b";
        for (offset, line, column) in [
            (0, 1, 1),
            (1, 1, 2),
            (2, 1, 2),
            (3, 1, 3),
            (4, 2, 1),
            (8, 2, 2),
            (99, 2, 3),
        ] {
            let position = Position::of(text, offset);
            assert_eq!((position.line, position.column), (line, column), "{offset}");
        }
    }
}
