//! Entries that wait for their calls (R-CMP-9), and how those end that nobody waits for any more.

use std::collections::BTreeMap;

use leadhook_field::FieldId;

use super::{
    flow::{DONE, LATE, claim, due, go, left, people, place, read, run_of, then, wait},
    make::{at, call, id, put, set, whole_call, writes},
    waiting::{again, read_call, record, waits},
};
use crate::{
    CallState, Claim, Claimed, Effect, Hold, LeadId, NewCall, Next, Origin, Passage, Progress, Run,
    RunLead, RunState, Store, Waiting, WaitingCall, Webhook, WebhookId,
};

const RETRY: Next = Next::Retry {
    step: 0,
    has_failed: false,
};

/// The nth call of a run's lead.
fn of_run(n: i64, webhook: &Webhook, run: &Run, of: RunLead, passage: Passage) -> NewCall {
    NewCall {
        origin: Origin {
            campaign: Some(run.campaign),
            run: Some(run.id),
            ..call(n, webhook).origin
        },
        effect: Effect::Lead(of.lead, writes([], [])),
        progress: Some(Progress {
            passage,
            next: RETRY,
        }),
        ..call(n, webhook)
    }
}

fn and_then(call: NewCall, next: Next) -> NewCall {
    let progress = call.progress.map(|progress| Progress { next, ..progress });
    NewCall { progress, ..call }
}

/// How many of a run's leads have rows, and of how many the calls wait; and what its calls ended with.
async fn counts(store: &impl Store, run: &Run) -> (u64, u64, BTreeMap<u16, u64>) {
    let counts = read(store, run).await.counts;
    (counts.open, counts.retrying, counts.codes)
}

pub async fn r_cmp_9_an_entry_waits_for_its_call(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 2).await).await;
    let leads = left(store, &run).await;
    let new = of_run(1, &webhook, &run, leads[0], place(run.id, 0));
    let recorded = record(store, waits(new, 10)).await;
    let row = recorded.stepped.entry.expect("it waits as a row");
    assert_eq!(counts(store, &run).await, (1, 1, BTreeMap::new()));
    assert_eq!(left(store, &run).await, leads[1..]);
    let claimed = claim(store, LATE).await;
    assert!(
        claimed.entries.is_empty(),
        "it goes on when the call has ended"
    );
    let waiting = claimed.calls[0].entry.clone().expect("whose step it is");
    assert_eq!((waiting.id, waiting.lead), (row, leads[0].lead));
    assert_eq!((waiting.run, waiting.step), (Some(run.id), 0));
    let new = of_run(1, &webhook, &run, leads[0], Passage::Row(row));
    let recorded = record(store, waits(again(new.clone()), 20)).await;
    assert_eq!(recorded.stepped.entry, Some(row));
    assert_eq!(counts(store, &run).await, (1, 1, BTreeMap::new()));
    let goes_on = and_then(again(new), then(1, 30));
    let recorded = record(store, goes_on).await;
    assert_eq!(recorded.stepped.entry, Some(row));
    assert_eq!(
        counts(store, &run).await,
        (1, 0, BTreeMap::from([(200, 1)]))
    );
    let entries = due(store).await;
    assert_eq!((entries[0].id, entries[0].step), (row, 1));
    // A later step waits, too, and ends the flow.
    let second = of_run(2, &webhook, &run, leads[0], Passage::Row(row));
    record(store, waits(second.clone(), 40)).await;
    assert_eq!(counts(store, &run).await.1, 1);
    assert!(due(store).await.is_empty());
    record(store, and_then(again(second), DONE)).await;
    let expected = (0, 0, BTreeMap::from([(200, 2)]));
    assert_eq!(counts(store, &run).await, expected);
    assert_eq!(read(store, &run).await.counts.succeeded, 1);
}

pub async fn r_lead_6_a_call_that_waits_has_ended_when_its_lead_is_erased(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let ids = people(store, 3).await;
    let run = run_of(store, &ids[..2]).await;
    let leads = left(store, &run).await;
    let new = of_run(1, &webhook, &run, leads[0], place(run.id, 0));
    let row = record(store, waits(new, 10)).await.stepped.entry;
    let single = whole_call(2, &webhook, ids[2]);
    record(store, waits(single.clone(), 10)).await;
    // One is under way once more, one waits.
    let claimed = store.claim(Claim::Call(id(1)), 9).await.unwrap();
    assert_eq!(claimed.calls.len(), 1);
    for lead in [leads[0].lead, ids[2]] {
        assert!(store.delete_lead(lead, at(50)).await.unwrap());
    }
    let expected = (0, 0, BTreeMap::from([(503, 1)]));
    assert_eq!(counts(store, &run).await, expected);
    assert_eq!(read(store, &run).await.counts.skipped, 1);
    assert_eq!(claim(store, LATE).await, Claimed::default());
    let before = [read_call(store, id(1)).await, read_call(store, id(2)).await];
    for call in &before {
        assert_eq!((call.state, call.next_attempt), (CallState::Ended, None));
        assert_eq!((call.outcome.code, &call.request), (503, &None));
        assert!(
            call.attempts
                .iter()
                .all(|attempt| attempt.detail.is_empty())
        );
    }
    // What the attempt that was under way came to is nobody's any more.
    let row = Passage::Row(row.expect("it waits as a row"));
    let late = again(of_run(1, &webhook, &run, leads[0], row));
    let recorded = record(store, and_then(late, then(1, 5))).await;
    assert_eq!(
        (recorded.state, recorded.stepped.entry),
        (CallState::Ended, None)
    );
    assert!(recorded.stepped.is_gone);
    assert_eq!(
        record(store, waits(again(single), 30)).await.state,
        CallState::Ended
    );
    for call in before {
        assert_eq!(read_call(store, call.id).await, call);
    }
    // Erased before it was to wait for the first time.
    assert!(store.delete_lead(leads[1].lead, at(51)).await.unwrap());
    let new = of_run(3, &webhook, &run, leads[1], place(run.id, 1));
    let recorded = record(store, waits(new, 10)).await;
    assert_eq!(
        (recorded.state, recorded.stepped.is_gone),
        (CallState::Ended, true)
    );
    assert_eq!(claim(store, LATE).await, Claimed::default());
    let over = read(store, &run).await;
    assert_eq!((over.state, over.counts.skipped), (RunState::Completed, 2));
}

pub async fn r_cmp_9_calls_of_a_cancelled_run_are_given_out_for_their_end(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 5).await).await;
    let leads = left(store, &run).await;
    let mut rows = Vec::new();
    for (n, lead) in (1..).zip(&leads[..4]) {
        let new = of_run(n, &webhook, &run, *lead, place(run.id, lead.position));
        let recorded = record(store, waits(new, LATE - n)).await;
        rows.push(recorded.stepped.entry.expect("it waits as a row"));
    }
    record(store, waits(call(9, &webhook), LATE)).await;
    store.cancel_run(run.id).await.unwrap();
    let given = claim(store, LATE).await.calls;
    assert_eq!(
        given.len(),
        1,
        "nothing of the run is given out for an attempt"
    );
    let first = store.claim(Claim::CallsOf(run.id), 2).await.unwrap().calls;
    let ids = |calls: &[WaitingCall]| calls.iter().map(|waits| waits.call.id).collect::<Vec<_>>();
    assert_eq!(ids(&first), [id(4), id(3)], "oldest due first");
    let rest = store.claim(Claim::CallsOf(run.id), 1).await.unwrap().calls;
    assert_eq!(ids(&rest), [id(2)]);
    let one = store.claim(Claim::Call(id(2)), 1).await.unwrap();
    assert_eq!(one, Claimed::default(), "it is given out");
    let ended = again(of_run(4, &webhook, &run, leads[3], Passage::Row(rows[3])));
    record(store, and_then(ended, then(1, 5))).await;
    // One that was under way is to wait once more; one comes to a webhook whose lane is closed.
    let late = of_run(10, &webhook, &run, leads[4], place(run.id, 4));
    assert_eq!(
        record(store, waits(late, 5)).await.state,
        CallState::Waiting
    );
    assert_eq!(counts(store, &run).await.1, 4);
    store.end_cancelled_run(run.id, at(60)).await.unwrap();
    let over = read(store, &run).await;
    assert_eq!(
        (over.state, over.ended),
        (RunState::Cancelled, Some(at(60)))
    );
    assert_eq!((over.counts.cancelled, over.counts.retrying), (5, 0));
    assert_eq!(over.counts.codes, BTreeMap::from([(200, 1), (503, 4)]));
    for n in [1, 2, 3, 10] {
        let call = read_call(store, id(n)).await;
        assert_eq!((call.state, call.outcome.code), (CallState::Ended, 503));
    }
    let left = store.claim(Claim::CallsOf(run.id), 9).await.unwrap();
    assert_eq!(left, Claimed::default());
}

pub async fn a_call_whose_step_is_on_record_does_not_wait(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 2).await).await;
    let leads = left(store, &run).await;
    let new = |n| of_run(n, &webhook, &run, leads[0], place(run.id, 0));
    record(store, and_then(new(1), DONE)).await;
    let recorded = record(store, waits(new(2), 10)).await;
    assert_eq!(
        (recorded.state, recorded.stepped),
        (CallState::Ended, Default::default())
    );
    assert_eq!(read_call(store, id(2)).await.state, CallState::Ended);
    assert_eq!(claim(store, LATE).await, Claimed::default());
    assert_eq!(
        counts(store, &run).await.2,
        BTreeMap::from([(200, 1), (503, 1)])
    );
}

pub async fn what_cannot_have_waited_is_refused(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 1).await).await;
    let lead = left(store, &run).await[0];
    assert!(
        store
            .record([again(call(1, &webhook))].into())
            .await
            .is_err()
    );
    assert_eq!(store.call(id(1)).await.unwrap(), None);
    // An entry that waits for a call which has ended would wait for ever.
    let ended = of_run(1, &webhook, &run, lead, place(run.id, 0));
    assert!(store.record([ended].into()).await.is_err());
    assert_eq!(left(store, &run).await, [lead]);
    // A batch that fails leaves what waits alone.
    record(store, waits(call(1, &webhook), 10)).await;
    let batch = [again(call(1, &webhook)), call(1, &webhook)];
    assert!(store.record(batch.into()).await.is_err());
    assert_eq!(claim(store, LATE).await.calls.len(), 1);
    let missing = LeadId(99);
    let gone = NewCall {
        effect: Effect::Lead(missing, writes([set(FieldId::EMAIL, "x")], [])),
        ..call(2, &webhook)
    };
    assert_eq!(record(store, waits(gone, 10)).await.state, CallState::Ended);
}

pub async fn r_cmp_9_a_lead_waits_for_its_time_or_held_back_and_not_between_its_steps(
    store: &impl Store,
) {
    let run = run_of(store, &people(store, 4).await).await;
    let leads = left(store, &run).await;
    let waiting = async || read(store, &run).await.counts.waiting;
    // Steps are recorded at 3,000 s. What is due by then is on its way.
    let at_once = wait(store, &run, leads[0], 3_000).await;
    assert_eq!(waiting().await, 0);
    let later = wait(store, &run, leads[1], 3_001).await;
    assert_eq!(waiting().await, 1);
    let webhook = WebhookId(7);
    let held = Next::Held {
        step: 0,
        has_failed: false,
        webhook,
    };
    go(store, leads[2].lead, place(run.id, 2), held).await;
    assert_eq!(waiting().await, 2);
    let claimed = due(store).await;
    let waits: Vec<_> = claimed
        .iter()
        .map(|entry| (entry.id, entry.waits))
        .collect();
    assert_eq!(waits, [(at_once, false), (later, true)]);
    // Until what they do is on record they count as they did.
    assert_eq!(waiting().await, 2);
    let hold = |entry| Hold {
        what: Waiting::Entry(entry),
        webhook,
    };
    store.hold(vec![hold(at_once), hold(later)]).await.unwrap();
    assert_eq!(waiting().await, 3);
    go(store, leads[0].lead, Passage::Row(at_once), then(2, 3_000)).await;
    assert_eq!(waiting().await, 2);
    go(store, leads[1].lead, Passage::Row(later), DONE).await;
    assert_eq!(waiting().await, 1);
    store.delete_lead(leads[2].lead, at(4_000)).await.unwrap();
    assert_eq!(waiting().await, 0);
}
