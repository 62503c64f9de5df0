//! Calls: what is handed to a store when one ends, and what is read back.

use std::time::Duration;

use bytes::Bytes;
use leadhook_field::{Datetime, FieldId, Value};

use crate::{
    CallId, CampaignId, Entry, IdempotencyKey, LeadId, Mark, Progress, Revision, RunId, Stepped,
    WebhookId, Writes,
};

/// A call to be recorded, with what it writes to its lead: one commit. Usually it has ended; one that waits for its next attempt is recorded
/// before each wait.
#[derive(Clone, Debug)]
pub struct NewCall {
    /// Stamped when its batch is closed, unless it is on record already.
    pub id: CallId,
    /// Whether it waited before: it is on record under its id, and this is what it is now.
    pub has_waited: bool,
    /// The wait for its next attempt; none: it has ended. One that waits has no effect yet.
    pub wait: Option<Wait>,
    /// What called.
    pub origin: Origin,
    /// How it ended.
    pub outcome: Outcome,
    /// When the call was accepted.
    pub created: Datetime,
    /// When its last attempt ended.
    pub ended: Datetime,
    /// In order; none when nothing was sent.
    pub attempts: Vec<Attempt>,
    /// What was sent, or would have been; none where it could not be rendered.
    pub request: Option<RecordedRequest>,
    /// What came back.
    pub response: Option<RecordedResponse>,
    /// What the answer does.
    pub effect: Effect,
    /// Mappings that wrote nothing.
    pub problems: Vec<MappingProblem>,
    /// What makes a repetition harmless.
    pub idempotency_key: IdempotencyKey,
    /// The call that it sends once more.
    pub replay_of: Option<CallId>,
    /// The client's request that it answers (R-CALL-9), remembered in the same commit.
    pub request_mark: Option<Mark>,
    /// The step of a flow that it is, and what comes then.
    pub progress: Option<Progress>,
}

/// How a call waits for its next attempt: as a row, holding nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// When the attempt is due.
    pub due: Datetime,
    /// What is needed to make it; opaque to the store, sealed by who hands it in. Gone when the call has ended.
    pub sealed: Bytes,
    /// Whether who hands it in makes the attempt, too, since a client waits for it: it is given out already, and anew only by a store that is opened
    /// anew.
    pub is_claimed: bool,
}

/// What called: the same for many calls, so that a store may keep it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The webhook.
    pub webhook: WebhookId,
    /// The version of its definition that was rendered.
    pub version: Revision,
    /// The campaign whose flow called.
    pub campaign: Option<CampaignId>,
    /// The run that it belongs to.
    pub run: Option<RunId>,
}

/// How a call ended (R-CALL-3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// HTTP status of the last attempt, 1000, 1001 or 0.
    pub code: u16,
    /// Reason phrase, or a word of R-CALL-3 and -4.
    pub error_type: String,
    /// Whether it did what it should.
    pub succeeded: bool,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// When it began.
    pub started: Datetime,
    /// From then to its last byte or failure.
    pub duration: Duration,
    /// HTTP status, also when the answer broke after its head; 0: none came.
    pub code: u16,
    /// Reason phrase, or a word of R-CALL-4.
    pub error_type: String,
    /// Why there was no complete answer, for people; empty where there was one. Erased with the lead.
    pub detail: String,
}

/// What was sent. URL and headers can be made again from the version's definition and `values`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRequest {
    /// What token values became in URL and headers; opaque to the store, without secrets.
    pub values: Bytes,
    /// The payload.
    pub body: Bytes,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedResponse {
    /// The literal payload after content decoding, cut at the limit.
    pub body: Bytes,
    /// Whether it was cut.
    pub truncated: bool,
}

/// What an answer does.
#[derive(Clone, Debug)]
pub enum Effect {
    /// To an inline lead: nothing; what it would have changed is recorded (R-CALL-11).
    Inline(Vec<FieldChange>),
    /// To a stored lead: these writes, in the same commit. A value that is there already is no change (R-MAP-10).
    Lead(LeadId, Writes),
}

/// What a call, once recorded, has done.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Whether more is to come. A call whose lead is not there any more has ended, even one that was to wait.
    pub state: CallState,
    /// Changes of fields; those of [`Effect::Inline`] as they were given.
    pub changes: Vec<FieldChange>,
    /// What became of the entry whose step it was.
    pub stepped: Stepped,
}

/// A call that may go on: given out when its next attempt is due, or for its end.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingCall {
    /// As it is on record, with its request.
    pub call: Call,
    /// Of [`Wait`].
    pub sealed: Bytes,
    /// The entry whose step it is; it goes on when the call has ended.
    pub entry: Option<Entry>,
}

/// A field that got another value.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Lead or company field.
    pub field: FieldId,
    /// What was there.
    pub previous: Option<Value>,
    /// What is there now.
    pub new: Option<Value>,
}

/// A mapping that wrote nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingProblem {
    /// Place of the mapping in the definition, from 0.
    pub mapping: u16,
    /// Why.
    pub reason: ProblemReason,
    /// What was there, in short.
    pub detail: String,
}

/// Why a mapping wrote nothing (R-MAP-5, -6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemReason {
    /// Nothing stands at the path.
    NotFound,
    /// A value of another type.
    TypeMismatch,
    /// A number beyond the field's range.
    OutOfRange,
    /// A text beyond the field's length.
    TooLong,
    /// An object, an array, or an element with elements.
    NotScalar,
    /// The body is not what the response type says.
    InvalidResponse,
}

impl ProblemReason {
    /// All, in the order of their stored codes: append only.
    pub const ALL: [ProblemReason; 6] = [
        ProblemReason::NotFound,
        ProblemReason::TypeMismatch,
        ProblemReason::OutOfRange,
        ProblemReason::TooLong,
        ProblemReason::NotScalar,
        ProblemReason::InvalidResponse,
    ];
}

/// Whether more is to come of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallState {
    /// Between attempts.
    Waiting,
    /// No more attempts.
    Ended,
}

/// A recorded call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// What called.
    pub origin: Origin,
    /// The campaign's resource name, `campaigns/{campaign}`, that it has or had.
    pub campaign: Option<String>,
    /// The lead; none when it was inline.
    pub lead: Option<LeadId>,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether more is to come.
    pub state: CallState,
    /// When the call was accepted.
    pub created: Datetime,
    /// When its last attempt ended.
    pub ended: Datetime,
    /// When the next one is due; none: it has ended.
    pub next_attempt: Option<Datetime>,
    /// In order; details erased with the lead.
    pub attempts: Vec<Attempt>,
    /// Only where it was asked for; erased with the lead.
    pub request: Option<RecordedRequest>,
    /// Only where it was asked for; erased with the lead.
    pub response: Option<RecordedResponse>,
    /// Erased with the lead.
    pub changes: Vec<FieldChange>,
    /// Details erased with the lead.
    pub problems: Vec<MappingProblem>,
    /// What makes a repetition harmless.
    pub idempotency_key: IdempotencyKey,
    /// The call that it sends once more.
    pub replay_of: Option<CallId>,
}
