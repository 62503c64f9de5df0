//! Filters of leads as clients write them: beside fields they name webhooks (R-CMP-4), which must be there.

use leadhook_filter::{Filter, Literal, Parameter, Schema, Text, Type, fold};
use leadhook_store::{LeadColumn, LeadSchema};

use crate::{error::Violation, snapshot::Snapshot};

/// Reads a filter of leads.
///
/// # Errors
/// What is wrong with it, with line and column; the field is `filter`.
pub(crate) fn lead_filter(
    text: &str,
    snapshot: &Snapshot,
) -> Result<Filter<LeadColumn>, Violation> {
    let schema = Leads {
        columns: LeadSchema {
            fields: &snapshot.schema,
        },
        snapshot,
    };
    let filter = Filter::parse(text, &schema).map_err(|error| Violation::of_filter(&error))?;
    let calls = filter.calls().count();
    if calls > MAX_CALLS {
        let message = format!("it calls functions {calls} times; at most {MAX_CALLS} are taken");
        return Err(Violation::new("filter", message));
    }
    Ok(filter)
}

/// Functions that a filter may call: each is asked for every lead.
const MAX_CALLS: usize = 32;

/// What filters of leads may name.
struct Leads<'a> {
    columns: LeadSchema<'a>,
    snapshot: &'a Snapshot,
}

impl Schema for Leads<'_> {
    type Field = LeadColumn;

    fn field(&self, name: &str) -> Option<(LeadColumn, Type)> {
        self.columns.field(name)
    }

    fn names(&self) -> Vec<String> {
        self.columns.names()
    }

    fn function(&self, name: &str) -> Option<&'static [Parameter]> {
        self.columns.function(name)
    }

    fn functions(&self) -> &'static [&'static str] {
        self.columns.functions()
    }

    fn argument(
        &self,
        function: &str,
        parameter: &Parameter,
        text: &str,
    ) -> Result<Option<Literal>, String> {
        if parameter.name != "webhook" {
            return self.columns.argument(function, parameter, text);
        }
        let given = fold(text);
        let mut names = self
            .snapshot
            .webhooks()
            .map(|live| format!("webhooks/{}", live.webhook.name));
        if names.any(|name| name == given) {
            return Ok(Some(Literal::Text(Text::new(text))));
        }
        Err(self.which_webhook(&given))
    }
}

/// How alike a name must be to be suggested, of 1.
const NEAR: f64 = 0.8;

impl Leads<'_> {
    /// What may have been meant by a name that no webhook bears.
    fn which_webhook(&self, given: &str) -> String {
        let id = given.strip_prefix("webhooks/").unwrap_or(given);
        let near = self
            .snapshot
            .webhooks()
            .map(|live| (strsim::jaro_winkler(&live.webhook.name, id), live))
            .filter(|(likeness, _)| *likeness >= NEAR)
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        match near {
            Some((_, live)) => format!(
                "no webhook is called so, did you mean `\"webhooks/{}\"`?",
                live.webhook.name
            ),
            None => {
                "no webhook is called so; write the name of one that ListWebhooks gives, such as `\"webhooks/crm\"`"
                    .to_owned()
            }
        }
    }
}
