//! The campaigns of a snapshot: as they are saved, as they are compiled, and which of them use what.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use leadhook_field::{FieldId, Schema, Zone};
use leadhook_store::{Action, Campaign, CampaignId, Trigger, WebhookId};

use super::{
    compile::{CompiledCampaign, compile},
    react::Table,
};
use crate::error::{Error, Kind};

/// Campaigns that are not deleted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Campaigns {
    by_id: BTreeMap<CampaignId, Arc<LiveCampaign>>,
    by_name: HashMap<String, CampaignId>,
    table: Arc<Table>,
}

/// A campaign as it is saved, and as leads go through it.
#[derive(Debug)]
pub(crate) struct LiveCampaign {
    pub(crate) campaign: Campaign,
    /// What was written under other rules may have steps that fail: they are marked so.
    pub(crate) compiled: Arc<CompiledCampaign>,
}

impl Campaigns {
    /// Puts a campaign in the place of the one of its id.
    pub(crate) fn put(&mut self, campaign: Campaign, schema: &Schema, zone: &Zone) {
        let same = self
            .by_id
            .get(&campaign.id)
            .filter(|live| live.campaign.version == campaign.version)
            .map(|live| Arc::clone(&live.compiled));
        let live = match same {
            Some(compiled) => LiveCampaign { campaign, compiled },
            None => LiveCampaign::new(campaign, schema, zone),
        };
        let id = live.campaign.id;
        self.by_name.insert(live.campaign.name.clone(), id);
        self.by_id.insert(id, Arc::new(live));
    }

    pub(crate) fn remove(&mut self, id: CampaignId) {
        if let Some(live) = self.by_id.remove(&id) {
            self.by_name.remove(&live.campaign.name);
        }
    }

    /// Makes the table that triggers are looked up in, once the campaigns of a snapshot are what they are.
    pub(crate) fn index(&mut self) {
        self.table = Arc::new(Table::new(self.by_id.values()));
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// Compiles all of them for another schema.
    pub(crate) fn recompile(&mut self, schema: &Schema, zone: &Zone) {
        for live in self.by_id.values_mut() {
            *live = Arc::new(LiveCampaign::new(live.campaign.clone(), schema, zone));
        }
    }

    /// The campaign of this resource id.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<LiveCampaign>> {
        self.get(*self.by_name.get(name)?)
    }

    /// The campaign of a resource name, `campaigns/{campaign}`.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub(crate) fn resource(&self, name: &str) -> Result<&Arc<LiveCampaign>, Error> {
        match name.strip_prefix("campaigns/") {
            Some(id) => self.required(id),
            None => Err(Error::not_found(Kind::Campaign, name)),
        }
    }

    /// The campaign of this resource id, where it has to be there.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub(crate) fn required(&self, name: &str) -> Result<&Arc<LiveCampaign>, Error> {
        self.named(name).ok_or_else(|| self.not_found(name))
    }

    /// That no campaign has this resource id.
    pub(crate) fn not_found(&self, name: &str) -> Error {
        let known = self.iter().map(|live| &*live.campaign.name);
        Error::not_found_among(Kind::Campaign, name, known)
    }

    /// The campaign of this id.
    pub(crate) fn get(&self, id: CampaignId) -> Option<&Arc<LiveCampaign>> {
        self.by_id.get(&id)
    }

    /// All, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<LiveCampaign>> {
        self.by_id.values()
    }

    /// Resource names of those that hold it to be so, oldest first: who uses a thing that is to be deleted (R-DEF-5).
    pub(crate) fn users(&self, uses: impl Fn(&LiveCampaign) -> bool) -> Vec<String> {
        self.iter()
            .filter(|live| uses(live))
            .map(|live| format!("campaigns/{}", live.campaign.name))
            .collect()
    }
}

impl LiveCampaign {
    fn new(campaign: Campaign, schema: &Schema, zone: &Zone) -> LiveCampaign {
        let (compiled, faults) = compile(
            campaign.id,
            campaign.version,
            &campaign.name,
            &campaign.definition,
            schema,
            zone,
        );
        if let Some(fault) = faults.first() {
            tracing::error!(campaign = campaign.name, %fault, "a step of a stored campaign cannot be carried out");
        }
        LiveCampaign {
            campaign,
            compiled: Arc::new(compiled),
        }
    }

    pub(crate) fn uses_webhook(&self, id: WebhookId) -> bool {
        let is_trigger = |trigger: &Trigger| matches!(trigger, Trigger::WebhookIsCalled { webhook, .. } if *webhook == Some(id));
        self.campaign.definition.triggers.iter().any(is_trigger)
            || self.does(|action| matches!(action, Action::CallWebhook(webhook) if *webhook == id))
    }

    pub(crate) fn requests(&self, id: CampaignId) -> bool {
        self.does(|action| matches!(action, Action::RequestCampaign(campaign) if *campaign == id))
    }

    /// Whether a trigger, a condition, or an action names the field.
    pub(crate) fn uses_field(&self, id: FieldId) -> bool {
        let is_trigger = |trigger: &Trigger| matches!(trigger, Trigger::DataValueChanges { field, .. } if *field == id);
        self.campaign.definition.triggers.iter().any(is_trigger)
            || self.does(
                |action| matches!(action, Action::ChangeDataValue { field, .. } if *field == id),
            )
            || self.compiled.flow.iter().any(|step| step.reads(id))
    }

    fn does(&self, is_meant: impl Fn(&Action) -> bool) -> bool {
        let steps = self.campaign.definition.flow.iter();
        let mut actions = steps.flat_map(|step| {
            let of_choices = step
                .choices
                .iter()
                .filter_map(|choice| choice.action.as_ref());
            of_choices.chain(&step.default_action)
        });
        actions.any(is_meant)
    }
}

#[cfg(test)]
mod tests;
