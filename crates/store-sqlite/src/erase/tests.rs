use leadhook_store::{
    Qualification, Store,
    suite::flow::{left, new_run, people},
};

use super::*;
use crate::{SqliteStore, error::sqlite};

/// When a lead entered campaigns is told by no method: the table is looked at.
#[tokio::test]
async fn r_lead_6_when_an_erased_lead_entered_campaigns_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let ids = people(&store, 3).await;
    for campaign in [50, 7, 60] {
        let run = leadhook_store::NewRun {
            campaign: leadhook_store::CampaignId(campaign),
            ..new_run(leadhook_store::RunLeads::Named(ids.clone()))
        };
        let run = store.create_run(run).await.unwrap();
        let leads = left(&store, &run).await;
        let now = Datetime::from_micros(1);
        let entered = store.enter_run(run.id, leads, Qualification::Once, now);
        assert_eq!(entered.await.unwrap(), [true; 3]);
    }
    let now = Datetime::from_micros(2);
    assert!(store.delete_lead(ids[1], now).await.unwrap());
    let rows = |connection: &Connection| {
        connection
            .prepare("SELECT campaign, lead FROM entered ORDER BY campaign, lead")
            .and_then(|mut select| {
                select
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect::<Result<Vec<(i64, i64)>, _>>()
            })
            .map_err(sqlite)
    };
    let expected = [7, 50, 60].map(|campaign| [(campaign, ids[0].0), (campaign, ids[2].0)]);
    assert_eq!(store.readers.read(rows).await.unwrap(), expected.concat());
}
