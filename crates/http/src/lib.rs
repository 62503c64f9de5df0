//! One HTTP call, bounded and guarded: a [`Client`] sends a [`Request`] and has a complete answer, an [`Exchange`], or a
//! [`Failure`] with a name.
//!
//! Built for calls whose target others decide, webhooks above all. Connections are kept and shared, one deadline holds over
//! everything, what is read has a limit, addresses that only this machine can reach are refused, and the URL goes out as it
//! is written.
//!
//! # A call
//!
//! ```no_run
//! use std::time::Duration;
//! use leadhook_http::{Client, HeaderName, HeaderValue, Method, Request, Url};
//!
//! # async fn call() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder().build()?;
//! let request = Request {
//!     method: Method::Post,
//!     url: Url::parse("https://api.example.com/enrich")?,
//!     headers: vec![(
//!         HeaderName::from_static("content-type"),
//!         HeaderValue::from_static("application/json"),
//!     )],
//!     body: r#"{"email":"ada@example.com"}"#.into(),
//!     timeout: Duration::from_secs(30),
//! };
//! match client.send(&request).await {
//!     Ok(exchange) => println!("{} {} bytes", exchange.status, exchange.body.len()),
//!     Err(failure) => println!("{} {}", failure.kind().word(), failure.detail()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # A service next door
//!
//! Loopback, private networks, cloud metadata and everything else that the whole Internet cannot reach are refused, whatever the
//! name and however the address is spelt, unless their range is allowed:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use leadhook_http::{Client, FailureKind, Method, Request, Url};
//!
//! let request = Request {
//!     method: Method::Get,
//!     url: Url::parse("http://localhost:9/")?,
//!     headers: Vec::new(),
//!     body: Default::default(),
//!     timeout: Duration::from_secs(5),
//! };
//! let client = Client::builder().build()?;
//! let failure = client.send(&request).await.unwrap_err();
//! assert_eq!(failure.kind(), FailureKind::RefusedAddress);
//!
//! let client = Client::builder()
//!     .allow_address("127.0.0.0/8".parse()?)
//!     .allow_address("::1".parse()?)
//!     .build()?;
//! // Nobody listens on the port, but now it is asked.
//! let failure = client.send(&request).await.unwrap_err();
//! assert_eq!(failure.kind(), FailureKind::Connect);
//! # Ok(())
//! # }
//! ```
//!
//! # What holds for every call
//!
//! - **Deadline** (R-CALL-1). [`Request::timeout`] spans name resolution, connecting, TLS, the request and the answer to its
//!   last byte.
//! - **What goes out.** The URL's own characters (R-URL-1), the given headers in their order, and nothing more than `Host` and
//!   `Content-Length`; `Content-Length: 0` for POST, PUT and PATCH without a body.
//! - **What comes back.** HTTP/1.0, HTTP/1.1 and, where TLS negotiates it, HTTP/2. Redirects are answers; interim answers (1xx) are passed over; trailers are read and
//!   forgotten. A body longer than its Content-Length counts up to it.
//! - **Limits.** A head has at most 64 KiB, and in HTTP/1 at most 1,000 headers. A body has at most [`Builder::max_body`] bytes on the wire, and decoded again; reading stops there.
//!   Bodies beyond 64 KiB share [`Builder::body_memory`], and wait for their part of it within their deadline.
//! - **Content codings** (R-CALL-7). gzip, deflate (with zlib's frame or without), br and zstd, up to four on one body. An unknown coding is the
//!   failure `PROTOCOL`. They are decoded whether they were asked for or not.
//! - **Connections.** Kept for 90 s ([`Builder::idle_timeout`]), at most 256 idle ones for one origin ([`Builder::max_idle_per_host`]), and fewer where
//!   [`Builder::max_connections`] are open. One that was used before and ends
//!   before the first byte of an answer is replaced once, within the same deadline (R-CALL-8); so is an HTTP/2 stream that was refused. That a service
//!   may see a request twice is the caller's to make harmless, with an idempotency key.
//! - **Several addresses.** Tried in order, IPv4 and IPv6 by turns, the next one 250 ms after the one before or when that has failed.
//! - **TLS.** 1.2 and 1.3, with aws-lc-rs; the platform's roots, Mozilla's where it has none, and those that were added.
//!
//! What this crate does not do: retries, rate limits, cookies, proxies, caching, signing.

mod body;
mod cidr;
mod client;
mod decode;
mod dial;
mod error;
mod exchange;
mod failure;
mod fault;
mod guard;
mod http1;
mod http2;
mod method;
mod names;
mod outgoing;
mod phrase;
mod pool;
mod request;
mod resolve;
mod retry_after;
mod room;
mod send;
mod stream;
mod tls;
mod url;

pub use bytes::Bytes;
pub use http::{HeaderName, HeaderValue};

pub use crate::{
    cidr::{Cidr, CidrError},
    client::{Builder, Client},
    error::{Error, ErrorKind},
    exchange::{Exchange, Timing, Version},
    failure::{Failure, FailureKind},
    method::Method,
    phrase::registered_phrase,
    request::{Request, is_connection_header},
    resolve::{Resolve, Resolving},
    retry_after::RetryAfter,
    url::{Host, MAX_URL, Scheme, Url, UrlError, UrlErrorKind, percent_decode},
};
