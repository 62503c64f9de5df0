//! The bare reference: what plain hyper takes for the same requests, with nothing rendered, mapped or stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::helper::Helper;
use crate::say;
use crate::service::BODY;
use crate::usage::processor_time;

/// A payload as the server renders it from `store::PAYLOAD`, of the same length.
pub(crate) const PAYLOAD: &str = r#"{"email": "lead0000000@example.com", "firstName": "Ada 0000000", "lastName": "Lovelace-King", "city": "San Francisco", "score": 42, "event": "none", "source": "Campaign of spring", "consent": {"mail": true, "phone": false}, "locale": "en-US", "products": ["starter", "support"], "note": "as agreed"}"#;

/// The headers that the server sends, in their order, beside Host and Content-Length.
pub(crate) const HEADERS: [(&str, &str); 5] = [
    ("content-type", "application/json"),
    ("accept", "application/json"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    (
        "user-agent",
        concat!("leadhook/", env!("CARGO_PKG_VERSION")),
    ),
    ("idempotency-key", "0123456789abcdef0123456789abcdef"),
];

/// How fast the bare reference was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bare {
    pub(crate) calls: f64,
    pub(crate) elapsed: Duration,
    /// Processor time of its process.
    processor: Duration,
}

impl Bare {
    pub(crate) fn calls_per_second(&self) -> f64 {
        self.calls / self.elapsed.as_secs_f64()
    }

    /// Processor time of a call in microseconds: what is left for the server is little where the kernel needs most.
    pub(crate) fn processor_per_call(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / self.calls
    }
}

/// Does `ours` between two runs of the bare reference, since a machine is not always as fast; gives also their mean.
pub(crate) async fn beside<T>(
    url: &str,
    count: usize,
    in_flight: usize,
    ours: impl Future<Output = T>,
) -> (T, Bare) {
    let before = measure(url, count, in_flight);
    let ours = ours.await;
    let after = measure(url, count, in_flight);
    let mean = Bare {
        elapsed: (before.elapsed + after.elapsed) / 2,
        processor: (before.processor + after.processor) / 2,
        ..before
    };
    (ours, mean)
}

/// Makes `count` calls in a process of its own, `in_flight` at once.
fn measure(url: &str, count: usize, in_flight: usize) -> Bare {
    let (calls, in_flight) = (count.to_string(), in_flight.to_string());
    let mut helper = Helper::start([
        "bare",
        "--url",
        url,
        "--count",
        &calls,
        "--in-flight",
        &in_flight,
    ]);
    let mut nanoseconds = || Duration::from_nanos(helper.line().parse().expect("nanoseconds"));
    Bare {
        calls: count as f64,
        elapsed: nanoseconds(),
        processor: nanoseconds(),
    }
}

/// The process of [`measure`].
pub(crate) fn run(url: &str, count: usize, in_flight: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let elapsed = runtime.block_on(call_all(url.parse().expect("a URL"), count, in_flight));
    say(&elapsed.as_nanos().to_string());
    let processor = processor_time(std::process::id());
    say(&processor.as_nanos().to_string());
}

async fn call_all(url: Uri, count: usize, in_flight: usize) -> Duration {
    let begun = Instant::now();
    let left = Arc::new(AtomicUsize::new(count));
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let (url, left) = (url.clone(), Arc::clone(&left));
        tasks.spawn(async move {
            let mut connection = Connection::open(&url).await;
            while take_one(&left) {
                connection.call().await;
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("every call is answered");
    }
    begun.elapsed()
}

fn take_one(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
        left.checked_sub(1)
    })
    .is_ok()
}

/// A connection that makes one call after the other.
#[derive(Debug)]
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    path: Uri,
    headers: HeaderMap,
}

impl Connection {
    pub(crate) async fn open(url: &Uri) -> Connection {
        let authority = url.authority().expect("an absolute URL");
        let stream = TcpStream::connect(authority.as_str())
            .await
            .expect("the service accepts");
        stream.set_nodelay(true).expect("a TCP connection");
        let (sender, driver) = http1::handshake(TokioIo::new(stream))
            .await
            .expect("a connection");
        tokio::spawn(driver);
        let host = HeaderValue::from_str(authority.as_str()).expect("an authority");
        let headers = HEADERS.map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        Connection {
            sender,
            path: Uri::try_from(url.path()).expect("a path"),
            headers: [(hyper::header::HOST, host)]
                .into_iter()
                .chain(headers)
                .collect(),
        }
    }

    pub(crate) async fn call(&mut self) {
        let mut request = Request::new(Full::new(Bytes::from_static(PAYLOAD.as_bytes())));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = self.headers.clone();
        self.sender.ready().await.expect("it is kept open");
        let answer = self.sender.send_request(request).await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let body = answer.into_body().collect().await.expect("its body");
        assert_eq!(body.to_bytes().len(), BODY.len());
    }
}
