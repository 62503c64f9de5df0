use std::sync::Arc;

use leadhook_field::Schema;
use leadhook_store::{Effect, LeadId, LeadQuery, LeadSchema, NewCall, Store, Webhook, suite::make};

use super::*;
use crate::{SqliteStore, plans::assert_plans};

fn filter(text: &str) -> Filter<LeadColumn> {
    let schema = LeadSchema {
        fields: &Schema::standard(),
    };
    Filter::parse(text, &schema).unwrap()
}

#[tokio::test]
async fn r_cmp_4_calls_are_found_in_an_index_alone() {
    assert_plans([
        (
            OF_LEAD,
            "SEARCH call USING COVERING INDEX call_by_lead (lead=? AND id>?)",
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
    ])
    .await;
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
            let mut called = Called::new(connection, &kinds, &filter)?;
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
