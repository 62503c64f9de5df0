//! From named values, as a client gives them, to typed ones: R-LEAD-2, -3, R-FLD-1, -2.

use leadhook_field::{Field, FieldType, Object, Schema, Value, Zone};
use leadhook_store::{FieldWrite, Writes};

use super::{Names, shown};
use crate::{
    error::Violation,
    requests::{Canonical, Digest},
};

/// A value as a client gives it.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Clears the field, as an empty text does (R-LEAD-1).
    Null,
    /// A number; text fields take it in its text form (R-TOK-9).
    Number(f64),
    /// A text, read as the field's type (R-FLD-2).
    Text(String),
    /// A Boolean; text fields take it as `true` or `false`.
    Boolean(bool),
    /// A list or an object, which no field holds.
    Other,
}

/// Whether read-only fields may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadOnly {
    /// None of them (R-LEAD-2).
    Refused,
    /// Id, Created At and Updated At: who brings a lead along knows them. Formulas are computed all the same.
    Identity,
}

/// Reads the named values of a lead; those of company fields among them are its company's (R-LEAD-5). Faults are added
/// with fields such as `{path}["Email"]`.
pub(crate) fn read_inputs(
    schema: &Schema,
    zone: &Zone,
    inputs: &[(String, Input)],
    path: &str,
    read_only: ReadOnly,
    faults: &mut Vec<Violation>,
) -> Writes {
    let names = Names::new(schema, None);
    let reader = InputReader {
        names,
        zone,
        read_only,
    };
    reader.read(inputs, |fault| faults.push(fault.at(path)))
}

/// The same, where the names can only mean company fields: `City` is the company's.
pub(crate) fn read_company_inputs(
    schema: &Schema,
    zone: &Zone,
    inputs: &[(String, Input)],
    path: &str,
    faults: &mut Vec<Violation>,
) -> Vec<FieldWrite> {
    let names = Names::new(schema, Some(Object::Company));
    let reader = InputReader {
        names,
        zone,
        read_only: ReadOnly::Refused,
    };
    reader
        .read(inputs, |fault| faults.push(fault.at(path)))
        .company
}

/// How named values are read.
#[derive(Debug)]
pub(crate) struct InputReader<'a> {
    pub(crate) names: Names<'a>,
    pub(crate) zone: &'a Zone,
    pub(crate) read_only: ReadOnly,
}

/// What is wrong with a named value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldFault {
    /// The name as it was given.
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) suggestion: Option<String>,
}

impl InputReader<'_> {
    /// What the values write, and each fault; a row with faults is not to be written.
    pub(crate) fn read(
        &self,
        inputs: &[(String, Input)],
        mut fault: impl FnMut(FieldFault),
    ) -> Writes {
        let mut writes = Writes::default();
        // More values than fields hold a fault for sure; it is not worth a message for each.
        let fields = self.names.count();
        if inputs.len() > fields {
            let message = format!(
                "has {} values; there are only {fields} fields",
                inputs.len()
            );
            fault(FieldFault {
                name: String::new(),
                message,
                suggestion: None,
            });
            return writes;
        }
        // Maps have no order: sorted, faults come out the same each time.
        let mut inputs: Vec<_> = inputs.iter().collect();
        inputs.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (name, input) in inputs {
            if let Err(found) = self.read_one(name, input, &mut writes) {
                fault(found);
            }
        }
        writes
    }

    fn read_one(&self, name: &str, input: &Input, writes: &mut Writes) -> Result<(), FieldFault> {
        let field = self.names.writable(name, self.read_only)?;
        let value = typed(field.field_type, input, self.zone)
            .map_err(|message| FieldFault::new(name, message))?;
        let writes = match field.object {
            Object::Lead => &mut writes.lead,
            Object::Company => &mut writes.company,
        };
        if writes.iter().any(|write| write.field == field.id) {
            let message = format!(
                "names the field {}, which has a value here already",
                field.api_name
            );
            return Err(FieldFault::new(name, message));
        }
        writes.push(FieldWrite {
            field: field.id,
            value,
        });
        Ok(())
    }
}

impl<'a> Names<'a> {
    /// The field of a name, if it may be given.
    pub(crate) fn writable(&self, name: &str, given: ReadOnly) -> Result<&'a Field, FieldFault> {
        let field = self.find(name).ok_or_else(|| FieldFault {
            name: name.to_owned(),
            message: format!("no field is called `{}`", shown(name)),
            suggestion: self.suggest(name),
        })?;
        let may_be_given = given == ReadOnly::Identity && field.field_type != FieldType::Formula;
        if field.read_only && !may_be_given {
            let message = format!("{} is read-only; leave it out", field.api_name);
            return Err(FieldFault::new(name, message));
        }
        Ok(field)
    }
}

impl FieldFault {
    pub(crate) fn new(name: &str, message: String) -> FieldFault {
        FieldFault {
            name: name.to_owned(),
            message,
            suggestion: None,
        }
    }

    /// As a violation of a map's entry, or of the map where no name is to blame.
    pub(crate) fn at(self, path: &str) -> Violation {
        let field = if self.name.is_empty() {
            path.to_owned()
        } else {
            format!("{path}[\"{}\"]", shown(&self.name))
        };
        let suggestion = self.suggestion.unwrap_or_default();
        Violation {
            field,
            message: self.message,
            suggestion,
        }
    }
}

/// None clears.
fn typed(field_type: FieldType, input: &Input, zone: &Zone) -> Result<Option<Value>, String> {
    let read = match input {
        Input::Null => return Ok(None),
        Input::Text(text) => field_type.read(text, zone),
        Input::Number(number) => field_type.from_f64(*number).map(Some),
        Input::Boolean(boolean) => field_type.from_bool(*boolean).map(Some),
        Input::Other => {
            return Err(
                "is a list or an object; a field holds one text, number or Boolean".to_owned(),
            );
        }
    };
    read.map_err(|error| error.to_string())
}

impl Canonical for Input {
    fn write(&self, digest: &mut Digest) {
        match self {
            Input::Null => digest.part(&0_u8),
            Input::Number(number) => digest.part(&1_u8).part(number),
            Input::Text(text) => digest.part(&2_u8).part(text),
            Input::Boolean(boolean) => digest.part(&3_u8).part(boolean),
            Input::Other => digest.part(&4_u8),
        };
    }
}

#[cfg(test)]
mod tests;
