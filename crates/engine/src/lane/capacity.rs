//! The server's slots (`--max-in-flight`), which all lanes share.
//!
//! A webhook whose service hangs takes slots and gives none back, and a webhook may be allowed more than the server has. So the last
//! eighth of the slots only goes to lanes that hold fewer than a sixteenth of all: whatever some lanes hold, others get at theirs. A
//! server of fewer than 16 slots keeps none, for a sixteenth of them is less than one.

/// All slots of a server.
#[derive(Debug)]
pub(super) struct Capacity {
    all: usize,
    taken: usize,
    /// The last so many are kept for lanes that hold fewer than `small`.
    kept: usize,
    small: usize,
}

impl Capacity {
    pub(super) fn new(all: usize) -> Capacity {
        let small = all / 16;
        Capacity {
            all,
            taken: 0,
            kept: if small > 0 { all / 8 } else { 0 },
            small,
        }
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.taken == self.all
    }

    /// How many more a lane may take that holds `held`.
    pub(super) fn room(&self, held: usize) -> usize {
        let free = self.all - self.taken;
        let common = free.saturating_sub(self.kept);
        common.max(self.small.saturating_sub(held)).min(free)
    }

    pub(super) fn take(&mut self, count: usize) {
        self.taken += count;
    }

    pub(super) fn give_back(&mut self, count: usize) {
        self.taken -= count;
    }
}
