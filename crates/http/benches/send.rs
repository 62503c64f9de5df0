//! One call over a kept connection: `Client::send` against hyper's bare sender, both over loopback to a service that answers from
//! memory on a thread of its own.
//!
//! `cargo bench -p leadhook-http`; the ratio stands at the end.

#![expect(clippy::print_stdout, reason = "a bench reports to who runs it")]

use std::{
    convert::Infallible,
    hint::black_box,
    net::{SocketAddr, TcpListener},
    time::{Duration, Instant},
};

use bytes::Bytes;
use criterion::{Criterion, Throughput};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use leadhook_http::{Client, HeaderName, HeaderValue, Method, Request, Url};
use tokio::{net::TcpStream, runtime::Runtime, task::JoinSet};

const CONCURRENCY: u64 = 256;
const PAYLOAD: &[u8] = &[b'x'; 300];
const HEADERS: [(&str, &str); 5] = [
    ("content-type", "application/json"),
    ("accept", "application/json"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("user-agent", "leadhook/0.1.0"),
    ("idempotency-key", "8c3a1f0e5b7d4c2a9e6f1b0d3a5c7e9f"),
];

/// Answers whatever comes, as long as it comes in one piece.
fn service() -> SocketAddr {
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{}",
        "y".repeat(200)
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .expect("a runtime");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    listener.set_nonblocking(true).expect("a socket");
    std::thread::spawn(move || {
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime");
            loop {
                let (stream, _) = listener.accept().await.expect("a client");
                tokio::spawn(answer_all(stream, answer.clone()));
            }
        });
    });
    address
}

async fn answer_all(mut stream: TcpStream, answer: String) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut request = [0; 4096];
    while matches!(stream.read(&mut request).await, Ok(1..)) {
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn request(address: SocketAddr) -> Request {
    let header = |(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    Request {
        method: Method::Post,
        url: Url::parse(&format!("http://{address}/enrich?source=bench")).expect("a URL"),
        headers: HEADERS.map(header).into(),
        body: Bytes::from_static(PAYLOAD),
        timeout: Duration::from_secs(30),
    }
}

async fn ours(client: &Client, request: &Request) {
    let exchange = client.send(request).await.expect("an answer");
    assert_eq!(exchange.body.len(), 200);
    black_box(exchange);
}

type Body = BoxBody<Bytes, Infallible>;

/// A connection as hyper's guide makes it: its task moves the bytes.
async fn bare_connection(address: SocketAddr) -> SendRequest<Body> {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("a handshake");
    tokio::spawn(connection);
    sender
}

/// The same request and the whole body, with neither pool, deadline, limits nor decoding.
async fn bare(sender: &mut SendRequest<Body>, host: &str) {
    let mut request = http::Request::post("/enrich?source=bench").header("host", host);
    for (name, value) in HEADERS {
        request = request.header(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    let request = request
        .body(Full::new(Bytes::from_static(PAYLOAD)).boxed())
        .expect("a request");
    sender.ready().await.expect("an open connection");
    let answer = sender.send_request(request).await.expect("an answer");
    let body = answer
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    assert_eq!(body.len(), 200);
    black_box(body);
}

fn client() -> Client {
    let builder = Client::builder().allow_address("127.0.0.0/8".parse().expect("a range"));
    builder.build().expect("a client")
}

async fn ours_at_once(client: &Client, request: &Request, calls: u64) {
    let mut tasks = JoinSet::new();
    for at in 0..CONCURRENCY {
        let (client, request) = (client.clone(), request.clone());
        let mine = share(calls, at);
        tasks.spawn(async move {
            for _ in 0..mine {
                ours(&client, &request).await;
            }
        });
    }
    tasks.join_all().await;
}

async fn bare_at_once(address: SocketAddr, senders: &mut Vec<SendRequest<Body>>, calls: u64) {
    let host = address.to_string();
    let mut tasks = JoinSet::new();
    for (at, mut sender) in (0..).zip(senders.drain(..)) {
        let host = host.clone();
        let mine = share(calls, at);
        tasks.spawn(async move {
            for _ in 0..mine {
                bare(&mut sender, &host).await;
            }
            sender
        });
    }
    senders.extend(tasks.join_all().await);
}

fn share(calls: u64, at: u64) -> u64 {
    calls / CONCURRENCY + u64::from(at < calls % CONCURRENCY)
}

fn bench(criterion: &mut Criterion, runtime: &Runtime) {
    let address = service();
    let (client, request) = (client(), request(address));
    let host = address.to_string();
    let mut sender = runtime.block_on(bare_connection(address));
    let mut group = criterion.benchmark_group("one call after the other");
    group.throughput(Throughput::Elements(1));
    group.bench_function("bare hyper sender", |bencher| {
        bencher.iter(|| runtime.block_on(bare(&mut sender, &host)));
    });
    group.bench_function("send", |bencher| {
        bencher.iter(|| runtime.block_on(ours(&client, &request)));
    });
    group.finish();

    let mut senders = runtime.block_on(async {
        let mut senders = Vec::new();
        for _ in 0..CONCURRENCY {
            senders.push(bare_connection(address).await);
        }
        senders
    });
    let mut group = criterion.benchmark_group("256 calls at once");
    group.throughput(Throughput::Elements(1));
    group.bench_function("bare hyper sender", |bencher| {
        bencher.iter_custom(|calls| {
            let started = Instant::now();
            runtime.block_on(bare_at_once(address, &mut senders, calls));
            started.elapsed()
        });
    });
    group.bench_function("send", |bencher| {
        bencher.iter_custom(|calls| {
            let started = Instant::now();
            runtime.block_on(ours_at_once(&client, &request, calls));
            started.elapsed()
        });
    });
    group.finish();
}

/// The bare sender and ours by turns, so that the machine's moods meet both; the median of the ratios.
fn ratios(runtime: &Runtime) {
    const CALLS: u64 = 8_192;
    let address = service();
    let (client, request, host) = (client(), request(address), address.to_string());
    let mut sender = runtime.block_on(bare_connection(address));
    let mut senders = Vec::new();
    runtime.block_on(async {
        for _ in 0..CONCURRENCY {
            senders.push(bare_connection(address).await);
        }
    });
    let mut one = Vec::new();
    let mut many = Vec::new();
    for _ in 0..9 {
        one.push(ratio(
            || runtime.block_on(bare_in_turn(&mut sender, &host, CALLS)),
            || runtime.block_on(ours_in_turn(&client, &request, CALLS)),
        ));
        many.push(ratio(
            || runtime.block_on(bare_at_once(address, &mut senders, CALLS)),
            || runtime.block_on(ours_at_once(&client, &request, CALLS)),
        ));
    }
    println!(
        "send / bare hyper sender: {:.2} one after the other, {:.2} with 256 at once",
        median(one),
        median(many)
    );
}

async fn bare_in_turn(sender: &mut SendRequest<Body>, host: &str, calls: u64) {
    for _ in 0..calls {
        bare(sender, host).await;
    }
}

async fn ours_in_turn(client: &Client, request: &Request, calls: u64) {
    for _ in 0..calls {
        ours(client, request).await;
    }
}

fn ratio(rival: impl FnOnce(), ours: impl FnOnce()) -> f64 {
    let started = Instant::now();
    rival();
    let rival = started.elapsed();
    let started = Instant::now();
    ours();
    started.elapsed().as_secs_f64() / rival.as_secs_f64()
}

fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut criterion = Criterion::default().configure_from_args();
    bench(&mut criterion, &runtime);
    criterion.final_summary();
    ratios(&runtime);
}
