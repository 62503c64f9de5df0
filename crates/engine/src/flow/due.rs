//! What waits and is due: entries that triggers and other flows made, that waited or go on with their next step, and calls whose next attempt has come.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use leadhook_field::Datetime;
use leadhook_store::{CampaignId, Claim, Claimed, Entry, Passage, Revision, RunId, Store};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    again::again,
    backlog::PATIENCE,
    group::{Group, Hand, Passenger, carry},
    ticket::{Taken, Ticket},
};
use crate::{engine::Shared, environment::Sleep, error::Error};

/// Rows that are claimed at a time.
const BATCH: usize = 1_000;
/// How long what is due waits for its slots in memory. A webhook that has none by then holds it back.
pub(crate) const IN_MEMORY: Duration = Duration::from_secs(1);
/// The longest sleep until something is due: a clock that is set forward is noticed by then.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Takes up what lanes hold back, and starts the task that takes up what is due. That ends with the engine, and does not keep it.
pub(crate) async fn take_up_what_is_due<S: Store>(shared: &Arc<Shared<S>>) -> Result<(), Error> {
    for webhook in shared.store.holding().await? {
        shared.pull(webhook);
    }
    let changed = shared.store.waiting_changed();
    let stopping = shared.calls.stopping.clone();
    let sleep = Arc::clone(&shared.environment.sleep);
    tokio::spawn(wait(Arc::downgrade(shared), changed, sleep, stopping));
    Ok(())
}

async fn wait<S: Store>(
    engine: Weak<Shared<S>>,
    mut waiting: watch::Receiver<u64>,
    sleep: Arc<Sleep>,
    stopping: CancellationToken,
) {
    loop {
        waiting.mark_unchanged();
        let longest = {
            let Some(shared) = engine.upgrade() else {
                return;
            };
            take_up_due(&shared).await
        };
        tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            changed = waiting.changed() => if changed.is_err() { return },
            () = (sleep)(longest) => {}
        }
    }
}

/// Takes up what is due, as far as there are places; how long it is until more is, at most.
async fn take_up_due<S: Store>(shared: &Arc<Shared<S>>) -> Duration {
    loop {
        let places = tokio::select! {
            biased;
            () = shared.calls.stopping.cancelled() => return LONGEST_SLEEP,
            places = shared.places.take(BATCH) => places,
        };
        let limit = places.count();
        let now = (shared.environment.now)();
        let claimed = match shared.store.claim(Claim::Due(now), limit).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "what is due waits for the store");
                return PATIENCE;
            }
        };
        let is_all = claimed.len() < limit;
        let next_due = claimed.next_due;
        shared.take_up(claimed, Hand::default(), Some(places)).await;
        if is_all {
            return next_due.map_or(LONGEST_SLEEP, |due| until(due, now));
        }
    }
}

fn until(due: Datetime, now: Datetime) -> Duration {
    let micros = due.as_micros().saturating_sub(now.as_micros());
    Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(LONGEST_SLEEP)
}

impl<S: Store> Shared<S> {
    /// Carries out what was claimed, those at one step of one flow together. With places each row takes one, and goes its way in a task; without, it is
    /// begun when this comes back.
    pub(super) async fn take_up(
        self: &Arc<Self>,
        claimed: Claimed,
        mut hand: Hand,
        mut places: Option<Taken>,
    ) {
        for damage in &claimed.damaged {
            tracing::error!(%damage, "what waits cannot be read, and goes on no more");
        }
        let in_task = places.is_some();
        let mut take = |run: Option<RunId>, waits| {
            let place = places.as_mut().and_then(Taken::one);
            let run = run.and_then(|run| self.runs.get(run));
            Ticket::of_row(place, run.as_deref(), waits)
        };
        let calls = claimed.calls.into_iter().map(|call| {
            let (webhook, run) = (call.call.origin.webhook, call.call.origin.run);
            ((webhook, run), (call, take(run, false)))
        });
        let calls = grouped(calls);
        let entries = claimed.entries.into_iter().map(|entry| {
            let at = At::of(&entry);
            let ticket = take(at.run, entry.waits);
            (at, (entry, ticket))
        });
        let entries = grouped(entries);
        let mut part = |rows: usize| Hand {
            webhook: hand.webhook,
            slots: hand.slots.drain(..rows.min(hand.slots.len())).collect(),
        };
        for ((webhook, run), rows) in calls {
            let (engine, hand) = (Arc::clone(self), part(rows.len()));
            let begun = async move { again(&engine, webhook, run, rows.into(), hand).await };
            self.begin(in_task, begun).await;
        }
        for (at, rows) in entries {
            let (engine, hand) = (Arc::clone(self), part(rows.len()));
            let begun = async move { engine.carry_entries(at, rows, hand).await };
            self.begin(in_task, begun).await;
        }
    }

    async fn begin(&self, in_task: bool, begun: impl Future<Output = ()> + Send + 'static) {
        if in_task {
            self.calls.tasks.spawn(begun);
        } else {
            begun.await;
        }
    }

    async fn carry_entries(self: Arc<Self>, at: At, rows: Vec<(Entry, Ticket)>, hand: Hand) {
        let run = at.run.map(|run| self.runs.get(run));
        if let Some(None) = run {
            return; // Its run was cancelled since they were claimed, and is over.
        }
        let run = run.flatten();
        let stopping = match &run {
            Some(run) => run.stopping.clone(),
            None => self.calls.stopping.clone(),
        };
        let snapshot = self.snapshot();
        let flow = self.insist(&stopping, || self.flow(&snapshot, at.campaign, at.version));
        let Some(flow) = flow.await else { return };
        let leads = rows.into_iter().map(|(entry, ticket)| Passenger {
            lead: entry.lead,
            passage: Passage::Row(entry.id),
            has_failed: entry.has_failed,
            trigger: entry.trigger,
            ticket,
        });
        let group = Group {
            flow,
            run,
            step: at.step as usize,
            leads: leads.collect(),
            hand,
            patience: Some(IN_MEMORY),
            stopping,
        };
        carry(&self, group).await;
    }
}

/// What has the same key, together, in the order in which it came.
fn grouped<K: PartialEq, T>(rows: impl Iterator<Item = (K, T)>) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for (key, row) in rows {
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((key, vec![row])),
        }
    }
    groups
}

/// Where entries stand that go on together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    campaign: CampaignId,
    version: Revision,
    run: Option<RunId>,
    step: u32,
}

impl At {
    fn of(entry: &Entry) -> At {
        At {
            campaign: entry.campaign,
            version: entry.version,
            run: entry.run,
            step: entry.step,
        }
    }
}
