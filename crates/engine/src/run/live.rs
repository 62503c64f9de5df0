//! The runs that are not over, as this process sees them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use leadhook_store::{Revision, Run, RunId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    call::Gauge,
    campaign::{CompiledCampaign, campaign_is_requested},
    error::{Error, Kind, Violation},
    render::{Context, MyToken},
    snapshot::Snapshot,
};

/// Runs that may be under way at once.
pub(super) const MAX_RUNS: usize = 1_000;

/// The runs that are not over.
#[derive(Debug)]
pub(crate) struct Runs {
    live: Mutex<HashMap<RunId, Arc<LiveRun>>>,
    places: Arc<Semaphore>,
}

/// A run that is not over.
#[derive(Debug)]
pub(crate) struct LiveRun {
    pub(crate) id: RunId,
    pub(crate) gauge: Arc<Gauge>,
    /// Set when the run is cancelled, or the server stops.
    pub(crate) stopping: CancellationToken,
    /// Its leads on their way.
    pub(crate) passes: TaskTracker,
    /// Those of its request; an error where they cannot be read.
    my_tokens: Result<Vec<MyToken>, serde_json::Error>,
    /// What its calls bring beside the lead, for a state of the catalog: the same for all of them.
    context: Mutex<Option<(Revision, Arc<Context>)>>,
    changes: watch::Sender<()>,
}

impl Default for Runs {
    fn default() -> Runs {
        Runs {
            live: Mutex::default(),
            places: Arc::new(Semaphore::new(MAX_RUNS)),
        }
    }
}

impl Runs {
    /// The right to have one more run under way.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Takes up a run, which stops with `stopping`.
    pub(super) fn begin(&self, run: &Run, stopping: &CancellationToken) -> Arc<LiveRun> {
        let live = Arc::new(LiveRun {
            id: run.id,
            gauge: Arc::default(),
            stopping: stopping.child_token(),
            passes: TaskTracker::new(),
            my_tokens: super::request::read_my_tokens(&run.my_tokens),
            context: Mutex::default(),
            changes: watch::Sender::new(()),
        });
        self.lock().insert(run.id, Arc::clone(&live));
        live
    }

    /// The run, unless it is over.
    pub(crate) fn get(&self, id: RunId) -> Option<Arc<LiveRun>> {
        self.lock().get(&id).cloned()
    }

    /// Something happened that may have ended leads of any of them.
    pub(crate) fn changed(&self) {
        for run in self.lock().values() {
            run.changed();
        }
    }

    pub(super) fn end(&self, id: RunId) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Arc<LiveRun>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LiveRun {
    /// What the run's calls bring beside the lead.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the My Tokens of the run and of its program do not go together any more.
    pub(crate) fn context(
        &self,
        snapshot: &Snapshot,
        flow: &Arc<CompiledCampaign>,
    ) -> Result<Arc<Context>, Error> {
        let mut kept = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((revision, context)) = &*kept
            && *revision == snapshot.revision
        {
            return Ok(Arc::clone(context));
        }
        let my_tokens = self.my_tokens.as_ref().map_err(|error| Error::Invalid {
            subject: Kind::Run,
            violations: vec![Violation::new("my_tokens", error.to_string())],
        })?;
        let trigger = campaign_is_requested(&flow.display_name, "API");
        let context = Arc::new(flow.context(snapshot, &trigger, my_tokens)?);
        *kept = Some((snapshot.revision, Arc::clone(&context)));
        Ok(context)
    }

    /// Tells who watches it that something of it was recorded.
    pub(crate) fn changed(&self) {
        self.changes.send_replace(());
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }
}
