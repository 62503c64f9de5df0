//! From SQLite's errors to the store's.

use leadhook_store::{Error, ErrorKind};
use rusqlite::ErrorCode;

/// What SQLite reported, told by what to do about it.
pub(crate) fn sqlite(error: rusqlite::Error) -> Error {
    let kind = match (error.sqlite_error_code(), &error) {
        (
            Some(
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen,
            ),
            _,
        ) => ErrorKind::Unwritable,
        (
            Some(
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::OutOfMemory,
            ),
            _,
        ) => ErrorKind::Unavailable,
        // What was handed in broke a constraint: it would do so again.
        (Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig), _) => {
            ErrorKind::Invalid
        }
        (Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase), _)
        // A column holds what was never written to it.
        | (
            None,
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..),
        ) => ErrorKind::Corrupt,
        _ => ErrorKind::Other,
    };
    let message = match kind {
        ErrorKind::Unwritable => {
            format!(
                "the database cannot be written ({error}); nothing of this was kept: make room, then try again"
            )
        }
        ErrorKind::Corrupt => {
            format!("the database is damaged ({error}); restore a backup of the data directory")
        }
        ErrorKind::Unavailable => {
            format!("the database is not available for a moment ({error}); try again")
        }
        _ => format!("the database reports: {error}"),
    };
    Error::new(kind, message).with_source(error)
}

/// A row that does not read as what was written.
pub(crate) fn corrupt(table: &str, id: i64) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        format!("row {id} of table {table} is damaged; restore a backup of the data directory"),
    )
}

/// The store is closed.
pub(crate) fn closed() -> Error {
    Error::new(
        ErrorKind::Closed,
        "the store is closed: the process is stopping",
    )
}

#[cfg(test)]
mod tests;
