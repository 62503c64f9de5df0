use super::*;
use crate::{SqliteStore, plans::assert_plans};

#[tokio::test]
async fn rows_are_found_by_what_they_belong_to() {
    let select = |condition| format!("SELECT id FROM entry WHERE {condition}");
    assert_plans([
        (
            select(DETACHED),
            "SEARCH entry USING COVERING INDEX entry_detached (run=? AND lead=?)",
        ),
        (
            select(OF_LEAD),
            "SEARCH entry USING COVERING INDEX entry_by_lead (lead=?)",
        ),
        (
            select(OF_RUN),
            "SEARCH entry USING COVERING INDEX entry_by_run (run=?)",
        ),
        (ATTACH.to_owned(), "SCAN entry USING INDEX entry_detached"),
    ])
    .await;
}

/// What becomes due with a commit may be claimed before that is told, and must not be given out anew by what is told then.
#[tokio::test]
async fn only_what_was_given_out_is_freed() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let place = |until| Place {
        step: 0,
        due: Datetime::from_micros(1),
        until,
        waits: false,
        has_failed: false,
        chain: Chain::default(),
    };
    let go = move |write: &mut Write<'_>| {
        for (until, is_freed) in [
            (Until::Called(CallId(1)), false),
            (Until::Recorded, false),
            (Until::Due, true),
            (Until::Held(WebhookId(1)), true),
        ] {
            let row = NewRow {
                campaign: CampaignId(1),
                version: Revision(1),
                lead: LeadId(1),
                run: None,
                trigger: &Vec::new(),
                place: place(until),
            };
            let id = insert(write, &row)?;
            let found = find(write, id)?.unwrap();
            write.waiting.freed.clear();
            update(write, id, found.is_given_out, place(Until::Due))?;
            let freed = std::mem::take(&mut write.waiting.freed);
            let expected = is_freed.then_some(Waiting::Entry(id));
            assert_eq!(freed, Vec::from_iter(expected), "{until:?}");
        }
        Ok(())
    };
    store.writer.write(1, go).await.unwrap();
}
