//! A service that is down, or asks to be left alone (R-CALL-12): its own calls wait, nothing is lost, and no other webhook notices.

use std::time::Duration;

use leadhook_proto::v1::run::State;
use leadhook_proto::v1::webhook::State as WebhookState;
use leadhook_proto::v1::{
    Call, CallWebhookRequest, CallWebhooksRequest, GetWebhookRequest, Limits, Run, Webhook,
    call_webhooks_response,
};
use leadhook_tests::{Answer, Server, Target, eventually, flow, make};

use super::runs::{calls_of, enriching, people};

const LEADS: usize = 30;
/// So many failures in a row open a circuit.
const FAILURES: usize = 10;

/// A webhook and a campaign of this name, which calls it for one lead after the other.
async fn one_by_one(server: &Server, id: &str, target: &Target) {
    let webhook = Webhook {
        limits: Some(Limits {
            max_concurrency: 1,
            ..Limits::default()
        }),
        ..enriching(target)
    };
    server.create_webhook(id, webhook).await;
    let steps = vec![flow::step(flow::call(id))];
    server.create_campaign(id, flow::requested(steps)).await;
}

async fn state(server: &Server, webhook: &str) -> WebhookState {
    let name = format!("webhooks/{webhook}");
    let request = GetWebhookRequest { name };
    let webhook = server.webhooks().get_webhook(request).await;
    webhook.expect("it is there").into_inner().state()
}

/// A call by a stream.
async fn streamed(server: &Server, webhook: &str) -> Call {
    let call = CallWebhookRequest {
        webhook: format!("webhooks/{webhook}"),
        subject: Some(make::nobody()),
        ..CallWebhookRequest::default()
    };
    let request = CallWebhooksRequest {
        call: Some(call),
        ..CallWebhooksRequest::default()
    };
    let mut calls = server.calls();
    let answers = calls.call_webhooks(tokio_stream::iter([request])).await;
    let mut answers = answers.expect("a stream").into_inner();
    let answer = answers.message().await.expect("no error");
    match answer.and_then(|answer| answer.result) {
        Some(call_webhooks_response::Result::Call(call)) => call,
        other => panic!("{other:?}"),
    }
}

/// Nothing was sent, and that is on record.
async fn is_turned_away(server: &Server, call: &Call) {
    let outcome = (call.response_code, &*call.error_type, call.succeeded);
    assert_eq!(outcome, (0, "CIRCUIT_OPEN", false));
    assert_eq!((call.attempts.len(), &call.request), (0, &None));
    assert_eq!(&server.get_call(&call.name).await, call);
}

#[tokio::test]
async fn r_call_12_ten_failures_open_a_circuit_and_runs_wait_until_the_service_is_back() {
    for down in [Answer::status(500, "Down", ""), Answer::raw("").close()] {
        let (service, other) = (
            Target::start(down).await,
            Target::start(Answer::json("{}")).await,
        );
        let server = Server::start().await;
        people(&server, LEADS).await;
        one_by_one(&server, "down", &service).await;
        one_by_one(&server, "up", &other).await;
        assert_eq!(state(&server, "down").await, WebhookState::Active);
        let run = server.request_all("down").await;
        let still = (LEADS - FAILURES) as i64;
        let is_held = |run: &Run| run.waiting == still && run.failed == FAILURES as i64;
        let held = server.until(&run.name, is_held).await;
        assert_eq!((held.state(), held.in_flight), (State::Running, 0));
        assert_eq!(state(&server, "down").await, WebhookState::CircuitOpen);
        is_turned_away(&server, &server.call("webhooks/down", make::nobody()).await).await;
        is_turned_away(&server, &streamed(&server, "down").await).await;

        assert_eq!(state(&server, "up").await, WebhookState::Active);
        let undisturbed = server.request_all("up").await;
        let undisturbed = server.until_over(&undisturbed.name).await;
        assert_eq!(undisturbed.succeeded, LEADS as i64);

        service.answer(Answer::json("{}"));
        let over = server.until_over(&run.name).await;
        // A probe may have been faster than we.
        let failed = over.failed;
        assert!((10..=11).contains(&failed), "{over:?}");
        assert_eq!((over.done, over.waiting), (LEADS as i64, 0));
        assert_eq!(over.succeeded, LEADS as i64 - failed);
        assert_eq!(service.count(), LEADS, "each lead once");
        assert_eq!(calls_of(&server, &run).await.len(), LEADS);
        assert_eq!(state(&server, "down").await, WebhookState::Active);
    }
}

#[tokio::test]
async fn r_call_12_what_an_open_circuit_holds_back_is_there_after_a_kill() {
    let service = Target::start(Answer::status(500, "Down", "")).await;
    let server = Server::start().await;
    people(&server, LEADS).await;
    one_by_one(&server, "down", &service).await;
    let run = server.request_all("down").await;
    let has_opened = |run: &Run| run.failed >= FAILURES as i64;
    server.until(&run.name, has_opened).await;
    let stopped = server.kill().await;
    service.answer(Answer::json("{}"));
    let server = stopped.restart().await;
    let over = server.until_over(&run.name).await;
    assert_eq!((over.done, over.succeeded + over.failed), (30, 30));
    assert!((10..=11).contains(&over.failed), "{over:?}");
    assert_eq!(calls_of(&server, &run).await.len(), LEADS);
}

#[tokio::test]
async fn r_call_12_resuming_closes_a_circuit_at_once() {
    let service = Target::start(Answer::status(500, "Down", "")).await;
    let server = Server::start().await;
    server.create_webhook("down", enriching(&service)).await;
    for _ in 0..FAILURES {
        let call = server.call("webhooks/down", make::nobody()).await;
        assert_eq!(call.response_code, 500);
    }
    is_turned_away(&server, &server.call("webhooks/down", make::nobody()).await).await;
    let log = async || server.log();
    let tells = |log: &String| log.contains("its circuit opens") && log.contains("webhooks/down");
    eventually(log, tells).await;
    service.answer(Answer::json("{}"));
    server.resume("down").await;
    assert_eq!(state(&server, "down").await, WebhookState::Active);
    let call = server.call("webhooks/down", make::nobody()).await;
    assert_eq!(call.response_code, 200);
}

#[tokio::test]
async fn r_call_12_an_answer_that_is_no_5xx_keeps_the_circuit_closed() {
    let service = Target::start(Answer::status(404, "None", "")).await;
    let server = Server::start().await;
    people(&server, LEADS).await;
    one_by_one(&server, "strict", &service).await;
    let run = server.request_all("strict").await;
    let over = server.until_over(&run.name).await;
    assert_eq!(
        (over.failed, over.codes[&404]),
        (LEADS as i64, LEADS as i64)
    );
    assert_eq!(state(&server, "strict").await, WebhookState::Active);
}

#[tokio::test]
async fn r_call_6_a_retry_after_holds_its_webhook_and_no_other() {
    for code in [429, 503] {
        let later = Answer::full(code, "Later", &[("Retry-After", "2")], "");
        let busy = Target::scripted([later], Answer::json("{}")).await;
        let other = Target::start(Answer::json("{}")).await;
        let server = Server::start().await;
        people(&server, LEADS).await;
        one_by_one(&server, "busy", &busy).await;
        one_by_one(&server, "idle", &other).await;
        let run = server.request_all("busy").await;
        let rest = LEADS as i64 - 1;
        let is_held = |run: &Run| (run.failed, run.waiting) == (1, rest);
        let held = server.until(&run.name, is_held).await;
        assert_eq!(held.in_flight, 0, "{held:?}");
        let undisturbed = server.request_all("idle").await;
        let undisturbed = server.until_over(&undisturbed.name).await;
        assert_eq!(undisturbed.succeeded, LEADS as i64);
        // A client's call waits as well, since that is soon.
        let call = server.call("webhooks/busy", make::nobody()).await;
        assert_eq!(call.response_code, 200);

        let over = server.until_over(&run.name).await;
        assert_eq!((over.succeeded, over.failed), (rest, 1));
        let requests = busy.requests();
        assert_eq!(requests.len(), LEADS + 1);
        assert!(other.requests()[0].arrived < requests[1].arrived);
        let patience = requests[1].arrived - requests[0].arrived;
        assert!(patience >= Duration::from_millis(1_990), "{patience:?}");
    }
}

#[tokio::test]
async fn r_call_12_a_client_is_not_kept_for_an_hour() {
    let later = Answer::full(503, "Later", &[("Retry-After", "3600")], "");
    let busy = Target::start(later).await;
    let server = Server::start().await;
    server.create_webhook("busy", enriching(&busy)).await;
    let call = server.call("webhooks/busy", make::nobody()).await;
    assert_eq!(call.response_code, 503);
    is_turned_away(&server, &server.call("webhooks/busy", make::nobody()).await).await;
    assert_eq!(busy.count(), 1);
}
