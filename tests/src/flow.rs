//! Campaigns in few words: triggers, steps, actions.

use leadhook_proto::v1::{
    Action, Campaign, CampaignIsRequested, CampaignType, ChangeDataValue, Choice, DataValueChanges,
    FlowStep, PersonIsCreated, Trigger, WebhookIsCalled, action, trigger,
};
use prost_types::Duration;

/// A trigger campaign that can be requested.
#[must_use]
pub fn requested(flow: Vec<FlowStep>) -> Campaign {
    campaign(
        [trigger::Kind::CampaignIsRequested(CampaignIsRequested {})],
        flow,
    )
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

/// Another value of a field.
#[must_use]
pub fn data_value_changes(field: &str) -> trigger::Kind {
    trigger::Kind::DataValueChanges(DataValueChanges {
        field: field.to_owned(),
        ..DataValueChanges::default()
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
    FlowStep {
        choices: vec![Choice {
            condition: condition.to_owned(),
            action: Some(kind(action)),
        }],
        ..FlowStep::default()
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

/// Waits so many seconds.
#[must_use]
pub fn wait(seconds: i64) -> action::Kind {
    action::Kind::Wait(Duration { seconds, nanos: 0 })
}

/// Ends the lead's way through the flow.
#[must_use]
pub fn remove() -> action::Kind {
    action::Kind::RemoveFromFlow(())
}

fn kind(kind: action::Kind) -> Action {
    Action { kind: Some(kind) }
}
