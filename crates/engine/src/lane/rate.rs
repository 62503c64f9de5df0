//! The rate of a lane (`max_rate`): the generic cell rate algorithm, in integers.
//!
//! One figure is kept: when all that was given would have been given, had it come evenly. A call may go while that is ahead of now by
//! no more than the tolerance, which is what makes the burst: 100 ms' worth of calls, at least one. Nothing is added up over time, so
//! nothing drifts; whoever comes a little late for its moment, as timers do, makes up for it with the next one.

use std::time::Duration;

/// The lowest rate, in calls per second: one in 1,000 seconds.
const MIN: f64 = 0.001;
/// The highest rate, in calls per second.
const MAX: f64 = 1e9;
/// How many calls may come at once: those of so much time.
const BURST: Duration = Duration::from_millis(100);

/// A moment or a while in 2^-32 nanoseconds: the interval of 1e9 calls a second is one nanosecond, and that of a little less must not be
/// rounded to it.
type Ticks = u128;
const TICK_BITS: u32 = 32;

/// A steady rate.
#[derive(Debug)]
pub(super) struct Rate {
    interval: Ticks,
    tolerance: Ticks,
    /// When all that was given would have been given evenly.
    even: Ticks,
}

impl Rate {
    /// So many calls per second; what is out of range is brought into it. It begins with a full burst.
    pub(super) fn new(per_second: f64) -> Rate {
        let interval = (1e9 * (1u64 << TICK_BITS) as f64 / per_second.clamp(MIN, MAX)) as Ticks;
        let interval = interval.max(1);
        let burst = (ticks(BURST) / interval).max(1);
        Rate {
            interval,
            // Half an interval more lets no further call into the burst, and forgives that timers are late.
            tolerance: (burst - 1) * interval + interval / 2,
            even: 0,
        }
    }

    /// A changed rate goes on from what was given: no second burst, and no wait that only the former rate would have asked for.
    pub(super) fn change(&mut self, per_second: f64, now: Duration) {
        let new = Rate::new(per_second);
        let latest = ticks(now) + new.tolerance + new.interval;
        *self = Rate {
            even: self.even.min(latest),
            ..new
        };
    }

    /// How many calls may go now.
    pub(super) fn free(&self, now: Duration) -> usize {
        let ahead = self.even.saturating_sub(ticks(now));
        match self.tolerance.checked_sub(ahead) {
            Some(left) => usize::try_from(left / self.interval + 1).unwrap_or(usize::MAX),
            None => 0,
        }
    }

    /// When a call may go.
    pub(super) fn next(&self) -> Duration {
        let ticks = self.even.saturating_sub(self.tolerance);
        Duration::from_nanos_u128(ticks.div_ceil(1 << TICK_BITS))
    }

    /// Gives `count` calls, which were free.
    pub(super) fn take(&mut self, count: usize, now: Duration) {
        self.even = self.even.max(ticks(now)) + self.interval * count as Ticks;
    }

    /// Takes back what was given and not made.
    pub(super) fn give_back(&mut self, count: usize) {
        let back = self.interval * count as Ticks;
        self.even = self.even.saturating_sub(back);
    }
}

fn ticks(time: Duration) -> Ticks {
    time.as_nanos() << TICK_BITS
}

#[cfg(test)]
mod tests;
