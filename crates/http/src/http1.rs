//! One HTTP/1 connection.
//!
//! The connection has no task of its own: whoever sends a request over it also moves its bytes, and while nobody does, it rests. That
//! saves two switches between tasks per call, and dropping a call drops its connection.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::http1::{Builder, Connection, SendRequest},
};
use hyper_util::rt::TokioIo;

use crate::{
    body::Collector,
    failure::Failure,
    fault::{self, Fault},
    outgoing::Outgoing,
    pool::Open,
    stream::{BytesRead, Stream},
};

/// Largest head of an answer, in bytes (R-CALL-4).
pub(crate) const MAX_HEAD: usize = 64 << 10;
/// Headers of an answer. hyper's default of 100 is met by services that set many cookies; more than a thousand do not fit into the largest
/// head, unless they say nothing.
const MAX_HEADERS: usize = 1_000;

#[derive(Debug)]
pub(crate) struct Http1 {
    sender: SendRequest<Full<Bytes>>,
    connection: Connection<TokioIo<Stream>, Full<Bytes>>,
    has_ended: bool,
    read: BytesRead,
    _open: Option<Open>,
}

impl Http1 {
    pub(crate) async fn new(stream: Stream, open: Option<Open>) -> Result<Http1, Failure> {
        let read = stream.bytes_read();
        let (sender, connection) = Builder::new()
            .max_header_size(MAX_HEAD)
            .max_headers(MAX_HEADERS)
            // What is read ahead of a body that waits for room.
            .max_buf_size(MAX_HEAD)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| fault::failure(&error))?;
        Ok(Http1 {
            sender,
            connection,
            has_ended: false,
            read,
            _open: open,
        })
    }

    /// Whether another request may go out: the service has neither closed the connection nor said anything unasked.
    pub(crate) fn is_usable(&mut self) -> bool {
        self.drive(&mut Context::from_waker(Waker::noop()));
        !self.has_ended && self.sender.is_ready()
    }

    /// Sends a request and reads the head of its answer.
    pub(crate) async fn send(
        &mut self,
        request: Outgoing,
    ) -> Result<http::Response<Incoming>, Fault> {
        let read_before = self.read.get();
        let mut answer = pin!(self.sender.try_send_request(request));
        let result = poll_fn(|cx| {
            self.drive(cx);
            answer.as_mut().poll(cx)
        })
        .await;
        result.map_err(|error| Fault {
            failure: fault::failure(&error.into_error()),
            unanswered: self.read.get() == read_before,
        })
    }

    /// Reads a body to its end. While `into` waits for room nothing is read.
    pub(crate) async fn read(
        &mut self,
        mut body: Incoming,
        into: &mut Collector<'_>,
    ) -> Result<(), Failure> {
        while let Some(frame) = poll_fn(|cx| self.poll_frame(&mut body, cx)).await {
            let frame = frame.map_err(|error| fault::failure(&error))?;
            // Trailers say nothing that is kept.
            if let Ok(piece) = frame.into_data() {
                into.push(piece).await?;
            }
        }
        Ok(())
    }

    fn poll_frame(
        &mut self,
        body: &mut Incoming,
        cx: &mut Context<'_>,
    ) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        // Asked first, the body makes the connection read; asked again, it has what was read.
        match Pin::new(&mut *body).poll_frame(cx) {
            Poll::Pending => {
                self.drive(cx);
                Pin::new(body).poll_frame(cx)
            }
            ready => ready,
        }
    }

    /// Moves bytes. Errors reach the request or the body under way, or find nobody who cares.
    fn drive(&mut self, cx: &mut Context<'_>) {
        if !self.has_ended {
            self.has_ended = Pin::new(&mut self.connection).poll(cx).is_ready();
        }
    }
}
