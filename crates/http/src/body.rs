//! A body as it comes in, held to a limit (R-CALL-5) and to the memory that large ones share.

use bytes::Bytes;
use http::{HeaderMap, header};

use crate::{
    decode::decode,
    failure::{Failure, FailureKind},
    room::{Memory, Room, SMALL},
};

/// A body of one piece is copied up to this size: a slice would keep the whole buffer that its connection reads into, and make that take another one.
const COPIED: usize = 4 << 10;

/// Puts the pieces of a body together. A larger one that comes in one piece is not copied.
#[derive(Debug)]
pub(crate) struct Collector<'a> {
    headers: &'a HeaderMap,
    memory: &'a Memory,
    limit: usize,
    /// How long it can become.
    longest: usize,
    is_announced: bool,
    first: Bytes,
    all: Vec<u8>,
    room: Option<Room>,
}

/// What a body can need, in bytes: as it came and decoded, or between two codings.
pub(crate) fn most_room(limit: usize) -> usize {
    limit.saturating_mul(2)
}

impl<'a> Collector<'a> {
    /// For a body behind these headers; `announced` is its Content-Length, 0 when that is not said. Refuses at once what is announced to be too large.
    pub(crate) fn new(
        memory: &'a Memory,
        limit: usize,
        headers: &'a HeaderMap,
        announced: u64,
    ) -> Result<Collector<'a>, Failure> {
        let announced = usize::try_from(announced).ok();
        let announced = announced.filter(|announced| *announced <= limit);
        let announced = announced.ok_or_else(|| too_large(limit))?;
        let is_announced = announced > 0;
        Ok(Collector {
            headers,
            memory,
            limit,
            longest: if is_announced { announced } else { limit },
            is_announced,
            first: Bytes::new(),
            all: Vec::new(),
            room: None,
        })
    }

    /// Takes a piece. The one that makes the body large waits for its room.
    pub(crate) async fn push(&mut self, piece: Bytes) -> Result<(), Failure> {
        let length = self.first.len() + self.all.len();
        if piece.len() > self.limit - length {
            return Err(too_large(self.limit));
        }
        let is_large = length + piece.len() > SMALL || self.is_announced && self.longest > SMALL;
        if is_large && self.room.is_none() {
            self.room = Some(self.memory.room(self.may_need()).await);
        }
        if length == 0 {
            self.first = if piece.len() <= COPIED {
                Bytes::copy_from_slice(&piece)
            } else {
                piece
            };
            return Ok(());
        }
        if !self.first.is_empty() {
            let first = std::mem::take(&mut self.first);
            self.append(&first);
        }
        self.append(&piece);
        Ok(())
    }

    /// Like a vector it grows to twice its size, but never beyond what it can become.
    fn append(&mut self, piece: &[u8]) {
        let length = self.all.len();
        if self.all.capacity() - length < piece.len() {
            let left = self.longest.saturating_sub(length);
            let more = if self.is_announced {
                left
            } else {
                left.min(length)
            };
            self.all.reserve_exact(more.max(piece.len()));
        }
        self.all.extend_from_slice(piece);
    }

    /// The whole body, content codings removed.
    pub(crate) async fn finish(self) -> Result<Bytes, Failure> {
        let (headers, limit, may_need) = (self.headers, self.limit, self.may_need());
        let body = if self.all.is_empty() {
            self.first
        } else {
            let mut all = self.all;
            all.shrink_to_fit();
            all.into()
        };
        if let Some(room) = self.room {
            return Ok(room.hold(decode(headers, body, limit)?));
        }
        // What came small mostly stays so, and then waits for nothing.
        match decode(headers, body.clone(), limit.min(SMALL)) {
            Err(failure) if failure.kind() == FailureKind::TooLarge && limit > SMALL => {
                let room = self.memory.room(may_need).await;
                Ok(room.hold(decode(headers, body, limit)?))
            }
            small => small,
        }
    }

    fn may_need(&self) -> usize {
        if self.headers.contains_key(header::CONTENT_ENCODING) {
            most_room(self.limit)
        } else {
            self.longest
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
