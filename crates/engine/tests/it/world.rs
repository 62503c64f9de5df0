//! An engine on a store in a directory of its own.

use std::path::Path;

use leadhook_engine::{Engine, Environment, Input, InstallationKey, LeadInput, Settings};
use leadhook_http::Client;
use leadhook_store::ErrorKind;
use leadhook_store_sqlite::SqliteStore;
use tempfile::TempDir;

pub(crate) struct World {
    pub(crate) engine: Engine<SqliteStore>,
    directory: TempDir,
}

impl World {
    pub(crate) async fn new() -> World {
        World::open(TempDir::new().unwrap(), 7).await
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

    async fn open(directory: TempDir, key: u8) -> World {
        let store = open(directory.path()).await;
        let client = Client::builder().build().unwrap();
        let environment = Environment::system(client, InstallationKey::new(&[key; 32]));
        let engine = Engine::open(store, environment, Settings::default())
            .await
            .unwrap();
        World { engine, directory }
    }
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
