//! URLs, kept as they are written (R-URL-1).
//!
//! A parsed [`Url`] is what a connection and a request line need: nothing is decoded, normalised or resolved. How a URL comes
//! from a template is the caller's business.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    ops::Range,
};

use bytes::Bytes;
use http::{HeaderValue, uri::PathAndQuery};

mod error;
mod parse;

pub use self::{
    error::{UrlError, UrlErrorKind},
    parse::percent_decode,
};

/// Largest URL, in bytes (R-URL-3).
pub const MAX_URL: usize = 8 << 10;

/// An `http` or `https` URL whose path and query go out byte for byte as they were written.
///
/// Cheap to clone. Two URLs are equal when they connect to the same place and ask for the same thing there; credentials do
/// not count.
///
/// ```
/// use leadhook_http::Url;
///
/// let url = Url::parse("https://ada:s%3Acret@Example.com:8443/a/../%7e?x=1&y=%26#top")?;
/// assert_eq!(url.path_and_query(), "/a/../%7e?x=1&y=%26");
/// assert_eq!(url.authority(), "Example.com:8443");
/// assert_eq!(url.credentials(), Some(&b"ada:s:cret"[..]));
/// assert_eq!(url.to_string(), "https://Example.com:8443/a/../%7e?x=1&y=%26");
/// # Ok::<(), leadhook_http::UrlError>(())
/// ```
#[derive(Clone)]
pub struct Url {
    /// `https://example.com:8443`, lower case and with its port: the name of its connections. After it, in the same
    /// allocation, the authority as written and the path and query.
    text: Bytes,
    origin_length: u16,
    host: HostSpan,
    port: u16,
    scheme: Scheme,
    /// The authority as written, ready to be the Host header.
    authority: HeaderValue,
    path_and_query: PathAndQuery,
    credentials: Option<Box<[u8]>>,
}

/// The scheme of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// In lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// Where the host stands in the origin, and what it is.
#[derive(Clone, Debug)]
enum HostSpan {
    Name(Range<u16>),
    Address(IpAddr),
}

/// The host of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Host<'a> {
    /// A name to be resolved, in lower case.
    Name(&'a str),
    /// An address.
    Address(IpAddr),
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::Address(address) => address.fmt(f),
        }
    }
}

impl Url {
    /// Reads a URL.
    ///
    /// `http` or `https`, optional `user:password@`, a host (name, IPv4 address, or IPv6 address in brackets), optional port, path and
    /// query. A fragment is dropped. An empty path is sent as `/`.
    ///
    /// # Errors
    ///
    /// When it has more than [`MAX_URL`] bytes, another scheme or none, no host or one that is none, or a character that a request line
    /// cannot carry: space, controls, non-ASCII and ``< > " ` ``.
    ///
    /// ```
    /// use leadhook_http::{Url, UrlErrorKind};
    ///
    /// let error = Url::parse("https://example.com/a b").unwrap_err();
    /// assert_eq!(error.kind(), UrlErrorKind::Character);
    /// assert_eq!(error.to_string(), "character ` ` at byte 21 cannot stand in a URL; write it `%20`");
    /// ```
    pub fn parse(text: &str) -> Result<Url, UrlError> {
        parse::parse(text)
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> Host<'_> {
        match &self.host {
            HostSpan::Name(range) => {
                Host::Name(&self.origin()[usize::from(range.start)..usize::from(range.end)])
            }
            HostSpan::Address(address) => Host::Address(*address),
        }
    }

    /// The port, 1 to 65535: as written, else 80 or 443.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as written: what the Host header says.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.authority
            .to_str()
            .expect("an authority is visible ASCII")
    }

    /// What the request line asks for, byte for byte as written; it begins with `/`.
    #[must_use]
    pub fn path_and_query(&self) -> &str {
        self.path_and_query.as_str()
    }

    /// `user:password`, percent-decoded, to be put in a Basic header (R-URL-4). They are never sent by themselves.
    #[must_use]
    pub fn credentials(&self) -> Option<&[u8]> {
        self.credentials.as_deref()
    }

    /// `https://example.com:443`: what connections are kept by.
    pub(crate) fn origin(&self) -> &str {
        let origin = &self.text[..usize::from(self.origin_length)];
        std::str::from_utf8(origin).expect("an origin is ASCII")
    }

    pub(crate) fn host_header(&self) -> &HeaderValue {
        &self.authority
    }

    /// Cheap: it shares the URL's text.
    pub(crate) fn request_target(&self) -> &PathAndQuery {
        &self.path_and_query
    }

    /// The authority's bytes, shared with the URL.
    pub(crate) fn authority_bytes(&self) -> Bytes {
        let start = usize::from(self.origin_length);
        self.text.slice(start..start + self.authority.len())
    }
}

impl PartialEq for Url {
    fn eq(&self, other: &Url) -> bool {
        self.origin() == other.origin() && self.path_and_query() == other.path_and_query()
    }
}

impl Eq for Url {}

/// Without credentials and fragment.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}{}",
            self.scheme.as_str(),
            self.authority(),
            self.path_and_query()
        )
    }
}

/// Without credentials.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

impl std::str::FromStr for Url {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Url, UrlError> {
        Url::parse(text)
    }
}

#[cfg(test)]
mod tests;
