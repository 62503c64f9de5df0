//! A pass of a lead through a flow: up to the first step that has to be recorded. What comes behind it is an entry with a row of its own, due at
//! once, and taken up as such: so a lead is exactly where the last commit left it.

use std::{sync::Arc, time::Duration};

use leadhook_field::Datetime;
use leadhook_store::{
    Ending, EntryId, IdempotencyKey, LeadId, NEW_CHAIN_WAIT, NewStep, Next, Passage, Progress,
    RunId, StepEffect, Store, TriggerTokens, WebhookId,
};
use tokio_util::sync::CancellationToken;

use super::step::{Change, Requested, Taken};
use crate::{
    call::{FlowCall, FlowPart, call_in_flow},
    campaign::{CompiledAction, CompiledCampaign},
    engine::Shared,
    error::Error,
    render::Context,
    run::LiveRun,
};

/// A lead on its way through a flow.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) flow: Arc<CompiledCampaign>,
    pub(crate) lead: LeadId,
    pub(crate) passage: Passage,
    /// The step that comes next, from 0.
    pub(crate) step: usize,
    /// Whether a step before it failed.
    pub(crate) has_failed: bool,
    /// What `{{trigger.*}}` gives, where it belongs to no run: all leads of a run have the same.
    pub(crate) trigger: TriggerTokens,
    /// The run that it belongs to.
    pub(crate) run: Option<Arc<LiveRun>>,
    pub(crate) stopping: CancellationToken,
}

/// How far a pass came.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A step is on record, and where the lead stands now.
    Done,
    /// The webhook of its next step must not be called now (R-CALL-12); it has a row.
    Held(EntryId, WebhookId),
    /// The server stops, or the run is cancelled; the next step was not begun.
    Stopped,
}

impl Pass {
    /// Carries out the step that is due.
    ///
    /// # Errors
    /// [`Error::Store`]: nothing of the step at hand is recorded; going on makes it again, harmlessly.
    pub(crate) async fn go<S: Store>(&mut self, shared: &Shared<S>) -> Result<Outcome, Error> {
        self.renew(shared).await?;
        let flow = Arc::clone(&self.flow.flow);
        loop {
            if self.stopping.is_cancelled() {
                return Ok(Outcome::Stopped);
            }
            let Some(step) = flow.get(self.step) else {
                self.record(shared, StepEffect::Nothing, self.end()).await?;
                return Ok(Outcome::Done);
            };
            let action = match step.take(shared, self.lead).await? {
                Taken::Gone => {
                    let skipped = Next::End(Ending::Skipped);
                    self.record(shared, StepEffect::Nothing, skipped).await?;
                    return Ok(Outcome::Done);
                }
                Taken::Nothing => None,
                Taken::Action(action) => Some(action),
            };
            if let Some(action) = action
                && let Some(outcome) = self.carry_out(shared, action).await?
            {
                return Ok(outcome);
            }
            // Nothing happened that a restart could not find out again.
            self.step += 1;
        }
    }

    /// Takes its version of the flow as it is compiled for the catalog of now: what it names may be gone since the pass was made.
    async fn renew<S: Store>(&mut self, shared: &Shared<S>) -> Result<(), Error> {
        let (campaign, version) = (self.flow.id, self.flow.version);
        let snapshot = shared.snapshot();
        if let Some(flow) = shared.flow(&snapshot, campaign, version).await? {
            self.flow = flow;
        }
        Ok(())
    }

    /// Carries an action out; none where it could not be, and the flow goes on.
    async fn carry_out<S: Store>(
        &mut self,
        shared: &Shared<S>,
        action: &CompiledAction,
    ) -> Result<Option<Outcome>, Error> {
        match action {
            CompiledAction::CallWebhook(webhook) => self.call(shared, *webhook).await,
            CompiledAction::ChangeDataValue(change) => {
                let Some(context) = self.context(shared) else {
                    return Ok(self.failed());
                };
                let effect = match change.value_for(shared, self.lead, &context).await? {
                    Change::Write(writes) => StepEffect::Write(writes),
                    Change::Misfit { text, error } => {
                        self.has_failed = true;
                        let field = change.field;
                        StepEffect::Misfit { field, text, error }
                    }
                    Change::Gone => StepEffect::Nothing,
                };
                self.go_on(shared, effect).await
            }
            CompiledAction::Wait(span) => {
                let now = (shared.environment.now)();
                let next = Next::Step {
                    step: self.next_step(),
                    due: after(now, *span),
                    has_failed: self.has_failed,
                    new_chain: *span >= NEW_CHAIN_WAIT,
                };
                self.record(shared, StepEffect::Nothing, next).await?;
                Ok(Some(Outcome::Done))
            }
            CompiledAction::RequestCampaign(campaign) => {
                match shared.requested(*campaign, &self.flow.display_name) {
                    Requested::Entry(entry) => self.go_on(shared, StepEffect::Request(entry)).await,
                    Requested::Closed => Ok(self.failed()),
                }
            }
            CompiledAction::RemoveFromFlow => {
                self.record(shared, StepEffect::Nothing, self.end()).await?;
                Ok(Some(Outcome::Done))
            }
            CompiledAction::Impossible(fault) => {
                tracing::debug!(campaign = self.flow.name, %fault, "a step cannot be carried out");
                Ok(self.failed())
            }
        }
    }

    async fn call<S: Store>(
        &mut self,
        shared: &Shared<S>,
        webhook: WebhookId,
    ) -> Result<Option<Outcome>, Error> {
        let Some(context) = self.context(shared) else {
            return Ok(self.failed());
        };
        let call = FlowCall {
            webhook,
            lead: self.lead,
            context,
            key: self.idempotency_key(shared),
            stopping: self.stopping.clone(),
            part: FlowPart {
                run: self.run_id(),
                passage: self.passage,
                succeeded: self.next(shared, self.has_failed),
                failed: self.next(shared, true),
                gauge: self.run.as_ref().map(|run| Arc::clone(&run.gauge)),
            },
        };
        match call_in_flow(shared, call).await {
            Ok(()) => {
                self.changed();
                Ok(Some(Outcome::Done))
            }
            Err(Error::Paused { .. }) => self.hold(shared, webhook).await.map(Some),
            Err(Error::ShuttingDown) => Ok(Some(Outcome::Stopped)),
            // The lead was deleted on the way, or the webhook that an old version names is not there, or cannot be called any more.
            Err(fault @ (Error::NotFound { .. } | Error::Invalid { .. })) => {
                tracing::debug!(campaign = self.flow.name, %fault, "a call cannot be made");
                Ok(self.failed())
            }
            Err(error) => Err(error),
        }
    }

    /// The step at hand is noted as failed; that is durable with the next one that is recorded.
    fn failed(&mut self) -> Option<Outcome> {
        self.has_failed = true;
        None
    }

    /// A lead that waits for its webhook waits as a row, which holds nothing.
    async fn hold<S: Store>(
        &self,
        shared: &Shared<S>,
        webhook: WebhookId,
    ) -> Result<Outcome, Error> {
        if let Passage::Row(entry) = self.passage {
            return Ok(Outcome::Held(entry, webhook));
        }
        let same_step = Next::Step {
            step: u32::try_from(self.step).expect("a flow has at most 100 steps"),
            due: (shared.environment.now)(),
            has_failed: self.has_failed,
            new_chain: false,
        };
        self.record(shared, StepEffect::Nothing, same_step).await?;
        Ok(Outcome::Done)
    }

    /// Records a step that made no call; the next one is due at once.
    async fn go_on<S: Store>(
        &self,
        shared: &Shared<S>,
        effect: StepEffect,
    ) -> Result<Option<Outcome>, Error> {
        let next = self.next(shared, self.has_failed);
        self.record(shared, effect, next).await?;
        Ok(Some(Outcome::Done))
    }

    async fn record<S: Store>(
        &self,
        shared: &Shared<S>,
        effect: StepEffect,
        next: Next,
    ) -> Result<(), Error> {
        let step = NewStep {
            lead: self.lead,
            campaign: self.flow.id,
            effect,
            at: (shared.environment.now)(),
            progress: Progress {
                passage: self.passage,
                next,
            },
        };
        shared.steps.record(step).await?;
        self.changed();
        Ok(())
    }

    /// What comes after this step: the next at once, or the end.
    fn next<S: Store>(&self, shared: &Shared<S>, has_failed: bool) -> Next {
        if self.step + 1 >= self.flow.flow.len() {
            return Next::End(ending(has_failed));
        }
        Next::Step {
            step: self.next_step(),
            due: (shared.environment.now)(),
            has_failed,
            new_chain: false,
        }
    }

    fn next_step(&self) -> u32 {
        u32::try_from(self.step + 1).expect("a flow has at most 100 steps")
    }

    fn end(&self) -> Next {
        Next::End(ending(self.has_failed))
    }

    /// What the step brings beside the lead; none where the My Tokens of the program and of the run do not go together any more.
    fn context<S: Store>(&self, shared: &Shared<S>) -> Option<Arc<Context>> {
        let snapshot = shared.snapshot();
        let context = match &self.run {
            Some(run) => run.context(&snapshot, &self.flow),
            None => {
                let context = self.flow.context(&snapshot, &self.trigger, &[]);
                context.map(Arc::new)
            }
        };
        context
            .inspect_err(|fault| {
                tracing::debug!(campaign = self.flow.name, %fault, "a step cannot be carried out");
            })
            .ok()
    }

    /// From the run or trigger entry, lead and flow step (R-HDR-3).
    fn idempotency_key<S: Store>(&self, shared: &Shared<S>) -> IdempotencyKey {
        let (what, id): (&[u8], i64) = match (self.run_id(), self.passage) {
            (Some(run), _) | (None, Passage::Position { run, .. }) => (b"run", run.0),
            (None, Passage::Row(entry)) => (b"entry", entry.0),
        };
        let key = &shared.environment.key;
        key.idempotency_key(&[
            what,
            &id.to_le_bytes(),
            &self.lead.0.to_le_bytes(),
            &(self.step as u64).to_le_bytes(),
        ])
    }

    fn run_id(&self) -> Option<RunId> {
        self.run.as_ref().map(|run| run.id)
    }

    /// Tells who watches the run.
    fn changed(&self) {
        if let Some(run) = &self.run {
            run.changed();
        }
    }
}

/// The end of the calendar, where the span leads beyond it.
fn after(now: Datetime, span: Duration) -> Datetime {
    let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    Datetime::from_micros(now.as_micros().saturating_add(micros))
}

fn ending(has_failed: bool) -> Ending {
    if has_failed {
        Ending::Failed
    } else {
        Ending::Succeeded
    }
}
