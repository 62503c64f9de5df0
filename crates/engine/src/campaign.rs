//! Smart campaigns (R-CMP): what is sent to save one, what is refused, how it is compiled, and which leads its triggers let in.

mod compile;
mod constraint;
mod live;
mod react;
mod tokens;

pub(crate) use self::{
    compile::{Change, CompiledAction, CompiledCampaign, CompiledStep, CompiledTrigger, compile},
    live::{Campaigns, LiveCampaign},
    react::Triggers,
    tokens::campaign_is_requested,
};
