//! What is asked for: one call.

use super::subject::{CallSubject, InlineLead};
use crate::{
    render::{CallContext, MyToken},
    requests::{Canonical, Digest},
};

/// One call to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRequest {
    /// Resource id of the webhook.
    pub webhook: String,
    /// Whom it is for.
    pub subject: CallSubject,
    /// What it brings beside.
    pub context: CallContext,
    /// What makes a repetition answer with the first result (R-CALL-9); empty: none.
    pub request_id: String,
}

/// All but the request_id: what two requests of one id must share.
impl Canonical for CallRequest {
    fn write(&self, digest: &mut Digest) {
        digest
            .part(&self.webhook)
            .part(&self.subject)
            .part(&self.context);
    }
}

impl Canonical for CallSubject {
    fn write(&self, digest: &mut Digest) {
        match self {
            CallSubject::Lead(id) => digest.part(&0_u8).part(&id.0),
            CallSubject::Inline(InlineLead {
                fields,
                company_fields,
            }) => digest.part(&1_u8).named(fields).named(company_fields),
        };
    }
}

impl Canonical for CallContext {
    fn write(&self, digest: &mut Digest) {
        digest
            .part(&self.campaign)
            .part(&self.program)
            .named(&self.trigger)
            .part(self.my_tokens.as_slice());
    }
}

impl Canonical for MyToken {
    fn write(&self, digest: &mut Digest) {
        let kind = self.kind.map(|kind| kind as u8);
        digest.part(&self.key).part(&kind).part(&self.value);
    }
}
