//! Live figures of a run: what is under way now. They are of this process; what is durable is the store's to count.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::watch;

/// How many leads of a run are what.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    figures: [AtomicU64; 4],
    moves: watch::Sender<()>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    /// A call is under way.
    InFlight,
    /// The same, of a call that has waited.
    Retried,
    /// A lead is on its way whose row says that it waits: it does not any more.
    TakenUp,
    /// A lead waits in memory for a slot of its webhook.
    Held,
}

impl Gauge {
    /// Counts a lead there until what is given back is dropped. Who watches is told by [`moved`](Gauge::moved), once for many.
    pub(crate) fn enter(self: &Arc<Self>, figure: Figure) -> Counted {
        self.enter_all(figure, 1)
    }

    /// The same for so many leads.
    pub(crate) fn enter_all(self: &Arc<Self>, figure: Figure, leads: u64) -> Counted {
        self.figures[figure as usize].fetch_add(leads, Ordering::Relaxed);
        Counted {
            gauge: Arc::clone(self),
            figure,
            leads,
        }
    }

    /// How many there are now.
    pub(crate) fn count(&self, figure: Figure) -> u64 {
        self.figures[figure as usize].load(Ordering::Relaxed)
    }

    /// Tells who watches that leads came.
    pub(crate) fn moved(&self) {
        self.moves.send_replace(());
    }

    /// Tells when leads came; that they went is told with what was recorded of them.
    pub(crate) fn moves(&self) -> watch::Receiver<()> {
        self.moves.subscribe()
    }
}

/// Leads that are counted.
#[derive(Debug)]
pub(crate) struct Counted {
    gauge: Arc<Gauge>,
    figure: Figure,
    leads: u64,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.gauge.figures[self.figure as usize].fetch_sub(self.leads, Ordering::Relaxed);
    }
}
