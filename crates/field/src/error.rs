//! Why a value or a name does not fit.

use std::fmt;

/// Why a value does not fit its field, or a name its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// What kind of misfit an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// A name that no field may bear.
    InvalidName,
    /// A name that another field bears.
    NameTaken,
    /// A time zone that the IANA database does not know.
    UnknownZone,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into() }
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

/// A value as it may stand in a message: quoted, and cut where it is long.
pub(crate) fn shown(value: &str) -> String {
    const LONGEST: usize = 40;
    let mut chars = value.chars();
    let head: String = chars.by_ref().take(LONGEST).flat_map(char::escape_debug).collect();
    let tail = if chars.next().is_some() { "..." } else { "" };
    format!("`{head}{tail}`")
}
