//! What a call of a flow holds until it is durable.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::gauge::Counted;
use crate::{flow::Ticket, lane::Slot, run::LiveRun};

/// Let go when the call's record is durable: then another lead may go.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) slot: Option<Slot>,
    pub(crate) memory: Option<OwnedSemaphorePermit>,
    /// That its call is under way.
    pub(crate) _counted: Option<Counted>,
    /// The lead's, where it is one of a flow.
    pub(crate) _ticket: Option<Ticket>,
    /// Whose watchers are told then.
    pub(crate) run: Option<Arc<LiveRun>>,
}
