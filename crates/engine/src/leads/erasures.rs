//! Who waits on behalf of a lead is told when it is erased (R-LEAD-6).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use leadhook_store::LeadId;
use tokio_util::sync::CancellationToken;

/// Leads on whose behalf somebody waits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Erasures(Arc<Mutex<HashMap<LeadId, Waiters>>>);

#[derive(Debug, Default)]
struct Waiters {
    erased: CancellationToken,
    count: usize,
}

/// Somebody who waits on behalf of a lead.
#[derive(Debug)]
pub(crate) struct Erasure {
    lead: LeadId,
    erased: CancellationToken,
    all: Erasures,
}

impl Erasures {
    /// Whether a lead is erased is watched from now on.
    pub(crate) fn watch(&self, lead: LeadId) -> Erasure {
        let mut all = self.lock();
        let waiters = all.entry(lead).or_default();
        waiters.count += 1;
        Erasure {
            lead,
            erased: waiters.erased.clone(),
            all: self.clone(),
        }
    }

    /// A lead is erased.
    pub(crate) fn tell(&self, lead: LeadId) {
        if let Some(waiters) = self.lock().get(&lead) {
            waiters.erased.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<LeadId, Waiters>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Erasure {
    /// Comes back when the lead is erased; never where there is none.
    pub(crate) async fn of(watched: Option<&Erasure>) {
        match watched {
            Some(watched) => watched.erased.cancelled().await,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Erasure {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        if let Some(waiters) = all.get_mut(&self.lead) {
            waiters.count -= 1;
            if waiters.count == 0 {
                all.remove(&self.lead);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn all_who_wait_on_behalf_of_a_lead_are_told_and_nobody_is_kept() {
        let (ada, grace) = (LeadId(1), LeadId(2));
        let erasures = Erasures::default();
        let waiting = [ada, ada, grace].map(|lead| erasures.watch(lead));
        erasures.tell(ada);
        let told = waiting
            .iter()
            .map(|watched| Erasure::of(Some(watched)).now_or_never().is_some());
        assert_eq!(told.collect::<Vec<_>>(), [true, true, false]);
        assert!(Erasure::of(None).now_or_never().is_none());
        drop(waiting);
        assert!(erasures.lock().is_empty());
    }
}
