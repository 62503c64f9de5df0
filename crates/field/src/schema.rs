//! The fields that there are, and how people name them (R-LEAD-3).

mod name;
mod suggest;

use std::collections::{BTreeMap, HashMap};

use crate::{
    error::{Error, ErrorKind, shown},
    field::{Field, FieldId, Object},
    field_type::FieldType,
    standard,
    text::name_key,
};

/// The fields that there are, found by any of their names.
///
/// Names match without regard to case, white space around them does not count, and runs of it count as one. Of several fields that a name
/// may mean, lead fields come before company fields, and of those the one that bears it as SOAP API name, then as REST name, then as
/// display name. `company.City` and `lead.City` say which is meant.
///
/// ```
/// use leadhook_field::{Object, Schema};
///
/// let schema = Schema::standard();
/// assert_eq!(schema.find("job title").unwrap().api_name, "Title");
/// assert_eq!(schema.find("City").unwrap().object, Object::Lead);
/// assert_eq!(schema.find("company.City").unwrap().api_name, "BillingCity");
/// assert_eq!(schema.suggest(None, "Frist Name").unwrap().api_name, "FirstName");
/// ```
#[derive(Clone, Debug)]
pub struct Schema {
    fields: BTreeMap<FieldId, Field>,
    /// Who bears a name, by its key, in the order in which they are looked for.
    bearers: HashMap<Box<str>, Vec<Bearer>>,
}

/// A field that bears a name: declared in the order in which bearers are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Bearer {
    object: Object,
    form: Form,
    id: FieldId,
}

/// Which of its names it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Api,
    Rest,
    Display,
}

impl Schema {
    /// Marketo's standard fields.
    #[must_use]
    pub fn standard() -> Schema {
        let mut schema = Schema {
            fields: BTreeMap::new(),
            bearers: HashMap::new(),
        };
        standard::fields().for_each(|field| schema.insert(field));
        schema
    }

    /// Adds a custom field.
    ///
    /// ```
    /// use leadhook_field::{Field, FieldId, FieldType, Object, Schema};
    ///
    /// let mut schema = Schema::standard();
    /// let mut field = Field {
    ///     id: FieldId(FieldId::FIRST_CUSTOM),
    ///     api_name: "Fit".into(),
    ///     rest_name: "fit".into(),
    ///     display_name: "Fit Score".into(),
    ///     field_type: FieldType::Score,
    ///     object: Object::Lead,
    ///     read_only: false,
    ///     custom: true,
    /// };
    /// schema.add(field.clone())?;
    /// assert_eq!(schema.find("fit score"), Some(&field));
    ///
    /// field.id = FieldId(FieldId::FIRST_CUSTOM + 1);
    /// let error = schema.add(field).unwrap_err();
    /// assert_eq!(error.to_string(), "the name `Fit` is taken: the field Fit bears it");
    /// # Ok::<(), leadhook_field::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidName`]: the API name is not `[A-Za-z][A-Za-z0-9_]{0,63}`; another name is empty, longer than 255 code points,
    /// holds one of `{ } : =` or a control character, which no token could name, or begins with `lead.` or `company.`; the id is one of a
    /// standard field. [`ErrorKind::NameTaken`]: some field, whosever it is, bears one of the names in any form (R-LEAD-3), or the id.
    /// [`ErrorKind::ReadOnly`]: it is a formula; those are built in (R-FLD-1).
    pub fn add(&mut self, field: Field) -> Result<(), Error> {
        name::check_api(&field.api_name)?;
        name::check(&field.rest_name)?;
        name::check(&field.display_name)?;
        for name in [&field.api_name, &field.rest_name, &field.display_name] {
            self.check_free(name)?;
        }
        self.check_id(field.id)?;
        if field.field_type == FieldType::Formula {
            return Err(Error::new(
                ErrorKind::ReadOnly,
                format!(
                    "the field {} is a formula, which nobody writes and which only standard fields are",
                    field.api_name
                ),
            ));
        }
        self.insert(field);
        Ok(())
    }

    /// Takes a field out; gives it back.
    pub fn remove(&mut self, id: FieldId) -> Option<Field> {
        let field = self.fields.remove(&id)?;
        self.bearers.retain(|_, bearers| {
            bearers.retain(|bearer| bearer.id != id);
            !bearers.is_empty()
        });
        Some(field)
    }

    /// The field of an id.
    #[must_use]
    pub fn get(&self, id: FieldId) -> Option<&Field> {
        self.fields.get(&id)
    }

    /// The field that a name means, in any form, also as `lead.City` and `company.City` (R-LEAD-3).
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Field> {
        match name::qualified(name) {
            Some((object, name)) => self.find_in(object, name),
            None => self.first(name, |_| true),
        }
    }

    /// The field of one object that a name means; here the name says nothing of the object.
    #[must_use]
    pub fn find_in(&self, object: Object, name: &str) -> Option<&Field> {
        self.first(name, |bearer| bearer.object == object)
    }

    /// All fields, in id order.
    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.fields.values()
    }

    fn first(&self, name: &str, counts: impl Fn(&Bearer) -> bool) -> Option<&Field> {
        let bearers = self.bearers.get(name_key(name).as_ref())?;
        let bearer = bearers.iter().find(|bearer| counts(bearer))?;
        self.fields.get(&bearer.id)
    }

    fn check_free(&self, name: &str) -> Result<(), Error> {
        let Some(bearer) = self.find(name) else {
            return Ok(());
        };
        Err(Error::new(
            ErrorKind::NameTaken,
            format!(
                "the name {} is taken: the field {} bears it",
                shown(name),
                bearer.api_name
            ),
        ))
    }

    fn check_id(&self, id: FieldId) -> Result<(), Error> {
        if id.0 < FieldId::FIRST_CUSTOM {
            return Err(Error::new(
                ErrorKind::InvalidName,
                format!(
                    "the id {id} is one for standard fields; custom fields begin at {}",
                    FieldId::FIRST_CUSTOM
                ),
            ));
        }
        match self.get(id) {
            None => Ok(()),
            Some(bearer) => Err(Error::new(
                ErrorKind::NameTaken,
                format!(
                    "the id {id} is taken: the field {} bears it",
                    bearer.api_name
                ),
            )),
        }
    }

    fn insert(&mut self, field: Field) {
        for (form, name) in [
            (Form::Api, &field.api_name),
            (Form::Rest, &field.rest_name),
            (Form::Display, &field.display_name),
        ] {
            let bearers = self.bearers.entry(name_key(name).into()).or_default();
            bearers.push(Bearer {
                object: field.object,
                form,
                id: field.id,
            });
            bearers.sort_unstable();
        }
        self.fields.insert(field.id, field);
    }
}

#[cfg(test)]
mod tests;
