//! Leads go through flows: one pass of a lead, step by step, each step durable before the next begins (R-CMP-6).
//!
//! Where passes come from is told elsewhere: leads of a run in [`run`](crate::run), entries with rows of their own in `waiting`.

mod pass;
mod step;
mod versions;
mod waiting;

pub(crate) use self::{pass::Pass, versions::FlowVersions, waiting::wait_for_entries};
