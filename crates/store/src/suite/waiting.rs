//! Calls between two attempts (R-CALL-6).

use bytes::Bytes;

use super::{
    flow::{CAMPAIGN, LATE, On, claim, due, into, matching, react},
    make::{
        CITY, at, call, calls, changed, entry, id, lead, outcome, put, row, set, text, whole_call,
        writes,
    },
};
use crate::{
    ActivityQuery, Answered, Call, CallId, CallState, Claim, Claimed, Effect, Event, FirstMatch,
    Mark, Method, NewCall, Qualification, Recorded, RequestKey, Source, Store, Wait, WaitingCall,
};

/// A call that waits for an attempt at a time in seconds: its last one found the service busy.
pub(super) fn waits(call: NewCall, due: i64) -> NewCall {
    NewCall {
        outcome: outcome(503, "Busy"),
        wait: Some(Wait {
            due: at(due),
            sealed: sealed(due),
            is_claimed: false,
        }),
        ..call
    }
}

/// The same, kept by who records it.
pub(super) fn kept(call: NewCall, due: i64) -> NewCall {
    let call = waits(call, due);
    let wait = call.wait.map(|wait| Wait {
        is_claimed: true,
        ..wait
    });
    NewCall { wait, ..call }
}

fn sealed(due: i64) -> Bytes {
    Bytes::from(format!("sealed until {due}"))
}

/// The same once more.
pub(super) fn again(call: NewCall) -> NewCall {
    NewCall {
        has_waited: true,
        request: None,
        ..call
    }
}

pub(super) async fn read_call(store: &impl Store, id: CallId) -> Call {
    let call = store.call(id).await.unwrap();
    call.expect("the call is on record")
}

pub(super) async fn record(store: &impl Store, call: NewCall) -> Recorded {
    let recorded = store.record([call].into()).await.unwrap();
    recorded.into_iter().next().expect("one for each call")
}

pub async fn r_call_6_a_call_that_waits_is_on_record_until_it_has_ended(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let lead = lead(store, row("a@example.com", &[set(CITY, "Bonn")], [])).await;
    let new = whole_call(1, &webhook, lead);
    let first = waits(
        NewCall {
            attempts: new.attempts[..1].to_vec(),
            problems: Vec::new(),
            ..new.clone()
        },
        10,
    );
    let before = entry(store, lead).await;
    let recorded = record(store, first.clone()).await;
    assert_eq!(
        (recorded.state, recorded.changes),
        (CallState::Waiting, vec![])
    );
    assert_eq!(*store.last_call().borrow(), id(1));
    assert_eq!(entry(store, lead).await, before, "not even its time");
    let read = read_call(store, id(1)).await;
    assert_eq!(
        (read.state, read.next_attempt),
        (CallState::Waiting, Some(at(10)))
    );
    assert_eq!((&read.attempts, read.ended), (&first.attempts, first.ended));
    assert_eq!(
        (&read.request, &read.response),
        (&new.request, &new.response)
    );
    assert_eq!(
        store.list_calls(calls("code = 503")).await.unwrap().rows,
        std::slice::from_ref(&read)
    );
    let none = claim(store, 9).await;
    assert_eq!((none.calls.len(), none.next_due), (0, Some(at(10))));
    let waiting = WaitingCall {
        call: read,
        sealed: sealed(10),
        entry: None,
    };
    assert_eq!(claim(store, 10).await.calls, [waiting]);
    assert_eq!(
        claim(store, LATE).await,
        Claimed::default(),
        "it is given out"
    );

    let second = NewCall {
        attempts: new.attempts[..2].to_vec(),
        ended: at(12),
        ..waits(again(new.clone()), 20)
    };
    assert_eq!(record(store, second).await.state, CallState::Waiting);
    let given = claim(store, LATE).await.calls.remove(0);
    assert_eq!((given.sealed, given.call.attempts.len()), (sealed(20), 2));
    assert_eq!(given.call.next_attempt, Some(at(20)));
    assert_eq!(
        (given.call.request, given.call.ended),
        (new.request.clone(), at(12))
    );

    let change = changed(CITY, Some("Bonn"), Some("Oslo"));
    let recorded = record(store, again(new.clone())).await;
    assert_eq!(
        (recorded.state, &recorded.changes[..]),
        (CallState::Ended, &[change][..])
    );
    assert_eq!(claim(store, LATE).await, Claimed::default());
    let read = read_call(store, id(1)).await;
    assert_eq!((read.state, read.next_attempt), (CallState::Ended, None));
    assert_eq!((read.outcome, read.attempts), (new.outcome, new.attempts));
    assert_eq!((read.request, read.response), (new.request, new.response));
    assert_eq!(
        (read.changes, read.problems),
        (recorded.changes, new.problems)
    );
    assert_eq!(
        entry(store, lead).await.lead.values.get(CITY),
        Some(&text("Oslo"))
    );
    assert!(
        store
            .list_calls(calls("code = 503"))
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    // Ids of new calls go on behind it.
    assert!(store.record([call(1, &webhook)].into()).await.is_err());
}

pub async fn r_call_6_a_call_that_waits_has_no_effect_yet(store: &impl Store) {
    let every = Qualification::EveryTime;
    react(
        store,
        &[
            (On::Called(503), into(CAMPAIGN, every)),
            (On::Called(200), into(CAMPAIGN, every)),
        ],
    );
    let webhook = put(store, "enrich").await;
    let lead = lead(store, row("a@example.com", &[], [])).await;
    let new = NewCall {
        effect: Effect::Lead(lead, writes([set(CITY, "Oslo")], [])),
        ..call(1, &webhook)
    };
    let filters: std::sync::Arc<[_]> = [(*matching("called_webhook()")).clone()].into();
    let told = async || {
        let query = ActivityQuery {
            lead,
            after: None,
            limit: 10,
            max_bytes: usize::MAX,
            max_scanned: usize::MAX,
        };
        let activities = store.list_activities(query).await.unwrap();
        assert_eq!(activities.next, None);
        let of_call = |event: &Event| match event {
            Event::CallWebhook(_) => true,
            Event::ChangeDataValue { source, .. } => matches!(source, Source::Webhook(_)),
            _ => false,
        };
        let told = activities
            .rows
            .iter()
            .filter(|row| of_call(&row.event))
            .count();
        let called = store
            .first_matches(vec![lead], filters.clone())
            .await
            .unwrap()[0];
        (told, called, due(store).await.len())
    };
    record(store, waits(new.clone(), LATE + 1)).await;
    assert_eq!(told().await, (0, FirstMatch::Nothing, 0));
    let inline = NewCall {
        effect: Effect::Inline(vec![changed(CITY, None, Some("Rome"))]),
        ..call(2, &webhook)
    };
    let waiting = record(store, waits(inline.clone(), LATE + 1)).await;
    assert_eq!(waiting.changes, []);
    assert_eq!(record(store, again(inline)).await.changes.len(), 1);
    record(store, again(new)).await;
    assert_eq!(told().await, (2, FirstMatch::At(0), 1));
}

pub async fn r_call_9_a_call_that_waits_is_remembered_with_its_request(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let key = RequestKey {
        method: Method::CallWebhook,
        id: "again".to_owned(),
    };
    let new = NewCall {
        request_mark: Some(Mark {
            key: key.clone(),
            payload: [7; 32],
        }),
        ended: at(100),
        ..call(1, &webhook)
    };
    record(store, waits(new.clone(), 110)).await;
    let later = NewCall {
        ended: at(120),
        ..again(new)
    };
    for _ in 0..2 {
        let remembered = store.remembered(key.clone(), at(130)).await.unwrap();
        let remembered = remembered.expect("it is remembered");
        assert_eq!(
            (remembered.answer, remembered.at),
            (Answered::Call(id(1)), at(100))
        );
        record(store, later.clone()).await;
    }
}

pub async fn r_call_6_a_call_that_nobody_waits_for_is_given_out_at_once(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    record(store, waits(call(1, &webhook), LATE)).await;
    for n in [1, 2] {
        let given = store.claim(Claim::Call(id(n)), 1).await.unwrap();
        let calls: Vec<_> = given.calls.iter().map(|waits| waits.call.id).collect();
        assert_eq!(calls, [id(1)][..usize::from(n == 1)]);
        assert_eq!((given.entries.len(), given.next_due), (0, None));
    }
    assert_eq!(claim(store, LATE).await, Claimed::default());
    record(store, waits(again(call(1, &webhook)), 5)).await;
    assert_eq!(claim(store, LATE).await.calls.len(), 1);
}

pub async fn r_call_6_a_call_that_a_client_waits_for_stays_with_it(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let changes = store.waiting_changed();
    record(store, kept(call(1, &webhook), 10)).await;
    record(store, kept(again(call(1, &webhook)), 20)).await;
    assert!(!changes.has_changed().unwrap());
    assert_eq!(claim(store, LATE).await, Claimed::default());
    let read = read_call(store, id(1)).await;
    assert_eq!(
        (read.state, read.next_attempt),
        (CallState::Waiting, Some(at(20)))
    );
    // The client goes away: the call goes on without it.
    let given = store.claim(Claim::Call(id(1)), 1).await.unwrap().calls;
    assert_eq!((&given[0].call, &given[0].sealed), (&read, &sealed(20)));
    record(store, waits(again(call(1, &webhook)), 30)).await;
    assert_eq!(claim(store, LATE).await.calls.len(), 1);
    record(store, again(call(1, &webhook))).await;
    assert_eq!(read_call(store, id(1)).await.state, CallState::Ended);
}
