//! Which containers are open around a place in the body, one bit each.

/// A container that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Array,
    Object,
}

/// A stack of containers. 63 levels need no memory of their own, a million take 125 KiB.
#[derive(Debug)]
pub(super) struct Nesting {
    /// The newest levels, the last in the lowest bit, below a bit that marks how many there are.
    top: u64,
    /// Full words of 63 levels.
    below: Vec<u64>,
}

const EMPTY: u64 = 1;
const FULL: u64 = 1 << 63;

impl Nesting {
    pub(super) fn new() -> Self {
        Self {
            top: EMPTY,
            below: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, container: Container) {
        if self.top >= FULL {
            self.below.push(self.top);
            self.top = EMPTY;
        }
        self.top = self.top << 1 | u64::from(container == Container::Object);
    }

    pub(super) fn pop(&mut self) {
        self.top >>= 1;
        if self.top == EMPTY
            && let Some(word) = self.below.pop()
        {
            self.top = word;
        }
    }

    /// The innermost container.
    pub(super) fn last(&self) -> Option<Container> {
        match self.top {
            EMPTY => None,
            top if top & 1 == 1 => Some(Container::Object),
            _ => Some(Container::Array),
        }
    }
}
