//! Makes calls: `Engine::call`, and the task that carries one out whoever may still be waiting for it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use leadhook_field::Datetime;
use leadhook_http::{Exchange, Failure};
use leadhook_store::{
    Answered, Attempt, Call, CallId, CallState, Effect, IdempotencyKey, Mark, Method, NewCall,
    Origin, Outcome, RecordedResponse, RequestKey, Store, Subject, WebhookId,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    gate::Gates,
    outcome::{local, map_answer, outcome, phrase},
    recorder::Recorder,
    rendered::{NotSent, Rendered, render},
    request::CallRequest,
    retry,
    subject::{CallSubjectData, inline_changes},
    view::CallView,
};
use crate::{
    compile::Compiled,
    engine::{Engine, Shared},
    error::{Error, Kind},
    render::{Context, Scene},
    requests::{Begun, Requests, digest},
    snapshot::Live,
};

/// What calls share.
#[derive(Debug)]
pub(crate) struct Calls {
    pub(crate) gates: Gates,
    pub(crate) recorder: Recorder,
    pub(crate) requests: Requests<Result<CallId, Arc<Error>>>,
    /// Set when the server stops: what has no slot yet is turned away, what waits for its next attempt ends.
    pub(crate) stopping: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl Calls {
    pub(crate) fn new(gates: Gates, recorder: Recorder) -> Calls {
        Calls {
            gates,
            recorder,
            requests: Requests::default(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }
}

/// A call that is checked as far as it can be before its turn comes.
struct Prepared {
    webhook: WebhookId,
    name: String,
    subject: CallSubjectData,
    context: Context,
    key: IdempotencyKey,
    mark: Option<Mark>,
    created: Datetime,
}

impl<S: Store> Engine<S> {
    /// Makes a call and answers when its record is durable.
    ///
    /// A caller that drops the future has cancelled: without a `request_id` the call is recorded as CANCELLED, with one it
    /// goes on, and a repetition collects it (R-CALL-10).
    ///
    /// # Errors
    /// [`Error::NotFound`] for the webhook or lead, [`Error::Paused`], [`Error::Invalid`] for an inline lead or context,
    /// [`Error::RequestIdReused`], [`Error::ShuttingDown`], [`Error::Store`]. A service that fails is no error: it is the call's outcome.
    pub async fn call(&self, request: CallRequest) -> Result<CallView, Error> {
        if request.request_id.is_empty() {
            let mut random = [0; 16];
            (self.shared.environment.random)(&mut random);
            let prepared = self.prepare(&request, IdempotencyKey(random), None)?;
            let cancel = CancellationToken::new();
            let _cancel_when_dropped = cancel.clone().drop_guard();
            let call = self.start(prepared, cancel).await?;
            return self.view(call).await;
        }
        self.call_once(request).await
    }

    async fn call_once(&self, request: CallRequest) -> Result<CallView, Error> {
        let payload = digest(&request);
        let key = RequestKey {
            method: Method::CallWebhook,
            id: request.request_id.clone(),
        };
        let engine = self.clone();
        // The task outlives a caller that goes away, and a repetition of its request waits for it.
        let task = self.shared.calls.tasks.spawn(async move {
            let reused = || Error::RequestIdReused {
                request_id: key.id.clone(),
            };
            let guard = match engine.shared.calls.requests.begin(&key, payload).await {
                Begun::First(guard) => guard,
                Begun::Done(Ok(id)) => return engine.get_call(id).await,
                Begun::Done(Err(error)) => return Err(Error::Repeated(error)),
                Begun::OtherPayload => return Err(reused()),
            };
            if let Some(first) = engine
                .shared
                .store
                .remembered(key.clone(), engine.now())
                .await?
            {
                if first.payload != payload {
                    return Err(reused());
                }
                if let Answered::Call(id) = first.answer {
                    return engine.get_call(id).await;
                }
            }
            let parts: [&[u8]; 3] = [b"CallWebhook", key.id.as_bytes(), &payload];
            let idempotency_key = engine.shared.environment.key.idempotency_key(&parts);
            let mark = Mark { key, payload };
            let prepared = engine.prepare(&request, idempotency_key, Some(mark))?;
            let call = carry_out(&engine.shared, prepared, CancellationToken::new()).await;
            match call {
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
        });
        task.await.unwrap_or_else(|_| Err(Error::ShuttingDown))
    }

    /// Carries a call out in a task of its own: it is recorded even when nobody waits for it any more.
    async fn start(&self, prepared: Prepared, cancel: CancellationToken) -> Result<Call, Error> {
        let shared = Arc::clone(&self.shared);
        let task = self
            .shared
            .calls
            .tasks
            .spawn(async move { carry_out(&shared, prepared, cancel).await });
        task.await.unwrap_or_else(|_| Err(Error::ShuttingDown))
    }

    fn prepare(
        &self,
        request: &CallRequest,
        key: IdempotencyKey,
        mark: Option<Mark>,
    ) -> Result<Prepared, Error> {
        let snapshot = self.snapshot();
        let live = snapshot
            .webhook(&request.webhook)
            .ok_or_else(|| not_found(&request.webhook))?;
        callable(live)?;
        Ok(Prepared {
            webhook: live.webhook.id,
            name: request.webhook.clone(),
            subject: CallSubjectData::new(&request.subject, &snapshot, &self.shared.settings.zone)?,
            context: Context::new(&request.context, &snapshot.schema)?,
            key,
            mark,
            created: self.now(),
        })
    }
}

fn not_found(webhook: &str) -> Error {
    Error::NotFound {
        kind: Kind::Webhook,
        name: format!("webhooks/{webhook}"),
    }
}

/// Whether a webhook may be called, and its compiled form.
fn callable(live: &Live) -> Result<&Arc<Compiled>, Error> {
    if live.webhook.paused {
        return Err(Error::Paused {
            name: format!("webhooks/{}", live.webhook.name),
        });
    }
    live.compiled.as_ref().map_err(|violations| Error::Invalid {
        subject: Kind::Webhook,
        violations: violations.clone(),
    })
}

/// The way of one call.
async fn carry_out<S: Store>(
    shared: &Shared<S>,
    prepared: Prepared,
    cancel: CancellationToken,
) -> Result<Call, Error> {
    let Some(slot) = slot(shared, &prepared, &cancel).await? else {
        return record_unsent(shared, prepared, "CANCELLED").await;
    };
    // A webhook that changed while the call waited is called as it is now (R-DEF-5).
    let snapshot = shared.snapshot();
    let live = snapshot
        .webhook_by_id(prepared.webhook)
        .ok_or_else(|| not_found(&prepared.name))?;
    let webhook = callable(live)?;
    let version = live.webhook.version;
    let rendered = match rendered(shared, webhook, &prepared).await? {
        Ok(rendered) => rendered,
        Err(not_sent) => {
            tracing::debug!(webhook = prepared.name, reason = ?not_sent, "a call is not sent");
            drop(slot);
            return record_unsent(shared, prepared, not_sent.word()).await;
        }
    };
    let mut flight = Flight {
        shared,
        webhook,
        prepared: &prepared,
        attempts: Vec::new(),
    };
    let last = flight.fly(slot, &rendered, &cancel).await;
    let attempts = flight.attempts;
    let answer = Answer::new(shared, webhook, last);
    let effect = match &prepared.subject {
        CallSubjectData::Stored(lead) => Effect::Lead(*lead, answer.writes),
        CallSubjectData::Inline { lead, company } => {
            Effect::Inline(inline_changes(lead, company, answer.writes))
        }
    };
    let call = NewCall {
        id: CallId(0),
        origin: Origin {
            webhook: prepared.webhook,
            version,
            campaign: None,
            run: None,
        },
        outcome: answer.outcome,
        created: prepared.created,
        ended: (shared.environment.now)(),
        attempts,
        request: Some(rendered.recorded()),
        response: answer.response,
        effect,
        problems: answer.problems,
        idempotency_key: prepared.key,
        replay_of: None,
        request_mark: prepared.mark,
    };
    record(shared, call).await
}

/// Waits for the call's turn; none when it was cancelled meanwhile.
async fn slot<S: Store>(
    shared: &Shared<S>,
    prepared: &Prepared,
    cancel: &CancellationToken,
) -> Result<Option<super::gate::Slot>, Error> {
    let limit = shared
        .snapshot()
        .webhook_by_id(prepared.webhook)
        .and_then(|live| {
            live.compiled
                .as_ref()
                .ok()
                .map(|webhook| webhook.max_concurrency)
        })
        .ok_or_else(|| not_found(&prepared.name))?;
    tokio::select! {
        biased;
        () = cancel.cancelled() => Ok(None),
        () = shared.calls.stopping.cancelled() => Err(Error::ShuttingDown),
        slot = shared.calls.gates.enter(prepared.webhook, limit) => Ok(Some(slot)),
    }
}

async fn rendered<S: Store>(
    shared: &Shared<S>,
    webhook: &Compiled,
    prepared: &Prepared,
) -> Result<Result<Rendered, NotSent>, Error> {
    let subject = slots(shared, prepared, &webhook.projection).await?;
    let of_context = &prepared.context.projection;
    let context_subject = if of_context.lead.is_empty() && of_context.company.is_empty() {
        Subject::default()
    } else {
        slots(shared, prepared, of_context).await?
    };
    let scene = Scene::new(
        &subject,
        &prepared.context,
        &context_subject,
        (shared.environment.now)(),
        &shared.settings.zone,
        shared.settings.max_payload,
    );
    let Ok(scene) = scene else {
        return Ok(Err(NotSent::TooLarge));
    };
    Ok(render(
        webhook,
        &scene,
        &prepared.key,
        shared.settings.max_payload,
    ))
}

async fn slots<S: Store>(
    shared: &Shared<S>,
    prepared: &Prepared,
    projection: &Arc<leadhook_store::Projection>,
) -> Result<Subject, Error> {
    let found = prepared.subject.slots(shared, projection).await?;
    found.ok_or_else(|| match prepared.subject {
        CallSubjectData::Stored(id) => Error::NotFound {
            kind: Kind::Lead,
            name: format!("leads/{id}"),
        },
        CallSubjectData::Inline { .. } => unreachable!("an inline lead is always there"),
    })
}

/// The attempts of one call.
struct Flight<'a, S> {
    shared: &'a Shared<S>,
    webhook: &'a Compiled,
    prepared: &'a Prepared,
    attempts: Vec<Attempt>,
}

/// How a call's attempts came to their end.
enum Last {
    Answered(Result<Exchange, Failure>),
    /// The client went away, or the server stops, while an attempt was under way or due.
    Cancelled,
}

impl<S: Store> Flight<'_, S> {
    /// Attempts until one is the last. A slot is held while an attempt is under way, not between attempts.
    async fn fly(
        &mut self,
        slot: super::gate::Slot,
        rendered: &Rendered,
        cancel: &CancellationToken,
    ) -> Last {
        let mut slot = Some(slot);
        loop {
            let Some(result) = self.attempt(rendered, cancel).await else {
                return Last::Cancelled;
            };
            drop(slot.take());
            let Some(wait) = self.wait_after(&result) else {
                return Last::Answered(result);
            };
            tokio::select! {
                biased;
                () = cancel.cancelled() => return Last::Cancelled,
                // What waits when the server stops ends with its last outcome: retries live as long as the server.
                () = self.shared.calls.stopping.cancelled() => return Last::Answered(result),
                () = tokio::time::sleep(wait) => {}
            }
            match self::slot(self.shared, self.prepared, cancel).await {
                Ok(Some(next)) => slot = Some(next),
                Ok(None) => return Last::Cancelled,
                Err(_) => return Last::Answered(result),
            }
        }
    }

    /// One attempt, noted; none when it was cancelled.
    async fn attempt(
        &mut self,
        rendered: &Rendered,
        cancel: &CancellationToken,
    ) -> Option<Result<Exchange, Failure>> {
        let started = (self.shared.environment.now)();
        let clock = tokio::time::Instant::now();
        let result = tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            result = self.shared.environment.client.send(&rendered.request) => Some(result),
        };
        let (code, error_type) = match &result {
            None => (0, "CANCELLED".to_owned()),
            Some(Ok(exchange)) => (exchange.status, phrase(exchange)),
            Some(Err(failure)) => {
                tracing::debug!(webhook = self.prepared.name, %failure, "an attempt failed");
                (
                    failure.status().unwrap_or(0),
                    failure.kind().word().to_owned(),
                )
            }
        };
        // To the microsecond, as records have it: an answer says what GetCall will say.
        let micros = u64::try_from(clock.elapsed().as_micros()).unwrap_or(u64::MAX);
        let duration = Duration::from_micros(micros);
        self.attempts.push(Attempt {
            started,
            duration,
            code,
            error_type,
        });
        result
    }

    fn wait_after(&self, result: &Result<Exchange, Failure>) -> Option<Duration> {
        let environment = &self.shared.environment;
        let mut random = [0; 4];
        (environment.random)(&mut random);
        let random = f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX);
        let now = SystemTime::from((environment.now)());
        let since_epoch = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let made = u32::try_from(self.attempts.len()).unwrap_or(u32::MAX);
        retry::wait(
            self.webhook.retry.as_ref(),
            made,
            result,
            random,
            since_epoch,
        )
    }
}

/// What the end of a call means.
struct Answer {
    outcome: Outcome,
    response: Option<RecordedResponse>,
    writes: leadhook_store::Writes,
    problems: Vec<leadhook_store::MappingProblem>,
}

impl Answer {
    fn new<S>(shared: &Shared<S>, webhook: &Compiled, last: Last) -> Answer {
        let result = match last {
            Last::Answered(result) => result,
            Last::Cancelled => {
                return Answer {
                    outcome: local(0, "CANCELLED"),
                    response: None,
                    writes: leadhook_store::Writes::default(),
                    problems: Vec::new(),
                };
            }
        };
        let (outcome, is_mapped) = outcome(webhook, &result);
        let mapped = match (&result, &webhook.mapping) {
            (Ok(exchange), Some(mapping)) if is_mapped => map_answer(
                mapping,
                &exchange.body,
                exchange.charset(),
                &shared.settings.zone,
            ),
            _ => super::MappedAnswer::default(),
        };
        let response = result.ok().map(|exchange| {
            let kept = exchange.body.len().min(shared.settings.kept_response);
            RecordedResponse {
                truncated: kept < exchange.body.len(),
                body: exchange.body.slice(..kept),
            }
        });
        Answer {
            outcome,
            response,
            writes: mapped.writes,
            problems: mapped.problems,
        }
    }
}

/// A call that ended before anything was sent.
async fn record_unsent<S: Store>(
    shared: &Shared<S>,
    prepared: Prepared,
    word: &str,
) -> Result<Call, Error> {
    let snapshot = shared.snapshot();
    let live = snapshot
        .webhook_by_id(prepared.webhook)
        .ok_or_else(|| not_found(&prepared.name))?;
    let now = (shared.environment.now)();
    let effect = match prepared.subject {
        CallSubjectData::Stored(lead) => Effect::Lead(lead, leadhook_store::Writes::default()),
        CallSubjectData::Inline { .. } => Effect::Inline(Vec::new()),
    };
    let call = NewCall {
        id: CallId(0),
        origin: Origin {
            webhook: prepared.webhook,
            version: live.webhook.version,
            campaign: None,
            run: None,
        },
        outcome: local(0, word),
        created: prepared.created,
        ended: now,
        attempts: Vec::new(),
        request: None,
        response: None,
        effect,
        problems: Vec::new(),
        idempotency_key: prepared.key,
        replay_of: None,
        request_mark: prepared.mark,
    };
    record(shared, call).await
}

async fn record<S: Store>(shared: &Shared<S>, call: NewCall) -> Result<Call, Error> {
    let lead = match &call.effect {
        Effect::Lead(lead, _) => Some(*lead),
        Effect::Inline(_) => None,
    };
    let mut kept = Call {
        id: call.id,
        origin: call.origin,
        lead,
        outcome: call.outcome.clone(),
        state: CallState::Ended,
        created: call.created,
        ended: call.ended,
        attempts: call.attempts.clone(),
        request: call.request.clone(),
        response: call.response.clone(),
        changes: Vec::new(),
        problems: call.problems.clone(),
        idempotency_key: call.idempotency_key,
        replay_of: call.replay_of,
    };
    let (id, recorded) = shared.calls.recorder.record(call).await?;
    kept.id = id;
    kept.changes = recorded.changes;
    Ok(kept)
}
