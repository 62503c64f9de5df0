//! Render, send, map, record: the durable webhook call, independent of any wire format or database.

mod companies;
mod compile;
mod engine;
mod environment;
mod error;
mod fields;
mod leads;
mod requests;
mod snapshot;
mod vault;

pub use crate::{
    companies::{CompanyInput, CompanyView, UpsertedCompany},
    engine::Engine,
    environment::{Environment, Settings},
    error::{Error, Kind, Violation},
    fields::{FieldDraft, ListFields},
    leads::{
        ImportOptions, ImportProgress, Importer, Input, LeadInput, LeadView, ListLeads, RowError,
        RowFault, RowResult, UpsertedLead,
    },
    vault::{InstallationKey, Secret, Unopenable},
};

/// What stands in the place of a secret wherever it is shown (R-DEF-4).
pub const REDACTED: &str = "[redacted]";
