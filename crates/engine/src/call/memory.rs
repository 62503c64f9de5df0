//! How much the payloads of calls under way may take, so that a window full of large ones is bounded by bytes.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::caller::Calls;

/// Payloads up to this are bounded by the number of calls alone.
const SMALL: usize = 16 << 10;
/// Bytes that the larger ones may take together; one of them always fits.
const MAX: usize = 256 << 20;

/// Room for payloads; `max_payload` is what one of them may have.
pub(crate) fn payloads(max_payload: usize) -> Arc<Semaphore> {
    let room = MAX.max(max_payload).min(Semaphore::MAX_PERMITS);
    Arc::new(Semaphore::new(room))
}

impl Calls {
    /// Waits until there is room for a payload.
    pub(crate) async fn memory(&self, payload: &[u8]) -> Option<OwnedSemaphorePermit> {
        let size = payload.len();
        if size <= SMALL {
            return None;
        }
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.payloads).acquire_many_owned(size).await;
        Some(room.expect("it is never closed"))
    }
}
