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
            OF_RUN.to_owned(),
            "SEARCH retry USING INDEX retry_by_run (run=?)",
        ),
        (
            ONE.to_owned(),
            "SEARCH retry USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            CANCELLED.to_owned(),
            "SCAN run_progress USING INDEX run_open",
        ),
        (
            HOLDING[0].to_owned(),
            "SEARCH entry USING COVERING INDEX entry_by_held (held>?)",
        ),
        (
            HOLDING[1].to_owned(),
            "SEARCH retry USING COVERING INDEX retry_by_held (held>?)",
        ),
    ])
    .await;
}

/// What is behind the place where a line was left is all that is looked at, until something is put in before it.
#[test]
fn a_line_goes_back_for_what_is_put_in_before() {
    let claims = Claims::default();
    let spot = |due, id| Spot {
        line: Line::Due,
        due: Datetime::from_micros(due),
        what: Waiting::Entry(EntryId(id)),
    };
    let left = || claims.lock().behind[&(Table::Entry, Line::Due)];
    claims
        .lock()
        .behind
        .insert((Table::Entry, Line::Due), (10, 5));
    let learn = |placed| {
        claims.learn(&News {
            freed: Vec::new(),
            placed: vec![placed],
        });
    };
    for (placed, expected) in [
        (spot(11, 1), (10, 5)),
        (spot(10, 6), (10, 5)),
        (spot(10, 5), (10, 4)),
        (spot(9, 9), (9, 8)),
        (spot(9, 10), (9, 8)),
    ] {
        learn(placed);
        assert_eq!(left(), expected, "{placed:?}");
    }
    learn(Spot {
        line: Line::HeldBy(WebhookId(1)),
        ..spot(1, 1)
    });
    learn(Spot {
        what: Waiting::Call(CallId(1)),
        ..spot(1, 1)
    });
    assert_eq!(left(), (9, 8), "lines and tables have places of their own");
}
