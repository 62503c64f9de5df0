//! What is known of the versions of webhooks that calls were made with, so that showing a call parses nothing and seldom reads more than the call.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use leadhook_store::{
    Definition, Error as StoreError, ErrorKind, ResponseMapping, Revision, Store, WebhookId,
};

use super::record::RequestShape;
use crate::{engine::Engine, error::Error, snapshot::Snapshot};

/// One version of a webhook, as far as it is needed to show its calls.
#[derive(Debug)]
pub(crate) struct ShownVersion {
    /// Resource id of the webhook at that time.
    pub(crate) name: String,
    /// What people called it; empty: its resource id.
    pub(crate) display_name: String,
    /// None: its templates were written under other rules.
    pub(super) request: Option<RequestShape>,
    pub(super) mappings: Vec<ResponseMapping>,
}

impl ShownVersion {
    pub(crate) fn new<S>(name: &str, definition: &Definition<S>) -> ShownVersion {
        ShownVersion {
            name: name.to_owned(),
            display_name: definition.display_name.clone(),
            request: RequestShape::new(definition),
            mappings: definition.response_mappings.clone(),
        }
    }
}

type Key = (WebhookId, Revision);

/// Versions that are not live any more. The store has them all, the snapshot those that are live.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    kept: Mutex<HashMap<Key, Arc<ShownVersion>>>,
}

/// How many are kept; then all are forgotten, which costs a read each.
const MAX_KEPT: usize = 256;

impl Versions {
    fn get(&self, key: Key) -> Option<Arc<ShownVersion>> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned()
    }

    fn put(&self, key: Key, version: ShownVersion) -> Arc<ShownVersion> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        let version = Arc::new(version);
        kept.insert(key, Arc::clone(&version));
        version
    }
}

impl<S: Store> Engine<S> {
    /// The versions that calls were made with.
    pub(crate) async fn versions(
        &self,
        snapshot: &Snapshot,
        keys: impl Iterator<Item = Key>,
    ) -> Result<HashMap<Key, Arc<ShownVersion>>, Error> {
        let shared = &self.shared;
        let (mut found, mut missing) = (HashMap::new(), Vec::new());
        for key in keys {
            if found.contains_key(&key) || missing.contains(&key) {
                continue;
            }
            match live(snapshot, key).or_else(|| shared.versions.get(key)) {
                Some(version) => {
                    found.insert(key, version);
                }
                None => missing.push(key),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let read = shared.store.webhook_versions(missing.clone()).await?;
        for (key, version) in missing.into_iter().zip(read) {
            let version = version.ok_or_else(|| {
                let (webhook, version) = key;
                let message =
                    format!("version {version} of webhook {webhook} is missing; restore a backup");
                StoreError::new(ErrorKind::Corrupt, message)
            })?;
            let version = ShownVersion::new(&version.name, &version.definition);
            found.insert(key, shared.versions.put(key, version));
        }
        Ok(found)
    }
}

fn live(snapshot: &Snapshot, (webhook, version): Key) -> Option<Arc<ShownVersion>> {
    let live = snapshot.webhook_by_id(webhook)?;
    (live.webhook.version == version).then(|| Arc::clone(&live.shown))
}

#[cfg(test)]
mod tests;
