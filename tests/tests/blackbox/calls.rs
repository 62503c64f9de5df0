//! Calls in streams, calls that are watched, calls whose clients go away, and requests that are repeated.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use leadhook_proto::v1::{
    Call, CallWebhookRequest, CallWebhooksRequest, ListCallsRequest, WatchCallsRequest,
    call_webhooks_response::Result as StreamResult,
};
use leadhook_tests::{Answer, Server, Target, make};
use prost::Message as _;
use tokio::net::TcpStream;
use tonic::Code;

fn request(webhook: &str) -> CallWebhookRequest {
    CallWebhookRequest {
        webhook: format!("webhooks/{webhook}"),
        subject: Some(make::nobody()),
        ..CallWebhookRequest::default()
    }
}

#[tokio::test]
async fn a_stream_of_calls_is_answered_one_for_one() {
    let target = Target::start(Answer::json(r#"{"title": "CTO"}"#)).await;
    let server = Server::start().await;
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let requests: Vec<_> = (0..200)
        .map(|number| CallWebhooksRequest {
            call: Some(request(if number == 7 { "missing" } else { "x" })),
            correlation_id: number.to_string(),
        })
        .collect();
    let mut answers = server
        .calls()
        .call_webhooks(tokio_stream::iter(requests))
        .await
        .expect("a stream")
        .into_inner();
    let mut seen = BTreeSet::new();
    while let Some(answer) = answers.message().await.expect("the stream ends well") {
        match answer.result.expect("each answer has a result") {
            StreamResult::Call(call) => assert_eq!(call.response_code, 200),
            StreamResult::Error(error) => {
                assert_eq!(answer.correlation_id, "7");
                assert_eq!(error.code, i32::from(Code::NotFound));
                assert!(!error.details.is_empty());
            }
        }
        assert!(seen.insert(answer.correlation_id));
    }
    assert_eq!(seen.len(), 200);
    assert_eq!(target.requests().len(), 199);
}

#[tokio::test]
async fn a_watch_tells_what_came_after_a_call_and_then_what_comes() {
    let target = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    for id in ["seen", "other"] {
        server.create_webhook(id, make::get(&target.url("/"))).await;
    }
    let first = server.call("webhooks/seen", make::nobody()).await;
    let second = server.call("webhooks/seen", make::nobody()).await;
    let mut watch = server
        .calls()
        .watch_calls(WatchCallsRequest {
            filter: r#"webhook = "webhooks/seen""#.into(),
            after: first.name.clone(),
            ..WatchCallsRequest::default()
        })
        .await
        .expect("a watch")
        .into_inner();
    let next = async |watch: &mut tonic::Streaming<Call>| {
        watch
            .message()
            .await
            .expect("no error")
            .expect("no end")
            .name
    };
    assert_eq!(next(&mut watch).await, second.name);
    server.call("webhooks/other", make::nobody()).await;
    let third = server.call("webhooks/seen", make::nobody()).await;
    assert_eq!(next(&mut watch).await, third.name);
    assert!(first.name < second.name && second.name < third.name);
}

/// What CallWebhook answers to a deadline that the server alone keeps: tonic's client would keep it as well, and might be first.
async fn status_of_deadline(server: &Server, message: &CallWebhookRequest, timeout: &str) -> Code {
    let message = message.encode_to_vec();
    let length = u32::try_from(message.len()).expect("a short message");
    let frame = [&[0], &length.to_be_bytes()[..], &message].concat();
    let call = hyper::Request::post(format!(
        "http://{}/leadhook.v1.CallService/CallWebhook",
        server.address()
    ))
    .header("content-type", "application/grpc")
    .header("te", "trailers")
    .header("grpc-timeout", timeout)
    .body(Full::new(Bytes::from(frame)))
    .expect("a request");
    let stream = TcpStream::connect(server.address())
        .await
        .expect("it listens");
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .expect("it speaks HTTP/2");
    tokio::spawn(connection);
    let answer = sender.send_request(call).await.expect("an answer");
    let status = answer.headers().get("grpc-status").expect("an error");
    Code::from_bytes(status.as_bytes())
}

#[tokio::test]
async fn r_call_10_a_deadline_ends_the_call_and_is_recorded() {
    let target = Target::start(Answer::never()).await;
    let server = Server::start().await;
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let mut watch = server
        .calls()
        .watch_calls(WatchCallsRequest::default())
        .await
        .expect("a watch")
        .into_inner();
    let status = status_of_deadline(&server, &request("x"), "200m").await;
    assert_eq!(status, Code::DeadlineExceeded);
    let call = watch.message().await.expect("no error").expect("a call");
    assert_eq!(
        (call.response_code, call.error_type.as_str()),
        (0, "CANCELLED")
    );
}

#[tokio::test]
async fn r_call_10_with_a_request_id_the_call_goes_on_and_a_repetition_collects_it() {
    let target = Target::start(
        Answer::raw("")
            .pause(Duration::from_millis(600))
            .then("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    )
    .await;
    let server = Server::start().await;
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let named = CallWebhookRequest {
        request_id: "once".into(),
        ..request("x")
    };
    let status = status_of_deadline(&server, &named, "100m").await;
    assert_eq!(status, Code::DeadlineExceeded);
    let collected = server
        .calls()
        .call_webhook(named)
        .await
        .expect("the call went on")
        .into_inner();
    assert_eq!(collected.response_code, 200);
    assert_eq!(target.requests().len(), 1);
}

#[tokio::test]
async fn r_lead_4_calls_page_newest_first_and_oldest_first() {
    let target = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(server.call("webhooks/x", make::nobody()).await.name);
    }
    for (order_by, expected) in [
        ("create_time", made.clone()),
        ("", made.iter().rev().cloned().collect()),
    ] {
        let (mut listed, mut page_token) = (Vec::new(), String::new());
        loop {
            let page = server
                .calls()
                .list_calls(ListCallsRequest {
                    page_size: 2,
                    page_token,
                    order_by: order_by.into(),
                    ..ListCallsRequest::default()
                })
                .await
                .expect("a page")
                .into_inner();
            assert!(page.calls.len() <= 2);
            assert!(page.calls.iter().all(|call| call.request.is_none()));
            listed.extend(page.calls.into_iter().map(|call| call.name));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(listed, expected, "{order_by}");
    }
}
