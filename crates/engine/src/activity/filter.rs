//! Filters of activities: over their scalar fields and `attributes.Code` and so on (R-FIL-3).

use leadhook_filter::{Filter, Schema, Type, Value, fold};

use super::view::{ATTRIBUTES, ActivityView, CODE};
use crate::error::{Error, Violation};

/// What a filter of activities may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActivityField {
    Name,
    Lead,
    Type,
    Time,
    PrimaryAttribute,
    /// One of [`ATTRIBUTES`].
    Attribute(&'static str),
}

/// Reads a filter of activities.
pub(crate) fn activity_filter(text: &str) -> Result<Filter<ActivityField>, Error> {
    Filter::parse(text, &Activities).map_err(|error| Error::filter(Violation::of_filter(&error)))
}

struct Activities;

impl Activities {
    const FIELDS: [(&'static str, ActivityField, Type); 5] = [
        ("name", ActivityField::Name, Type::Name("activities")),
        ("lead", ActivityField::Lead, Type::Name("leads")),
        ("type", ActivityField::Type, Type::Text),
        ("time", ActivityField::Time, Type::Timestamp),
        (
            "primary_attribute",
            ActivityField::PrimaryAttribute,
            Type::Text,
        ),
    ];
}

/// What stands before the name of an attribute.
const PREFIX: &str = "attributes.";

impl Schema for Activities {
    type Field = ActivityField;

    fn field(&self, name: &str) -> Option<(ActivityField, Type)> {
        let Some(attribute) = name.strip_prefix(PREFIX) else {
            let (_, field, ty) = Self::FIELDS
                .into_iter()
                .find(|(field, ..)| *field == name)?;
            return Some((field, ty));
        };
        let attribute = fold(attribute);
        let known = ATTRIBUTES
            .into_iter()
            .find(|known| fold(known) == attribute)?;
        let ty = if known == CODE {
            Type::Number
        } else {
            Type::Text
        };
        Some((ActivityField::Attribute(known), ty))
    }

    fn names(&self) -> Vec<String> {
        let own = Self::FIELDS.iter().map(|(name, ..)| (*name).to_owned());
        let attributes = ATTRIBUTES.iter().map(|name| format!("{PREFIX}{name}"));
        own.chain(attributes).collect()
    }
}

impl ActivityView {
    /// Whether it matches.
    pub(crate) fn matches(&self, filter: &Filter<ActivityField>) -> bool {
        if filter.is_empty() {
            return true;
        }
        let (name, lead) = (self.name(), format!("leads/{}", self.lead));
        filter.matches(|field| match field {
            ActivityField::Name => Some(Value::Text(&name)),
            ActivityField::Lead => Some(Value::Text(&lead)),
            ActivityField::Type => Some(Value::Text(self.activity_type)),
            ActivityField::Time => Some(Value::Timestamp(self.time.as_micros())),
            ActivityField::PrimaryAttribute => Some(Value::Text(&self.primary_attribute)),
            ActivityField::Attribute(CODE) => {
                self.attribute(CODE)?.parse().ok().map(Value::Integer)
            }
            ActivityField::Attribute(name) => self.attribute(name).map(Value::Text),
        })
    }
}
