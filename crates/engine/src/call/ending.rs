//! The end of a call: what its last answer means, and the record of one that waited and makes no more attempts.

use bytes::Bytes;
use leadhook_http::Exchange;
use leadhook_store::{
    Call, CallState, Effect, MappingProblem, NewCall, Origin, Outcome, RecordedResponse,
    WaitingCall, Writes,
};

use super::{
    MappedAnswer,
    flight::{Last, detached},
    outcome::{is_mapped, local, map_answer, outcome},
};
use crate::{compile::Compiled, engine::Shared, flow::FlowPart};

/// What the end of a call means.
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    pub(super) response: Option<RecordedResponse>,
    pub(super) writes: Writes,
    pub(super) problems: Vec<MappingProblem>,
}

impl Answer {
    pub(super) fn new<S>(shared: &Shared<S>, webhook: &Compiled, last: Last) -> Answer {
        match last {
            Last::Attempt(result) => {
                let (outcome, is_mapped) = outcome(webhook, &result);
                let exchange = result.ok();
                let mapped = match &exchange {
                    Some(exchange) if is_mapped => map(shared, webhook, exchange),
                    _ => MappedAnswer::default(),
                };
                let response = exchange.map(|exchange| kept(shared, &exchange.body));
                Answer::of(outcome, response, mapped)
            }
            Last::Cancelled => Answer::of(local(0, "CANCELLED"), None, MappedAnswer::default()),
        }
    }

    fn of(outcome: Outcome, response: Option<RecordedResponse>, mapped: MappedAnswer) -> Answer {
        Answer {
            outcome,
            response,
            writes: mapped.writes,
            problems: mapped.problems,
        }
    }
}

fn map<S>(shared: &Shared<S>, webhook: &Compiled, exchange: &Exchange) -> MappedAnswer {
    let Some(mapping) = &webhook.mapping else {
        return MappedAnswer::default();
    };
    let zone = &shared.settings.zone;
    map_answer(mapping, &exchange.body, exchange.charset(), zone)
}

/// What a record keeps of a response (R-CALL-5).
pub(super) fn kept<S>(shared: &Shared<S>, body: &Bytes) -> RecordedResponse {
    let len = body.len().min(shared.settings.kept_response);
    RecordedResponse {
        truncated: len < body.len(),
        body: detached(body, len),
    }
}

/// The record of a call that waited and makes no more attempts: it ends as it is on record. Of its answer there is what was kept of it, without the
/// charset of its head.
pub(crate) fn ended_as_recorded<S>(
    shared: &Shared<S>,
    waiting: WaitingCall,
    webhook: Option<&Compiled>,
    part: Option<FlowPart>,
) -> NewCall {
    let call = waiting.call;
    let whole = call.response.as_ref().filter(|kept| !kept.truncated);
    let mapped = match (whole, webhook) {
        (Some(kept), Some(webhook)) if is_mapped(webhook, call.outcome.code) => {
            let zone = &shared.settings.zone;
            let mapping = webhook.mapping.as_ref();
            mapping.map(|mapping| map_answer(mapping, &kept.body, None, zone))
        }
        _ => None,
    };
    let MappedAnswer { writes, problems } = mapped.unwrap_or_default();
    let effect = match call.lead {
        Some(lead) => Effect::Lead(lead, writes),
        None => Effect::Inline(Vec::new()),
    };
    NewCall {
        id: call.id,
        has_waited: true,
        wait: None,
        origin: call.origin,
        progress: part.map(|part| part.ends(call.outcome.succeeded)),
        outcome: call.outcome,
        created: call.created,
        ended: call.ended,
        attempts: call.attempts,
        request: call.request,
        response: call.response,
        effect,
        problems,
        idempotency_key: call.idempotency_key,
        replay_of: call.replay_of,
        request_mark: None,
    }
}

/// The call that a record will be read back as, but for its id and changes.
pub(super) fn shown<S>(shared: &Shared<S>, call: &NewCall) -> Call {
    Call {
        id: call.id,
        origin: call.origin,
        campaign: campaign_name(shared, &call.origin),
        lead: match &call.effect {
            Effect::Lead(lead, _) => Some(*lead),
            Effect::Inline(_) => None,
        },
        outcome: call.outcome.clone(),
        state: CallState::Ended,
        created: call.created,
        ended: call.ended,
        next_attempt: None,
        attempts: call.attempts.clone(),
        request: call.request.clone(),
        response: call.response.clone(),
        changes: Vec::new(),
        problems: call.problems.clone(),
        idempotency_key: call.idempotency_key,
        replay_of: call.replay_of,
    }
}

fn campaign_name<S>(shared: &Shared<S>, origin: &Origin) -> Option<String> {
    let campaign = origin.campaign?;
    let snapshot = shared.snapshot();
    let live = snapshot.campaigns.get(campaign)?;
    Some(format!("campaigns/{}", live.campaign.name))
}
