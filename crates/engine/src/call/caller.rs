//! Makes calls: `Engine::call`, and the task that carries one out whoever may still be waiting for it.

use std::sync::Arc;

use leadhook_field::Datetime;
use leadhook_store::{
    Answered, Call, CallId, CampaignType, Effect, IdempotencyKey, LeadId, Mark, Method, NewCall,
    Next, Origin, Passage, Progress, RequestKey, Revision, RunId, Store, WebhookId,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    ending::{Answer, record, record_unsent},
    flight::{Flight, Last},
    gate::{Gates, Slot},
    gauge::{Gauge, Place},
    left_behind::LeftBehind,
    recorder::Recorder,
    rendered::{NotSent, Rendered, render},
    request::CallRequest,
    subject::{CallSubjectData, inline_changes},
    view::CallView,
};
use crate::{
    compile::Compiled,
    engine::{Engine, Shared},
    error::{Error, Kind},
    render::{Context, Needs, Scene},
    requests::{Begun, Requests, digest_and_size},
    snapshot::Live,
};

/// What calls share.
#[derive(Debug)]
pub(crate) struct Calls {
    pub(crate) gates: Gates,
    pub(crate) recorder: Recorder,
    pub(crate) requests: Requests<Result<CallId, Arc<Error>>>,
    pub(crate) left_behind: LeftBehind,
    /// Set when the server stops: what has no slot yet is turned away, what waits for its next attempt ends.
    pub(crate) stopping: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl Calls {
    pub(crate) fn new(gates: Gates, recorder: Recorder, left_behind: LeftBehind) -> Calls {
        Calls {
            gates,
            recorder,
            requests: Requests::default(),
            left_behind,
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }
}

/// A call that is checked as far as it can be before its turn comes.
pub(super) struct Prepared {
    pub(super) webhook: WebhookId,
    pub(super) name: String,
    pub(super) subject: CallSubjectData,
    context: Arc<Context>,
    pub(super) key: IdempotencyKey,
    pub(super) mark: Option<Mark>,
    pub(super) created: Datetime,
    /// Once it is set a call that has no slot yet is turned away, and one that waits for its next attempt ends with its last outcome.
    pub(super) stopping: CancellationToken,
    /// The step of a flow that it is.
    pub(super) flow: Option<FlowPart>,
}

/// What a call is in a campaign's flow.
#[derive(Debug)]
pub(crate) struct FlowPart {
    pub(crate) run: Option<RunId>,
    pub(crate) passage: Passage,
    /// What comes then.
    pub(crate) succeeded: Next,
    pub(crate) failed: Next,
    /// Live figures of its run.
    pub(crate) gauge: Option<Arc<Gauge>>,
}

/// A call of a flow.
pub(crate) struct FlowCall {
    pub(crate) webhook: WebhookId,
    pub(crate) lead: LeadId,
    pub(crate) context: Arc<Context>,
    pub(crate) key: IdempotencyKey,
    pub(crate) stopping: CancellationToken,
    pub(crate) part: FlowPart,
}

impl Prepared {
    /// What called, with the version of the webhook that it is recorded with.
    pub(super) fn origin(&self, version: Revision) -> Origin {
        Origin {
            webhook: self.webhook,
            version,
            campaign: self.context.campaign().map(|campaign| campaign.id),
            run: self.flow.as_ref().and_then(|flow| flow.run),
        }
    }

    /// Whether its campaign is one that calls no webhook (R-CALL-2).
    fn is_of_batch(&self) -> bool {
        let campaign = self.context.campaign();
        campaign.is_some_and(|campaign| campaign.campaign_type == CampaignType::Batch)
    }

    /// The progress that a record with this outcome is of its entry.
    pub(super) fn progress(&self, has_succeeded: bool) -> Option<Progress> {
        self.flow.as_ref().map(|flow| Progress {
            passage: flow.passage,
            next: if has_succeeded {
                flow.succeeded
            } else {
                flow.failed
            },
        })
    }
}

/// Makes a call of a flow.
///
/// # Errors
/// [`Error::Paused`], [`Error::ShuttingDown`]: nothing was sent, nothing is recorded. [`Error::NotFound`] for webhook or lead,
/// [`Error::Invalid`] for a webhook that cannot be called, [`Error::Store`].
pub(crate) async fn call_in_flow<S: Store>(
    shared: &Shared<S>,
    call: FlowCall,
) -> Result<(), Error> {
    let snapshot = shared.snapshot();
    let live = snapshot
        .webhook_by_id(call.webhook)
        .ok_or_else(|| Error::webhook_not_found(&call.webhook.to_string()))?;
    let prepared = Prepared {
        webhook: call.webhook,
        name: live.webhook.name.clone(),
        subject: CallSubjectData::Stored(call.lead),
        context: call.context,
        key: call.key,
        mark: None,
        created: (shared.environment.now)(),
        stopping: call.stopping,
        flow: Some(call.part),
    };
    if !prepared.is_of_batch() {
        callable(live)?;
    }
    carry_out(shared, prepared, CancellationToken::new()).await?;
    Ok(())
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
        // The task outlives a caller that goes away, and a repetition of its request waits for it.
        let task = self.shared.calls.tasks.spawn(async move {
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
            .ok_or_else(|| Error::webhook_not_found(&request.webhook))?;
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
            stopping: self.shared.calls.stopping.clone(),
            flow: None,
        })
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
    if prepared.is_of_batch() {
        return record_unsent(shared, prepared, 1000, "BATCH_CAMPAIGN").await;
    }
    let Some(slot) = slot(shared, &prepared, &cancel).await? else {
        return record_unsent(shared, prepared, 0, "CANCELLED").await;
    };
    // A webhook that changed while the call waited is called as it is now (R-DEF-5).
    let snapshot = shared.snapshot();
    let live = snapshot
        .webhook_by_id(prepared.webhook)
        .ok_or_else(|| Error::webhook_not_found(&prepared.name))?;
    let webhook = callable(live)?;
    let version = live.webhook.version;
    let rendered = match rendered(shared, webhook, &prepared).await? {
        Ok(rendered) => rendered,
        Err(not_sent) => {
            tracing::debug!(webhook = prepared.name, reason = ?not_sent, "a call is not sent");
            drop(slot);
            return record_unsent(shared, prepared, 0, not_sent.word()).await;
        }
    };
    let mut flight = Flight {
        shared,
        webhook,
        prepared: &prepared,
        attempts: Vec::new(),
    };
    let (last, _slot) = flight.fly(slot, &rendered, &cancel).await;
    if matches!(last, Last::Left) {
        return Err(Error::ShuttingDown);
    }
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
        origin: prepared.origin(version),
        progress: prepared.progress(answer.outcome.succeeded),
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
pub(super) async fn slot<S: Store>(
    shared: &Shared<S>,
    prepared: &Prepared,
    cancel: &CancellationToken,
) -> Result<Option<Slot>, Error> {
    let limit = shared
        .snapshot()
        .webhook_by_id(prepared.webhook)
        .and_then(|live| {
            live.compiled
                .as_ref()
                .ok()
                .map(|webhook| webhook.max_concurrency)
        })
        .ok_or_else(|| Error::webhook_not_found(&prepared.name))?;
    let gauge = prepared.flow.as_ref().and_then(|flow| flow.gauge.as_ref());
    let _counted = gauge.map(|gauge| gauge.enter(Place::Held));
    tokio::select! {
        biased;
        () = cancel.cancelled() => Ok(None),
        () = prepared.stopping.cancelled() => Err(Error::ShuttingDown),
        slot = shared.calls.gates.enter(prepared.webhook, limit) => Ok(Some(slot)),
    }
}

async fn rendered<S: Store>(
    shared: &Shared<S>,
    webhook: &Compiled,
    prepared: &Prepared,
) -> Result<Result<Rendered, NotSent>, Error> {
    let lead_not_found = || match prepared.subject {
        CallSubjectData::Stored(id) => Error::NotFound {
            kind: Kind::Lead,
            name: format!("leads/{id}"),
        },
        CallSubjectData::Inline { .. } => unreachable!("an inline lead is always there"),
    };
    let (of, context) = (&prepared.subject, &prepared.context);
    let needs = Needs::new(&webhook.named, context);
    let subject = of.slots(shared, &webhook.projection).await?;
    let subject = subject.ok_or_else(lead_not_found)?;
    let answers = of.answers(shared, context, &needs).await?;
    let answers = answers.ok_or_else(lead_not_found)?;
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
    Ok(render(
        webhook,
        &scene,
        &prepared.key,
        shared.settings.max_payload,
    ))
}
