//! The calls of a CallWebhooks stream.

use std::pin::pin;

use leadhook_engine::{Engine, Error};
use leadhook_proto::v1::{self, call_webhooks_response};
use leadhook_store::Store;
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    task::JoinSet,
};
use tokio_stream::StreamExt as _;
use tonic::{Status, Streaming};

use crate::{
    budget::Payments,
    convert::{
        call::{call_request, message},
        lead::rpc_status,
    },
    limits::refined,
    status::status,
};

/// Calls of one stream that are under way at most; then no more are read until one ends.
const IN_FLIGHT: usize = 4_096;
/// What the requests of one stream that are under way have paid for at most, in bytes; then no more are read until one ends.
const PAID: usize = 64 << 20;

/// Makes the calls of a stream, each in a task of its own, and answers as they end. When the client goes away the tasks end, and their calls with them (R-CALL-10).
pub(super) async fn call_all<S: Store>(
    engine: Engine<S>,
    mut requests: Streaming<v1::CallWebhooksRequest>,
    payments: Payments,
    answers: mpsc::Sender<Result<v1::CallWebhooksResponse, Status>>,
) {
    let (mut closed, mut stopping) = (pin!(answers.closed()), pin!(engine.stopping()));
    // Dropped, it ends its tasks.
    let mut under_way = JoinSet::new();
    let mut paid = 0;
    let fault = loop {
        let has_room = under_way.len() < IN_FLIGHT && paid < PAID;
        let next = tokio::select! {
            biased;
            () = &mut closed => return,
            Some(ended) = under_way.join_next() => {
                paid -= ended.unwrap_or(0);
                continue;
            }
            () = &mut stopping => break Some(status(&Error::ShuttingDown)),
            next = requests.next(), if has_room => next,
        };
        let request = match next {
            None => break None,
            Some(Ok(request)) => request,
            Some(Err(error)) => break Some(refined(error)),
        };
        let payment = payments.take();
        let size = payment
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        paid += size;
        let (engine, answers) = (engine.clone(), answers.clone());
        under_way.spawn(async move {
            let answer = answer(&engine, request).await;
            drop(payment);
            // The call counts until its answer is taken: a reader that stops reading stops its own calls alone.
            let _ = answers.send(Ok(answer)).await;
            size
        });
    };
    // No more is read; what is under way is still answered.
    loop {
        tokio::select! {
            biased;
            () = &mut closed => return,
            ended = under_way.join_next() => if ended.is_none() { break },
        }
    }
    if let Some(fault) = fault {
        let _ = answers.send(Err(fault)).await;
    }
}

async fn answer<S: Store>(
    engine: &Engine<S>,
    request: v1::CallWebhooksRequest,
) -> v1::CallWebhooksResponse {
    let result = match call_request(request.call.unwrap_or_default()) {
        Ok(call) => engine
            .call(call)
            .await
            .map(message)
            .map_err(|error| status(&error)),
        Err(error) => Err(error),
    };
    v1::CallWebhooksResponse {
        correlation_id: request.correlation_id,
        result: Some(match result {
            Ok(call) => call_webhooks_response::Result::Call(call),
            Err(error) => call_webhooks_response::Result::Error(rpc_status(&error)),
        }),
    }
}
