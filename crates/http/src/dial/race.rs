//! One connection out of several addresses (RFC 8305, "happy eyeballs").

use std::{
    future::{Future, poll_fn},
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};

/// How long an address is tried before the next one is tried beside it (RFC 8305 §5).
const STAGGER: Duration = Duration::from_millis(250);
/// No more addresses are tried: a name with a thousand of them must not open a thousand sockets.
const MAX_ADDRESSES: usize = 16;

/// IPv4 and IPv6 by turns, beginning with the family that the resolver prefers (RFC 8305 §4), so that a broken one costs one stagger.
pub(super) fn alternate(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let Some(first) = addresses.first().map(SocketAddr::is_ipv4) else {
        return addresses;
    };
    let (preferred, other): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv4() == first);
    let (mut preferred, mut other) = (preferred.into_iter(), other.into_iter());
    let mut turns = Vec::with_capacity(preferred.len() + other.len());
    loop {
        let pair = [preferred.next(), other.next()];
        if pair == [None, None] {
            turns.truncate(MAX_ADDRESSES);
            return turns;
        }
        turns.extend(pair.into_iter().flatten());
    }
}

/// Connects to the first address that answers. They are tried in order; the next one begins when the one before failed, or after [`STAGGER`].
///
/// # Errors
///
/// When none answers: the error of the first.
pub(super) async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    if let [address] = addresses {
        return TcpStream::connect(address).await;
    }
    let mut race = Race::new(addresses);
    poll_fn(|cx| race.poll(cx)).await
}

type Attempt = Pin<Box<dyn Future<Output = io::Result<TcpStream>> + Send>>;

struct Race<'a> {
    waiting: std::slice::Iter<'a, SocketAddr>,
    running: Vec<Attempt>,
    next: Pin<Box<Sleep>>,
    error: Option<io::Error>,
}

impl<'a> Race<'a> {
    fn new(addresses: &'a [SocketAddr]) -> Race<'a> {
        Race {
            waiting: addresses.iter(),
            running: Vec::new(),
            next: Box::pin(sleep_until(Instant::now())),
            error: None,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<TcpStream>> {
        loop {
            if let Some(stream) = self.poll_running(cx) {
                return Poll::Ready(Ok(stream));
            }
            if self.waiting.len() == 0 && self.running.is_empty() {
                let none = || io::Error::new(io::ErrorKind::NotFound, "it has no address");
                return Poll::Ready(Err(self.error.take().unwrap_or_else(none)));
            }
            if self.next.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            let Some(address) = self.waiting.next() else {
                return Poll::Pending;
            };
            self.running.push(Box::pin(TcpStream::connect(*address)));
            self.next.as_mut().reset(Instant::now() + STAGGER);
        }
    }

    /// Lets every attempt go on; one that failed makes the next one due.
    fn poll_running(&mut self, cx: &mut Context<'_>) -> Option<TcpStream> {
        let mut connected = None;
        let before = self.running.len();
        let error = &mut self.error;
        self.running
            .retain_mut(|attempt| match attempt.as_mut().poll(cx) {
                Poll::Pending => true,
                Poll::Ready(Ok(stream)) => {
                    connected.get_or_insert(stream);
                    false
                }
                Poll::Ready(Err(cause)) => {
                    error.get_or_insert(cause);
                    false
                }
            });
        if self.running.len() < before {
            self.next.as_mut().reset(Instant::now());
        }
        connected
    }
}

#[cfg(test)]
mod tests;
