//! Which fields of a lead or company an answer has: those that are asked for by name, else all of its own that have a value.

use leadhook_field::{FieldId, Object, Schema, Value};
use leadhook_store::{Company, Lead};

use super::{Names, shown};
use crate::error::{Error, Kind, Violation};

/// Fields of an answer, with their SOAP API names (R-LEAD-3).
#[derive(Clone, Debug)]
pub(crate) struct Selection(Vec<(Object, FieldId, String)>);

impl Selection {
    /// All fields of an object.
    pub(crate) fn all(schema: &Schema, object: Object) -> Selection {
        let fields = schema.iter().filter(|field| field.object == object);
        Selection(
            fields
                .map(|field| (object, field.id, field.api_name.clone()))
                .collect(),
        )
    }

    /// The fields of a lead and its company that are named; none named: all of the lead (R-LEAD-5).
    ///
    /// # Errors
    /// [`Error::Invalid`] naming each name that no field bears, as `fields[0]`.
    pub(crate) fn named(schema: &Schema, names: &[String]) -> Result<Selection, Error> {
        if names.is_empty() {
            return Ok(Selection::all(schema, Object::Lead));
        }
        let known = Names::new(schema, None);
        let (mut fields, mut faults) = (Vec::new(), Vec::new());
        for (at, name) in names.iter().enumerate() {
            match known.find(name) {
                Some(field) => fields.push((field.object, field.id, field.api_name.clone())),
                None => {
                    let message = format!("no field is called `{}`", shown(name));
                    let near = known.suggest(name).unwrap_or_default();
                    faults.push(Violation::new(format!("fields[{at}]"), message).suggest(near));
                }
            }
        }
        Error::unless_valid(Kind::Request, faults)?;
        // Two names of one field, or one twice: an answer has it once.
        fields.sort_by_key(|(_, field, _)| *field);
        fields.dedup_by_key(|(_, field, _)| *field);
        Ok(Selection(fields))
    }

    /// The fields of a lead that have a value.
    pub(crate) fn of_lead(&self, lead: &Lead, company: Option<&Company>) -> Vec<(String, Value)> {
        self.values(|object, field| match object {
            Object::Lead => lead.value(field).map(std::borrow::Cow::into_owned),
            Object::Company => company
                .and_then(|company| company.values.get(field))
                .cloned(),
        })
    }

    /// The fields of a company that have a value.
    pub(crate) fn of_company(&self, company: &Company) -> Vec<(String, Value)> {
        self.values(|_, field| company.values.get(field).cloned())
    }

    fn values(&self, value: impl Fn(Object, FieldId) -> Option<Value>) -> Vec<(String, Value)> {
        let Selection(fields) = self;
        let values = fields
            .iter()
            .filter_map(|(object, field, name)| Some((name.clone(), value(*object, *field)?)));
        values.collect()
    }
}
