//! One HTTP/2 connection, shared by many calls.
//!
//! A task of its own moves its bytes; it ends when nobody holds the connection any more, or the service ends it.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
};

use bytes::Bytes;
use http_body::Body;
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::http2::{self, Builder, SendRequest},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::time::Instant;

use crate::{
    body::Collector,
    failure::{Failure, FailureKind},
    fault::{self, Fault},
    http1::MAX_HEAD,
    outgoing::Outgoing,
    pool::Open,
    room::SMALL,
    stream::{BytesRead, Stream},
};

/// What may come of an answer before it is read, in bytes: as much as it may have without room.
const STREAM_WINDOW: u32 = SMALL as u32;
/// The same for all answers of a connection, as large as HTTP/2 has it: those that wait for room must not hold up those that have it.
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;

type Connection = http2::Connection<TokioIo<Stream>, Full<Bytes>, TokioExecutor>;

/// A connection that calls share.
#[derive(Debug)]
pub(crate) struct Http2 {
    sender: SendRequest<Full<Bytes>>,
    read: BytesRead,
    /// None once it has ended.
    connection: Arc<Mutex<Option<Connection>>>,
    in_flight: AtomicUsize,
    is_retired: AtomicBool,
    idle_since: Mutex<Instant>,
    _open: Option<Open>,
}

impl Http2 {
    /// `max_streams` is what the origin allowed at a time on an earlier connection: until this one's settings are in, it holds.
    pub(crate) async fn new(
        stream: Stream,
        open: Option<Open>,
        max_streams: Option<usize>,
    ) -> Result<Arc<Http2>, Failure> {
        let read = stream.bytes_read();
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .max_header_list_size(u32::try_from(MAX_HEAD).expect("64 KiB"))
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW);
        if max_streams.is_some() {
            builder.initial_max_send_streams(max_streams);
        }
        let (sender, connection) = builder
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| fault::failure(&error))?;
        let connection = Arc::new(Mutex::new(Some(connection)));
        tokio::spawn(drive(connection.clone()));
        Ok(Arc::new(Http2 {
            sender,
            read,
            connection,
            in_flight: AtomicUsize::new(0),
            is_retired: AtomicBool::new(false),
            idle_since: Mutex::new(Instant::now()),
            _open: open,
        }))
    }

    /// Streams that the service allows at a time; none once the connection has ended.
    pub(crate) fn max_streams(&self) -> usize {
        let connection = lock(&self.connection);
        connection
            .as_ref()
            .map_or(0, Connection::current_max_send_streams)
    }

    /// Takes one of the streams that the service allows at a time. Call it under the lock of the pool: the count is not reserved otherwise.
    pub(crate) fn reserve(self: &Arc<Http2>) -> Option<Slot> {
        let is_full = self.in_flight.load(Ordering::Acquire) >= self.max_streams();
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
        is_idle.then(|| *lock(&self.idle_since))
    }

    /// No more calls go out over it; those under way go on.
    pub(crate) fn retire(&self) {
        self.is_retired.store(true, Ordering::Release);
    }
}

/// How it ends reaches every call on it; there is nobody else to tell.
async fn drive(connection: Arc<Mutex<Option<Connection>>>) {
    poll_fn(|cx| {
        let mut connection = lock(&connection);
        let Some(running) = connection.as_mut() else {
            return Poll::Ready(());
        };
        let polled = Pin::new(running).poll(cx).map(drop);
        if polled.is_ready() {
            *connection = None;
        }
        polled
    })
    .await;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One call's share of a connection.
#[derive(Debug)]
pub(crate) struct Slot {
    connection: Arc<Http2>,
}

impl Slot {
    /// Sends a request and reads the head of its answer. Who gives up does so at `deadline`, or for reasons of its own.
    pub(crate) async fn send(
        &self,
        request: Outgoing,
        deadline: Option<std::time::Instant>,
    ) -> Result<http::Response<Incoming>, Fault> {
        let silent = Silence::begins(&self.connection, deadline);
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

    /// Reads a body to its end. While `into` waits for room no more comes than its stream's window.
    pub(crate) async fn read(
        &self,
        mut body: Incoming,
        into: &mut Collector<'_>,
    ) -> Result<(), Failure> {
        while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            let frame = frame.map_err(|error| fault::failure(&error))?;
            // Trailers say nothing that is kept.
            if let Ok(piece) = frame.into_data() {
                into.push(piece).await?;
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
        // Below HTTP/2, or before the request reached it.
        None => fault::failure(error).kind() == FailureKind::Closed,
    }
}

/// Watches a call that waits for its head. When its time is over and nothing at all has come in meanwhile, the peer may be gone without a
/// word: the connection is retired, so that other calls do not wait for it too.
struct Silence<'a> {
    connection: &'a Http2,
    read_before: u64,
    deadline: Option<std::time::Instant>,
}

impl Silence<'_> {
    fn begins(connection: &Http2, deadline: Option<std::time::Instant>) -> Silence<'_> {
        Silence {
            connection,
            read_before: connection.read.get(),
            deadline,
        }
    }

    fn ends(mut self) {
        self.deadline = None;
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        let is_over = self
            .deadline
            .is_some_and(|deadline| deadline <= std::time::Instant::now());
        if is_over && self.connection.read.get() == self.read_before {
            self.connection.retire();
        }
    }
}
