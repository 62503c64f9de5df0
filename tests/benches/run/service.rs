//! The service that is called, in a process of its own: it has to be much faster than what is measured, so it knows just enough of HTTP/1.1.
//!
//! It says where it listens. Told a number, it says `called` when so many more requests have come.

use std::io::BufRead;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;

use crate::helper::Helper;
use crate::say;

/// What it answers, whatever comes: three values to be mapped.
pub(crate) const BODY: &str =
    r#"{"title": "Chief Technology Officer", "department": "Research", "priority": 7}"#;
/// Path and field.
pub(crate) const MAPPINGS: [(&str, &str); 3] = [
    ("title", "Job Title"),
    ("department", "Department"),
    ("priority", "Priority"),
];

/// Connections that may come at once; the kernel lowers it to `net.core.somaxconn`.
const BACKLOG: u32 = 8_192;
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Requests until somebody is told; 0: nobody waits.
static AWAITED: AtomicU64 = AtomicU64::new(0);

/// A service in a process of its own.
#[derive(Debug)]
pub(crate) struct Service {
    helper: Helper,
    /// "http://127.0.0.1:41234/people".
    pub(crate) url: String,
}

impl Service {
    /// Starts one that answers after `delay`.
    pub(crate) fn start(delay: Duration) -> Service {
        let delay = delay.as_millis().to_string();
        let mut helper = Helper::start(["service", "--delay", &delay]);
        let url = format!("http://{}/people", helper.line());
        Service { helper, url }
    }

    /// From now on [`Service::until_called`] waits for so many requests, more than none.
    pub(crate) fn await_calls(&mut self, calls: u64) {
        self.helper.tell(&calls.to_string());
        assert_eq!(self.helper.line(), "awaited");
    }

    /// Waits until they have come.
    pub(crate) fn until_called(&mut self) {
        assert_eq!(self.helper.line(), "called");
    }
}

/// The service's process: answers until its standard input ends.
pub(crate) fn serve(delay: Duration) {
    thread::spawn(move || {
        current_thread().block_on(accept(delay));
    });
    for line in std::io::stdin().lock().lines() {
        if let Some(calls) = line.ok().and_then(|line| line.parse().ok()) {
            AWAITED.store(calls, Ordering::Relaxed);
            say("awaited");
        }
    }
}

/// Half of the processors answer; the other half is left to the client.
async fn accept(delay: Duration) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let workers: Vec<_> = (0..(cores / 2).max(1)).map(|_| worker(delay)).collect();
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .expect("a free port");
    let listener = socket.listen(BACKLOG).expect("it listens");
    say(&listener.local_addr().expect("it is bound").to_string());
    for worker in workers.iter().cycle() {
        let (connection, _) = listener.accept().await.expect("a connection");
        let connection = connection.into_std().expect("a connection");
        worker.send(connection).expect("workers do not end");
    }
}

/// A thread that answers the connections that it is sent.
fn worker(delay: Duration) -> mpsc::UnboundedSender<std::net::TcpStream> {
    let (sender, mut connections) = mpsc::unbounded_channel();
    thread::spawn(move || {
        current_thread().block_on(async move {
            while let Some(connection) = connections.recv().await {
                let connection = TcpStream::from_std(connection).expect("a connection");
                tokio::spawn(answer(connection, delay));
            }
        });
    });
    sender
}

async fn answer(mut connection: TcpStream, delay: Duration) {
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut received = BytesMut::with_capacity(4_096);
    connection.set_nodelay(true).expect("a TCP connection");
    loop {
        while let Some(length) = request_length(&received) {
            received.advance(length);
            count();
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            if connection.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
        received.reserve(4_096);
        if !matches!(connection.read_buf(&mut received).await, Ok(1..)) {
            return;
        }
    }
}

/// One request more; costs no more than a look where nobody waits.
fn count() {
    if AWAITED.load(Ordering::Relaxed) == 0 {
        return;
    }
    let one_less = |awaited: u64| awaited.checked_sub(1);
    if AWAITED.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less) == Ok(1) {
        say("called");
    }
}

/// Length of the first request, head and body, once all of it is there.
fn request_length(received: &[u8]) -> Option<usize> {
    let head = memchr::memmem::find(received, END_OF_HEAD)?;
    let body: usize = received[..head]
        .split(|byte| *byte == b'\n')
        .find_map(content_length)
        .unwrap_or(0);
    let length = head + END_OF_HEAD.len() + body;
    (received.len() >= length).then_some(length)
}

fn content_length(line: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let (name, value) = line.split_at_checked(NAME.len())?;
    if !name.eq_ignore_ascii_case(NAME) {
        return None;
    }
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

fn current_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
