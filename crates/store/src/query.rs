//! Lists of leads and calls: what is asked, and what their filters may name (R-FIL-3).

use std::sync::Arc;

use leadhook_field::{FieldId, FieldType, Object, Schema};
use leadhook_filter::{Filter, Literal, Number, Parameter, Type, Value};

use crate::{CallId, CallState, LeadId};

/// A page of leads, in id order.
#[derive(Clone, Debug)]
pub struct LeadQuery {
    /// Which.
    pub filter: Arc<Filter<LeadColumn>>,
    /// Only those after this one.
    pub after: Option<LeadId>,
    /// At most so many, at least 1.
    pub limit: usize,
    /// The page ends early when its rows hold more bytes than this; it has one row at least.
    pub max_bytes: usize,
    /// The page ends early, maybe without a row, when so many leads were looked at; 0 counts as 1.
    pub max_scanned: usize,
}

/// A page of calls.
#[derive(Clone, Debug)]
pub struct CallQuery {
    /// Which.
    pub filter: Arc<Filter<CallField>>,
    /// In which order.
    pub order: Order,
    /// Only those that come after this one in that order.
    pub after: Option<CallId>,
    /// At most so many, at least 1.
    pub limit: usize,
    /// The page ends early when its rows hold more bytes than this; it has one row at least.
    pub max_bytes: usize,
    /// The page ends early, maybe without a row, when so many calls were looked at; 0 counts as 1.
    pub max_scanned: usize,
    /// With request and response.
    pub full: bool,
}

/// What stands on a page, and where the next one begins; rows are found by a `K`.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T, K> {
    /// In the order that was asked for.
    pub rows: Vec<T>,
    /// Behind which row the next page begins, the last one looked at, whether it is on this page or not. None: nothing follows.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// As many rows as a page has, and where the next one begins if there are more.
    pub fn take(mut rows: impl Iterator<Item = T>, limit: usize, key: impl Fn(&T) -> K) -> Self {
        let page: Vec<T> = rows.by_ref().take(limit.max(1)).collect();
        let last = page.last().map(key);
        Page {
            rows: page,
            next: last.filter(|_| rows.next().is_some()),
        }
    }

    /// The same page of other rows.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U, K> {
        Page {
            rows: self.rows.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}

/// Which of some filters a lead matches first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstMatch {
    /// That at a place, from 0.
    At(usize),
    /// None of them.
    Nothing,
    /// The lead is not there.
    Gone,
}

/// The order of a list of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Newest recorded first.
    NewestFirst,
    /// Oldest recorded first.
    OldestFirst,
}

/// What a filter of calls may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallField {
    /// `webhook`: `webhooks/{webhook}`.
    Webhook,
    /// `lead`: `leads/{lead}`.
    Lead,
    /// `campaign`: `campaigns/{campaign}`.
    Campaign,
    /// `run`: `runs/{run}`.
    Run,
    /// `code`: the call's response code.
    Code,
    /// `error_type`.
    ErrorType,
    /// `succeeded`.
    Succeeded,
    /// `state`: whether more is to come.
    State,
    /// `create_time`.
    CreateTime,
}

impl CallField {
    /// What a filter compares [`State`](CallField::State) with.
    #[must_use]
    pub fn state(state: CallState) -> Value<'static> {
        Value::Enum(match state {
            CallState::Waiting => 0,
            CallState::Ended => 1,
        })
    }
}

/// The schema of a filter of calls.
#[derive(Clone, Copy, Debug)]
pub struct CallSchema;

/// By [`CallField::state`].
const STATES: [&str; 2] = ["WAITING", "ENDED"];

impl CallSchema {
    const FIELDS: [(&'static str, CallField, Type); 9] = [
        ("webhook", CallField::Webhook, Type::Name("webhooks")),
        ("lead", CallField::Lead, Type::Name("leads")),
        ("campaign", CallField::Campaign, Type::Name("campaigns")),
        ("run", CallField::Run, Type::Name("runs")),
        ("code", CallField::Code, Type::Number),
        ("error_type", CallField::ErrorType, Type::Text),
        ("succeeded", CallField::Succeeded, Type::Boolean),
        ("state", CallField::State, Type::Enum(&STATES)),
        ("create_time", CallField::CreateTime, Type::Timestamp),
    ];
}

impl leadhook_filter::Schema for CallSchema {
    type Field = CallField;

    fn field(&self, name: &str) -> Option<(CallField, Type)> {
        let (_, field, ty) = Self::FIELDS.iter().find(|(field, ..)| *field == name)?;
        Some((*field, *ty))
    }

    fn names(&self) -> Vec<String> {
        Self::FIELDS
            .iter()
            .map(|(name, ..)| (*name).to_owned())
            .collect()
    }
}

/// The function that selects leads by their calls (R-CMP-4): `called_webhook(webhook = "webhooks/x", code = 503)`. It holds for a lead that has
/// a call for which all arguments hold.
pub const CALLED_WEBHOOK: &str = "called_webhook";

const CALLED_WEBHOOK_PARAMETERS: [Parameter; 4] = [
    Parameter {
        name: "webhook",
        ty: Type::Text,
    },
    Parameter {
        name: "code",
        ty: Type::Number,
    },
    Parameter {
        name: "error_type",
        ty: Type::Text,
    },
    Parameter {
        name: "since",
        ty: Type::Timestamp,
    },
];

/// What a filter of leads may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeadColumn {
    /// `name`: `leads/{lead}`.
    Name,
    /// `create_time`.
    CreateTime,
    /// `update_time`.
    UpdateTime,
    /// A lead field.
    Lead(FieldId),
    /// A field of the lead's company.
    Company(FieldId),
}

/// The schema of a filter of leads: the names of their fields (R-LEAD-3), `name`, `create_time` and `update_time`.
#[derive(Clone, Copy, Debug)]
pub struct LeadSchema<'a> {
    /// The fields that there are.
    pub fields: &'a Schema,
}

impl leadhook_filter::Schema for LeadSchema<'_> {
    type Field = LeadColumn;

    fn field(&self, name: &str) -> Option<(LeadColumn, Type)> {
        match name {
            "name" => return Some((LeadColumn::Name, Type::Name("leads"))),
            "create_time" => return Some((LeadColumn::CreateTime, Type::Timestamp)),
            "update_time" => return Some((LeadColumn::UpdateTime, Type::Timestamp)),
            _ => {}
        }
        let field = self.fields.find(name)?;
        let column = match field.object {
            Object::Lead => LeadColumn::Lead(field.id),
            Object::Company => LeadColumn::Company(field.id),
        };
        let ty = match field.field_type {
            FieldType::Boolean => Type::Boolean,
            FieldType::Date => Type::Date,
            FieldType::Datetime => Type::Timestamp,
            number if number.is_number() => Type::Number,
            _ => Type::Text,
        };
        Some((column, ty))
    }

    fn function(&self, name: &str) -> Option<&'static [Parameter]> {
        (name == CALLED_WEBHOOK).then_some(&CALLED_WEBHOOK_PARAMETERS)
    }

    fn functions(&self) -> &'static [&'static str] {
        &[CALLED_WEBHOOK]
    }

    fn argument(
        &self,
        _: &str,
        parameter: &Parameter,
        text: &str,
    ) -> Result<Option<Literal>, String> {
        if parameter.name != "code" {
            return Ok(None);
        }
        match Literal::read(text, &parameter.ty) {
            Ok(code @ Literal::Number(Number::Integer(0..=9_999))) => Ok(Some(code)),
            _ => Err("write a response code such as 503, 1000 or 0".to_owned()),
        }
    }

    fn names(&self) -> Vec<String> {
        let own = ["name", "create_time", "update_time"].map(str::to_owned);
        let fields = self
            .fields
            .iter()
            .flat_map(|field| [&field.api_name, &field.display_name]);
        own.into_iter().chain(fields.cloned()).collect()
    }
}
