//! The open elements that paths read or pass through, innermost last.

use std::ops::Range;

/// An open element, as a node of the trie.
#[derive(Clone, Copy, Debug, Default)]
struct Match {
    level: usize,
    node: usize,
}

/// A stack of matches. A node stands for one element at most, so it never holds more than there are nodes.
#[derive(Debug)]
pub(super) struct Matches<'w> {
    slots: &'w mut [Slot],
    count: usize,
    /// The level of the last: most elements are no match, and this alone tells.
    innermost: usize,
}

/// Room for a match.
#[derive(Debug, Default)]
pub(super) struct Slot(Match);

impl<'w> Matches<'w> {
    /// With the document, node 0, at level 0. There is a slot for each node.
    pub(super) fn new(slots: &'w mut [Slot]) -> Self {
        let mut matches = Self {
            slots,
            count: 0,
            innermost: 0,
        };
        matches.push(0, 0);
        matches
    }

    #[inline]
    pub(super) fn push(&mut self, level: usize, node: usize) {
        self.slots[self.count] = Slot(Match { level, node });
        self.count += 1;
        self.innermost = level;
    }

    /// Which matches the innermost element has, if it stands at this level.
    #[inline]
    pub(super) fn at(&self, level: usize) -> Range<usize> {
        if level != self.innermost {
            return self.count..self.count;
        }
        let open = &self.slots[..self.count];
        let here = open
            .iter()
            .rev()
            .take_while(|slot| slot.0.level == level)
            .count();
        self.count - here..self.count
    }

    /// The node of a match.
    #[inline]
    pub(super) fn node(&self, index: usize) -> usize {
        self.slots[index].0.node
    }

    /// Forgets the element at this level.
    #[inline]
    pub(super) fn close(&mut self, level: usize) {
        if level == self.innermost {
            self.count = self.at(level).start;
            self.innermost = self.slots[..self.count]
                .last()
                .map_or(0, |slot| slot.0.level);
        }
    }
}
