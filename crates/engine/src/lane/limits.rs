//! What one webhook allows now: its pause, its Retry-After, its circuit, its concurrency and its rate.

use std::time::Duration;

use super::{
    Allowance, LaneState, Shut, Verdict,
    circuit::{Circuit, Era, Passage},
    rate::Rate,
};

/// The limits of a lane, and how far they are used up.
#[derive(Debug)]
pub(super) struct Limits {
    allowance: Allowance,
    rate: Option<Rate>,
    circuit: Circuit,
    /// The latest time that a Retry-After named.
    held_until: Duration,
    in_flight: usize,
}

/// How many calls may go.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Free {
    /// So many now, at least one.
    Now(usize),
    /// None before this moment.
    From(Duration),
    /// None before something happens: a call ends, a person changes the webhook.
    NotYet,
}

impl Limits {
    pub(super) fn new(allowance: Allowance) -> Limits {
        Limits {
            allowance,
            rate: allowance.rate.map(Rate::new),
            circuit: Circuit::new(),
            held_until: Duration::ZERO,
            in_flight: 0,
        }
    }

    /// What is in flight counts under the new figures too. True if they differ from the former.
    pub(super) fn change(&mut self, allowance: Allowance, now: Duration) -> bool {
        if allowance == self.allowance {
            return false;
        }
        if allowance.rate != self.allowance.rate {
            match (&mut self.rate, allowance.rate) {
                (Some(rate), Some(per_second)) => rate.change(per_second, now),
                (rate, per_second) => *rate = per_second.map(Rate::new),
            }
        }
        self.allowance = allowance;
        true
    }

    pub(super) fn free(&self, now: Duration) -> Free {
        if self.allowance.is_paused {
            return Free::NotYet;
        }
        if now < self.held_until {
            return Free::From(self.held_until);
        }
        let passing = match self.circuit.passage(now) {
            Passage::All => usize::MAX,
            Passage::One => 1,
            Passage::NoneUntil(moment) => return Free::From(moment),
            Passage::NoneForNow => return Free::NotYet,
        };
        let slots = self.allowance.concurrency.saturating_sub(self.in_flight);
        if slots == 0 {
            return Free::NotYet;
        }
        let even = match &self.rate {
            None => usize::MAX,
            Some(rate) => match rate.free(now) {
                0 => return Free::From(rate.next()),
                free => free,
            },
        };
        Free::Now(passing.min(slots).min(even))
    }

    /// Why a client is not to wait whose patience ends at `end`.
    pub(super) fn shut(&self, now: Duration, end: Duration) -> Option<Shut> {
        if self.allowance.is_paused {
            return Some(Shut::Paused);
        }
        match self.circuit.passage(now) {
            Passage::NoneUntil(_) | Passage::NoneForNow => Some(Shut::CircuitOpen),
            Passage::All | Passage::One if now.max(end) < self.held_until => Some(Shut::Held),
            Passage::All | Passage::One => None,
        }
    }

    pub(super) fn state(&self, now: Duration) -> LaneState {
        if self.allowance.is_paused {
            LaneState::Paused
        } else if self.circuit.is_open() {
            LaneState::CircuitOpen
        } else if now < self.held_until {
            LaneState::Held
        } else {
            LaneState::Open
        }
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Lets calls go that are free.
    pub(super) fn take(&mut self, count: usize, now: Duration) -> Era {
        self.in_flight += count;
        if let Some(rate) = &mut self.rate {
            rate.take(count, now);
        }
        self.circuit.pass()
    }

    /// Calls that were let go are over.
    pub(super) fn over(&mut self, count: usize, era: Era, now: Duration) {
        self.in_flight -= count;
        self.circuit.over(era, now);
    }

    /// Calls that were let go have never been made: they count nowhere.
    pub(super) fn undo(&mut self, count: usize, era: Era, now: Duration) {
        if let Some(rate) = &mut self.rate {
            rate.give_back(count);
        }
        self.over(count, era, now);
    }

    /// The service is said to be there: whatever it asked for before.
    pub(super) fn reopen(&mut self) {
        self.circuit.alive();
        self.held_until = Duration::ZERO;
    }

    /// How an attempt of this era ended. `random` is uniform from 0 to 1.
    pub(super) fn note(
        &mut self,
        verdict: Verdict,
        era: Era,
        now: Duration,
        random: impl FnOnce() -> f64,
    ) {
        match verdict {
            Verdict::Alive => self.circuit.alive(),
            Verdict::Failed => self.circuit.failed(era, now, random),
            Verdict::RetryAfter(time) => {
                self.circuit.alive();
                self.held_until = self.held_until.max(now.saturating_add(time));
            }
        }
    }
}
