use leadhook_http::Client;
use leadhook_store_sqlite::SqliteStore;
use tempfile::TempDir;

use super::*;
use crate::{
    environment::{Environment, Settings},
    vault::InstallationKey,
    webhook::fixture::Stage,
};

async fn engine(directory: &TempDir) -> Engine<SqliteStore> {
    let store = SqliteStore::open(directory.path(), "a test").unwrap();
    let client = Client::builder().build().unwrap();
    let environment = Environment::system(client, InstallationKey::new(&[7; 32]));
    Engine::open(store, environment, Settings::default())
        .await
        .unwrap()
}

fn key(engine: &Engine<SqliteStore>) -> Key {
    let snapshot = engine.snapshot();
    let webhook = &snapshot.webhook("enrich").unwrap().webhook;
    (webhook.id, webhook.version)
}

async fn found(engine: &Engine<SqliteStore>, key: Key) -> Arc<ShownVersion> {
    let snapshot = engine.snapshot();
    let mut found = engine.versions(&snapshot, [key].into_iter()).await.unwrap();
    found.remove(&key).unwrap()
}

/// A version is made, and its templates parsed, in one place: the same one twice was parsed once.
#[tokio::test]
async fn the_templates_of_a_version_are_parsed_once_however_often_its_calls_are_shown() {
    let directory = TempDir::new().unwrap();
    let engine = engine(&directory).await;
    let draft = Stage::new().draft;
    engine
        .create_webhook("enrich", draft.clone(), false)
        .await
        .unwrap();
    let live = key(&engine);
    let first = found(&engine, live).await;
    assert!(Arc::ptr_eq(&first, &found(&engine, live).await));
    engine.pause_webhook("enrich", true).await.unwrap();
    assert!(
        Arc::ptr_eq(&first, &found(&engine, live).await),
        "a state alone is no new version"
    );
    assert!(
        engine.shared.shown_versions.get(&live).is_none(),
        "what is live is not kept twice"
    );

    let mut changed = draft;
    changed.url = "https://example.com/next".to_owned();
    engine
        .update_webhook("enrich", "", false, |_| changed.clone())
        .await
        .unwrap();
    assert_ne!(key(&engine), live);
    let old = found(&engine, live).await;
    assert!(Arc::ptr_eq(&old, &found(&engine, live).await));
}
