//! Why a text is no URL.

use std::{error::Error, fmt};

/// What is wrong with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UrlErrorKind {
    /// More than [`MAX_URL`](crate::MAX_URL) bytes.
    TooLong,
    /// The scheme is missing or not `http` or `https`.
    Scheme,
    /// A character that a URL cannot hold.
    Character,
    /// The host is missing or is none.
    Host,
    /// The port is no number from 1 to 65535.
    Port,
}

/// A text that is no URL to be called. It never repeats credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlError {
    kind: UrlErrorKind,
    position: usize,
    message: String,
}

impl UrlError {
    pub(super) fn new(kind: UrlErrorKind, position: usize, message: String) -> UrlError {
        UrlError {
            kind,
            position,
            message,
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> UrlErrorKind {
        self.kind
    }

    /// Where, in bytes from 0.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for UrlError {}
