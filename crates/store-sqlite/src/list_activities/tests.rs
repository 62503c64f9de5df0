use leadhook_store::{ChainEnd, Effect, NewCall, Store, suite::make};

use super::*;
use crate::{SqliteStore, codec::encode_event, plans::assert_plans};

#[tokio::test]
async fn no_page_sorts_and_each_finds_its_rows_by_a_key() {
    assert_plans([
        (
            CALLS,
            "SEARCH call USING COVERING INDEX call_by_lead (lead=? AND id>?)",
        ),
        (ROWS, "SEARCH activity USING PRIMARY KEY (lead=? AND id>?)"),
        (RUNS_SINCE, "SEARCH run USING INDEX run_by_time (<expr>>?)"),
        (
            LEADS_OF_RUN,
            "SEARCH run_leads USING INDEX run_leads_by_lead (run=? AND first<?)",
        ),
    ])
    .await;
}

/// Executes a statement as the writer would.
async fn execute(store: &SqliteStore, sql: &'static str, values: (i64, i64, i64, Vec<u8>)) {
    store
        .writer
        .write(1, move |write| {
            write.connection.execute(sql, values).map_err(sqlite)?;
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn r_cmp_5_rows_calls_and_runs_come_in_one_order() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let webhook = make::put(&store, "enrich").await;
    let lead = make::lead(&store, make::row("ada@example.com", &[], [])).await;
    let other = make::lead(&store, make::row("grace@example.com", &[], [])).await;
    for n in [2, 4, 6] {
        let effect = Effect::Lead(
            lead,
            make::writes([make::set(make::CITY, &n.to_string())], []),
        );
        let call = NewCall {
            effect,
            ..make::call(n, &webhook)
        };
        store.record([call].into()).await.unwrap();
    }
    let ended = |campaign| Event::ChainEnded {
        campaign: CampaignId(campaign),
        reason: ChainEnd::TooDeep,
    };
    // One stands before all, one has the id of a call, one belongs to another lead.
    for (of, n, campaign) in [(lead, 1, 1), (lead, 4, 2), (other, 5, 3)] {
        let (kind, data) = encode_event(&ended(campaign)).unwrap();
        let sql = "INSERT INTO activity(lead, id, type, data) VALUES (?1, ?2, ?3, ?4)";
        execute(&store, sql, (of.0, make::id(n).0, kind, data)).await;
    }
    // Runs 1 to 4: two at one moment, between calls; one without the lead; one after all.
    for (run, second, first) in [(1, 3, 1), (2, 3, 1), (3, 3, 2), (4, 9, 1)] {
        let created = (make::START + second) * 1_000_000;
        let sql = "INSERT INTO run VALUES (?1, ?1 + 10, 1, ?2, ?4, ?3)";
        execute(&store, sql, (run, created, 1, Vec::new())).await;
        let sql = "INSERT INTO run_leads VALUES (?1, ?2, ?3, ?4)";
        execute(&store, sql, (run, 0, first, Vec::new())).await;
    }
    let list = async |after, limit| {
        let query = ActivityQuery {
            lead,
            after,
            limit,
            max_bytes: usize::MAX,
            max_scanned: usize::MAX,
        };
        store.list_activities(query).await.unwrap()
    };
    // What the store itself noted when the lead was made comes first or not at all.
    let start = ActivityId {
        record: (make::START * 1_000) << CallId::COUNTER_BITS,
        place: 0,
    };
    let whole = list(Some(start), 1_000).await.rows;
    let told: Vec<_> = whole
        .iter()
        .map(|activity| match &activity.event {
            Event::CallWebhook(call) => format!("call {}", call.id.millis() / 1_000 - make::START),
            Event::ChangeDataValue { .. } => "change".to_owned(),
            Event::ChainEnded { campaign, .. } => format!("end {}", campaign.0),
            Event::RequestCampaign { campaign, .. } => format!("run {}", campaign.0 - 10),
            other => format!("{other:?}"),
        })
        .collect();
    let expected = [
        "end 1", "call 2", "change", "run 1", "run 2", "end 2", "call 4", "change", "call 6",
        "change", "run 4",
    ];
    assert_eq!(told, expected);
    for (at, activity) in whole.iter().enumerate() {
        let page = list(Some(activity.id), 1).await;
        assert_eq!(
            page.rows.first(),
            whole.get(at + 1),
            "behind {}",
            activity.id
        );
        // It goes on before the one that comes then, maybe behind a run that the lead is not in.
        let then = whole.get(at + 2).map(|activity| activity.id);
        assert_eq!(page.next.is_some(), then.is_some());
        assert!(page.next < then || then.is_none());
    }
}
