use super::*;
use crate::plans::assert_plans;

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
