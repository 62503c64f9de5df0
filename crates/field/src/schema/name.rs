//! What a field may be called, and names that say whose field they mean.

use crate::{
    error::{Error, ErrorKind, shown},
    field::Object,
};

/// Characters of a SOAP API name.
const MAX_API_NAME: usize = 64;
/// Code points of a REST or display name.
pub(super) const MAX_NAME: usize = 255;

/// The object and the rest of `lead.City` and `company.City`.
pub(super) fn qualified(name: &str) -> Option<(Object, &str)> {
    let (scope, name) = name.split_once('.')?;
    let scope = scope.trim();
    if scope.eq_ignore_ascii_case("lead") {
        Some((Object::Lead, name))
    } else if scope.eq_ignore_ascii_case("company") {
        Some((Object::Company, name))
    } else {
        None
    }
}

pub(super) fn check_api(name: &str) -> Result<(), Error> {
    let is_valid = name.len() <= MAX_API_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_valid {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidName,
        format!(
            "{} is no API name, which is a letter, then at most 63 letters, digits and underscores",
            shown(name)
        ),
    ))
}

/// A REST or display name.
pub(super) fn check(name: &str) -> Result<(), Error> {
    let fault = if name.trim().is_empty() {
        "is empty".to_owned()
    } else if name.chars().count() > MAX_NAME {
        format!("has more than {MAX_NAME} characters")
    } else if let Some(char) = name.chars().find(|char| "{}:=".contains(*char)) {
        format!("holds `{char}`, which no token could name")
    } else if name.contains(char::is_control) {
        "holds a control character, which no token could name".to_owned()
    } else if qualified(name).is_some() {
        "begins like one that says whose field is meant".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::InvalidName,
        format!("the name {} {fault}", shown(name)),
    ))
}
