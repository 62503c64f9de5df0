//! What is there when a store is opened again.

use std::{
    pin::pin,
    task::{Context, Waker},
};

use super::{
    Place,
    make::{
        CITY, INDUSTRY, all, call, calls, change, entry, id, lead, put, row, set, upsert,
        whole_call,
    },
};
use crate::{CatalogChange, LeadId, LeadUpserted, Store};

pub async fn what_was_answered_is_there_after_reopening<P: Place>(place: &P) {
    let store = place.open().await;
    let webhook = put(&store, "enrich").await;
    let lead = lead(&store, row("a@example.com", &[], [set(INDUSTRY, "Trade")])).await;
    store
        .record(vec![whole_call(1, &webhook, lead)])
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
        store.record(vec![call(1, &webhook)]).await.is_err(),
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
        let mut recording = pin!(store.record(vec![whole_call(1, &webhook, id)]));
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
