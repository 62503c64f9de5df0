//! How much the payloads of calls under way may take, so that a window full of large ones is bounded by bytes.
//!
//! Who has room has its slot, or ends without one, and waits for nothing but its service and its record: room gets free by itself. So it is waited for
//! without an end, and with a slot in hand. The other way round, who had room and waited for a slot would wait for those who have a slot and wait for
//! room.

use std::sync::Arc;

use bytes::Bytes;
use leadhook_store::Store;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{caller::Calls, flight::Flight};
use crate::{engine::Shared, environment::Settings, error::Error};

/// Payloads up to this are bounded by the number of calls alone.
const SMALL: usize = 16 << 10;

/// Room for payloads.
pub(crate) fn payloads(settings: &Settings) -> Arc<Semaphore> {
    let room = settings.max_payloads.max(settings.max_payload);
    Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS)))
}

impl Calls {
    /// Waits until there is room for a payload of so many bytes.
    pub(crate) async fn memory(&self, size: usize) -> Option<OwnedSemaphorePermit> {
        if size <= SMALL {
            return None;
        }
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.payloads).acquire_many_owned(size).await;
        Some(room.expect("it is never closed"))
    }
}

impl Flight {
    /// Lets a payload go that takes room, while the call waits: it stands with its record. So much it took.
    pub(super) fn put_down(&mut self) -> usize {
        let Some(room) = self.memory.take() else {
            return 0;
        };
        self.request.body = Bytes::new();
        self.recorded.body = Bytes::new();
        room.num_permits()
    }

    /// Takes a payload back that was put down; whether it is still there: its lead may be erased.
    ///
    /// # Errors
    /// The store failed: the call is on record without what was put down, and goes on from there.
    pub(super) async fn pick_up<S: Store>(
        &mut self,
        shared: &Shared<S>,
        size: usize,
    ) -> Result<bool, Error> {
        let (Some(id), true) = (self.id, size > 0) else {
            return Ok(true);
        };
        self.memory = shared.calls.memory(size).await;
        let call = shared.store.call(id).await?;
        let Some(recorded) = call.and_then(|call| call.request) else {
            return Ok(false);
        };
        self.request.body = recorded.body.clone();
        self.recorded = recorded;
        Ok(true)
    }
}
