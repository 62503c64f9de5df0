use leadhook_store::{Store, suite::make};

use super::*;
use crate::SqliteStore;

#[tokio::test]
async fn services_do_not_fill_the_table_of_phrases() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let webhook = make::put(&store, "enrich").await;
    let failed = |n: i64| {
        let mut call = make::call(n, &webhook);
        let phrase = match n {
            1 => "x".repeat(MAX_PHRASE + 1),
            n => format!("Error {n}"),
        };
        call.outcome = make::outcome(500, &phrase);
        call
    };
    let calls = (1..=MAX_PHRASES + 50).map(failed);
    store.record(calls.collect()).await.unwrap();
    let count = |sql: &'static str| {
        store.readers.read(move |connection| {
            connection
                .query_row(sql, [], |row| row.get::<_, i64>(0))
                .map_err(sqlite)
        })
    };
    assert_eq!(
        count("SELECT count(*) FROM phrase").await.unwrap(),
        MAX_PHRASES
    );
    // One kind for each phrase, and one for all that have their own.
    assert_eq!(
        count("SELECT count(*) FROM kind").await.unwrap(),
        MAX_PHRASES + 1
    );
}

#[tokio::test]
async fn what_many_calls_share_is_one_kind() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let webhook = make::put(&store, "enrich").await;
    let read = || {
        let kinds = Arc::clone(&store.kinds);
        store
            .readers
            .read(move |connection| kinds.all(connection).map(|all| all.len()))
    };
    assert_eq!(read().await.unwrap(), 0);
    for n in 0..20 {
        let mut call = make::call(n + 1, &webhook);
        call.origin.run = Some(RunId(n % 2 + 1));
        store.record([call].into()).await.unwrap();
        let expected = usize::try_from(n + 1).unwrap().min(2);
        assert_eq!(read().await.unwrap(), expected);
        assert_eq!(
            store.kinds.0.read().unwrap().len(),
            expected,
            "what was read once"
        );
    }
}
