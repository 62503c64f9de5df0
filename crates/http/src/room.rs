//! Memory for large bodies, which all calls of a client share.
//!
//! A body of at most [`SMALL`] bytes needs no room. One that is larger gets all that it may ever need at once, before more of it is read: so no two hold
//! a part and wait for each other. What it turned out not to need comes back when it is complete, the rest with its last byte that anybody holds.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of a body that needs no room.
pub(crate) const SMALL: usize = 64 << 10;

/// Bytes of a permit: with it, any body that fits an address space can be counted.
const UNIT: usize = 1 << 10;

/// What large bodies may hold at once.
#[derive(Debug)]
pub(crate) struct Memory {
    permits: Arc<Semaphore>,
}

impl Memory {
    /// So many bytes, and never less than `most`, what a single body may ask for.
    pub(crate) fn new(bytes: usize, most: usize) -> Memory {
        let permits = permits(bytes.max(most)) as usize;
        Memory {
            permits: Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS))),
        }
    }

    /// Waits for room for so many bytes; first come, first served.
    pub(crate) async fn room(&self, bytes: usize) -> Room {
        let permits = Arc::clone(&self.permits);
        let permit = permits.acquire_many_owned(self::permits(bytes)).await;
        Room(permit.expect("it is never closed"))
    }
}

fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

/// Room for one body and what is made of it.
#[derive(Debug)]
pub(crate) struct Room(OwnedSemaphorePermit);

impl Room {
    /// A complete body that gives its room back when the last slice of it is dropped.
    pub(crate) fn hold(self, body: Bytes) -> Bytes {
        if body.len() <= SMALL {
            return body;
        }
        let Room(mut permit) = self;
        let spare = permit
            .num_permits()
            .saturating_sub(permits(body.len()) as usize);
        drop(permit.split(spare));
        Bytes::from_owner(Held {
            body,
            _permit: permit,
        })
    }
}

struct Held {
    body: Bytes,
    _permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

#[cfg(test)]
mod tests;
