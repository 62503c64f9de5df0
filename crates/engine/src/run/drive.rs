//! The task of a run: it reads leads ahead in batches, in the order of their ids, and keeps a window of them under way.

use std::{sync::Arc, time::Duration};

use leadhook_store::{CampaignType, Passage, Qualification, Run, RunId, RunLead, RunState, Store};

use super::{live::LiveRun, window::Window};
use crate::{
    call::Place,
    campaign::{CompiledAction, CompiledCampaign},
    engine::{Engine, Shared},
    error::Error,
    flow::Pass,
};

/// Leads that are read at a time.
const BATCH: usize = 1_000;
/// How long a run waits before it asks a store anew that failed.
const PATIENCE: Duration = Duration::from_secs(1);

/// Takes up the runs that are not over.
pub(crate) async fn resume<S: Store>(engine: &Engine<S>) -> Result<(), Error> {
    for run in engine.shared.store.open_runs().await? {
        engine.drive(run);
    }
    Ok(())
}

impl<S: Store> Engine<S> {
    /// Starts the task of a run, unless the run is over.
    pub(super) fn drive(&self, run: Run) {
        if matches!(run.state, RunState::Completed | RunState::Cancelled) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let live = shared.runs.begin(&run, &shared.calls.stopping);
        self.shared.calls.tasks.spawn(async move {
            let driver = Driver {
                shared: &shared,
                live: &live,
            };
            driver.take_up(run.id).await;
            driver.run(&run).await;
            shared.runs.end(run.id);
            live.changed();
        });
    }
}

struct Driver<'a, S> {
    shared: &'a Arc<Shared<S>>,
    live: &'a Arc<LiveRun>,
}

impl<S: Store> Driver<'_, S> {
    /// Sees whether the run was cancelled before it could be told so.
    async fn take_up(&self, id: RunId) {
        let run = self.insist(|| self.shared.store.run(id)).await.flatten();
        if run.is_some_and(|run| run.state == RunState::Cancelling) {
            self.live.stopping.cancel();
        }
    }

    async fn run(&self, run: &Run) {
        tokio::select! {
            biased;
            () = self.live.stopping.cancelled() => {}
            () = self.go_through(run) => {}
        }
        self.live.passes.close();
        self.live.passes.wait().await;
        if self.live.stopping.is_cancelled() && !self.shared.calls.stopping.is_cancelled() {
            let now = (self.shared.environment.now)();
            self.insist(|| self.shared.store.end_cancelled_run(run.id, now))
                .await;
        }
    }

    /// Begins the pass of each lead that has not ended, then waits for the end of the run.
    async fn go_through(&self, run: &Run) {
        let snapshot = self.shared.snapshot();
        let flow = self.insist(|| self.shared.flow(&snapshot, run.campaign, run.version));
        let Some(Some(flow)) = flow.await else {
            tracing::error!(run = run.id.0, "the flow of a run is not in the store");
            return std::future::pending().await;
        };
        let window = Window::new(
            self.shared.settings.max_in_flight,
            self.shared.runs.places(),
        );
        let mut from = Some(0);
        while let Some(position) = from {
            let left = run.counts.total.saturating_sub(u64::from(position));
            self.until_callable(&flow, left).await;
            let store = &self.shared.store;
            let read = self.insist(|| store.run_leads(run.id, position, BATCH));
            let Some(page) = read.await else { return };
            for lead in page.leads {
                let place = window.enter(lead.position).await;
                let pass = self.pass(run, lead, &flow);
                let (shared, live) = (Arc::clone(self.shared), Arc::clone(self.live));
                self.live.passes.spawn(async move {
                    let _place = place;
                    let driver = Driver {
                        shared: &shared,
                        live: &live,
                    };
                    if driver.enters(lead, pass.flow.qualification).await {
                        see_through(&shared, &live, pass).await;
                    }
                });
            }
            from = page.next;
        }
        self.until_over(run.id).await;
    }

    /// Waits while all leads would be held back at once: the flow begins with a call of a webhook that is paused.
    async fn until_callable(&self, flow: &CompiledCampaign, left: u64) {
        let calls = flow.campaign_type == CampaignType::Trigger;
        let first = flow.flow.first().filter(|_| calls);
        if let Some(CompiledAction::CallWebhook(webhook)) = first.and_then(|step| step.always())
            && self.shared.snapshot().is_paused(*webhook)
        {
            let _counted = self.live.gauge.enter_all(Place::Held, left);
            self.shared.unpaused(*webhook).await;
        }
    }

    /// Whether a lead may enter the flow (R-CMP-8); one that may not has been passed over.
    async fn enters(&self, lead: RunLead, qualification: Qualification) -> bool {
        if qualification == Qualification::EveryTime {
            return true;
        }
        let (store, now) = (&self.shared.store, (self.shared.environment.now)());
        let enter = || store.enter_run(self.live.id, vec![lead], qualification, now);
        let entered = self.insist(enter).await;
        self.live.changed();
        entered.is_some_and(|may| may == [true])
    }

    fn pass(&self, run: &Run, lead: RunLead, flow: &Arc<CompiledCampaign>) -> Pass {
        Pass {
            flow: Arc::clone(flow),
            lead: lead.lead,
            passage: Passage::Position {
                run: run.id,
                position: lead.position,
                campaign: run.campaign,
                version: run.version,
            },
            step: 0,
            has_failed: false,
            trigger: Vec::new(),
            run: Some(Arc::clone(self.live)),
            stopping: self.live.stopping.clone(),
        }
    }

    /// Waits until the store says that the run is over: its last leads may wait as rows.
    async fn until_over(&self, run: RunId) {
        let mut changes = self.live.changes();
        loop {
            changes.mark_unchanged();
            let found = self.insist(|| self.shared.store.run(run)).await;
            let is_open = |run: &Run| matches!(run.state, RunState::Running | RunState::Cancelling);
            if !found.flatten().is_some_and(|run| is_open(&run)) {
                return;
            }
            // The live run, which sends, outlives this.
            let _ = changes.changed().await;
        }
    }

    /// Asks the store until it answers; none when the run is to stop.
    async fn insist<T, E, F>(&self, mut ask: impl FnMut() -> F) -> Option<T>
    where
        E: std::fmt::Display,
        F: Future<Output = Result<T, E>>,
    {
        loop {
            match ask().await {
                Ok(answer) => return Some(answer),
                Err(error) => {
                    tracing::error!(run = self.live.id.0, %error, "a run waits for its store");
                    tokio::select! {
                        () = (self.shared.environment.sleep)(PATIENCE) => {}
                        () = self.shared.calls.stopping.cancelled() => return None,
                    }
                }
            }
        }
    }
}

/// A pass until a step of it is on record, or it is stopped.
async fn see_through<S: Store>(shared: &Arc<Shared<S>>, live: &LiveRun, mut pass: Pass) {
    while let Err(error) = pass.go(&**shared).await {
        tracing::error!(run = live.id.0, %error, "a lead's step is tried again");
        tokio::select! {
            () = (shared.environment.sleep)(PATIENCE) => {}
            () = live.stopping.cancelled() => return,
        }
    }
}
