//! What a step comes to: where its lead stands then.

use std::time::Duration;

use leadhook_field::Datetime;
use leadhook_store::{Ending, NEW_CHAIN_WAIT, Next, Passage, Progress};

/// What a call is in a campaign's flow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlowPart {
    passage: Passage,
    step: u32,
    /// Whether a step before it failed.
    has_failed: bool,
    is_last: bool,
    /// When it began: what comes then is due at once.
    at: Datetime,
}

impl FlowPart {
    /// The step at a place of a flow with so many steps.
    pub(crate) fn new(
        passage: Passage,
        step: usize,
        steps: usize,
        has_failed: bool,
        at: Datetime,
    ) -> FlowPart {
        FlowPart {
            passage,
            step: number(step),
            has_failed,
            is_last: step + 1 >= steps,
            at,
        }
    }

    /// It was carried out.
    pub(crate) fn ends(&self, succeeded: bool) -> Progress {
        let has_failed = self.has_failed || !succeeded;
        let next = if self.is_last {
            Next::End(ending(has_failed))
        } else {
            Next::Step {
                step: self.step + 1,
                due: self.at,
                has_failed,
                new_chain: false,
            }
        };
        self.then(next)
    }

    /// The next step comes after a span (Wait), be there one or not: the end of a flow waits, too.
    pub(super) fn pauses(&self, span: Duration) -> Progress {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        self.then(Next::Step {
            step: self.step + 1,
            // The end of the calendar, where the span leads beyond it.
            due: Datetime::from_micros(self.at.as_micros().saturating_add(micros)),
            has_failed: self.has_failed,
            new_chain: span >= NEW_CHAIN_WAIT,
        })
    }

    /// Its call waits for its next attempt.
    pub(crate) fn waits(&self) -> Progress {
        self.then(Next::Retry {
            step: self.step,
            has_failed: self.has_failed,
        })
    }

    /// The flow ends here.
    pub(super) fn leaves(&self) -> Progress {
        self.then(Next::End(ending(self.has_failed)))
    }

    pub(super) fn then(&self, next: Next) -> Progress {
        let passage = self.passage;
        Progress { passage, next }
    }
}

pub(super) fn number(step: usize) -> u32 {
    u32::try_from(step).expect("a flow has at most 100 steps")
}

fn ending(has_failed: bool) -> Ending {
    if has_failed {
        Ending::Failed
    } else {
        Ending::Succeeded
    }
}

#[cfg(test)]
mod tests;
