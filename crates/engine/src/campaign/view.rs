//! A saved campaign as it is shown: what it names by name.

use std::time::Duration;

use leadhook_field::FieldId;
use leadhook_store::{
    Action, Campaign, CampaignId, FlowStep, Qualification, StringConstraint, Trigger, WebhookId,
};

use super::draft::{
    CampaignDraft, DraftAction, DraftChoice, DraftConstraint, DraftQualification, DraftStep,
    DraftTrigger,
};
use crate::snapshot::Snapshot;

/// A campaign as it is shown.
#[derive(Clone, Debug)]
pub struct CampaignView {
    /// Its id; what `{{campaign.id}}` gives.
    pub id: CampaignId,
    /// `campaigns/{campaign}`.
    pub name: String,
    /// Whether its triggers let leads in.
    pub active: bool,
    /// What would save it as it is: fields by their API names.
    pub draft: CampaignDraft,
}

impl CampaignView {
    pub(super) fn new(campaign: &Campaign, snapshot: &Snapshot) -> CampaignView {
        let definition = &campaign.definition;
        let names = Names { campaign, snapshot };
        CampaignView {
            id: campaign.id,
            name: format!("campaigns/{}", campaign.name),
            active: campaign.active,
            draft: CampaignDraft {
                display_name: definition.display_name.clone(),
                description: definition.description.clone(),
                program: definition
                    .program
                    .and_then(|id| snapshot.programs.by_id(id))
                    .map(|live| live.resource_name())
                    .unwrap_or_default(),
                campaign_type: Some(definition.campaign_type),
                triggers: definition
                    .triggers
                    .iter()
                    .map(|it| names.trigger(it))
                    .collect(),
                flow: definition.flow.iter().map(|it| names.step(it)).collect(),
                qualification: match definition.qualification {
                    Qualification::EveryTime => DraftQualification::EveryTime,
                    Qualification::Once => DraftQualification::Once,
                    Qualification::OncePer(span) => DraftQualification::OncePerMicros(micros(span)),
                },
                refused: Vec::new(),
            },
        }
    }
}

struct Names<'a> {
    /// Not among those of the snapshot while it is new.
    campaign: &'a Campaign,
    snapshot: &'a Snapshot,
}

impl Names<'_> {
    fn trigger(&self, trigger: &Trigger) -> DraftTrigger {
        match trigger {
            Trigger::CampaignIsRequested => DraftTrigger::CampaignIsRequested,
            Trigger::PersonIsCreated => DraftTrigger::PersonIsCreated,
            Trigger::WebhookIsCalled {
                webhook,
                response,
                error_type,
                codes,
            } => DraftTrigger::WebhookIsCalled {
                webhook: webhook.map(|id| self.webhook(id)).unwrap_or_default(),
                response: response.as_ref().map(constraint),
                error_type: error_type.as_ref().map(constraint),
                codes: codes.clone(),
            },
            Trigger::DataValueChanges {
                field,
                new_value,
                previous_value,
            } => DraftTrigger::DataValueChanges {
                field: self.field(*field),
                new_value: new_value.as_ref().map(constraint),
                previous_value: previous_value.as_ref().map(constraint),
            },
        }
    }

    fn step(&self, step: &FlowStep) -> DraftStep {
        let choices = step.choices.iter().map(|choice| DraftChoice {
            condition: choice.condition.clone(),
            action: choice.action.as_ref().map(|action| self.action(action)),
        });
        DraftStep {
            choices: choices.collect(),
            default_action: step.default_action.as_ref().map(|it| self.action(it)),
        }
    }

    fn action(&self, action: &Action) -> DraftAction {
        match action {
            Action::CallWebhook(webhook) => DraftAction::CallWebhook(self.webhook(*webhook)),
            Action::ChangeDataValue { field, new_value } => DraftAction::ChangeDataValue {
                field: self.field(*field),
                new_value: new_value.clone(),
            },
            Action::Wait(span) => DraftAction::WaitMicros(micros(*span)),
            Action::RequestCampaign(campaign) => {
                DraftAction::RequestCampaign(self.campaign(*campaign))
            }
            Action::RemoveFromFlow => DraftAction::RemoveFromFlow,
        }
    }

    fn webhook(&self, id: WebhookId) -> String {
        let live = self.snapshot.webhook_by_id(id);
        live.map(|live| format!("webhooks/{}", live.webhook.name))
            .unwrap_or_default()
    }

    fn campaign(&self, id: CampaignId) -> String {
        let of = |campaign: &Campaign| format!("campaigns/{}", campaign.name);
        if id == self.campaign.id {
            return of(self.campaign);
        }
        let live = self.snapshot.campaigns.get(id);
        live.map(|live| of(&live.campaign)).unwrap_or_default()
    }

    fn field(&self, id: FieldId) -> String {
        let field = self.snapshot.schema.get(id);
        field
            .map(|field| field.api_name.clone())
            .unwrap_or_default()
    }
}

fn constraint(constraint: &StringConstraint) -> DraftConstraint {
    DraftConstraint {
        operator: constraint.operator,
        values: constraint.values.clone(),
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
