//! Rows that do not read as what was written: an error that names them, never a panic.

use std::sync::Arc;

use leadhook_field::{FieldId, Schema};
use leadhook_filter::Filter;
use leadhook_store::{
    CampaignId, Claim, CompanyId, Ending, EntryId, Error, ErrorKind, LeadId, LeadQuery, LeadSchema,
    NewStep, Next, Passage, Progress, Projection, RunId, StepEffect, Store,
    suite::make::{self, CITY, INDUSTRY, call, calls, id, lead, put, row, set, whole_call},
};
use leadhook_store_sqlite::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;

async fn damaged(sql: &str) -> (TempDir, SqliteStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let webhook = put(&store, "enrich").await;
    let lead = lead(
        &store,
        row(
            "a@example.com",
            &[set(CITY, "Oslo")],
            [set(INDUSTRY, "Trade")],
        ),
    )
    .await;
    store
        .record([whole_call(1, &webhook, lead), call(2, &webhook)].into())
        .await
        .unwrap();
    drop(store);
    let connection = Connection::open(dir.path().join("leadhook.db")).unwrap();
    assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}");
    drop(connection);
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    (dir, store)
}

fn assert_names<T: std::fmt::Debug>(result: Result<T, Error>, row: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
    assert!(error.to_string().contains(row), "{error}");
    assert!(error.to_string().contains("restore a backup"), "{error}");
}

fn leads(filter: &str) -> LeadQuery {
    let fields = Schema::standard();
    let schema = LeadSchema { fields: &fields };
    LeadQuery {
        filter: Arc::new(Filter::parse(filter, &schema).unwrap()),
        after: None,
        limit: 10,
        max_bytes: usize::MAX,
        max_scanned: usize::MAX,
    }
}

#[tokio::test]
async fn a_damaged_lead_is_named() {
    for blob in ["x'ff'", "x'41ff'", "x'4f'", "x'410180'"] {
        let (_dir, store) = damaged(&format!("UPDATE lead SET data = {blob}")).await;
        let row = "row 1 of table lead";
        assert_names(store.leads(vec![LeadId(1)]).await, row);
        assert_names(store.list_leads(leads("")).await, row);
        assert_names(store.list_leads(leads("Email:a")).await, row);
        let projection = Projection {
            lead: vec![FieldId::EMAIL, CITY],
            company: Vec::new(),
        };
        assert_names(
            store.subjects(vec![LeadId(1)], Arc::new(projection)).await,
            row,
        );
        let upsert = store.upsert_leads(
            vec![leadhook_store::suite::make::row("A@example.com", &[], [])],
            leadhook_store::Source::Api,
            leadhook_store::suite::make::at(1),
            None,
        );
        assert_names(upsert.await, row);
    }
}

#[tokio::test]
async fn a_damaged_lead_goes_through_steps_that_read_nothing_of_it() {
    let (_dir, store) = damaged("UPDATE lead SET data = x'ff'").await;
    let step = |effect| {
        store.step(vec![NewStep {
            lead: LeadId(1),
            campaign: CampaignId(1),
            effect,
            at: make::at(1),
            progress: Progress {
                passage: Passage::Row(EntryId(9)),
                next: Next::End(Ending::Failed),
            },
        }])
    };
    let stepped = step(StepEffect::Nothing).await.unwrap();
    assert!(!stepped[0].is_gone);
    let misfit = StepEffect::Misfit {
        field: CITY,
        text: String::new(),
        error: String::new(),
    };
    assert_names(step(misfit).await, "row 1 of table lead");
}

#[tokio::test]
async fn a_damaged_company_is_named() {
    for sql in ["UPDATE company SET data = x'ff'", "DELETE FROM company"] {
        let (_dir, store) = damaged(sql).await;
        let row = "row 1 of table company";
        assert_names(store.leads(vec![LeadId(1)]).await, row);
        assert_names(store.list_leads(leads("")).await, row);
        let projection = Projection {
            lead: Vec::new(),
            company: vec![INDUSTRY],
        };
        assert_names(
            store.subjects(vec![LeadId(1)], Arc::new(projection)).await,
            row,
        );
    }
    let (_dir, store) = damaged("UPDATE company SET data = x'ff'").await;
    assert_names(store.company(CompanyId(1)).await, "row 1 of table company");
}

#[tokio::test]
async fn a_damaged_call_is_named_and_the_others_are_read() {
    let first = id(1);
    for change in [
        "meta = x''",
        "meta = x'00'",
        "changes = x'05'",
        "request = x'ff'",
        "kind = 77",
    ] {
        let (_dir, store) = damaged(&format!("UPDATE call SET {change} WHERE id = {first}")).await;
        assert_names(
            store.call(first).await,
            &format!("row {first} of table call"),
        );
        assert!(store.call(id(2)).await.unwrap().is_some());
        if change != "kind = 77" {
            assert_names(
                store.list_calls(calls("")).await,
                &format!("row {first} of table call"),
            );
        }
    }
}

#[tokio::test]
async fn r_lead_6_a_lead_with_a_damaged_call_is_erased_all_the_same() {
    let first = id(1);
    let (_dir, store) = damaged(&format!(
        "UPDATE call SET changes = x'05' WHERE id = {first}"
    ))
    .await;
    assert!(store.delete_lead(LeadId(1), make::at(9)).await.unwrap());
    assert!(store.call(first).await.unwrap().unwrap().changes.is_empty());
}

#[tokio::test]
async fn a_damaged_definition_is_named() {
    for (sql, row) in [
        (
            "UPDATE webhook_version SET definition = '{'",
            "row 1 of table webhook_version",
        ),
        (
            "INSERT INTO field VALUES (1000, 'x')",
            "row 1000 of table field",
        ),
    ] {
        let (_dir, store) = damaged(sql).await;
        assert_names(store.catalog().await, row);
    }
}

#[tokio::test]
async fn damage_to_runs_and_entries_is_named() {
    let run = "INSERT INTO run VALUES (7, 1, 1, 0, x'', 70);
        INSERT INTO run_progress VALUES (7, 1, NULL, 0, 0, 0, 0, 0, 0, x'', x'', 0, 0);
        INSERT INTO run_leads VALUES (7, 0, 1, x'01');
        INSERT INTO entry VALUES (9, 1, 1, 1, 7, 0, 0, 0, NULL, NULL, 0, x'', NULL, 0, 0);";
    let damaged = |sql: &str| {
        let (sql, dir) = (format!("{run}{sql}"), tempfile::tempdir().unwrap());
        drop(SqliteStore::open(dir.path(), "a test").unwrap());
        let connection = Connection::open(dir.path().join("leadhook.db")).unwrap();
        connection.execute_batch(&sql).unwrap();
        drop(connection);
        let store = SqliteStore::open(dir.path(), "a test").unwrap();
        (dir, store)
    };
    let (_dir, store) = damaged("");
    assert_eq!(store.open_runs().await.unwrap().len(), 1);
    assert_eq!(
        store.run_leads(RunId(7), 0, 9).await.unwrap().leads.len(),
        2
    );
    let row = "row 7 of table run_progress";
    for change in ["state = 9", "codes = x'ff'"] {
        let (_dir, store) = damaged(&format!("UPDATE run_progress SET {change}"));
        assert_names(store.run(RunId(7)).await, row);
        assert_names(store.open_runs().await, row);
        assert_names(store.cancel_run(RunId(7)).await, row);
    }
    for change in ["low = 3", "ahead = x'01'", "ahead = zeroblob(8)"] {
        let (_dir, store) = damaged(&format!("UPDATE run_progress SET {change}"));
        assert_names(store.run_leads(RunId(7), 0, 9).await, row);
        assert_names(store.cancel_run(RunId(7)).await, row);
    }
    let (_dir, store) = damaged("UPDATE run_leads SET leads = x'ff'");
    let leads = store.run_leads(RunId(7), 0, 9).await;
    assert_names(leads, "row 7 of table run_leads");
    let behind =
        "INSERT INTO entry VALUES (10, 1, 1, 1, 7, 0, 1, 0, NULL, NULL, 0, x'', NULL, 0, 0);
        UPDATE entry SET trigger = x'05' WHERE id = 9";
    let (_dir, store) = damaged(behind);
    let claimed = store.claim(Claim::Due(make::at(9)), 9).await.unwrap();
    let [text] = &claimed.damaged[..] else {
        panic!("{claimed:?}");
    };
    assert!(text.contains("row 9 of table entry"), "{text}");
    let entries: Vec<_> = claimed.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(entries, [EntryId(10)], "it is not in the way of others");
    let again = store.claim(Claim::Due(make::at(9)), 9).await.unwrap();
    assert!(again.is_empty(), "{again:?}");
}
