//! What a call of a flow holds until it is durable.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::gauge::{Counted, Figure};
use crate::{flow::Ticket, lane::Slot, run::LiveRun};

/// Let go when the call's record is durable: then another lead may go.
#[derive(Debug)]
pub(crate) struct Held {
    /// None: nothing is sent.
    pub(super) slot: Option<Slot>,
    /// What its payload takes.
    pub(super) memory: Option<OwnedSemaphorePermit>,
    /// Whose watchers are told then.
    pub(super) run: Option<Arc<LiveRun>>,
    /// That its call is under way.
    _counted: Option<Counted>,
    /// The lead's.
    _ticket: Ticket,
}

impl Held {
    /// Of a call that is recorded without being sent.
    pub(crate) fn unsent(ticket: Ticket, run: Option<Arc<LiveRun>>) -> Held {
        Held {
            slot: None,
            memory: None,
            run,
            _counted: None,
            _ticket: ticket,
        }
    }

    /// Of a call that is sent, which its run counts as `figure`.
    pub(crate) fn sent(
        slot: Slot,
        ticket: Ticket,
        run: Option<Arc<LiveRun>>,
        figure: Figure,
    ) -> Held {
        Held {
            slot: Some(slot),
            memory: None,
            _counted: run.as_ref().map(|run| run.gauge.enter(figure)),
            run,
            _ticket: ticket,
        }
    }

    /// The right to send it.
    pub(crate) fn slot(&mut self) -> Option<&mut Slot> {
        self.slot.as_mut()
    }

    /// What its payload takes is kept until then, too.
    pub(crate) fn keep(&mut self, memory: Option<OwnedSemaphorePermit>) {
        self.memory = memory;
    }
}
