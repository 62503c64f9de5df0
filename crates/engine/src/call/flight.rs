//! One call, rendered: what it is, its attempts (R-CALL-1, -6), and the records that it becomes.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use leadhook_field::Datetime;
use leadhook_http::{Exchange, Failure, FailureKind, Request};
use leadhook_store::{Attempt, CallId, NewCall, RecordedRequest, Store, Wait, Writes};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    ending::{Answer, kept},
    identity::Identity,
    outcome::{outcome, phrase},
    retry, sealed,
};
use crate::{
    compile::Compiled,
    engine::Shared,
    flow::FlowPart,
    lane::{Slot, Verdict},
};

/// A call that is rendered and has not ended.
#[derive(Debug)]
pub(crate) struct Flight {
    /// As it was when the call was rendered.
    pub(crate) webhook: Arc<Compiled>,
    pub(crate) of: Identity,
    pub(crate) request: Request,
    pub(crate) recorded: RecordedRequest,
    pub(crate) attempts: Vec<Attempt>,
    /// Its id, once it has waited: then it is on record.
    pub(crate) id: Option<CallId>,
    /// What its payload takes of the memory for payloads.
    pub(crate) memory: Option<OwnedSemaphorePermit>,
}

/// How a call's attempts came to their end.
pub(crate) enum Last {
    /// The last attempt ended like this.
    Attempt(Result<Exchange, Failure>),
    /// The client went away while an attempt was under way or due.
    Cancelled,
}

/// The detail of an attempt that was not waited for.
const GIVEN_UP: &str =
    "given up before the answer was complete: the client went away, or its deadline ended";

impl Flight {
    /// One attempt, noted; none when it was cancelled. Its slot's lane learns how it ended.
    pub(crate) async fn attempt<S>(
        &mut self,
        shared: &Shared<S>,
        slot: &mut Slot,
        cancelled: impl Future<Output = ()>,
    ) -> Option<Result<Exchange, Failure>> {
        let environment = &shared.environment;
        let started = (environment.now)();
        let began = (environment.uptime)();
        slot.begin();
        let result = tokio::select! {
            biased;
            () = cancelled => None,
            result = environment.client.send(&self.request) => Some(result),
        };
        let (code, error_type, detail) = match &result {
            None => (0, "CANCELLED".to_owned(), GIVEN_UP.to_owned()),
            Some(Ok(exchange)) => (exchange.status, phrase(exchange), String::new()),
            Some(Err(failure)) => {
                tracing::debug!(webhook = self.of.origin.webhook.0, %failure, "an attempt failed");
                (
                    failure.status().unwrap_or(0),
                    failure.kind().word().to_owned(),
                    failure.detail().to_owned(),
                )
            }
        };
        if let Some(verdict) = result.as_ref().and_then(|it| verdict(it, started)) {
            slot.note(verdict);
        }
        // To the microsecond, as records have it: an answer says what GetCall will say.
        let taken = (environment.uptime)().saturating_sub(began);
        let micros = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX);
        self.attempts.push(Attempt {
            started,
            duration: Duration::from_micros(micros),
            code,
            error_type,
            detail,
        });
        result
    }

    /// How long to wait until the next attempt; none: that was the last.
    pub(crate) fn wait_after<S>(
        &self,
        shared: &Shared<S>,
        result: &Result<Exchange, Failure>,
    ) -> Option<Duration> {
        let policy = self.webhook.retry.as_ref()?;
        let environment = &shared.environment;
        let mut random = [0; 4];
        (environment.random)(&mut random);
        let random = f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX);
        let made = u32::try_from(self.attempts.len()).unwrap_or(u32::MAX);
        let now = since_epoch((environment.now)());
        retry::wait(Some(policy), made, result, random, now)
    }

    /// The record of the call as it waits for its next attempt. `is_claimed`: who records it makes that attempt, too.
    pub(crate) fn waiting<S: Store>(
        &self,
        shared: &Shared<S>,
        result: &Result<Exchange, Failure>,
        wait: Duration,
        is_claimed: bool,
    ) -> NewCall {
        let now = (shared.environment.now)();
        let micros = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
        NewCall {
            id: self.id.unwrap_or(CallId(0)),
            has_waited: self.id.is_some(),
            wait: Some(Wait {
                due: Datetime::from_micros(now.as_micros().saturating_add(micros)),
                sealed: sealed::seal(shared, &self.request, &self.of.subject),
                is_claimed,
            }),
            origin: self.of.origin,
            outcome: outcome(&self.webhook, result).0,
            created: self.of.created,
            ended: now,
            attempts: self.attempts.clone(),
            request: Some(self.recorded.clone()),
            response: result
                .as_ref()
                .ok()
                .map(|exchange| kept(shared, &exchange.body)),
            effect: self.of.effect(Writes::default()),
            problems: Vec::new(),
            idempotency_key: self.of.key,
            replay_of: self.of.replay_of,
            request_mark: self.of.mark.clone(),
            progress: self.of.part.as_ref().map(FlowPart::waits),
        }
    }

    /// The record of the call as it has ended, and what its payload took.
    pub(crate) fn ended<S>(
        self,
        shared: &Shared<S>,
        last: Last,
    ) -> (NewCall, Option<OwnedSemaphorePermit>) {
        let answer = Answer::new(shared, &self.webhook, last);
        let succeeded = answer.outcome.succeeded;
        let call = NewCall {
            id: self.id.unwrap_or(CallId(0)),
            has_waited: self.id.is_some(),
            wait: None,
            origin: self.of.origin,
            outcome: answer.outcome,
            created: self.of.created,
            ended: (shared.environment.now)(),
            attempts: self.attempts,
            request: Some(self.recorded),
            response: answer.response,
            effect: self.of.effect(answer.writes),
            problems: answer.problems,
            idempotency_key: self.of.key,
            replay_of: self.of.replay_of,
            request_mark: self.of.mark,
            progress: self.of.part.map(|part| part.ends(succeeded)),
        };
        (call, self.memory)
    }
}

/// What an attempt tells of its service (R-CALL-6): none where it says nothing of it.
fn verdict(result: &Result<Exchange, Failure>, now: Datetime) -> Option<Verdict> {
    let (status, asked) = match result {
        Ok(exchange) => (exchange.status, exchange.retry_after),
        Err(failure) => (failure.status().unwrap_or(0), failure.retry_after()),
    };
    if matches!(status, 429 | 503)
        && let Some(asked) = asked
    {
        return Some(Verdict::RetryAfter(retry::asked(asked, since_epoch(now))));
    }
    match result {
        Ok(exchange) if exchange.status >= 500 => Some(Verdict::Failed),
        Ok(_) => Some(Verdict::Alive),
        Err(failure) => match failure.kind() {
            FailureKind::Timeout
            | FailureKind::Dns
            | FailureKind::Connect
            | FailureKind::Tls
            | FailureKind::Closed
            | FailureKind::Protocol => Some(Verdict::Failed),
            _ => None,
        },
    }
}

fn since_epoch(now: Datetime) -> Duration {
    SystemTime::from(now)
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

/// A payload of its own: a slice of a large buffer would keep all of it.
pub(super) fn detached(body: &Bytes, len: usize) -> Bytes {
    if len < body.len() {
        Bytes::copy_from_slice(&body[..len])
    } else {
        body.clone()
    }
}
