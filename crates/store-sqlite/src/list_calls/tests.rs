use leadhook_store::{CallSchema, Store, suite::make};

use super::*;
use crate::SqliteStore;

/// How SQLite finds the rows of a statement.
async fn plan(store: &SqliteStore, sql: String) -> String {
    let explain = move |connection: &Connection| {
        let mut explain = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .map_err(sqlite)?;
        let mut rows = explain.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().map_err(sqlite)? {
            steps.push(row.get::<_, String>(3).map_err(sqlite)?);
        }
        Ok(steps.join("; "))
    };
    store.readers.read(explain).await.unwrap()
}

#[tokio::test]
async fn no_page_sorts_and_each_finds_its_rows_by_a_key() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let query = CallQuery {
            order,
            ..make::calls("")
        };
        let range = Range::of(&query, i64::MIN, i64::MAX);
        let by_lead = plan(&store, range.sql(&query, "lead = ?3")).await;
        assert_eq!(
            by_lead,
            "SEARCH call USING INDEX call_by_lead (lead=? AND id>? AND id<?)"
        );
        let by_id = plan(&store, range.sql(&query, "true")).await;
        assert_eq!(
            by_id,
            "SEARCH call USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"
        );
        let by_kind = plan(&store, ids_of_kind(order)).await;
        assert_eq!(
            by_kind,
            "SEARCH call USING COVERING INDEX call_by_kind (kind=? AND rowid>? AND rowid<?)"
        );
    }
}

#[tokio::test]
async fn calls_are_not_gone_through_for_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let webhook = make::put(&store, "enrich").await;
    store
        .record([make::call(1, &webhook)].into())
        .await
        .unwrap();
    for filter in ["", "lead = \"\"", "code = 200"] {
        let (query, kinds) = (make::calls(filter), Arc::clone(&store.kinds));
        let listed = store.readers.read(move |connection| {
            let abandoned = Abandoned::default();
            let waiting = abandoned.when_dropped();
            let rows = list(connection, &kinds, &query, &abandoned)?.rows.len();
            drop(waiting);
            Ok((rows, list(connection, &kinds, &query, &abandoned).is_err()))
        });
        assert_eq!(listed.await.unwrap(), (1, true), "{filter}");
    }
}

/// A page takes whichever way its filter and the kinds suggest; all of them must give the same.
#[tokio::test]
async fn r_fil_3_many_kinds_are_found_among_many_calls() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let webhook = make::put(&store, "enrich").await;
    // Two hundred kinds of failures far behind more successes than are probed.
    let new = |n: i64| {
        let mut call = make::call(n, &webhook);
        if n <= 400 {
            call.outcome = make::outcome(500, &format!("Error {}", n % 200));
        }
        call
    };
    let total = 400 + PROBE as i64 + 600;
    for first in (1..=total).step_by(1_000) {
        let batch = (first..=total.min(first + 999)).map(new);
        store.record(batch.collect()).await.unwrap();
    }
    for (order, expected) in [
        (Order::NewestFirst, (1..=400).rev().collect::<Vec<_>>()),
        (Order::OldestFirst, (1..=400).collect()),
    ] {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let query = CallQuery {
                order,
                after,
                limit: 150,
                ..make::calls("code = 500")
            };
            let page = store.list_calls(query).await.unwrap();
            after = page.next;
            found.extend(page.rows.into_iter().map(|call| call.id));
            if after.is_none() {
                break;
            }
        }
        let expected: Vec<_> = expected.into_iter().map(make::id).collect();
        assert_eq!(found, expected, "{order:?}");
    }
}

#[test]
fn only_what_kinds_tell_is_decided_by_them() {
    let kind = |has_own_phrase| Kind {
        origin: leadhook_store::Origin {
            webhook: leadhook_store::WebhookId(1),
            version: leadhook_store::Revision(1),
            campaign: None,
            run: None,
        },
        state: leadhook_store::CallState::Ended,
        outcome: make::outcome(500, ""),
        has_own_phrase,
        webhook: "webhooks/enrich".to_owned(),
        campaign: None,
        run: None,
    };
    for (filter, decided, decided_beside_own_phrase) in [
        ("code = 500 AND NOT run:*", true, true),
        ("state = WAITING", true, true),
        ("error_type:x", true, false),
        ("code = 200 OR lead = leads/1", false, false),
        ("create_time > \"2020-01-01T00:00:00Z\"", false, false),
    ] {
        let filter = Filter::parse(filter, &CallSchema).unwrap();
        let is_decided = |kind| is_decided(filter.expr().unwrap(), &kind);
        assert_eq!(is_decided(kind(false)), decided, "{filter}");
        assert_eq!(
            is_decided(kind(true)),
            decided_beside_own_phrase,
            "{filter}"
        );
    }
}
