//! Calls as they are shown: ids become names, mappings their paths, and the request is made again from its record.

use bytes::Bytes;
use leadhook_field::{Datetime, Value};
use leadhook_store::{
    Attempt, Call, CallId, CallState, IdempotencyKey, LeadId, Outcome, ProblemReason, RunId, Store,
};

use super::{record::HttpRequest, versions::ShownVersion};
use crate::{engine::Engine, error::Error, snapshot::Snapshot};

/// A call, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct CallView {
    /// Its id.
    pub id: CallId,
    /// Resource id of its webhook when it was made.
    pub webhook: String,
    /// Resource name of the campaign whose flow called, or in whose context.
    pub campaign: Option<String>,
    /// The run that it belongs to.
    pub run: Option<RunId>,
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
    /// When the next one is due; none: it has ended.
    pub next_attempt: Option<Datetime>,
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

impl<S: Store> Engine<S> {
    /// Shows a call.
    pub(crate) async fn view(&self, call: Call) -> Result<CallView, Error> {
        let mut views = self.views(vec![call]).await?;
        Ok(views.pop().expect("each call has a view"))
    }

    /// Shows calls, in their order.
    pub(crate) async fn views(&self, calls: Vec<Call>) -> Result<Vec<CallView>, Error> {
        let snapshot = self.snapshot();
        let keys = calls
            .iter()
            .map(|call| (call.origin.webhook, call.origin.version));
        let versions = self.versions(&snapshot, keys).await?;
        let views = calls.into_iter().map(|call| {
            let version = &versions[&(call.origin.webhook, call.origin.version)];
            view(call, version, &snapshot)
        });
        Ok(views.collect())
    }
}

fn view(call: Call, version: &ShownVersion, snapshot: &Snapshot) -> CallView {
    let recorded = call.request.as_ref();
    let shape = version.request.as_ref();
    CallView {
        id: call.id,
        webhook: version.name.clone(),
        campaign: call.campaign,
        run: call.origin.run,
        lead: call.lead,
        outcome: call.outcome,
        state: call.state,
        created: call.created,
        ended: call.ended,
        next_attempt: call.next_attempt,
        attempts: call.attempts,
        request: recorded.and_then(|recorded| shape?.rebuild(recorded, &call.idempotency_key)),
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
            .map(|problem| problem_view(problem, version, snapshot))
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
    version: &ShownVersion,
    snapshot: &Snapshot,
) -> MappingProblemView {
    let mapping = version.mappings.get(usize::from(problem.mapping));
    let (response_attribute, field) = mapping.map_or_else(Default::default, |mapping| {
        (
            mapping.response_attribute.clone(),
            api_name(snapshot, mapping.field),
        )
    });
    MappingProblemView {
        response_attribute,
        field,
        reason: problem.reason,
        detail: problem.detail,
    }
}
