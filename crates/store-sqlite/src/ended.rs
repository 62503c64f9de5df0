//! Which positions of a run have ended: all before `low`, and of those behind it what a bitmap tells.

use std::collections::VecDeque;

use leadhook_store::RUN_WINDOW;

/// Positions that have ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    low: u32,
    /// From `low`, rounded down to a multiple of 64, on. The first word is never full, the last never empty.
    ahead: VecDeque<u64>,
}

/// What became of a position that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// It had not ended before.
    Now,
    /// It had.
    Before,
    /// It is too far behind `low` to be told apart.
    TooFar,
}

impl Ended {
    /// Those before a position alone.
    pub(crate) fn until(low: u32) -> Ended {
        Ended {
            low,
            ahead: match low % 64 {
                0 => VecDeque::new(),
                bits => VecDeque::from([(1 << bits) - 1]),
            },
        }
    }

    /// Reads what [`bytes`](Ended::bytes) made; none when it is damaged.
    pub(crate) fn read(low: u32, bytes: &[u8]) -> Option<Ended> {
        let (words, rest) = bytes.as_chunks::<8>();
        let ahead: VecDeque<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let bits = ahead.front().map_or(0, |first| first.trailing_ones());
        let is_whole = rest.is_empty() && bits == low % 64 && ahead.back() != Some(&0);
        is_whole.then_some(Ended { low, ahead })
    }

    /// The bitmap.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.ahead
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    /// The first position that has not ended.
    pub(crate) fn low(&self) -> u32 {
        self.low
    }

    /// Whether a position has ended.
    pub(crate) fn contains(&self, position: u32) -> bool {
        match position.checked_sub(self.base()) {
            None => true,
            Some(ahead) => {
                let word = self
                    .ahead
                    .get(ahead as usize / 64)
                    .copied()
                    .unwrap_or_default();
                word & bit(ahead) != 0
            }
        }
    }

    /// Says that a position has ended.
    pub(crate) fn mark(&mut self, position: u32) -> Marked {
        if self.contains(position) {
            return Marked::Before;
        }
        if position - self.low >= RUN_WINDOW {
            return Marked::TooFar;
        }
        let ahead = position - self.base();
        let at = ahead as usize / 64;
        if self.ahead.len() <= at {
            self.ahead.resize(at + 1, 0);
        }
        self.ahead[at] |= bit(ahead);
        self.advance();
        Marked::Now
    }

    fn advance(&mut self) {
        let mut base = self.base();
        while self.ahead.front() == Some(&u64::MAX) {
            self.ahead.pop_front();
            base += 64;
        }
        let bits = self.ahead.front().map_or(0, |first| first.trailing_ones());
        self.low = base + bits;
    }

    fn base(&self) -> u32 {
        self.low & !63
    }
}

fn bit(ahead: u32) -> u64 {
    1 << (ahead % 64)
}

#[cfg(test)]
mod tests;
