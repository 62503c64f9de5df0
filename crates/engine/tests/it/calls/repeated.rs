//! Repetitions and their keys: R-CALL-9, R-HDR-3.

use leadhook_engine::{CallRequest, DraftRetryPolicy, Error};

use super::site::{Site, inline, with_id};

#[tokio::test]
async fn r_call_9_a_repetition_answers_with_the_first_result() {
    let mut site = Site::new().await;
    site.save(|_| ()).await;
    let request = with_id(inline("Ada"), "r-1");
    let (first, _) = tokio::join!(
        site.engine.call(request.clone()),
        site.service.answer("503 Busy", "{}")
    );
    let first = first.unwrap();
    assert_eq!(first.outcome.code, 503);
    assert_eq!(site.engine.call(request.clone()).await.unwrap(), first);
    // The store remembers, not the engine alone.
    let mut site = site.restart().await;
    assert_eq!(site.engine.call(request.clone()).await.unwrap(), first);
    assert_eq!(site.calls().await.len(), 1);
    assert!(site.service.is_idle().await);

    let other = with_id(inline("Grace"), "r-1");
    let refused = site.engine.call(other).await.unwrap_err();
    assert!(matches!(refused, Error::RequestIdReused { ref request_id } if request_id == "r-1"));
    assert!(site.service.is_idle().await);
}

#[tokio::test]
async fn r_call_9_a_repetition_waits_while_the_first_is_under_way() {
    let mut site = Site::new().await;
    site.save(|_| ()).await;
    let call = |name: &str| {
        let engine = site.engine.clone();
        let request = with_id(inline(name), "r-1");
        tokio::spawn(async move { engine.call(request).await })
    };
    let first = call("Ada");
    let received = site.service.next().await;
    let second = call("Ada");
    let other = call("Grace").await.unwrap().unwrap_err();
    assert!(matches!(other, Error::RequestIdReused { .. }), "{other}");
    assert!(site.service.is_idle().await);
    assert!(!first.is_finished() && !second.is_finished());
    received.answer("200 OK", "{}");
    let (first, second) = (
        first.await.unwrap().unwrap(),
        second.await.unwrap().unwrap(),
    );
    assert_eq!(first, second);
    assert_eq!(site.calls().await, [first]);
}

#[tokio::test]
async fn r_call_9_a_request_that_was_refused_may_be_sent_again() {
    let mut site = Site::new().await;
    let request = with_id(inline("Ada"), "r-1");
    let refused = site.engine.call(request.clone()).await.unwrap_err();
    assert!(matches!(refused, Error::NotFound { .. }), "{refused}");
    site.save(|_| ()).await;
    let (call, _) = tokio::join!(
        site.engine.call(request),
        site.service.answer("200 OK", "{}")
    );
    assert!(call.unwrap().outcome.succeeded);
}

/// The key that a call bears on the wire; it is the recorded one.
async fn key(site: &mut Site, request: CallRequest) -> String {
    let service = &mut site.service;
    let (call, key) = tokio::join!(site.engine.call(request), async {
        let received = service.next().await;
        let key = received.header("Idempotency-Key").unwrap().to_owned();
        received.answer("200 OK", "{}");
        key
    });
    let call = call.unwrap();
    assert_eq!(call.idempotency_key.to_string(), key);
    let shown = call.request.unwrap().headers;
    assert!(shown.contains(&("idempotency-key".to_owned(), key.clone())));
    key
}

#[tokio::test]
async fn r_hdr_3_a_request_made_again_after_a_crash_bears_the_same_key() {
    // Two sites of one installation's key; the second lost what the first had done.
    let (mut before, mut after) = (Site::new().await, Site::new().await);
    for site in [&before, &after] {
        site.save(|_| ()).await;
    }
    let ada = |id: &str| with_id(inline("Ada"), id);
    let first = key(&mut before, ada("r-1")).await;
    assert_eq!(key(&mut after, ada("r-1")).await, first);
    let others = [
        key(&mut before, ada("r-2")).await,
        key(&mut before, with_id(inline("Grace"), "r-3")).await,
        // Without request_id it is random.
        key(&mut before, inline("Ada")).await,
        key(&mut before, inline("Ada")).await,
    ];
    let mut distinct = vec![first.clone()];
    distinct.extend(others);
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 5);
    // It tells nothing of what it is made of.
    assert!(!first.contains("r-1"));
}

#[tokio::test]
async fn r_hdr_3_two_payloads_of_one_request_id_have_two_keys() {
    let (mut one, mut other) = (Site::new().await, Site::new().await);
    for site in [&one, &other] {
        site.save(|_| ()).await;
    }
    let ada = key(&mut one, with_id(inline("Ada"), "r-1")).await;
    let grace = key(&mut other, with_id(inline("Grace"), "r-1")).await;
    assert_ne!(ada, grace);
}

#[tokio::test]
async fn r_call_6_all_attempts_send_the_same_bytes() {
    let mut site = Site::new().await;
    let policy = DraftRetryPolicy {
        max_attempts: 3,
        initial_backoff_micros: Some(1),
        ..DraftRetryPolicy::default()
    };
    site.save(|draft| {
        draft.retry_policy = Some(policy);
        draft.payload_template = "{{lead.First Name}} {{system.dateTime}}".to_owned();
    })
    .await;
    let service = &mut site.service;
    let (call, sent) = tokio::join!(site.engine.call(inline("Ada")), async {
        let mut sent = Vec::new();
        for status in ["503 Busy", "429 Slow down\r\nRetry-After: 0", "200 OK"] {
            let received = service.next().await;
            sent.push((received.head().to_owned(), received.body.clone()));
            received.answer(status, "{}");
        }
        sent
    });
    assert_eq!(sent[0], sent[1]);
    assert_eq!(sent[1], sent[2]);
    let call = call.unwrap();
    let attempts: Vec<_> = call
        .attempts
        .iter()
        .map(|attempt| (attempt.code, attempt.error_type.as_str()))
        .collect();
    assert_eq!(attempts, [(503, "Busy"), (429, "Slow down"), (200, "OK")]);
    assert!(call.outcome.succeeded);
    assert_eq!(site.engine.get_call(call.id).await.unwrap(), call);
    assert!(site.service.is_idle().await);
}

#[tokio::test]
async fn r_call_6_a_call_ends_with_its_last_attempt() {
    let mut site = Site::new().await;
    let policy = DraftRetryPolicy {
        max_attempts: 2,
        initial_backoff_micros: Some(1),
        retry_codes: vec![500],
        ..DraftRetryPolicy::default()
    };
    site.save(|draft| draft.retry_policy = Some(policy)).await;
    let service = &mut site.service;
    let (call, ()) = tokio::join!(site.engine.call(inline("Ada")), async {
        service.answer("500 One", "1").await;
        service.answer("500 Two", "2").await;
    });
    let call = call.unwrap();
    assert_eq!((call.outcome.code, &*call.outcome.error_type), (500, "Two"));
    assert_eq!(call.response.unwrap().0, "2");
    assert_eq!(call.attempts.len(), 2);
    // What is not in the list is not tried again.
    let service = &mut site.service;
    let (call, _) = tokio::join!(
        site.engine.call(inline("Ada")),
        service.answer("503 Busy", "{}")
    );
    assert_eq!(call.unwrap().attempts.len(), 1);
    assert!(site.service.is_idle().await);
}
