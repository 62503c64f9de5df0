//! What is sent.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};

use crate::{method::Method, url::Url};

/// One attempt of a call: what goes out, and how long it may take.
///
/// Nothing is added to it but `Host` and `Content-Length`.
///
/// ```
/// use std::time::Duration;
/// use leadhook_http::{HeaderName, HeaderValue, Method, Request, Url};
///
/// let request = Request {
///     method: Method::Post,
///     url: Url::parse("https://api.example.com/enrich?source=form%20fill")?,
///     headers: vec![(
///         HeaderName::from_static("content-type"),
///         HeaderValue::from_static("application/json"),
///     )],
///     body: r#"{"email":"ada@example.com"}"#.into(),
///     timeout: Duration::from_secs(30),
/// };
/// assert_eq!(request.url.path_and_query(), "/enrich?source=form%20fill");
/// # Ok::<(), leadhook_http::UrlError>(())
/// ```
#[derive(Clone)]
pub struct Request {
    /// The request type.
    pub method: Method,
    /// Where it goes. Credentials in it are not sent: see [`Url::credentials`].
    pub url: Url,
    /// Headers, sent in this order; several of one name are all sent. Those that belong to the connection
    /// ([`is_connection_header`]) are left out.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The payload; empty for none.
    pub body: Bytes,
    /// From name resolution to the last byte of the answer (R-CALL-1).
    pub timeout: Duration,
}

/// Headers may hold secrets, so their values are not shown.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &names)
            .field("body_length", &self.body.len())
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// Whether a header belongs to the connection and its framing: a caller cannot set it (R-HDR-1).
///
/// These are `Host`, `Content-Length`, `Transfer-Encoding`, `Connection`, `TE`, `Trailer`, `Upgrade`, `Expect`, `Keep-Alive` and
/// `Proxy-Connection`.
///
/// ```
/// use leadhook_http::{HeaderName, is_connection_header};
///
/// assert!(is_connection_header(&HeaderName::from_static("transfer-encoding")));
/// assert!(!is_connection_header(&HeaderName::from_static("accept")));
/// ```
#[must_use]
pub fn is_connection_header(name: &HeaderName) -> bool {
    const OWN: [HeaderName; 8] = [
        header::HOST,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::CONNECTION,
        header::TE,
        header::TRAILER,
        header::UPGRADE,
        header::EXPECT,
    ];
    OWN.contains(name) || name == "keep-alive" || name == "proxy-connection"
}
