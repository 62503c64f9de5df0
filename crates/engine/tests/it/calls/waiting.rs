//! Calls between two attempts: rows, which outlive their server (R-CALL-6).

use std::time::Duration;

use leadhook_engine::{
    CallRequest, CallSubject, CallView, Draft, DraftHeader, DraftRetryPolicy, Error, Input, Secret,
    Settings,
};
use leadhook_store::CallState;
use tokio::task::JoinHandle;

use super::site::{Site, inline, mapping, spawn, stored, with_id};

/// Saves a webhook that tries again after an hour, unless its service says when.
async fn save(site: &Site) {
    site.save(|draft| {
        try_again_after_an_hour(draft);
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

fn try_again_after_an_hour(draft: &mut Draft) {
    draft.retry_policy = Some(DraftRetryPolicy {
        initial_backoff_micros: Some(3_600_000_000),
        max_backoff_micros: Some(3_600_000_000),
        ..DraftRetryPolicy::default()
    });
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

/// The last call, once it stands so.
async fn until(site: &Site, state: CallState) -> CallView {
    let until = async {
        loop {
            match &site.calls().await[..] {
                [.., call] if call.state == state => return call.clone(),
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
    let busy = "503 Busy\r\nRetry-After: 3600";
    let (caller, waiting) = waiting(&mut site, stored(lead), busy).await;
    site.engine.delete_lead(lead).await.unwrap();
    let erased = site.engine.get_call(waiting.id).await.unwrap();
    assert_eq!(
        (erased.state, erased.next_attempt),
        (CallState::Ended, None)
    );
    assert_eq!((erased.outcome.code, erased.request), (503, None));
    // Its client learns it at once.
    let answered = tokio::time::timeout(Duration::from_secs(20), caller).await;
    let answered = answered.unwrap().unwrap().unwrap();
    assert_eq!((answered.id, answered.outcome.code), (waiting.id, 503));
    assert!(site.service.is_idle().await);
}

/// A site with room for the payload of one call, `concurrency` of which may be in flight.
async fn with_room_for_one(concurrency: i32) -> Site {
    let site = Site::with(Settings {
        max_payload: 300 << 10,
        max_payloads: 300 << 10,
        ..Settings::default()
    })
    .await;
    site.save(|draft| {
        try_again_after_an_hour(draft);
        draft.max_concurrency = concurrency;
        let large = "x".repeat(200 << 10);
        draft.payload_template = format!("[{{{{lead.First Name}}}},\"{large}\"]");
    })
    .await;
    site
}

fn request_of(call: &CallView) -> &[u8] {
    &call.request.as_ref().expect("it is shown").body
}

#[tokio::test]
async fn a_call_that_waits_holds_no_room_for_its_payload() {
    let mut site = with_room_for_one(1).await;
    let first = spawn(&site, inline("Ada"));
    let busy = "503 Busy\r\nRetry-After: 1";
    let sent = site.service.answer(busy, "{}").await;
    until(&site, CallState::Waiting).await;
    // It has its turn when the service is called again; the first call wants its own from then on, too.
    let second = spawn(&site, inline("Grace"));
    let mut sent_by_second = String::new();
    for _ in 0..2 {
        let received = site.service.next().await;
        if received.body == sent {
            received.answer("200 OK", "{}");
        } else {
            assert!(received.body.starts_with("[\"Grace\""));
            sent_by_second.clone_from(&received.body);
            received.answer("503 Busy", "{}");
        }
    }
    let first = first.await.unwrap().unwrap();
    assert_eq!((first.outcome.code, first.attempts.len()), (200, 2));
    assert_eq!(request_of(&first), sent.as_bytes());
    assert_eq!(site.engine.get_call(first.id).await.unwrap(), first);

    // Those that end while they wait have had their payload on record.
    until(&site, CallState::Waiting).await;
    second.abort();
    let second = until(&site, CallState::Ended).await;
    assert_eq!(second.outcome.error_type, "CANCELLED");
    assert_eq!(request_of(&second), sent_by_second.as_bytes());
    let third = spawn(&site, inline("Joan"));
    let sent = site.service.answer("503 Busy", "{}").await;
    until(&site, CallState::Waiting).await;
    site.engine.delete_webhook("enrich", "").await.unwrap();
    let third = third.await.unwrap().unwrap();
    assert_eq!((third.outcome.code, third.attempts.len()), (503, 1));
    assert_eq!(request_of(&third), sent.as_bytes());
    assert_eq!(site.engine.get_call(third.id).await.unwrap(), third);
}

#[tokio::test]
async fn r_call_10_a_client_that_goes_away_waits_for_no_room() {
    let mut site = with_room_for_one(2).await;
    let first = spawn(&site, inline("Ada"));
    let in_flight = site.service.next().await;
    let second = spawn(&site, inline("Grace"));
    assert!(site.service.is_idle().await, "there is no room for it");
    second.abort();
    let second = until(&site, CallState::Ended).await;
    assert_eq!(second.outcome.error_type, "CANCELLED");
    assert_eq!((second.attempts.len(), second.request), (0, None));
    in_flight.answer("200 OK", "{}");
    assert!(first.await.unwrap().unwrap().outcome.succeeded);
}

#[tokio::test]
async fn r_lead_6_who_collects_a_call_whose_lead_is_erased_learns_it_at_once() {
    let mut site = Site::new().await;
    let lead = site.lead(&[("Email", "ada@example.com")]).await;
    let request = with_id(stored(lead), "once");
    let busy = "503 Busy\r\nRetry-After: 3600";
    let (first, waiting) = waiting(&mut site, request.clone(), busy).await;
    let mut site = site.restart().await;
    first.await.unwrap().unwrap_err();
    let again = spawn(&site, request);
    assert!(site.service.is_idle().await);
    site.engine.delete_lead(lead).await.unwrap();
    let collected = tokio::time::timeout(Duration::from_secs(20), again).await;
    let collected = collected.unwrap().unwrap().unwrap();
    assert_eq!((collected.id, collected.outcome.code), (waiting.id, 503));
}
