//! The attempts of one call, from its slot to its last answer (R-CALL-1, -6).

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use leadhook_http::{Exchange, Failure};
use leadhook_store::{Attempt, Store};
use tokio_util::sync::CancellationToken;

use super::{
    caller::{Prepared, slot},
    gate::Slot,
    gauge::{Counted, Place},
    outcome::phrase,
    rendered::Rendered,
    retry,
};
use crate::{compile::Compiled, engine::Shared};

/// The attempts of one call.
pub(super) struct Flight<'a, S> {
    pub(super) shared: &'a Shared<S>,
    pub(super) webhook: &'a Compiled,
    pub(super) prepared: &'a Prepared,
    pub(super) attempts: Vec<Attempt>,
}

/// The detail of an attempt that was not waited for.
const GIVEN_UP: &str = "given up before the answer was complete: the client went away, its deadline ended, or the server stopped";

/// How a call's attempts came to their end.
pub(super) enum Last {
    Answered(Result<Exchange, Failure>),
    /// The client went away while an attempt was under way or due.
    Cancelled,
    /// The server stops: a step of a flow is left as it was, to be made again.
    Left,
}

impl<S: Store> Flight<'_, S> {
    /// Attempts until one is the last. A slot is held while an attempt is under way, not between attempts; that of the last one is given
    /// back with it, to be held until the call is on record: so a slow disk slows the sending down.
    pub(super) async fn fly(
        &mut self,
        first: Slot,
        rendered: &Rendered,
        cancel: &CancellationToken,
    ) -> (Last, Option<Slot>) {
        let mut held = Some(first);
        loop {
            let counted = self.count(Place::InFlight);
            let Some(result) = self.attempt(rendered, cancel).await else {
                return (Last::Cancelled, held);
            };
            drop(counted);
            let Some(wait) = self.wait_after(&result) else {
                return (Last::Answered(result), held);
            };
            drop(held.take());
            let counted = self.count(Place::Retrying);
            tokio::select! {
                biased;
                () = cancel.cancelled() => return (Last::Cancelled, None),
                () = self.prepared.stopping.cancelled() => return (self.stopped(result), None),
                () = (self.shared.environment.sleep)(wait) => {}
            }
            drop(counted);
            if !self.may_go_on().await {
                return (self.stopped(result), None);
            }
            match slot(self.shared, self.prepared, cancel).await {
                Ok(Some(next)) => held = Some(next),
                Ok(None) => return (Last::Cancelled, None),
                Err(_) => return (self.stopped(result), None),
            }
        }
    }

    /// How a call between attempts ends when it may not go on: with its last outcome, since retries live as long as the server. But a step of a
    /// flow is made again when the server stopped.
    fn stopped(&self, last: Result<Exchange, Failure>) -> Last {
        if self.prepared.flow.is_some() && self.shared.calls.stopping.is_cancelled() {
            return Last::Left;
        }
        Last::Answered(last)
    }

    fn count(&self, place: Place) -> Option<Counted> {
        let gauge = self.prepared.flow.as_ref()?.gauge.as_ref()?;
        Some(gauge.enter(place))
    }

    /// Whether another attempt may be made: a webhook that is paused by now is not called (R-CALL-12), and of a lead that is erased by now
    /// nothing is sent any more (R-LEAD-6). A call ends with its last outcome then; a flow waits until its webhook is resumed.
    async fn may_go_on(&self) -> bool {
        if self.prepared.flow.is_some() {
            let _counted = self.count(Place::Held);
            tokio::select! {
                () = self.shared.unpaused(self.prepared.webhook) => {}
                () = self.prepared.stopping.cancelled() => return false,
            }
        }
        let snapshot = self.shared.snapshot();
        let is_called = snapshot
            .webhook_by_id(self.prepared.webhook)
            .is_some_and(|live| !live.webhook.paused);
        let nothing = Arc::default();
        is_called
            && self
                .prepared
                .subject
                .slots(self.shared, &nothing)
                .await
                .is_ok_and(|found| found.is_some())
    }

    /// One attempt, noted; none when it was cancelled.
    async fn attempt(
        &mut self,
        rendered: &Rendered,
        cancel: &CancellationToken,
    ) -> Option<Result<Exchange, Failure>> {
        let started = (self.shared.environment.now)();
        let began = (self.shared.environment.uptime)();
        let result = tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            result = self.shared.environment.client.send(&rendered.request) => Some(result),
        };
        let (code, error_type, detail) = match &result {
            None => (0, "CANCELLED".to_owned(), GIVEN_UP.to_owned()),
            Some(Ok(exchange)) => (exchange.status, phrase(exchange), String::new()),
            Some(Err(failure)) => {
                tracing::debug!(webhook = self.prepared.name, %failure, "an attempt failed");
                (
                    failure.status().unwrap_or(0),
                    failure.kind().word().to_owned(),
                    failure.detail().to_owned(),
                )
            }
        };
        // To the microsecond, as records have it: an answer says what GetCall will say.
        let taken = (self.shared.environment.uptime)().saturating_sub(began);
        let micros = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX);
        let duration = Duration::from_micros(micros);
        self.attempts.push(Attempt {
            started,
            duration,
            code,
            error_type,
            detail,
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
