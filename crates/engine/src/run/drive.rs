//! The task of a run: it reads leads ahead in batches, in the order of their ids, and keeps a window of them under way.

use std::{sync::Arc, time::Duration};

use leadhook_store::{
    Passage, Qualification, Run, RunId, RunLead, RunLeadsPage, RunState, Store, WebhookId,
};

use super::{live::LiveRun, window::Window};
use crate::{
    campaign::CompiledCampaign,
    engine::{Engine, Shared},
    error::Error,
    flow::{Outcome, Pass},
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
        if run.state == RunState::Cancelling {
            live.stopping.cancel();
        }
        self.shared.calls.tasks.spawn(async move {
            let driver = Driver {
                shared: &shared,
                live: &live,
            };
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
        let window = Window::new(self.shared.settings.max_in_flight);
        let mut from = Some(0);
        while let Some(position) = from {
            let Some(page) = self.read(run.id, position, flow.qualification).await else {
                return;
            };
            for lead in page.leads {
                let place = window.enter(lead.position).await;
                let pass = self.pass(run, lead, &flow);
                let (shared, live) = (Arc::clone(self.shared), Arc::clone(self.live));
                self.live.passes.spawn(async move {
                    let _place = place;
                    see_through(&shared, &live, pass).await;
                });
            }
            from = page.next;
        }
        self.until_over(run.id).await;
    }

    /// The leads that may enter the flow.
    async fn read(
        &self,
        run: RunId,
        from: u32,
        qualification: Qualification,
    ) -> Option<RunLeadsPage> {
        let store = &self.shared.store;
        let mut page = self.insist(|| store.run_leads(run, from, BATCH)).await?;
        if qualification != Qualification::EveryTime && !page.leads.is_empty() {
            let now = (self.shared.environment.now)();
            let enter = || store.enter_run(run, page.leads.clone(), qualification, now);
            let mut may = self.insist(enter).await?.into_iter();
            page.leads.retain(|_| may.next().unwrap_or(false));
            self.live.changed();
        }
        Some(page)
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

/// A pass until it ends, waits as a row, or is stopped. While its webhook is paused it waits here, as long as it has no row.
async fn see_through<S: Store>(shared: &Arc<Shared<S>>, live: &LiveRun, mut pass: Pass) {
    loop {
        match pass.go(&**shared).await {
            Ok(Outcome::Done | Outcome::Stopped) => return,
            Ok(Outcome::Held(webhook)) => {
                if !wait_for_release(shared, live, webhook).await {
                    return;
                }
            }
            Err(error) => {
                tracing::error!(run = live.id.0, %error, "a lead's step is tried again");
                tokio::select! {
                    () = (shared.environment.sleep)(PATIENCE) => {}
                    () = live.stopping.cancelled() => return,
                }
            }
        }
    }
}

async fn wait_for_release<S: Store>(
    shared: &Shared<S>,
    live: &LiveRun,
    webhook: WebhookId,
) -> bool {
    let _counted = live.gauge.enter(crate::call::Place::Held);
    live.changed();
    tokio::select! {
        () = shared.unpaused(webhook) => true,
        () = live.stopping.cancelled() => false,
    }
}
