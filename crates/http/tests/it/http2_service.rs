//! A service that speaks HTTP/2 over TLS, scripted by tests.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use h2::{
    RecvStream,
    server::{self, Connection, SendResponse},
};
use http::{Request, Response};
use leadhook_http::{Client, FailureKind, Version};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::{
    server::{Server, get, url},
    tls::Authority,
};

pub(crate) type Conn = Connection<TlsStream<TcpStream>, Bytes>;
pub(crate) type Incoming = (Request<RecvStream>, SendResponse<Bytes>);

/// A service that speaks HTTP/2 over TLS.
pub(crate) struct Http2 {
    pub(crate) server: Server,
    pub(crate) client: Client,
    /// Requests that it took.
    pub(crate) requests: Arc<AtomicUsize>,
}

impl Http2 {
    /// Runs `script` for each connection once its handshake is done.
    pub(crate) async fn start<F, S>(builder: server::Builder, script: S) -> Http2
    where
        S: Fn(usize, Conn, Arc<AtomicUsize>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let authority = Authority::new();
        let acceptor = authority.acceptor("localhost", &[b"h2"]);
        let requests = Arc::<AtomicUsize>::default();
        let count = requests.clone();
        let server = Server::start(move |number, peer| {
            let (acceptor, builder, script, count) = (
                acceptor.clone(),
                builder.clone(),
                script.clone(),
                count.clone(),
            );
            async move {
                let Ok(stream) = acceptor.accept(peer.into_stream()).await else {
                    return;
                };
                let Ok(connection) = builder.handshake(stream).await else {
                    return;
                };
                script(number, connection, count).await;
            }
        })
        .await;
        Http2 {
            server,
            client: authority.client(),
            requests,
        }
    }

    /// Hands each request to `answer`, which must not wait.
    pub(crate) async fn answering(
        answer: impl Fn(usize, Incoming) + Clone + Send + Sync + 'static,
    ) -> Http2 {
        Http2::start(
            server::Builder::new(),
            move |number, mut connection, count| {
                let answer = answer.clone();
                async move {
                    while let Some(Ok(incoming)) = connection.accept().await {
                        count.fetch_add(1, Ordering::SeqCst);
                        answer(number, incoming);
                    }
                }
            },
        )
        .await
    }

    pub(crate) fn request(&self) -> leadhook_http::Request {
        get(url(&format!(
            "https://localhost:{}/",
            self.server.address.port()
        )))
    }

    pub(crate) async fn ok(&self) {
        let exchange = self.client.send(&self.request()).await;
        let exchange = exchange.unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!((exchange.status, exchange.version), (200, Version::Http2));
        assert_eq!(exchange.body, "hi");
    }

    pub(crate) async fn failure(&self, kind: FailureKind) -> leadhook_http::Failure {
        let failure = self
            .client
            .send(&self.request())
            .await
            .expect_err("no answer");
        assert_eq!(failure.kind(), kind, "{failure}");
        failure
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

pub(crate) fn ok((_, mut respond): Incoming) {
    let mut stream = respond
        .send_response(Response::new(()), false)
        .expect("an open stream");
    stream.send_data("hi".into(), true).expect("an open stream");
}

/// Answers the next request of a connection, and lets it reach the client.
pub(crate) async fn serve_one(connection: &mut Conn, count: &AtomicUsize) {
    if let Some(Ok(incoming)) = connection.accept().await {
        count.fetch_add(1, Ordering::SeqCst);
        ok(incoming);
    }
}
