//! What is known of the versions of webhooks that calls were made with, so that showing a call parses nothing and seldom reads more than the call.

use std::{collections::HashMap, sync::Arc};

use leadhook_store::{
    Definition, Error as StoreError, ErrorKind, ResponseMapping, Revision, Store, WebhookId,
};

use super::record::RequestShape;
use crate::{
    compile::Compiled,
    engine::{Engine, Shared},
    error::Error,
    kept::Kept,
    snapshot::Snapshot,
};

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

/// Versions that are not live any more, as their calls are shown. The store has them all, the snapshot those that are live.
pub(crate) type ShownVersions = Kept<Key, Arc<ShownVersion>>;

/// The same, as calls that wait for an attempt were rendered with them.
pub(crate) type CompiledVersions = Kept<Key, Arc<Compiled>>;

/// How many of either are kept.
pub(crate) const MAX_VERSIONS: usize = 256;

impl<S: Store> Shared<S> {
    /// A version of a webhook as it was called; none where it cannot be called any more: a field that it maps to is gone, or its secrets do not open.
    pub(crate) async fn compiled_version(&self, key: Key) -> Result<Option<Arc<Compiled>>, Error> {
        let (id, version) = key;
        let snapshot = self.snapshot();
        if let Some(live) = snapshot.webhook_by_id(id)
            && live.webhook.version == version
        {
            return Ok(live.compiled.clone().ok());
        }
        if let Some(compiled) = self.compiled_versions.get(&key) {
            return Ok(Some(compiled));
        }
        let read = match self.store.webhook_versions(vec![key]).await {
            Err(damage) if damage.is_lasting() => {
                tracing::error!(webhook = id.0, %damage, "calls that wait with a version of a webhook are made no more");
                return Ok(None);
            }
            read => read?,
        };
        let Some(version) = read.into_iter().flatten().next() else {
            return Ok(None);
        };
        let compiled = snapshot.compile(version.definition, &self.environment.key, &self.settings);
        Ok(compiled
            .ok()
            .map(|compiled| self.compiled_versions.put(key, compiled)))
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
            match live(snapshot, key).or_else(|| shared.shown_versions.get(&key)) {
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
            found.insert(key, shared.shown_versions.put(key, Arc::new(version)));
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
