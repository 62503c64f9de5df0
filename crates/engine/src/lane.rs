//! Lanes: what decides when the next call to a webhook may be sent.
//!
//! Every webhook has a lane, with its concurrency, its rate, its circuit, and the pause that a Retry-After asks for; all lanes share the
//! server's slots. A [`Slot`] is the right to have one call in flight, and is given back by being dropped; one with which no call was begun has then
//! cost nothing, not even of the rate. Lanes get their turn round robin; within a lane it is first come, first served; a waiter that wants many gets, at its turn, as many as are free. What waits for
//! its own lane holds none of the server's slots.
//!
//! Whoever waits may go away at any moment: what it was granted goes on to the next.
//!
//! | module | |
//! |---|---|
//! | `rota` | who waits, and whose turn it is |
//! | `limits` | what one webhook allows now |
//! | `rate`, `circuit` | two of these limits |
//! | `capacity` | the slots of the server, and who gets the last |
//!
//! Here is what waits and wakes: the futures, the slots, and the task that keeps the time.

mod capacity;
mod circuit;
mod limits;
mod rate;
mod rota;

use std::{
    fmt, iter,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use leadhook_store::WebhookId;
use tokio::sync::{Notify, oneshot};

use self::{
    circuit::Era,
    rota::{Effects, Permit, Rota, Ticket, Waiter},
};
use crate::environment::{Random, Sleep, Uptime};

/// The lanes of all webhooks.
pub(crate) struct Lanes {
    rota: Mutex<Rota>,
    uptime: Arc<Uptime>,
    /// Told when a lane stands otherwise: the webhook, how it stood, and how it does.
    tell: Box<Tell>,
    /// Tells the task that keeps the time that it is to look at the alarms again.
    alarm: Arc<Notify>,
}

/// What is done when a lane stands otherwise.
pub(crate) type Tell = dyn Fn(WebhookId, LaneState, LaneState) + Send + Sync;

/// What the catalog says of a webhook.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Allowance {
    /// Calls in flight.
    pub(crate) concurrency: usize,
    /// Attempts per second, from 0.001 to 1e9.
    pub(crate) rate: Option<f64>,
    /// Nothing is sent until it is resumed (R-CALL-12).
    pub(crate) is_paused: bool,
}

/// How it stands with a lane. What is further up prevails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LaneState {
    /// A person paused it.
    Paused,
    /// Its circuit is open, or half-open.
    CircuitOpen,
    /// A Retry-After holds it.
    Held,
    /// Calls may go, as far as concurrency and rate allow.
    Open,
}

/// Why a client gets no slot (R-CALL-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shut {
    /// A person paused the webhook.
    Paused,
    /// Its circuit is open, or half-open with the probe under way.
    CircuitOpen,
    /// A Retry-After holds it for longer than the client waits.
    Held,
    /// It is deleted.
    Gone,
}

/// The webhook is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// What an attempt says of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It answered, and not with 5xx.
    Alive,
    /// TIMEOUT, DNS, CONNECT, TLS, CLOSED, PROTOCOL, or a 5xx.
    Failed,
    /// 429 or 503 with a Retry-After: nothing goes to it for so long, and then at once.
    RetryAfter(Duration),
}

/// The right to have one call in flight; dropped, it is given back.
pub(crate) struct Slot {
    /// None once it is given back.
    lanes: Option<Arc<Lanes>>,
    webhook: WebhookId,
    era: Era,
    is_used: bool,
}

/// Slots that nobody has taken up yet.
struct Grant {
    lanes: Arc<Lanes>,
    /// None once they are taken up.
    permit: Option<Permit>,
}

/// What becomes at once of somebody who asks for slots.
enum Asked {
    Shut(Shut),
    Granted(Permit),
    Waits(Ticket),
}

/// A place in the line, until it is answered.
struct Place<'a> {
    lanes: &'a Arc<Lanes>,
    webhook: WebhookId,
    ticket: Ticket,
    is_answered: bool,
}

impl Lanes {
    /// Lanes that share `capacity` slots, and the task that keeps their time until the last of them is dropped: within a runtime.
    pub(crate) fn new(
        capacity: usize,
        uptime: Arc<Uptime>,
        sleep: Arc<Sleep>,
        random: Arc<Random>,
        tell: Box<Tell>,
    ) -> Arc<Lanes> {
        let lanes = Arc::new(Lanes {
            rota: Mutex::new(Rota::new(capacity, random)),
            uptime,
            tell,
            alarm: Arc::default(),
        });
        let alarm = Arc::clone(&lanes.alarm);
        tokio::spawn(keep_time(Arc::downgrade(&lanes), alarm, sleep));
        lanes
    }

    /// A webhook as the catalog has it now. Lowered limits count what is in flight, and hold from the next slot on.
    pub(crate) fn set(self: &Arc<Self>, webhook: WebhookId, allowance: Allowance) {
        self.change(|rota, now| rota.set(webhook, allowance, now));
    }

    /// A person says that the service is there: its circuit is closed, and what its Retry-After held back may go.
    pub(crate) fn reopen(self: &Arc<Self>, webhook: WebhookId) {
        self.change(|rota, now| rota.reopen(webhook, now));
    }

    /// A webhook that is deleted: who waits for it is told.
    pub(crate) fn remove(self: &Arc<Self>, webhook: WebhookId) {
        self.change(|rota, _| rota.remove(webhook));
    }

    /// A slot for a call that a client waits for.
    ///
    /// # Errors
    /// At once or as soon as it is so: the webhook is paused or deleted, its circuit is open, or a Retry-After holds it until after
    /// `patience` from now. Concurrency and rate are waited for, however long.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        webhook: WebhookId,
        patience: Duration,
    ) -> Result<Slot, Shut> {
        let grant = self.wait(webhook, 1, Some(patience)).await?;
        let slot = grant.take_up().pop();
        Ok(slot.expect("a grant has at least one slot"))
    }

    /// From one slot to `at_most` for a flow, which waits through pauses, open circuits and Retry-After.
    ///
    /// # Errors
    /// The webhook is deleted.
    pub(crate) async fn enter_some(
        self: &Arc<Self>,
        webhook: WebhookId,
        at_most: usize,
    ) -> Result<Vec<Slot>, Gone> {
        match self.wait(webhook, at_most.max(1), None).await {
            Ok(grant) => Ok(grant.take_up()),
            Err(_) => Err(Gone),
        }
    }

    /// What is free now, up to `at_most`; nothing while others wait for that webhook.
    #[cfg(test)]
    pub(crate) fn try_enter(self: &Arc<Self>, webhook: WebhookId, at_most: usize) -> Vec<Slot> {
        let permit = self.change(|rota, now| rota.take(webhook, at_most, now));
        permit.map_or_else(Vec::new, |permit| self.grant(permit).take_up())
    }

    /// How it stands with a webhook. A deleted one holds nobody up.
    pub(crate) fn state(&self, webhook: WebhookId) -> LaneState {
        let state = self.lock().state(webhook, (self.uptime)());
        state.unwrap_or(LaneState::Open)
    }

    /// A client's patience is counted from now; flows have no end of it.
    async fn wait(
        self: &Arc<Self>,
        webhook: WebhookId,
        at_most: usize,
        patience: Option<Duration>,
    ) -> Result<Grant, Shut> {
        let (answer, answered) = oneshot::channel();
        let asked = self.change(|rota, now| {
            let patience = patience.map(|patience| now.saturating_add(patience));
            if let Some(shut) = rota.shut(webhook, patience, now) {
                return Asked::Shut(shut);
            }
            if let Some(permit) = rota.take(webhook, at_most, now) {
                return Asked::Granted(permit);
            }
            let waiter = Waiter {
                at_most,
                patience,
                answer,
            };
            Asked::Waits(rota.wait(webhook, waiter, now))
        });
        let ticket = match asked {
            Asked::Shut(shut) => return Err(shut),
            Asked::Granted(permit) => return Ok(self.grant(permit)),
            Asked::Waits(ticket) => ticket,
        };
        let mut place = Place {
            lanes: self,
            webhook,
            ticket,
            is_answered: false,
        };
        let answer = answered.await;
        place.is_answered = true;
        answer.expect("who waits is answered")
    }

    fn grant(self: &Arc<Self>, permit: Permit) -> Grant {
        Grant {
            lanes: Arc::clone(self),
            permit: Some(permit),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Rota> {
        self.rota.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something, and carries out what follows from it.
    fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut Rota, Duration) -> T) -> T {
        let (result, effects) = self.locked(change);
        self.carry_out(effects);
        result
    }

    fn locked<T>(&self, change: impl FnOnce(&mut Rota, Duration) -> T) -> (T, Effects) {
        let mut rota = self.lock();
        let now = (self.uptime)();
        let result = change(&mut rota, now);
        (result, rota.effects())
    }

    /// Answers who waited. What was granted to those who had just gone is taken back, and so on with what follows from that: in a loop,
    /// not in a drop within a drop, for any number may have gone.
    fn carry_out(self: &Arc<Self>, mut effects: Effects) {
        loop {
            for (webhook, before, now) in effects.turned {
                (self.tell)(webhook, before, now);
            }
            if effects.is_sooner {
                self.alarm.notify_one();
            }
            let mut unclaimed = Vec::new();
            for (waiter, answer) in effects.answers {
                let answer = answer.map(|permit| self.grant(permit));
                if let Err(Ok(mut grant)) = waiter.send(answer) {
                    unclaimed.extend(grant.permit.take());
                }
            }
            if unclaimed.is_empty() {
                return;
            }
            let undo = |rota: &mut Rota, now| {
                for permit in &unclaimed {
                    rota.undo(permit, now);
                }
            };
            ((), effects) = self.locked(undo);
        }
    }
}

/// Looks at the lanes whose time has come, each time that one has.
async fn keep_time(lanes: Weak<Lanes>, alarm: Arc<Notify>, sleep: Arc<Sleep>) {
    while let Some(lanes) = lanes.upgrade() {
        let (now, next) = lanes.change(|rota, now| (now, rota.ring(now)));
        drop(lanes);
        match next {
            None => alarm.notified().await,
            Some(next) => tokio::select! {
                () = sleep(next.saturating_sub(now)) => {}
                () = alarm.notified() => {}
            },
        }
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.alarm.notify_one();
    }
}

impl Grant {
    fn take_up(mut self) -> Vec<Slot> {
        let Some(permit) = self.permit.take() else {
            return Vec::new();
        };
        let slot = || Slot {
            lanes: Some(Arc::clone(&self.lanes)),
            webhook: permit.webhook,
            era: permit.era,
            is_used: false,
        };
        iter::repeat_with(slot).take(permit.count).collect()
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.lanes.change(|rota, now| rota.undo(&permit, now));
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            let (webhook, ticket) = (self.webhook, self.ticket);
            self.lanes
                .change(|rota, now| rota.forget(webhook, ticket, now));
        }
    }
}

impl Slot {
    /// A call is sent with it.
    pub(crate) fn begin(&mut self) {
        self.is_used = true;
    }

    /// Says how the attempt ended. The slot stays taken.
    pub(crate) fn note(&self, verdict: Verdict) {
        let (webhook, era) = (self.webhook, self.era);
        if let Some(lanes) = &self.lanes {
            lanes.change(|rota, now| rota.note(webhook, era, verdict, now));
        }
    }

    /// Gives many back together, with each of which a call was sent.
    pub(crate) fn give_back(mut slots: Vec<Slot>) {
        let lanes = slots.iter_mut().filter_map(|slot| slot.lanes.take());
        // They are all of one server.
        if let Some(lanes) = lanes.last() {
            let calls = slots.iter().map(|slot| (slot.webhook, slot.era));
            lanes.change(|rota, now| rota.over(calls, now));
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(lanes) = self.lanes.take() else {
            return;
        };
        let Slot { webhook, era, .. } = *self;
        lanes.change(|rota, now| {
            if self.is_used {
                rota.over([(webhook, era)].into_iter(), now);
            } else {
                let count = 1;
                rota.undo(
                    &Permit {
                        webhook,
                        era,
                        count,
                    },
                    now,
                );
            }
        });
    }
}

impl fmt::Debug for Lanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes").finish_non_exhaustive()
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let webhook = self.webhook;
        f.debug_struct("Slot")
            .field("webhook", &webhook)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
