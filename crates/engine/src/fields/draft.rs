//! A field that is to be created: what of it may be left out, and which names it may have.

use leadhook_field::{Field, FieldId, FieldType, Object, Schema};

use crate::{
    error::{Error, Kind, Violation},
    leads::shown,
};

/// A custom field as a client gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldDraft {
    /// SOAP API name, the last part of its resource name: a letter, then letters, digits and `_`, at most 64. Empty: made of
    /// the display name, `Favorite Color` giving `FavoriteColor`.
    pub api_name: String,
    /// REST name, of the same characters. Empty: made of the API name, `FavoriteColor` giving `favoriteColor`.
    pub rest_name: String,
    /// Display name, what a token names: at most 255 characters, none of `{ } : =`. Empty: made of the API name,
    /// `Favorite_Color__c` giving `Favorite Color`.
    pub display_name: String,
    /// Its type, any but Formula.
    pub field_type: Option<FieldType>,
    /// Whose field it is; none: the lead's.
    pub object: Option<Object>,
    /// Only standard fields are read-only.
    pub read_only: bool,
}

const MAX_API_NAME: usize = 64;
const MAX_DISPLAY_NAME: usize = 255;

/// Names that mean something else where fields are named: in filters of leads, and as what says whose field is meant.
const RESERVED: [&str; 5] = ["name", "create_time", "update_time", "lead", "company"];

impl FieldDraft {
    /// The same with nothing left out that can be made.
    pub(super) fn with_defaults(mut self) -> FieldDraft {
        if self.api_name.is_empty() {
            self.api_name = api_name(&self.display_name);
        }
        if self.rest_name.is_empty() {
            self.rest_name = rest_name(&self.api_name);
        }
        self.display_name = self
            .display_name
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if self.display_name.is_empty() {
            self.display_name = display_name(&self.api_name);
        }
        self
    }

    /// The field, if it may be added to the schema.
    pub(super) fn check(&self, schema: &Schema, id: FieldId) -> Result<Field, Error> {
        if let Some(field) = schema.iter().find(|field| field.api_name == self.api_name) {
            let name = format!("fields/{}", field.api_name);
            return Err(Error::AlreadyExists {
                kind: Kind::Field,
                name,
            });
        }
        let mut faults = Vec::new();
        let rest_is_made = self.rest_name == rest_name(&self.api_name);
        let display_is_made = self.display_name == display_name(&self.api_name);
        type Check = fn(&str) -> Result<(), String>;
        let names: [(&str, &str, Check, bool); 3] = [
            ("field_id", &self.api_name, check_api_name, false),
            (
                "field.rest_name",
                &self.rest_name,
                check_api_name,
                rest_is_made,
            ),
            (
                "field.display_name",
                &self.display_name,
                check_display_name,
                display_is_made,
            ),
        ];
        for (place, name, check, is_made) in names {
            // What is made of an API name that is wrong is wrong for the same reason.
            if is_made && !faults.is_empty() {
                continue;
            }
            if let Err(message) = check(name).and_then(|()| check_free(name, schema)) {
                faults.push(Violation::new(place, message));
            }
        }
        if self.read_only {
            faults.push(Violation::new(
                "field.read_only",
                "a custom field is never read-only; leave it out",
            ));
        }
        let field_type = match self.field_type {
            Some(FieldType::Formula) => {
                faults.push(Violation::new(
                    "field.type",
                    "formulas are built in; choose another type",
                ));
                None
            }
            None => {
                faults.push(Violation::new(
                    "field.type",
                    "is missing; say what the field holds",
                ));
                None
            }
            known => known,
        };
        match field_type {
            Some(field_type) if faults.is_empty() => {
                let field = Field {
                    id,
                    api_name: self.api_name.clone(),
                    rest_name: self.rest_name.clone(),
                    display_name: self.display_name.clone(),
                    field_type,
                    object: self.object.unwrap_or(Object::Lead),
                    read_only: false,
                    custom: true,
                };
                // What is saved is what every later start of the engine takes.
                match schema.clone().add(field.clone()) {
                    Ok(()) => Ok(field),
                    Err(error) => Err(invalid(vec![Violation::new("field", error.to_string())])),
                }
            }
            _ => Err(invalid(faults)),
        }
    }
}

fn invalid(violations: Vec<Violation>) -> Error {
    Error::Invalid {
        subject: Kind::Field,
        violations,
    }
}

fn check_api_name(name: &str) -> Result<(), String> {
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.len() <= MAX_API_NAME;
    if is_name {
        return Ok(());
    }
    Err(format!(
        "`{}` is no API name: a letter, then letters, digits and `_`, at most {MAX_API_NAME} in all",
        shown(name)
    ))
}

fn check_display_name(name: &str) -> Result<(), String> {
    if let Some(mark) = name.chars().find(|c| "{}:=".contains(*c)) {
        return Err(format!(
            "`{}` has a `{mark}`, which no token could name (R-TOK-1)",
            shown(name)
        ));
    }
    let length = name.chars().count();
    if length > MAX_DISPLAY_NAME {
        return Err(format!(
            "has {length} characters; a display name has at most {MAX_DISPLAY_NAME}"
        ));
    }
    if name.contains(char::is_control) {
        return Err("has a control character, which no token could name".to_owned());
    }
    let is_scoped = |scope: &str| {
        name.get(..scope.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scope))
    };
    if is_scoped("lead.") || is_scoped("company.") {
        return Err(format!(
            "`{}` begins like the name of another object's field",
            shown(name)
        ));
    }
    Ok(())
}

/// R-LEAD-3: no two fields share a name in any form, whosever they are.
fn check_free(name: &str, schema: &Schema) -> Result<(), String> {
    if RESERVED
        .iter()
        .any(|reserved| reserved.eq_ignore_ascii_case(name))
    {
        return Err(format!(
            "`{name}` has a meaning of its own in filters; choose another name"
        ));
    }
    let bearer = [Object::Lead, Object::Company]
        .iter()
        .find_map(|object| schema.find_in(*object, name));
    match bearer {
        None => Ok(()),
        Some(field) => Err(format!(
            "`{}` names the field {} already; choose another name",
            shown(name),
            field.api_name
        )),
    }
}

/// The API name made of a display name; empty where the display name has no letter to begin with.
fn api_name(display_name: &str) -> String {
    let kept = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let words = display_name.split(|char| !kept(char));
    let mut name = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        let (first, rest) = word.split_at(1);
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    name.chars().take(MAX_API_NAME).collect()
}

/// `FavoriteColor` gives `favoriteColor`, `SFDCType` gives `sfdcType`, as Marketo's own names go.
fn rest_name(api_name: &str) -> String {
    let capitals = api_name.bytes().take_while(u8::is_ascii_uppercase).count();
    let begins_word = api_name
        .as_bytes()
        .get(capitals)
        .is_some_and(u8::is_ascii_lowercase);
    let lowered = if capitals > 1 && begins_word {
        capitals - 1
    } else {
        capitals
    };
    let (first, rest) = api_name.split_at(lowered);
    first.to_ascii_lowercase() + rest
}

/// `FavoriteColor` and `Favorite_Color__c` give `Favorite Color`.
fn display_name(api_name: &str) -> String {
    let bare = api_name.strip_suffix("__c").unwrap_or(api_name);
    let mut name = String::new();
    let mut before: Option<char> = None;
    let mut chars = bare.chars().peekable();
    while let Some(c) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(char::is_ascii_lowercase);
        let begins_word = before.is_some_and(|before| {
            c.is_ascii_uppercase() && (!before.is_ascii_uppercase() || next_is_lower)
        });
        if c == '_' || begins_word {
            name.push(' ');
        }
        if c != '_' {
            name.push(c);
        }
        before = Some(c);
    }
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
