//! leadhook's records, the contract of a store, and the suite that every backend must pass.
//!
//! - [`Store`] is the contract: asynchronous, batch-first, no transaction held across awaits. A method answers only when
//!   what it wrote is durable.
//! - [`Catalog`] holds what people define (webhooks, custom fields, programs). It changes by compare-and-set on its [`Revision`], so
//!   that what was validated against a catalog is what is saved.
//! - [`Lead`], [`Company`] and [`Subject`] hold what is known of people; [`NewCall`] and [`Call`] what was done for them.
//!
//! Secrets reach a store sealed ([`Sealed`]): a backend sees none in clear.
//!
//! A backend proves itself with the `suite` feature: each function of `suite` is one behaviour, run against a fresh store.

mod activity;
mod call;
mod campaign;
mod catalog;
mod contract;
mod entry;
mod error;
mod id;
mod lead;
mod program;
mod query;
mod request;
mod run;
#[cfg(feature = "suite")]
pub mod suite;

pub use crate::{
    activity::{Activity, ActivityId, ActivityQuery, ChainEnd, Event, Source},
    call::{
        Attempt, Call, CallState, Effect, FieldChange, MappingProblem, NewCall, Origin, Outcome,
        ProblemReason, Recorded, RecordedRequest, RecordedResponse, Wait, WaitingCall,
    },
    campaign::{
        Action, Campaign, CampaignDefinition, CampaignType, CampaignVersion, Choice, FlowStep,
        Operator, Qualification, StringConstraint, Trigger,
    },
    catalog::{
        Authentication, Catalog, CatalogChange, CustomHeader, Definition, HeaderText, Limits,
        RequestTokenEncoding, RequestType, ResponseMapping, ResponseType, RetryPolicy, Sealed,
        Webhook, WebhookVersion,
    },
    contract::Store,
    entry::{
        Cause, Chain, Claim, Claimed, Entry, Hold, MAX_CHAIN_DEPTH, MAX_CHAIN_ENTRIES,
        NEW_CHAIN_WAIT, NewEntry, NewStep, Next, Passage, Progress, Reactions, StepEffect, Stepped,
        TriggerTokens, Waiting,
    },
    error::{Error, ErrorKind},
    id::{
        CallId, CampaignId, ChainId, CompanyId, EntryId, IdempotencyKey, LeadId, ProgramId,
        Revision, RunId, WebhookId,
    },
    lead::{
        Company, CompanyTarget, CompanyUpsert, CompanyUpserted, FieldWrite, Lead, LeadEntry,
        LeadTarget, LeadUpsert, LeadUpserted, Projection, Subject, Values, Writes,
    },
    program::{MemberUpsert, MemberUpserted, MemberWrite, MyToken, MyTokenType, Program},
    query::{
        CALLED_WEBHOOK, CallField, CallQuery, CallSchema, FirstMatch, LeadColumn, LeadQuery,
        LeadSchema, Order, Page,
    },
    request::{Answered, MakeAnswer, Mark, Method, Remember, Remembered, RequestKey},
    run::{
        Ending, NewRun, RUN_WINDOW, Run, RunCounts, RunLead, RunLeads, RunLeadsPage, RunQuery,
        RunState,
    },
};

/// The example of the README, held by a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
