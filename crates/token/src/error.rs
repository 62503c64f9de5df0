//! What is wrong with a template.

use std::fmt;

use crate::position::Position;

/// Most faults, and most near misses, that are told of one template: an answer has to hold them.
pub const MAX_FAULTS: usize = 1_000;

/// Longest piece of a template that a message repeats, in characters.
const SHOWN: usize = 60;

/// A fault of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    position: Position,
    message: String,
    suggestion: Option<String>,
}

/// What kind of fault an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A known scope and a dot, but no `}}` before the next `{{` or the end.
    Unclosed,
    /// Nothing but white space where the name should be.
    EmptyName,
    /// One of `{ } : =` in a name.
    InvalidName,
    /// Something else than `default=` behind the colon.
    InvalidDefault,
    /// `{{` inside a default.
    NestedToken,
    /// A backslash that begins none of Marketo's escapes.
    InvalidEscape,
    /// The template is longer than [`MAX_TEMPLATE`](crate::MAX_TEMPLATE).
    TooLong,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, position: Position, message: impl Into<String>) -> Error {
        Error {
            kind,
            position,
            message: message.into(),
            suggestion: None,
        }
    }

    pub(crate) fn suggest(self, suggestion: Option<String>) -> Error {
        Error { suggestion, ..self }
    }

    /// What kind of fault it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where the token or escape at fault begins, in the text as typed.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// What is wrong, without the place and the suggestion.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What may have been meant: a token or escape that can be read.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.message)?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; did you mean {suggestion}?")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// All faults of a template, in the order in which they stand there; at least one, at most [`MAX_FAULTS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors(Vec<Error>);

impl Errors {
    pub(crate) fn none() -> Errors {
        Errors(Vec::new())
    }

    /// Whether there are as many as are told.
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= MAX_FAULTS
    }

    pub(crate) fn push(&mut self, error: Error) {
        debug_assert!(!self.is_full(), "no more than {MAX_FAULTS} are told");
        self.0.push(error);
    }

    /// `value`, unless there are faults.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Errors> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Error> {
        self.0.iter()
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Errors {
        Errors(vec![error])
    }
}

impl IntoIterator for Errors {
    type Item = Error;
    type IntoIter = std::vec::IntoIter<Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Errors {
    type Item = &'a Error;
    type IntoIter = std::slice::Iter<'a, Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

/// A piece of a template as messages repeat it: cut, its control characters escaped.
pub(crate) fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let mut shown = String::new();
    for char in chars.by_ref().take(SHOWN) {
        if char.is_control() {
            shown.extend(char.escape_debug());
        } else {
            shown.push(char);
        }
    }
    if chars.next().is_some() {
        shown.push_str("...");
    }
    shown
}
