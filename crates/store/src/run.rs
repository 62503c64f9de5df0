//! Runs: a campaign requested for many leads. What is done is known from the records alone, so a restart goes on where the last commit was.
//!
//! A run's leads stand in the order of their ids, and each has a position from 0. A position is *ended* when its lead has gone through, or has a row
//! of its own as an [`Entry`](crate::Entry): every position before `low` is, and of those behind it a bitmap tells. No position may end
//! [`RUN_WINDOW`] or more ahead of the first that has not.

use std::{collections::BTreeMap, sync::Arc};

use leadhook_field::Datetime;
use leadhook_filter::Filter;

use crate::{CampaignId, LeadColumn, LeadId, Mark, Revision, RunId};

/// How far ahead of the first position that has not ended another one may end: who works on a run begins no lead beyond it.
pub const RUN_WINDOW: u32 = 65_536;

/// A run to be made.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The campaign.
    pub campaign: CampaignId,
    /// The version of its definition that the run's leads go through.
    pub version: Revision,
    /// Whose leads.
    pub leads: RunLeads,
    /// My Tokens that hold for this run alone; opaque to the store.
    pub my_tokens: Vec<u8>,
    /// When it was requested.
    pub created: Datetime,
    /// The client's request that it answers, remembered in the same commit.
    pub mark: Option<Mark>,
}

/// The leads of a run, fixed when it is made.
#[derive(Clone, Debug)]
pub enum RunLeads {
    /// These, as far as they are there; each once.
    Named(Vec<LeadId>),
    /// All that match.
    Matching(Arc<Filter<LeadColumn>>),
}

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id: 1, 2, 3 ... in the order of creation.
    pub id: RunId,
    /// The campaign.
    pub campaign: CampaignId,
    /// The version of its definition.
    pub version: Revision,
    /// Where it stands.
    pub state: RunState,
    /// When it was requested.
    pub created: Datetime,
    /// When its last lead ended.
    pub ended: Option<Datetime>,
    /// My Tokens that hold for this run alone; opaque to the store.
    pub my_tokens: Vec<u8>,
    /// How far it is.
    pub counts: RunCounts,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunState {
    /// Leads are still to go through.
    Running,
    /// All have.
    Completed,
    /// Those that had not when it was cancelled never will.
    Cancelled,
    /// Cancelled, while calls in flight finish.
    Cancelling,
}

/// How many of a run's leads are where (R-CMP-9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// All leads.
    pub total: u64,
    /// Went through, and nothing failed.
    pub succeeded: u64,
    /// Went through; a call did not succeed, or a step could not be carried out.
    pub failed: u64,
    /// Did not qualify, or were deleted.
    pub skipped: u64,
    /// Had steps left when the run was cancelled.
    pub cancelled: u64,
    /// Have a row of their own, as an [`Entry`](crate::Entry): they wait, or their next step is under way.
    pub open: u64,
    /// Of those, the ones that wait, for their time or held back, or did so until they were given out. One whose next step is due at once does not wait.
    pub waiting: u64,
    /// Of those, the ones whose call waits for its next attempt, or is under way once more.
    pub retrying: u64,
    /// Calls by response code.
    pub codes: BTreeMap<u16, u64>,
}

/// A page of runs, oldest first.
#[derive(Clone, Debug)]
pub struct RunQuery {
    /// Only those after this one.
    pub after: Option<RunId>,
    /// At most so many, at least 1.
    pub limit: usize,
}

/// A lead of a run that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunLead {
    /// From 0, in the order of lead ids.
    pub position: u32,
    /// Which.
    pub lead: LeadId,
}

/// Leads of a run that have not ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunLeadsPage {
    /// By position.
    pub leads: Vec<RunLead>,
    /// Where to read on; none behind the last lead of the run.
    pub next: Option<u32>,
}

/// What became of a lead that went through a flow (R-CMP-9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing failed.
    Succeeded,
    /// A call did not succeed, or a step could not be carried out.
    Failed,
    /// It did not qualify, or it is not there any more.
    Skipped,
}

impl RunCounts {
    /// Leads that went through, or will not.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.succeeded + self.failed + self.skipped
    }
}
