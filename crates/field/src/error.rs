//! Why a value or a name does not fit.

use std::fmt;

/// Why a value does not fit its field, or a name its schema.
///
/// Its text names the value (cut where it is long), the type, and what would fit:
///
/// ```
/// use leadhook_field::{ErrorKind, FieldType, Zone};
///
/// let error = FieldType::Integer.read("many", &Zone::utc()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::TypeMismatch);
/// assert_eq!(error.to_string(), "`many` does not fit the type integer, which takes a whole number such as `42`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: Box<str>,
}

/// What kind of misfit an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value of another type.
    TypeMismatch,
    /// A number or time beyond the type's range.
    OutOfRange,
    /// A text beyond the type's length.
    TooLong,
    /// A field that nobody writes.
    ReadOnly,
    /// A name or id that no field may bear.
    InvalidName,
    /// A name or id that another field bears.
    NameTaken,
    /// A time zone that the IANA database does not know.
    UnknownZone,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Box<str>>) -> Error {
        Error {
            kind,
            message: message.into(),
        }
    }

    /// What kind of misfit it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Characters of a value that a message shows.
const SHOWN: usize = 40;

/// A value as it may stand in a message: quoted, cut where it is long, and unable to break the line or turn its direction.
pub(crate) fn shown(value: &str) -> String {
    let mut chars = value.chars();
    let mut quoted = String::from("`");
    for char in chars.by_ref().take(SHOWN) {
        if char.is_control() || is_layout(char) {
            quoted.extend(char.escape_debug());
        } else {
            quoted.push(char);
        }
    }
    quoted.push_str(if chars.next().is_some() { "...`" } else { "`" });
    quoted
}

/// Line and paragraph separators, and the marks that change the direction of what follows.
fn is_layout(char: char) -> bool {
    matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
