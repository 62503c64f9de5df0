use leadhook_store::EntryId;

use super::*;
use crate::plans::assert_plans;

#[tokio::test]
async fn what_is_asked_for_is_found_by_key() {
    assert_plans([
        (OF_RUN, "SEARCH retry USING INDEX retry_by_run (run=?)"),
        (ONE, "SEARCH retry USING INTEGER PRIMARY KEY (rowid=?)"),
        (
            HOLDING[0],
            "SEARCH entry USING COVERING INDEX entry_by_held (held>?)",
        ),
        (
            HOLDING[1],
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
