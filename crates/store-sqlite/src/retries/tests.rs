use super::*;
use crate::plans::assert_plans;

#[tokio::test]
async fn calls_that_wait_are_found_by_key() {
    assert_plans([
        (
            OF_LEAD,
            "SEARCH retry USING INTEGER PRIMARY KEY (rowid=?); LIST SUBQUERY 1; \
             SEARCH call USING COVERING INDEX call_by_lead (lead=?)",
        ),
        (
            OF_RUN,
            "SEARCH retry USING COVERING INDEX retry_by_run (run=?)",
        ),
        (LET_GO, "SEARCH retry USING INDEX retry_kept (kept=?)"),
    ])
    .await;
}
