//! What a client's `request_id` leaves behind, so that a repetition is answered with the first result (R-CALL-9).

use std::fmt;

use leadhook_field::Datetime;

use crate::{CallId, LeadUpserted, RunId};

/// A client's request: a method and the id that the client chose within it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestKey {
    /// Within which method.
    pub method: Method,
    /// The client's `request_id`.
    pub id: String,
}

/// A method that takes a `request_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// CallWebhook, and each call of a CallWebhooks stream.
    CallWebhook,
    /// BatchUpsertLeads.
    BatchUpsertLeads,
    /// RequestCampaign.
    RequestCampaign,
}

/// A request that is being answered: remembered with its answer, in the same commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which request.
    pub key: RequestKey,
    /// Digest of its payload.
    pub payload: [u8; 32],
}

/// What is to be remembered of an upsert.
pub struct Remember {
    /// Which request.
    pub mark: Mark,
    /// Makes the answer from what became of the rows; runs on the store's writer, so it is short.
    pub answer: Box<MakeAnswer>,
}

/// Makes the answer to an upsert from what became of its rows.
pub type MakeAnswer = dyn FnOnce(&[LeadUpserted]) -> Vec<u8> + Send;

impl fmt::Debug for Remember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remember")
            .field("mark", &self.mark)
            .finish_non_exhaustive()
    }
}

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Digest of its payload.
    pub payload: [u8; 32],
    /// With what.
    pub answer: Answered,
    /// When; kept for 24 h at least.
    pub at: Datetime,
}

/// The first answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The call that was made.
    Call(CallId),
    /// The run that was made.
    Run(RunId),
    /// Bytes that the engine reads again.
    Bytes(Vec<u8>),
}
