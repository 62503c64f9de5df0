//! What a lead on its way through a flow holds, and how many may be on their way at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::{
    call::{Counted, Figure},
    run::{LiveRun, WindowPlace},
};

/// Places for leads that are on their way, of all flows together.
#[derive(Clone, Debug)]
pub(crate) struct Places(Arc<Semaphore>);

impl Places {
    /// Twice as many as calls may be in flight: while half of the leads wait for their slots, the others go on.
    pub(crate) fn new(max_in_flight: usize) -> Places {
        Places(Arc::new(Semaphore::new(2 * max_in_flight)))
    }

    /// Waits for a place, and takes as many as there are then, up to `at_most`.
    pub(crate) async fn take(&self, at_most: usize) -> Taken {
        const OPEN: &str = "it is never closed";
        let mut permits = Arc::clone(&self.0).acquire_owned().await.expect(OPEN);
        let more = self.0.available_permits().min(at_most.saturating_sub(1));
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        if let Ok(more) = Arc::clone(&self.0).try_acquire_many_owned(more) {
            permits.merge(more);
        }
        Taken(permits)
    }
}

/// Places that were taken.
#[derive(Debug)]
pub(crate) struct Taken(OwnedSemaphorePermit);

impl Taken {
    pub(crate) fn count(&self) -> usize {
        self.0.num_permits()
    }

    /// One of them.
    pub(crate) fn one(&mut self) -> Option<OwnedSemaphorePermit> {
        self.0.split(1)
    }
}

/// What a lead on its way holds: let go when it waits as a row again, or is through.
#[derive(Debug, Default)]
pub(crate) struct Ticket {
    _place: Option<OwnedSemaphorePermit>,
    /// Its place in the window of its run, as long as it has no row.
    _window: Option<WindowPlace>,
    /// Of a run: its row says that it waits.
    _counted: Option<Counted>,
    /// A run that is cancelled is not over as long as one of its leads is on its way.
    _under_way: Option<TaskTrackerToken>,
}

impl Ticket {
    /// Of a lead that has a row; `waits` is what that says.
    pub(crate) fn of_row(
        place: Option<OwnedSemaphorePermit>,
        run: Option<&LiveRun>,
        waits: bool,
    ) -> Ticket {
        let waiting = run.filter(|_| waits);
        Ticket {
            _place: place,
            _window: None,
            _counted: waiting.map(|run| run.gauge.enter(Figure::TakenUp)),
            _under_way: run.map(|run| run.passes.token()),
        }
    }

    /// Of a lead that is a position of a run.
    pub(crate) fn of_position(
        place: Option<OwnedSemaphorePermit>,
        window: WindowPlace,
        run: &LiveRun,
    ) -> Ticket {
        Ticket {
            _place: place,
            _window: Some(window),
            _counted: None,
            _under_way: Some(run.passes.token()),
        }
    }
}
