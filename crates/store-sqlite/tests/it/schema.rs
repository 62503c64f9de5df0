//! Whose file it is, and of which version.

use std::fs;

use leadhook_store::{Error, ErrorKind};
use leadhook_store_sqlite::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;

fn refused(dir: &TempDir) -> Error {
    let file = dir.path().join("leadhook.db");
    let before = fs::read(&file).unwrap();
    let error = SqliteStore::open(dir.path(), "a test").unwrap_err();
    assert_eq!(
        fs::read(&file).unwrap(),
        before,
        "what is refused stays as it is"
    );
    assert_eq!(error.kind(), ErrorKind::Incompatible, "{error}");
    assert!(error.to_string().contains("another directory"), "{error}");
    error
}

fn with_database(sql: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let connection = Connection::open(dir.path().join("leadhook.db")).unwrap();
    connection.execute_batch(sql).unwrap();
    dir
}

#[test]
fn a_newer_schema_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(dir.path(), "a test").unwrap());
    for version in [1_000, -1] {
        let connection = Connection::open(dir.path().join("leadhook.db")).unwrap();
        connection
            .pragma_update(None, "user_version", version)
            .unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = DELETE")
            .unwrap();
        drop(connection);
        refused(&dir);
    }
    let connection = Connection::open(dir.path().join("leadhook.db")).unwrap();
    connection
        .pragma_update(None, "user_version", 1_000)
        .unwrap();
    drop(connection);
    let text = refused(&dir).to_string();
    assert!(text.contains("schema version 1000"), "{text}");
}

#[test]
fn another_programs_database_is_left_alone() {
    for sql in [
        "CREATE TABLE theirs(a)",
        "PRAGMA application_id = 7",
        "PRAGMA user_version = 1",
    ] {
        refused(&with_database(sql));
    }
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("leadhook.db"), "My diary. ".repeat(500)).unwrap();
    refused(&dir);
}

#[test]
fn an_empty_file_becomes_a_store() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("leadhook.db"), "").unwrap();
    drop(SqliteStore::open(dir.path(), "a test").unwrap());
    let connection = Connection::open(dir.path().join("leadhook.db")).unwrap();
    let pragma = |name: &str| -> String {
        let value = connection
            .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
        format!("{:?}", value.unwrap())
    };
    assert_eq!(
        pragma("application_id"),
        format!("Integer({})", 0x6c65_6164)
    );
    assert_eq!(pragma("user_version"), "Integer(2)");
    assert_eq!(pragma("page_size"), "Integer(8192)");
    assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma("integrity_check"), "Text(\"ok\")");
}
