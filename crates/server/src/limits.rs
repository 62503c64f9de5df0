//! What tonic leaves open: deadlines that end as DEADLINE_EXCEEDED, also those of streams, messages that are too large
//! as RESOURCE_EXHAUSTED, bytes that are no message as INVALID_ARGUMENT, and memory that all requests share ([`Budget`]).
//!
//! tonic's own deadline stands outside of every layer and ends a call as CANCELLED. This layer's is a little earlier, so it is the one
//! that is seen.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use http::{HeaderMap, Request, Response};
use http_body::{Frame, SizeHint};
use leadhook_proto::v1::ErrorReason;
use tokio::time::Sleep;
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};

use crate::{budget::Budget, status::plain};

/// How much earlier than tonic's a deadline ends here.
const MARGIN: Duration = Duration::from_millis(5);

/// Puts [`Limits`] around a service.
#[derive(Clone, Debug)]
pub(crate) struct LimitsLayer {
    pub(crate) budget: Budget,
}

/// A service whose calls end in time, and say so.
#[derive(Clone, Debug)]
pub(crate) struct Limits<S> {
    inner: S,
    budget: Budget,
}

impl<S> Layer<S> for LimitsLayer {
    type Service = Limits<S>;

    fn layer(&self, inner: S) -> Limits<S> {
        Limits {
            inner,
            budget: self.budget.clone(),
        }
    }
}

impl<S> Service<Request<Body>> for Limits<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let deadline = request
            .headers()
            .get("grpc-timeout")
            .and_then(|value| timeout(value.to_str().ok()?))
            .map(|timeout| tokio::time::Instant::now() + timeout.saturating_sub(MARGIN));
        let (parts, body) = request.into_parts();
        let (body, payments) = self.budget.pay_for(body);
        let mut request = Request::from_parts(parts, body);
        request.extensions_mut().insert(payments.clone());
        let response = self.inner.call(request);
        Box::pin(async move {
            // What was paid is held until the answer is made.
            let _payments = payments;
            let Some(deadline) = deadline else {
                return response.await.map(refine);
            };
            match tokio::time::timeout_at(deadline, response).await {
                Ok(response) => Ok(refine(response?).map(|body| {
                    Body::new(Until {
                        body,
                        deadline: Box::pin(tokio::time::sleep_until(deadline)),
                        ended: false,
                    })
                })),
                Err(_) => Ok(exceeded().into_http()),
            }
        })
    }
}

/// An answer of tonic's own, as it is told.
fn refine(response: Response<Body>) -> Response<Body> {
    let meant = Status::from_header_map(response.headers()).and_then(|status| meaning(&status));
    match meant {
        Some(status) => status.into_http(),
        None => response,
    }
}

/// A fault of a stream of requests, as it is told.
pub(crate) fn refined(status: Status) -> Status {
    meaning(&status).unwrap_or(status)
}

/// What a status of tonic's own means where it says something else. Ours all have details.
fn meaning(status: &Status) -> Option<Status> {
    if !status.details().is_empty() {
        return None;
    }
    match status.code() {
        Code::OutOfRange => Some(plain(
            Code::ResourceExhausted,
            ErrorReason::MessageTooLarge,
            format!("{}; send less at a time", status.message()),
        )),
        // tonic makes this of nothing but a request's bytes: that no message is in them, none that is whole, or none at all.
        Code::Internal => Some(plain(
            Code::InvalidArgument,
            ErrorReason::InvalidRequest,
            format!(
                "the request is no message of this method: {}",
                status.message()
            ),
        )),
        _ => None,
    }
}

fn exceeded() -> Status {
    plain(
        Code::DeadlineExceeded,
        ErrorReason::DeadlineExceeded,
        "the deadline of the request ended before its answer",
    )
}

/// A `grpc-timeout`: up to eight digits and a unit.
fn timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 60 * 60)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// The body of an answer that ends with the request's deadline.
struct Until {
    body: Body,
    deadline: Pin<Box<Sleep>>,
    ended: bool,
}

impl http_body::Body for Until {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        if self.deadline.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.ended = true;
        // What fed the stream learns that nobody reads on.
        self.body = Body::empty();
        let mut trailers = HeaderMap::new();
        match exceeded().add_header(&mut trailers) {
            Ok(()) => Poll::Ready(Some(Ok(Frame::trailers(trailers)))),
            Err(status) => Poll::Ready(Some(Err(status))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_grpc_writes_them() {
        for (text, expected) in [
            ("1H", Some(Duration::from_secs(3_600))),
            ("2M", Some(Duration::from_secs(120))),
            ("3S", Some(Duration::from_secs(3))),
            ("250m", Some(Duration::from_millis(250))),
            ("99999999n", Some(Duration::from_nanos(99_999_999))),
            ("123456789S", None),
            ("S", None),
            ("", None),
            ("1x", None),
            ("-1S", None),
        ] {
            assert_eq!(timeout(text), expected, "{text}");
        }
    }
}
