//! Activities: what happened to a lead, in time order (R-CMP-5).
//!
//! Calls and what they changed are told from their records; a row of its own has only what stands nowhere else.

use std::fmt;

use leadhook_field::{Datetime, FieldId};

use crate::{Call, CampaignId, FieldChange, LeadId, WebhookId};

/// Where an activity stands in its lead's history: the time of its commit, and its place among what was committed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActivityId {
    /// Of the call, or of the row: both ascend in the order of commits.
    pub record: i64,
    /// Place within that record, from 0.
    pub place: u32,
}

/// As it stands in a resource name: `123-0`.
impl fmt::Display for ActivityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.record, self.place)
    }
}

/// Something that happened to a lead.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Its place.
    pub id: ActivityId,
    /// Whose.
    pub lead: LeadId,
    /// When.
    pub time: Datetime,
    /// What.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A webhook was called.
    CallWebhook(Box<Call>),
    /// A field got another value.
    ChangeDataValue {
        /// Which, and which values.
        change: FieldChange,
        /// By whom.
        source: Source,
    },
    /// A step could not write a field (R-CMP-11).
    ChangeRefused {
        /// Which.
        field: FieldId,
        /// What did not fit.
        text: String,
        /// Why.
        error: String,
        /// Whose step.
        source: Source,
    },
    /// The lead is new.
    NewPerson {
        /// Its e-mail address then.
        email: String,
        /// By whom.
        source: Source,
    },
    /// It was let into a campaign, by a flow or by RequestCampaign.
    RequestCampaign {
        /// Which.
        campaign: CampaignId,
        /// By whom.
        source: Source,
    },
    /// A chain of campaigns was ended (R-CMP-10).
    ChainEnded {
        /// The campaign that it was not let into.
        campaign: CampaignId,
        /// Why.
        reason: ChainEnd,
    },
}

/// Why a chain of campaigns was ended (R-CMP-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainEnd {
    /// It would have been the eleventh campaign in a row.
    TooDeep,
    /// It would have been the 1,001st entry.
    TooMany,
}

/// By whom a lead was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A client, through the API.
    Api,
    /// An import.
    Import,
    /// The answer of a webhook.
    Webhook(WebhookId),
    /// A step of a campaign's flow.
    Campaign(CampaignId),
}

/// A page of a lead's activities, oldest first.
#[derive(Clone, Debug)]
pub struct ActivityQuery {
    /// Whose.
    pub lead: LeadId,
    /// Only those after this one.
    pub after: Option<ActivityId>,
    /// At most so many, at least 1.
    pub limit: usize,
    /// The page ends early when its rows hold more bytes than this; it has one row at least.
    pub max_bytes: usize,
    /// The page ends early, maybe without a row, when so many runs and records were looked at; 0 counts as 1.
    pub max_scanned: usize,
}
