//! The trigger tokens that leadhook's own triggers bring (R-TOK-8): their names, and what they say of a cause.

use leadhook_field::{FieldId, Value, Zone};
use leadhook_store::{FieldChange, Lead, TriggerTokens};
use leadhook_token::name_key;

use super::compile::{CompiledCampaign, CompiledTrigger};

const TRIGGER_NAME: &str = "Trigger Name";
const NAME: &str = "Name";
const SOURCE: &str = "Source";
const RESPONSE: &str = "Response";
const ERROR_TYPE: &str = "Error Type";
const CODE: &str = "Code";
const NEW_VALUE: &str = "New Value";
const PREVIOUS_VALUE: &str = "Previous Value";

impl CompiledTrigger {
    /// The names of the tokens that it brings.
    pub(crate) fn tokens(&self) -> &'static [&'static str] {
        match self {
            CompiledTrigger::CampaignIsRequested => &[TRIGGER_NAME, NAME, SOURCE],
            CompiledTrigger::PersonIsCreated => &[TRIGGER_NAME, NAME],
            CompiledTrigger::WebhookIsCalled { .. } => {
                &[TRIGGER_NAME, NAME, RESPONSE, ERROR_TYPE, CODE]
            }
            CompiledTrigger::DataValueChanges { .. } => {
                &[TRIGGER_NAME, NAME, NEW_VALUE, PREVIOUS_VALUE]
            }
        }
    }
}

impl CompiledCampaign {
    /// Whether one of its triggers brings the trigger token of this key.
    pub(crate) fn brings(&self, key: &str) -> bool {
        let mut names = self.triggers.iter().flat_map(CompiledTrigger::tokens);
        names.any(|name| name_key(name) == key)
    }
}

/// Of a campaign, by its display name, that `source` requested: `API`, or the display name of the campaign whose flow did.
pub(crate) fn campaign_is_requested(campaign: &str, source: &str) -> TriggerTokens {
    tokens("Campaign is Requested", campaign, &[(SOURCE, source)])
}

/// Of a new lead: its full name, else its e-mail address.
pub(super) fn person_is_created(lead: &Lead) -> TriggerTokens {
    let name = lead
        .value(FieldId::FULL_NAME)
        .or_else(|| lead.value(FieldId::EMAIL));
    let name = name.as_deref().and_then(Value::as_text);
    tokens("Person is Created", name.unwrap_or_default(), &[])
}

/// Of a call on a webhook, by its display name.
pub(super) fn webhook_is_called(
    webhook: &str,
    response: &str,
    error_type: &str,
    code: u16,
) -> TriggerTokens {
    let code = code.to_string();
    tokens(
        "Webhook is Called",
        webhook,
        &[
            (RESPONSE, response),
            (ERROR_TYPE, error_type),
            (CODE, &code),
        ],
    )
}

/// Of a change of a field, by its display name.
pub(super) fn data_value_changes(field: &str, texts: &ChangeTexts) -> TriggerTokens {
    tokens(
        "Data Value Changes",
        field,
        &[(NEW_VALUE, &texts.new), (PREVIOUS_VALUE, &texts.previous)],
    )
}

/// The values of a change in their text form (R-TOK-9); no value is the empty text.
pub(super) struct ChangeTexts {
    pub(super) new: String,
    pub(super) previous: String,
}

impl ChangeTexts {
    pub(super) fn new(change: &FieldChange, zone: &Zone) -> ChangeTexts {
        let text = |value: &Option<Value>| {
            let value = value.as_ref();
            value.map(|value| value.to_text(zone)).unwrap_or_default()
        };
        ChangeTexts {
            new: text(&change.new),
            previous: text(&change.previous),
        }
    }
}

fn tokens(trigger: &str, name: &str, own: &[(&str, &str)]) -> TriggerTokens {
    let common = [(TRIGGER_NAME, trigger), (NAME, name)];
    let all = common.iter().chain(own);
    all.map(|(token, text)| ((*token).to_owned(), (*text).to_owned()))
        .collect()
}
