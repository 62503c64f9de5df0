//! The window of a run: which of its leads are on their way without a row of their own, and how far the last of them may be ahead of the first, so that
//! the bitmap of what ended stays small.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use leadhook_store::{LeadId, RunLead};

/// Leads of a run that are on their way.
#[derive(Debug)]
pub(super) struct Window {
    /// How far a position may be ahead of the first that has not ended.
    max_ahead: u32,
    positions: Arc<Mutex<Positions>>,
}

/// Those that have no row.
type Positions = BTreeMap<u32, LeadId>;

/// A lead's place in the window.
#[derive(Debug)]
pub(crate) struct WindowPlace {
    position: u32,
    positions: Arc<Mutex<Positions>>,
}

impl Window {
    pub(super) fn new(max_ahead: u32) -> Window {
        Window {
            max_ahead,
            positions: Arc::default(),
        }
    }

    /// Lets a lead in that may go.
    pub(super) fn enter(&self, lead: RunLead) -> WindowPlace {
        lock(&self.positions).insert(lead.position, lead.lead);
        WindowPlace {
            position: lead.position,
            positions: Arc::clone(&self.positions),
        }
    }

    /// Those that keep a position from going, half a window of them; none: it may go.
    pub(super) fn in_the_way_of(&self, position: u32) -> Vec<RunLead> {
        let positions = lock(&self.positions);
        let Some((first, _)) = positions.first_key_value() else {
            return Vec::new();
        };
        if position - first < self.max_ahead {
            return Vec::new();
        }
        positions
            .range(..=position - self.max_ahead / 2)
            .map(|(position, lead)| RunLead {
                position: *position,
                lead: *lead,
            })
            .collect()
    }

    /// Leads have got rows while they are on their way.
    pub(super) fn detach(&self, leads: &[RunLead]) {
        let mut positions = lock(&self.positions);
        for RunLead { position, .. } in leads {
            positions.remove(position);
        }
    }
}

impl Drop for WindowPlace {
    fn drop(&mut self) {
        lock(&self.positions).remove(&self.position);
    }
}

fn lock(positions: &Mutex<Positions>) -> MutexGuard<'_, Positions> {
    positions.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
