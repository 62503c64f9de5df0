use std::{sync::Arc, time::Instant};

use leadhook_field::Schema;
use leadhook_store::{Effect, LeadId, LeadQuery, LeadSchema, NewCall, Store, Webhook, suite::make};

use super::*;
use crate::SqliteStore;

fn filter(text: &str) -> Filter<LeadColumn> {
    let schema = LeadSchema {
        fields: &Schema::standard(),
    };
    Filter::parse(text, &schema).unwrap()
}

/// How SQLite finds the rows of a statement.
async fn plan(store: &SqliteStore, sql: &'static str) -> String {
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

#[tokio::test]
async fn r_cmp_4_calls_are_found_in_an_index_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    for (sql, expected) in [
        (
            OF_LEAD,
            "SEARCH call USING COVERING INDEX call_by_lead (lead=?)",
        ),
        (
            BEHIND_LEAD,
            "SEARCH call USING COVERING INDEX call_by_lead (lead>?)",
        ),
        (
            OF_KIND,
            "SEARCH call USING COVERING INDEX call_by_kind (kind=? AND rowid>?)",
        ),
        (LEAD, "SEARCH call USING INTEGER PRIMARY KEY (rowid=?)"),
    ] {
        assert_eq!(plan(&store, sql).await, expected, "{sql}");
    }
}

/// A store with calls of one webhook for leads in turn; each thousandth is a 422.
async fn with_calls(dir: &std::path::Path, leads: i64, calls: i64) -> SqliteStore {
    let store = SqliteStore::open(dir, "a test").unwrap();
    let webhook = make::put(&store, "enrich").await;
    for first in (0..leads).step_by(1_000) {
        let row = |n| {
            make::row(
                &format!("{n}@example.com"),
                &[make::set(make::CITY, "Oslo")],
                [],
            )
        };
        make::upsert(
            &store,
            1,
            (first..leads.min(first + 1_000)).map(row).collect(),
        )
        .await;
    }
    for first in (1..=calls).step_by(1_000) {
        let batch = first..=calls.min(first + 999);
        let new = |n| nth(n, &webhook, LeadId(n % leads + 1));
        store.record(batch.map(new).collect()).await.unwrap();
    }
    store
}

fn nth(n: i64, webhook: &Webhook, lead: LeadId) -> NewCall {
    let outcome = match n % 1_000 {
        0 => make::outcome(422, "Unprocessable Entity"),
        _ => make::outcome(200, "OK"),
    };
    NewCall {
        outcome,
        effect: Effect::Lead(lead, make::writes([], [])),
        ..make::call(n, webhook)
    }
}

/// Leads are found by the function's calls, or gone through, as many calls as there are; both give the same.
#[tokio::test]
async fn r_cmp_4_few_calls_and_many_are_found_alike() {
    let dir = tempfile::tempdir().unwrap();
    let leads = 900;
    let store = with_calls(dir.path(), leads, FEW as i64 + 1_000).await;
    let few = |text| {
        let (kinds, filter) = (Arc::clone(&store.kinds), filter(text));
        store.readers.read(move |connection| {
            let called = Called::new(connection, &kinds, &filter)?;
            Ok(called.few(&filter)?.map(|leads| leads.len()))
        })
    };
    assert_eq!(few("called_webhook(code = 200)").await.unwrap(), None);
    assert_eq!(
        few("called_webhook(code = 422) OR City:*").await.unwrap(),
        None
    );
    assert_eq!(few("called_webhook(code = 422)").await.unwrap(), Some(9));
    let count = async |text| {
        let query = LeadQuery {
            filter: Arc::new(filter(text)),
            after: None,
            limit: 1_000,
            max_bytes: usize::MAX,
            max_scanned: usize::MAX,
        };
        store.list_leads(query).await.unwrap().rows.len()
    };
    assert_eq!(count("called_webhook(code = 200)").await, 900);
    assert_eq!(count("called_webhook(code = 422)").await, 9);
    assert_eq!(count("NOT called_webhook(code = 422)").await, 891);
}

/// Run with `--release --ignored --nocapture`: times of pages among a million calls.
#[tokio::test]
#[ignore = "a measurement, of a minute"]
#[expect(clippy::print_stdout, reason = "what it measured")]
async fn r_cmp_4_a_million_calls() {
    let dir = tempfile::tempdir().unwrap();
    let store = with_calls(dir.path(), 100_000, 1_000_000).await;
    for text in [
        "called_webhook(code = 422)",
        "called_webhook(code = 200) AND City = Rom",
        "NOT called_webhook(code = 200)",
        "called_webhook(error_type = nothing)",
        "called_webhook(since = \"2023-11-20T00:00:00Z\") AND City = Rom",
        "name = leads/77 AND called_webhook(code = 200)",
    ] {
        let query = LeadQuery {
            filter: Arc::new(filter(text)),
            after: None,
            limit: 1_000,
            max_bytes: usize::MAX,
            max_scanned: usize::MAX,
        };
        let began = Instant::now();
        let rows = store.list_leads(query).await.unwrap().rows.len();
        println!(
            "{:8.1} ms, {rows:4} rows: {text}",
            began.elapsed().as_secs_f64() * 1e3
        );
    }
    let filters: Arc<[_]> = [filter("City = Rom"), filter("called_webhook(code = 422)")].into();
    let began = Instant::now();
    for n in 1..=1_000 {
        store
            .first_match(LeadId(n), Arc::clone(&filters))
            .await
            .unwrap();
    }
    println!(
        "{:8.1} us a first match",
        began.elapsed().as_secs_f64() * 1e3
    );
}
