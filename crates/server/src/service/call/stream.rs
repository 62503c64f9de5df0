//! The answers of CallWebhooks: a stream that reads requests and makes their calls as it is polled.
//!
//! It has no task of its own. A client that reads no answers keeps it from being polled, and so from reading and calling on; one that goes away drops it, and its
//! calls with it (R-CALL-10).

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, StreamExt as _, stream::FuturesUnordered};
use leadhook_engine::{Engine, Error};
use leadhook_proto::v1::{self, call_webhooks_response};
use leadhook_store::Store;
use tokio::sync::OwnedSemaphorePermit;
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
/// What the requests of one stream that are under way may have paid for, in bytes; then no more are read until one ends.
const PAID: usize = 64 << 20;

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Answers in the order in which calls end.
pub(crate) struct Answers<S> {
    engine: Engine<S>,
    /// None when no more are read.
    requests: Option<Streaming<v1::CallWebhooksRequest>>,
    payments: Payments,
    paid: usize,
    under_way: FuturesUnordered<Work<Answered>>,
    stopping: Work<()>,
    /// What the stream ends with once all that is under way is answered.
    fault: Option<Status>,
}

struct Answered {
    paid: usize,
    answer: v1::CallWebhooksResponse,
}

impl<S: Store> Answers<S> {
    pub(super) fn new(
        engine: Engine<S>,
        requests: Streaming<v1::CallWebhooksRequest>,
        payments: Payments,
    ) -> Answers<S> {
        let stops = engine.clone();
        Answers {
            engine,
            requests: Some(requests),
            payments,
            paid: 0,
            under_way: FuturesUnordered::new(),
            stopping: Box::pin(async move { stops.stopping().await }),
            fault: None,
        }
    }

    /// Begins the calls whose requests are there, as many as may be under way.
    fn read(&mut self, cx: &mut Context<'_>) {
        if self.requests.is_some() && self.stopping.as_mut().poll(cx).is_ready() {
            self.end(Some(status(&Error::ShuttingDown)));
        }
        while self.under_way.len() < IN_FLIGHT
            && self.paid < PAID
            && let Some(requests) = &mut self.requests
        {
            match requests.poll_next_unpin(cx) {
                Poll::Pending => return,
                Poll::Ready(None) => self.end(None),
                Poll::Ready(Some(Err(error))) => self.end(Some(refined(error))),
                Poll::Ready(Some(Ok(request))) => self.begin(request),
            }
        }
    }

    /// No more is read; what is under way is still answered.
    fn end(&mut self, fault: Option<Status>) {
        self.requests = None;
        self.fault = fault;
    }

    fn begin(&mut self, request: v1::CallWebhooksRequest) {
        let payment = self.payments.take();
        let paid = payment
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        self.paid += paid;
        let engine = self.engine.clone();
        self.under_way.push(Box::pin(async move {
            let answer = answer(&engine, request).await;
            drop(payment);
            Answered { paid, answer }
        }));
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

impl<S: Store> Stream for Answers<S> {
    type Item = Result<v1::CallWebhooksResponse, Status>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        this.read(cx);
        match this.under_way.poll_next_unpin(cx) {
            Poll::Ready(Some(Answered { paid, answer })) => {
                this.paid -= paid;
                Poll::Ready(Some(Ok(answer)))
            }
            Poll::Ready(None) if this.requests.is_none() => Poll::Ready(this.fault.take().map(Err)),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}
