//! One pass of a lead through a flow, from the step that is due to where it ends, waits, or is held back.

use std::{sync::Arc, time::Duration};

use leadhook_field::Datetime;
use leadhook_store::{
    CampaignType, Ending, EntryId, IdempotencyKey, LeadId, NEW_CHAIN_WAIT, NewStep, Next, Passage,
    Progress, StepEffect, Stepped, Store, TriggerTokens, WebhookId,
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
    /// The row that it began as: what its idempotency keys are of, where it belongs to no run.
    pub(crate) began_as: Option<EntryId>,
    pub(crate) stopping: CancellationToken,
}

/// How far a pass came.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It ended, or its next step is due later: all of it is durable.
    Done,
    /// The webhook of its next step must not be called now (R-CALL-12).
    Held(WebhookId),
    /// The server stops, or the run is cancelled; the next step was not begun.
    Stopped,
}

impl Pass {
    /// Carries out what is due.
    ///
    /// # Errors
    /// [`Error::Store`]: nothing of the step at hand is recorded; going on makes it again, harmlessly.
    pub(crate) async fn go<S: Store>(&mut self, shared: &Shared<S>) -> Result<Outcome, Error> {
        loop {
            if self.stopping.is_cancelled() {
                return Ok(Outcome::Stopped);
            }
            let Some(step) = self.flow.flow.get(self.step) else {
                self.record(shared, StepEffect::Nothing, self.end()).await?;
                return Ok(Outcome::Done);
            };
            let stepped = match step.take(shared, self.lead).await? {
                Taken::Gone => {
                    let skipped = Next::End(Ending::Skipped);
                    self.record(shared, StepEffect::Nothing, skipped).await?;
                    return Ok(Outcome::Done);
                }
                // Nothing happened that a restart could not find out again.
                Taken::Nothing => {
                    self.step += 1;
                    continue;
                }
                Taken::Action(action) => {
                    let action = action.clone();
                    match self.carry_out(shared, action).await? {
                        Carried::On(stepped) => stepped,
                        Carried::Failed => {
                            self.has_failed = true;
                            self.step += 1;
                            continue;
                        }
                        Carried::Out(outcome) => return Ok(outcome),
                    }
                }
            };
            match stepped.entry {
                Some(entry) if !stepped.is_gone => self.passage = Passage::Row(entry),
                _ => return Ok(Outcome::Done),
            }
            self.step += 1;
        }
    }

    async fn carry_out<S: Store>(
        &mut self,
        shared: &Shared<S>,
        action: CompiledAction,
    ) -> Result<Carried, Error> {
        match action {
            CompiledAction::CallWebhook(webhook) => self.call(shared, webhook).await,
            CompiledAction::ChangeDataValue(change) => {
                let context = self.context(shared)?;
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
                    due: after(now, span),
                    has_failed: self.has_failed,
                    new_chain: span >= NEW_CHAIN_WAIT,
                };
                self.record(shared, StepEffect::Nothing, next).await?;
                Ok(Carried::Out(Outcome::Done))
            }
            CompiledAction::RequestCampaign(campaign) => {
                match shared.requested(campaign, &self.flow.display_name) {
                    Requested::Entry(entry) => self.go_on(shared, StepEffect::Request(entry)).await,
                    Requested::Closed => Ok(Carried::Failed),
                }
            }
            CompiledAction::RemoveFromFlow => {
                self.record(shared, StepEffect::Nothing, self.end()).await?;
                Ok(Carried::Out(Outcome::Done))
            }
            CompiledAction::Impossible(fault) => {
                tracing::debug!(campaign = self.flow.name, %fault, "a step cannot be carried out");
                Ok(Carried::Failed)
            }
        }
    }

    async fn call<S: Store>(
        &mut self,
        shared: &Shared<S>,
        webhook: WebhookId,
    ) -> Result<Carried, Error> {
        let context = match self.context(shared) {
            Ok(context) => context,
            Err(fault @ Error::Invalid { .. }) => {
                tracing::debug!(campaign = self.flow.name, %fault, "a call cannot be made");
                return Ok(Carried::Failed);
            }
            Err(error) => return Err(error),
        };
        let call = FlowCall {
            webhook,
            lead: self.lead,
            context,
            key: self.idempotency_key(shared),
            stopping: self.stopping.clone(),
            part: FlowPart {
                campaign: self.flow.id,
                run: self.run.as_ref().map(|run| run.id),
                passage: self.passage,
                succeeded: self.next(shared, self.has_failed),
                failed: self.next(shared, true),
                gauge: self.run.as_ref().map(|run| Arc::clone(&run.gauge)),
            },
        };
        let is_batch = self.flow.campaign_type == CampaignType::Batch;
        match call_in_flow(shared, call, is_batch).await {
            Ok(called) => {
                self.has_failed |= !called.has_succeeded;
                self.changed();
                Ok(Carried::On(called.stepped))
            }
            Err(Error::Paused { .. }) => Ok(Carried::Out(Outcome::Held(webhook))),
            Err(Error::ShuttingDown) => Ok(Carried::Out(Outcome::Stopped)),
            // The lead was deleted on the way, or the webhook that an old version names is not there, or cannot be called any more.
            Err(fault @ (Error::NotFound { .. } | Error::Invalid { .. })) => {
                tracing::debug!(campaign = self.flow.name, %fault, "a call cannot be made");
                Ok(Carried::Failed)
            }
            Err(error) => Err(error),
        }
    }

    /// Records a step that made no call, and goes on with the next one.
    async fn go_on<S: Store>(
        &self,
        shared: &Shared<S>,
        effect: StepEffect,
    ) -> Result<Carried, Error> {
        let next = self.next(shared, self.has_failed);
        Ok(Carried::On(self.record(shared, effect, next).await?))
    }

    async fn record<S: Store>(
        &self,
        shared: &Shared<S>,
        effect: StepEffect,
        next: Next,
    ) -> Result<Stepped, Error> {
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
        let stepped = shared.steps.record(step).await?;
        self.changed();
        Ok(stepped)
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

    fn context<S: Store>(&self, shared: &Shared<S>) -> Result<Arc<Context>, Error> {
        match &self.run {
            Some(run) => run.context(&shared.snapshot(), &self.flow),
            None => {
                let context = self.flow.context(&shared.snapshot(), &self.trigger, &[])?;
                Ok(Arc::new(context))
            }
        }
    }

    /// From the run or trigger entry, lead and flow step (R-HDR-3).
    fn idempotency_key<S: Store>(&self, shared: &Shared<S>) -> IdempotencyKey {
        let (what, id): (&[u8], i64) = match (&self.run, self.began_as) {
            (Some(run), _) => (b"run", run.id.0),
            (None, Some(entry)) => (b"entry", entry.0),
            (None, None) => unreachable!("a pass is of a run, or began as a row"),
        };
        let key = &shared.environment.key;
        key.idempotency_key(&[
            what,
            &id.to_le_bytes(),
            &self.lead.0.to_le_bytes(),
            &(self.step as u64).to_le_bytes(),
        ])
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

/// What carrying an action out came to.
enum Carried {
    /// It is recorded; the flow goes on where the store says that there is more.
    On(Stepped),
    /// It could not be carried out; the flow goes on.
    Failed,
    /// The pass is over for now.
    Out(Outcome),
}

fn ending(has_failed: bool) -> Ending {
    if has_failed {
        Ending::Failed
    } else {
        Ending::Succeeded
    }
}
