//! What lanes hold back: rows whose webhook may not be called now, or has no slot for them. For each webhook that holds something back a task waits
//! for its slots, and takes up as many rows as it gets.

use std::{
    collections::{HashMap, hash_map::Entry},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use leadhook_store::{CallId, Claim, Hold, Store, Waiting, WebhookId};
use tokio_util::sync::CancellationToken;

use super::{calls::Turn, group::Hand};
use crate::{engine::Shared, lane::LaneState};

/// Rows that are taken up at a time.
const BATCH: usize = 256;
/// How long the store is left alone when it failed.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// The webhooks that hold rows back.
#[derive(Debug, Default)]
pub(crate) struct Backlogs(Mutex<HashMap<WebhookId, IsNew>>);

/// Whether something was held back since its task last looked.
type IsNew = bool;

impl Backlogs {
    /// Whether a webhook holds rows back: then others queue up behind them.
    pub(super) fn has(&self, webhook: WebhookId) -> bool {
        let pulled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pulled.contains_key(&webhook)
    }

    /// Notes that rows are held back; whether nobody pulls them yet.
    fn note(&self, webhook: WebhookId) -> bool {
        let mut pulled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match pulled.entry(webhook) {
            Entry::Occupied(mut is_new) => {
                *is_new.get_mut() = true;
                false
            }
            Entry::Vacant(place) => {
                place.insert(false);
                true
            }
        }
    }

    /// Nothing was found; whether to stop looking.
    fn is_empty(&self, webhook: WebhookId) -> bool {
        let mut pulled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = pulled.get_mut(&webhook).is_some_and(std::mem::take);
        if !is_new {
            pulled.remove(&webhook);
        }
        !is_new
    }
}

impl<S: Store> Shared<S> {
    /// Waits for slots: as long as there is patience, and not at all where the lane is closed, or behind rows that the webhook holds back already.
    pub(super) async fn turn(
        &self,
        webhook: WebhookId,
        wanted: usize,
        patience: Option<Duration>,
        stopping: &CancellationToken,
    ) -> Turn {
        if self.snapshot().webhook_by_id(webhook).is_none() {
            return Turn::Gone;
        }
        let is_closed = || self.calls.lanes.state(webhook) != LaneState::Open;
        if patience.is_some() && (self.backlogs.has(webhook) || is_closed()) {
            return Turn::Later;
        }
        let impatience = async {
            match patience {
                Some(patience) => (self.environment.sleep)(patience).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = stopping.cancelled() => Turn::Stopping,
            slots = self.calls.lanes.enter_some(webhook, wanted) => match slots {
                Ok(slots) => Turn::Slots(slots),
                Err(_) => Turn::Gone,
            },
            () = impatience => Turn::Later,
        }
    }

    /// Holds rows back; whether they are, for it may have been told to stop.
    pub(super) async fn hold(&self, rows: Vec<Hold>, stopping: &CancellationToken) -> bool {
        let hold = || self.store.hold(rows.clone());
        rows.is_empty() || self.insist(stopping, hold).await.is_some()
    }

    /// Sees to it that what a webhook holds back is taken up as it gets slots.
    pub(crate) fn pull(self: &Arc<Self>, webhook: WebhookId) {
        if self.backlogs.note(webhook) {
            let shared = Arc::clone(self);
            self.calls
                .tasks
                .spawn(async move { shared.go_on_pulling(webhook).await });
        }
    }

    /// A panic is the fault of the rows at hand: those behind them go on all the same.
    async fn go_on_pulling(self: Arc<Self>, webhook: WebhookId) {
        let pull = || AssertUnwindSafe(self.take_up_held(webhook)).catch_unwind();
        while pull().await.is_err() {
            let webhook = webhook.0;
            tracing::error!(
                webhook,
                "a fault of leadhook's: what it held back and was taken up goes on at the next start, the rest now"
            );
            (self.environment.sleep)(PATIENCE).await;
        }
    }

    /// Who made a call that waits for its next attempt cannot go on with it: the webhook does as soon as it has a slot, or the next server.
    pub(crate) fn hand_over(self: &Arc<Self>, call: CallId, webhook: WebhookId) {
        let stopping = self.calls.stopping.clone();
        if stopping.is_cancelled() {
            return;
        }
        let shared = Arc::clone(self);
        self.calls.tasks.spawn(async move {
            let what = Waiting::Call(call);
            shared.hold(vec![Hold { what, webhook }], &stopping).await;
            shared.pull(webhook);
        });
    }

    async fn take_up_held(self: &Arc<Self>, webhook: WebhookId) {
        let stopping = self.calls.stopping.clone();
        loop {
            let slots = match self.turn_of_held(webhook, &stopping).await {
                Turn::Slots(slots) => slots,
                // What is held back by a webhook that is not there any more finds that out.
                Turn::Gone => Vec::new(),
                Turn::Later | Turn::Stopping => return,
            };
            let limit = if slots.is_empty() { BATCH } else { slots.len() };
            let claim = || self.store.claim(Claim::HeldBy(webhook), limit);
            let Some(claimed) = self.insist(&stopping, claim).await else {
                return;
            };
            if claimed.is_empty() {
                if self.backlogs.is_empty(webhook) {
                    return;
                }
                continue;
            }
            let hand = Hand {
                webhook: Some(webhook),
                slots,
            };
            self.take_up(claimed, hand, None).await;
        }
    }

    async fn turn_of_held(&self, webhook: WebhookId, stopping: &CancellationToken) -> Turn {
        tokio::select! {
            biased;
            () = stopping.cancelled() => Turn::Stopping,
            slots = self.calls.lanes.enter_some(webhook, BATCH) => match slots {
                Ok(slots) => Turn::Slots(slots),
                Err(_) => Turn::Gone,
            },
        }
    }

    /// Asks the store until it answers; none when told to stop.
    pub(crate) async fn insist<T, E, F>(
        &self,
        stopping: &CancellationToken,
        mut ask: impl FnMut() -> F,
    ) -> Option<T>
    where
        E: std::fmt::Display,
        F: Future<Output = Result<T, E>>,
    {
        loop {
            match ask().await {
                Ok(answer) => return Some(answer),
                Err(error) => {
                    if !self.waited_for_store(stopping, &error).await {
                        return None;
                    }
                }
            }
        }
    }

    /// Leaves a store alone that failed; whether to go on then.
    pub(super) async fn waited_for_store(
        &self,
        stopping: &CancellationToken,
        error: &impl std::fmt::Display,
    ) -> bool {
        tracing::error!(%error, "flows wait for the store");
        tokio::select! {
            () = (self.environment.sleep)(PATIENCE) => true,
            () = stopping.cancelled() => false,
        }
    }
}

#[cfg(test)]
mod tests;
