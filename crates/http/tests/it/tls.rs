//! TLS: whom we trust, and what is made of a handshake that fails.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use leadhook_http::{
    Client, ErrorKind, Exchange, Failure, FailureKind, Resolve, Resolving, Version,
};
use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer},
    version::{TLS12, TLS13},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::server::{Peer, Server, builder, get, url};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// A certificate authority made for one test, and a key for the services that it vouches for.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Authority {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// A client that trusts it.
    pub(crate) fn client(&self) -> Client {
        builder()
            .add_root_certificate_pem(self.pem.as_bytes())
            .and_then(leadhook_http::Builder::build)
            .expect("a client")
    }

    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    fn config(
        &self,
        params: &CertificateParams,
    ) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (
            certificate.der().clone(),
            key.serialize_der().try_into().expect("a key"),
        )
    }

    /// What accepts handshakes as `name`.
    pub(crate) fn acceptor(&self, name: &str, alpn: &[&[u8]]) -> TlsAcceptor {
        let params = CertificateParams::new([name.to_owned()]).expect("a name");
        acceptor(self.config(&params), alpn, &[&TLS13, &TLS12])
    }
}

fn acceptor(
    (certificate, key): (CertificateDer<'static>, PrivateKeyDer<'static>),
    alpn: &[&[u8]],
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> TlsAcceptor {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions of this provider")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a key of its certificate");
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// Everything is here: not every system knows `localhost.` with its final dot.
struct Loopback;

impl Resolve for Loopback {
    fn resolve(&self, host: &str, port: u16) -> Resolving {
        assert_eq!(host, "localhost.");
        Box::pin(async move { Ok(vec![SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)]) })
    }
}

async fn accept(acceptor: &TlsAcceptor, peer: Peer) -> io::Result<TlsStream<TcpStream>> {
    acceptor.accept(peer.into_stream()).await
}

/// A service that answers every request over TLS, and closes as TLS prescribes.
async fn answering(acceptor: TlsAcceptor) -> Server {
    Server::start(move |_, peer| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = accept(&acceptor, peer).await else {
                return;
            };
            let mut request = [0; 4096];
            while matches!(stream.read(&mut request).await, Ok(1..)) {
                stream.write_all(OK).await.expect("a client");
            }
        }
    })
    .await
}

async fn call(client: &Client, server: &Server, host: &str) -> Result<Exchange, Failure> {
    client
        .send(&get(url(&format!(
            "https://{host}:{}/",
            server.address.port()
        ))))
        .await
}

async fn refused(client: &Client, server: &Server, host: &str) {
    let failure = call(client, server, host).await.expect_err("no trust");
    assert_eq!(failure.kind(), FailureKind::Tls, "{failure}");
}

#[tokio::test]
async fn a_root_that_was_added_is_trusted_and_connections_are_kept() {
    let authority = Authority::new();
    for alpn in [&[][..], &[&b"http/1.1"[..]]] {
        let server = answering(authority.acceptor("localhost", alpn)).await;
        let client = authority.client();
        for _ in 0..3 {
            let exchange = call(&client, &server, "localhost")
                .await
                .expect("an answer");
            assert_eq!(
                (exchange.version, &exchange.body[..]),
                (Version::Http1, &b"hi"[..])
            );
        }
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn an_address_and_a_final_dot_are_names_too() {
    let authority = Authority::new();
    let server = answering(authority.acceptor("127.0.0.1", &[])).await;
    call(&authority.client(), &server, "127.0.0.1")
        .await
        .expect("an answer");
    let client = builder()
        .resolver(Loopback)
        .add_root_certificate_pem(authority.pem.as_bytes())
        .and_then(leadhook_http::Builder::build)
        .expect("a client");
    let server = answering(authority.acceptor("localhost", &[])).await;
    call(&client, &server, "LOCALHOST.")
        .await
        .expect("an answer");
}

#[tokio::test]
async fn tls_1_2_is_spoken() {
    let authority = Authority::new();
    let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let server = answering(acceptor(authority.config(&params), &[], &[&TLS12])).await;
    call(&authority.client(), &server, "localhost")
        .await
        .expect("an answer");
}

#[tokio::test]
async fn r_call_4_tls_when_the_certificate_does_not_hold() {
    let authority = Authority::new();
    let server = answering(authority.acceptor("localhost", &[])).await;
    refused(&crate::server::client(), &server, "localhost").await;
    refused(&Authority::new().client(), &server, "localhost").await;
    refused(&authority.client(), &server, "127.0.0.1").await;

    let mut expired = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    expired.not_after = date_time_ymd(2020, 1, 1);
    let server = answering(acceptor(authority.config(&expired), &[], &[&TLS13])).await;
    refused(&authority.client(), &server, "localhost").await;
}

#[tokio::test]
async fn r_call_4_tls_when_the_service_speaks_none_or_ends_the_handshake() {
    let plain = Server::start(|_, mut peer| async move { peer.send(OK).await }).await;
    refused(&crate::server::client(), &plain, "127.0.0.1").await;
    let closing = Server::start(|_, peer| async move { drop(peer) }).await;
    refused(&crate::server::client(), &closing, "127.0.0.1").await;
}

#[tokio::test]
async fn r_call_1_the_handshake_is_within_the_deadline() {
    let server = Server::start(|_, mut peer| async move { peer.closed().await }).await;
    let mut request = get(url(&format!("https://{}/", server.address)));
    request.timeout = Duration::from_millis(100);
    let failure = crate::server::client()
        .send(&request)
        .await
        .expect_err("silence");
    assert_eq!(failure.kind(), FailureKind::Timeout);
}

#[tokio::test]
async fn r_call_4_closed_when_a_body_without_length_ends_without_a_farewell() {
    // Only the farewell of TLS tells the end of such a body from somebody cutting it short.
    let authority = Authority::new();
    for says_farewell in [true, false] {
        let acceptor = authority.acceptor("localhost", &[]);
        let server = Server::start(move |_, peer| {
            let acceptor = acceptor.clone();
            async move {
                let mut stream = accept(&acceptor, peer).await.expect("a handshake");
                let read = stream.read(&mut [0; 4096]).await.expect("a request");
                assert!(read > 0);
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\n\r\nhalf")
                    .await
                    .expect("a client");
                stream.flush().await.expect("a client");
                if says_farewell {
                    stream.shutdown().await.expect("a client");
                }
            }
        })
        .await;
        match call(&authority.client(), &server, "localhost").await {
            Ok(exchange) => assert!(says_farewell && exchange.body == "half", "{exchange:?}"),
            Err(failure) => {
                assert!(!says_farewell, "{failure}");
                assert_eq!(
                    (failure.kind(), failure.status()),
                    (FailureKind::Closed, Some(200))
                );
            }
        }
    }
}

#[tokio::test]
async fn a_dial_that_fails_serves_all_that_waited_for_it() {
    let server = Arc::new(Server::start(|_, peer| async move { drop(peer) }).await);
    let client = crate::server::client();
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let (client, server) = (client.clone(), server.clone());
            tokio::spawn(async move { refused(&client, &server, "127.0.0.1").await })
        })
        .collect();
    for call in calls {
        call.await.expect("it is refused");
    }
    assert_eq!(server.connections(), 1);
    refused(&client, &server, "127.0.0.1").await;
    assert_eq!(server.connections(), 2, "a later call dials again");
}

#[tokio::test]
async fn a_dial_that_is_given_up_is_taken_over() {
    let authority = Authority::new();
    let acceptor = authority.acceptor("localhost", &[]);
    let server = Arc::new(
        Server::start(move |number, mut peer| {
            let acceptor = acceptor.clone();
            async move {
                if number == 0 {
                    return peer.closed().await;
                }
                let mut stream = accept(&acceptor, peer).await.expect("a handshake");
                let read = stream.read(&mut [0; 4096]).await.expect("a request");
                assert!(read > 0);
                stream.write_all(OK).await.expect("a client");
            }
        })
        .await,
    );
    let client = authority.client();
    let mut hasty = get(url(&format!(
        "https://localhost:{}/",
        server.address.port()
    )));
    hasty.timeout = Duration::from_millis(100);
    let patient = tokio::spawn({
        let (client, server) = (client.clone(), server.clone());
        async move {
            while server.connections() == 0 {
                tokio::task::yield_now().await;
            }
            call(&client, &server, "localhost").await
        }
    });
    assert_eq!(
        client.send(&hasty).await.expect_err("silence").kind(),
        FailureKind::Timeout
    );
    assert_eq!(
        patient.await.expect("no panic").expect("an answer").status,
        200
    );
    assert_eq!(server.connections(), 2);
}

#[test]
fn root_certificates_are_checked_when_they_are_given() {
    let good = Authority::new().pem;
    let cut = good.replace("-----END CERTIFICATE-----", "");
    let other = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    for (pem, word) in [
        ("", "no certificate"),
        ("hello", "no certificate"),
        (&cut, "PEM"),
        (other, "certificate 1 "),
    ] {
        let error = Client::builder()
            .add_root_certificate_pem(pem.as_bytes())
            .expect_err(pem);
        assert_eq!(error.kind(), ErrorKind::RootCertificate);
        assert!(error.to_string().contains(word), "{error}");
    }
    let both = format!("{good}{}", Authority::new().pem);
    let _ = Client::builder()
        .add_root_certificate_pem(both.as_bytes())
        .expect("two roots");
}
