//! Campaigns.

use leadhook_engine::{
    CampaignDraft, CampaignView, DraftAction, DraftChoice, DraftConstraint, DraftQualification,
    DraftStep, DraftTrigger, Violation,
};
use leadhook_proto::v1::{
    self, action, qualification::Rule, string_constraint::Operator as Spelled, trigger,
};
use leadhook_store::{CampaignType, Operator};

use super::time;

/// What a client wants to be saved.
pub(crate) fn draft(campaign: v1::Campaign) -> CampaignDraft {
    let mut refused = Vec::new();
    CampaignDraft {
        campaign_type: campaign_type(campaign.r#type, &mut refused),
        triggers: campaign
            .triggers
            .into_iter()
            .enumerate()
            .map(|(at, trigger)| {
                draft_trigger(trigger, &format!("campaign.triggers[{at}]"), &mut refused)
            })
            .collect(),
        flow: campaign.flow.into_iter().map(draft_step).collect(),
        qualification: match campaign.qualification.and_then(|it| it.rule) {
            None | Some(Rule::EveryTime(())) => DraftQualification::EveryTime,
            Some(Rule::Once(())) => DraftQualification::Once,
            Some(Rule::OncePer(span)) => DraftQualification::OncePerMicros(time::micros(&span)),
        },
        display_name: campaign.display_name,
        description: campaign.description,
        program: campaign.program,
        refused,
    }
}

/// A campaign as it is shown.
pub(crate) fn message(view: CampaignView) -> v1::Campaign {
    let CampaignView {
        id,
        name,
        active,
        draft,
    } = view;
    v1::Campaign {
        name,
        display_name: draft.display_name,
        description: draft.description,
        program: draft.program,
        r#type: match draft.campaign_type {
            Some(CampaignType::Trigger) => v1::CampaignType::Trigger,
            Some(CampaignType::Batch) => v1::CampaignType::Batch,
            None => v1::CampaignType::Unspecified,
        }
        .into(),
        triggers: draft.triggers.into_iter().map(trigger_message).collect(),
        flow: draft.flow.into_iter().map(step_message).collect(),
        active,
        qualification: Some(v1::Qualification {
            rule: Some(match draft.qualification {
                DraftQualification::EveryTime => Rule::EveryTime(()),
                DraftQualification::Once => Rule::Once(()),
                DraftQualification::OncePerMicros(micros) => Rule::OncePer(time::of_micros(micros)),
            }),
        }),
        id: id.0,
    }
}

fn campaign_type(given: i32, refused: &mut Vec<Violation>) -> Option<CampaignType> {
    match v1::CampaignType::try_from(given) {
        Ok(v1::CampaignType::Unspecified) => None,
        Ok(v1::CampaignType::Trigger) => Some(CampaignType::Trigger),
        Ok(v1::CampaignType::Batch) => Some(CampaignType::Batch),
        // Told as a type that is missing, too, were it not given some type.
        Err(_) => {
            refused.push(unknown("campaign.type", given));
            Some(CampaignType::Trigger)
        }
    }
}

fn draft_trigger(trigger: v1::Trigger, path: &str, refused: &mut Vec<Violation>) -> DraftTrigger {
    let mut constraint = |given: Option<v1::StringConstraint>, path: String| {
        let given = given?;
        Some(DraftConstraint {
            operator: operator(given.operator, &path, refused),
            values: given.values,
        })
    };
    match trigger.kind {
        None => DraftTrigger::Unsaid,
        Some(trigger::Kind::CampaignIsRequested(_)) => DraftTrigger::CampaignIsRequested,
        Some(trigger::Kind::PersonIsCreated(_)) => DraftTrigger::PersonIsCreated,
        Some(trigger::Kind::WebhookIsCalled(called)) => DraftTrigger::WebhookIsCalled {
            webhook: called.webhook,
            response: constraint(
                called.response,
                format!("{path}.webhook_is_called.response"),
            ),
            error_type: constraint(
                called.error_type,
                format!("{path}.webhook_is_called.error_type"),
            ),
            codes: called.codes,
        },
        Some(trigger::Kind::DataValueChanges(changes)) => DraftTrigger::DataValueChanges {
            field: changes.field,
            new_value: constraint(
                changes.new_value,
                format!("{path}.data_value_changes.new_value"),
            ),
            previous_value: constraint(
                changes.previous_value,
                format!("{path}.data_value_changes.previous_value"),
            ),
        },
    }
}

fn operator(given: i32, path: &str, refused: &mut Vec<Violation>) -> Operator {
    match Spelled::try_from(given) {
        Ok(Spelled::Unspecified | Spelled::Is) => Operator::Is,
        Ok(Spelled::IsNot) => Operator::IsNot,
        Ok(Spelled::Contains) => Operator::Contains,
        Ok(Spelled::NotContains) => Operator::NotContains,
        Ok(Spelled::StartsWith) => Operator::StartsWith,
        Ok(Spelled::NotStartsWith) => Operator::NotStartsWith,
        Ok(Spelled::IsEmpty) => Operator::IsEmpty,
        Ok(Spelled::IsNotEmpty) => Operator::IsNotEmpty,
        Err(_) => {
            refused.push(unknown(&format!("{path}.operator"), given));
            Operator::Is
        }
    }
}

/// A number that the contract does not know is a fault, not the default.
fn unknown(path: &str, number: i32) -> Violation {
    let message = format!("{number} is no value of this enum that the server knows");
    Violation::new(path, message)
}

fn draft_step(step: v1::FlowStep) -> DraftStep {
    let choices = step.choices.into_iter().map(|choice| DraftChoice {
        condition: choice.condition,
        action: choice.action.map(draft_action),
    });
    DraftStep {
        choices: choices.collect(),
        default_action: step.default_action.map(draft_action),
    }
}

fn draft_action(action: v1::Action) -> DraftAction {
    match action.kind {
        None => DraftAction::Unsaid,
        Some(action::Kind::CallWebhook(name)) => DraftAction::CallWebhook(name),
        Some(action::Kind::ChangeDataValue(change)) => DraftAction::ChangeDataValue {
            field: change.field,
            new_value: change.new_value,
        },
        Some(action::Kind::Wait(span)) => DraftAction::WaitMicros(time::micros(&span)),
        Some(action::Kind::RequestCampaign(name)) => DraftAction::RequestCampaign(name),
        Some(action::Kind::RemoveFromFlow(())) => DraftAction::RemoveFromFlow,
    }
}

fn trigger_message(trigger: DraftTrigger) -> v1::Trigger {
    let kind = match trigger {
        DraftTrigger::Unsaid => None,
        DraftTrigger::CampaignIsRequested => Some(trigger::Kind::CampaignIsRequested(
            v1::CampaignIsRequested {},
        )),
        DraftTrigger::PersonIsCreated => {
            Some(trigger::Kind::PersonIsCreated(v1::PersonIsCreated {}))
        }
        DraftTrigger::WebhookIsCalled {
            webhook,
            response,
            error_type,
            codes,
        } => Some(trigger::Kind::WebhookIsCalled(v1::WebhookIsCalled {
            webhook,
            response: response.map(constraint_message),
            error_type: error_type.map(constraint_message),
            codes,
        })),
        DraftTrigger::DataValueChanges {
            field,
            new_value,
            previous_value,
        } => Some(trigger::Kind::DataValueChanges(v1::DataValueChanges {
            field,
            new_value: new_value.map(constraint_message),
            previous_value: previous_value.map(constraint_message),
        })),
    };
    v1::Trigger { kind }
}

fn constraint_message(constraint: DraftConstraint) -> v1::StringConstraint {
    let operator = match constraint.operator {
        Operator::Is => Spelled::Is,
        Operator::IsNot => Spelled::IsNot,
        Operator::Contains => Spelled::Contains,
        Operator::NotContains => Spelled::NotContains,
        Operator::StartsWith => Spelled::StartsWith,
        Operator::NotStartsWith => Spelled::NotStartsWith,
        Operator::IsEmpty => Spelled::IsEmpty,
        Operator::IsNotEmpty => Spelled::IsNotEmpty,
    };
    v1::StringConstraint {
        operator: operator.into(),
        values: constraint.values,
    }
}

fn step_message(step: DraftStep) -> v1::FlowStep {
    let choices = step.choices.into_iter().map(|choice| v1::Choice {
        condition: choice.condition,
        action: choice.action.map(action_message),
    });
    v1::FlowStep {
        choices: choices.collect(),
        default_action: step.default_action.map(action_message),
    }
}

fn action_message(action: DraftAction) -> v1::Action {
    let kind = match action {
        DraftAction::Unsaid => None,
        DraftAction::CallWebhook(name) => Some(action::Kind::CallWebhook(name)),
        DraftAction::ChangeDataValue { field, new_value } => {
            Some(action::Kind::ChangeDataValue(v1::ChangeDataValue {
                field,
                new_value,
            }))
        }
        DraftAction::WaitMicros(micros) => Some(action::Kind::Wait(time::of_micros(micros))),
        DraftAction::RequestCampaign(name) => Some(action::Kind::RequestCampaign(name)),
        DraftAction::RemoveFromFlow => Some(action::Kind::RemoveFromFlow(())),
    };
    v1::Action { kind }
}
