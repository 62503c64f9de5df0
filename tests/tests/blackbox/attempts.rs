//! Attempts of one call: made again by a policy, or on a fresh connection where the reused one had ended.

use std::time::Duration;

use leadhook_proto::v1::{RequestTokenEncoding as Encoding, RetryPolicy, Webhook};
use leadhook_tests::{Answer, Server, Target, make};

use super::failures::outcome;

#[tokio::test]
async fn r_call_8_a_service_that_closes_soon_after_its_answer_loses_no_call() {
    let server = Server::start().await;
    let linger = Duration::from_millis(30);
    let target = Target::start(Answer::json("{}").pause(linger).close()).await;
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let mut again = tokio::time::interval(linger);
    for round in 0..40 {
        // About when the service closes: sometimes before, sometimes after, sometimes while the request is written.
        again.tick().await;
        let call = server.call("webhooks/x", make::nobody()).await;
        assert_eq!(outcome(&call), (200, "OK", true), "round {round}");
        assert_eq!(
            call.attempts.len(),
            1,
            "round {round}: sent again within the attempt"
        );
    }
}

#[tokio::test]
async fn r_call_8_a_reused_connection_that_ends_is_replaced_within_the_attempt() {
    let server = Server::start().await;
    let target = Target::scripted(
        [Answer::json("{}"), Answer::raw("").close()],
        Answer::json("{}"),
    )
    .await;
    let payload = "{{lead.Email Address}}";
    server
        .create_webhook("x", make::post(&target.url("/"), Encoding::Json, payload))
        .await;
    for email in ["first@example.com", "second@example.com"] {
        let call = server
            .call("webhooks/x", make::inline([("Email", email)]))
            .await;
        assert_eq!((call.response_code, call.attempts.len()), (200, 1));
    }
    let requests = target.requests();
    let connections: Vec<_> = requests.iter().map(|request| request.connection).collect();
    assert_eq!(connections, [1, 1, 2]);
    assert_eq!(
        (&requests[1].head, &requests[1].body),
        (&requests[2].head, &requests[2].body)
    );
}

#[tokio::test]
async fn r_call_6_retries_send_the_same_bytes() {
    let server = Server::start().await;
    let target = Target::scripted(
        [
            // Closed, so that the next attempt has a connection of its own: a reused one that ends is R-CALL-8's.
            Answer::status(503, "Try Later", "busy").close(),
            Answer::raw("").close(),
            Answer::status(429, "Slow Down", ""),
        ],
        Answer::json("{}"),
    )
    .await;
    let policy = RetryPolicy {
        initial_backoff: Some(make::milliseconds(1)),
        max_backoff: Some(make::milliseconds(2)),
        ..RetryPolicy::default()
    };
    let webhook = make::post(
        &target.url("/"),
        Encoding::Json,
        r#"{"now": {{system.dateTime}}, "e": {{lead.Email Address}}}"#,
    );
    let call = server
        .call_once(
            Webhook {
                retry_policy: Some(policy),
                ..webhook
            },
            make::inline([("Email", "ada@example.com")]),
        )
        .await;
    assert_eq!(outcome(&call), (200, "OK", true));
    let attempts: Vec<_> = call
        .attempts
        .iter()
        .map(|attempt| (attempt.response_code, attempt.error_type.as_str()))
        .collect();
    assert_eq!(
        attempts,
        [
            (503, "Try Later"),
            (0, "CLOSED"),
            (429, "Slow Down"),
            (200, "OK")
        ]
    );
    let requests = target.requests();
    for request in &requests {
        assert_eq!(
            (&request.head, &request.body),
            (&requests[0].head, &requests[0].body)
        );
    }
}

#[tokio::test]
async fn r_call_6_what_the_policy_does_not_name_is_final() {
    let server = Server::start().await;
    for (codes, answered, attempts) in [(vec![], 404, 1), (vec![404], 404, 3), (vec![404], 503, 1)]
    {
        let target = Target::start(Answer::status(answered, "No", "")).await;
        let policy = RetryPolicy {
            max_attempts: 3,
            initial_backoff: Some(make::milliseconds(1)),
            max_backoff: Some(make::milliseconds(1)),
            retry_codes: codes,
        };
        let webhook = Webhook {
            retry_policy: Some(policy),
            ..make::get(&target.url("/"))
        };
        let call = server.call_once(webhook, make::nobody()).await;
        assert_eq!(
            (call.attempts.len(), target.requests().len()),
            (attempts, attempts),
            "{answered}"
        );
        assert_eq!(call.response_code, i32::from(answered));
    }
}
