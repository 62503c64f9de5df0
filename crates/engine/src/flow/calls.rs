//! Call Webhook: leads of a group get their slots, are rendered, and each call goes its own way: one attempt, and its record.

use std::{collections::VecDeque, pin::pin, sync::Arc};

use futures_util::FutureExt;
use leadhook_store::{
    CampaignType, Hold, IdempotencyKey, NewCall, Next, Origin, Passage, Revision, StepEffect,
    Store, Subject, Waiting, WebhookId,
};
use tokio_util::sync::CancellationToken;

use super::{
    group::{Contexts, Group, Hand, Passenger},
    progress::number,
    ticket::Ticket,
};
use crate::{
    call::{
        CallSubjectData, Counted, Figure, Flight, Held, Identity, Last, NotSent, Rendered, render,
    },
    compile::Compiled,
    engine::Shared,
    lane::Slot,
    render::{Answers, Needs, Scene},
    run::LiveRun,
};

/// What the turn of leads that want slots brings.
pub(super) enum Turn {
    /// At least one, at most as many as were wanted.
    Slots(Vec<Slot>),
    /// The webhook is not there any more.
    Gone,
    /// Their patience is over: they wait as rows.
    Later,
    /// The server stops, or the run is cancelled.
    Stopping,
}

/// A webhook as it is now, and what its calls for a group are rendered with.
struct Called<'a> {
    id: WebhookId,
    version: Revision,
    compiled: &'a Arc<Compiled>,
    contexts: &'a Contexts,
    needs: &'a Needs<'a>,
}

impl Called<'_> {
    /// The request for the lead at a place of the group.
    fn render<S>(
        &self,
        shared: &Shared<S>,
        at: usize,
        (subject, answers): &(Subject, Answers),
        key: &IdempotencyKey,
    ) -> Result<Rendered, NotSent> {
        let (settings, now) = (&shared.settings, (shared.environment.now)());
        let (zone, limit) = (&settings.zone, settings.max_payload);
        let (context, needs) = (self.contexts.at(at), self.needs);
        let scene = Scene::new(subject, context, needs, answers, now, zone, limit);
        let scene = scene.map_err(|_| NotSent::TooLarge)?;
        render(self.compiled, &scene, key, limit)
    }
}

impl Group {
    /// Calls a webhook for leads; gives those for whom that cannot be done.
    pub(super) async fn call<S: Store>(
        &self,
        shared: &Arc<Shared<S>>,
        webhook: WebhookId,
        mut leads: VecDeque<Passenger>,
        mut hand: Hand,
    ) -> Vec<Passenger> {
        if self.flow.campaign_type == CampaignType::Batch {
            return self.call_nobody(shared, webhook, leads.into()).await;
        }
        let mut failed = Vec::new();
        while !leads.is_empty() {
            let slots = if hand.slots.is_empty() {
                let (turn, _waited) = self.turn(shared, webhook, leads.len()).await;
                match turn {
                    Turn::Slots(slots) => slots,
                    Turn::Gone => {
                        let fault = format_args!("webhook {} was deleted", webhook.0);
                        failed.extend(self.failed(leads.into(), &fault));
                        break;
                    }
                    Turn::Later => {
                        self.hold(shared, webhook, leads.into()).await;
                        break;
                    }
                    Turn::Stopping => break,
                }
            } else {
                std::mem::take(&mut hand.slots)
            };
            let part = leads.drain(..slots.len().min(leads.len())).collect();
            failed.extend(self.start(shared, webhook, part, slots).await);
        }
        failed
    }

    /// Waits for slots. Leads of a run count as held back meanwhile, until they wait as rows or go on: until what is given back is dropped.
    async fn turn<S: Store>(
        &self,
        shared: &Shared<S>,
        webhook: WebhookId,
        wanted: usize,
    ) -> (Turn, Option<Counted>) {
        let mut turn = pin!(shared.turn(webhook, wanted, self.patience, &self.stopping));
        if let Some(turn) = turn.as_mut().now_or_never() {
            return (turn, None);
        }
        let held = |run: &Arc<LiveRun>| run.gauge.enter_all(Figure::Held, wanted as u64);
        let held = self.run.as_ref().map(held);
        self.moved();
        (turn.await, held)
    }

    /// Leads that wait for their webhook wait as rows, which hold nothing.
    async fn hold<S: Store>(
        &self,
        shared: &Arc<Shared<S>>,
        webhook: WebhookId,
        leads: Vec<Passenger>,
    ) {
        let (mut rows, mut steps, mut tickets) = (Vec::new(), Vec::new(), Vec::new());
        for passenger in leads {
            if let Passage::Row(entry) = passenger.passage {
                let what = Waiting::Entry(entry);
                rows.push(Hold { what, webhook });
                tickets.push(passenger.ticket);
            } else {
                let held = Next::Held {
                    step: number(self.step),
                    has_failed: passenger.has_failed,
                    webhook,
                };
                let progress = self.part(shared, &passenger).then(held);
                let step = self.new_step(shared, &passenger, StepEffect::Nothing, progress);
                steps.push((step, passenger));
            }
        }
        self.record(shared, steps).await;
        shared.hold(rows, &self.stopping).await;
        drop(tickets);
        self.changed();
        shared.pull(webhook);
    }

    /// Renders leads that have slots, and sends each call on its way.
    async fn start<S: Store>(
        &self,
        shared: &Arc<Shared<S>>,
        webhook: WebhookId,
        leads: Vec<Passenger>,
        slots: Vec<Slot>,
    ) -> Vec<Passenger> {
        let snapshot = shared.snapshot();
        let Some(live) = snapshot.webhook_by_id(webhook) else {
            let fault = format_args!("webhook {} was deleted", webhook.0);
            return self.failed(leads, &fault);
        };
        let compiled = match &live.compiled {
            Ok(compiled) => compiled,
            Err(faults) => return self.failed(leads, &faults[0]),
        };
        let contexts = match self.contexts(shared, &leads) {
            Ok(contexts) => contexts,
            Err(fault) => return self.failed(leads, &fault),
        };
        // All leads are of one campaign, so they need the same of their contexts.
        let needs = Needs::new(&compiled.named, contexts.at(0));
        let called = Called {
            id: webhook,
            version: live.webhook.version,
            compiled,
            contexts: &contexts,
            needs: &needs,
        };
        let found = self.ask(shared, &leads, |ids| {
            let (context, needs) = (contexts.at(0), &needs);
            async move {
                let projection = &compiled.projection;
                let found = shared.subjects_and_answers(&ids, projection, context, needs);
                found.await
            }
        });
        let Some(found) = found.await else {
            return Vec::new();
        };
        let (mut gone, mut failed) = (Vec::new(), Vec::new());
        let found = found.into_iter().zip(slots).enumerate();
        for (mut passenger, (at, (found, slot))) in leads.into_iter().zip(found) {
            match found {
                Ok(Some(found)) => {
                    let key = self.idempotency_key(shared, &passenger);
                    let rendered = called.render(shared, at, &found, &key);
                    self.send(shared, &called, passenger, slot, key, rendered)
                        .await;
                }
                Ok(None) => gone.push(passenger),
                Err(damage) => {
                    self.fail(&mut passenger, &damage);
                    failed.push(passenger);
                }
            }
        }
        self.moved();
        self.vanish(shared, gone).await;
        failed
    }

    /// Sends a call on its way, or records why it is not sent.
    async fn send<S: Store>(
        &self,
        shared: &Arc<Shared<S>>,
        called: &Called<'_>,
        passenger: Passenger,
        slot: Slot,
        key: IdempotencyKey,
        rendered: Result<Rendered, NotSent>,
    ) {
        match rendered {
            Ok(rendered) => {
                let flight = self.flight(shared, called, &passenger, key, rendered).await;
                let held = Held::sent(slot, passenger.ticket, self.run.clone(), Figure::InFlight);
                dispatch(shared, flight, held, self.stopping.clone());
            }
            Err(reason) => {
                let webhook = called.id.0;
                tracing::debug!(webhook, ?reason, "a call is not sent");
                let of = self.identity(shared, called.id, called.version, &passenger, key);
                let call = of.unsent(shared, 0, reason.word());
                self.hand_in(shared, call, passenger.ticket).await;
            }
        }
    }

    async fn flight<S: Store>(
        &self,
        shared: &Shared<S>,
        called: &Called<'_>,
        passenger: &Passenger,
        key: IdempotencyKey,
        rendered: Rendered,
    ) -> Flight {
        let memory = shared.calls.memory(rendered.request.body.len()).await;
        Flight {
            webhook: Arc::clone(called.compiled),
            of: self.identity(shared, called.id, called.version, passenger, key),
            recorded: rendered.recorded(),
            request: rendered.request,
            attempts: Vec::new(),
            id: None,
            memory,
        }
    }

    /// A campaign that calls no webhook (R-CALL-2).
    async fn call_nobody<S: Store>(
        &self,
        shared: &Arc<Shared<S>>,
        webhook: WebhookId,
        leads: Vec<Passenger>,
    ) -> Vec<Passenger> {
        let snapshot = shared.snapshot();
        let Some(live) = snapshot.webhook_by_id(webhook) else {
            let fault = format_args!("webhook {} was deleted", webhook.0);
            return self.failed(leads, &fault);
        };
        for passenger in leads {
            let key = self.idempotency_key(shared, &passenger);
            let of = self.identity(shared, webhook, live.webhook.version, &passenger, key);
            let call = of.unsent(shared, 1000, "BATCH_CAMPAIGN");
            self.hand_in(shared, call, passenger.ticket).await;
        }
        Vec::new()
    }

    fn identity<S: Store>(
        &self,
        shared: &Shared<S>,
        webhook: WebhookId,
        version: Revision,
        passenger: &Passenger,
        key: IdempotencyKey,
    ) -> Identity {
        Identity {
            origin: Origin {
                webhook,
                version,
                campaign: Some(self.flow.id),
                run: self.run_id(),
            },
            subject: CallSubjectData::Stored(passenger.lead),
            key,
            mark: None,
            replay_of: None,
            created: (shared.environment.now)(),
            part: Some(self.part(shared, passenger)),
        }
    }

    async fn hand_in<S: Store>(&self, shared: &Shared<S>, call: NewCall, ticket: Ticket) {
        let held = Held::unsent(ticket, self.run.clone());
        shared.calls.recorder.hand_in(call, held).await;
    }

    /// From the run or trigger entry, lead and flow step (R-HDR-3).
    fn idempotency_key<S>(&self, shared: &Shared<S>, passenger: &Passenger) -> IdempotencyKey {
        let (what, id): (&[u8], i64) = match (self.run_id(), passenger.passage) {
            (Some(run), _) | (None, Passage::Position { run, .. }) => (b"run", run.0),
            (None, Passage::Row(entry)) => (b"entry", entry.0),
        };
        let key = &shared.environment.key;
        key.idempotency_key(&[
            what,
            &id.to_le_bytes(),
            &passenger.lead.0.to_le_bytes(),
            &(self.step as u64).to_le_bytes(),
        ])
    }
}

/// Sends a call on its way, in a task of its own.
pub(super) fn dispatch<S: Store>(
    shared: &Arc<Shared<S>>,
    flight: Flight,
    held: Held,
    stopping: CancellationToken,
) {
    let call = fly(Arc::clone(shared), Box::new(flight), held, stopping);
    // On the heap once: a task moves what it is made of, and clears it, again and again.
    shared.calls.tasks.spawn(Box::pin(call));
}

/// One attempt of a call of a flow, and the record of what came of it: the call's end, or its wait for the next attempt. What it holds is let go when
/// that is durable.
async fn fly<S: Store>(
    shared: Arc<Shared<S>>,
    mut flight: Box<Flight>,
    mut held: Held,
    stopping: CancellationToken,
) {
    let Some(slot) = held.slot() else { return };
    let attempt = flight.attempt(&shared, slot, std::future::pending());
    let Some(result) = attempt.await else {
        return;
    };
    // A run that is cancelled makes no more attempts (R-CMP-9). When the server stops the wait is for the next one.
    let is_cancelled = stopping.is_cancelled() && !shared.calls.stopping.is_cancelled();
    let wait = flight.wait_after(&shared, &result);
    let call = match wait.filter(|_| !is_cancelled) {
        Some(wait) => {
            held.keep(flight.memory.take());
            flight.waiting(&shared, &result, wait, false)
        }
        None => {
            let (call, memory) = flight.ended(&shared, Last::Attempt(result));
            held.keep(memory);
            call
        }
    };
    shared.calls.recorder.hand_in(call, held).await;
}
