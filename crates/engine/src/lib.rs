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
mod flow;
mod kept;
mod lane;
mod leads;
mod programs;
mod render;
mod requests;
mod resource_id;
mod run;
mod snapshot;
mod undropped;
mod vault;
mod webhook;

pub use crate::{
    activity::{ActivityView, ListActivities},
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
    environment::{Clock, Environment, Random, Settings, Sleep, Uptime},
    error::{Error, Kind, Violation},
    fields::{FieldDraft, ListFields},
    leads::{
        ImportOptions, ImportProgress, Importer, Input, LeadInput, LeadView, ListLeads, RowError,
        RowFault, RowResult, UpsertedLead,
    },
    programs::{MemberInput, ProgramDraft, ProgramView},
    render::{CallContext, MyToken},
    run::{Leads, ListRuns, RunRequest, RunView, RunWatch},
    vault::{InstallationKey, Secret, Unopenable},
    webhook::{
        Draft, DraftHeader, DraftMapping, DraftRetryPolicy, MappedChange, Preview, PreviewSource,
        Refused, SampleResponse, TokenInfo, Warning, WebhookState,
    },
};

/// What stands in the place of a secret wherever it is shown (R-DEF-4).
pub const REDACTED: &str = "[redacted]";
