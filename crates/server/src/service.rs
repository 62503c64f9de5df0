//! The gRPC services: each method reads its message, asks the engine, and writes the answer.

mod call;
mod later;
mod lead;
mod mask;
mod program;
mod webhook;

pub(crate) use self::{
    call::CallService, later::CampaignService, lead::LeadService, program::ProgramService,
    webhook::WebhookService,
};
