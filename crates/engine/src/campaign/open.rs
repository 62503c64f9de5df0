//! What a campaign is to a lead that comes in: whether it lets it in when it is requested, and what it brings to its calls.

use std::sync::Arc;

use leadhook_store::{CampaignType, TriggerTokens};

use super::{
    compile::{CompiledCampaign, CompiledTrigger},
    live::LiveCampaign,
};
use crate::{
    error::Error,
    render::{CallContext, Context, MyToken},
    snapshot::Snapshot,
};

impl CompiledCampaign {
    /// What calls of its flow bring beside the lead.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the My Tokens do not go together.
    pub(crate) fn context(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        trigger: &TriggerTokens,
        my_tokens: &[MyToken],
    ) -> Result<Context, Error> {
        let given = CallContext {
            trigger: trigger.clone(),
            my_tokens: my_tokens.to_vec(),
            ..CallContext::default()
        };
        let campaign = Some(Arc::clone(self));
        Context::within(campaign, &given, &snapshot.schema, &snapshot.programs)
    }
}

impl LiveCampaign {
    /// Whether the campaign may be requested: a trigger campaign must be active and have the trigger; a batch campaign needs neither
    /// (R-CMP-1).
    pub(crate) fn is_open_to_requests(&self) -> bool {
        let has_trigger = || {
            let mut triggers = self.compiled.triggers.iter();
            triggers.any(|trigger| matches!(trigger, CompiledTrigger::CampaignIsRequested))
        };
        match self.compiled.campaign_type {
            CampaignType::Batch => true,
            CampaignType::Trigger => self.campaign.active && has_trigger(),
        }
    }
}
