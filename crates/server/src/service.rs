//! The gRPC services: each method reads its message, asks the engine, and writes the answer.

mod call;
mod campaign;
mod later;
mod lead;
mod mask;
mod run;
mod webhook;

pub(crate) use self::{
    call::CallService, campaign::CampaignService, later::ProgramService, lead::LeadService,
    webhook::WebhookService,
};
