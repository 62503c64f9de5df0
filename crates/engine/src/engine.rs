//! The engine itself: what all its parts share, and how the catalog is changed.

use std::sync::Arc;

use leadhook_field::{Datetime, Schema};
use leadhook_store::{CatalogChange, ErrorKind, Revision, RunId, Store, WebhookId};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    call::{Calls, CompiledVersions, LeftBehind, MAX_VERSIONS, Recorder, ShownVersions, payloads},
    campaign::Triggers,
    environment::{Environment, Settings},
    error::Error,
    flow::{Backlogs, FlowVersions, MAX_FLOWS, Places, take_up_what_is_due},
    kept::Kept,
    lane::{Allowance, Lanes},
    leads::{Erasures, RowResult},
    requests::Requests,
    run::{self, Runs},
    snapshot::{Current, Live, Snapshot},
    webhook::tell_of_lanes,
};

/// leadhook without its wire format and its database. Cheap to clone.
#[derive(Debug)]
pub struct Engine<S> {
    pub(crate) shared: Arc<Shared<S>>,
}

/// What all parts of an engine share.
#[derive(Debug)]
pub(crate) struct Shared<S> {
    pub(crate) store: Arc<S>,
    pub(crate) environment: Environment,
    pub(crate) settings: Settings,
    /// BatchUpsertLeads requests under way.
    pub(crate) upserts: Requests<Vec<RowResult>>,
    pub(crate) calls: Calls,
    /// Who waits on behalf of a lead is told when it is erased.
    pub(crate) erasures: Erasures,
    /// Definitions that calls were made with, as they are shown.
    pub(crate) shown_versions: ShownVersions,
    /// The same, as they are called.
    pub(crate) compiled_versions: CompiledVersions,
    /// Flows with which entries began.
    pub(crate) flows: FlowVersions,
    /// Places for leads on their way through flows.
    pub(crate) places: Places,
    /// What webhooks hold back.
    pub(crate) backlogs: Backlogs,
    /// The runs that are not over.
    pub(crate) runs: Runs,
    /// RequestCampaign requests under way.
    pub(crate) run_requests: Requests<RunId>,
    current: Arc<Current>,
    /// Changes of the catalog by this engine go one after the other; those of other engines are noticed by the store.
    editing: Arc<Mutex<()>>,
}

impl<S> Clone for Engine<S> {
    fn clone(&self) -> Self {
        Engine {
            shared: Arc::clone(&self.shared),
        }
    }
}

/// A planned change of the catalog, and what to answer once it is durable.
pub(crate) struct Edit<T> {
    pub(crate) changes: Vec<CatalogChange>,
    pub(crate) answer: T,
}

/// How often an edit is planned anew because another engine was faster.
const MAX_EDITS: usize = 8;

impl<S: Store> Engine<S> {
    /// Opens an engine on a store: reads the catalog and compiles it.
    ///
    /// # Errors
    /// [`Error::Store`] when the catalog cannot be read.
    pub async fn open(
        store: S,
        environment: Environment,
        settings: Settings,
    ) -> Result<Engine<S>, Error> {
        let catalog = store.catalog().await?;
        let snapshot = Snapshot::load(catalog, &environment.key, &settings);
        let current = Arc::new(Current::new(snapshot));
        let triggers = Triggers::new(Arc::clone(&current), settings.zone.clone());
        store.react(Arc::new(triggers));
        let store = Arc::new(store);
        let stopping = CancellationToken::new();
        let calls = Calls {
            lanes: Lanes::new(
                settings.max_in_flight,
                Arc::clone(&environment.uptime),
                Arc::clone(&environment.sleep),
                Arc::clone(&environment.random),
                tell_of_lanes(Arc::clone(&current)),
            ),
            recorder: Recorder::start(
                Arc::clone(&store),
                Arc::clone(&environment.now),
                Arc::clone(&environment.sleep),
                stopping.clone(),
            ),
            requests: Requests::default(),
            left_behind: LeftBehind::new(settings.max_left_behind),
            payloads: payloads(&settings),
            stopping,
            tasks: TaskTracker::new(),
        };
        let engine = Engine {
            shared: Arc::new(Shared {
                calls,
                erasures: Erasures::default(),
                shown_versions: Kept::new(MAX_VERSIONS),
                compiled_versions: Kept::new(MAX_VERSIONS),
                flows: Kept::new(MAX_FLOWS),
                places: Places::new(settings.max_in_flight),
                backlogs: Backlogs::default(),
                runs: Runs::default(),
                run_requests: Requests::default(),
                store,
                environment,
                settings,
                upserts: Requests::default(),
                current,
                editing: Arc::default(),
            }),
        };
        engine.shared.open_lanes(&engine.snapshot());
        engine.take_up().await?;
        Ok(engine)
    }

    /// Goes on with what was under way when the store was closed.
    async fn take_up(&self) -> Result<(), Error> {
        run::resume(self).await?;
        take_up_what_is_due(&self.shared).await
    }

    /// Begins to stop: calls that have no slot yet are turned away, calls between attempts wait for the next server.
    pub fn stop(&self) {
        self.shared.calls.stopping.cancel();
    }

    /// Waits until the engine begins to stop: what serves a stream ends it then.
    pub async fn stopping(&self) {
        self.shared.calls.stopping.cancelled().await;
    }

    /// Waits until the calls in flight are recorded. Nothing is called from now on.
    pub async fn finish(&self) {
        self.stop();
        self.shared.calls.tasks.close();
        self.shared.calls.tasks.wait().await;
    }

    /// The fields that there are now.
    #[must_use]
    pub fn schema(&self) -> Schema {
        self.snapshot().schema.clone()
    }

    /// What is defined now.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot()
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Datetime {
        (self.shared.environment.now)()
    }

    /// Changes the catalog: `plan` looks at a snapshot and says what to change and what to answer, given the revision that the
    /// change will make. It is called again when another engine changed the catalog meanwhile.
    pub(crate) async fn edit<T>(
        &self,
        mut plan: impl FnMut(&Snapshot, Revision) -> Result<Edit<T>, Error>,
    ) -> Result<T, Error> {
        let shared = &self.shared;
        let mut editing = Arc::clone(&shared.editing).lock_owned().await;
        let mut attempts = 0;
        loop {
            let snapshot = shared.snapshot();
            let next = Revision(snapshot.revision.0 + 1);
            let Edit { changes, answer } = plan(&snapshot, next)?;
            if changes.is_empty() {
                return Ok(answer);
            }
            match self.change(editing, snapshot, changes).await {
                (_, Ok(())) => return Ok(answer),
                (lock, Err(error))
                    if error.kind() == ErrorKind::Conflict && attempts < MAX_EDITS =>
                {
                    attempts += 1;
                    editing = lock;
                    let catalog = shared.store.catalog().await?;
                    let key = &shared.environment.key;
                    let loaded = Snapshot::load(catalog, key, &shared.settings);
                    shared.show(loaded);
                }
                (_, Err(error)) => return Err(error.into()),
            }
        }
    }

    /// Makes a change and shows it, in a task of its own: what is durable is shown, also when its caller goes away meanwhile.
    async fn change(
        &self,
        editing: OwnedMutexGuard<()>,
        snapshot: Arc<Snapshot>,
        changes: Vec<CatalogChange>,
    ) -> (OwnedMutexGuard<()>, Result<(), leadhook_store::Error>) {
        let shared = Arc::clone(&self.shared);
        let change = tokio::spawn(async move {
            let store = &shared.store;
            let changed = store.change_catalog(snapshot.revision, changes.clone());
            let changed = changed.await.map(|revision| {
                let key = &shared.environment.key;
                let next = snapshot.after(changes, revision, key, &shared.settings);
                shared.show(next);
            });
            (editing, changed)
        });
        change
            .await
            .expect("it does not panic, and nobody aborts it")
    }
}

impl<S> Shared<S> {
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.current.get()
    }

    /// Waits until a webhook is not there any more.
    pub(crate) async fn gone(&self, webhook: WebhookId) {
        let is_gone = |snapshot: &Snapshot| snapshot.webhook_by_id(webhook).is_none();
        self.current.until(is_gone).await;
    }

    /// From now on this is defined.
    fn show(&self, next: Snapshot) {
        let before = self.snapshot();
        self.open_lanes(&next);
        let gone = before.webhooks().map(|live| live.webhook.id);
        let gone: Vec<_> = gone
            .filter(|id| next.webhook_by_id(*id).is_none())
            .collect();
        self.current.set(next);
        for webhook in gone {
            self.calls.lanes.remove(webhook);
        }
    }

    /// How many calls of a webhook may be in flight.
    pub(crate) fn concurrency(&self, live: &Live) -> usize {
        match live.webhook.definition.limits.max_concurrency {
            0 => self.settings.default_concurrency,
            given => given as usize,
        }
    }

    /// Tells lanes what they allow.
    fn open_lanes(&self, snapshot: &Snapshot) {
        for live in snapshot.webhooks() {
            let limits = &live.webhook.definition.limits;
            let allowance = Allowance {
                concurrency: self.concurrency(live),
                rate: (limits.max_rate > 0.0).then_some(limits.max_rate),
                is_paused: live.webhook.paused,
            };
            self.calls.lanes.set(live.webhook.id, allowance);
        }
    }
}
