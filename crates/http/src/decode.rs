//! Content codings, removed (R-CALL-7).
//!
//! A body is decoded once it is complete: both what came and what comes out of it are held to one limit, and decoding stops as
//! soon as the limit is passed, so that a small body cannot unfold into a large one.

use std::io::{self, Read};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status, bufread::MultiGzDecoder};
use http::{HeaderMap, header};

use crate::failure::{Failure, FailureKind};

mod zstd;

/// More codings on one body are nobody's intent.
const MAX_CODINGS: usize = 4;

/// A content coding that can be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// Removes the codings that `headers` name from `body`.
///
/// An empty body is empty in every coding: services name one even when they send nothing.
pub(crate) fn decode(headers: &HeaderMap, body: Bytes, limit: usize) -> Result<Bytes, Failure> {
    if body.is_empty() || !headers.contains_key(header::CONTENT_ENCODING) {
        return Ok(body);
    }
    let mut body = body;
    for coding in codings(headers)?.into_iter().rev() {
        let mut decoded =
            remove(coding, &body, limit).map_err(|fault| fault.into_failure(coding, limit))?;
        decoded.shrink_to_fit();
        body = decoded.into();
    }
    Ok(body)
}

/// The codings in the order in which they were applied.
fn codings(headers: &HeaderMap) -> Result<Vec<Coding>, Failure> {
    let mut codings = Vec::new();
    for value in headers.get_all(header::CONTENT_ENCODING) {
        for name in value.as_bytes().split(|byte| *byte == b',') {
            let name = name.trim_ascii();
            let coding = match name.to_ascii_lowercase().as_slice() {
                b"" | b"identity" => continue,
                b"gzip" | b"x-gzip" => Coding::Gzip,
                b"deflate" => Coding::Deflate,
                b"br" => Coding::Brotli,
                b"zstd" => Coding::Zstd,
                _ => return Err(unknown(name)),
            };
            codings.push(coding);
        }
    }
    if codings.len() > MAX_CODINGS {
        let detail = format!(
            "the body has {} content codings; at most {MAX_CODINGS} are removed",
            codings.len()
        );
        return Err(Failure::new(FailureKind::Protocol, detail));
    }
    Ok(codings)
}

fn unknown(name: &[u8]) -> Failure {
    let detail = format!(
        "content coding `{}` is none of gzip, deflate, br and zstd",
        name.escape_ascii()
    );
    Failure::new(FailureKind::Protocol, detail)
}

/// Why a body is not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It is not what its coding says.
    Malformed,
    /// It ends in the middle.
    Truncated,
    /// More follows its end.
    Trailing,
    TooLarge,
}

impl Fault {
    fn into_failure(self, coding: Coding, limit: usize) -> Failure {
        let coding = match coding {
            Coding::Gzip => "gzip",
            Coding::Deflate => "deflate",
            Coding::Brotli => "br",
            Coding::Zstd => "zstd",
        };
        let (kind, detail) = match self {
            Fault::Malformed => (
                FailureKind::Protocol,
                format!("the body is not valid {coding}"),
            ),
            Fault::Truncated => (
                FailureKind::Protocol,
                format!("the {coding} body ends in the middle"),
            ),
            Fault::Trailing => (
                FailureKind::Protocol,
                format!("something follows the end of the {coding} body"),
            ),
            Fault::TooLarge => (
                FailureKind::TooLarge,
                format!("the {coding} body decodes to more than {limit} bytes"),
            ),
        };
        Failure::new(kind, detail)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Fault::Truncated,
            _ => Fault::Malformed,
        }
    }
}

fn remove(coding: Coding, body: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    match coding {
        Coding::Gzip => gzip(body, limit),
        Coding::Deflate => deflate(body, limit),
        Coding::Brotli => brotli(body, limit),
        Coding::Zstd => zstd::decode(body, limit),
    }
}

/// Reads to the end, but no further than one byte beyond the limit.
fn read_limited(source: impl Read, expected: usize, limit: usize) -> Result<Vec<u8>, Fault> {
    let mut decoded = Vec::with_capacity(expected.min(limit));
    source.take(limit as u64 + 1).read_to_end(&mut decoded)?;
    if decoded.len() > limit {
        Err(Fault::TooLarge)
    } else {
        Ok(decoded)
    }
}

/// What a body is expected to unfold to: JSON and XML shrink to about a quarter.
fn guess(body: &[u8]) -> usize {
    body.len().saturating_mul(4)
}

/// A file of several members is their concatenation (RFC 1952 §2.2).
fn gzip(body: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    read_limited(MultiGzDecoder::new(body), guess(body), limit)
}

/// The coding means zlib (RFC 9110 §8.4.1.2), but some services send the bare stream within.
fn deflate(body: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    if has_zlib_header(body) {
        match inflate(Decompress::new(true), body, limit) {
            // Two bytes of a bare stream look like a header once in 500 times.
            Err(Fault::Malformed) => {}
            result => return result,
        }
    }
    inflate(Decompress::new(false), body, limit)
}

fn has_zlib_header(body: &[u8]) -> bool {
    body.first_chunk().is_some_and(|&[method, flags]| {
        method & 0x0f == 8 && u16::from_be_bytes([method, flags]).is_multiple_of(31)
    })
}

fn inflate(mut stream: Decompress, body: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    let mut decoded = Vec::with_capacity(guess(body).min(limit) + 1);
    loop {
        let read = usize::try_from(stream.total_in()).expect("no more than the body");
        let before = decoded.len();
        let status = stream
            .decompress_vec(&body[read..], &mut decoded, FlushDecompress::None)
            .map_err(|_| Fault::Malformed)?;
        if decoded.len() > limit {
            return Err(Fault::TooLarge);
        }
        let now_read = usize::try_from(stream.total_in()).expect("no more than the body");
        if status == Status::StreamEnd {
            return if now_read == body.len() {
                Ok(decoded)
            } else {
                Err(Fault::Trailing)
            };
        }
        if decoded.len() < decoded.capacity() && decoded.len() == before && now_read == read {
            return Err(Fault::Truncated);
        }
        if decoded.len() == decoded.capacity() {
            let room = decoded.capacity().max(64).min(limit + 1 - decoded.len());
            decoded.reserve_exact(room);
        }
    }
}

fn brotli(body: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    let mut state = BrotliState::new(
        StandardAlloc::default(),
        StandardAlloc::default(),
        StandardAlloc::default(),
    );
    let (mut unread, mut read) = (body.len(), 0);
    let (mut written, mut total) = (0, 0);
    let mut decoded = vec![0; guess(body).min(limit) + 1];
    loop {
        let mut room = decoded.len() - written;
        let result = BrotliDecompressStream(
            &mut unread,
            &mut read,
            body,
            &mut room,
            &mut written,
            &mut decoded,
            &mut total,
            &mut state,
        );
        if written > limit {
            return Err(Fault::TooLarge);
        }
        match result {
            BrotliResult::ResultSuccess if unread > 0 => return Err(Fault::Trailing),
            BrotliResult::ResultSuccess => {
                decoded.truncate(written);
                return Ok(decoded);
            }
            BrotliResult::NeedsMoreOutput => {
                let length = decoded.len().saturating_mul(2).min(limit + 1);
                decoded.resize(length, 0);
            }
            BrotliResult::NeedsMoreInput => return Err(Fault::Truncated),
            BrotliResult::ResultFailure => return Err(Fault::Malformed),
        }
    }
}

#[cfg(test)]
mod tests;
