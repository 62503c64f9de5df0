//! Connections, and how they are set up.

use std::{fs::OpenOptions, path::Path, time::Duration};

use leadhook_store::{Error, ErrorKind};
use rusqlite::{Connection, OpenFlags};

use crate::error::sqlite;

/// Name of the database file.
pub(crate) const FILE: &str = "leadhook.db";

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 128;
/// How long a connection waits for another, which happens only while a file is opened or recovered.
const BUSY: Duration = Duration::from_secs(10);

/// The connection that writes, to a file that is leadhook's, or new.
pub(crate) fn writer(dir: &Path) -> Result<Connection, Error> {
    let path = dir.join(FILE);
    make_private(&path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sqlite)?;
    connection.busy_timeout(BUSY).map_err(sqlite)?;
    Ok(connection)
}

/// Sets the writing connection up, once it is known whose file it is: page size and journal mode hold for the file from now on.
pub(crate) fn set_up_writer(connection: &Connection) -> Result<(), Error> {
    // The cache grows as it is used; 24 MiB is where it ends: each commit that balances a tree goes through all
    // of it. What is deleted is overwritten, in freed pages too (R-LEAD-6). What a
    // savepoint keeps for taking it back stays in memory.
    let setup = "PRAGMA page_size = 8192;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -24576;
         PRAGMA wal_autocheckpoint = 1000;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = OFF;";
    connection.execute_batch(setup).map_err(sqlite)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// A connection that reads.
pub(crate) fn reader(dir: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.join(FILE), flags).map_err(sqlite)?;
    connection.busy_timeout(BUSY).map_err(sqlite)?;
    connection
        .execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8192;")
        .map_err(sqlite)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Moves the write-ahead log into the database and empties it, waiting so long for readers; whether it is empty.
pub(crate) fn empty_log(connection: &Connection, patience: Duration) -> bool {
    let _ = connection.busy_timeout(patience);
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    let _ = connection.busy_timeout(BUSY);
    matches!(is_busy, Ok(0))
}

/// Makes the file if need be and closes it to others; SQLite gives its logs the same mode.
fn make_private(path: &Path) -> Result<(), Error> {
    let unusable = |error: std::io::Error| {
        let message = format!("{} cannot be opened: {error}", path.display());
        Error::new(ErrorKind::Unwritable, message).with_source(error)
    };
    let file = private_file().open(path).map_err(unusable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o600);
        file.set_permissions(private).map_err(unusable)?;
    }
    drop(file);
    Ok(())
}

/// How files are made: for reading and writing, 0600.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
