//! What is there when a store is opened again.

use std::{
    pin::pin,
    task::{Context, Waker},
};

use super::{
    Place,
    flow::{
        self, CAMPAIGN, DONE, LATE, On, claim, due, go, held_by, into, left, people, react, read,
        run_of, wait,
    },
    make::{
        CITY, INDUSTRY, all, at, call, calls, change, entry, id, lead, put, row, set, upsert,
        whole_call,
    },
    waiting::{kept, waits},
};
use crate::{
    CatalogChange, EntryId, Hold, LeadId, LeadUpserted, Passage, Qualification, RunId, RunState,
    Store, Waiting, WebhookId,
};

const EVERY: Qualification = Qualification::EveryTime;

pub async fn what_was_answered_is_there_after_reopening<P: Place>(place: &P) {
    let store = place.open().await;
    let webhook = put(&store, "enrich").await;
    let lead = lead(&store, row("a@example.com", &[], [set(INDUSTRY, "Trade")])).await;
    store
        .record([whole_call(1, &webhook, lead)].into())
        .await
        .unwrap();
    let (before, recorded) = (entry(&store, lead).await, store.call(id(1)).await.unwrap());
    drop(store);

    let store = place.open().await;
    assert_eq!(store.catalog().await.unwrap().webhooks[0], webhook);
    assert_eq!(entry(&store, lead).await, before);
    assert_eq!(store.call(id(1)).await.unwrap(), recorded);
    assert_eq!(*store.last_call().borrow(), id(1));
    assert!(
        store.record([call(1, &webhook)].into()).await.is_err(),
        "ids go on from there"
    );
    let rows = vec![row("A@example.com", &[], []), row("b@example.com", &[], [])];
    let results = upsert(&store, 9, rows).await;
    assert_eq!(
        results,
        [
            LeadUpserted::Updated(lead),
            LeadUpserted::Created(LeadId(2))
        ]
    );
    change(&store, vec![CatalogChange::DeleteWebhook(webhook.id)]).await;
    drop(store);

    assert!(
        place
            .open()
            .await
            .catalog()
            .await
            .unwrap()
            .webhooks
            .is_empty()
    );
}

pub async fn what_was_handed_over_is_carried_out<P: Place>(place: &P) {
    let store = place.open().await;
    let webhook = put(&store, "enrich").await;
    let id = lead(&store, row("a@example.com", &[], [])).await;
    {
        // Whoever asked goes away as soon as it was handed over; so does the store.
        let mut recording = pin!(store.record([whole_call(1, &webhook, id)].into()));
        let mut context = Context::from_waker(Waker::noop());
        let _ = recording.as_mut().poll(&mut context);
    }
    drop(store);

    let store = place.open().await;
    assert_eq!(store.list_calls(calls("")).await.unwrap().rows.len(), 1);
    assert!(entry(&store, id).await.lead.values.get(CITY).is_some());
    // Readers that are asked at once see it, each of them.
    let readers = (0..30).map(|_| store.leads(vec![id]));
    for leads in all(readers.collect()).await {
        assert!(leads.unwrap()[0].is_some());
    }
}

pub async fn r_cmp_9_runs_and_entries_go_on_after_reopening<P: Place>(place: &P) {
    let store = place.open().await;
    react(&store, &[(On::Created, into(CAMPAIGN, EVERY))]);
    let ids = people(&store, 200).await;
    let run = run_of(&store, &ids).await;
    let leads = left(&store, &run).await;
    for lead in leads.iter().filter(|lead| lead.position % 3 != 0) {
        go(&store, lead.lead, flow::place(run.id, lead.position), DONE).await;
    }
    let waits = wait(&store, &run, leads[0], 5).await;
    let held = due(&store).await;
    let webhook = WebhookId(1);
    let hold = |entry: &crate::Entry| Hold {
        what: Waiting::Entry(entry.id),
        webhook,
    };
    store
        .hold(held[..1].iter().map(hold).collect())
        .await
        .unwrap();
    let (before, left_before) = (read(&store, &run).await, left(&store, &run).await);
    assert_eq!(left_before.len(), 66);
    drop(store);

    let store = place.open().await;
    assert_eq!(read(&store, &run).await, before);
    assert_eq!(left(&store, &run).await, left_before);
    assert_eq!(store.open_runs().await.unwrap(), [before]);
    // What was given out and did not go on is given out anew; what was held back still is.
    let mut entries = due(&store).await;
    assert_eq!(entries[..], held[1..]);
    entries.extend(held_by(&store, webhook).await.entries);
    assert_eq!(entries.len(), 201);
    go(&store, leads[0].lead, Passage::Row(waits), DONE).await;
    for lead in &left_before {
        go(&store, lead.lead, flow::place(run.id, lead.position), DONE).await;
    }
    let over = read(&store, &run).await;
    assert_eq!(
        (over.state, over.counts.succeeded),
        (RunState::Completed, 200)
    );
    // Ids are not given twice, though the entries that had them are gone.
    for entry in entries {
        go(&store, entry.lead, Passage::Row(entry.id), DONE).await;
    }
    drop(store);
    let store = place.open().await;
    react(&store, &[(On::Created, into(CAMPAIGN, EVERY))]);
    lead(&store, row("new@example.com", &[], [])).await;
    assert_eq!(due(&store).await[0].id, EntryId(202));
    assert_eq!(run_of(&store, &ids).await.id, RunId(2));
}

/// Calls that wait, whether they were given out or held back, and leads that lagged.
pub async fn r_call_6_what_waits_goes_on_after_reopening<P: Place>(place: &P) {
    let store = place.open().await;
    let webhook = put(&store, "enrich").await;
    let run = run_of(&store, &people(&store, 3).await).await;
    let leads = left(&store, &run).await;
    let waiting = |n| waits(call(n, &webhook), n);
    store
        .record(
            [
                waiting(1),
                waiting(2),
                waiting(3),
                kept(call(4, &webhook), 4),
            ]
            .into(),
        )
        .await
        .unwrap();
    let given = claim(&store, 2).await.calls;
    assert_eq!(given.len(), 2);
    let hold = Hold {
        what: Waiting::Call(id(2)),
        webhook: webhook.id,
    };
    store.hold(vec![hold]).await.unwrap();
    store
        .detach(run.id, leads[..2].to_vec(), at(9))
        .await
        .unwrap();
    let before = read(&store, &run).await;
    drop(store);

    let store = place.open().await;
    assert_eq!(read(&store, &run).await, before);
    assert_eq!(left(&store, &run).await, leads[2..]);
    let claimed = claim(&store, LATE).await;
    let ids: Vec<_> = claimed.calls.iter().map(|waits| waits.call.id).collect();
    assert_eq!(ids, [id(1), id(3), id(4)]);
    assert_eq!(claimed.calls[0], given[0]);
    assert_eq!(held_by(&store, webhook.id).await.calls, given[1..]);
    let lags: Vec<_> = claimed
        .entries
        .iter()
        .map(|entry| (entry.lead, entry.step, entry.due))
        .collect();
    assert_eq!(lags, [(leads[0].lead, 0, at(9)), (leads[1].lead, 0, at(9))]);
    // They are rows from now on: nobody is left who knows their positions.
    go(&store, leads[0].lead, flow::place(run.id, 0), DONE).await;
    assert_eq!(read(&store, &run).await, before);
    let row = Passage::Row(claimed.entries[0].id);
    go(&store, leads[0].lead, row, DONE).await;
    assert_eq!(read(&store, &run).await.counts.succeeded, 1);
}
