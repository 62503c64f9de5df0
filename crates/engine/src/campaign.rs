//! Smart campaigns (R-CMP): what is sent to save one, what is refused, how it is compiled, and which leads its triggers let in.

mod check;
mod compile;
mod constraint;
mod draft;
mod list;
mod live;
mod manage;
mod open;
mod react;
mod tokens;
mod view;

pub(crate) use self::{
    compile::{Change, CompiledAction, CompiledCampaign, CompiledStep, compile},
    live::Campaigns,
    react::Triggers,
    tokens::campaign_is_requested,
};
pub use self::{
    draft::{
        CampaignDraft, DraftAction, DraftChoice, DraftConstraint, DraftQualification, DraftStep,
        DraftTrigger,
    },
    view::CampaignView,
};
