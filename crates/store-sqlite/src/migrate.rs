//! The schema, version by version: each step is a file of SQL, applied in one transaction with the number that it makes.

use std::path::Path;

use leadhook_store::{Error, ErrorKind};
use rusqlite::{Connection, TransactionBehavior};

use crate::error::sqlite;

/// Marks the file as leadhook's: "lead".
const APPLICATION_ID: i32 = 0x6c65_6164;

/// The steps from an empty file to the schema of this version. Append only.
const STEPS: [&str; 1] = [include_str!("../migrations/1.sql")];

/// Brings a file to the schema of this version.
pub(crate) fn migrate(connection: &mut Connection, dir: &Path) -> Result<(), Error> {
    let pragma = |name: &str| -> Result<i32, Error> {
        connection
            .pragma_query_value(None, name, |row| row.get(0))
            .map_err(sqlite)
    };
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let is_empty: bool = connection
        .query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
            row.get(0)
        })
        .map_err(sqlite)?;
    if application != APPLICATION_ID && !(is_empty && application == 0 && version == 0) {
        return Err(Error::new(
            ErrorKind::Incompatible,
            format!(
                "the database in {} is not leadhook's; choose another directory",
                dir.display()
            ),
        ));
    }
    let known = STEPS.len();
    let made = usize::try_from(version).unwrap_or(usize::MAX);
    if made > known {
        return Err(Error::new(
            ErrorKind::Incompatible,
            format!(
                "the database in {} has schema version {version}, this version of leadhook knows {known}; use the newer \
                 version, or another directory",
                dir.display()
            ),
        ));
    }
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
