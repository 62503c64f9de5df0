//! Campaigns in few words: triggers, steps, actions.

use leadhook_proto::v1::{
    Action, Campaign, CampaignIsRequested, CampaignType, ChangeDataValue, Choice, DataValueChanges,
    FlowStep, PersonIsCreated, StringConstraint, Trigger, WebhookIsCalled, action,
    string_constraint::Operator, trigger,
};

use crate::make;

/// A trigger campaign that can be requested.
#[must_use]
pub fn requested(flow: Vec<FlowStep>) -> Campaign {
    campaign([campaign_is_requested()], flow)
}

/// A trigger campaign.
#[must_use]
pub fn campaign(
    triggers: impl IntoIterator<Item = trigger::Kind>,
    flow: Vec<FlowStep>,
) -> Campaign {
    let trigger = |kind| Trigger { kind: Some(kind) };
    Campaign {
        r#type: CampaignType::Trigger.into(),
        triggers: triggers.into_iter().map(trigger).collect(),
        flow,
        ..Campaign::default()
    }
}

/// A new lead.
#[must_use]
pub fn person_is_created() -> trigger::Kind {
    trigger::Kind::PersonIsCreated(PersonIsCreated {})
}

/// A call of a webhook, with what else is asked of it.
#[must_use]
pub fn webhook_is_called(webhook: &str, rest: WebhookIsCalled) -> trigger::Kind {
    trigger::Kind::WebhookIsCalled(WebhookIsCalled {
        webhook: webhook.to_owned(),
        ..rest
    })
}

/// RequestCampaign, or a Request Campaign step.
#[must_use]
pub fn campaign_is_requested() -> trigger::Kind {
    trigger::Kind::CampaignIsRequested(CampaignIsRequested {})
}

/// Another value of a field, with what else is asked of it.
#[must_use]
pub fn data_value_changes(field: &str, rest: DataValueChanges) -> trigger::Kind {
    trigger::Kind::DataValueChanges(DataValueChanges {
        field: field.to_owned(),
        ..rest
    })
}

/// A constraint of a trigger.
#[must_use]
pub fn text_that(operator: Operator, values: &[&str]) -> Option<StringConstraint> {
    Some(StringConstraint {
        operator: operator.into(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    })
}

/// A step without choices.
#[must_use]
pub fn step(action: action::Kind) -> FlowStep {
    FlowStep {
        default_action: Some(kind(action)),
        ..FlowStep::default()
    }
}

/// A step that does something where a condition holds, else nothing.
#[must_use]
pub fn step_if(condition: &str, action: action::Kind) -> FlowStep {
    choices([(condition, action)], None)
}

/// A step that does what stands beside the first condition that holds, else `otherwise`.
#[must_use]
pub fn choices<const N: usize>(
    choices: [(&str, action::Kind); N],
    otherwise: Option<action::Kind>,
) -> FlowStep {
    let choice = |(condition, action): (&str, action::Kind)| Choice {
        condition: condition.to_owned(),
        action: Some(kind(action)),
    };
    FlowStep {
        choices: choices.into_iter().map(choice).collect(),
        default_action: otherwise.map(kind),
    }
}

/// Calls `webhooks/{webhook}`.
#[must_use]
pub fn call(webhook: &str) -> action::Kind {
    action::Kind::CallWebhook(format!("webhooks/{webhook}"))
}

/// Requests `campaigns/{campaign}`.
#[must_use]
pub fn request(campaign: &str) -> action::Kind {
    action::Kind::RequestCampaign(format!("campaigns/{campaign}"))
}

/// Writes a field.
#[must_use]
pub fn change(field: &str, new_value: &str) -> action::Kind {
    action::Kind::ChangeDataValue(ChangeDataValue {
        field: field.to_owned(),
        new_value: new_value.to_owned(),
    })
}

/// Waits so many milliseconds.
#[must_use]
pub fn wait(milliseconds: u64) -> action::Kind {
    action::Kind::Wait(make::milliseconds(milliseconds))
}

/// Ends the lead's way through the flow.
#[must_use]
pub fn remove() -> action::Kind {
    action::Kind::RemoveFromFlow(())
}

fn kind(kind: action::Kind) -> Action {
    Action { kind: Some(kind) }
}
