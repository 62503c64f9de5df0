use super::*;
use crate::plans::assert_plans;

#[tokio::test]
async fn a_line_is_read_from_where_it_was_left() {
    let held = Line::HeldBy(WebhookId(1));
    let merged = |index: &str, line: &str, id: &str| {
        format!(
            "MERGE (UNION ALL); LEFT; SEARCH {index} ({line}due=? AND {id}>?); RIGHT; SEARCH {index} ({line}due>?)"
        )
    };
    let due = merged("entry USING INDEX entry_by_due", "", "rowid");
    let held_back = merged("entry USING INDEX entry_by_held", "held=? AND ", "rowid");
    let retry = merged("retry USING INDEX retry_by_due", "", "rowid");
    let retry_held_back = merged("retry USING INDEX retry_by_held", "held=? AND ", "rowid");
    assert_plans([
        (Table::Entry.sql(Line::Due), &*due),
        (Table::Entry.sql(held), &held_back),
        (Table::Retry.sql(Line::Due), &retry),
        (Table::Retry.sql(held), &retry_held_back),
        (
            CANCELLED.to_owned(),
            "SCAN run_progress USING INDEX run_open",
        ),
    ])
    .await;
}
