//! Entries with rows of their own, taken up when they are due: made by triggers and other flows, or left to wait. What waits holds nothing but
//! its row.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use leadhook_field::Datetime;
use leadhook_store::{Claimed, Entry, Hold, Passage, Store};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::pass::{Outcome, Pass};
use crate::{engine::Shared, environment::Sleep};

/// Entries that are claimed at a time.
const BATCH: usize = 1_000;
/// How long entries wait for a store that failed.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest sleep until an entry is due: a clock that is set forward is noticed by then.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Starts the task that takes entries up. It ends with the engine, and does not keep it.
pub(crate) fn wait_for_entries<S: Store>(shared: &Arc<Shared<S>>) {
    let places = Arc::new(Semaphore::new(shared.settings.max_in_flight));
    let made = shared.store.entries_made();
    let stopping = shared.calls.stopping.clone();
    let pause = Arc::clone(&shared.environment.sleep);
    tokio::spawn(wait(Arc::downgrade(shared), places, made, pause, stopping));
}

async fn wait<S: Store>(
    engine: Weak<Shared<S>>,
    places: Arc<Semaphore>,
    mut made: watch::Receiver<u64>,
    pause: Arc<Sleep>,
    stopping: CancellationToken,
) {
    loop {
        let free = Arc::clone(&places).acquire_owned();
        let Ok(place) = free.await else { return };
        made.mark_unchanged();
        let sleep = {
            let Some(shared) = engine.upgrade() else {
                return;
            };
            take_up(&shared, &places, place).await
        };
        tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            changed = made.changed() => if changed.is_err() { return },
            () = (pause)(sleep) => {}
        }
    }
}

/// Begins what is due, as far as there are places; how long it is until more is, at most.
async fn take_up<S: Store>(
    shared: &Arc<Shared<S>>,
    places: &Arc<Semaphore>,
    first: OwnedSemaphorePermit,
) -> Duration {
    let mut place = Some(first);
    loop {
        let now = (shared.environment.now)();
        let limit = BATCH.min(places.available_permits() + 1);
        let claimed = match shared.store.claim_entries(now, limit).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "entries that are due wait for the store");
                return PATIENCE;
            }
        };
        let Claimed { entries, next_due } = claimed;
        let is_full = entries.len() == limit;
        for entry in entries {
            let place = match place.take() {
                Some(place) => place,
                None => match Arc::clone(places).acquire_owned().await {
                    Ok(place) => place,
                    Err(_) => return LONGEST_SLEEP,
                },
            };
            begin(shared, entry, place);
        }
        if !is_full {
            return next_due.map_or(LONGEST_SLEEP, |due| until(due, now));
        }
        if shared.calls.stopping.is_cancelled() {
            return LONGEST_SLEEP;
        }
        place = Arc::clone(places).acquire_owned().await.ok();
    }
}

fn until(due: Datetime, now: Datetime) -> Duration {
    let micros = due.as_micros().saturating_sub(now.as_micros());
    Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(LONGEST_SLEEP)
}

fn begin<S: Store>(shared: &Arc<Shared<S>>, entry: Entry, place: OwnedSemaphorePermit) {
    let engine = Arc::clone(shared);
    shared.calls.tasks.spawn(async move {
        let run = entry.run.map(|run| engine.runs.get(run));
        if let Some(None) = run {
            return; // Its run was cancelled since it was claimed, and is over.
        }
        let run = run.flatten();
        // A run that is cancelled is not over as long as one of its passes is under way.
        let _pass = run.as_ref().map(|run| run.passes.token());
        let _place = place;
        let stopping = match &run {
            Some(run) => run.stopping.clone(),
            None => engine.calls.stopping.clone(),
        };
        let id = entry.id;
        loop {
            let snapshot = engine.snapshot();
            let flow = engine.flow(&snapshot, entry.campaign, entry.version).await;
            let outcome = match flow {
                Ok(Some(flow)) => {
                    let mut pass = Pass {
                        flow,
                        lead: entry.lead,
                        passage: Passage::Row(id),
                        step: entry.step as usize,
                        has_failed: entry.has_failed,
                        trigger: entry.trigger.clone(),
                        run: run.clone(),
                        stopping: stopping.clone(),
                    };
                    pass.go(&*engine).await
                }
                Ok(None) => {
                    tracing::error!(entry = id.0, "the flow of an entry is not in the store");
                    return;
                }
                Err(error) => Err(error),
            };
            match outcome {
                Ok(Outcome::Done | Outcome::Stopped) => return,
                Ok(Outcome::Held(entry, webhook)) => {
                    let held = engine.store.hold(vec![Hold { entry, webhook }]).await;
                    if let Some(run) = &run {
                        run.changed();
                    }
                    let Err(error) = held else { return };
                    tracing::error!(entry = id.0, %error, "an entry could not be held back");
                }
                Err(error) => tracing::error!(entry = id.0, %error, "a step is tried again"),
            }
            tokio::select! {
                () = (engine.environment.sleep)(PATIENCE) => {}
                () = stopping.cancelled() => return,
            }
        }
    });
}
