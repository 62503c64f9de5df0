//! How an attempt ends that brought no complete answer.

use std::{error::Error, fmt};

use crate::retry_after::RetryAfter;

/// Why there is no complete answer, by the words of R-CALL-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The time was over before the last byte had come.
    Timeout,
    /// The name has no address.
    Dns,
    /// No connection came about.
    Connect,
    /// The handshake failed, or the certificate does not hold.
    Tls,
    /// The connection ended or was reset before the answer was complete.
    Closed,
    /// What came is not HTTP or breaks it; content coding included.
    Protocol,
    /// Every address is guarded.
    RefusedAddress,
    /// The URL cannot be called.
    InvalidUrl,
    /// The answer is larger than what is read.
    TooLarge,
}

impl FailureKind {
    /// The word that records and clients see.
    ///
    /// ```
    /// use leadhook_http::FailureKind;
    ///
    /// assert_eq!(FailureKind::RefusedAddress.word(), "REFUSED_ADDRESS");
    /// ```
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            FailureKind::Timeout => "TIMEOUT",
            FailureKind::Dns => "DNS",
            FailureKind::Connect => "CONNECT",
            FailureKind::Tls => "TLS",
            FailureKind::Closed => "CLOSED",
            FailureKind::Protocol => "PROTOCOL",
            FailureKind::RefusedAddress => "REFUSED_ADDRESS",
            FailureKind::InvalidUrl => "INVALID_URL",
            FailureKind::TooLarge => "TOO_LARGE",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// An attempt without a complete answer.
///
/// Its text is the kind's word and a detail: `CLOSED: the connection ended before the answer was complete`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: FailureKind,
    detail: String,
    status: Option<u16>,
    retry_after: Option<RetryAfter>,
}

/// Bytes of a detail at most: what it quotes may be a service's.
const MAX_DETAIL: usize = 500;

impl Failure {
    pub(crate) fn new(kind: FailureKind, detail: impl Into<String>) -> Failure {
        let mut detail = detail.into();
        detail.truncate(detail.floor_char_boundary(MAX_DETAIL));
        Failure(Box::new(Inner {
            kind,
            detail,
            status: None,
            retry_after: None,
        }))
    }

    /// The head had come before it broke.
    pub(crate) fn after_head(mut self, status: u16, retry_after: Option<RetryAfter>) -> Failure {
        self.0.status = Some(status);
        self.0.retry_after = retry_after;
        self
    }

    /// Why there is no complete answer.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.0.kind
    }

    /// The status, when the head had come before the answer broke (R-CALL-3).
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What that head's Retry-After said.
    #[must_use]
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.0.retry_after
    }

    /// What happened, for people, in at most 500 bytes; it holds neither credentials nor path nor query.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind, self.0.detail)
    }
}

impl Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_bounded_whatever_a_service_says() {
        let failure = Failure::new(FailureKind::Protocol, "é".repeat(1_000));
        assert_eq!(failure.detail(), "é".repeat(250));
        let failure = Failure::new(FailureKind::Protocol, format!("x{}", "é".repeat(1_000)));
        assert_eq!(failure.detail(), format!("x{}", "é".repeat(249)));
    }
}
