//! Whose file it is, and of which version.

use std::fs;

use leadhook_store::{
    Answered, CallId, Claim, EntryId, Error, ErrorKind, LeadId, Method, Qualification, RequestKey,
    RunId, Store, WebhookId,
    suite::{
        flow::run_of,
        make::{at, lead, row},
    },
};
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
    assert_eq!(pragma("user_version"), "Integer(5)");
    assert_eq!(pragma("page_size"), "Integer(8192)");
    assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma("integrity_check"), "Text(\"ok\")");
}

#[tokio::test]
async fn a_file_of_the_first_version_becomes_one_of_this() {
    let first = include_str!("../../migrations/1.sql");
    let dir = with_database(&format!(
        "{first} INSERT INTO lead VALUES (1, NULL, 0, 0, x'');
         UPDATE last_id SET lead = 1;
         INSERT INTO request VALUES (1, 'again', zeroblob(32), 4711, NULL, 5000000);
         PRAGMA application_id = {}; PRAGMA user_version = 1;",
        0x6c65_6164
    ));
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    assert!(store.leads(vec![LeadId(1)]).await.unwrap()[0].is_some());
    let key = RequestKey {
        method: Method::CallWebhook,
        id: "again".to_owned(),
    };
    let remembered = store.remembered(key, at(6)).await.unwrap();
    let answer = remembered.expect("it is remembered").answer;
    assert_eq!(answer, Answered::Call(CallId(4_711)));
    let row = row("a@example.com", &[], []);
    assert_eq!(lead(&store, row).await, LeadId(2));
    let run = run_of(&store, &[LeadId(1), LeadId(2)]).await;
    assert_eq!(run.counts.total, 2);
}

/// What was held back, and who entered when, is known after it, too.
#[tokio::test]
async fn a_file_of_the_fourth_version_becomes_one_of_this() {
    let steps = [
        include_str!("../../migrations/1.sql"),
        include_str!("../../migrations/2.sql"),
        include_str!("../../migrations/3.sql"),
        include_str!("../../migrations/4.sql"),
    ];
    let dir = with_database(&format!(
        "{} INSERT INTO lead VALUES (1, NULL, 0, 0, x''), (2, NULL, 0, 0, x'');
         INSERT INTO run VALUES (1, 50, 1, 0, x'', 2);
         INSERT INTO run_progress VALUES (1, 1, NULL, 1, 1, 0, 0, 0, 0, x'', x'0100000000000000');
         INSERT INTO run_leads VALUES (1, 0, 1, x'01');
         INSERT INTO entry VALUES (1, 50, 1, 1, 1, 1, 0, 0, 7, NULL, 0, x''), (2, 51, 1, 2, NULL, 0, 0, 0, NULL, NULL, 0, x'');
         INSERT INTO entered VALUES (2, 50, 5, NULL);
         PRAGMA application_id = {}; PRAGMA user_version = 4;",
        steps.concat(),
        0x6c65_6164
    ));
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let counts = store.run(RunId(1)).await.unwrap().unwrap().counts;
    assert_eq!((counts.open, counts.waiting, counts.retrying), (1, 1, 0));
    let entries = async |what| {
        let claimed = store.claim(what, 9).await.unwrap();
        let ids = claimed.entries.iter().map(|entry| entry.id);
        ids.collect::<Vec<_>>()
    };
    assert_eq!(entries(Claim::HeldBy(WebhookId(7))).await, [EntryId(1)]);
    assert_eq!(entries(Claim::Due(at(9))).await, [EntryId(2)]);
    let left = store.run_leads(RunId(1), 0, 9).await.unwrap().leads;
    let may = store
        .enter_run(RunId(1), left, Qualification::Once, at(9))
        .await;
    assert_eq!(may.unwrap(), [false], "it entered before");
}
