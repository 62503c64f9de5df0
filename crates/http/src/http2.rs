//! One HTTP/2 connection, shared by many calls.
//!
//! A task of its own moves its bytes; it ends when nobody holds the connection any more, or the service ends it.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use http_body::Body;
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::http2::{Builder, SendRequest},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::time::Instant;

use crate::{
    body::Collector,
    failure::Failure,
    fault::{self, Fault},
    http1::MAX_HEAD,
    outgoing::Outgoing,
    stream::{BytesRead, Stream},
};

/// A connection that calls share.
#[derive(Debug)]
pub(crate) struct Http2 {
    sender: SendRequest<Full<Bytes>>,
    read: BytesRead,
    /// Streams that the service allows at a time, as of the last request.
    max_streams: Arc<AtomicUsize>,
    in_flight: AtomicUsize,
    is_retired: AtomicBool,
    idle_since: Mutex<Instant>,
}

impl Http2 {
    pub(crate) async fn new(stream: Stream) -> Result<Arc<Http2>, Failure> {
        let read = stream.bytes_read();
        let mut builder = Builder::new(TokioExecutor::new());
        builder.max_header_list_size(u32::try_from(MAX_HEAD).expect("64 KiB"));
        let (sender, mut connection) = builder
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| fault::failure(&error))?;
        let max_streams = Arc::new(AtomicUsize::new(connection.current_max_send_streams()));
        let known = max_streams.clone();
        // How it ends reaches every call on it; there is nobody else to tell.
        tokio::spawn(poll_fn(move |cx| {
            let ended = Pin::new(&mut connection).poll(cx).map(drop);
            known.store(connection.current_max_send_streams(), Ordering::Relaxed);
            ended
        }));
        Ok(Arc::new(Http2 {
            sender,
            read,
            max_streams,
            in_flight: AtomicUsize::new(0),
            is_retired: AtomicBool::new(false),
            idle_since: Mutex::new(Instant::now()),
        }))
    }

    /// Takes one of the streams that the service allows at a time. Call it under the lock of the pool: the count is not reserved otherwise.
    pub(crate) fn reserve(self: &Arc<Http2>) -> Option<Slot> {
        let is_full =
            self.in_flight.load(Ordering::Acquire) >= self.max_streams.load(Ordering::Relaxed);
        if is_full || !self.is_usable() {
            return None;
        }
        Some(self.reserve_first())
    }

    /// The stream for which the connection was dialled.
    pub(crate) fn reserve_first(self: &Arc<Http2>) -> Slot {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
        Slot {
            connection: self.clone(),
        }
    }

    /// Whether another request may go out.
    pub(crate) fn is_usable(&self) -> bool {
        !self.is_retired.load(Ordering::Acquire) && !self.sender.is_closed()
    }

    /// Since when no call uses it.
    pub(crate) fn idle_since(&self) -> Option<Instant> {
        let is_idle = self.in_flight.load(Ordering::Acquire) == 0;
        is_idle.then(|| {
            *self
                .idle_since
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        })
    }

    /// No more calls go out over it; those under way go on.
    pub(crate) fn retire(&self) {
        self.is_retired.store(true, Ordering::Release);
    }
}

/// One call's share of a connection.
#[derive(Debug)]
pub(crate) struct Slot {
    connection: Arc<Http2>,
}

impl Slot {
    /// Sends a request and reads the head of its answer.
    pub(crate) async fn send(&self, request: Outgoing) -> Result<http::Response<Incoming>, Fault> {
        let silent = Silence::begins(&self.connection);
        let result = self
            .connection
            .sender
            .clone()
            .try_send_request(request)
            .await;
        silent.ends();
        result.map_err(|error| {
            let error = error.into_error();
            let unanswered = was_not_processed(&error);
            if unanswered || self.connection.sender.is_closed() {
                self.connection.retire();
            }
            Fault {
                failure: fault::failure(&error),
                unanswered,
            }
        })
    }

    /// Reads a body to its end.
    pub(crate) async fn read(
        &self,
        mut body: Incoming,
        into: &mut Collector,
    ) -> Result<(), Failure> {
        while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            let frame = frame.map_err(|error| fault::failure(&error))?;
            // Trailers say nothing that is kept.
            if let Ok(piece) = frame.into_data() {
                into.push(piece)?;
            }
        }
        Ok(())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let connection = &self.connection;
        if connection.in_flight.fetch_sub(1, Ordering::AcqRel) == 1 {
            *connection
                .idle_since
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
    }
}

/// Whether a service that keeps to HTTP/2 has not answered the request: the connection ended, the stream was refused or lies beyond a GOAWAY (RFC 9113 §8.7).
/// A stream that the service reset for another reason was seen by it.
fn was_not_processed(error: &hyper::Error) -> bool {
    match fault::http2(error) {
        Some(error) => {
            error.is_io()
                || error.is_go_away() && error.is_remote()
                || error.reason() == Some(h2::Reason::REFUSED_STREAM)
        }
        None => error.is_canceled() || error.is_closed() || error.is_incomplete_message(),
    }
}

/// Watches a call that waits for its head. When it is given up and nothing at all has come in meanwhile, the peer may be gone without a word: the
/// connection is retired, so that other calls do not wait for it too.
struct Silence<'a> {
    connection: &'a Http2,
    read_before: u64,
    has_ended: bool,
}

impl Silence<'_> {
    fn begins(connection: &Http2) -> Silence<'_> {
        Silence {
            connection,
            read_before: connection.read.get(),
            has_ended: false,
        }
    }

    fn ends(mut self) {
        self.has_ended = true;
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        if !self.has_ended && self.connection.read.get() == self.read_before {
            self.connection.retire();
        }
    }
}
