//! What a call is before anything is sent of it, and stays.

use leadhook_field::Datetime;
use leadhook_store::{CallId, Effect, IdempotencyKey, Mark, NewCall, Origin, Writes};

use super::{
    outcome::local,
    subject::{CallSubjectData, inline_changes},
};
use crate::{engine::Shared, flow::FlowPart};

/// Which call it is.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) origin: Origin,
    pub(crate) subject: CallSubjectData,
    pub(crate) key: IdempotencyKey,
    pub(crate) mark: Option<Mark>,
    pub(crate) replay_of: Option<CallId>,
    pub(crate) created: Datetime,
    /// What it is in a campaign's flow.
    pub(crate) part: Option<FlowPart>,
}

impl Identity {
    /// The record of a call of which nothing was sent: `word` says why.
    pub(crate) fn unsent<S>(self, shared: &Shared<S>, code: u16, word: &str) -> NewCall {
        NewCall {
            id: CallId(0),
            has_waited: false,
            wait: None,
            origin: self.origin,
            outcome: local(code, word),
            created: self.created,
            ended: (shared.environment.now)(),
            attempts: Vec::new(),
            request: None,
            response: None,
            effect: self.effect(Writes::default()),
            problems: Vec::new(),
            idempotency_key: self.key,
            replay_of: self.replay_of,
            request_mark: self.mark,
            progress: self.part.map(|part| part.ends(false)),
        }
    }

    /// What it does where its answer writes this.
    pub(super) fn effect(&self, writes: Writes) -> Effect {
        match &self.subject {
            CallSubjectData::Stored(lead) => Effect::Lead(*lead, writes),
            CallSubjectData::Inline { lead, company } => {
                Effect::Inline(inline_changes(lead, company, writes))
            }
        }
    }
}
