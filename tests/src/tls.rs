//! A service over TLS, HTTP/1.1 or HTTP/2, with certificates made on the spot.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, Uri, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tempfile::NamedTempFile;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A certificate authority of the test's own.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: NamedTempFile,
}

impl Authority {
    /// Makes one.
    ///
    /// # Panics
    ///
    /// Where its file cannot be written.
    #[must_use]
    pub fn new() -> Self {
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key can be made");
        let issuer = CertifiedIssuer::self_signed(parameters, key).expect("it signs itself");
        let file = NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), issuer.pem()).expect("a temporary file can be written");
        Self { issuer, file }
    }

    /// Its certificate, for `--ca-certificate`.
    #[must_use]
    pub fn certificate(&self) -> &Path {
        self.file.path()
    }

    fn configuration(&self, name: &str, protocol: Protocol) -> ServerConfig {
        let key = KeyPair::generate().expect("a key can be made");
        let parameters = CertificateParams::new([name.to_owned()]).expect("a name");
        let certificate = parameters
            .signed_by(&key, &self.issuer)
            .expect("the authority signs");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut configuration = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("the key is the certificate's");
        configuration.alpn_protocols = match protocol {
            Protocol::Http1 => vec![b"http/1.1".to_vec()],
            Protocol::Http2 => vec![b"h2".to_vec()],
            Protocol::Either => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        };
        configuration
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

/// What a TLS service offers in its handshake (ALPN).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `http/1.1` alone.
    Http1,
    /// `h2` alone.
    Http2,
    /// Both, `h2` first.
    Either,
}

/// One request as the service saw it.
#[derive(Clone, Debug)]
pub struct TlsReceived {
    /// HTTP/1.1 or HTTP/2.
    pub version: Version,
    /// The method.
    pub method: Method,
    /// The URI; with HTTP/2 it has scheme and authority.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// On which connection it came, from 1.
    pub connection: usize,
}

/// A service over TLS that answers every request alike. It stops when this is dropped.
#[derive(Debug)]
pub struct TlsTarget {
    address: SocketAddr,
    received: watch::Sender<Vec<TlsReceived>>,
    accepting: JoinHandle<()>,
}

impl TlsTarget {
    /// A service for `https://localhost` that answers `200` with a JSON body.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub async fn start(authority: &Authority, protocol: Protocol, body: &str) -> Self {
        Self::named(authority, protocol, "localhost", body).await
    }

    /// The same with a certificate for another name.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub async fn named(authority: &Authority, protocol: Protocol, name: &str, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let received = watch::Sender::default();
        let service = Service {
            tls: TlsAcceptor::from(Arc::new(authority.configuration(name, protocol))),
            body: Bytes::copy_from_slice(body.as_bytes()),
            received: received.clone(),
        };
        Self {
            address,
            received,
            accepting: tokio::spawn(service.accept(listener)),
        }
    }

    /// A URL there, by the name `localhost`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }

    /// Everything that came so far.
    #[must_use]
    pub fn requests(&self) -> Vec<TlsReceived> {
        self.received.borrow().clone()
    }
}

impl Drop for TlsTarget {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[derive(Clone)]
struct Service {
    tls: TlsAcceptor,
    body: Bytes,
    received: watch::Sender<Vec<TlsReceived>>,
}

impl Service {
    async fn accept(self, listener: TcpListener) {
        let mut connections = tokio::task::JoinSet::new();
        let mut number = 0;
        while let Ok((stream, _)) = listener.accept().await {
            number += 1;
            connections.spawn(self.clone().serve(stream, number));
        }
    }

    async fn serve(self, stream: TcpStream, connection: usize) {
        // A handshake that fails is what some tests are about: the caller records it.
        let Ok(stream) = self.tls.accept(stream).await else {
            return;
        };
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let service = Arc::new(self);
        let answer = service_fn(move |request| {
            let service = Arc::clone(&service);
            async move { service.answer(request, connection).await }
        });
        let io = TokioIo::new(stream);
        let _ = if http2 {
            hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(io, answer)
                .await
        } else {
            hyper::server::conn::http1::Builder::new()
                .serve_connection(io, answer)
                .await
        };
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        connection: usize,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        let body = body
            .collect()
            .await
            .map(http_body_util::Collected::to_bytes)
            .unwrap_or_default();
        self.received.send_modify(|received| {
            received.push(TlsReceived {
                version: head.version,
                method: head.method,
                uri: head.uri,
                headers: head.headers,
                body,
                connection,
            });
        });
        let mut response = Response::new(Full::new(self.body.clone()));
        let json = hyper::header::HeaderValue::from_static("application/json");
        response
            .headers_mut()
            .insert(hyper::header::CONTENT_TYPE, json);
        Ok(response)
    }
}
