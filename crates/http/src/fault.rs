//! From what hyper, HTTP/2 and TLS report to the words of R-CALL-4.

use std::{error::Error, io};

use crate::failure::{Failure, FailureKind};

/// An attempt that broke on a connection.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) failure: Failure,
    /// The service did not begin to answer, and by the rules of HTTP may not have seen the request at all: on a connection that was used before, it is sent once more (R-CALL-8).
    pub(crate) unanswered: bool,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Fault {
        Fault {
            failure,
            unanswered: false,
        }
    }
}

/// The failure that an error of a connection is.
pub(crate) fn failure(error: &hyper::Error) -> Failure {
    let kind = kind(error);
    let what = match kind {
        FailureKind::Closed => "the connection ended before the answer was complete",
        FailureKind::Tls => "the service ended TLS",
        _ => "the answer is not valid HTTP",
    };
    Failure::new(kind, format!("{what}: {}", deepest(error)))
}

/// The failure of an HTTP/2 stream or connection, when the error is one.
pub(crate) fn http2(error: &hyper::Error) -> Option<&h2::Error> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

fn kind(error: &hyper::Error) -> FailureKind {
    if error.is_parse() {
        return FailureKind::Protocol;
    }
    if let Some(error) = http2(error) {
        return match error.get_io() {
            Some(error) => io_kind(error),
            None => http2_kind(error),
        };
    }
    if let Some(error) = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()) {
        return io_kind(error);
    }
    // Ended, cancelled, closed: all that hyper has left.
    FailureKind::Closed
}

/// A service that ends a stream or a connection has closed it; one that breaks the protocol, or says that we do, has not answered in it.
fn http2_kind(error: &h2::Error) -> FailureKind {
    use h2::Reason;
    match error.reason() {
        Some(
            Reason::PROTOCOL_ERROR
            | Reason::FLOW_CONTROL_ERROR
            | Reason::FRAME_SIZE_ERROR
            | Reason::COMPRESSION_ERROR
            | Reason::STREAM_CLOSED
            | Reason::SETTINGS_TIMEOUT
            | Reason::HTTP_1_1_REQUIRED
            | Reason::INADEQUATE_SECURITY,
        ) => FailureKind::Protocol,
        _ => FailureKind::Closed,
    }
}

fn io_kind(error: &io::Error) -> FailureKind {
    if error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        .is_some()
    {
        return FailureKind::Tls;
    }
    match error.kind() {
        // hyper reports bad chunks so.
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => FailureKind::Protocol,
        _ => FailureKind::Closed,
    }
}

fn causes<'a>(error: &'a hyper::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let first: &'a (dyn Error + 'static) = error;
    // A chain of causes is as long as there are layers; the bound holds whatever a layer does.
    std::iter::successors(Some(first), |cause: &&'a (dyn Error + 'static)| {
        (*cause).source()
    })
    .take(16)
}

fn deepest(error: &hyper::Error) -> String {
    causes(error)
        .last()
        .map_or_else(String::new, ToString::to_string)
}
