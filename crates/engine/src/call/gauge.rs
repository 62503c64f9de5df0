//! Live figures of a run: what is under way now. They are of this process; what is durable is the store's to count.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::watch;

/// How many leads of a run are where.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    in_flight: AtomicU64,
    retrying: AtomicU64,
    held: AtomicU64,
    moves: watch::Sender<()>,
}

/// Where a lead can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Its call is under way.
    InFlight,
    /// Between attempts.
    Retrying,
    /// Held back by a limit or a pause.
    Held,
}

impl Gauge {
    /// Counts a lead there until what is given back is dropped.
    pub(crate) fn enter(self: &Arc<Self>, place: Place) -> Counted {
        self.enter_all(place, 1)
    }

    /// The same for so many leads.
    pub(crate) fn enter_all(self: &Arc<Self>, place: Place, leads: u64) -> Counted {
        self.figure(place).fetch_add(leads, Ordering::Relaxed);
        self.moves.send_replace(());
        Counted {
            gauge: Arc::clone(self),
            place,
            leads,
        }
    }

    /// How many are there now.
    pub(crate) fn count(&self, place: Place) -> u64 {
        self.figure(place).load(Ordering::Relaxed)
    }

    /// Tells when a lead came or went.
    pub(crate) fn moves(&self) -> watch::Receiver<()> {
        self.moves.subscribe()
    }

    fn figure(&self, place: Place) -> &AtomicU64 {
        match place {
            Place::InFlight => &self.in_flight,
            Place::Retrying => &self.retrying,
            Place::Held => &self.held,
        }
    }
}

/// Leads that are counted.
#[derive(Debug)]
pub(crate) struct Counted {
    gauge: Arc<Gauge>,
    place: Place,
    leads: u64,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.gauge
            .figure(self.place)
            .fetch_sub(self.leads, Ordering::Relaxed);
        self.gauge.moves.send_replace(());
    }
}
