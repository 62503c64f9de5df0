//! What is refused when a campaign is saved (R-DEF-2): every fault, not the first.
//!
//! A campaign may request itself, and others may request it: what goes round is ended by the bounds of a chain (R-CMP-10), not here, since a
//! loop with a Wait in it is how a retry is built by hand.

use std::time::Duration;

use leadhook_field::{FieldId, Zone};
use leadhook_store::{
    Action, CampaignDefinition, CampaignId, CampaignType, Choice, FlowStep, Operator, ProgramId,
    Qualification, Revision, StringConstraint, Trigger, WebhookId,
};

use super::{
    compile::compile,
    draft::{
        CampaignDraft, DraftAction, DraftChoice, DraftConstraint, DraftQualification, DraftStep,
        DraftTrigger,
    },
};
use crate::{
    error::Violation,
    leads::{lead_filter, shown},
    render::Bound,
    resource_id::nearest,
    snapshot::Snapshot,
};

const MAX_DISPLAY_NAME: usize = 255;
const MAX_DESCRIPTION: usize = 30_000;
const MAX_TRIGGERS: usize = 100;
const MAX_STEPS: usize = 100;
const MAX_CHOICES: usize = 100;
/// Values of a constraint, and codes of a trigger.
const MAX_VALUES: usize = 1_000;
const MAX_VALUE: usize = 255;
/// Ten years: the longest Wait, and the longest time that a qualification looks back.
const MAX_SPAN: Duration = Duration::from_secs(3_653 * 24 * 60 * 60);
/// Faults beyond these are told without what may have been meant: looking for that costs a pass over all names.
const MAX_SUGGESTIONS: usize = 20;

/// Makes a definition of a draft. `own` is the campaign's resource id, and the id that it has or will have.
///
/// # Errors
/// All faults of the draft, with field paths that begin with `campaign.`.
pub(super) fn check(
    draft: &CampaignDraft,
    own: (&str, CampaignId),
    snapshot: &Snapshot,
    zone: &Zone,
) -> Result<CampaignDefinition, Vec<Violation>> {
    let mut checker = Checker {
        own,
        snapshot,
        values: 0,
        faults: draft.refused.clone(),
    };
    let definition = checker.definition(draft);
    let mut faults = checker.faults;
    let (name, id) = own;
    let (_, unreadable) = compile(id, Revision(0), name, &definition, &snapshot.schema, zone);
    // Conditions are told above, with more of what is wrong.
    faults.extend(
        unreadable
            .into_iter()
            .filter(|fault| !fault.field.ends_with(".condition")),
    );
    if faults.is_empty() {
        Ok(definition)
    } else {
        Err(faults)
    }
}

struct Checker<'a> {
    own: (&'a str, CampaignId),
    snapshot: &'a Snapshot,
    /// Values of all constraints so far.
    values: usize,
    faults: Vec<Violation>,
}

impl Checker<'_> {
    fn definition(&mut self, draft: &CampaignDraft) -> CampaignDefinition {
        self.sizes(draft);
        let campaign_type = draft.campaign_type.unwrap_or_else(|| {
            self.fault("campaign.type", "is required: TRIGGER or BATCH");
            CampaignType::Trigger
        });
        if campaign_type == CampaignType::Batch && !draft.triggers.is_empty() {
            self.fault(
                "campaign.triggers",
                "a batch campaign has no triggers: leave them out, or make it a trigger campaign",
            );
        }
        CampaignDefinition {
            display_name: draft.display_name.clone(),
            description: draft.description.clone(),
            program: self.program(&draft.program),
            campaign_type,
            triggers: self.triggers(&draft.triggers),
            flow: self.flow(&draft.flow),
            qualification: self.qualification(draft.qualification),
        }
    }

    fn program(&mut self, name: &str) -> Option<ProgramId> {
        if name.is_empty() {
            return None;
        }
        let programs = &self.snapshot.programs;
        if let Ok(found) = programs.named(name) {
            return Some(found.program.id);
        }
        let names = programs.iter().map(|live| &*live.program.name);
        self.missing("campaign.program", "program", name, names);
        None
    }

    fn sizes(&mut self, draft: &CampaignDraft) {
        let display_name = draft.display_name.chars().count();
        let description = draft.description.len();
        let (triggers, steps) = (draft.triggers.len(), draft.flow.len());
        self.at_most(
            "campaign.display_name",
            display_name,
            MAX_DISPLAY_NAME,
            "characters",
        );
        self.at_most(
            "campaign.description",
            description,
            MAX_DESCRIPTION,
            "bytes",
        );
        self.at_most("campaign.triggers", triggers, MAX_TRIGGERS, "triggers");
        self.at_most("campaign.flow", steps, MAX_STEPS, "steps");
        // A token names a campaign by its display name ({{trigger.Name}}), so it is held to be one line of text.
        if draft.display_name.chars().any(char::is_control) {
            self.fault("campaign.display_name", "holds a control character");
        }
    }

    fn qualification(&mut self, draft: DraftQualification) -> Qualification {
        match draft {
            DraftQualification::EveryTime => Qualification::EveryTime,
            DraftQualification::Once => Qualification::Once,
            DraftQualification::OncePerMicros(micros) => {
                Qualification::OncePer(self.span(micros, "campaign.qualification.once_per"))
            }
        }
    }

    fn triggers(&mut self, drafts: &[DraftTrigger]) -> Vec<Trigger> {
        let drafts = drafts.iter().enumerate();
        let triggers = drafts
            .filter_map(|(at, draft)| self.trigger(draft, &format!("campaign.triggers[{at}]")))
            .collect();
        // Each is looked for in the answer of every call, while others wait to write.
        let values = self.values;
        self.at_most("campaign.triggers", values, MAX_VALUES, "values in all");
        triggers
    }

    fn trigger(&mut self, draft: &DraftTrigger, path: &str) -> Option<Trigger> {
        match draft {
            DraftTrigger::Unsaid => {
                self.fault(
                    path,
                    "says nothing: give campaign_is_requested, webhook_is_called, data_value_changes or person_is_created",
                );
                None
            }
            DraftTrigger::CampaignIsRequested => Some(Trigger::CampaignIsRequested),
            DraftTrigger::PersonIsCreated => Some(Trigger::PersonIsCreated),
            DraftTrigger::WebhookIsCalled {
                webhook,
                response,
                error_type,
                codes,
            } => {
                let path = format!("{path}.webhook_is_called");
                let constraints =
                    self.constraints(&path, [("response", response), ("error_type", error_type)]);
                self.codes(codes, &format!("{path}.codes"));
                let webhook = match &**webhook {
                    "" => None,
                    name => Some(self.webhook(name, &format!("{path}.webhook"))?),
                };
                let [response, error_type] = constraints;
                Some(Trigger::WebhookIsCalled {
                    webhook,
                    response,
                    error_type,
                    codes: codes.clone(),
                })
            }
            DraftTrigger::DataValueChanges {
                field,
                new_value,
                previous_value,
            } => {
                let path = format!("{path}.data_value_changes");
                let [new_value, previous_value] = self.constraints(
                    &path,
                    [("new_value", new_value), ("previous_value", previous_value)],
                );
                Some(Trigger::DataValueChanges {
                    field: self.field(field, &format!("{path}.field"))?,
                    new_value,
                    previous_value,
                })
            }
        }
    }

    fn codes(&mut self, codes: &[i32], path: &str) {
        self.at_most(path, codes.len(), MAX_VALUES, "codes");
        for (at, code) in codes.iter().enumerate() {
            if !matches!(code, 0 | 100..=999 | 1000 | 1001) {
                self.fault(
                    format!("{path}[{at}]"),
                    format!(
                        "{code} is no response code of a call: those are 0, HTTP status codes, 1000 and 1001"
                    ),
                );
            }
        }
    }

    fn constraints(
        &mut self,
        path: &str,
        drafts: [(&str, &Option<DraftConstraint>); 2],
    ) -> [Option<StringConstraint>; 2] {
        drafts.map(|(name, draft)| {
            let draft = draft.as_ref()?;
            self.constraint(draft, &format!("{path}.{name}"));
            Some(StringConstraint {
                operator: draft.operator,
                values: draft.values.clone(),
            })
        })
    }

    fn constraint(&mut self, draft: &DraftConstraint, path: &str) {
        let path = format!("{path}.values");
        let takes_none = matches!(draft.operator, Operator::IsEmpty | Operator::IsNotEmpty);
        if takes_none && !draft.values.is_empty() {
            self.fault(&path, "IS_EMPTY and IS_NOT_EMPTY take no values");
        }
        if !takes_none && draft.values.is_empty() {
            self.fault(
                &path,
                "at least one is required; IS_EMPTY and IS_NOT_EMPTY alone take none",
            );
        }
        self.values += draft.values.len();
        for (at, value) in draft.values.iter().enumerate() {
            let path = format!("{path}[{at}]");
            self.at_most(&path, value.chars().count(), MAX_VALUE, "characters");
            if value.is_empty() {
                self.fault(path, "is empty: use the operator IS_EMPTY or IS_NOT_EMPTY");
            }
        }
    }

    fn flow(&mut self, drafts: &[DraftStep]) -> Vec<FlowStep> {
        let drafts = drafts.iter().enumerate();
        drafts
            .map(|(at, draft)| self.step(draft, &format!("campaign.flow[{at}]")))
            .collect()
    }

    fn step(&mut self, draft: &DraftStep, path: &str) -> FlowStep {
        let choices = draft.choices.len();
        self.at_most(&format!("{path}.choices"), choices, MAX_CHOICES, "choices");
        let choices = draft.choices.iter().enumerate();
        FlowStep {
            choices: choices
                .map(|(at, choice)| self.choice(choice, &format!("{path}.choices[{at}]")))
                .collect(),
            default_action: self.action(
                draft.default_action.as_ref(),
                &format!("{path}.default_action"),
            ),
        }
    }

    fn choice(&mut self, draft: &DraftChoice, path: &str) -> Choice {
        if draft.condition.trim().is_empty() {
            self.fault(
                format!("{path}.condition"),
                "is required: what holds for every lead is the default action",
            );
        }
        if let Err(fault) = lead_filter(&draft.condition, self.snapshot) {
            self.faults.push(fault.at(format!("{path}.condition")));
        }
        Choice {
            condition: draft.condition.clone(),
            action: self.action(draft.action.as_ref(), &format!("{path}.action")),
        }
    }

    /// None where there is none, and where there is a fault.
    fn action(&mut self, draft: Option<&DraftAction>, path: &str) -> Option<Action> {
        match draft? {
            DraftAction::Unsaid => {
                self.fault(
                    path,
                    "says nothing: give call_webhook, change_data_value, wait, request_campaign or remove_from_flow, or leave the action out",
                );
                None
            }
            DraftAction::CallWebhook(name) => {
                let webhook = self.webhook(name, &format!("{path}.call_webhook"));
                webhook.map(Action::CallWebhook)
            }
            DraftAction::ChangeDataValue { field, new_value } => {
                self.change(field, new_value, &format!("{path}.change_data_value"))
            }
            DraftAction::WaitMicros(micros) => {
                Some(Action::Wait(self.span(*micros, &format!("{path}.wait"))))
            }
            DraftAction::RequestCampaign(name) => {
                let campaign = self.campaign(name, &format!("{path}.request_campaign"));
                campaign.map(Action::RequestCampaign)
            }
            DraftAction::RemoveFromFlow => Some(Action::RemoveFromFlow),
        }
    }

    fn change(&mut self, field: &str, new_value: &str, path: &str) -> Option<Action> {
        let field_path = format!("{path}.field");
        let Some(field) = self.field(field, &field_path) else {
            // Nothing compiles the template then.
            if let Err(faults) = Bound::new(new_value, &self.snapshot.schema) {
                let faults = faults.into_iter();
                self.faults
                    .extend(faults.map(|fault| fault.at(&format!("{path}.new_value"))));
            }
            return None;
        };
        let known = self.snapshot.schema.get(field);
        if let Some(known) = known.filter(|known| known.read_only) {
            let message = format!(
                "`{}` is read-only: no step can write it",
                known.display_name
            );
            self.fault(field_path, message);
        }
        Some(Action::ChangeDataValue {
            field,
            new_value: new_value.to_owned(),
        })
    }

    fn field(&mut self, name: &str, path: &str) -> Option<FieldId> {
        let schema = &self.snapshot.schema;
        if let Some(field) = schema.find(name) {
            return Some(field.id);
        }
        if name.is_empty() {
            self.fault(path, "is required: the name of a lead or company field");
            return None;
        }
        let near = self
            .suggests()
            .then(|| schema.suggest(None, name))
            .flatten();
        let suggestion = near.map(|field| field.api_name.clone());
        self.unknown(path, "lead or company field", name, suggestion);
        None
    }

    fn webhook(&mut self, name: &str, path: &str) -> Option<WebhookId> {
        let snapshot = self.snapshot;
        let found = name
            .strip_prefix("webhooks/")
            .and_then(|id| snapshot.webhook(id));
        if let Some(live) = found {
            return Some(live.webhook.id);
        }
        let names = snapshot.webhooks().map(|live| &*live.webhook.name);
        self.missing(path, "webhook", name, names);
        None
    }

    fn campaign(&mut self, name: &str, path: &str) -> Option<CampaignId> {
        let (own, id) = self.own;
        let asked = name.strip_prefix("campaigns/");
        if asked == Some(own) {
            return Some(id);
        }
        let campaigns = &self.snapshot.campaigns;
        if let Some(live) = asked.and_then(|id| campaigns.named(id)) {
            return Some(live.campaign.id);
        }
        let names = campaigns.iter().map(|live| &*live.campaign.name);
        self.missing(path, "campaign", name, names);
        None
    }

    /// A resource that is not there, by its name.
    fn missing<'n>(
        &mut self,
        path: &str,
        noun: &str,
        name: &str,
        names: impl Iterator<Item = &'n str>,
    ) {
        if name.is_empty() {
            self.fault(path, format!("is required: `{noun}s/{{{noun}}}`"));
            return;
        }
        let prefix = format!("{noun}s/");
        let id = name.strip_prefix(&*prefix).unwrap_or(name);
        let near = self.suggests().then(|| nearest(id, names)).flatten();
        let suggestion = near.map(|near| format!("{prefix}{near}"));
        self.unknown(path, noun, name, suggestion);
    }

    fn unknown(&mut self, path: &str, noun: &str, name: &str, suggestion: Option<String>) {
        self.faults.push(Violation {
            field: path.to_owned(),
            message: format!("no {noun} is called `{}`", shown(name)),
            suggestion: suggestion.unwrap_or_default(),
        });
    }

    fn suggests(&self) -> bool {
        self.faults.len() < MAX_SUGGESTIONS
    }

    fn span(&mut self, micros: i64, path: &str) -> Duration {
        let span = u64::try_from(micros).map(Duration::from_micros);
        let span = span.unwrap_or_default();
        if span.is_zero() || span > MAX_SPAN {
            self.fault(
                path,
                "must be at least a microsecond and at most 3,653 days (ten years)",
            );
        }
        span
    }

    fn at_most(&mut self, path: &str, len: usize, max: usize, unit: &str) {
        if len > max {
            self.fault(path, format!("has {len} {unit}; at most {max} are kept"));
        }
    }

    fn fault(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.faults.push(Violation::new(path, message));
    }
}

#[cfg(test)]
mod tests;
