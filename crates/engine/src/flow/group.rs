//! A group: leads at one step of one flow, carried out together. What its leads need of the store is read by one query for all of them, and what they
//! do is written by one commit, or handed to the recorder call by call.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures_util::future::join_all;
use leadhook_store::{
    Ending, FirstMatch, LeadId, NewStep, Next, Passage, Progress, RunId, StepEffect, Store,
    TriggerTokens, WebhookId,
};
use tokio_util::sync::CancellationToken;

use super::{
    due::IN_MEMORY,
    progress::FlowPart,
    step::{Change, Requested},
    ticket::Ticket,
};
use crate::{
    campaign::{self, CompiledAction, CompiledCampaign, CompiledStep},
    engine::Shared,
    error::Error,
    lane::Slot,
    render::Context,
    run::LiveRun,
};

/// Leads at one step of one flow.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) flow: Arc<CompiledCampaign>,
    /// The run that they belong to.
    pub(crate) run: Option<Arc<LiveRun>>,
    /// The step that comes next, from 0.
    pub(crate) step: usize,
    pub(crate) leads: Vec<Passenger>,
    pub(crate) hand: Hand,
    /// How long they wait for their slots in memory; then they wait as rows. None: none of their run could go on to another webhook.
    pub(crate) patience: Option<Duration>,
    pub(crate) stopping: CancellationToken,
}

/// A lead on its way.
#[derive(Debug)]
pub(crate) struct Passenger {
    pub(crate) lead: LeadId,
    pub(crate) passage: Passage,
    /// Whether a step before failed.
    pub(crate) has_failed: bool,
    /// What `{{trigger.*}}` gives, where it belongs to no run: all leads of a run have the same.
    pub(crate) trigger: TriggerTokens,
    pub(crate) ticket: Ticket,
}

/// Slots of one webhook that a group was made for.
#[derive(Debug, Default)]
pub(crate) struct Hand {
    pub(crate) webhook: Option<WebhookId>,
    pub(crate) slots: Vec<Slot>,
}

/// Those of a group who do the same.
struct Part<'a> {
    action: Option<&'a CompiledAction>,
    leads: Vec<Passenger>,
}

/// Carries leads out up to the first step of each that has to be recorded. What comes behind it is an entry with a row of its own, due at once, and
/// taken up as such: so a lead is exactly where the last commit left it.
pub(crate) async fn carry<S: Store>(shared: &Arc<Shared<S>>, group: Group) {
    let mut group = Some(group);
    while let Some(mut at_step) = group.take() {
        if at_step.stopping.is_cancelled() || !at_step.renew(shared).await {
            return;
        }
        group = at_step.go(shared).await;
    }
}

impl Group {
    /// Takes its version of the flow as it is compiled for the catalog of now: what it names may be gone.
    async fn renew<S: Store>(&mut self, shared: &Shared<S>) -> bool {
        let (campaign, version) = (self.flow.id, self.flow.version);
        let snapshot = shared.snapshot();
        let flow = shared.insist(&self.stopping, || shared.flow(&snapshot, campaign, version));
        let Some(flow) = flow.await else { return false };
        self.flow = flow;
        true
    }

    /// Carries the step out; gives those for whom nothing happened that a restart could not find out again, at the next step.
    async fn go<S: Store>(mut self, shared: &Arc<Shared<S>>) -> Option<Group> {
        let flow = Arc::clone(&self.flow);
        let leads = std::mem::take(&mut self.leads);
        let Some(step) = flow.flow.get(self.step) else {
            let leads = match &flow.fault {
                Some(fault) => self.failed(leads, fault),
                None => leads,
            };
            self.leave(shared, leads).await;
            return None;
        };
        let mut hand = std::mem::take(&mut self.hand);
        let parts = self.choose(shared, step, leads).await?;
        let on_their_way = parts.into_iter().map(|part| {
            let hand = match part.action {
                Some(CompiledAction::CallWebhook(webhook)) if hand.webhook == Some(*webhook) => {
                    std::mem::take(&mut hand)
                }
                _ => Hand::default(),
            };
            self.carry_out(shared, part, hand)
        });
        let on_their_way: Vec<_> = on_their_way.collect();
        let leads: Vec<_> = join_all(on_their_way).await.into_iter().flatten().collect();
        // Slots that this step did not want are for the one behind it: a row that a webhook held back begins at its last recorded step, which may be
        // one that does nothing for its lead.
        (!leads.is_empty()).then_some(Group {
            step: self.step + 1,
            leads,
            hand,
            patience: Some(IN_MEMORY),
            ..self
        })
    }

    /// What each lead does (R-CMP-2). Those that are not there any more leave.
    async fn choose<'a, S: Store>(
        &self,
        shared: &Shared<S>,
        step: &'a CompiledStep,
        leads: Vec<Passenger>,
    ) -> Option<Vec<Part<'a>>> {
        let mut parts: Vec<Part<'a>> = Vec::new();
        if step.conditions.is_empty() {
            let action = step.default.as_ref();
            parts.push(Part { action, leads });
            return Some(parts);
        }
        let matches = self.ask(shared, &leads, |ids| async move {
            let conditions = Arc::clone(&step.conditions);
            Ok(shared.store.first_matches(ids, conditions).await?)
        });
        let matches = matches.await?;
        let mut gone = Vec::new();
        for (mut passenger, first) in leads.into_iter().zip(matches) {
            let action = match first {
                Ok(FirstMatch::At(at)) => step.actions[at].as_ref(),
                Ok(FirstMatch::Nothing) => step.default.as_ref(),
                Ok(FirstMatch::Gone) => {
                    gone.push(passenger);
                    continue;
                }
                Err(damage) => {
                    self.fail(&mut passenger, &damage);
                    None
                }
            };
            match parts.iter_mut().find(|part| is_same(part.action, action)) {
                Some(part) => part.leads.push(passenger),
                None => parts.push(Part {
                    action,
                    leads: vec![passenger],
                }),
            }
        }
        self.vanish(shared, gone).await;
        Some(parts)
    }

    /// Carries an action out; gives those for whom it could not be, or was nothing, and whose flow goes on.
    async fn carry_out<S: Store>(
        &self,
        shared: &Arc<Shared<S>>,
        part: Part<'_>,
        hand: Hand,
    ) -> Vec<Passenger> {
        let Part { action, leads } = part;
        let Some(action) = action else {
            return leads;
        };
        match action {
            CompiledAction::CallWebhook(webhook) => {
                let leads = VecDeque::from(leads);
                return self.call(shared, *webhook, leads, hand).await;
            }
            CompiledAction::ChangeDataValue(change) => {
                return self.change(shared, change, leads).await;
            }
            CompiledAction::Wait(span) => {
                let pauses = |part: FlowPart| (StepEffect::Nothing, part.pauses(*span));
                self.record_all(shared, leads, pauses).await;
            }
            CompiledAction::RequestCampaign(campaign) => {
                match shared.requested(*campaign, &self.flow.display_name) {
                    Requested::Entry(entry) => {
                        let requests =
                            |part: FlowPart| (StepEffect::Request(entry.clone()), part.ends(true));
                        self.record_all(shared, leads, requests).await;
                    }
                    Requested::Closed => {
                        let campaign = campaign.0;
                        return self.failed(
                            leads,
                            &format_args!("campaign {campaign} is closed to requests"),
                        );
                    }
                }
            }
            CompiledAction::RemoveFromFlow => self.leave(shared, leads).await,
            CompiledAction::Impossible(fault) => return self.failed(leads, fault),
        }
        Vec::new()
    }

    /// Change Data Value.
    async fn change<S: Store>(
        &self,
        shared: &Arc<Shared<S>>,
        change: &campaign::Change,
        leads: Vec<Passenger>,
    ) -> Vec<Passenger> {
        let contexts = match self.contexts(shared, &leads) {
            Ok(contexts) => contexts,
            Err(fault) => return self.failed(leads, &fault),
        };
        let needs = change.needs(contexts.at(0));
        let found = self.ask(shared, &leads, |ids| {
            let (context, needs) = (contexts.at(0), &needs);
            async move {
                let projection = &change.projection;
                let found = shared.subjects_and_answers(&ids, projection, context, needs);
                found.await
            }
        });
        let Some(found) = found.await else {
            return Vec::new();
        };
        let (mut steps, mut failed) = (Vec::with_capacity(leads.len()), Vec::new());
        let found = found.into_iter().enumerate();
        for (mut passenger, (at, found)) in leads.into_iter().zip(found) {
            let found = match found {
                Ok(Some(found)) => change.value(shared, &found, contexts.at(at), &needs),
                Ok(None) => Change::Gone,
                Err(damage) => {
                    self.fail(&mut passenger, &damage);
                    failed.push(passenger);
                    continue;
                }
            };
            let part = self.part(shared, &passenger);
            let (effect, progress) = match found {
                Change::Write(writes) => (StepEffect::Write(writes), part.ends(true)),
                Change::Misfit { text, error } => {
                    let field = change.field;
                    (StepEffect::Misfit { field, text, error }, part.ends(false))
                }
                Change::Gone => (StepEffect::Nothing, part.ends(true)),
            };
            steps.push((
                self.new_step(shared, &passenger, effect, progress),
                passenger,
            ));
        }
        self.record(shared, steps).await;
        failed
    }

    /// The step at hand is noted as failed; that is durable with the next one that is recorded.
    pub(super) fn failed(
        &self,
        mut leads: Vec<Passenger>,
        fault: &dyn std::fmt::Display,
    ) -> Vec<Passenger> {
        let (campaign, step, leads_failed) = (&*self.flow.name, self.step, leads.len());
        tracing::info!(campaign, step, leads_failed, %fault, "a step cannot be carried out");
        for passenger in &mut leads {
            passenger.has_failed = true;
        }
        leads
    }

    /// They are through.
    async fn leave<S: Store>(&self, shared: &Arc<Shared<S>>, leads: Vec<Passenger>) {
        let leaves = |part: FlowPart| (StepEffect::Nothing, part.leaves());
        self.record_all(shared, leads, leaves).await;
    }

    /// They are not there any more.
    pub(super) async fn vanish<S: Store>(&self, shared: &Shared<S>, leads: Vec<Passenger>) {
        let skipped = |part: FlowPart| (StepEffect::Nothing, part.then(Next::End(Ending::Skipped)));
        self.record_all(shared, leads, skipped).await;
    }

    async fn record_all<S: Store>(
        &self,
        shared: &Shared<S>,
        leads: Vec<Passenger>,
        what: impl Fn(FlowPart) -> (StepEffect, Progress),
    ) {
        let steps = leads.into_iter().map(|passenger| {
            let (effect, progress) = what(self.part(shared, &passenger));
            (
                self.new_step(shared, &passenger, effect, progress),
                passenger,
            )
        });
        self.record(shared, steps.collect()).await;
    }

    pub(super) fn new_step<S: Store>(
        &self,
        shared: &Shared<S>,
        passenger: &Passenger,
        effect: StepEffect,
        progress: Progress,
    ) -> NewStep {
        NewStep {
            lead: passenger.lead,
            campaign: self.flow.id,
            effect,
            at: (shared.environment.now)(),
            progress,
        }
    }

    /// Records steps, again and again until the store takes them; in parts where a damaged row is in the way of the others. The step of a lead whose
    /// row it is fails.
    pub(super) async fn record<S: Store>(
        &self,
        shared: &Shared<S>,
        steps: Vec<(NewStep, Passenger)>,
    ) {
        let (steps, leads): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
        let mut parts = vec![steps];
        while let Some(steps) = parts.pop() {
            if steps.is_empty() {
                continue;
            }
            match shared.store.step(steps.clone()).await {
                Ok(_) => {}
                Err(error) if error.is_lasting() => match &steps[..] {
                    [step] => match without_effect(step) {
                        Some(without) => {
                            tracing::error!(lead = step.lead.0, %error, "a step cannot be carried out for a lead");
                            parts.push(vec![without]);
                        }
                        None => {
                            tracing::error!(lead = step.lead.0, %error, "a lead's step is not on record; it is made again at the next start");
                        }
                    },
                    steps => {
                        let (first, second) = steps.split_at(steps.len() / 2);
                        parts.extend([second.to_vec(), first.to_vec()]);
                    }
                },
                Err(error) => {
                    if !shared.waited_for_store(&self.stopping, &error).await {
                        return;
                    }
                    parts.push(steps);
                }
            }
        }
        drop(leads);
        self.changed();
    }

    /// What the step is for a lead.
    pub(super) fn part<S: Store>(&self, shared: &Shared<S>, passenger: &Passenger) -> FlowPart {
        FlowPart::new(
            passenger.passage,
            self.step,
            self.flow.flow.len(),
            passenger.has_failed,
            (shared.environment.now)(),
        )
    }

    /// What the step brings beside the leads: one for all of a run, else one for each.
    ///
    /// # Errors
    /// Where the My Tokens of the program and of the run do not go together any more.
    pub(super) fn contexts<S: Store>(
        &self,
        shared: &Shared<S>,
        leads: &[Passenger],
    ) -> Result<Contexts, Error> {
        let snapshot = shared.snapshot();
        Ok(match &self.run {
            Some(run) => Contexts::Same(run.context(&snapshot, &self.flow)?),
            None => {
                let contexts = leads
                    .iter()
                    .map(|passenger| self.flow.context(&snapshot, &passenger.trigger, &[]));
                Contexts::Each(contexts.collect::<Result<_, _>>()?)
            }
        })
    }

    pub(super) fn run_id(&self) -> Option<RunId> {
        self.run.as_ref().map(|run| run.id)
    }

    /// Tells who watches the run that leads came somewhere.
    pub(super) fn moved(&self) {
        if let Some(run) = &self.run {
            run.gauge.moved();
        }
    }

    /// Tells who watches the run that something was recorded.
    pub(super) fn changed(&self) {
        if let Some(run) = &self.run {
            run.changed();
        }
    }
}

/// A step that failed, since what it does cannot be recorded; none where it does nothing.
fn without_effect(step: &NewStep) -> Option<NewStep> {
    let next = step.progress.next.failed();
    let without = NewStep {
        effect: StepEffect::Nothing,
        progress: Progress {
            next,
            ..step.progress
        },
        ..step.clone()
    };
    (!matches!(step.effect, StepEffect::Nothing)).then_some(without)
}

/// What leads of a group bring.
#[derive(Debug)]
pub(super) enum Contexts {
    Same(Arc<Context>),
    Each(Vec<Context>),
}

impl Contexts {
    pub(super) fn at(&self, at: usize) -> &Context {
        match self {
            Contexts::Same(context) => context,
            Contexts::Each(contexts) => &contexts[at],
        }
    }
}

/// Whether two actions are carried out together.
fn is_same(one: Option<&CompiledAction>, other: Option<&CompiledAction>) -> bool {
    match (one, other) {
        (Some(CompiledAction::CallWebhook(one)), Some(CompiledAction::CallWebhook(other))) => {
            one == other
        }
        (Some(one), Some(other)) => std::ptr::eq(one, other),
        (None, None) => true,
        _ => false,
    }
}
