//! Calls: what asks for one, and what is told of it.

use leadhook_engine::{
    CallContext, CallRequest, CallSubject, CallView, Error, FieldChangeView, HttpRequest,
    InlineLead, Kind, MappingProblemView, Violation,
};
use leadhook_proto::v1;
use leadhook_store::{CallState, ProblemReason};
use tonic::Status;

use super::{program, time, value};
use crate::{name, status::status};

pub(crate) fn call_request(request: v1::CallWebhookRequest) -> Result<CallRequest, Status> {
    let webhook = name::id(&request.webhook, "webhooks", "webhook")?.to_owned();
    let subject = request
        .subject
        .map(subject)
        .transpose()?
        .flatten()
        .ok_or_else(|| {
            status(&Error::Invalid {
                subject: Kind::Request,
                violations: vec![Violation::new(
                    "subject",
                    "is required: a lead (`leads/...`), or an inline lead",
                )],
            })
        })?;
    if request.request_id.len() > MAX_REQUEST_ID {
        return Err(status(&Error::Invalid {
            subject: Kind::Request,
            violations: vec![Violation::new(
                "request_id",
                format!(
                    "has {} bytes; at most {MAX_REQUEST_ID} are taken",
                    request.request_id.len()
                ),
            )],
        }));
    }
    Ok(CallRequest {
        webhook,
        subject,
        context: context(request.context.unwrap_or_default()),
        request_id: request.request_id,
    })
}

/// Longest `request_id`, in bytes.
pub(crate) const MAX_REQUEST_ID: usize = 255;

/// None when the message is there but empty.
pub(crate) fn subject(subject: v1::Subject) -> Result<Option<CallSubject>, Status> {
    Ok(match subject.kind {
        None => None,
        Some(v1::subject::Kind::Lead(lead)) => {
            Some(CallSubject::Lead(name::lead(&lead, "subject.lead")?))
        }
        Some(v1::subject::Kind::Inline(inline)) => Some(CallSubject::Inline(InlineLead {
            fields: value::inputs(inline.fields),
            company_fields: value::inputs(inline.company_fields),
        })),
    })
}

pub(crate) fn context(context: v1::CallContext) -> CallContext {
    let my_tokens = context.my_tokens.into_iter().map(program::my_token);
    CallContext {
        campaign: context.campaign,
        program: context.program,
        trigger: context.trigger.into_iter().collect(),
        my_tokens: my_tokens.collect(),
    }
}

pub(crate) fn message(call: CallView) -> v1::Call {
    let (response, response_truncated) = call.response.unwrap_or_default();
    v1::Call {
        name: name::of_call(call.id),
        webhook: format!("webhooks/{}", call.webhook),
        lead: call
            .lead
            .map(|lead| format!("leads/{lead}"))
            .unwrap_or_default(),
        campaign: call.campaign.unwrap_or_default(),
        run: call
            .run
            .map(|run| format!("runs/{run}"))
            .unwrap_or_default(),
        response_code: i32::from(call.outcome.code),
        error_type: call.outcome.error_type,
        response,
        response_truncated,
        succeeded: call.outcome.succeeded,
        field_changes: call.changes.into_iter().map(field_change).collect(),
        mapping_problems: call.problems.into_iter().map(mapping_problem).collect(),
        request: call.request.map(request),
        attempts: call
            .attempts
            .into_iter()
            .map(|attempt| v1::Attempt {
                start_time: Some(time::timestamp(attempt.started)),
                duration: Some(time::duration(attempt.duration)),
                response_code: i32::from(attempt.code),
                error_type: attempt.error_type,
                detail: attempt.detail,
            })
            .collect(),
        create_time: Some(time::timestamp(call.created)),
        end_time: call
            .next_attempt
            .is_none()
            .then(|| time::timestamp(call.ended)),
        idempotency_key: call.idempotency_key.to_string(),
        state: match call.state {
            CallState::Waiting => v1::call::State::Waiting,
            CallState::Ended => v1::call::State::Ended,
        }
        .into(),
        next_attempt_time: call.next_attempt.map(time::timestamp),
        replay_of: call.replay_of.map(name::of_call).unwrap_or_default(),
    }
}

pub(crate) fn request(request: HttpRequest) -> v1::HttpRequest {
    v1::HttpRequest {
        method: request.method.to_owned(),
        url: request.url,
        headers: request
            .headers
            .into_iter()
            .map(|(name, value)| v1::HttpHeader { name, value })
            .collect(),
        body: request.body,
    }
}

pub(crate) fn field_change(change: FieldChangeView) -> v1::FieldChange {
    v1::FieldChange {
        field: change.field,
        previous_value: Some(value::answer(change.previous.as_ref())),
        new_value: Some(value::answer(change.new.as_ref())),
    }
}

pub(crate) fn mapping_problem(problem: MappingProblemView) -> v1::MappingProblem {
    use v1::mapping_problem::Reason;
    v1::MappingProblem {
        response_attribute: problem.response_attribute,
        field: problem.field,
        reason: match problem.reason {
            ProblemReason::NotFound => Reason::NotFound,
            ProblemReason::TypeMismatch => Reason::TypeMismatch,
            ProblemReason::OutOfRange => Reason::OutOfRange,
            ProblemReason::TooLong => Reason::TooLong,
            ProblemReason::NotScalar => Reason::NotScalar,
            ProblemReason::InvalidResponse => Reason::InvalidResponse,
        }
        .into(),
        detail: problem.detail,
    }
}
