//! Leads go through flows, many at a time: those at one step of one flow are a group, which is carried out together, each lead's step durable before
//! its next one begins (R-CMP-6).
//!
//! Where groups come from: leads of a run from [`run`](crate::run), what is due from `due`, what a webhook's lane held back from `backlog`. What waits
//! is a row: it holds no slot, and no memory.

mod again;
mod ask;
mod backlog;
mod calls;
mod due;
mod group;
mod progress;
mod step;
mod ticket;
mod versions;

pub(crate) use self::{
    again::end_waiting_calls,
    backlog::Backlogs,
    due::{IN_MEMORY, take_up_what_is_due},
    group::{Group, Hand, Passenger, carry},
    progress::FlowPart,
    ticket::{Places, Ticket},
    versions::{FlowVersions, MAX_FLOWS},
};
