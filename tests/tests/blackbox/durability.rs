//! What was answered is there, whatever ends the server.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use leadhook_proto::v1::{
    CallWebhookRequest, CallWebhooksRequest, GetWebhookRequest, call_webhooks_response,
};
use leadhook_tests::{Answer, Server, Target, make};
use tokio::task::JoinSet;
use tonic::Code;

#[tokio::test]
async fn what_was_answered_survives_kill_9() {
    let target = Target::start(Answer::json(r#"{"title": "CTO"}"#)).await;
    let server = Server::start().await;
    let webhook = server
        .create_webhook(
            "x",
            make::json_webhook(&target.url("/"), "{}", &[("title", "Title")]),
        )
        .await;
    let csv: String = (0..500)
        .map(|row| format!("lead{row}@example.com,Läd {row}\n"))
        .collect();
    let progress = server
        .import_csv(format!("Email Address,First Name\n{csv}"))
        .await
        .expect("good rows");
    assert_eq!(
        progress.last().map(|last| (last.created, last.done)),
        Some((500, true))
    );

    let mut calling = JoinSet::new();
    for lead in 1..=50 {
        let mut calls = server.calls();
        let subject = Some(make::stored(&format!("leads/{lead}")));
        let request = CallWebhookRequest {
            webhook: webhook.name.clone(),
            subject,
            ..CallWebhookRequest::default()
        };
        calling.spawn(async move {
            calls
                .call_webhook(request)
                .await
                .expect("a call")
                .into_inner()
        });
    }
    let mut answered = calling.join_all().await;
    answered.sort_by(|one, other| one.name.cmp(&other.name));

    let server = server.kill().await.restart().await;
    for call in answered {
        assert_eq!(server.get_call(&call.name).await, call);
        let lead = server.get_lead(&call.lead).await;
        assert_eq!(lead.fields["Title"], make::value("CTO"));
    }
    assert_eq!(server.list_calls("").await.len(), 50);
    assert!(server.get_lead("leads/500").await.fields["Email"] != make::value(""));
    let read = server
        .webhooks()
        .get_webhook(GetWebhookRequest {
            name: webhook.name.clone(),
        })
        .await;
    assert_eq!(read.expect("it is there").into_inner(), webhook);
}

#[tokio::test]
async fn a_kill_in_the_midst_loses_nothing_that_was_answered() {
    let target = Target::start(Answer::empty()).await;
    let mut server = Server::start().await;
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let mut answered = Vec::new();
    for _ in 0..3 {
        let mut calling = JoinSet::new();
        for _ in 0..200 {
            let mut calls = server.calls();
            let request = CallWebhookRequest {
                webhook: "webhooks/x".into(),
                subject: Some(make::nobody()),
                ..CallWebhookRequest::default()
            };
            calling.spawn(async move {
                calls
                    .call_webhook(request)
                    .await
                    .map(tonic::Response::into_inner)
            });
        }
        // Half of them are answered, the others are somewhere on their way.
        for _ in 0..100 {
            let call = calling
                .join_next()
                .await
                .expect("more were spawned")
                .expect("no panic");
            answered.push(call.expect("a call"));
        }
        server = server.kill().await.restart().await;
        while let Some(call) = calling.join_next().await {
            answered.extend(call.expect("no panic"));
        }
    }
    for call in &answered {
        assert_eq!(&server.get_call(&call.name).await, call);
    }
}

#[tokio::test]
async fn r_call_9_a_request_id_is_remembered_across_a_restart() {
    let target = Target::start(Answer::empty()).await;
    let server = Server::start().await;
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let request = CallWebhookRequest {
        webhook: "webhooks/x".into(),
        subject: Some(make::inline([("Email", "ada@example.com")])),
        request_id: "one".into(),
        context: None,
    };
    let first = server
        .calls()
        .call_webhook(request.clone())
        .await
        .expect("a call")
        .into_inner();
    let again = server
        .calls()
        .call_webhook(request.clone())
        .await
        .expect("the same")
        .into_inner();
    assert_eq!(again, first);
    let server = server.kill().await.restart().await;
    let again = server
        .calls()
        .call_webhook(request.clone())
        .await
        .expect("the same")
        .into_inner();
    assert_eq!((again, target.requests().len()), (first, 1));

    let other = CallWebhookRequest {
        subject: Some(make::nobody()),
        ..request
    };
    let fault = leadhook_tests::Fault::of(&server.calls().call_webhook(other).await.unwrap_err());
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::InvalidArgument, "REQUEST_ID_REUSED")
    );
}

#[tokio::test]
async fn r_hdr_3_a_call_made_again_after_a_crash_bears_the_same_key() {
    let target = Target::start(Answer::never()).await;
    let server = Server::start().await;
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let request = CallWebhookRequest {
        webhook: "webhooks/x".into(),
        subject: Some(make::nobody()),
        request_id: "again".into(),
        context: None,
    };
    let mut calls = server.calls();
    let lost = tokio::spawn({
        let request = request.clone();
        async move { calls.call_webhook(request).await }
    });
    target.received(1).await;
    let server = server.kill().await.restart().await;
    lost.await
        .expect("no panic")
        .expect_err("the server died before it answered");

    target.answer(Answer::empty());
    let call = server
        .calls()
        .call_webhook(request)
        .await
        .expect("a call")
        .into_inner();
    let keys: Vec<_> = target
        .requests()
        .iter()
        .map(|request| request.header("Idempotency-Key"))
        .collect();
    assert_eq!(
        keys,
        [
            Some(call.idempotency_key.clone()),
            Some(call.idempotency_key)
        ]
    );
}

#[tokio::test]
async fn sigterm_finishes_the_calls_in_flight() {
    let target = Target::start(
        Answer::raw("")
            .pause(std::time::Duration::from_millis(500))
            .then("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    )
    .await;
    let server = Server::start().await;
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let mut calls = server.calls();
    let request = CallWebhookRequest {
        webhook: "webhooks/x".into(),
        subject: Some(make::nobody()),
        ..CallWebhookRequest::default()
    };
    let calling = tokio::spawn(async move { calls.call_webhook(request).await });
    target.received(1).await;
    let (status, stopped) = server.stop().await;
    assert!(status.success(), "{status}");
    let call = calling
        .await
        .expect("no panic")
        .expect("it was in flight")
        .into_inner();
    assert_eq!(call.response_code, 200);
    assert_eq!(stopped.restart().await.get_call(&call.name).await, call);
}

#[tokio::test]
async fn sigterm_ends_a_stream_when_what_it_has_under_way_is_answered() {
    let slow = Answer::raw("")
        .pause(std::time::Duration::from_millis(500))
        .then("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let target = Target::start(slow).await;
    let server = Server::start().await;
    let webhook = make::get(&target.url("/"));
    server.create_webhook("slow", webhook).await;
    let (requests, open) = tokio::sync::mpsc::channel(1);
    let stream = tokio_stream::wrappers::ReceiverStream::new(open);
    let mut calls = server.calls();
    let answers = calls.call_webhooks(stream).await;
    let mut answers = answers.expect("the stream begins").into_inner();
    let request = CallWebhooksRequest {
        call: Some(CallWebhookRequest {
            webhook: "webhooks/slow".into(),
            subject: Some(make::nobody()),
            ..CallWebhookRequest::default()
        }),
        ..CallWebhooksRequest::default()
    };
    requests.send(request).await.expect("the stream is open");
    target.received(1).await;
    let (status, _) = server.stop().await;
    assert!(status.success(), "{status}");
    let answered = answers.message().await.expect("an answer");
    let result = answered.expect("an answer").result;
    assert!(
        matches!(&result, Some(call_webhooks_response::Result::Call(call)) if call.response_code == 200),
        "{result:?}"
    );
    let told = answers.message().await.expect_err("it says why it ends");
    assert_eq!(told.code(), tonic::Code::Unavailable);
}

#[tokio::test]
async fn sigterm_ends_streams_that_their_clients_keep_open() {
    let server = Server::start().await;
    let (requests, open) = tokio::sync::mpsc::channel(1);
    let stream = tokio_stream::wrappers::ReceiverStream::new(open);
    let mut answers = server
        .calls()
        .call_webhooks(stream)
        .await
        .expect("the stream begins")
        .into_inner();
    let mut watch = server
        .calls()
        .watch_calls(leadhook_proto::v1::WatchCallsRequest::default())
        .await
        .expect("the watch begins")
        .into_inner();
    let (status, _) = server.stop().await;
    assert!(status.success(), "{status}");
    let told = answers.message().await.expect_err("it says why it ends");
    assert_eq!(told.code(), tonic::Code::Unavailable);
    let told = watch.message().await.expect_err("it says why it ends");
    assert_eq!(told.code(), tonic::Code::Unavailable);
    drop(requests);
}

#[tokio::test]
async fn a_second_server_refuses_to_start_and_says_who_holds_the_directory() {
    let server = Server::start().await;
    let (status, log) = Server::options().refused(server.data()).await;
    assert!(!status.success());
    assert!(log.contains(&server.process().to_string()), "{log}");
    assert!(log.contains(&*server.data().to_string_lossy()), "{log}");
    server
        .create_webhook("unharmed", make::get("https://example.com/"))
        .await;
}

#[tokio::test]
async fn a_new_data_directory_is_nobody_elses_business() {
    let parent = tempfile::tempdir().expect("a temporary folder");
    let data: PathBuf = parent.path().join("data");
    let server = Server::options().start_on(&data).await;
    let mode = std::fs::metadata(&data)
        .expect("it was made")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    drop(server);
}
