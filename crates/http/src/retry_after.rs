//! The Retry-After header (RFC 9110 §10.2.3).

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// When a service asks to be called again (R-CALL-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// So long after its answer.
    Delay(Duration),
    /// At this time, which may lie in the past.
    At(SystemTime),
}

impl RetryAfter {
    /// Reads a header value: seconds, or a date in any of the three forms of RFC 9110 §5.6.7.
    ///
    /// ```
    /// use std::time::Duration;
    /// use leadhook_http::RetryAfter;
    ///
    /// assert_eq!(RetryAfter::parse("120"), Some(RetryAfter::Delay(Duration::from_secs(120))));
    /// assert!(matches!(
    ///     RetryAfter::parse("Wed, 21 Oct 2026 07:28:00 GMT"),
    ///     Some(RetryAfter::At(_)),
    /// ));
    /// assert_eq!(RetryAfter::parse("soon"), None);
    /// ```
    #[must_use]
    pub fn parse(value: &str) -> Option<RetryAfter> {
        let value = value.trim_matches([' ', '\t']);
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // More seconds than fit are more than anyone waits.
            let seconds = value.parse().unwrap_or(u64::MAX);
            return Some(RetryAfter::Delay(Duration::from_secs(seconds)));
        }
        httpdate::parse_http_date(value).ok().map(RetryAfter::At)
    }

    /// The first header of an answer that says something.
    pub(crate) fn of(headers: &HeaderMap) -> Option<RetryAfter> {
        headers
            .get_all(header::RETRY_AFTER)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find_map(RetryAfter::parse)
    }
}

#[cfg(test)]
mod tests;
