//! The window of a run: how many of its leads are under way, its own and those of all runs together, and how far the last of them may be ahead of the first, so that the bitmap of
//! what ended stays small.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// How far a position may be ahead of the first that has not ended. The store's bitmap holds 65,536.
const MAX_AHEAD: u32 = 60_000;

#[derive(Debug)]
pub(super) struct Window {
    places: Arc<Semaphore>,
    /// Those of all runs.
    of_all: Arc<Semaphore>,
    under_way: Arc<UnderWay>,
}

#[derive(Debug, Default)]
struct UnderWay {
    positions: Mutex<BTreeSet<u32>>,
    left: Notify,
}

/// A lead's place in the window.
#[derive(Debug)]
pub(super) struct Place {
    position: u32,
    under_way: Arc<UnderWay>,
    _permits: [OwnedSemaphorePermit; 2],
}

impl Window {
    pub(super) fn new(size: usize, of_all: Arc<Semaphore>) -> Window {
        Window {
            of_all,
            places: Arc::new(Semaphore::new(size)),
            under_way: Arc::default(),
        }
    }

    /// Waits for a place. Positions ascend from call to call.
    pub(super) async fn enter(&self, position: u32) -> Place {
        const OPEN: &str = "no window is ever closed";
        let own = Arc::clone(&self.places).acquire_owned().await.expect(OPEN);
        let of_all = Arc::clone(&self.of_all).acquire_owned().await.expect(OPEN);
        loop {
            let left = self.under_way.left.notified();
            let first = self.under_way.lock().first().copied();
            if first.is_none_or(|first| position - first < MAX_AHEAD) {
                break;
            }
            left.await;
        }
        self.under_way.lock().insert(position);
        Place {
            position,
            under_way: Arc::clone(&self.under_way),
            _permits: [own, of_all],
        }
    }
}

impl UnderWay {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<u32>> {
        self.positions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.under_way.lock().remove(&self.position);
        self.under_way.left.notify_one();
    }
}
