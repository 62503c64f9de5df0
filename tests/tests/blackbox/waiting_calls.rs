//! Calls between two attempts are rows (R-CALL-6, R-CMP-9, R-LEAD-6): they outlive the server, and what happens meanwhile finds them.

use std::time::SystemTime;

use leadhook_proto::v1::call::State as CallState;
use leadhook_proto::v1::run::State;
use leadhook_proto::v1::{
    Call, CallWebhookRequest, DeleteLeadRequest, RetryPolicy, Run, UpdateWebhookRequest, Webhook,
};
use leadhook_tests::{Answer, Received, Server, Target, eventually, flow, make};

use super::runs::{calls_of, named, people};

const LEADS: usize = 5;
const LATER: &str = r#"{"title": "Later"}"#;

/// With what a service asks for patience, in seconds.
fn busy(seconds: u32) -> Answer {
    let seconds = seconds.to_string();
    Answer::full(503, "Busy", &[("Retry-After", &seconds)], LATER)
}

/// Another moment would give other bytes.
fn retried(target: &Target) -> Webhook {
    let payload = r#"{"email": {{lead.Email Address}}, "at": {{system.dateTime}}}"#;
    Webhook {
        retry_policy: Some(RetryPolicy::default()),
        ..make::json_webhook(&target.url("/"), payload, &[("title", "Job Title")])
    }
}

/// A server and a run of the campaign "enrich", whose calls all wait since the service is busy for so many seconds.
async fn waiting(target: &Target, seconds: u32) -> (Server, Run) {
    target.answer(busy(seconds));
    let server = Server::start().await;
    server.create_webhook("enrich", retried(target)).await;
    people(&server, LEADS).await;
    let steps = vec![flow::step(flow::call("enrich"))];
    server
        .create_campaign("enrich", flow::requested(steps))
        .await;
    let run = server.request_all("enrich").await;
    all_wait(&server, &run).await;
    (server, run)
}

async fn all_wait(server: &Server, run: &Run) -> Vec<Call> {
    let is_so = |run: &Run| run.retrying == LEADS as i64;
    let seen = server.until(&run.name, is_so).await;
    assert_eq!((seen.state(), seen.done), (State::Running, 0));
    assert_eq!((seen.in_flight, seen.waiting), (0, 0));
    let filter = format!("run = {} AND state = WAITING", run.name);
    let calls = server.list_calls(&filter).await;
    assert_eq!(calls.len(), LEADS);
    for call in &calls {
        assert_eq!(call.state(), CallState::Waiting);
        assert_eq!((call.response_code, &*call.error_type), (503, "Busy"));
        assert_eq!((call.attempts.len(), call.end_time), (1, None));
        assert!(call.next_attempt_time.is_some());
        assert_eq!(
            &server.get_call(&call.name).await.idempotency_key,
            &call.idempotency_key
        );
    }
    calls
}

/// All that the service saw was asked twice, byte for byte, the Idempotency-Key with it.
fn twice(requests: &[Received]) {
    let (first, second) = requests.split_at(LEADS);
    assert_eq!(second.len(), LEADS);
    for request in first {
        let is_same = |it: &&Received| it.body == request.body && it.head == request.head;
        assert_eq!(second.iter().filter(is_same).count(), 1, "{request:?}");
    }
}

fn time(time: Option<prost_types::Timestamp>) -> SystemTime {
    time.expect("it is there")
        .try_into()
        .expect("it is no wonder")
}

#[tokio::test]
async fn r_call_6_calls_that_wait_go_on_after_a_stop_and_a_kill_with_the_same_bytes() {
    let target = Target::start(Answer::empty()).await;
    let (server, run) = waiting(&target, 6).await;
    let before = calls_of(&server, &run).await;
    let (status, stopped) = server.stop().await;
    assert!(status.success(), "what waits holds nobody up");
    let server = stopped.restart().await;
    assert_eq!(all_wait(&server, &run).await, before);
    let server = server.kill().await.restart().await;
    assert_eq!(all_wait(&server, &run).await, before);
    assert_eq!(target.count(), LEADS, "nothing is due yet");

    target.answer(Answer::json(r#"{"title": "CTO"}"#));
    let over = server.until_over(&run.name).await;
    assert_eq!(
        (over.state(), over.succeeded, over.retrying),
        (State::Completed, LEADS as i64, 0)
    );
    assert_eq!(
        over.codes.into_iter().collect::<Vec<_>>(),
        [(200, LEADS as i64)]
    );
    twice(&target.requests());
    for waited in before {
        let call = server.get_call(&waited.name).await;
        assert_eq!(call.state(), CallState::Ended);
        assert_eq!(call.idempotency_key, waited.idempotency_key);
        let codes: Vec<_> = call.attempts.iter().map(|it| it.response_code).collect();
        assert_eq!(codes, [503, 200]);
        let due = time(waited.next_attempt_time);
        assert!(time(call.attempts[1].start_time) >= due, "{call:#?}");
        let lead = server.get_lead(&call.lead).await;
        assert_eq!(lead.fields["Title"], make::value("CTO"));
    }
}

#[tokio::test]
async fn r_cmp_9_cancelling_ends_what_waits_with_its_last_outcome() {
    let target = Target::start(busy(3_600)).await;
    let server = Server::start().await;
    people(&server, LEADS).await;
    let mut runs = Vec::new();
    // A Retry-After holds its webhook, so each has its own.
    for id in ["last", "first"] {
        let webhook = Webhook {
            also_map_codes: vec![503],
            ..retried(&target)
        };
        server.create_webhook(id, webhook).await;
        let mut steps = vec![flow::step(flow::call(id))];
        if id == "first" {
            steps.push(flow::step(flow::change("City", "Oslo")));
        }
        server.create_campaign(id, flow::requested(steps)).await;
        runs.push(server.request_all(id).await);
    }
    for run in &runs {
        all_wait(&server, run).await;
    }
    let mut server = server.kill().await.restart().await;
    for (run, failed) in runs.iter().zip([LEADS as i64, 0]) {
        let titled = async || server.find_leads("\"Job Title\":*").await;
        assert_eq!(titled().await, Ok(vec![]), "what waits has written nothing");
        server.cancel_run(&run.name).await;
        let over = server.until_over(&run.name).await;
        assert_eq!(over.state(), State::Cancelled);
        assert_eq!(
            (over.done, over.failed),
            (failed, failed),
            "{}",
            run.campaign
        );
        assert_eq!(over.cancelled, LEADS as i64 - failed, "{}", run.campaign);
        assert_eq!((over.retrying, over.waiting, over.in_flight), (0, 0, 0));
        assert_eq!(
            over.codes.clone().into_iter().collect::<Vec<_>>(),
            [(503, LEADS as i64)]
        );
        assert_eq!(titled().await.expect("a list").len(), LEADS);
        let untitled = (1..=LEADS).map(|n| {
            let email = format!("{n}@example.com");
            make::lead([("Email", make::value(email)), ("Title", make::value(()))])
        });
        server.upsert(untitled).await;
        server = server.kill().await.restart().await;
        assert_eq!(server.get_run(&run.name).await, over);
        for call in calls_of(&server, run).await {
            let call = server.get_call(&call.name).await;
            assert_eq!(call.state(), CallState::Ended);
            assert_eq!((call.response_code, &*call.error_type), (503, "Busy"));
            assert_eq!(
                (&call.response[..], call.attempts.len()),
                (LATER.as_bytes(), 1)
            );
            assert!(call.end_time.is_some() && call.next_attempt_time.is_none());
        }
    }
    assert_eq!(server.find_leads("City = Oslo").await, Ok(vec![]));
    assert_eq!(target.count(), 2 * LEADS);
}

#[tokio::test]
async fn r_lead_6_of_a_lead_that_is_deleted_meanwhile_nothing_is_sent_any_more() {
    let target = Target::start(Answer::empty()).await;
    let (server, run) = waiting(&target, 5).await;
    let name = "leads/3".to_owned();
    let deleted = server.leads().delete_lead(DeleteLeadRequest { name }).await;
    deleted.expect("it is there");
    let server = server.kill().await.restart().await;
    target.answer(Answer::json("{}"));
    let over = server.until_over(&run.name).await;
    let all = LEADS as i64;
    assert_eq!((over.done, over.succeeded, over.skipped), (all, all - 1, 1));
    assert_eq!(target.count(), 2 * LEADS - 1);
    for call in calls_of(&server, &run).await {
        assert_eq!(call.state(), CallState::Ended, "{call:#?}");
    }
}

#[tokio::test]
async fn r_call_12_what_waits_for_a_paused_webhook_is_held_until_it_is_resumed() {
    let target = Target::start(Answer::empty()).await;
    let (server, run) = waiting(&target, 4).await;
    server.pause("enrich").await;
    target.answer(Answer::json("{}"));
    // A flow that takes longer than the calls wait.
    let steps = vec![flow::step(flow::wait(5_000))];
    server
        .create_campaign("clock", flow::requested(steps))
        .await;
    let clock = server.request(named("clock", &["leads/1"])).await;
    let mut server = server;
    for _ in 0..2 {
        server = server.kill().await.restart().await;
        server.until_over(&clock.name).await;
        let held = server.get_run(&run.name).await;
        assert_eq!(
            (held.state(), held.done, held.in_flight),
            (State::Running, 0, 0)
        );
        assert_eq!(held.waiting + held.retrying, LEADS as i64, "{held:?}");
        for call in calls_of(&server, &run).await {
            assert_eq!(call.state(), CallState::Waiting);
        }
    }
    assert_eq!(target.count(), LEADS, "nothing is sent while it is paused");
    server.resume("enrich").await;
    let over = server.until_over(&run.name).await;
    assert_eq!(over.succeeded, LEADS as i64);
    twice(&target.requests());
}

#[tokio::test]
async fn r_call_6_a_webhook_that_is_changed_meanwhile_leaves_what_waits_as_it_was() {
    let target = Target::start(Answer::empty()).await;
    let (server, run) = waiting(&target, 5).await;
    let changed = Webhook {
        name: "webhooks/enrich".to_owned(),
        ..make::json_webhook(
            &target.url("/new"),
            r#"{"new": true}"#,
            &[("title", "City")],
        )
    };
    let request = UpdateWebhookRequest {
        webhook: Some(changed),
        ..UpdateWebhookRequest::default()
    };
    let updated = server.webhooks().update_webhook(request).await;
    updated.expect("it is saved");
    target.answer(Answer::json(r#"{"title": "CTO"}"#));
    let server = server.kill().await.restart().await;
    let over = server.until_over(&run.name).await;
    assert_eq!(over.succeeded, LEADS as i64);
    twice(&target.requests());
    for lead in 1..=LEADS {
        let lead = server.get_lead(&format!("leads/{lead}")).await;
        assert_eq!(lead.fields["Title"], make::value("CTO"));
        assert_eq!(lead.fields.get("City"), None);
    }
    // What is rendered from now on is as the webhook is now.
    let call = server
        .call("webhooks/enrich", make::stored("leads/1"))
        .await;
    assert_eq!(call.response_code, 200);
    let last = target.requests().pop().expect("it was sent");
    assert_eq!((&*last.path(), &*last.text()), ("/new", r#"{"new": true}"#));
}

#[tokio::test]
async fn r_call_9_a_repetition_collects_a_call_that_waited_while_the_server_was_away() {
    for is_killed in [true, false] {
        let target = Target::scripted([busy(4)], Answer::json("{}")).await;
        let server = Server::start().await;
        server.create_webhook("enrich", retried(&target)).await;
        let request = CallWebhookRequest {
            webhook: "webhooks/enrich".to_owned(),
            subject: Some(make::inline([("Email", "ada@example.com")])),
            request_id: "one".to_owned(),
            context: None,
        };
        let mut client = server.calls();
        let lost = tokio::spawn({
            let request = request.clone();
            async move { client.call_webhook(request).await }
        });
        let look = async || server.list_calls("").await;
        let waiting = eventually(look, |calls| calls.len() == 1).await.remove(0);
        assert_eq!(waiting.state(), CallState::Waiting);
        let stopped = if is_killed {
            server.kill().await
        } else {
            server.stop().await.1
        };
        lost.await.expect("no panic").expect_err("no answer came");
        let server = stopped.restart().await;
        let collected = server.calls().call_webhook(request).await;
        let call = collected.expect("the call goes on").into_inner();
        assert_eq!((&call.name, call.response_code), (&waiting.name, 200));
        assert_eq!(call.attempts.len(), 2);
        assert_eq!(server.list_calls("").await.len(), 1);
        let requests = target.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].head, requests[1].head);
        assert_eq!(requests[0].body, requests[1].body);
        assert_eq!(
            requests[0].header("Idempotency-Key"),
            Some(call.idempotency_key)
        );
    }
}
