//! Guarded addresses, judged after name resolution, and several addresses of one name.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use leadhook_http::{Client, FailureKind, Resolve, Resolving};
use tokio::net::TcpListener;

use crate::server::{Server, builder, get, url};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// Answers with fixed addresses and counts how often it is asked.
#[derive(Clone, Default)]
struct Fixed {
    addresses: Vec<IpAddr>,
    asked: Arc<AtomicUsize>,
}

impl Fixed {
    fn new(addresses: &[&str]) -> Fixed {
        let addresses = addresses
            .iter()
            .map(|text| text.parse().expect("an address"))
            .collect();
        Fixed {
            addresses,
            ..Fixed::default()
        }
    }
}

impl Resolve for Fixed {
    fn resolve(&self, _host: &str, port: u16) -> Resolving {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let addresses = self
            .addresses
            .iter()
            .map(|address| SocketAddr::new(*address, port))
            .collect();
        Box::pin(async move { Ok(addresses) })
    }
}

#[tokio::test]
async fn r_call_4_refused_address_for_literals_however_they_are_spelt() {
    let client = Client::builder().build().expect("a client");
    let server = Server::always(OK).await;
    let port = server.address.port();
    for host in [
        "127.0.0.1",
        "[::1]",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
    ] {
        let failure = client
            .send(&get(url(&format!("http://{host}:{port}/"))))
            .await
            .expect_err(host);
        assert_eq!(
            failure.kind(),
            FailureKind::RefusedAddress,
            "{host}: {failure}"
        );
    }
    let failure = client
        .send(&get(url("http://169.254.169.254/latest/meta-data/")))
        .await
        .expect_err("metadata");
    assert_eq!(failure.kind(), FailureKind::RefusedAddress);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn r_call_4_refused_address_is_judged_on_what_the_name_resolves_to() {
    let server = Server::always(OK).await;
    let target = url(&format!("http://public.example:{}/", server.address.port()));
    let guarded = Client::builder()
        .resolver(Fixed::new(&["127.0.0.1", "10.0.0.1"]))
        .build()
        .expect("a client");
    let failure = guarded
        .send(&get(target.clone()))
        .await
        .expect_err("guarded");
    assert_eq!(failure.kind(), FailureKind::RefusedAddress);
    assert_eq!(
        failure.detail(),
        "public.example (127.0.0.1) is not reachable from the whole Internet; start the server with `--allow-address 127.0.0.1/32` to call it"
    );
    assert_eq!(server.connections(), 0);

    // One that may be called among guarded ones is.
    let mixed = Fixed::new(&["169.254.169.254", "127.0.0.1"]);
    let client = builder().resolver(mixed).build().expect("a client");
    assert_eq!(
        client.send(&get(target)).await.expect("an answer").status,
        200
    );
}

#[tokio::test]
async fn another_address_is_tried_when_one_refuses() {
    let server = Server::always(OK).await;
    let target = url(&format!("http://two.example:{}/", server.address.port()));
    // Nobody listens on the second loopback address.
    let client = builder()
        .resolver(Fixed::new(&["127.0.0.2", "127.0.0.1"]))
        .build()
        .expect("a client");
    let mut request = get(target);
    request.timeout = Duration::from_millis(200);
    assert_eq!(client.send(&request).await.expect("an answer").status, 200);
}

#[tokio::test]
async fn another_address_is_tried_beside_one_that_does_not_answer() {
    // A full backlog drops what wants to connect: the kernel answers nothing.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket
        .bind("127.0.0.3:0".parse().expect("an address"))
        .expect("free");
    let silent = socket.listen(1).expect("it listens");
    let address = silent.local_addr().expect("bound");
    let mut waiting = Vec::new();
    for _ in 0..8 {
        let connect = tokio::net::TcpStream::connect(address);
        waiting.push(tokio::time::timeout(Duration::from_millis(20), connect).await);
    }
    assert!(
        waiting.last().is_some_and(Result::is_err),
        "the backlog is full"
    );
    let answering = TcpListener::bind(("127.0.0.1", address.port()))
        .await
        .expect("the same port is free there");
    tokio::spawn(async move {
        let (mut stream, _) = answering.accept().await.expect("a call");
        let mut head = [0; 16];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut head)
            .await
            .expect("a request");
        tokio::io::AsyncWriteExt::write_all(&mut stream, OK)
            .await
            .expect("a client");
    });
    let client = builder()
        .resolver(Fixed::new(&["127.0.0.3", "127.0.0.1"]))
        .build()
        .expect("a client");
    let mut request = get(url(&format!("http://two.example:{}/", address.port())));
    request.timeout = Duration::from_millis(900);
    let exchange = client
        .send(&request)
        .await
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(
        exchange.timing.elapsed >= Duration::from_millis(250),
        "it waits before it tries the next"
    );
}

#[tokio::test]
async fn r_call_4_dns_when_there_is_no_address() {
    let client = builder()
        .resolver(Fixed::new(&[]))
        .build()
        .expect("a client");
    let failure = client
        .send(&get(url("http://nowhere.example/")))
        .await
        .expect_err("no address");
    assert_eq!(failure.kind(), FailureKind::Dns);
    assert_eq!(failure.detail(), "nowhere.example has no address");
}

#[tokio::test]
async fn r_call_1_name_resolution_is_within_the_deadline() {
    struct Never;
    impl Resolve for Never {
        fn resolve(&self, _host: &str, _port: u16) -> Resolving {
            Box::pin(std::future::pending::<io::Result<Vec<SocketAddr>>>())
        }
    }
    let client = builder().resolver(Never).build().expect("a client");
    let mut request = get(url("http://slow.example/"));
    request.timeout = Duration::from_millis(100);
    assert_eq!(
        client.send(&request).await.expect_err("silence").kind(),
        FailureKind::Timeout
    );
}

#[tokio::test]
async fn calls_at_once_share_one_look_up() {
    let server = Arc::new(Server::always(OK).await);
    let resolver = Fixed::new(&["127.0.0.1"]);
    let client = builder()
        .resolver(resolver.clone())
        .build()
        .expect("a client");
    let target = url(&format!("http://one.example:{}/", server.address.port()));
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let (client, request) = (client.clone(), get(target.clone()));
            tokio::spawn(async move { client.send(&request).await.map(|exchange| exchange.status) })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.expect("no panic"), Ok(200));
    }
    assert_eq!(resolver.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_address_in_the_url_needs_no_resolver() {
    let server = Server::always(OK).await;
    let resolver = Fixed::new(&[]);
    let client = builder()
        .resolver(resolver.clone())
        .build()
        .expect("a client");
    client.send(&get(server.url("/"))).await.expect("an answer");
    assert_eq!(resolver.asked.load(Ordering::SeqCst), 0);
}
