//! Slots: how many calls are in flight, per webhook and in all.
//!
//! A call takes its webhook's slot first and the server's second, so that what waits for a slow service holds nothing that
//! other webhooks need.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use leadhook_store::WebhookId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The slots of a server.
#[derive(Debug)]
pub(crate) struct Gates {
    all: Arc<Semaphore>,
    webhooks: Mutex<HashMap<WebhookId, Gate>>,
}

/// The slots of a webhook.
#[derive(Debug)]
struct Gate {
    slots: Arc<Semaphore>,
    limit: usize,
}

/// The right to have one call in flight.
#[derive(Debug)]
pub(crate) struct Slot {
    _webhook: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Gates {
    pub(crate) fn new(max_in_flight: usize) -> Gates {
        Gates {
            all: Arc::new(Semaphore::new(max_in_flight)),
            webhooks: Mutex::default(),
        }
    }

    /// Waits for a slot of a webhook that allows `limit` calls in flight, first come, first served.
    pub(crate) async fn enter(&self, webhook: WebhookId, limit: usize) -> Slot {
        const OPEN: &str = "no gate is ever closed";
        let slots = self.slots(webhook, limit);
        let webhook = slots.acquire_owned().await.expect(OPEN);
        let all = Arc::clone(&self.all).acquire_owned().await.expect(OPEN);
        Slot {
            _webhook: webhook,
            _all: all,
        }
    }

    /// Forgets a webhook that is deleted.
    pub(crate) fn remove(&self, webhook: WebhookId) {
        self.webhooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&webhook);
    }

    /// A changed limit holds from the next call on: what is in flight then still holds slots of the old gate.
    fn slots(&self, webhook: WebhookId, limit: usize) -> Arc<Semaphore> {
        let mut webhooks = self.webhooks.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Gate {
            slots: Arc::new(Semaphore::new(limit)),
            limit,
        };
        let gate = webhooks.entry(webhook).or_insert_with(new);
        if gate.limit < limit {
            gate.slots.add_permits(limit - gate.limit);
            gate.limit = limit;
        } else if gate.limit > limit {
            *gate = new();
        }
        Arc::clone(&gate.slots)
    }
}
