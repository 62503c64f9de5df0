//! Answers and failures as the HTTP client gives them, for tests: a service on the loopback that says what it is told to.

use std::{io, time::Duration};

use leadhook_http::{
    Builder, Bytes, Client, Exchange, Failure, FailureKind, Method, Request, Resolve, Resolving,
    Url,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const PATIENCE: Duration = Duration::from_secs(10);

/// What an attempt brings when the service writes `answer` and closes the connection.
pub(super) async fn attempt(answer: &str) -> Result<Exchange, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let client = loopback().max_body(1_000).build().unwrap();
    tokio::select! {
        never = serve(&listener, answer) => match never {},
        result = send(&client, &url, PATIENCE) => result,
    }
}

/// An attempt for each word that a network can cause, and TOO_LARGE.
pub(super) async fn failures() -> Vec<Failure> {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}/", silent.local_addr().unwrap());
    let client = loopback().build().unwrap();
    let (guarded, nowhere) = (Client::builder(), loopback().resolver(Nowhere));
    let large = format!(
        "HTTP/1.1 503 \r\nContent-Length: 9999\r\n\r\n{}",
        "x".repeat(9999)
    );
    vec![
        send(&client, &silent, Duration::from_millis(20))
            .await
            .unwrap_err(),
        send(&nowhere.build().unwrap(), "http://example.com/", PATIENCE)
            .await
            .unwrap_err(),
        send(&client, &closed_port().await, PATIENCE)
            .await
            .unwrap_err(),
        tls().await,
        attempt("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
            .await
            .unwrap_err(),
        attempt("hello\r\n\r\n").await.unwrap_err(),
        send(&guarded.build().unwrap(), &silent, PATIENCE)
            .await
            .unwrap_err(),
        attempt(&large).await.unwrap_err(),
    ]
}

/// Words of [`failures`], in its order.
pub(super) const FAILURES: [FailureKind; 8] = [
    FailureKind::Timeout,
    FailureKind::Dns,
    FailureKind::Connect,
    FailureKind::Tls,
    FailureKind::Closed,
    FailureKind::Protocol,
    FailureKind::RefusedAddress,
    FailureKind::TooLarge,
];

fn loopback() -> Builder {
    Client::builder().allow_address("127.0.0.0/8".parse().unwrap())
}

async fn send(client: &Client, url: &str, timeout: Duration) -> Result<Exchange, Failure> {
    let request = Request {
        method: Method::Get,
        url: Url::parse(url).unwrap(),
        headers: Vec::new(),
        body: Bytes::new(),
        timeout,
    };
    client.send(&request).await
}

async fn serve(listener: &TcpListener, answer: &str) -> std::convert::Infallible {
    loop {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if connection.read_buf(&mut head).await.unwrap() == 0 {
                break;
            }
        }
        // A client that has seen enough may be gone.
        let _ = connection.write_all(answer.as_bytes()).await;
        let _ = connection.shutdown().await;
    }
}

/// A port where nobody listens any more.
async fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// A service that answers a handshake with something else.
async fn tls() -> Failure {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let client = loopback().build().unwrap();
    let service = async {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        std::future::pending::<std::convert::Infallible>().await
    };
    tokio::select! {
        never = service => match never {},
        result = send(&client, &url, PATIENCE) => result.unwrap_err(),
    }
}

/// No name has an address.
struct Nowhere;

impl Resolve for Nowhere {
    fn resolve(&self, _host: &str, _port: u16) -> Resolving {
        Box::pin(async { Ok::<_, io::Error>(Vec::new()) })
    }
}
