//! What is there when a store is opened again.

use std::{
    pin::pin,
    task::{Context, Waker},
};

use super::{
    Place,
    flow::{self, CAMPAIGN, DONE, On, due, go, into, left, people, react, read, run_of, wait},
    make::{
        CITY, INDUSTRY, all, call, calls, change, entry, id, lead, paused, put, resume, row, set,
        upsert, whole_call,
    },
};
use crate::{
    CatalogChange, EntryId, Hold, LeadId, LeadUpserted, Passage, Qualification, RunId, RunState,
    Store,
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
    let webhook = paused(&store, "enrich").await;
    let hold = |entry: &crate::Entry| Hold {
        entry: entry.id,
        webhook: webhook.id,
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
    resume(&store, webhook).await;
    entries.extend(due(&store).await);
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
