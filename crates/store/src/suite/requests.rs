//! Requests that were answered (R-CALL-9).

use leadhook_field::Datetime;

use super::make::{START, at, call, id, put, row};
use crate::{
    Answered, LeadId, LeadUpserted, Mark, Method, NewCall, Remember, Remembered, RequestKey,
    Source, Store,
};

const DAY: i64 = 24 * 60 * 60;

fn key(method: Method, id: &str) -> RequestKey {
    RequestKey {
        method,
        id: id.to_owned(),
    }
}

fn mark(method: Method, id: &str, payload: u8) -> Mark {
    Mark {
        key: key(method, id),
        payload: [payload; 32],
    }
}

async fn remembered(store: &impl Store, key: RequestKey, now: Datetime) -> Option<Remembered> {
    store.remembered(key, now).await.unwrap()
}

pub async fn r_call_9_a_call_is_remembered_with_its_request(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let marked = NewCall {
        request_mark: Some(mark(Method::CallWebhook, "r1", 7)),
        ended: at(START),
        ..call(1, &webhook)
    };
    store
        .record([marked, call(2, &webhook)].into())
        .await
        .unwrap();
    let key = key(Method::CallWebhook, "r1");
    let expected = Remembered {
        payload: [7; 32],
        answer: Answered::Call(id(1)),
        at: at(START),
    };
    assert_eq!(remembered(store, key, at(START + 5)).await, Some(expected));
}

pub async fn r_call_9_an_upsert_is_remembered_with_its_answer(store: &impl Store) {
    let remember = Remember {
        mark: mark(Method::BatchUpsertLeads, "r1", 8),
        answer: Box::new(|results| {
            assert_eq!(results, [LeadUpserted::Created(LeadId(1))]);
            b"\x00answer".to_vec()
        }),
    };
    let rows = vec![row("a@example.com", &[], [])];
    store
        .upsert_leads(rows, Source::Api, at(100), Some(remember))
        .await
        .unwrap();
    let expected = Remembered {
        payload: [8; 32],
        answer: Answered::Bytes(b"\x00answer".to_vec()),
        at: at(100),
    };
    let key = key(Method::BatchUpsertLeads, "r1");
    assert_eq!(remembered(store, key, at(101)).await, Some(expected));
}

async fn upsert_marked(store: &impl Store, id: &str, now: i64) {
    let remember = Remember {
        mark: mark(Method::BatchUpsertLeads, id, 1),
        answer: Box::new(|_| Vec::new()),
    };
    store
        .upsert_leads(Vec::new(), Source::Api, at(now), Some(remember))
        .await
        .unwrap();
}

pub async fn r_call_9_requests_are_forgotten_after_a_day(store: &impl Store) {
    upsert_marked(store, "early", 0).await;
    let early = || key(Method::BatchUpsertLeads, "early");
    assert!(remembered(store, early(), at(DAY - 1)).await.is_some());
    assert!(remembered(store, early(), at(DAY + 1)).await.is_none());
    // Others sweep away what is old, and nothing else.
    for n in 0..20 {
        upsert_marked(store, &format!("later {n}"), DAY / 2 + n).await;
    }
    upsert_marked(store, "late", DAY + DAY / 4).await;
    let later = key(Method::BatchUpsertLeads, "later 0");
    assert!(remembered(store, later, at(DAY + DAY / 4)).await.is_some());
    // The id is free for another request.
    upsert_marked(store, "early", 2 * DAY).await;
    let again = remembered(store, early(), at(2 * DAY)).await;
    assert_eq!(again.map(|remembered| remembered.at), Some(at(2 * DAY)));
}

pub async fn r_call_9_methods_have_ids_of_their_own(store: &impl Store) {
    upsert_marked(store, "r1", 0).await;
    assert!(
        remembered(store, key(Method::CallWebhook, "r1"), at(1))
            .await
            .is_none()
    );
    assert!(
        remembered(store, key(Method::BatchUpsertLeads, "R1"), at(1))
            .await
            .is_none()
    );
}

pub async fn r_call_9_a_batch_that_fails_is_not_remembered(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let marked = NewCall {
        request_mark: Some(mark(Method::CallWebhook, "r1", 7)),
        ..call(1, &webhook)
    };
    let twice = vec![marked, call(1, &webhook)];
    assert!(store.record(twice.into()).await.is_err());
    assert!(
        remembered(store, key(Method::CallWebhook, "r1"), at(START))
            .await
            .is_none()
    );
}
