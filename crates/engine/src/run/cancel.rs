//! CancelRun: what is in flight finishes, the rest is not sent.

use leadhook_store::{RunId, Store};

use super::read::RunView;
use crate::{
    engine::Engine,
    error::{Error, Kind},
};

impl<S: Store> Engine<S> {
    /// Cancels a run; one that is over stays as it is. It is `CANCELLING` until the calls in flight are recorded.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn cancel_run(&self, id: RunId) -> Result<RunView, Error> {
        let Some(_) = self.shared.store.cancel_run(id).await? else {
            return Err(Error::NotFound {
                kind: Kind::Run,
                name: format!("runs/{id}"),
            });
        };
        if let Some(live) = self.shared.runs.get(id) {
            live.stopping.cancel();
            live.changed();
        }
        self.get_run(id).await
    }
}
