//! Services on loopback, scripted by tests: what they read is recorded, what they write is written as it stands.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use leadhook_http::{Builder, Client, Exchange, Failure, FailureKind, Method, Request, Url};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A service that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    log: Log,
    task: tokio::task::JoinHandle<()>,
}

/// What came in: one list of requests for each connection.
type Log = Arc<Mutex<Vec<Vec<String>>>>;

/// One connection, seen from the service.
pub(crate) struct Peer {
    stream: TcpStream,
    log: Log,
    number: usize,
}

impl Server {
    /// Runs `script` for each connection; the first has the number 0.
    pub(crate) async fn start<F, S>(script: S) -> Server
    where
        S: Fn(usize, Peer) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has free ports");
        let address = listener.local_addr().expect("it is bound");
        let log = Log::default();
        let seen = log.clone();
        let task = tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.expect("loopback accepts");
                seen.lock()
                    .expect("no test panics with it")
                    .push(Vec::new());
                tokio::spawn(script(
                    number,
                    Peer {
                        stream,
                        log: seen.clone(),
                        number,
                    },
                ));
            }
        });
        Server { address, log, task }
    }

    /// Answers every request on every connection with the same bytes.
    pub(crate) async fn always(answer: impl Into<Vec<u8>>) -> Server {
        let answer = Arc::new(answer.into());
        Server::start(move |_, mut peer| {
            let answer = answer.clone();
            async move {
                while peer.request().await.is_some() {
                    peer.send(&answer).await;
                }
            }
        })
        .await
    }

    /// Answers the first request on each connection with these bytes and closes.
    pub(crate) async fn once(answer: impl Into<Vec<u8>>) -> Server {
        let answer = Arc::new(answer.into());
        Server::start(move |_, mut peer| {
            let answer = answer.clone();
            async move {
                peer.request().await;
                peer.send(&answer).await;
            }
        })
        .await
    }

    pub(crate) fn url(&self, target: &str) -> Url {
        url(&format!("http://{}{target}", self.address))
    }

    pub(crate) fn connections(&self) -> usize {
        self.log.lock().expect("no test panics with it").len()
    }

    /// All requests, connection by connection.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.log.lock().expect("no test panics with it").concat()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Peer {
    /// The next request, head and body; none when the client has closed.
    pub(crate) async fn request(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        loop {
            if let Some(length) = complete(&bytes) {
                bytes.truncate(length);
                let request = String::from_utf8_lossy(&bytes).into_owned();
                self.log.lock().expect("no test panics with it")[self.number].push(request.clone());
                return Some(request);
            }
            match self.stream.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        // A client that has gone is the client's test's business.
        let _ = self.stream.write_all(bytes).await;
    }

    /// Waits until the client closes.
    pub(crate) async fn closed(&mut self) {
        while matches!(self.stream.read(&mut [0; 4096]).await, Ok(1..)) {}
    }

    /// Says that nothing more comes; the other direction stays open.
    pub(crate) async fn end(&mut self) {
        self.stream.shutdown().await.expect("the socket is open");
    }

    /// Closes with a reset rather than an end.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().expect("the socket is open");
    }

    pub(crate) fn into_stream(self) -> TcpStream {
        self.stream
    }
}

/// The length of the first request in `bytes`, when all of it is there.
fn complete(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let body = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().expect("a length"));
    (bytes.len() >= head + body).then_some(head + body)
}

pub(crate) fn url(text: &str) -> Url {
    Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A client that may call loopback.
pub(crate) fn builder() -> Builder {
    Client::builder().allow_address("127.0.0.0/8".parse().expect("a range"))
}

pub(crate) fn client() -> Client {
    builder().build().expect("the defaults are sound")
}

pub(crate) fn get(url: Url) -> Request {
    Request {
        method: Method::Get,
        url,
        headers: Vec::new(),
        body: bytes::Bytes::new(),
        timeout: Duration::from_secs(10),
    }
}

pub(crate) fn post(url: Url, body: impl Into<bytes::Bytes>) -> Request {
    Request {
        method: Method::Post,
        body: body.into(),
        ..get(url)
    }
}

/// Sends a GET with a new client.
pub(crate) async fn call(server: &Server) -> Result<Exchange, Failure> {
    client().send(&get(server.url("/"))).await
}

/// The failure of a GET with a new client, its kind checked.
pub(crate) async fn failure(server: &Server, kind: FailureKind) -> Failure {
    match call(server).await {
        Ok(exchange) => panic!("{kind} expected, got {exchange:?}"),
        Err(failure) => {
            assert_eq!(failure.kind(), kind, "{failure}");
            failure
        }
    }
}
