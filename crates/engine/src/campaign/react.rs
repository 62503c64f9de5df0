//! Which campaigns a thing that happens to a lead lets it into (R-CMP-3). The store asks in the transaction of the cause; where no active
//! campaign has a trigger for it, the answer is one look into a table.

use std::{collections::HashMap, sync::Arc};

use leadhook_field::{FieldId, Zone};
use leadhook_store::{
    CampaignType, Cause, FieldChange, NewCall, NewEntry, Reactions, TriggerTokens, WebhookId,
};

use super::{
    compile::{CompiledCampaign, CompiledTrigger},
    constraint::Compared,
    live::LiveCampaign,
    tokens::{self, ChangeTexts},
};
use crate::snapshot::{Current, Snapshot};

/// The triggers of the active campaigns, as of now.
#[derive(Debug)]
pub(crate) struct Triggers {
    current: Arc<Current>,
    zone: Zone,
}

impl Triggers {
    pub(crate) fn new(current: Arc<Current>, zone: Zone) -> Triggers {
        Triggers { current, zone }
    }
}

impl Reactions for Triggers {
    fn entries(&self, cause: &Cause<'_>) -> Vec<NewEntry> {
        let snapshot = self.current.get();
        match cause {
            Cause::Created(lead) => {
                let campaigns = snapshot.campaigns.table().created.iter();
                entries(campaigns, || tokens::person_is_created(lead))
            }
            Cause::Changed(change) => changed(&snapshot, change, &self.zone),
            Cause::Called(call) => called(&snapshot, call),
        }
    }
}

fn changed(snapshot: &Snapshot, change: &FieldChange, zone: &Zone) -> Vec<NewEntry> {
    let Some(campaigns) = snapshot.campaigns.table().changed.get(&change.field) else {
        return Vec::new();
    };
    let texts = ChangeTexts::new(change, zone);
    let new = Compared::new(&texts.new);
    let previous = Compared::new(&texts.previous);
    let fires = |trigger: &CompiledTrigger| match trigger {
        CompiledTrigger::DataValueChanges {
            field,
            new_value,
            previous_value,
        } => {
            *field == change.field
                && new_value.as_ref().is_none_or(|it| it.holds(&new))
                && previous_value.as_ref().is_none_or(|it| it.holds(&previous))
        }
        _ => false,
    };
    let matching = campaigns
        .iter()
        .filter(|campaign| campaign.triggers.iter().any(fires));
    entries(matching, || {
        let field = snapshot.schema.get(change.field);
        let name = field.map_or("", |field| &field.display_name);
        tokens::data_value_changes(name, &texts)
    })
}

fn called(snapshot: &Snapshot, call: &NewCall) -> Vec<NewEntry> {
    let campaigns = snapshot.campaigns.table().called(call.origin.webhook);
    if campaigns.is_empty() {
        return Vec::new();
    }
    let outcome = &call.outcome;
    let body = call.response.as_ref().map(|response| &*response.body);
    let payload = String::from_utf8_lossy(body.unwrap_or_default());
    let (of_payload, of_error_type) = (Compared::new(&payload), Compared::new(&outcome.error_type));
    let fires = |trigger: &CompiledTrigger| match trigger {
        CompiledTrigger::WebhookIsCalled {
            webhook,
            response,
            error_type,
            codes,
        } => {
            webhook.is_none_or(|webhook| webhook == call.origin.webhook)
                && (codes.is_empty() || codes.contains(&i32::from(outcome.code)))
                && error_type
                    .as_ref()
                    .is_none_or(|it| it.holds(&of_error_type))
                && response.as_ref().is_none_or(|it| it.holds(&of_payload))
        }
        _ => false,
    };
    let matching = campaigns
        .iter()
        .filter(|campaign| campaign.triggers.iter().any(fires));
    entries(matching, || {
        let live = snapshot.webhook_by_id(call.origin.webhook);
        let name = live.map_or("", |live| live.webhook.display_name());
        tokens::webhook_is_called(name, &payload, &outcome.error_type, outcome.code)
    })
}

/// One entry for each campaign, all with the same tokens, which are written only where there is one.
fn entries<'a>(
    campaigns: impl Iterator<Item = &'a Arc<CompiledCampaign>>,
    tokens: impl FnOnce() -> TriggerTokens,
) -> Vec<NewEntry> {
    let mut campaigns = campaigns.peekable();
    if campaigns.peek().is_none() {
        return Vec::new();
    }
    let trigger = tokens();
    campaigns
        .map(|campaign| NewEntry {
            campaign: campaign.id,
            version: campaign.version,
            qualification: campaign.qualification,
            trigger: trigger.clone(),
        })
        .collect()
}

/// Active campaigns by what may let a lead into them; each once, oldest first.
#[derive(Debug, Default)]
pub(super) struct Table {
    created: Vec<Arc<CompiledCampaign>>,
    changed: HashMap<FieldId, Vec<Arc<CompiledCampaign>>>,
    /// Those for webhooks that a trigger names, with those for any.
    called: HashMap<WebhookId, Vec<Arc<CompiledCampaign>>>,
    called_any: Vec<Arc<CompiledCampaign>>,
}

impl Table {
    pub(super) fn new<'a>(campaigns: impl Iterator<Item = &'a Arc<LiveCampaign>>) -> Table {
        let active = campaigns
            .filter(|live| live.campaign.active)
            .map(|live| &live.compiled)
            .filter(|compiled| compiled.campaign_type == CampaignType::Trigger);
        let mut table = Table::default();
        let of_all = active.flat_map(|it| it.triggers.iter().map(move |trigger| (it, trigger)));
        for (campaign, trigger) in of_all {
            match trigger {
                // Requests name their campaign.
                CompiledTrigger::CampaignIsRequested => {}
                CompiledTrigger::PersonIsCreated => push(&mut table.created, campaign),
                CompiledTrigger::DataValueChanges { field, .. } => {
                    push(table.changed.entry(*field).or_default(), campaign);
                }
                CompiledTrigger::WebhookIsCalled { webhook: None, .. } => {
                    push(&mut table.called_any, campaign);
                }
                CompiledTrigger::WebhookIsCalled {
                    webhook: Some(webhook),
                    ..
                } => push(table.called.entry(*webhook).or_default(), campaign),
            }
        }
        for campaigns in table.called.values_mut() {
            campaigns.extend(table.called_any.iter().cloned());
            campaigns.sort_by_key(|campaign| campaign.id);
            campaigns.dedup_by_key(|campaign| campaign.id);
        }
        table
    }

    fn called(&self, webhook: WebhookId) -> &[Arc<CompiledCampaign>] {
        self.called.get(&webhook).unwrap_or(&self.called_any)
    }
}

/// A campaign's triggers come one after the other, so that it can only be the last.
fn push(campaigns: &mut Vec<Arc<CompiledCampaign>>, campaign: &Arc<CompiledCampaign>) {
    if campaigns.last().is_none_or(|last| last.id != campaign.id) {
        campaigns.push(Arc::clone(campaign));
    }
}

#[cfg(test)]
mod tests;
