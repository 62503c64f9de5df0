//! The schema, version by version: each step is a file of SQL, applied in one transaction with the number that it makes.

use std::path::Path;

use leadhook_store::{Error, ErrorKind};
use rusqlite::{Connection, ErrorCode, TransactionBehavior, types::FromSql};

use crate::error::sqlite;

/// Marks the file as leadhook's: "lead".
const APPLICATION_ID: i32 = 0x6c65_6164;

/// The steps from an empty file to the schema of this version. Append only.
const STEPS: [&str; 5] = [
    include_str!("../migrations/1.sql"),
    include_str!("../migrations/2.sql"),
    include_str!("../migrations/3.sql"),
    include_str!("../migrations/4.sql"),
    include_str!("../migrations/5.sql"),
];

/// Makes sure that a file is leadhook's, or new, and not of a newer version; before anything of it is changed.
pub(crate) fn check(connection: &Connection, dir: &Path) -> Result<(), Error> {
    let foreign = || {
        Error::new(
            ErrorKind::Incompatible,
            format!(
                "the database in {} is not leadhook's; choose another directory",
                dir.display()
            ),
        )
    };
    let is_empty = connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
        row.get(0)
    });
    let is_empty: bool = match is_empty {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return Err(foreign());
        }
        is_empty => is_empty.map_err(sqlite)?,
    };
    let application: i32 = pragma(connection, "application_id")?;
    let version = version(connection)?;
    let is_new = is_empty && application == 0 && version == 0;
    if application != APPLICATION_ID && !is_new {
        return Err(foreign());
    }
    let known = STEPS.len();
    if version > known {
        return Err(Error::new(
            ErrorKind::Incompatible,
            format!(
                "the database in {} has schema version {version}, this version of leadhook knows {known}; use the newer \
                 version, or another directory",
                dir.display()
            ),
        ));
    }
    Ok(())
}

/// Brings a file that was checked to the schema of this version.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let made = version(connection)?;
    for (at, step) in STEPS.iter().enumerate().skip(made) {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(sqlite)?;
        transaction.execute_batch(step).map_err(sqlite)?;
        transaction
            .pragma_update(None, "application_id", APPLICATION_ID)
            .map_err(sqlite)?;
        transaction
            .pragma_update(
                None,
                "user_version",
                i64::try_from(at + 1).unwrap_or(i64::MAX),
            )
            .map_err(sqlite)?;
        transaction.commit().map_err(sqlite)?;
    }
    Ok(())
}

/// How many steps were applied. A number that none of ours has is beyond all of them.
fn version(connection: &Connection) -> Result<usize, Error> {
    let version: i64 = pragma(connection, "user_version")?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

fn pragma<T: FromSql>(connection: &Connection, name: &str) -> Result<T, Error> {
    connection
        .pragma_query_value(None, name, |row| row.get(0))
        .map_err(sqlite)
}
