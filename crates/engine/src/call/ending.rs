//! The end of a call: what its last answer means, and the record that is kept of it.

use std::time::Duration;

use leadhook_store::{
    Call, CallId, CallState, Effect, MappingProblem, NewCall, Origin, Outcome, Recorded,
    RecordedResponse, Store, Writes,
};

use super::{
    MappedAnswer,
    caller::Prepared,
    flight::Last,
    outcome::{local, map_answer, outcome},
    subject::CallSubjectData,
};
use crate::{compile::Compiled, engine::Shared, error::Error};

/// What the end of a call means.
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    pub(super) response: Option<RecordedResponse>,
    pub(super) writes: Writes,
    pub(super) problems: Vec<MappingProblem>,
}

impl Answer {
    pub(super) fn new<S>(shared: &Shared<S>, webhook: &Compiled, last: Last) -> Answer {
        let result = match last {
            Last::Answered(result) => result,
            Last::Cancelled | Last::Left => {
                return Answer {
                    outcome: local(0, "CANCELLED"),
                    response: None,
                    writes: Writes::default(),
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
            _ => MappedAnswer::default(),
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
pub(super) async fn record_unsent<S: Store>(
    shared: &Shared<S>,
    prepared: Prepared,
    code: u16,
    word: &str,
) -> Result<Call, Error> {
    let snapshot = shared.snapshot();
    let live = snapshot
        .webhook_by_id(prepared.webhook)
        .ok_or_else(|| Error::webhook_not_found(&prepared.name))?;
    let now = (shared.environment.now)();
    let (origin, progress) = (
        prepared.origin(live.webhook.version),
        prepared.progress(false),
    );
    let effect = match prepared.subject {
        CallSubjectData::Stored(lead) => Effect::Lead(lead, Writes::default()),
        CallSubjectData::Inline { .. } => Effect::Inline(Vec::new()),
    };
    let call = NewCall {
        id: CallId(0),
        origin,
        outcome: local(code, word),
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
        progress,
    };
    record(shared, call).await
}

pub(super) async fn record<S: Store>(shared: &Shared<S>, call: NewCall) -> Result<Call, Error> {
    let lead = match &call.effect {
        Effect::Lead(lead, _) => Some(*lead),
        Effect::Inline(_) => None,
    };
    let mut kept = Call {
        id: call.id,
        origin: call.origin,
        campaign: campaign_name(shared, &call.origin),
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
    let (id, recorded) = if call.progress.is_some() {
        insist(shared, call).await?
    } else {
        shared.calls.recorder.record(call).await?
    };
    kept.id = id;
    kept.changes = recorded.changes;
    Ok(kept)
}

/// Records a call of a flow, again and again until the store takes it: what was sent is not sent once more because a disk is full. It holds its
/// slot meanwhile, so that nothing else is sent either.
///
/// # Errors
/// [`Error::ShuttingDown`]: the server stops; the step is made again when it is up, with the same key.
async fn insist<S: Store>(shared: &Shared<S>, call: NewCall) -> Result<(CallId, Recorded), Error> {
    loop {
        let error = match shared.calls.recorder.record(call.clone()).await {
            Ok(recorded) => return Ok(recorded),
            Err(error) => error,
        };
        tracing::error!(%error, "a call of a flow waits to be recorded");
        tokio::select! {
            () = (shared.environment.sleep)(PATIENCE) => {}
            () = shared.calls.stopping.cancelled() => return Err(Error::ShuttingDown),
        }
    }
}

/// How long a call of a flow waits until it is recorded anew.
const PATIENCE: Duration = Duration::from_secs(1);

fn campaign_name<S>(shared: &Shared<S>, origin: &Origin) -> Option<String> {
    let campaign = origin.campaign?;
    let snapshot = shared.snapshot();
    let live = snapshot.campaigns.get(campaign)?;
    Some(format!("campaigns/{}", live.campaign.name))
}
