//! An engine on a store in a directory of its own.

use leadhook_engine::{Engine, Environment, Input, InstallationKey, LeadInput, Settings};
use leadhook_http::Client;
use leadhook_store_sqlite::SqliteStore;
use tempfile::TempDir;

pub(crate) struct World {
    pub(crate) engine: Engine<SqliteStore>,
    directory: TempDir,
}

impl World {
    pub(crate) async fn new() -> World {
        World::open(TempDir::new().unwrap()).await
    }

    /// The same data, with an engine and a store that know only what was written.
    pub(crate) async fn restart(self) -> World {
        let World { engine, directory } = self;
        engine.finish().await;
        drop(engine);
        World::open(directory).await
    }

    async fn open(directory: TempDir) -> World {
        let store = SqliteStore::open(directory.path(), "the engine's tests").unwrap();
        let client = Client::builder().build().unwrap();
        let environment = Environment::system(client, InstallationKey::new(&[7; 32]));
        let engine = Engine::open(store, environment, Settings::default())
            .await
            .unwrap();
        World { engine, directory }
    }
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
        id: None,
        fields: fields.collect(),
    }
}
