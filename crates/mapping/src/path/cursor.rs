//! What both grammars need: a place in the text, indexes, levels, and faults that say what was found instead.

use super::error::{Fault, PathErrorKind};
use super::{MAX_INDEX, MAX_LEVELS, MAX_PATH_LENGTH};

/// A place in the text of a path.
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    levels: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            levels: 0,
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// Moves past `expected` if it comes next.
    pub(super) fn eat(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.at += expected.len_utf8();
        }
        found
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// The run of characters that `belongs` accepts; it may be empty.
    pub(super) fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Counts one more level.
    pub(super) fn level(&mut self, at: usize) -> Result<(), Fault> {
        self.levels += 1;
        if self.levels > MAX_LEVELS {
            let message = format!("a path has at most {MAX_LEVELS} levels");
            return Err(Fault {
                kind: PathErrorKind::TooDeep,
                at,
                message,
            });
        }
        Ok(())
    }

    /// The digits of an index and the bracket that closes it; the opening one is past.
    pub(super) fn index(&mut self) -> Result<u32, Fault> {
        let at = self.at;
        let digits = self.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() {
            return Err(match self.peek() {
                Some('-') => {
                    self.fault("an index counts from the start and from 0, it is not negative")
                }
                Some('*') => self.fault("an index names one element, `*` is not supported"),
                _ => self.expected("an index after `[`"),
            });
        }
        let Ok(index) = digits.parse::<u32>() else {
            let message = format!("the index {} is beyond {MAX_INDEX}", abbreviate(digits));
            return Err(Fault {
                kind: PathErrorKind::IndexTooLarge,
                at,
                message,
            });
        };
        if !self.eat(']') {
            return Err(self.expected("`]` after the index"));
        }
        Ok(index)
    }

    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::syntax(self.at, message)
    }

    pub(super) fn expected(&self, what: &str) -> Fault {
        match self.peek() {
            Some(c) => self.fault(format!("expected {what}, found {}", quote(c))),
            None => self.fault(format!("expected {what}, found the end of the path")),
        }
    }
}

pub(super) fn check_length(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        let message = "the path is empty, it names nothing in the response".into();
        return Err(Fault {
            kind: PathErrorKind::Empty,
            at: 0,
            message,
        });
    }
    if let Some((at, _)) = text.char_indices().nth(MAX_PATH_LENGTH) {
        let message = format!("a path has at most {MAX_PATH_LENGTH} characters");
        return Err(Fault {
            kind: PathErrorKind::TooLong,
            at,
            message,
        });
    }
    Ok(())
}

/// A character as an error shows it.
pub(super) fn quote(c: char) -> String {
    if c.is_control() || c == '`' {
        format!("{c:?}")
    } else {
        format!("`{c}`")
    }
}

fn abbreviate(digits: &str) -> String {
    if digits.len() <= 20 {
        digits.into()
    } else {
        format!("{}...", &digits[..20])
    }
}
