//! Connections, and how they are set up.

use std::{path::Path, time::Duration};

use leadhook_store::Error;
use rusqlite::{Connection, OpenFlags};

use crate::error::sqlite;

/// Name of the database file.
pub(crate) const FILE: &str = "leadhook.db";

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 64;
/// How long a connection waits for another, which happens only while a file is opened or recovered.
const BUSY: Duration = Duration::from_secs(10);

/// The connection that writes. Page size and journal mode hold for the file from now on.
pub(crate) fn writer(dir: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.join(FILE), flags).map_err(sqlite)?;
    // The cache grows as it is used; 64 MiB is where it ends. An erased lead must not stay in freed pages (R-LEAD-6).
    let setup = "PRAGMA page_size = 8192;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -65536;
         PRAGMA wal_autocheckpoint = 1000;
         PRAGMA secure_delete = FAST;
         PRAGMA foreign_keys = OFF;";
    prepare(connection, setup)
}

/// A connection that reads.
pub(crate) fn reader(dir: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.join(FILE), flags).map_err(sqlite)?;
    prepare(
        connection,
        "PRAGMA query_only = ON; PRAGMA cache_size = -8192;",
    )
}

fn prepare(connection: Connection, setup: &str) -> Result<Connection, Error> {
    connection.busy_timeout(BUSY).map_err(sqlite)?;
    connection.execute_batch(setup).map_err(sqlite)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}
