//! An engine on a store in a directory of its own.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use leadhook_engine::{
    CampaignDraft, DraftAction, DraftQualification, DraftStep, DraftTrigger, Engine, Environment,
    Input, InstallationKey, LeadInput, Leads, RunRequest, RunView, Settings,
};
use leadhook_field::Datetime;
use leadhook_http::Client;
use leadhook_store::{CampaignType, ErrorKind};
use leadhook_store_sqlite::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::sync::watch;

pub(crate) struct World {
    pub(crate) engine: Engine<SqliteStore>,
    directory: TempDir,
}

impl World {
    pub(crate) async fn new() -> World {
        World::open(TempDir::new().unwrap(), 7).await
    }

    /// A world where time goes as the test says.
    pub(crate) async fn at(time: &Arc<Time>) -> World {
        World::open_in(TempDir::new().unwrap(), time.environment()).await
    }

    /// The same data, with an engine that was not there while time went on.
    pub(crate) async fn restart_at(self, time: &Arc<Time>) -> World {
        let World { engine, directory } = self;
        engine.finish().await;
        drop(engine);
        World::open_in(directory, time.environment()).await
    }

    /// The same data, with an engine and a store that know only what was written.
    pub(crate) async fn restart(self) -> World {
        self.restart_with_key(7).await
    }

    /// The same with an installation's key of this byte; 7 is the one that the data was sealed with.
    pub(crate) async fn restart_with_key(self, key: u8) -> World {
        let World { engine, directory } = self;
        engine.finish().await;
        drop(engine);
        World::open(directory, key).await
    }

    /// The same data but for one row, which something outside has changed.
    pub(crate) async fn damaged_at(self, time: &Arc<Time>, sql: &str) -> World {
        let World { engine, directory } = self;
        engine.finish().await;
        drop(engine);
        drop(open(directory.path()).await);
        let data = Connection::open(directory.path().join("leadhook.db")).unwrap();
        assert_eq!(data.execute(sql, []).unwrap(), 1, "{sql}");
        drop(data);
        World::open_in(directory, time.environment()).await
    }

    /// Saves and activates a campaign that is requested.
    pub(crate) async fn campaign(&self, id: &str, actions: Vec<DraftAction>) {
        let step = |action| DraftStep {
            choices: Vec::new(),
            default_action: Some(action),
        };
        let draft = CampaignDraft {
            display_name: String::new(),
            description: String::new(),
            program: String::new(),
            campaign_type: Some(CampaignType::Trigger),
            triggers: vec![DraftTrigger::CampaignIsRequested],
            flow: actions.into_iter().map(step).collect(),
            qualification: DraftQualification::EveryTime,
            refused: Vec::new(),
        };
        let saved = self.engine.update_campaign(id, true, |_| draft.clone());
        saved.await.unwrap();
        self.engine.activate_campaign(id).await.unwrap();
    }

    /// Requests a campaign for all leads.
    pub(crate) async fn request(&self, campaign: &str) -> RunView {
        let request = RunRequest {
            campaign: campaign.to_owned(),
            leads: Leads::Matching(String::new()),
            my_tokens: Vec::new(),
            request_id: String::new(),
        };
        self.engine.request_campaign(request).await.unwrap()
    }

    /// Watches a run until it is as it is hoped to be.
    pub(crate) async fn until(&self, run: &RunView, is_so: impl Fn(&RunView) -> bool) -> RunView {
        let mut watch = self.engine.watch_run(run.run.id);
        let watched = async {
            loop {
                let view = watch.next().await.unwrap();
                let view = view.expect("it is so before the run is over");
                if is_so(&view) {
                    return view;
                }
                watch.changed().await;
            }
        };
        let bound = Duration::from_secs(10);
        tokio::time::timeout(bound, watched).await.unwrap()
    }

    async fn open(directory: TempDir, key: u8) -> World {
        World::open_in(directory, environment(key)).await
    }

    async fn open_in(directory: TempDir, environment: Environment) -> World {
        let store = open(directory.path()).await;
        let engine = Engine::open(store, environment, Settings::default())
            .await
            .unwrap();
        World { engine, directory }
    }
}

fn environment(key: u8) -> Environment {
    let client = Client::builder().build().unwrap();
    Environment::system(client, InstallationKey::new(&[key; 32]))
}

/// An engine that is dropped lets go of its store once its tasks have seen that it is gone.
async fn open(directory: &Path) -> SqliteStore {
    for _ in 0..10_000 {
        match SqliteStore::open(directory, "the engine's tests") {
            Err(error) if error.kind() == ErrorKind::Locked => tokio::task::yield_now().await,
            opened => return opened.unwrap(),
        }
    }
    panic!("{} stays locked", directory.display());
}

/// A text as a client gives it.
pub(crate) fn text(value: &str) -> Input {
    Input::Text(value.to_owned())
}

/// A row of texts.
pub(crate) fn lead(fields: &[(&str, &str)]) -> LeadInput {
    let fields = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), text(value)));
    LeadInput {
        name: String::new(),
        fields: fields.collect(),
    }
}

/// Change Data Value of the lead's city.
pub(crate) fn change(new_value: &str) -> DraftAction {
    DraftAction::ChangeDataValue {
        field: "City".to_owned(),
        new_value: new_value.to_owned(),
    }
}

/// Time as a test makes it pass. The clock on the wall may be set; sleeps do not mind it.
#[derive(Debug)]
pub(crate) struct Time {
    wall: Mutex<Datetime>,
    passed: watch::Sender<Duration>,
    /// How often somebody has gone to sleep.
    sleeps: watch::Sender<u64>,
}

impl Time {
    /// From now on: stores count what waits by the system's clock.
    pub(crate) fn new() -> Arc<Time> {
        Arc::new(Time {
            wall: Mutex::new(Datetime::from(SystemTime::now())),
            passed: watch::Sender::default(),
            sleeps: watch::Sender::default(),
        })
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: Duration) {
        self.set(time, 1);
        self.passed.send_modify(|passed| *passed += time);
    }

    /// Comes back when somebody goes to sleep from now on.
    pub(crate) async fn next_sleep(&self) {
        let mut sleeps = self.sleeps.subscribe();
        sleeps.changed().await.unwrap();
    }

    /// Sets the clock forward (1) or back (-1).
    pub(crate) fn set(&self, by: Duration, direction: i64) {
        let mut wall = self.wall.lock().unwrap();
        let micros = i64::try_from(by.as_micros()).unwrap();
        *wall = Datetime::from_micros(wall.as_micros() + direction * micros);
    }

    fn environment(self: &Arc<Time>) -> Environment {
        let (wall, uptime, sleeps) = (Arc::clone(self), Arc::clone(self), Arc::clone(self));
        Environment {
            now: Arc::new(move || *wall.wall.lock().unwrap()),
            uptime: Arc::new(move || *uptime.passed.borrow()),
            sleep: Arc::new(move |time| {
                let mut passed = sleeps.passed.subscribe();
                let end = *passed.borrow() + time;
                sleeps.sleeps.send_modify(|sleeps| *sleeps += 1);
                Box::pin(async move {
                    let _ = passed.wait_for(|passed| *passed >= end).await;
                })
            }),
            ..environment(7)
        }
    }
}
