//! One budget of memory for the requests of all clients.
//!
//! Each message is paid for as a whole once its length is known, before it is read on: so nothing that has begun waits for another in the
//! middle. What was paid comes back when the request ends; who works a stream off takes the payment of each message, and drops it when it
//! is done with that. A request that cannot pay in time is refused before anything of it is carried out; a stream that has begun is only
//! slowed down.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Sleep,
};
use tokio_util::sync::PollSemaphore;
use tonic::{Status, body::Body};

use crate::status::{message_too_slow, too_busy};

/// How long a request waits until others have ended; then it is refused.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a message may take from its length to its last byte: what is paid for it is not held for a client that sends nothing.
const ARRIVAL: Duration = Duration::from_secs(60);
/// The largest message that is read, tonic's default; a longer one is refused by its length.
const MAX_MESSAGE: u32 = 4 << 20;
/// What a message costs beside its bytes.
const BESIDE_ITS_BYTES: u32 = 1 << 10;
/// What a message starts with: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// What all requests share.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Semaphore>);

impl Budget {
    /// What one frame of HTTP/2 can ask for at once, a large message and many small ones, is less than this.
    pub(crate) const MIN: u32 = 16 << 20;

    /// A budget of so many bytes, at least [`Budget::MIN`].
    pub(crate) fn new(bytes: u32) -> Budget {
        Budget(Arc::new(Semaphore::new(bytes.max(Budget::MIN) as usize)))
    }

    /// A request's body that is read as it is paid for, and its payments.
    pub(crate) fn pay_for(&self, body: Body) -> (Body, Payments) {
        let payments = Payments::default();
        let paid = Paid {
            body,
            budget: PollSemaphore::new(Arc::clone(&self.0)),
            payments: payments.clone(),
            messages: Messages::default(),
            due: None,
            has_begun: false,
            timer: None,
        };
        (Body::new(paid), payments)
    }
}

/// What was paid for the messages of a request that nobody took yet, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Payments(Arc<Mutex<VecDeque<OwnedSemaphorePermit>>>);

impl Payments {
    /// What was paid for the next message; it is dropped when that is done with.
    pub(crate) fn take(&self) -> Option<OwnedSemaphorePermit> {
        self.queue(VecDeque::pop_front)
    }

    /// Adds payments. Of the older ones, those of messages that were read whole are over: whoever did not take them does not want them.
    fn add(&self, paid: Vec<OwnedSemaphorePermit>, is_last_whole: bool) {
        let over = self.queue(|queue| {
            let mut over = std::mem::take(queue);
            if !is_last_whole {
                queue.extend(over.pop_back());
            }
            queue.extend(paid);
            over
        });
        drop(over);
    }

    fn queue<T>(&self, change: impl FnOnce(&mut VecDeque<OwnedSemaphorePermit>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where a body stands in its messages.
#[derive(Debug, Default)]
struct Messages {
    prefix: [u8; PREFIX],
    /// How much of the prefix is there.
    prefixed: usize,
    /// How much of the message is still to come.
    left: usize,
}

impl Messages {
    /// Reads on; the lengths of the messages that begin.
    fn read(&mut self, mut bytes: &[u8]) -> Vec<u32> {
        let mut lengths = Vec::new();
        while !bytes.is_empty() {
            if self.left > 0 {
                let (_, rest) = bytes.split_at(self.left.min(bytes.len()));
                self.left -= bytes.len() - rest.len();
                bytes = rest;
                continue;
            }
            let missing = &mut self.prefix[self.prefixed..];
            let (found, rest) = bytes.split_at(missing.len().min(bytes.len()));
            missing[..found.len()].copy_from_slice(found);
            self.prefixed += found.len();
            bytes = rest;
            if self.prefixed == PREFIX {
                self.prefixed = 0;
                let [_, length @ ..] = self.prefix;
                let length = u32::from_be_bytes(length);
                self.left = length as usize;
                lengths.push(length);
            }
        }
        lengths
    }

    fn is_whole(&self) -> bool {
        self.left == 0
    }
}

/// A body that is paid for.
struct Paid {
    body: Body,
    budget: PollSemaphore,
    payments: Payments,
    messages: Messages,
    due: Option<Due>,
    /// Whether a message was handed on.
    has_begun: bool,
    /// Runs while the body waits.
    timer: Option<Pin<Box<Sleep>>>,
}

/// A frame that is not paid for yet.
struct Due {
    data: Bytes,
    prices: Vec<u32>,
    /// Whether the message before those that begin in it was whole before it came.
    is_last_whole: bool,
}

impl Paid {
    fn poll_pay(&mut self, cx: &mut Context<'_>, due: &Due) -> Poll<Result<(), Status>> {
        let price = due.prices.iter().sum();
        let Poll::Ready(paid) = self.budget.poll_acquire_many(cx, price) else {
            return match !self.has_begun && self.is_over(cx, PATIENCE) {
                true => Poll::Ready(Err(too_busy())),
                false => Poll::Pending,
            };
        };
        self.timer = None;
        self.has_begun = true;
        let mut paid = paid.expect("the budget is never closed");
        let each = due.prices.iter();
        let each = each.filter_map(|price| paid.split(*price as usize));
        self.payments.add(each.collect(), due.is_last_whole);
        Poll::Ready(Ok(()))
    }

    /// Whether the body waits for longer than this by now.
    fn is_over(&mut self, cx: &mut Context<'_>, patience: Duration) -> bool {
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        timer.as_mut().poll(cx).is_ready()
    }
}

fn price(length: u32) -> u32 {
    // It is held as it came and as what is made of it.
    2 * length.min(MAX_MESSAGE) + BESIDE_ITS_BYTES
}

impl http_body::Body for Paid {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.due.is_none() {
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
                return match !self.messages.is_whole() && self.is_over(cx, ARRIVAL) {
                    true => Poll::Ready(Some(Err(message_too_slow(ARRIVAL)))),
                    false => Poll::Pending,
                };
            };
            let data = match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => data,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            };
            let is_last_whole = self.messages.is_whole();
            let begun = self.messages.read(&data);
            if self.messages.is_whole() {
                self.timer = None;
            }
            if begun.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            self.due = Some(Due {
                data,
                prices: begun.into_iter().map(price).collect(),
                is_last_whole,
            });
        }
        let Some(due) = self.due.take() else {
            return Poll::Pending;
        };
        match self.poll_pay(cx, &due) {
            Poll::Ready(Ok(())) => Poll::Ready(Some(Ok(Frame::data(due.data)))),
            Poll::Ready(Err(refused)) => Poll::Ready(Some(Err(refused))),
            Poll::Pending => {
                self.due = Some(due);
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.due.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.due {
            None => self.body.size_hint(),
            Some(_) => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests;
