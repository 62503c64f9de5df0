//! A client of CallWebhooks, in a process of its own: one stream, and always as many calls under way as it is told.

use std::time::{Duration, Instant};

use leadhook_proto::v1::call_service_client::CallServiceClient;
use leadhook_proto::v1::call_webhooks_response::Result::{Call, Error};
use leadhook_proto::v1::{CallWebhookRequest, CallWebhooksRequest};
use leadhook_tests::make;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::helper::Helper;
use crate::say;

/// Calls a webhook for the leads from 1 to `count`, and gives how long that took.
pub(crate) fn time(address: &str, webhook: &str, count: usize, under_way: usize) -> Duration {
    let (count, under_way) = (count.to_string(), under_way.to_string());
    let mut client = Helper::start([
        "stream",
        "--address",
        address,
        "--webhook",
        webhook,
        "--count",
        &count,
        "--under-way",
        &under_way,
    ]);
    let nanoseconds = client.line();
    Duration::from_nanos(nanoseconds.parse().expect("a number of nanoseconds"))
}

/// The process of [`time`].
pub(crate) async fn run(address: &str, webhook: &str, count: usize, under_way: usize) {
    let mut client = CallServiceClient::connect(format!("http://{address}"))
        .await
        .expect("the server accepts");
    let begun = Instant::now();
    let (sender, requests) = mpsc::channel(under_way);
    let mut leads = 1..=count;
    for lead in leads.by_ref().take(under_way) {
        sender
            .try_send(request(webhook, lead))
            .expect("there is room");
    }
    let answers = client.call_webhooks(ReceiverStream::new(requests)).await;
    let mut answers = answers.expect("a stream").into_inner();
    // The stream ends when its sender is gone and all is answered.
    let mut sender = Some(sender);
    let mut succeeded = 0;
    while let Some(answer) = answers.message().await.expect("the stream goes on") {
        match answer.result {
            Some(Call(call)) if call.succeeded => succeeded += 1,
            Some(Error(error)) => panic!("{error:?}"),
            other => panic!("{other:?}"),
        }
        match (&sender, leads.next()) {
            (Some(sender), Some(lead)) => {
                sender
                    .send(request(webhook, lead))
                    .await
                    .expect("the stream goes on");
            }
            _ => sender = None,
        }
    }
    assert_eq!(succeeded, count, "every call is answered");
    say(&begun.elapsed().as_nanos().to_string());
}

fn request(webhook: &str, lead: usize) -> CallWebhooksRequest {
    CallWebhooksRequest {
        call: Some(CallWebhookRequest {
            webhook: format!("webhooks/{webhook}"),
            subject: Some(make::stored(&format!("leads/{lead}"))),
            ..CallWebhookRequest::default()
        }),
        correlation_id: lead.to_string(),
    }
}
