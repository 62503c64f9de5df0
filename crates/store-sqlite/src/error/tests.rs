use rusqlite::ffi;

use super::*;

#[test]
fn an_error_is_told_by_what_to_do_about_it() {
    for (code, kind) in [
        (ffi::SQLITE_BUSY, ErrorKind::Unavailable),
        (ffi::SQLITE_BUSY_SNAPSHOT, ErrorKind::Unavailable),
        (ffi::SQLITE_LOCKED, ErrorKind::Unavailable),
        (ffi::SQLITE_PROTOCOL, ErrorKind::Unavailable),
        (ffi::SQLITE_NOMEM, ErrorKind::Unavailable),
        (ffi::SQLITE_FULL, ErrorKind::Unwritable),
        (ffi::SQLITE_IOERR_FSYNC, ErrorKind::Unwritable),
        (ffi::SQLITE_READONLY, ErrorKind::Unwritable),
        (ffi::SQLITE_CANTOPEN, ErrorKind::Unwritable),
        (ffi::SQLITE_CORRUPT, ErrorKind::Corrupt),
        (ffi::SQLITE_NOTADB, ErrorKind::Corrupt),
        (ffi::SQLITE_CONSTRAINT_UNIQUE, ErrorKind::Invalid),
        (ffi::SQLITE_MISMATCH, ErrorKind::Invalid),
        (ffi::SQLITE_TOOBIG, ErrorKind::Invalid),
        (ffi::SQLITE_ERROR, ErrorKind::Other),
    ] {
        let error = sqlite(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert_eq!(error.kind(), kind, "{code}: {error}");
    }
}
