//! Calls as they are shown: ids become names, mappings their paths, and the request is made again from its record.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use leadhook_field::{Datetime, Value};
use leadhook_store::{
    Attempt, Call, CallId, CallState, Definition, IdempotencyKey, LeadId, Outcome, ProblemReason,
    Revision, Sealed, Store, WebhookId, WebhookVersion,
};

use super::record::{HttpRequest, rebuild};
use crate::{engine::Engine, error::Error, snapshot::Snapshot};

/// A call, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct CallView {
    /// Its id.
    pub id: CallId,
    /// Resource id of its webhook when it was made.
    pub webhook: String,
    /// The lead; none when it was inline.
    pub lead: Option<LeadId>,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether more is to come.
    pub state: CallState,
    /// When it was accepted.
    pub created: Datetime,
    /// When its last attempt ended.
    pub ended: Datetime,
    /// In order.
    pub attempts: Vec<Attempt>,
    /// What was sent, secrets redacted; none in a basic view, or when nothing was rendered.
    pub request: Option<HttpRequest>,
    /// What came back, and whether it was cut; none in a basic view.
    pub response: Option<(Bytes, bool)>,
    /// What changed, by API names.
    pub changes: Vec<FieldChangeView>,
    /// Mappings that wrote nothing.
    pub problems: Vec<MappingProblemView>,
    /// What makes a repetition harmless.
    pub idempotency_key: IdempotencyKey,
    /// The call that it sends once more.
    pub replay_of: Option<CallId>,
}

/// A field that got another value.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChangeView {
    /// SOAP API name.
    pub field: String,
    /// What was there.
    pub previous: Option<Value>,
    /// What is there now.
    pub new: Option<Value>,
}

/// A mapping that wrote nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct MappingProblemView {
    /// The path, as typed.
    pub response_attribute: String,
    /// SOAP API name of the field.
    pub field: String,
    /// Why.
    pub reason: ProblemReason,
    /// What was there, in short.
    pub detail: String,
}

/// Definitions as they were, kept for showing calls; the store has them all.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    kept: Mutex<HashMap<(WebhookId, Revision), Arc<WebhookVersion>>>,
}

/// How many are kept; then all are forgotten, which costs a read each.
const MAX_KEPT: usize = 256;

impl Versions {
    fn get(&self, key: (WebhookId, Revision)) -> Option<Arc<WebhookVersion>> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned()
    }

    fn put(&self, key: (WebhookId, Revision), version: WebhookVersion) -> Arc<WebhookVersion> {
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
    /// Shows a call.
    pub(crate) async fn view(&self, call: Call) -> Result<CallView, Error> {
        let mut views = self.views(vec![call]).await?;
        Ok(views.pop().expect("each call has a view"))
    }

    /// Shows calls, in their order.
    pub(crate) async fn views(&self, calls: Vec<Call>) -> Result<Vec<CallView>, Error> {
        let snapshot = self.snapshot();
        let versions = self.versions(&calls).await?;
        let views = calls.into_iter().map(|call| {
            let version = &versions[&(call.origin.webhook, call.origin.version)];
            view(call, version, &snapshot)
        });
        Ok(views.collect())
    }

    /// The definitions that calls were made with.
    pub(crate) async fn versions(
        &self,
        calls: impl IntoIterator<Item = &Call>,
    ) -> Result<HashMap<(WebhookId, Revision), Arc<WebhookVersion>>, Error> {
        let shared = &self.shared;
        let (mut found, mut missing) = (HashMap::new(), Vec::new());
        for call in calls {
            let key = (call.origin.webhook, call.origin.version);
            if found.contains_key(&key) || missing.contains(&key) {
                continue;
            }
            match shared.versions.get(key) {
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
                leadhook_store::Error::new(
                    leadhook_store::ErrorKind::Corrupt,
                    format!(
                        "version {} of webhook {} is missing; restore a backup",
                        key.1, key.0
                    ),
                )
            })?;
            found.insert(key, shared.versions.put(key, version));
        }
        Ok(found)
    }
}

fn view(call: Call, version: &WebhookVersion, snapshot: &Snapshot) -> CallView {
    let definition = &version.definition;
    let request = call.request.as_ref();
    CallView {
        id: call.id,
        webhook: version.name.clone(),
        lead: call.lead,
        outcome: call.outcome,
        state: call.state,
        created: call.created,
        ended: call.ended,
        attempts: call.attempts,
        request: request.and_then(|recorded| rebuild(definition, recorded, &call.idempotency_key)),
        response: call
            .response
            .map(|response| (response.body, response.truncated)),
        changes: call
            .changes
            .into_iter()
            .map(|change| FieldChangeView {
                field: api_name(snapshot, change.field),
                previous: change.previous,
                new: change.new,
            })
            .collect(),
        problems: call
            .problems
            .into_iter()
            .map(|problem| problem_view(problem, definition, snapshot))
            .collect(),
        idempotency_key: call.idempotency_key,
        replay_of: call.replay_of,
    }
}

/// The field's SOAP API name; of a field that is deleted since, its id.
pub(crate) fn api_name(snapshot: &Snapshot, field: leadhook_field::FieldId) -> String {
    snapshot.schema.get(field).map_or_else(
        || format!("deleted field {}", field.0),
        |field| field.api_name.clone(),
    )
}

fn problem_view(
    problem: leadhook_store::MappingProblem,
    definition: &Definition<Sealed>,
    snapshot: &Snapshot,
) -> MappingProblemView {
    let mapping = definition
        .response_mappings
        .get(usize::from(problem.mapping));
    MappingProblemView {
        response_attribute: mapping
            .map(|mapping| mapping.response_attribute.clone())
            .unwrap_or_default(),
        field: mapping
            .map(|mapping| api_name(snapshot, mapping.field))
            .unwrap_or_default(),
        reason: problem.reason,
        detail: problem.detail,
    }
}
