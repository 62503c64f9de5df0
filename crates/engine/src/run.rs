//! Runs: a campaign requested for many leads. A run is driven by one task, which keeps a window of its leads under way; what is done is known
//! from the store alone, so a restart goes on where the last commit was.

mod cancel;
mod drive;
mod live;
mod read;
mod request;
mod window;

pub(crate) use self::{
    drive::resume,
    live::{LiveRun, Runs},
    window::WindowPlace,
};
pub use self::{
    read::{ListRuns, RunView, RunWatch},
    request::{Leads, RunRequest},
};
