//! Response mappings, compiled to one plan.

use leadhook_field::{FieldId, Object, Schema};
use leadhook_mapping::{Format, Path, Plan, Target};
use leadhook_store::{Definition, ResponseType};

use crate::error::Violation;

/// All mappings of a webhook.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    pub(crate) plan: Plan,
    /// Where each target of the plan goes, in order.
    pub(crate) fields: Vec<(FieldId, Object)>,
}

impl Mapping {
    pub(crate) fn writes(&self, field: FieldId) -> bool {
        self.fields.iter().any(|(written, _)| *written == field)
    }
}

/// None when there is nothing to map; mappings beside response type None are a matter of warnings (R-DEF-3).
pub(super) fn compile<S>(
    definition: &Definition<S>,
    schema: &Schema,
    faults: &mut Vec<Violation>,
) -> Option<Mapping> {
    let format = format(definition.response_type)?;
    let (mut targets, mut fields) = (Vec::new(), Vec::new());
    for (at, mapping) in definition.response_mappings.iter().enumerate() {
        let path = path(format, &mapping.response_attribute, at, faults);
        let Some(field) = schema.get(mapping.field) else {
            faults.push(Violation::new(
                format!("webhook.response_mappings[{at}].field"),
                "names a field that does not exist any more",
            ));
            continue;
        };
        if let Some(path) = path {
            targets.push(Target::new(path, field.field_type));
            fields.push((field.id, field.object));
        }
    }
    (!targets.is_empty()).then(|| Mapping {
        plan: Plan::new(format, &targets),
        fields,
    })
}

/// Looks at paths alone, each with its place in what was sent. Without a response type a path is read as JSON's.
pub(crate) fn check_paths<'a>(
    response_type: ResponseType,
    paths: impl Iterator<Item = &'a str>,
    faults: &mut Vec<Violation>,
) {
    let format = format(response_type).unwrap_or(Format::Json);
    for (at, text) in paths.enumerate() {
        path(format, text, at, faults);
    }
}

fn path(format: Format, text: &str, at: usize, faults: &mut Vec<Violation>) -> Option<Path> {
    match Path::parse(format, text) {
        Ok(path) => Some(path),
        Err(error) => {
            // The text of the error has what it suggests already.
            faults.push(Violation::new(
                format!("webhook.response_mappings[{at}].response_attribute"),
                error.to_string(),
            ));
            None
        }
    }
}

fn format(response_type: ResponseType) -> Option<Format> {
    match response_type {
        ResponseType::None => None,
        ResponseType::Json => Some(Format::Json),
        ResponseType::Xml => Some(Format::Xml),
    }
}
