//! How SQLite finds the rows of statements, held by tests.

use rusqlite::Connection;

use crate::{SqliteStore, error::sqlite};

/// Holds the plan of each statement to what is expected of it.
pub(crate) async fn assert_plans<S: AsRef<str>>(plans: impl IntoIterator<Item = (S, &str)>) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    for (sql, expected) in plans {
        let sql = sql.as_ref();
        assert_eq!(plan(&store, sql.to_owned()).await, expected, "{sql}");
    }
}

async fn plan(store: &SqliteStore, sql: String) -> String {
    let explain = move |connection: &Connection| {
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let mut explain = connection.prepare(&explain).map_err(sqlite)?;
        let mut rows = explain.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().map_err(sqlite)? {
            steps.push(row.get::<_, String>(3).map_err(sqlite)?);
        }
        Ok(steps.join("; "))
    };
    store.readers.read(explain).await.unwrap()
}
