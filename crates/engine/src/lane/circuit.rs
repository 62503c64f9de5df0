//! The circuit of a lane.
//!
//! **Why.** A service that is down makes every call wait for its timeout and then be made again. The circuit spares it that load, and
//! keeps runs from spending the attempts of all their leads on an outage that one call could have told them of.
//!
//! **When it trips.** After [`FAILURES`] attempts in a row without an answer that shows the service at work: a local failure (TIMEOUT,
//! DNS, CONNECT, TLS, CLOSED, PROTOCOL) or a 5xx. Any other answer, a 429 or 503 with Retry-After among them, sets the count back: who
//! says when to come back is there.
//!
//! **How it recovers.** It stays open for a second, doubled each time that it opens again, up to a minute; half of it up to the whole,
//! at random, so that many servers do not come back at once. Then it is half-open: one call at a time goes as a probe. A probe that is
//! answered closes it, and the next opening starts at a second again; one that fails opens it anew; one that ends without a verdict lets
//! another go.
//!
//! **What was in flight when it opened** went out before the service was known to be down: its failures neither prolong the opening nor
//! count after it. An answer among them closes the circuit, for it shows the service at work now.

use std::time::Duration;

/// So many failures in a row open the circuit.
const FAILURES: u32 = 10;
/// How long it is open the first time, before jitter.
const FIRST: Duration = Duration::from_secs(1);
/// How long it is open at most.
const LONGEST: Duration = Duration::from_secs(60);

/// Whether a service is called at all.
#[derive(Debug)]
pub(super) struct Circuit {
    state: State,
    /// How often it has opened since it was last closed.
    openings: u32,
    /// Ascends when it opens and when it closes.
    era: Era,
}

/// From one opening or closing of a circuit to the next. A call belongs to the one in which it was let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Era(u64);

#[derive(Debug)]
enum State {
    Closed {
        failures: u32,
    },
    /// Half-open from `until` on.
    Open {
        until: Duration,
    },
    /// Half-open, the probe is under way.
    Probing,
}

/// Whether calls may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// All.
    All,
    /// One: the probe.
    One,
    /// None before this moment.
    NoneUntil(Duration),
    /// None before the probe has ended.
    NoneForNow,
}

impl Circuit {
    pub(super) fn new() -> Circuit {
        Circuit {
            state: State::Closed { failures: 0 },
            openings: 0,
            era: Era(0),
        }
    }

    pub(super) fn passage(&self, now: Duration) -> Passage {
        match self.state {
            State::Closed { .. } => Passage::All,
            State::Open { until } if now < until => Passage::NoneUntil(until),
            State::Open { .. } => Passage::One,
            State::Probing => Passage::NoneForNow,
        }
    }

    /// Open or half-open.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed { .. })
    }

    /// Lets calls go that may; they belong to the era that is returned.
    pub(super) fn pass(&mut self) -> Era {
        if self.is_open() {
            self.state = State::Probing;
        }
        self.era
    }

    /// A call of this era is over, with a verdict or without.
    pub(super) fn over(&mut self, era: Era, now: Duration) {
        if era == self.era && matches!(self.state, State::Probing) {
            self.state = State::Open { until: now };
        }
    }

    /// The service answered.
    pub(super) fn alive(&mut self) {
        if self.is_open() {
            self.openings = 0;
            self.turn(State::Closed { failures: 0 });
        } else {
            self.state = State::Closed { failures: 0 };
        }
    }

    /// A call of this era failed. `random` is uniform from 0 to 1.
    pub(super) fn failed(&mut self, era: Era, now: Duration, random: impl FnOnce() -> f64) {
        if era != self.era {
            return;
        }
        match &mut self.state {
            State::Closed { failures } => {
                *failures += 1;
                if *failures == FAILURES {
                    self.open(now, random());
                }
            }
            State::Probing => self.open(now, random()),
            // Its probe had its verdict already.
            State::Open { .. } => {}
        }
    }

    fn open(&mut self, now: Duration, random: f64) {
        let doublings = self.openings.min(16);
        let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
        self.openings = self.openings.saturating_add(1);
        let until = now + whole.mul_f64(0.5 + random / 2.0);
        self.turn(State::Open { until });
    }

    fn turn(&mut self, state: State) {
        self.state = state;
        self.era = Era(self.era.0 + 1);
    }
}

#[cfg(test)]
mod tests;
