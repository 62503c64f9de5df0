//! What can go wrong in a store, told by what to do about it.

use std::fmt;

/// Why a store did not do what was asked.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What to do about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The catalog changed meanwhile: read it again, check again, try again.
    Conflict,
    /// What was to be deleted has entries or runs that are not over: cancel them, or wait for their end.
    InUse,
    /// Another process holds the data: stop it first, or use another directory.
    Locked,
    /// The data was written by a newer version, or is not a store's: use that version, or another directory.
    Incompatible,
    /// Something else has the data for a moment, or there is no memory for now: try again.
    Unavailable,
    /// The disk is full or refuses to write: nothing was acknowledged; make room, then try again.
    Unwritable,
    /// The store is closed: the process is stopping.
    Closed,
    /// What was read breaks an invariant of the store: restore a backup.
    Corrupt,
    /// What was handed in breaks a rule of the contract or an invariant of the store, which is a fault of leadhook's: report it.
    Invalid,
    /// Anything else that the database or the operating system reported.
    Other,
}

impl Error {
    /// An error of a backend; `message` in lower case, naming thing, value and way out.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// The same, with what caused it.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        self.source = Some(source.into());
        self
    }

    /// Whether the same would fail again: then one row of a batch may be in the way of the others, which are taken without it.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        matches!(self.kind, ErrorKind::Corrupt | ErrorKind::Invalid)
    }

    /// What to do about it.
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

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
