//! Calls recorded, with what they write.

use leadhook_field::{FieldId, Value};

use super::make::{
    CITY, SCORE, TITLE, all, at, call, calls, changed, clear, entry, id, lead, outcome, put, row,
    set, text, upsert, whole_call, writes,
};
use crate::{
    Call, CallId, CallState, Effect, ErrorKind, FieldChange, FieldWrite, LeadId, NewCall, Store,
    Webhook,
};

fn writing<const L: usize>(
    n: i64,
    webhook: &Webhook,
    id: LeadId,
    lead: [FieldWrite; L],
) -> NewCall {
    NewCall {
        effect: Effect::Lead(id, writes(lead, [])),
        ..call(n, webhook)
    }
}

async fn changes_of(store: &impl Store, n: i64) -> Vec<FieldChange> {
    let call = store.call(id(n)).await.unwrap();
    call.expect("the call was recorded").changes
}

pub async fn a_call_comes_back_whole(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let lead = lead(store, row("a", &[set(CITY, "Bonn")], [])).await;
    let new = whole_call(1, &webhook, lead);
    let bare = call(2, &webhook);
    store
        .record([new.clone(), bare.clone()].into())
        .await
        .unwrap();
    let expected = |new: NewCall, lead, changes| Call {
        campaign: None,
        id: new.id,
        origin: new.origin,
        lead,
        outcome: new.outcome,
        state: CallState::Ended,
        created: new.created,
        ended: new.ended,
        next_attempt: None,
        attempts: new.attempts,
        request: new.request,
        response: new.response,
        changes,
        problems: new.problems,
        idempotency_key: new.idempotency_key,
        replay_of: new.replay_of,
    };
    let changes = vec![changed(CITY, Some("Bonn"), Some("Oslo"))];
    let read = store.call(id(1)).await.unwrap();
    assert_eq!(read, Some(expected(new, Some(lead), changes)));
    let read = store.call(id(2)).await.unwrap();
    assert_eq!(read, Some(expected(bare, None, Vec::new())));
    assert_eq!(store.call(id(3)).await.unwrap(), None);
}

pub async fn changes_have_previous_and_new_values(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let lead = lead(store, row("a", &[set(CITY, "Bonn")], [])).await;
    let batch = vec![
        writing(1, &webhook, lead, [set(CITY, "Oslo"), set(TITLE, "CTO")]),
        writing(2, &webhook, lead, [set(CITY, "Rome"), clear(TITLE)]),
    ];
    let recorded = store.record(batch.into()).await.unwrap();
    let first = vec![
        changed(CITY, Some("Bonn"), Some("Oslo")),
        changed(TITLE, None, Some("CTO")),
    ];
    let second = vec![
        changed(CITY, Some("Oslo"), Some("Rome")),
        changed(TITLE, Some("CTO"), None),
    ];
    assert_eq!(
        [&recorded[0].changes, &recorded[1].changes],
        [&first, &second]
    );
    assert_eq!(
        [changes_of(store, 1).await, changes_of(store, 2).await],
        [first, second]
    );
    let read = entry(store, lead).await.lead;
    assert_eq!(read.values.get(CITY), Some(&text("Rome")));
    assert_eq!(read.values.get(TITLE), None);
    assert!(read.updated > at(1_000));
}

pub async fn r_map_10_equal_values_are_no_change(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let score = FieldWrite {
        field: SCORE,
        value: Some(Value::Integer(7)),
    };
    let id = lead(store, row("a", &[set(CITY, "Bonn"), score.clone()], [])).await;
    let before = entry(store, id).await;
    let batch = vec![writing(
        1,
        &webhook,
        id,
        [set(CITY, "Bonn"), score, clear(TITLE)],
    )];
    assert!(
        store.record(batch.into()).await.unwrap()[0]
            .changes
            .is_empty()
    );
    assert!(changes_of(store, 1).await.is_empty());
    assert_eq!(entry(store, id).await, before, "not even its time");
    let batch = vec![writing(2, &webhook, id, [set(CITY, "bonn")])];
    let change = changed(CITY, Some("Bonn"), Some("bonn"));
    assert_eq!(
        store.record(batch.into()).await.unwrap()[0].changes,
        [change],
        "case is a change"
    );
}

pub async fn r_call_11_a_call_for_an_inline_lead_writes_nothing(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let stored = lead(store, row("a@example.com", &[], [])).await;
    let before = entry(store, stored).await;
    let changes = vec![
        changed(FieldId::EMAIL, Some("a@example.com"), Some("b@example.com")),
        changed(CITY, None, None),
    ];
    let inline = NewCall {
        effect: Effect::Inline(changes.clone()),
        ..call(1, &webhook)
    };
    assert_eq!(
        store.record([inline].into()).await.unwrap()[0].changes,
        changes
    );
    let read = store.call(id(1)).await.unwrap().expect("it was recorded");
    assert_eq!((read.lead, read.changes), (None, changes));
    assert_eq!(entry(store, stored).await, before);
}

pub async fn a_call_for_an_erased_lead_keeps_nothing_of_it(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let lead = lead(store, row("a", &[], [])).await;
    assert!(store.delete_lead(lead, at(9)).await.unwrap());
    let empty = NewCall {
        effect: Effect::Lead(lead, writes([], [])),
        ..whole_call(2, &webhook, lead)
    };
    let recorded = store
        .record([whole_call(1, &webhook, lead), empty].into())
        .await
        .unwrap();
    for (n, recorded) in [1, 2].into_iter().zip(recorded) {
        assert!(recorded.changes.is_empty());
        let read = store.call(id(n)).await.unwrap().expect("it was recorded");
        assert_eq!((read.request, read.response), (None, None));
        assert!(read.changes.is_empty());
        assert_eq!(read.problems[0].detail, "");
        assert_eq!((read.lead, read.outcome), (Some(lead), outcome(200, "OK")));
        assert_eq!(read.attempts.len(), 3, "counts stay");
        let details = read.attempts.iter().map(|attempt| &*attempt.detail);
        assert_eq!(details.collect::<String>(), "");
    }
    assert_eq!(
        store.leads(vec![lead]).await.unwrap(),
        [None],
        "it is not made again"
    );
}

pub async fn ids_of_calls_ascend(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let lead = lead(store, row("a", &[], [])).await;
    store.record([call(5, &webhook)].into()).await.unwrap();
    for batch in [vec![4], vec![5], vec![6, 6], vec![7, 6]] {
        let batch: Vec<_> = batch
            .into_iter()
            .map(|n| writing(n, &webhook, lead, [set(CITY, "Oslo")]))
            .collect();
        assert!(store.record(batch.into()).await.is_err());
    }
    assert_eq!(store.list_calls(calls("")).await.unwrap().rows.len(), 1);
    assert_eq!(entry(store, lead).await.lead.values.get(CITY), None);
    store.record([call(6, &webhook)].into()).await.unwrap();
}

pub async fn a_batch_that_fails_leaves_the_others_alone(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let id = lead(store, row("a", &[], [])).await;
    store.record([call(1, &webhook)].into()).await.unwrap();
    let batch = |n: i64| {
        let city = format!("City {n}");
        // Every third one begins with an id that was given already.
        let first = if n % 3 == 0 { 1 } else { n * 10 };
        store.record(
            [
                writing(first, &webhook, id, [set(CITY, &city)]),
                writing(n * 10 + 1, &webhook, id, [set(TITLE, &city)]),
            ]
            .into(),
        )
    };
    let results = all((1..=20).map(batch).collect()).await;
    for (n, result) in (1..=20).zip(&results) {
        match result {
            Ok(recorded) => assert_eq!((n % 3 > 0, recorded.len()), (true, 2), "{n}"),
            Err(error) => assert_eq!((n % 3, error.kind()), (0, ErrorKind::Invalid), "{n}"),
        }
    }
    let recorded = store.list_calls(calls("lead:leads")).await.unwrap().rows;
    assert_eq!(
        recorded.len(),
        2 * results.iter().filter(|result| result.is_ok()).count()
    );
    let values = entry(store, id).await.lead.values;
    assert_eq!(
        (values.get(CITY), values.get(TITLE)),
        (Some(&text("City 20")), Some(&text("City 20")))
    );
}

pub async fn the_last_call_is_told_once_it_is_durable(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let mut last = store.last_call();
    assert_eq!(*last.borrow_and_update(), CallId(0));
    upsert(store, 1, vec![row("a", &[], [])]).await;
    assert!(!last.has_changed().unwrap(), "no call was recorded");
    store
        .record([call(1, &webhook), call(2, &webhook)].into())
        .await
        .unwrap();
    assert_eq!(*last.borrow_and_update(), id(2));
    assert!(
        store
            .record([call(3, &webhook), call(3, &webhook)].into())
            .await
            .is_err()
    );
    assert!(!last.has_changed().unwrap());
    assert_eq!(*store.last_call().borrow(), id(2));
}

pub async fn phrases_beyond_all_bounds_come_back(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    // Services write them, each call another one if they like.
    let phrase = |n: i64| match n % 4_000 {
        0 => "x".repeat(60_000) + &n.to_string(),
        _ => format!("Error {n}"),
    };
    let failed = |n: i64| NewCall {
        outcome: outcome(500, &phrase(n)),
        ..call(n, &webhook)
    };
    for n in 0..13 {
        let batch = (n * 1_000 + 1..=(n + 1) * 1_000).map(failed);
        store.record(batch.collect()).await.unwrap();
    }
    for n in [1, 4_000, 9_999, 12_000, 12_345] {
        let read = store.call(id(n)).await.unwrap().expect("it was recorded");
        assert_eq!(read.outcome.error_type, phrase(n));
        let query = calls(&format!(
            "error_type = \"{}\" AND code = 500",
            phrase(n).to_uppercase()
        ));
        let found = store.list_calls(query).await.unwrap().rows;
        assert_eq!(
            found.iter().map(|call| call.id).collect::<Vec<_>>(),
            [id(n)]
        );
    }
}
