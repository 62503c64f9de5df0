//! Calls that clients make: `Engine::call`, which carries one out whoever may still be waiting for it.
//!
//! A client's call stays in memory while it waits for its next attempt, since its client does; it is a row all the same, and a server that starts anew
//! goes on with it, or this one where the store failed in between.

use std::{sync::Arc, time::Duration};

use leadhook_field::Datetime;
use leadhook_store::{
    Answered, Call, CallId, CallState, CampaignType, IdempotencyKey, Mark, Method, NewCall, Origin,
    RequestKey, Revision, Store, WebhookId,
};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    ending::shown,
    flight::{Flight, Last},
    identity::Identity,
    left_behind::LeftBehind,
    recorder::Recorder,
    rendered::{NotSent, Rendered, render},
    request::CallRequest,
    subject::CallSubjectData,
    view::CallView,
};
use crate::{
    compile::Compiled,
    engine::{Engine, Shared},
    error::{Error, Kind},
    lane::{Lanes, Shut, Slot},
    leads::Erasure,
    leads::lead_not_found,
    render::{Context, Needs, Scene},
    requests::{Begun, Requests, digest_and_size},
    snapshot::Live,
    undropped::Undropped,
};

/// What calls share.
#[derive(Debug)]
pub(crate) struct Calls {
    pub(crate) lanes: Arc<Lanes>,
    pub(crate) recorder: Recorder,
    pub(crate) requests: Requests<Result<CallId, Arc<Error>>>,
    pub(crate) left_behind: LeftBehind,
    /// Bytes that the payloads under way may take.
    pub(crate) payloads: Arc<Semaphore>,
    /// Set when the server stops: what has no slot yet is turned away, what waits for its next attempt stays a row.
    pub(crate) stopping: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// A call that is checked as far as it can be before its turn comes.
struct Prepared {
    webhook: WebhookId,
    name: String,
    subject: CallSubjectData,
    context: Arc<Context>,
    key: IdempotencyKey,
    mark: Option<Mark>,
    created: Datetime,
}

impl Prepared {
    /// Whether its campaign is one that calls no webhook (R-CALL-2).
    fn is_of_batch(&self) -> bool {
        let campaign = self.context.campaign();
        campaign.is_some_and(|campaign| campaign.campaign_type == CampaignType::Batch)
    }

    fn identity(self, version: Revision) -> Identity {
        Identity {
            origin: Origin {
                webhook: self.webhook,
                version,
                campaign: self.context.campaign().map(|campaign| campaign.id),
                run: None,
            },
            subject: self.subject,
            key: self.key,
            mark: self.mark,
            replay_of: None,
            created: self.created,
            part: None,
        }
    }
}

impl<S: Store> Engine<S> {
    /// Makes a call and answers when its record is durable.
    ///
    /// A caller that drops the future has cancelled: without a `request_id` the call is recorded as CANCELLED, with one it
    /// goes on, and a repetition collects it (R-CALL-10).
    ///
    /// # Errors
    /// [`Error::NotFound`] for the webhook or lead, [`Error::Paused`], [`Error::Invalid`] for an inline lead or context,
    /// [`Error::RequestIdReused`], [`Error::LeftBehind`], [`Error::ShuttingDown`], [`Error::Store`]. A service that fails is no error: it is the call's outcome.
    pub async fn call(&self, request: CallRequest) -> Result<CallView, Error> {
        if request.request_id.is_empty() {
            let mut random = [0; 16];
            (self.shared.environment.random)(&mut random);
            let prepared = self.prepare(&request, IdempotencyKey(random), None)?;
            let cancel = CancellationToken::new();
            let _cancel_when_dropped = cancel.clone().drop_guard();
            let recorded = self.start(prepared, cancel).await?;
            return self.view(recorded).await;
        }
        self.call_once(request).await
    }

    async fn call_once(&self, request: CallRequest) -> Result<CallView, Error> {
        let (payload, size) = digest_and_size(&request);
        let taken_on = self.shared.calls.left_behind.take_on(size);
        let (carried, _awaited) = taken_on.ok_or(Error::LeftBehind)?;
        let key = RequestKey {
            method: Method::CallWebhook,
            id: request.request_id.clone(),
        };
        let engine = self.clone();
        // It outlives a caller that goes away, and a repetition of its request waits for it.
        let carried = async move {
            let _carried = carried;
            let reused = || Error::RequestIdReused {
                request_id: key.id.clone(),
            };
            let guard = match engine.shared.calls.requests.begin(&key, payload).await {
                Begun::First(guard) => guard,
                Begun::Done(Ok(id)) => return engine.get_call(id).await,
                Begun::Done(Err(error)) => return Err(Error::Repeated(error)),
                Begun::OtherPayload => return Err(reused()),
            };
            let remembered = engine.shared.store.remembered(key.clone(), engine.now());
            if let Some(first) = remembered.await? {
                if first.payload != payload {
                    return Err(reused());
                }
                if let Answered::Call(id) = first.answer {
                    return engine.ended_call(id).await;
                }
            }
            let parts: [&[u8]; 3] = [b"CallWebhook", key.id.as_bytes(), &payload];
            let idempotency_key = engine.shared.environment.key.idempotency_key(&parts);
            let mark = Mark { key, payload };
            let prepared = engine.prepare(&request, idempotency_key, Some(mark))?;
            match carry_out(&engine.shared, prepared, CancellationToken::new()).await {
                Ok(call) => {
                    guard.done(Ok(call.id));
                    engine.view(call).await
                }
                Err(error) => {
                    let error = Arc::new(error);
                    guard.done(Err(Arc::clone(&error)));
                    Err(Error::Repeated(error))
                }
            }
        };
        Undropped::new(carried, &self.shared.calls.tasks).await
    }

    /// A call that was begun before this server started, once it has ended.
    async fn ended_call(&self, id: CallId) -> Result<CallView, Error> {
        let calls = &self.shared.calls;
        let mut ended_late = calls.recorder.ended_late();
        let mut erasure = None;
        loop {
            let call = self.get_call(id).await?;
            if call.state == CallState::Ended {
                return Ok(call);
            }
            if let (None, Some(lead)) = (&erasure, call.lead) {
                erasure = Some(self.shared.erasures.watch(lead));
                continue;
            }
            tokio::select! {
                () = Erasure::of(erasure.as_ref()) => {}
                () = calls.stopping.cancelled() => return Err(Error::ShuttingDown),
                // Who missed one looks again, too.
                _ = ended_late.recv() => {}
            }
        }
    }

    /// Carries a call out: it is recorded even when nobody waits for it any more.
    async fn start(&self, prepared: Prepared, cancel: CancellationToken) -> Result<Call, Error> {
        let shared = Arc::clone(&self.shared);
        let carried = async move { carry_out(&shared, prepared, cancel).await };
        Undropped::new(carried, &self.shared.calls.tasks).await
    }

    fn prepare(
        &self,
        request: &CallRequest,
        key: IdempotencyKey,
        mark: Option<Mark>,
    ) -> Result<Prepared, Error> {
        let snapshot = self.snapshot();
        let live = snapshot.required_webhook(&request.webhook)?;
        callable(live)?;
        Ok(Prepared {
            webhook: live.webhook.id,
            name: request.webhook.clone(),
            subject: CallSubjectData::new(&request.subject, &snapshot, &self.shared.settings.zone)?,
            context: Arc::new(Context::new(
                &request.context,
                &snapshot.schema,
                &snapshot.programs,
                &snapshot.campaigns,
            )?),
            key,
            mark,
            created: self.now(),
        })
    }
}

/// Whether a webhook may be called, and its compiled form.
fn callable(live: &Live) -> Result<&Arc<Compiled>, Error> {
    if live.webhook.paused {
        return Err(paused(&live.webhook.name));
    }
    live.compiled.as_ref().map_err(|violations| Error::Invalid {
        subject: Kind::Webhook,
        violations: violations.clone(),
    })
}

fn paused(name: &str) -> Error {
    Error::Paused {
        name: format!("webhooks/{name}"),
    }
}

/// The way of one call.
async fn carry_out<S: Store>(
    shared: &Arc<Shared<S>>,
    prepared: Prepared,
    cancel: CancellationToken,
) -> Result<Call, Error> {
    if prepared.is_of_batch() {
        return record_unsent(shared, prepared, 1000, "BATCH_CAMPAIGN").await;
    }
    let slot = tokio::select! {
        biased;
        () = cancel.cancelled() => return record_unsent(shared, prepared, 0, "CANCELLED").await,
        () = shared.calls.stopping.cancelled() => return Err(Error::ShuttingDown),
        slot = shared.calls.lanes.enter(prepared.webhook, shared.settings.max_timeout) => slot,
    };
    let slot = match slot {
        Ok(slot) => slot,
        Err(Shut::CircuitOpen | Shut::Held) => {
            return record_unsent(shared, prepared, 0, "CIRCUIT_OPEN").await;
        }
        Err(Shut::Paused) => return Err(paused(&prepared.name)),
        Err(Shut::Gone) => return Err(Error::webhook_is_gone(&prepared.name)),
    };
    // A webhook that changed while the call waited is called as it is now (R-DEF-5).
    let snapshot = shared.snapshot();
    let live = snapshot
        .webhook_by_id(prepared.webhook)
        .ok_or_else(|| Error::webhook_is_gone(&prepared.name))?;
    let webhook = callable(live)?;
    let rendered = match rendered(shared, webhook, &prepared).await? {
        Ok(rendered) => rendered,
        Err(not_sent) => {
            tracing::debug!(webhook = prepared.name, reason = ?not_sent, "a call is not sent");
            drop(slot);
            return record_unsent(shared, prepared, 0, not_sent.word()).await;
        }
    };
    let memory = tokio::select! {
        biased;
        () = cancel.cancelled() => {
            drop(slot);
            return record_unsent(shared, prepared, 0, "CANCELLED").await;
        }
        memory = shared.calls.memory(rendered.request.body.len()) => memory,
    };
    let flight = Flight {
        webhook: Arc::clone(webhook),
        of: prepared.identity(live.webhook.version),
        recorded: rendered.recorded(),
        request: rendered.request,
        attempts: Vec::new(),
        id: None,
        memory,
    };
    fly(shared, flight, slot, &cancel).await
}

/// Makes a call's attempts. Where they cannot be gone on with, since the store failed, a call that is on record by then goes on as a row.
async fn fly<S: Store>(
    shared: &Arc<Shared<S>>,
    flight: Flight,
    slot: Slot,
    cancel: &CancellationToken,
) -> Result<Call, Error> {
    let (webhook, mut waiting) = (flight.of.origin.webhook, None);
    let ended = attempts(shared, flight, slot, cancel, &mut waiting).await;
    if let (Err(_), Some(call)) = (&ended, waiting) {
        shared.hand_over(call, webhook);
    }
    ended
}

/// Attempts until one is the last. A slot is held until what came of its attempt is on record; `waiting` is the call once it is, too.
async fn attempts<S: Store>(
    shared: &Shared<S>,
    mut flight: Flight,
    mut slot: Slot,
    cancel: &CancellationToken,
    waiting: &mut Option<CallId>,
) -> Result<Call, Error> {
    loop {
        let Some(result) = flight.attempt(shared, &mut slot, cancel.cancelled()).await else {
            return end(shared, flight, Last::Cancelled).await;
        };
        let Some(wait) = flight.wait_after(shared, &result) else {
            return end(shared, flight, Last::Attempt(result)).await;
        };
        let row = flight.waiting(shared, &result, wait, true);
        let erasure = match flight.of.subject {
            CallSubjectData::Stored(lead) => Some(shared.erasures.watch(lead)),
            CallSubjectData::Inline { .. } => None,
        };
        let (id, recorded) = shared.calls.recorder.record(row).await?;
        drop(slot);
        flight.id = Some(id);
        *waiting = Some(id);
        if recorded.state == CallState::Ended {
            return recorded_call(shared, id).await;
        }
        let size = flight.put_down();
        let turn = next_turn(shared, &flight, wait, cancel, erasure.as_ref()).await?;
        if matches!(turn, Turn::Erased) || !flight.pick_up(shared, size).await? {
            return recorded_call(shared, id).await;
        }
        slot = match turn {
            Turn::Slot(slot) if !cancel.is_cancelled() => slot,
            Turn::Slot(_) | Turn::Cancelled => return end(shared, flight, Last::Cancelled).await,
            Turn::Over => return end(shared, flight, Last::Attempt(result)).await,
            Turn::Erased => return recorded_call(shared, id).await,
        };
    }
}

/// What the turn of a call that waited brings.
enum Turn {
    Slot(Slot),
    Cancelled,
    /// The webhook is paused by now, its circuit is open, or it is gone (R-CALL-12): the call ends with its last outcome.
    Over,
    /// Of a lead that is erased by now nothing is sent any more (R-LEAD-6): the call has ended.
    Erased,
}

/// Waits for the time of the next attempt, and then for its slot.
async fn next_turn<S: Store>(
    shared: &Shared<S>,
    flight: &Flight,
    wait: Duration,
    cancel: &CancellationToken,
    erasure: Option<&Erasure>,
) -> Result<Turn, Error> {
    let webhook = flight.of.origin.webhook;
    let slot = async {
        tokio::select! {
            biased;
            () = shared.gone(webhook) => return Err(Shut::Gone),
            () = (shared.environment.sleep)(wait) => {}
        }
        let patience = shared.settings.max_timeout;
        shared.calls.lanes.enter(webhook, patience).await
    };
    let slot = tokio::select! {
        biased;
        () = cancel.cancelled() => return Ok(Turn::Cancelled),
        // Who has a request_id collects it from the next server. Nobody else could: their calls end with their last outcome.
        () = shared.calls.stopping.cancelled() => {
            return if flight.of.mark.is_some() { Err(Error::ShuttingDown) } else { Ok(Turn::Over) };
        }
        () = Erasure::of(erasure) => return Ok(Turn::Erased),
        slot = slot => slot,
    };
    let Ok(slot) = slot else {
        return Ok(Turn::Over);
    };
    let nothing = Arc::default();
    let found = flight.of.subject.slots(shared, &nothing).await?;
    Ok(match found {
        Some(_) => Turn::Slot(slot),
        None => Turn::Erased,
    })
}

async fn end<S: Store>(shared: &Shared<S>, flight: Flight, last: Last) -> Result<Call, Error> {
    let (call, _memory) = flight.ended(shared, last);
    record(shared, call).await
}

async fn record_unsent<S: Store>(
    shared: &Shared<S>,
    prepared: Prepared,
    code: u16,
    word: &str,
) -> Result<Call, Error> {
    let snapshot = shared.snapshot();
    let live = snapshot
        .webhook_by_id(prepared.webhook)
        .ok_or_else(|| Error::webhook_is_gone(&prepared.name))?;
    let of = prepared.identity(live.webhook.version);
    record(shared, of.unsent(shared, code, word)).await
}

/// Records a call, and gives it as it is on record.
async fn record<S: Store>(shared: &Shared<S>, call: NewCall) -> Result<Call, Error> {
    let mut kept = shown(shared, &call);
    let (id, recorded) = shared.calls.recorder.record(call).await?;
    kept.id = id;
    kept.changes = recorded.changes;
    Ok(kept)
}

async fn recorded_call<S: Store>(shared: &Shared<S>, id: CallId) -> Result<Call, Error> {
    let call = shared.store.call(id).await?;
    call.ok_or_else(|| Error::call_not_found(id))
}

async fn rendered<S: Store>(
    shared: &Shared<S>,
    webhook: &Compiled,
    prepared: &Prepared,
) -> Result<Result<Rendered, NotSent>, Error> {
    let not_found = || match prepared.subject {
        CallSubjectData::Stored(id) => lead_not_found(id),
        CallSubjectData::Inline { .. } => unreachable!("an inline lead is always there"),
    };
    let (of, context) = (&prepared.subject, &prepared.context);
    let needs = Needs::new(&webhook.named, context);
    let subject = of.slots(shared, &webhook.projection).await?;
    let subject = subject.ok_or_else(not_found)?;
    let answers = of.answers(shared, context, &needs).await?;
    let answers = answers.ok_or_else(not_found)?;
    let scene = Scene::new(
        &subject,
        context,
        &needs,
        &answers,
        (shared.environment.now)(),
        &shared.settings.zone,
        shared.settings.max_payload,
    );
    let Ok(scene) = scene else {
        return Ok(Err(NotSent::TooLarge));
    };
    let max_payload = shared.settings.max_payload;
    Ok(render(webhook, &scene, &prepared.key, max_payload))
}
