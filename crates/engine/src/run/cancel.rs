//! CancelRun: what is in flight finishes, the rest is not sent.

use std::sync::Arc;

use leadhook_store::{RunId, Store};

use super::read::{RunView, not_found};
use crate::{engine::Engine, error::Error, undropped::Undropped};

impl<S: Store> Engine<S> {
    /// Cancels a run; one that is over stays as it is. It is `CANCELLING` until the calls in flight are recorded.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn cancel_run(&self, id: RunId) -> Result<RunView, Error> {
        let shared = Arc::clone(&self.shared);
        // What is durable is done, also when who asked for it goes away meanwhile.
        let cancelled = async move {
            let found = shared.store.cancel_run(id).await?;
            if let Some(live) = shared.runs.get(id).filter(|_| found.is_some()) {
                live.stopping.cancel();
                live.changed();
            }
            Ok::<_, Error>(found)
        };
        let found = Undropped::new(cancelled, &self.shared.calls.tasks).await?;
        if found.is_none() {
            return Err(not_found(id));
        }
        self.get_run(id).await
    }
}
