//! A schema with every type, and functions.

use leadhook_filter::{Expr, Filter, Literal, Parameter, Schema, Type};

pub(crate) struct Leads;

pub(crate) const FIELDS: [(&str, Type); 11] = [
    ("Email", Type::Text),
    ("City", Type::Text),
    ("Job Title", Type::Text),
    ("company.City", Type::Text),
    ("Größe", Type::Text),
    ("score", Type::Number),
    ("active", Type::Boolean),
    ("born", Type::Date),
    ("create_time", Type::Timestamp),
    ("run", Type::Name("runs")),
    ("state", Type::Enum(&["PENDING", "RUNNING", "SUCCEEDED"])),
];

impl Schema for Leads {
    type Field = &'static str;

    fn field(&self, name: &str) -> Option<(&'static str, Type)> {
        FIELDS.field(name)
    }

    /// Reads `today` for a date, and a day beyond all calendars.
    fn literal(&self, _: &&'static str, ty: &Type, text: &str) -> Result<Option<Literal>, String> {
        match (ty, text) {
            (Type::Date, "today") => Ok(Some(Literal::Date(20_000))),
            (Type::Date, "never") => Ok(Some(Literal::Date(i32::MAX))),
            (Type::Date, "yesterday") => Err("write today".to_owned()),
            _ => Ok(None),
        }
    }

    fn names(&self) -> Vec<String> {
        FIELDS.names()
    }

    fn function(&self, name: &str) -> Option<&'static [Parameter]> {
        const PARAMETERS: &[Parameter] = &[
            Parameter {
                name: "webhook",
                ty: Type::Name("webhooks"),
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
        (name == "called_webhook").then_some(PARAMETERS)
    }

    fn functions(&self) -> &'static [&'static str] {
        &["called_webhook"]
    }
}

/// The filter, which is right.
#[track_caller]
pub(crate) fn parse(text: &str) -> Filter<&'static str> {
    Filter::parse(text, &Leads).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The error of a filter that is wrong.
#[track_caller]
pub(crate) fn refused(text: &str) -> leadhook_filter::Error {
    match Filter::parse(text, &Leads) {
        Ok(filter) => panic!("{text} was read as {filter}"),
        Err(error) => error,
    }
}

/// The literal of a filter that is one comparison.
#[track_caller]
pub(crate) fn literal(text: &str) -> Literal {
    match parse(text).expr() {
        Some(Expr::Compare { literal, .. }) => literal.clone(),
        other => panic!("{text} was read as {other:?}"),
    }
}
