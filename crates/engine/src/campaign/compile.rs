//! A campaign, compiled: conditions and templates are parsed once for each version of it.
//!
//! What cannot be carried out (a condition on a field that was deleted while an old version still had entries) is so marked in its place:
//! the step fails, the rest of the flow does not.

use std::{sync::Arc, time::Duration};

use leadhook_encoding::Encoding;
use leadhook_field::{FieldId, FieldType, Object, Schema, Zone};
use leadhook_filter::Filter;
use leadhook_store::{
    Action, CampaignDefinition, CampaignId, CampaignType, Choice, FlowStep, LeadColumn, LeadSchema,
    ProgramId, Projection, Qualification, Revision, Trigger, WebhookId,
};

use super::constraint::Constraint;
use crate::{
    error::Violation,
    render::{Bound, Named, Payload, projection},
};

/// A version of a campaign, ready to let leads in and to carry out its steps.
#[derive(Debug)]
pub(crate) struct CompiledCampaign {
    pub(crate) id: CampaignId,
    pub(crate) version: Revision,
    /// The last part of its resource name.
    pub(crate) name: String,
    /// What `{{campaign.name}}` gives: the display name, else the id of the resource (R-TOK-8).
    pub(crate) display_name: String,
    pub(crate) description: String,
    pub(crate) program: Option<ProgramId>,
    pub(crate) campaign_type: CampaignType,
    pub(crate) qualification: Qualification,
    pub(crate) triggers: Vec<CompiledTrigger>,
    pub(crate) flow: Arc<[CompiledStep]>,
    /// Why nothing else of it is known: leads that are in its flow have failed.
    pub(crate) fault: Option<String>,
}

impl CompiledCampaign {
    /// A version that cannot be read.
    pub(crate) fn unreadable(id: CampaignId, version: Revision, fault: String) -> Self {
        CompiledCampaign {
            id,
            version,
            name: id.to_string(),
            display_name: String::new(),
            description: String::new(),
            program: None,
            campaign_type: CampaignType::Trigger,
            qualification: Qualification::EveryTime,
            triggers: Vec::new(),
            flow: Arc::default(),
            fault: Some(fault),
        }
    }
}

/// What lets a lead in.
#[derive(Clone, Debug)]
pub(crate) enum CompiledTrigger {
    CampaignIsRequested,
    PersonIsCreated,
    WebhookIsCalled {
        /// None: any.
        webhook: Option<WebhookId>,
        response: Option<Constraint>,
        error_type: Option<Constraint>,
        /// Empty: any.
        codes: Vec<i32>,
    },
    DataValueChanges {
        field: FieldId,
        new_value: Option<Constraint>,
        previous_value: Option<Constraint>,
    },
}

/// A step of a flow: the action of the first condition that a lead matches, else the default (R-CMP-2).
#[derive(Clone, Debug)]
pub(crate) struct CompiledStep {
    /// Those before the first that cannot be read: what becomes of a lead that matches none of them is then not known, and the default
    /// is [`Impossible`](CompiledAction::Impossible).
    pub(crate) conditions: Arc<[Filter<LeadColumn>]>,
    /// One for each condition; none: nothing is done.
    pub(crate) actions: Vec<Option<CompiledAction>>,
    /// None: nothing is done.
    pub(crate) default: Option<CompiledAction>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub(crate) enum CompiledAction {
    CallWebhook(WebhookId),
    ChangeDataValue(Change),
    Wait(Duration),
    RequestCampaign(CampaignId),
    RemoveFromFlow,
    /// The step fails, and the flow goes on: it names what is not there any more.
    Impossible(Violation),
}

/// A field, and what is written to it.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) field: FieldId,
    pub(crate) object: Object,
    /// How the text is read (R-FLD-2).
    pub(crate) field_type: FieldType,
    pub(crate) value: Payload,
    /// The fields that the template reads.
    pub(crate) projection: Arc<Projection>,
    /// The My Tokens and member fields that it names.
    pub(crate) named: Named,
}

/// Compiles a version of a campaign; beside it what of it cannot be carried out, with paths that begin with `campaign.`.
pub(crate) fn compile(
    id: CampaignId,
    version: Revision,
    name: &str,
    definition: &CampaignDefinition,
    schema: &Schema,
    zone: &Zone,
) -> (CompiledCampaign, Vec<Violation>) {
    let mut reader = Reader {
        schema,
        zone,
        faults: Vec::new(),
    };
    let steps = definition.flow.iter().enumerate();
    let flow = steps
        .map(|(at, step)| reader.step(step, &format!("campaign.flow[{at}]")))
        .collect();
    let display_name = match &*definition.display_name {
        "" => name,
        given => given,
    };
    let compiled = CompiledCampaign {
        id,
        version,
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        description: definition.description.clone(),
        program: definition.program,
        campaign_type: definition.campaign_type,
        qualification: definition.qualification,
        triggers: definition
            .triggers
            .iter()
            .map(CompiledTrigger::new)
            .collect(),
        flow,
        fault: None,
    };
    (compiled, reader.faults)
}

impl CompiledTrigger {
    fn new(trigger: &Trigger) -> CompiledTrigger {
        let constraint = |typed: &Option<_>| typed.as_ref().map(Constraint::new);
        match trigger {
            Trigger::CampaignIsRequested => CompiledTrigger::CampaignIsRequested,
            Trigger::PersonIsCreated => CompiledTrigger::PersonIsCreated,
            Trigger::WebhookIsCalled {
                webhook,
                response,
                error_type,
                codes,
            } => CompiledTrigger::WebhookIsCalled {
                webhook: *webhook,
                response: constraint(response),
                error_type: constraint(error_type),
                codes: codes.clone(),
            },
            Trigger::DataValueChanges {
                field,
                new_value,
                previous_value,
            } => CompiledTrigger::DataValueChanges {
                field: *field,
                new_value: constraint(new_value),
                previous_value: constraint(previous_value),
            },
        }
    }
}

impl CompiledStep {
    /// What it does for every lead, where it has no choices.
    pub(crate) fn always(&self) -> Option<&CompiledAction> {
        self.default.as_ref().filter(|_| self.conditions.is_empty())
    }

    /// Whether a condition or a template names the field.
    pub(super) fn reads(&self, field: FieldId) -> bool {
        let conditions = self.conditions.iter().flat_map(Filter::fields);
        let mut columns = conditions.copied();
        let actions = self.actions.iter().flatten().chain(&self.default);
        let mut projections = actions.filter_map(|action| match action {
            CompiledAction::ChangeDataValue(change) => Some(&change.projection),
            _ => None,
        });
        columns.any(
            |column| matches!(column, LeadColumn::Lead(id) | LeadColumn::Company(id) if id == field),
        ) || projections.any(|it| it.lead.contains(&field) || it.company.contains(&field))
    }
}

/// Reads conditions and templates, and keeps what is wrong with them.
struct Reader<'a> {
    schema: &'a Schema,
    zone: &'a Zone,
    faults: Vec<Violation>,
}

impl Reader<'_> {
    fn step(&mut self, step: &FlowStep, path: &str) -> CompiledStep {
        let (mut conditions, mut actions) = (Vec::new(), Vec::new());
        let mut unreadable = None;
        for (at, choice) in step.choices.iter().enumerate() {
            let (condition, action) = self.choice(choice, &format!("{path}.choices[{at}]"));
            match condition {
                Ok(condition) if unreadable.is_none() => {
                    conditions.push(condition);
                    actions.push(action);
                }
                Ok(_) => {}
                Err(fault) => {
                    unreadable.get_or_insert(fault);
                }
            }
        }
        let default = step.default_action.as_ref();
        let default = default.map(|it| self.action(it, &format!("{path}.default_action")));
        CompiledStep {
            conditions: conditions.into(),
            actions,
            default: match unreadable {
                Some(fault) => Some(CompiledAction::Impossible(fault)),
                None => default,
            },
        }
    }

    fn choice(
        &mut self,
        choice: &Choice,
        path: &str,
    ) -> (
        Result<Filter<LeadColumn>, Violation>,
        Option<CompiledAction>,
    ) {
        let schema = LeadSchema {
            fields: self.schema,
        };
        let condition = Filter::parse(&choice.condition, &schema).map_err(|error| {
            let fault = Violation::of_filter(&error).at(format!("{path}.condition"));
            self.faults.push(fault.clone());
            fault
        });
        let action = choice.action.as_ref();
        let action = action.map(|action| self.action(action, &format!("{path}.action")));
        (condition, action)
    }

    fn action(&mut self, action: &Action, path: &str) -> CompiledAction {
        match action {
            Action::CallWebhook(webhook) => CompiledAction::CallWebhook(*webhook),
            Action::ChangeDataValue { field, new_value } => {
                match Change::new(*field, new_value, self.schema, self.zone, path) {
                    Ok(change) => CompiledAction::ChangeDataValue(change),
                    Err(faults) => {
                        let first = faults[0].clone();
                        self.faults.extend(faults);
                        CompiledAction::Impossible(first)
                    }
                }
            }
            Action::Wait(span) => CompiledAction::Wait(*span),
            Action::RequestCampaign(campaign) => CompiledAction::RequestCampaign(*campaign),
            Action::RemoveFromFlow => CompiledAction::RemoveFromFlow,
        }
    }
}

impl Change {
    /// Binds the template.
    fn new(
        field: FieldId,
        new_value: &str,
        schema: &Schema,
        zone: &Zone,
        path: &str,
    ) -> Result<Change, Vec<Violation>> {
        let path = format!("{path}.change_data_value");
        let Some(field) = schema.get(field) else {
            let fault = Violation::new(format!("{path}.field"), "the field was deleted");
            return Err(vec![fault]);
        };
        let mut value = Bound::new(new_value, schema).map_err(|faults| {
            let path = format!("{path}.new_value");
            let faults = faults.into_iter().map(|fault| fault.at(&path));
            faults.collect::<Vec<_>>()
        })?;
        let projection = projection([&value]);
        value.place(&projection);
        Ok(Change {
            field: field.id,
            object: field.object,
            field_type: field.field_type,
            named: Named::new([&value]),
            value: Payload::new(value, Encoding::None, zone),
            projection: Arc::new(projection),
        })
    }
}

#[cfg(test)]
mod tests;
