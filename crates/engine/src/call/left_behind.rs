//! Calls whose clients went away and that go on all the same, since a repetition may collect them (R-CALL-10).
//!
//! Whoever still waits is bounded by its connection. Those that went away are bounded here: while what they left behind is too much, no
//! new request_id is taken on.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// What a call holds beside its request, in bytes, about: its task, buffers and connection.
const BESIDE_ITS_REQUEST: usize = 16 << 10;

/// How much is left behind.
#[derive(Debug)]
pub(crate) struct LeftBehind {
    bytes: Arc<AtomicUsize>,
    max: usize,
}

/// A call that may be left behind, held by whoever carries it out. It counts no more once both have dropped theirs.
#[derive(Debug)]
pub(crate) struct Carried {
    bytes: usize,
    is_left: AtomicBool,
    all: Arc<AtomicUsize>,
}

/// The same, held by whoever waits for it: dropped while the call is carried out, it leaves the call behind.
#[derive(Debug)]
pub(crate) struct Awaited(Arc<Carried>);

impl LeftBehind {
    /// At most so many bytes, and what the call that exceeds it holds.
    pub(crate) fn new(max: usize) -> LeftBehind {
        LeftBehind {
            bytes: Arc::default(),
            max,
        }
    }

    /// Takes on a call with a request of so many bytes; none while too much is left behind.
    pub(crate) fn take_on(&self, request: usize) -> Option<(Arc<Carried>, Awaited)> {
        if self.bytes.load(Ordering::Relaxed) >= self.max {
            return None;
        }
        let carried = Arc::new(Carried {
            bytes: request.saturating_add(BESIDE_ITS_REQUEST),
            is_left: AtomicBool::new(false),
            all: Arc::clone(&self.bytes),
        });
        Some((Arc::clone(&carried), Awaited(carried)))
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        let Awaited(call) = self;
        call.is_left.store(true, Ordering::Relaxed);
        call.all.fetch_add(call.bytes, Ordering::Relaxed);
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        if *self.is_left.get_mut() {
            self.all.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_call_10_only_what_is_left_behind_counts_and_until_it_ends() {
        let left_behind = LeftBehind::new(2 * BESIDE_ITS_REQUEST);
        let (carried, awaited) = left_behind.take_on(BESIDE_ITS_REQUEST).unwrap();
        assert!(left_behind.take_on(0).is_some(), "it is waited for");
        drop(awaited);
        assert!(left_behind.take_on(0).is_none());
        drop(carried);
        let (carried, awaited) = left_behind.take_on(usize::MAX).unwrap();
        drop(carried);
        drop(awaited);
        assert!(left_behind.take_on(0).is_some(), "it had ended before");
    }
}
