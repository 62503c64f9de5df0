//! One bounded, guarded HTTP call: pooled connections, one deadline, size limits, named failures.

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
mod send;
mod stream;
mod tls;
mod url;

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
    url::{Host, MAX_URL, Scheme, Url, UrlError, UrlErrorKind},
};
