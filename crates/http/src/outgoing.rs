//! A request as hyper takes it: nothing is added but Host and framing.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Uri, header, uri};
use http_body_util::Full;

use crate::{
    exchange::Version,
    request::{Request, is_connection_header},
    url::{Scheme, Url},
};

/// What goes out over a connection.
pub(crate) type Outgoing = http::Request<Full<Bytes>>;

/// The request for a connection that speaks `version`. The body is shared, not copied.
pub(crate) fn outgoing(request: &Request, version: Version) -> Outgoing {
    let mut outgoing = http::Request::new(Full::new(request.body.clone()));
    *outgoing.method_mut() = request.method.into();
    *outgoing.uri_mut() = target(&request.url, version);
    *outgoing.headers_mut() = headers(request, version);
    outgoing
}

/// In HTTP/1 the path and query alone, in HTTP/2 scheme and authority beside them (RFC 9113 §8.3.1).
fn target(url: &Url, version: Version) -> Uri {
    let mut parts = uri::Parts::default();
    parts.path_and_query = Some(url.request_target().clone());
    if version == Version::Http2 {
        parts.scheme = Some(match url.scheme() {
            Scheme::Http => uri::Scheme::HTTP,
            Scheme::Https => uri::Scheme::HTTPS,
        });
        let authority = uri::Authority::from_maybe_shared(url.authority_bytes());
        parts.authority =
            Some(authority.expect("host and port were checked when the URL was read"));
    }
    Uri::from_parts(parts).expect("path alone, or all three parts")
}

fn headers(request: &Request, version: Version) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(request.headers.len() + 2);
    if version == Version::Http1 {
        headers.insert(header::HOST, request.url.host_header().clone());
    }
    for (name, value) in &request.headers {
        if !is_connection_header(name) {
            headers.append(name.clone(), value.clone());
        }
    }
    if !request.body.is_empty() || request.method.announces_empty_content() {
        headers.insert(
            header::CONTENT_LENGTH,
            HeaderValue::from(request.body.len()),
        );
    }
    headers
}
