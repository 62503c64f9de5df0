//! Entries: one pass of a lead through a flow (R-CMP-6), and the steps of it.
//!
//! An entry that a trigger or another flow made has a row from the start. A lead of a run is known by its position, and gets a row only when it has
//! steps left after one of them is durable. What waits is such a row: it holds nothing else.

use std::{fmt, time::Duration};

use leadhook_field::{Datetime, FieldId};

use crate::{
    CallId, CampaignId, ChainId, Ending, EntryId, FieldChange, Lead, LeadId, NewCall,
    Qualification, Revision, RunId, WaitingCall, WebhookId, Writes,
};

/// Campaigns that a chain of entries goes through at most (R-CMP-10).
pub const MAX_CHAIN_DEPTH: u32 = 10;
/// Entries that a chain makes at most.
pub const MAX_CHAIN_ENTRIES: u32 = 1_000;
/// A Wait of this length or more begins a new chain.
pub const NEW_CHAIN_WAIT: Duration = Duration::from_secs(60);

/// An entry with a row of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The campaign.
    pub campaign: CampaignId,
    /// The version of its definition with which it began.
    pub version: Revision,
    /// Who.
    pub lead: LeadId,
    /// The run that it belongs to.
    pub run: Option<RunId>,
    /// The step that comes next, from 0.
    pub step: u32,
    /// When that is due.
    pub due: Datetime,
    /// Whether it counts as [`waiting`](crate::RunCounts::waiting), until its step is recorded.
    pub waits: bool,
    /// Whether a step before it failed.
    pub has_failed: bool,
    /// What `{{trigger.*}}` gives.
    pub trigger: TriggerTokens,
    /// The chain that it is part of.
    pub chain: Chain,
}

/// Values of trigger tokens by their names.
pub type TriggerTokens = Vec<(String, String)>;

/// Where an entry stands in a chain of entries that caused one another (R-CMP-10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// None as long as nothing was caused.
    pub id: Option<ChainId>,
    /// Entries before this one in the chain.
    pub depth: u32,
}

/// An entry to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// The campaign.
    pub campaign: CampaignId,
    /// The version of its definition.
    pub version: Revision,
    /// How often one lead may come in; who may not is passed over.
    pub qualification: Qualification,
    /// What `{{trigger.*}}` gives.
    pub trigger: TriggerTokens,
}

/// What is to be done about things that happen to leads: asked on the store's writer, in the transaction of the cause, so that an
/// entry is written with it (R-CMP-3). It is short, and does not block.
pub trait Reactions: fmt::Debug + Send + Sync + 'static {
    /// The entries that a cause makes for its lead.
    fn entries(&self, cause: &Cause<'_>) -> Vec<NewEntry>;
}

/// What happened to a lead.
#[derive(Debug)]
pub enum Cause<'a> {
    /// It is new, and this is what it is. Its first values are no changes.
    Created(&'a Lead),
    /// A field of it, or of its company, has another value.
    Changed(&'a FieldChange),
    /// A call for it ended.
    Called(&'a NewCall),
}

/// Whose step was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// A lead of a run that has no row yet.
    Position {
        /// The run.
        run: RunId,
        /// Its place in the run.
        position: u32,
        /// The run's campaign.
        campaign: CampaignId,
        /// The version of its definition.
        version: Revision,
    },
    /// An entry that has a row.
    Row(EntryId),
}

/// What comes after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next one.
    Step {
        /// From 0.
        step: u32,
        /// When; in the past: at once.
        due: Datetime,
        /// Whether this step, or one before it, failed.
        has_failed: bool,
        /// Whether a new chain begins (R-CMP-10).
        new_chain: bool,
    },
    /// The same one, which calls a webhook that must not be called now: an entry that is held back.
    Held {
        /// From 0.
        step: u32,
        /// Whether a step before it failed.
        has_failed: bool,
        /// Who holds it back.
        webhook: WebhookId,
    },
    /// The same one: its call waits for its next attempt, and the entry for the call.
    Retry {
        /// From 0.
        step: u32,
        /// Whether a step before it failed.
        has_failed: bool,
    },
    /// Nothing.
    End(Ending),
}

impl Next {
    /// The same of a step that failed.
    #[must_use]
    pub fn failed(mut self) -> Next {
        match &mut self {
            Next::End(ending) => *ending = Ending::Failed,
            Next::Step { has_failed, .. }
            | Next::Held { has_failed, .. }
            | Next::Retry { has_failed, .. } => *has_failed = true,
        }
        self
    }
}

/// A step that was carried out, of whom, and what comes then: part of the record of what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whose step it was.
    pub passage: Passage,
    /// What comes then.
    pub next: Next,
}

/// A step that made no call, with what it does: one commit.
#[derive(Clone, Debug)]
pub struct NewStep {
    /// The lead.
    pub lead: LeadId,
    /// The campaign whose flow it is.
    pub campaign: CampaignId,
    /// What it does.
    pub effect: StepEffect,
    /// When.
    pub at: Datetime,
    /// What comes then.
    pub progress: Progress,
}

/// What a step that makes no call does.
#[derive(Clone, Debug)]
pub enum StepEffect {
    /// Nothing.
    Nothing,
    /// Writes a field (Change Data Value).
    Write(Writes),
    /// The value did not fit: an activity tells (R-CMP-11).
    Misfit {
        /// The field that stays as it is.
        field: FieldId,
        /// The text that did not fit.
        text: String,
        /// Why.
        error: String,
    },
    /// Lets the lead into another campaign (Request Campaign).
    Request(NewEntry),
}

/// What a recorded step came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stepped {
    /// The entry's row, where it goes on.
    pub entry: Option<EntryId>,
    /// The lead was not there any more: the entry has ended as [`Skipped`](Ending::Skipped).
    pub is_gone: bool,
}

/// What waits as a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Waiting {
    /// An entry.
    Entry(EntryId),
    /// A call between two attempts.
    Call(CallId),
}

/// What is asked for of that which waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// What is due at a time and not held back. Entries whose calls wait, and all of a run that is being cancelled, are not among it.
    Due(Datetime),
    /// What a webhook holds back, oldest due first; nothing of a run that is being cancelled.
    HeldBy(WebhookId),
    /// The calls of a run, held back or not, due or not: it is being cancelled.
    CallsOf(RunId),
    /// One call, held back or not, due or not, also one that who recorded it keeps ([`Wait::is_claimed`](crate::Wait::is_claimed)): nobody waits for
    /// its answer any more.
    Call(CallId),
}

/// What may go on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claimed {
    /// Oldest due first.
    pub entries: Vec<Entry>,
    /// Oldest due first.
    pub calls: Vec<WaitingCall>,
    /// Rows that are damaged, each named by the text of an error. They count as given out, so that what stands behind them goes on.
    pub damaged: Vec<String>,
    /// When the next of what is not held back and was not given out is due, where [`Claim::Due`] was asked; none: nothing waits for its time.
    pub next_due: Option<Datetime>,
}

impl Claimed {
    /// How much was given out, damaged rows included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len() + self.calls.len() + self.damaged.len()
    }

    /// Whether nothing was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// That something which is due is held back: it is given out again when what the webhook holds back is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Which.
    pub what: Waiting,
    /// Whose lane is closed, or full.
    pub webhook: WebhookId,
}
