//! One bounded, guarded HTTP call: pooled connections, one deadline, size limits, named failures.

mod cidr;
mod client;
mod error;
mod exchange;
mod failure;
mod guard;
mod method;
mod phrase;
mod request;
mod resolve;
mod retry_after;
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
