//! Leads of a run that get rows of their own while their first steps are under way (R-CMP-9).

use std::collections::BTreeMap;

use super::{
    flow::{
        DONE, LATE, claim, doing, due, go, held_by, left, people, place, read, run_of, step, then,
    },
    make::{at, call, lead, outcome, put, row, writes},
    waiting::waits,
};
use crate::{
    CallState, Claimed, Effect, Ending, EntryId, NewCall, Next, Passage, Progress, RunId, RunLead,
    RunState, StepEffect, Store, WebhookId,
};

pub async fn r_cmp_9_a_lead_that_lags_gets_a_row(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 6).await).await;
    let leads = left(store, &run).await;
    store
        .detach(run.id, leads[..5].to_vec(), at(5))
        .await
        .unwrap();
    assert_eq!(left(store, &run).await, leads[5..], "they hold up nobody");
    let counts = read(store, &run).await.counts;
    assert_eq!((counts.open, counts.retrying), (5, 0));
    assert_eq!(
        claim(store, LATE).await,
        Claimed::default(),
        "they are given out"
    );
    // Their records name their positions: one ends, one goes on, one waits for its call, one is held back.
    let of = |n: i64, at: usize, next| NewCall {
        effect: Effect::Lead(leads[at].lead, writes([], [])),
        progress: Some(Progress {
            passage: place(run.id, leads[at].position),
            next,
        }),
        ..call(n, &webhook)
    };
    let retry = Next::Retry {
        step: 0,
        has_failed: false,
    };
    let held = Next::Held {
        step: 0,
        has_failed: false,
        webhook: WebhookId(7),
    };
    let failed = NewCall {
        outcome: outcome(500, ""),
        ..of(1, 0, Next::End(Ending::Failed))
    };
    let batch = [failed, of(2, 1, then(1, 20)), waits(of(3, 2, retry), 10)];
    let recorded = store.record(batch.into()).await.unwrap();
    assert_eq!(recorded[0].stepped.entry, None);
    assert_eq!(recorded[2].state, CallState::Waiting);
    let stepped = go(store, leads[3].lead, place(run.id, 3), held).await;
    let counts = read(store, &run).await.counts;
    assert_eq!((counts.failed, counts.open, counts.retrying), (1, 4, 1));
    let claimed = claim(store, LATE).await;
    let ids: Vec<_> = claimed.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [recorded[1].stepped.entry.unwrap()]);
    assert_eq!(
        (claimed.entries[0].lead, claimed.entries[0].step),
        (leads[1].lead, 1)
    );
    assert_eq!(
        claimed.calls[0].entry.as_ref().map(|entry| entry.lead),
        Some(leads[2].lead)
    );
    let held = held_by(store, WebhookId(7)).await.entries;
    assert_eq!(Some(held[0].id), stepped.entry);
    // From then on their rows are named; a position finds nothing any more.
    let rows = [recorded[1].stepped, recorded[2].stepped, stepped].map(|stepped| stepped.entry);
    for (lead, row) in leads[1..4].iter().zip(rows) {
        let by_position = go(store, lead.lead, place(run.id, lead.position), DONE).await;
        assert_eq!(by_position, Default::default());
        go(store, lead.lead, Passage::Row(row.unwrap()), DONE).await;
    }
    assert_eq!(read(store, &run).await.counts.open, 1);
    for at in [4, 5] {
        go(
            store,
            leads[at].lead,
            place(run.id, leads[at].position),
            DONE,
        )
        .await;
    }
    let over = read(store, &run).await;
    assert_eq!((over.state, over.counts.open), (RunState::Completed, 0));
    assert_eq!((over.counts.succeeded, over.counts.retrying), (5, 0));
}

pub async fn who_has_ended_or_has_a_row_gets_no_other(store: &impl Store) {
    let ids = people(store, 3).await;
    let (run, other) = (run_of(store, &ids).await, run_of(store, &ids).await);
    let leads = left(store, &run).await;
    go(store, leads[0].lead, place(run.id, 0), DONE).await;
    let beyond = RunLead {
        position: 9,
        lead: leads[0].lead,
    };
    let again = vec![leads[0], leads[1], leads[1], beyond];
    store.detach(run.id, again, at(5)).await.unwrap();
    store.detach(run.id, vec![leads[1]], at(6)).await.unwrap();
    assert_eq!(read(store, &run).await.counts.open, 1);
    assert!(store.detach(RunId(99), leads.clone(), at(5)).await.is_err());
    // The same lead in another run is another passage.
    go(store, leads[1].lead, place(other.id, 1), DONE).await;
    assert_eq!(read(store, &run).await.counts.open, 1);
    assert_eq!(read(store, &other).await.counts.succeeded, 1);
    // A row that the lead has by a trigger is none of the run's.
    go(store, leads[1].lead, place(run.id, 1), DONE).await;
    let counts = read(store, &run).await.counts;
    assert_eq!((counts.open, counts.succeeded), (0, 2));
}

pub async fn r_lead_6_an_erased_lead_that_lags_leaves_its_run(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 2).await).await;
    let leads = left(store, &run).await;
    store.detach(run.id, vec![leads[0]], at(5)).await.unwrap();
    for lead in &leads {
        assert!(store.delete_lead(lead.lead, at(6)).await.unwrap());
    }
    assert_eq!(read(store, &run).await.counts.skipped, 1);
    // Erased first, and a row after all.
    store.detach(run.id, vec![leads[1]], at(7)).await.unwrap();
    let lead = lead(store, row("new@example.com", &[], [])).await;
    assert_ne!(lead, leads[1].lead);
    for (n, lead) in (1..).zip(&leads) {
        let call = NewCall {
            effect: Effect::Lead(lead.lead, writes([], [])),
            progress: Some(Progress {
                passage: place(run.id, lead.position),
                next: then(1, 5),
            }),
            ..call(n, &webhook)
        };
        let recorded = store.record([call].into()).await.unwrap();
        assert!(recorded[0].stepped.is_gone);
        assert_eq!(recorded[0].stepped.entry, None);
    }
    let over = read(store, &run).await;
    assert_eq!((over.state, over.counts.skipped), (RunState::Completed, 2));
    assert_eq!(over.counts.codes, BTreeMap::new());
    assert!(due(store).await.is_empty());
}

pub async fn r_cmp_9_a_cancelled_run_takes_the_rows_of_those_that_lag(store: &impl Store) {
    let run = run_of(store, &people(store, 3).await).await;
    let leads = left(store, &run).await;
    store.detach(run.id, leads.clone(), at(5)).await.unwrap();
    store.cancel_run(run.id).await.unwrap();
    let next = |passage, next| {
        step(
            store,
            doing(leads[0].lead, StepEffect::Nothing, passage, next),
        )
    };
    assert_eq!(next(place(run.id, 0), then(1, 5)).await.entry, None);
    assert_eq!(read(store, &run).await.counts.cancelled, 1);
    store.end_cancelled_run(run.id, at(9)).await.unwrap();
    let over = read(store, &run).await;
    assert_eq!(
        (over.state, over.counts.cancelled),
        (RunState::Cancelled, 3)
    );
    assert_eq!((over.counts.open, due(store).await.len()), (0, 0));
    let late = next(Passage::Row(EntryId(1)), DONE).await;
    assert_eq!((late.entry, read(store, &run).await), (None, over));
}
