//! A body as it comes in, held to a limit (R-CALL-5).

use bytes::{Bytes, BytesMut};

use crate::failure::{Failure, FailureKind};

/// Puts the pieces of a body together. One that comes in one piece, as most do, is not copied.
#[derive(Debug)]
pub(crate) struct Collector {
    limit: usize,
    first: Bytes,
    all: BytesMut,
}

impl Collector {
    /// Refuses at once what is announced to be too large.
    pub(crate) fn new(limit: usize, announced: u64) -> Result<Collector, Failure> {
        if announced > limit as u64 {
            return Err(too_large(limit));
        }
        Ok(Collector {
            limit,
            first: Bytes::new(),
            all: BytesMut::new(),
        })
    }

    pub(crate) fn push(&mut self, piece: Bytes) -> Result<(), Failure> {
        let length = self.first.len() + self.all.len();
        if piece.len() > self.limit - length {
            return Err(too_large(self.limit));
        }
        if length == 0 {
            self.first = piece;
            return Ok(());
        }
        if !self.first.is_empty() {
            let first = std::mem::take(&mut self.first);
            self.all.reserve(first.len() + piece.len());
            self.all.extend_from_slice(&first);
        }
        self.all.extend_from_slice(&piece);
        Ok(())
    }

    pub(crate) fn finish(self) -> Bytes {
        if self.all.is_empty() {
            self.first
        } else {
            self.all.freeze()
        }
    }
}

fn too_large(limit: usize) -> Failure {
    Failure::new(
        FailureKind::TooLarge,
        format!("the body has more than {limit} bytes"),
    )
}

#[cfg(test)]
mod tests;
