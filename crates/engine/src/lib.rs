//! Render, send, map, record: the durable webhook call, independent of any wire format or database.

mod activity;
mod call;
mod campaign;
mod companies;
mod compile;
mod engine;
mod environment;
mod error;
mod fields;
mod leads;
mod render;
mod requests;
mod resource_id;
mod snapshot;
mod vault;
mod webhook;

pub use crate::{
    activity::{ActivitiesPage, ActivityView, ListActivities},
    call::{
        CallOrder, CallRequest, CallSubject, CallView, CallWatch, FieldChangeView, HttpRequest,
        InlineLead, ListCalls, MappingProblemView, WatchCalls,
    },
    campaign::{
        CampaignDraft, CampaignView, DraftAction, DraftChoice, DraftConstraint, DraftQualification,
        DraftStep, DraftTrigger,
    },
    companies::{CompanyInput, CompanyView, UpsertedCompany},
    engine::Engine,
    environment::{Clock, Environment, Random, Settings},
    error::{Error, Kind, Violation},
    fields::{FieldDraft, ListFields},
    leads::{
        ImportOptions, ImportProgress, Importer, Input, LeadInput, LeadView, ListLeads, RowError,
        RowFault, RowResult, UpsertedLead,
    },
    render::{CallContext, MyToken, MyTokenType},
    vault::{InstallationKey, Secret, Unopenable},
    webhook::{
        Draft, DraftHeader, DraftMapping, DraftRetryPolicy, MappedChange, Preview, PreviewSource,
        SampleResponse, TokenInfo, Warning,
    },
};

/// What stands in the place of a secret wherever it is shown (R-DEF-4).
pub const REDACTED: &str = "[redacted]";
