//! Calls between two attempts: rows, which outlive their server (R-CALL-6).

use std::time::Duration;

use leadhook_engine::{
    CallRequest, CallSubject, CallView, DraftHeader, DraftRetryPolicy, Error, Input, Secret,
};
use leadhook_store::CallState;
use tokio::task::JoinHandle;

use super::site::{Site, inline, mapping, spawn, stored, with_id};

/// Saves a webhook that tries again after an hour, unless its service says when.
async fn save(site: &Site) {
    site.save(|draft| {
        draft.retry_policy = Some(DraftRetryPolicy {
            initial_backoff_micros: Some(3_600_000_000),
            max_backoff_micros: Some(3_600_000_000),
            ..DraftRetryPolicy::default()
        });
        draft.url = draft.url.replace("http://", "http://user:secret@");
        draft.custom_headers = vec![DraftHeader {
            key: "X-Key".to_owned(),
            value: Secret::new("k {{lead.First Name}}"),
            sensitive: true,
        }];
        draft.response_mappings = vec![mapping("city", "City")];
    })
    .await;
}

/// A call that waits for its next attempt, `busy` being the answer to its first.
async fn waiting(
    site: &mut Site,
    request: CallRequest,
    busy: &str,
) -> (JoinHandle<Result<CallView, Error>>, CallView) {
    save(site).await;
    let caller = spawn(site, request);
    site.service.answer(busy, "{\"a\":1}").await;
    (caller, until(site, CallState::Waiting).await)
}

/// The only call, once it stands so.
async fn until(site: &Site, state: CallState) -> CallView {
    let until = async {
        loop {
            match &site.calls().await[..] {
                [call] if call.state == state => return call.clone(),
                _ => tokio::task::yield_now().await,
            }
        }
    };
    let bound = Duration::from_secs(20);
    let call = tokio::time::timeout(bound, until).await.unwrap();
    assert_eq!(site.engine.get_call(call.id).await.unwrap(), call);
    call
}

#[tokio::test]
async fn r_call_6_what_waits_for_its_next_attempt_outlives_its_server() {
    let mut site = Site::new().await;
    save(&site).await;
    let mut request = with_id(inline("Ada"), "r-1");
    if let CallSubject::Inline(lead) = &mut request.subject {
        let city = Input::Text("Bonn".to_owned());
        lead.fields.push(("City".to_owned(), city));
    }
    let caller = spawn(&site, request.clone());
    let received = site.service.next().await;
    let sent = (received.head().to_owned(), received.body.clone());
    received.answer("503 Busy\r\nRetry-After: 1", "{\"a\":1}");
    let waiting = until(&site, CallState::Waiting).await;
    assert_eq!((waiting.outcome.code, waiting.attempts.len()), (503, 1));
    assert!(
        waiting
            .next_attempt
            .is_some_and(|next| next > waiting.ended)
    );
    assert!(waiting.changes.is_empty());

    let mut site = site.restart().await;
    let gone = caller.await.unwrap().unwrap_err();
    assert!(
        matches!(gone, Error::ShuttingDown | Error::Repeated(_)),
        "{gone}"
    );
    let repetition = spawn(&site, request);
    let received = site.service.next().await;
    // The same bytes, secrets and idempotency key included.
    assert_eq!((received.head().to_owned(), received.body.clone()), sent);
    received.answer("200 Fine", "{\"city\":\"Oslo\"}");
    let call = repetition.await.unwrap().unwrap();
    assert_eq!(call.id, waiting.id);
    assert_eq!((call.outcome.code, call.attempts.len()), (200, 2));
    assert_eq!(call.attempts[0], waiting.attempts[0]);
    assert_eq!((call.state, call.next_attempt), (CallState::Ended, None));
    assert_eq!(call.request, waiting.request);
    let changes: Vec<_> = call.changes.iter().map(|change| &*change.field).collect();
    assert_eq!(changes, ["City"]);
    assert_eq!(
        format!("{:?}", call.changes[0].previous),
        "Some(Text(\"Bonn\"))"
    );
    assert_eq!(site.calls().await, [call]);
    assert!(site.service.is_idle().await);
}

#[tokio::test]
async fn what_nobody_could_collect_ends_with_its_last_outcome_when_the_server_stops() {
    let mut site = Site::new().await;
    let busy = "503 Busy\r\nRetry-After: 3600";
    let (caller, _) = waiting(&mut site, inline("Ada"), busy).await;
    site.engine.finish().await;
    let call = caller.await.unwrap().unwrap();
    assert_eq!((call.outcome.code, call.attempts.len()), (503, 1));
    assert_eq!((call.state, call.next_attempt), (CallState::Ended, None));
}

#[tokio::test]
async fn r_call_12_a_call_that_waits_ends_with_its_webhook() {
    let mut site = Site::new().await;
    let busy = "503 Busy\r\nRetry-After: 3600";
    let (caller, _) = waiting(&mut site, inline("Ada"), busy).await;
    site.engine.delete_webhook("enrich", "").await.unwrap();
    let call = caller.await.unwrap().unwrap();
    assert_eq!((call.outcome.code, call.attempts.len()), (503, 1));
}

#[tokio::test]
async fn r_lead_6_a_call_whose_lead_is_erased_between_attempts_has_ended() {
    let mut site = Site::new().await;
    let lead = site.lead(&[("Email", "ada@example.com")]).await;
    let busy = "503 Busy\r\nRetry-After: 1";
    let (caller, waiting) = waiting(&mut site, stored(lead), busy).await;
    site.engine.delete_lead(lead).await.unwrap();
    let erased = site.engine.get_call(waiting.id).await.unwrap();
    assert_eq!(
        (erased.state, erased.next_attempt),
        (CallState::Ended, None)
    );
    assert_eq!((erased.outcome.code, erased.request), (503, None));
    // Its client learns it when the next attempt would have come.
    let answered = caller.await.unwrap().unwrap();
    assert_eq!((answered.id, answered.outcome.code), (waiting.id, 503));
    assert!(site.service.is_idle().await);
}
