//! The figures that a person may set.

use leadhook_proto::v1::Webhook;
use leadhook_tests::{Answer, Server, Target, make};
use tonic::Code;

#[tokio::test]
async fn r_call_5_what_is_kept_and_what_is_read_of_a_response_can_be_set() {
    let target = Target::start(Answer::json(&format!("\"{}\"", "a".repeat(1_998)))).await;
    let server = Server::options()
        .flag("--kept-response", "100")
        .variable("LEADHOOK_MAX_RESPONSE", "2000")
        .start()
        .await;
    let kept = server
        .call_once(make::get(&target.url("/")), make::nobody())
        .await;
    assert_eq!((kept.response_code, kept.response.len()), (200, 100));
    assert!(kept.response_truncated);
    target.answer(Answer::json(&format!("\"{}\"", "a".repeat(1_999))));
    let large = server
        .call_once(make::get(&target.url("/")), make::nobody())
        .await;
    assert_eq!(
        (large.response_code, large.error_type.as_str()),
        (0, "TOO_LARGE")
    );
}

#[tokio::test]
async fn r_def_2_the_longest_timeout_can_be_set() {
    let server = Server::options().flag("--max-timeout", "60").start().await;
    let webhook = |seconds: u64| Webhook {
        timeout: Some(make::milliseconds(seconds * 1_000)),
        ..make::get("https://example.com/")
    };
    server.create_webhook("long", webhook(60)).await;
    let fault = server
        .try_create_webhook("longer", webhook(61))
        .await
        .unwrap_err();
    assert_eq!(fault.code, Code::InvalidArgument);
}
