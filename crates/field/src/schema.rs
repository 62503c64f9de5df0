//! Fields, and how people name them (R-LEAD-3).

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use crate::{
    error::{Error, ErrorKind, shown},
    field_type::FieldType,
    standard,
    text::name_key,
};

/// A field's id: fixed for standard fields, never given twice to custom ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct FieldId(pub u32);

impl FieldId {
    /// The first id that a custom field may have.
    pub const FIRST_CUSTOM: u32 = 1_000;
}

impl fmt::Display for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Object {
    /// To a person.
    Lead,
    /// To the person's company.
    Company,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// SOAP API name: what answers use.
    pub api_name: String,
    /// REST name.
    pub rest_name: String,
    /// Display name: what tokens use.
    pub display_name: String,
    /// What its values are.
    pub field_type: FieldType,
    /// What it belongs to.
    pub object: Object,
    /// Whether nobody writes it.
    pub read_only: bool,
    /// Whether it was added to the standard ones.
    pub custom: bool,
}

/// The fields that there are, found by any of their names.
///
/// Names match without regard to case, and runs of white space in them count as one. Of several fields that a name may mean, the
/// one that bears it as SOAP API name comes first, then as REST name, then as display name; lead fields come before company fields.
/// `company.City` and `lead.City` say which is meant.
///
/// ```
/// use leadhook_field::{Object, Schema};
///
/// let schema = Schema::standard();
/// assert_eq!(schema.find("job title").unwrap().api_name, "Title");
/// assert_eq!(schema.find("City").unwrap().object, Object::Lead);
/// assert_eq!(schema.find("company.City").unwrap().api_name, "BillingCity");
/// ```
#[derive(Clone, Debug)]
pub struct Schema {
    fields: BTreeMap<FieldId, Field>,
    /// By object, kind of name and key.
    names: HashMap<(Object, NameKind, String), FieldId>,
}

/// In the order in which they are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum NameKind {
    Api,
    Rest,
    Display,
}

const KINDS: [NameKind; 3] = [NameKind::Api, NameKind::Rest, NameKind::Display];
const OBJECTS: [Object; 2] = [Object::Lead, Object::Company];
/// Characters of a REST or display name.
const MAX_NAME: usize = 255;
/// Characters of a SOAP API name.
const MAX_API_NAME: usize = 64;

impl Schema {
    /// Marketo's standard fields.
    #[must_use]
    pub fn standard() -> Schema {
        let mut schema = Schema { fields: BTreeMap::new(), names: HashMap::new() };
        standard::fields().for_each(|field| schema.insert(field));
        schema
    }

    /// Adds a custom field.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidName`]: the API name is not `[A-Za-z][A-Za-z0-9_]{0,63}`, or another name is empty, longer than 255
    /// characters, or holds one of `{ } : =`, which end a token's name. [`ErrorKind::NameTaken`]: some field bears one of the names, in any
    /// form.
    pub fn add(&mut self, field: Field) -> Result<(), Error> {
        check_api_name(&field.api_name)?;
        for name in [&field.rest_name, &field.display_name] {
            check_name(name)?;
        }
        for name in [&field.api_name, &field.rest_name, &field.display_name] {
            let bearers = OBJECTS.iter().filter_map(|object| self.find_in(*object, name));
            if let Some(bearer) = bearers.into_iter().next() {
                return Err(Error::new(
                    ErrorKind::NameTaken,
                    format!(
                        "the field {} bears the name {} already",
                        bearer.api_name,
                        shown(name)
                    ),
                ));
            }
        }
        if self.fields.contains_key(&field.id) {
            return Err(Error::new(
                ErrorKind::NameTaken,
                format!("the id {} is in use", field.id),
            ));
        }
        self.insert(field);
        Ok(())
    }

    /// Takes a field out; gives it back.
    pub fn remove(&mut self, id: FieldId) -> Option<Field> {
        let field = self.fields.remove(&id)?;
        self.names.retain(|_, bearer| *bearer != id);
        Some(field)
    }

    /// The field of an id.
    #[must_use]
    pub fn get(&self, id: FieldId) -> Option<&Field> {
        self.fields.get(&id)
    }

    /// The field that a name means.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Field> {
        let by_name = OBJECTS.into_iter().find_map(|object| self.find_in(object, name));
        by_name.or_else(|| {
            let (scope, name) = name.trim_start().split_once('.')?;
            if scope.eq_ignore_ascii_case("lead") {
                self.find_in(Object::Lead, name)
            } else if scope.eq_ignore_ascii_case("company") {
                self.find_in(Object::Company, name)
            } else {
                None
            }
        })
    }

    /// The field of one object that a name means.
    #[must_use]
    pub fn find_in(&self, object: Object, name: &str) -> Option<&Field> {
        let key = name_key(name);
        let id = KINDS
            .into_iter()
            .find_map(|kind| self.names.get(&(object, kind, key.clone())))?;
        self.fields.get(id)
    }

    /// All fields, in id order.
    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.fields.values()
    }

    /// The field whose name is nearest to a name that none bears; none when nothing is near.
    #[must_use]
    pub fn suggest(&self, object: Option<Object>, name: &str) -> Option<&Field> {
        let key = name_key(name);
        let nearest = self
            .names
            .iter()
            .filter(|((of, ..), _)| object.is_none_or(|object| object == *of))
            .map(|((_, _, known), id)| (strsim::damerau_levenshtein(known, &key), *id))
            .min()?;
        let allowed = key.chars().count().div_ceil(4).min(3);
        (nearest.0 <= allowed).then(|| self.fields.get(&nearest.1)).flatten()
    }

    fn insert(&mut self, field: Field) {
        let names = [&field.api_name, &field.rest_name, &field.display_name];
        for (kind, name) in KINDS.into_iter().zip(names) {
            // The first that bears a name keeps it.
            self.names.entry((field.object, kind, name_key(name))).or_insert(field.id);
        }
        self.fields.insert(field.id, field);
    }
}

fn check_api_name(name: &str) -> Result<(), Error> {
    let is_valid = name.len() <= MAX_API_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_valid {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidName,
        format!(
            "{} is no API name: a letter, then at most 63 letters, digits and underscores",
            shown(name)
        ),
    ))
}

fn check_name(name: &str) -> Result<(), Error> {
    let fault = if name.trim().is_empty() {
        "is empty".to_owned()
    } else if name.chars().count() > MAX_NAME {
        format!("has more than {MAX_NAME} characters")
    } else if let Some(char) = name.chars().find(|char| "{}:=".contains(*char)) {
        format!("holds `{char}`, which ends a token's name")
    } else if name.chars().any(char::is_control) {
        "holds a control character".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::InvalidName, format!("the name {} {fault}", shown(name))))
}

#[cfg(test)]
mod tests;
