//! What goes wrong on the wire: each a named error on the call's record, or the documented behaviour; no call is lost.

use std::time::Duration;

use leadhook_proto::v1::{
    Call, CallWebhookRequest, CallWebhooksRequest, Webhook, call_webhooks_response,
};
use leadhook_tests::{Answer, Server, Target, make};

pub(super) fn outcome(call: &Call) -> (i32, &str, bool) {
    (call.response_code, &call.error_type, call.succeeded)
}

/// A call of a service that answers like this; `title` is mapped to a text field.
async fn call(server: &Server, answer: Answer) -> (Call, Target) {
    let target = Target::start(answer).await;
    let webhook = make::json_webhook(&target.url("/"), "{}", &[("title", "Title")]);
    (
        server
            .call_once(
                Webhook {
                    timeout: Some(make::milliseconds(5_000)),
                    ..webhook
                },
                make::nobody(),
            )
            .await,
        target,
    )
}

/// How the details of answers that break begin.
const ENDED: &str = "the connection ended before the answer was complete: ";

const INVALID: &str = "the answer is not valid HTTP: ";

#[tokio::test]
async fn r_call_4_answers_that_break_have_a_name() {
    let server = Server::start().await;
    let long_header = "x".repeat(70_000);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    for (what, answer, word, status, detail) in [
        (
            "closed without a byte",
            Answer::raw("").close(),
            "CLOSED",
            0,
            ENDED,
        ),
        (
            "reset without a byte",
            Answer::raw("").reset(),
            "CLOSED",
            0,
            ENDED,
        ),
        (
            "half a head",
            Answer::raw("HTTP/1.1 200 OK\r\nContent-Le").close(),
            "CLOSED",
            0,
            ENDED,
        ),
        (
            "half a body",
            Answer::promising(100, r#"{"title": "#).close(),
            "CLOSED",
            200,
            ENDED,
        ),
        (
            "a body that is reset",
            Answer::promising(100, r#"{"title": "#)
                .pause(Duration::from_millis(50))
                .reset(),
            "CLOSED",
            200,
            ENDED,
        ),
        (
            "half a chunk",
            Answer::raw(format!("{head}Transfer-Encoding: chunked\r\n\r\n5\r\nab")).close(),
            "CLOSED",
            200,
            ENDED,
        ),
        (
            "no last chunk",
            Answer::raw(format!(
                "{head}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n"
            ))
            .close(),
            "CLOSED",
            200,
            ENDED,
        ),
        (
            "not HTTP",
            Answer::raw("220 mail.example ESMTP\r\n\r\n").close(),
            "PROTOCOL",
            0,
            INVALID,
        ),
        (
            "a chunk size that is none",
            Answer::raw(format!("{head}Transfer-Encoding: chunked\r\n\r\nxyz\r\n")).close(),
            "PROTOCOL",
            200,
            INVALID,
        ),
        (
            "a head over 64 KiB",
            Answer::full(200, "OK", &[("X-Long", &long_header)], "{}").close(),
            "PROTOCOL",
            0,
            INVALID,
        ),
        (
            "no gzip",
            Answer::full(200, "OK", &[("Content-Encoding", "gzip")], "{}").close(),
            "PROTOCOL",
            200,
            "the gzip body ends in the middle",
        ),
    ] {
        let (call, _target) = call(&server, answer).await;
        assert_eq!(outcome(&call), (0, word, false), "{what}");
        assert_eq!(call.attempts.len(), 1, "{what}");
        assert_eq!(
            call.attempts[0].response_code, status,
            "{what}: the attempt keeps the status"
        );
        assert!(
            call.attempts[0].detail.starts_with(detail),
            "{what}: {}",
            call.attempts[0].detail
        );
        assert!(
            call.field_changes.is_empty() && call.mapping_problems.is_empty(),
            "{what}: nothing is mapped"
        );
        assert_eq!(server.get_call(&call.name).await, call, "{what}");
    }
}

#[tokio::test]
async fn r_call_4_connections_that_never_come_about_have_a_name() {
    let server = Server::start().await;
    let nowhere = Target::nowhere().await;
    let refused = |what: &str| {
        let whole = if what.contains(':') { 128 } else { 32 };
        format!(
            "{what} is not reachable from the whole Internet; start the server with `--allow-address {what}/{whole}` to call it"
        )
    };
    for (host, word, detail) in [
        (
            &*nowhere.to_string(),
            "CONNECT",
            format!("no connection to {nowhere}: "),
        ),
        (
            "leadhook.invalid",
            "DNS",
            "leadhook.invalid cannot be resolved: ".to_owned(),
        ),
        ("10.0.0.1", "REFUSED_ADDRESS", refused("10.0.0.1")),
        (
            "169.254.169.254",
            "REFUSED_ADDRESS",
            refused("169.254.169.254"),
        ),
        ("[::1]", "REFUSED_ADDRESS", refused("::1")),
        ("0.0.0.0", "REFUSED_ADDRESS", refused("0.0.0.0")),
    ] {
        let url = format!("http://ada:s3cret@{host}/some/path?secret=s3cret");
        let call = server.call_once(make::get(&url), make::nobody()).await;
        assert_eq!(outcome(&call), (0, word, false), "{host}");
        let [attempt] = &call.attempts[..] else {
            panic!("{host}: {:?}", call.attempts)
        };
        assert!(
            attempt.detail.starts_with(&detail),
            "{host}: {}",
            attempt.detail
        );
        assert!(!attempt.detail.contains("s3cret"), "{host}");
        assert_eq!(server.get_call(&call.name).await, call, "{host}");
    }
}

#[tokio::test]
async fn r_call_4_loopback_is_refused_unless_it_is_allowed() {
    let (server, target) = (
        Server::options().guarded().start().await,
        Target::start(Answer::empty()).await,
    );
    for host in ["127.0.0.1", "localhost"] {
        let url = target.url("/").replace("127.0.0.1", host);
        let call = server.call_once(make::get(&url), make::nobody()).await;
        assert_eq!(outcome(&call), (0, "REFUSED_ADDRESS", false), "{url}");
        assert!(call.attempts[0].detail.starts_with(host), "{url}");
    }
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn r_call_1_a_service_that_never_answers_slows_only_its_own_calls() {
    let (server, slow, quick) = (
        Server::start().await,
        Target::start(Answer::never()).await,
        Target::start(Answer::empty()).await,
    );
    let webhook = Webhook {
        timeout: Some(make::milliseconds(1_000)),
        ..make::get(&slow.url("/"))
    };
    server.create_webhook("slow", webhook).await;
    server
        .create_webhook("quick", make::get(&quick.url("/")))
        .await;
    let mut calls = server.calls();
    let waiting = tokio::spawn(async move {
        let subject = Some(make::nobody());
        let request = CallWebhookRequest {
            webhook: "webhooks/slow".into(),
            subject,
            ..CallWebhookRequest::default()
        };
        calls
            .call_webhook(request)
            .await
            .expect("a call")
            .into_inner()
    });
    slow.received(1).await;
    for _ in 0..20 {
        assert_eq!(
            server
                .call("webhooks/quick", make::nobody())
                .await
                .response_code,
            200
        );
    }
    assert_eq!(
        outcome(&waiting.await.expect("no panic")),
        (0, "TIMEOUT", false)
    );
}

#[tokio::test]
async fn r_call_1_an_answer_that_trickles_is_a_timeout() {
    let server = Server::start().await;
    let mut answer = Answer::promising(1_000, "{");
    for _ in 0..40 {
        answer = answer.pause(Duration::from_millis(100)).then(" ");
    }
    let target = Target::start(answer.hang()).await;
    let webhook = Webhook {
        timeout: Some(make::milliseconds(1_000)),
        ..make::get(&target.url("/"))
    };
    let call = server.call_once(webhook, make::nobody()).await;
    assert_eq!(outcome(&call), (0, "TIMEOUT", false));
    assert_eq!(call.attempts[0].response_code, 200);
}

#[tokio::test]
async fn a_body_longer_than_its_content_length_ends_there_and_its_connection_too() {
    let server = Server::start().await;
    let body = r#"{"title": "CTO"}"#;
    let target = Target::start(Answer::promising(
        body.len(),
        format!("{body}HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n"),
    ))
    .await;
    server
        .create_webhook(
            "x",
            make::json_webhook(&target.url("/"), "{}", &[("title", "Title")]),
        )
        .await;
    for _ in 0..3 {
        let call = server.call("webhooks/x", make::nobody()).await;
        assert_eq!(outcome(&call), (200, "OK", true));
        assert_eq!(call.response, body);
        assert_eq!(call.field_changes[0].new_value, Some(make::value("CTO")));
    }
    assert_eq!(target.connections(), 3);
}

#[tokio::test]
async fn r_call_4_the_reason_phrase_is_the_services_own() {
    let server = Server::start().await;
    for (code, written, kept) in [
        (200, "All Right", "All Right"),
        (404, "Not Here", "Not Here"),
        (404, "", "Not Found"),
        (404, "Nicht gefünden", "Not Found"),
        (599, "", ""),
    ] {
        let (call, _target) = call(&server, Answer::status(code, written, "{}")).await;
        assert_eq!(
            (call.response_code, call.error_type.as_str()),
            (i32::from(code), kept),
            "{written:?}"
        );
    }
}

#[tokio::test]
async fn r_map_1_only_success_is_mapped_unless_also_map_codes_says_so() {
    let server = Server::start().await;
    let target = Target::start(Answer::status(422, "No", r#"{"title": "CTO"}"#)).await;
    let webhook = make::json_webhook(&target.url("/"), "{}", &[("title", "Title")]);
    let call = server.call_once(webhook.clone(), make::nobody()).await;
    assert_eq!(
        (outcome(&call), call.field_changes.len()),
        ((422, "No", false), 0)
    );
    let call = server
        .call_once(
            Webhook {
                also_map_codes: vec![404, 422],
                ..webhook
            },
            make::nobody(),
        )
        .await;
    assert_eq!(
        (outcome(&call), call.field_changes.len()),
        ((422, "No", false), 1)
    );
}

#[tokio::test]
async fn calls_of_a_stream_are_matched_by_their_correlation_ids() {
    let (server, target) = (Server::start().await, Target::start(Answer::empty()).await);
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let requests = (0..100).map(|number| {
        let webhook = if number == 42 {
            "webhooks/gone"
        } else {
            "webhooks/x"
        };
        let call = CallWebhookRequest {
            webhook: webhook.into(),
            subject: Some(make::nobody()),
            ..CallWebhookRequest::default()
        };
        CallWebhooksRequest {
            call: Some(call),
            correlation_id: number.to_string(),
        }
    });
    let requests: Vec<_> = requests.collect();
    let mut answers = server
        .calls()
        .call_webhooks(tokio_stream::iter(requests))
        .await
        .expect("a stream")
        .into_inner();
    let mut seen = Vec::new();
    while let Some(answer) = answers.message().await.expect("the stream goes on") {
        match answer.result.expect("a result") {
            call_webhooks_response::Result::Call(call) => assert_eq!(call.response_code, 200),
            call_webhooks_response::Result::Error(error) => {
                let fault = leadhook_tests::Fault::of_row(&error);
                assert_eq!(
                    (answer.correlation_id.as_str(), fault.reason.as_str()),
                    ("42", "WEBHOOK_NOT_FOUND")
                );
            }
        }
        seen.push(
            answer
                .correlation_id
                .parse::<u32>()
                .expect("as it was sent"),
        );
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..100).collect::<Vec<_>>());
    assert_eq!(target.requests().len(), 99);
}
