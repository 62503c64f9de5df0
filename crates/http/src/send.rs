//! The way of one attempt: lease, send, read, decode; once more where a kept connection turned out to be closed.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body::Body as _;
use hyper::{body::Incoming, ext::ReasonPhrase};
use tokio::time::{Instant, timeout};

use crate::{
    body::Collector,
    client::Shared,
    exchange::{Exchange, Timing, Version},
    failure::{Failure, FailureKind},
    fault::Fault,
    outgoing::outgoing,
    pool::{Lease, Leased, Origin, Which},
    request::Request,
    retry_after::RetryAfter,
};

/// Sends a request and reads the whole answer, all within the request's timeout (R-CALL-1).
pub(crate) async fn send(shared: &Shared, request: &Request) -> Result<Exchange, Failure> {
    let started = std::time::Instant::now();
    let mut head = None;
    let result = match timeout(
        request.timeout,
        attempt(shared, request, started, &mut head),
    )
    .await
    {
        Ok(result) => result,
        Err(_) => Err(timed_out(request, head.as_ref())),
    };
    let answer = match (result, head) {
        (Ok(answer), _) => answer,
        (Err(failure), Some(head)) => return Err(failure.after_head(head.status, head.retry_after)),
        (Err(failure), None) => return Err(failure),
    };
    Ok(answer.into_exchange(Timing {
        started,
        elapsed: started.elapsed(),
    }))
}

fn timed_out(request: &Request, head: Option<&Head>) -> Failure {
    let what = if head.is_some() {
        "the end of the answer"
    } else {
        "an answer"
    };
    let detail = format!(
        "{} ms passed without {what} from {}",
        request.timeout.as_millis(),
        request.url.authority()
    );
    Failure::new(FailureKind::Timeout, detail)
}

/// What is known once a head has come, however the body ends.
#[derive(Clone, Copy, Debug)]
struct Head {
    status: u16,
    retry_after: Option<RetryAfter>,
}

/// A complete answer, but for its timing.
struct Answer {
    head: Head,
    reason: Option<String>,
    content_type: Option<String>,
    body: Bytes,
    version: Version,
}

impl Answer {
    fn into_exchange(self, timing: Timing) -> Exchange {
        Exchange {
            status: self.head.status,
            reason: self.reason,
            content_type: self.content_type,
            retry_after: self.head.retry_after,
            body: self.body,
            timing,
            version: self.version,
        }
    }
}

async fn attempt(
    shared: &Shared,
    request: &Request,
    started: std::time::Instant,
    head: &mut Option<Head>,
) -> Result<Answer, Failure> {
    let deadline = started.checked_add(request.timeout);
    let origin = shared.pool.origin(&request.url);
    let lease = origin
        .lease(&shared.dialer, &request.url, Which::Any)
        .await?;
    let is_reused = lease.is_reused;
    let fault = match exchange(shared, &origin, lease, request, deadline, head).await {
        Ok(answer) => return Ok(answer),
        Err(fault) => fault,
    };
    if !(is_reused && fault.unanswered) {
        return Err(fault.failure);
    }
    let fresh = Which::DialedAfter(Instant::now());
    let lease = origin.lease(&shared.dialer, &request.url, fresh).await?;
    exchange(shared, &origin, lease, request, deadline, head)
        .await
        .map_err(|fault| fault.failure)
}

/// One request and its answer over one connection, which goes back to the pool when both are complete.
async fn exchange(
    shared: &Shared,
    origin: &Origin,
    lease: Lease,
    request: &Request,
    deadline: Option<std::time::Instant>,
    seen: &mut Option<Head>,
) -> Result<Answer, Fault> {
    match lease.connection {
        Leased::Http1(mut connection) => {
            let answer = connection.send(outgoing(request, Version::Http1)).await?;
            let (parts, body) = answer.into_parts();
            let head = *seen.insert(head(&parts));
            not_switching(head)?;
            let mut collector = collector(shared, &parts, &body)?;
            connection.read(body, &mut collector).await?;
            origin.give_back(connection);
            Ok(finish(head, &parts, collector, Version::Http1).await?)
        }
        Leased::Http2(slot) => {
            let answer = slot
                .send(outgoing(request, Version::Http2), deadline)
                .await?;
            let (parts, body) = answer.into_parts();
            let head = *seen.insert(head(&parts));
            let mut collector = collector(shared, &parts, &body)?;
            slot.read(body, &mut collector).await?;
            drop(slot);
            Ok(finish(head, &parts, collector, Version::Http2).await?)
        }
    }
}

fn head(parts: &http::response::Parts) -> Head {
    Head {
        status: parts.status.as_u16(),
        retry_after: RetryAfter::of(&parts.headers),
    }
}

/// Nothing asked for another protocol, so nothing that follows can be understood.
fn not_switching(head: Head) -> Result<(), Failure> {
    if head.status != StatusCode::SWITCHING_PROTOCOLS.as_u16() {
        return Ok(());
    }
    let detail = "the service switches to another protocol without being asked";
    Err(Failure::new(FailureKind::Protocol, detail))
}

fn collector<'a>(
    shared: &'a Shared,
    parts: &'a http::response::Parts,
    body: &Incoming,
) -> Result<Collector<'a>, Failure> {
    let announced = body.size_hint().lower();
    Collector::new(&shared.memory, shared.max_body, &parts.headers, announced)
}

async fn finish(
    head: Head,
    parts: &http::response::Parts,
    body: Collector<'_>,
    version: Version,
) -> Result<Answer, Failure> {
    Ok(Answer {
        head,
        reason: (version == Version::Http1).then(|| reason(parts)).flatten(),
        content_type: content_type(&parts.headers),
        body: body.finish().await?,
        version,
    })
}

/// The status line's own words. hyper keeps them only where they differ from the customary ones.
fn reason(parts: &http::response::Parts) -> Option<String> {
    let reason = match parts.extensions.get::<ReasonPhrase>() {
        Some(reason) => std::str::from_utf8(reason.as_bytes()).ok()?,
        None => parts.status.canonical_reason()?,
    };
    let reason = reason.trim_ascii();
    (!reason.is_empty() && reason.is_ascii()).then(|| reason.to_owned())
}

/// Labels are ASCII; what is not cannot be one, but is shown as far as it can be read.
fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
