//! Render, send, map, record: the durable webhook call, independent of any wire format or database.

mod call;
mod companies;
mod compile;
mod engine;
mod environment;
mod error;
mod fields;
mod leads;
mod programs;
mod render;
mod requests;
mod resource_id;
mod snapshot;
mod vault;
mod webhook;

pub use crate::{
    call::{
        CallOrder, CallRequest, CallSubject, CallView, CallWatch, FieldChangeView, HttpRequest,
        InlineLead, ListCalls, MappingProblemView, WatchCalls,
    },
    companies::{CompanyInput, CompanyView, UpsertedCompany},
    engine::Engine,
    environment::{Clock, Environment, Random, Settings, Sleep, Uptime},
    error::{Error, Kind, Violation},
    fields::{FieldDraft, ListFields},
    leads::{
        ImportOptions, ImportProgress, Importer, Input, LeadInput, LeadView, ListLeads, RowError,
        RowFault, RowResult, UpsertedLead,
    },
    programs::{MemberInput, ProgramDraft, ProgramView},
    render::{CallContext, MyToken},
    vault::{InstallationKey, Secret, Unopenable},
    webhook::{
        Draft, DraftHeader, DraftMapping, DraftRetryPolicy, MappedChange, Preview, PreviewSource,
        Refused, SampleResponse, TokenInfo, Warning,
    },
};

/// What stands in the place of a secret wherever it is shown (R-DEF-4).
pub const REDACTED: &str = "[redacted]";
