//! The gRPC services: each method reads its message, asks the engine, and writes the answer.

mod call;
mod campaign;
mod lead;
mod mask;
mod program;
mod run;
mod webhook;

pub(crate) use self::{
    call::CallService, campaign::CampaignService, lead::LeadService, program::ProgramService,
    webhook::WebhookService,
};
