//! The task of a run: it reads leads ahead in batches, in the order of their ids, and sends them on their way as groups.
//!
//! Where the flow begins with a call of one webhook, a group has as many leads as that webhook's lane has slots. Else the leads go on their way as there
//! are places, and those whose webhook has no slot for them soon wait as rows.

use std::{collections::VecDeque, pin::pin, sync::Arc};

use futures_util::FutureExt;
use leadhook_store::{
    CampaignType, Passage, Qualification, Run, RunLead, RunState, Store, WebhookId,
};
use tokio::sync::OwnedSemaphorePermit;

use super::{live::LiveRun, window::Window};
use crate::{
    call::Figure,
    campaign::{CompiledAction, CompiledCampaign},
    engine::{Engine, Shared},
    error::Error,
    flow::{Group, Hand, IN_MEMORY, Passenger, Ticket, carry, end_waiting_calls},
    lane::Slot,
};

/// Leads that are read at a time.
const READ: usize = 1_000;
/// Leads of a group at most. One of a webhook with few slots is an eighth of them, so that while some leads are read and rendered, others are under
/// way, and others recorded.
const GROUP: usize = 256;
/// Leads of a group at least, where there are slots for them.
const SMALL_GROUP: usize = 32;
/// Leads of a run that may wait as rows before more are sent on their way.
const MAX_OPEN: u64 = 65_536;

/// Takes up the runs that are not over.
pub(crate) async fn resume<S: Store>(engine: &Engine<S>) -> Result<(), Error> {
    for run in engine.shared.store.open_runs().await? {
        engine.drive(run, engine.shared.runs.place());
    }
    Ok(())
}

impl<S: Store> Engine<S> {
    /// Starts the task of a run, unless the run is over. It has its place until then.
    pub(super) fn drive(&self, run: Run, place: Option<OwnedSemaphorePermit>) {
        if matches!(run.state, RunState::Completed | RunState::Cancelled) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let live = shared.runs.begin(&run, &shared.calls.stopping);
        self.shared.calls.tasks.spawn(async move {
            let mut driver = Driver {
                shared: &shared,
                live: &live,
                run: &run,
                window: Window::new(shared.settings.max_ahead),
                ahead: VecDeque::new(),
                next: Some(0),
            };
            driver.take_up().await;
            driver.run().await;
            shared.runs.end(run.id);
            drop(place);
            live.changed();
        });
    }
}

struct Driver<'a, S> {
    shared: &'a Arc<Shared<S>>,
    live: &'a Arc<LiveRun>,
    run: &'a Run,
    window: Window,
    /// Leads that were read.
    ahead: VecDeque<RunLead>,
    /// The position to read on at; none behind the last lead.
    next: Option<u32>,
}

impl<S: Store> Driver<'_, S> {
    /// Sees whether the run was cancelled before it could be told so.
    async fn take_up(&self) {
        let run = self.insist(|| self.shared.store.run(self.run.id)).await;
        if run
            .flatten()
            .is_some_and(|run| run.state == RunState::Cancelling)
        {
            self.live.stopping.cancel();
        }
    }

    async fn run(&mut self) {
        let stopping = self.live.stopping.clone();
        tokio::select! {
            biased;
            () = stopping.cancelled() => {}
            () = self.go_through() => {}
        }
        if self.live.stopping.is_cancelled() && !self.shared.calls.stopping.is_cancelled() {
            end_waiting_calls(self.shared, self.live).await;
            self.live.passes.close();
            self.live.passes.wait().await;
            let now = (self.shared.environment.now)();
            let store = &self.shared.store;
            self.insist(|| store.end_cancelled_run(self.run.id, now))
                .await;
        }
        self.live.passes.close();
        self.live.passes.wait().await;
    }

    /// Sends each lead that has not ended on its way, then waits for the end of the run.
    async fn go_through(&mut self) {
        let snapshot = self.shared.snapshot();
        let (campaign, version) = (self.run.campaign, self.run.version);
        let flow = self.insist(|| self.shared.flow(&snapshot, campaign, version));
        // The server stops.
        let Some(flow) = flow.await else { return };
        let webhook = first_webhook(&flow);
        while self.read_ahead().await {
            match webhook {
                Some(webhook) => self.send_with_slots(&flow, webhook).await,
                None => self.send(&flow).await,
            }
        }
        self.until_over().await;
    }

    /// Reads leads ahead where there are none; whether there are some then.
    async fn read_ahead(&mut self) -> bool {
        while self.ahead.is_empty()
            && let Some(position) = self.next
        {
            let store = &self.shared.store;
            let read = self.insist(|| store.run_leads(self.run.id, position, READ));
            let Some(page) = read.await else { return false };
            self.ahead = page.leads.into();
            self.next = page.next;
        }
        !self.ahead.is_empty()
    }

    /// Sends as many leads on their way as their webhook has slots.
    async fn send_with_slots(&mut self, flow: &Arc<CompiledCampaign>, webhook: WebhookId) {
        let snapshot = self.shared.snapshot();
        let live = snapshot.webhook_by_id(webhook);
        let concurrency = live.map_or(0, |live| self.shared.concurrency(live));
        let group = (concurrency / 8).clamp(SMALL_GROUP, GROUP);
        let wanted = self.ahead.len().min(group);
        let slots = self.slots(webhook, wanted).await;
        // Of a webhook that is gone the step fails.
        let limit = if slots.is_empty() {
            wanted
        } else {
            slots.len()
        };
        let leads = self.take(flow, limit, || None).await;
        let hand = Hand {
            webhook: Some(webhook),
            slots,
        };
        carry(self.shared, self.group(flow, leads, hand)).await;
    }

    /// Waits for slots; none where the webhook is gone. What is left of the run is held back meanwhile.
    async fn slots(&self, webhook: WebhookId, wanted: usize) -> Vec<Slot> {
        let mut slots = pin!(self.shared.calls.lanes.enter_some(webhook, wanted));
        if let Some(slots) = slots.as_mut().now_or_never() {
            return slots.unwrap_or_default();
        }
        let begun = self.ahead.front().map_or(0, |lead| lead.position);
        let left = self.run.counts.total.saturating_sub(u64::from(begun));
        let _held = self.live.gauge.enter_all(Figure::Held, left);
        self.live.gauge.moved();
        slots.await.unwrap_or_default()
    }

    /// Sends leads on their way as there are places.
    async fn send(&mut self, flow: &Arc<CompiledCampaign>) {
        self.until_few_are_open().await;
        let mut places = self.shared.places.take(self.ahead.len().min(GROUP)).await;
        let limit = places.count();
        let leads = self.take(flow, limit, || places.one()).await;
        let mut group = self.group(flow, leads, Hand::default());
        group.patience = Some(IN_MEMORY);
        let shared = Arc::clone(self.shared);
        let carried = async move { carry(&shared, group).await };
        self.shared.calls.tasks.spawn(carried);
    }

    /// The next leads that may enter the flow (R-CMP-8), each with a place in the window.
    async fn take(
        &mut self,
        flow: &CompiledCampaign,
        limit: usize,
        mut place: impl FnMut() -> Option<OwnedSemaphorePermit>,
    ) -> Vec<Passenger> {
        let leads: Vec<_> = self.ahead.drain(..limit.min(self.ahead.len())).collect();
        if let Some(last) = leads.last() {
            self.make_way(last.position).await;
        }
        let may = self.enter(&leads, flow.qualification).await;
        let leads = leads.into_iter().zip(may).filter(|(_, may)| *may);
        leads
            .map(|(lead, _)| Passenger {
                lead: lead.lead,
                passage: Passage::Position {
                    run: self.run.id,
                    position: lead.position,
                    campaign: self.run.campaign,
                    version: self.run.version,
                },
                has_failed: false,
                trigger: Vec::new(),
                ticket: Ticket::of_position(place(), self.window.enter(lead), self.live),
            })
            .collect()
    }

    fn group(&self, flow: &Arc<CompiledCampaign>, leads: Vec<Passenger>, hand: Hand) -> Group {
        Group {
            flow: Arc::clone(flow),
            run: Some(Arc::clone(self.live)),
            step: 0,
            leads,
            hand,
            patience: None,
            stopping: self.live.stopping.clone(),
        }
    }

    /// Gives leads rows of their own that are far behind a position: they hold up nobody.
    async fn make_way(&self, position: u32) {
        let leads = self.window.in_the_way_of(position);
        if leads.is_empty() {
            return;
        }
        let now = (self.shared.environment.now)();
        let store = &self.shared.store;
        let detach = || store.detach(self.run.id, leads.clone(), now);
        if self.insist(detach).await.is_some() {
            self.window.detach(&leads);
        }
    }

    /// Which leads may enter the flow; those that may not have been passed over.
    async fn enter(&self, leads: &[RunLead], qualification: Qualification) -> Vec<bool> {
        if qualification == Qualification::EveryTime {
            return vec![true; leads.len()];
        }
        let (store, now) = (&self.shared.store, (self.shared.environment.now)());
        let enter = || store.enter_run(self.run.id, leads.to_vec(), qualification, now);
        let may = self.insist(enter).await;
        self.live.changed();
        may.unwrap_or_default()
    }

    /// Waits while too many of the run's leads wait as rows.
    async fn until_few_are_open(&self) {
        self.until(|run| run.counts.open < MAX_OPEN).await;
    }

    /// Waits until the store says that the run is over: its last leads may wait as rows.
    async fn until_over(&self) {
        let is_open = |run: &Run| matches!(run.state, RunState::Running | RunState::Cancelling);
        self.until(|run| !is_open(run)).await;
    }

    /// Waits until the run is as it is hoped to be, or is not there.
    async fn until(&self, is_so: impl Fn(&Run) -> bool) {
        let mut changes = self.live.changes();
        loop {
            changes.mark_unchanged();
            let found = self.insist(|| self.shared.store.run(self.run.id)).await;
            if found.flatten().is_none_or(|run| is_so(&run)) {
                return;
            }
            // The live run, which sends, outlives this.
            let _ = changes.changed().await;
        }
    }

    /// Asks the store until it answers; none when the server stops.
    async fn insist<T, E, F>(&self, ask: impl FnMut() -> F) -> Option<T>
    where
        E: std::fmt::Display,
        F: Future<Output = Result<T, E>>,
    {
        self.shared.insist(&self.shared.calls.stopping, ask).await
    }
}

/// The webhook that every lead begins with, where there is one.
fn first_webhook(flow: &CompiledCampaign) -> Option<WebhookId> {
    let calls = flow.campaign_type == CampaignType::Trigger;
    let first = flow.flow.first().filter(|_| calls)?;
    match first.always()? {
        CompiledAction::CallWebhook(webhook) => Some(*webhook),
        _ => None,
    }
}
