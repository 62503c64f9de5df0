//! Render, send, map, record: the durable webhook call, independent of any wire format or database.

mod compile;
mod engine;
mod environment;
mod error;
mod snapshot;
mod vault;

pub use crate::{
    engine::Engine,
    environment::{Environment, Settings},
    error::{Error, Kind, Violation},
    vault::{InstallationKey, Secret, Unopenable},
};

/// What stands in the place of a secret wherever it is shown (R-DEF-4).
pub const REDACTED: &str = "[redacted]";
