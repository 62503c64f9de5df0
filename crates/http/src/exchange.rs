//! A complete answer.

use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::retry_after::RetryAfter;

/// A complete answer, whatever its status.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// The status code, 200 to 999: interim answers are passed over.
    pub status: u16,
    /// The reason phrase as the server wrote it; `None` when it is empty or not ASCII, and over HTTP/2, which has none.
    /// What to show then: [`registered_phrase`](crate::registered_phrase) (R-CALL-4).
    pub reason: Option<String>,
    /// The Content-Type as it was sent.
    pub content_type: Option<String>,
    /// When the service asks to be called again.
    pub retry_after: Option<RetryAfter>,
    /// The body, content codings removed (R-CALL-5, R-CALL-7). One of more than 64 KiB occupies its part of
    /// [`Builder::body_memory`](crate::Builder::body_memory) until its last slice is dropped.
    pub body: Bytes,
    /// How long it took.
    pub timing: Timing,
    /// The protocol that was spoken.
    pub version: Version,
}

/// When an attempt began and how long it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Before the name was resolved.
    pub started: Instant,
    /// From then to the last byte of the answer, decoded.
    pub elapsed: Duration,
}

/// The version of HTTP that an answer came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// HTTP/1.0 or HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
}

impl Exchange {
    /// The charset parameter of the Content-Type, without its quotes.
    ///
    /// `Some("utf-8")` for `text/plain; charset="utf-8"`; the label is not judged here.
    #[must_use]
    pub fn charset(&self) -> Option<&str> {
        charset(self.content_type.as_deref()?)
    }
}

/// The first parameter named charset (RFC 9110 §8.3.2); a `;` in a quoted value of another one ends nothing.
fn charset(content_type: &str) -> Option<&str> {
    let (_, mut rest) = content_type.split_once(';')?;
    loop {
        let (name, value) = rest.split_once('=')?;
        // A parameter without a value may stand before.
        let name = name
            .rsplit(';')
            .next()
            .unwrap_or(name)
            .trim_matches([' ', '\t']);
        let value = value.trim_start_matches([' ', '\t']);
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => {
                let end = closing_quote(quoted)?;
                (&quoted[..end], &quoted[end + 1..])
            }
            None => {
                let end = value.find(';').unwrap_or(value.len());
                (value[..end].trim_end_matches([' ', '\t']), &value[end..])
            }
        };
        if name.eq_ignore_ascii_case("charset") {
            return Some(value);
        }
        (_, rest) = after.split_once(';')?;
    }
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests;
