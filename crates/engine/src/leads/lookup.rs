//! The lookup field: what leads and companies are found by (R-LEAD-1).

use leadhook_field::{Field, Object, Schema};

use super::{Names, shown};
use crate::error::{Error, Kind, Violation};

/// The lookup field of a request, in any of its names.
///
/// # Errors
/// [`Error::Invalid`] for a name that no field of the object bears, or a read-only one.
pub(crate) fn lookup<'a>(
    schema: &'a Schema,
    object: Object,
    name: &str,
) -> Result<&'a Field, Error> {
    const FIELD: &str = "lookup_field";
    let (default, word) = match object {
        Object::Lead => ("Email", "lead"),
        Object::Company => ("Company", "company"),
    };
    let name = if name.is_empty() { default } else { name };
    let names = Names::new(schema, Some(object));
    let violation = match names.find(name) {
        Some(field) if !field.read_only => return Ok(field),
        Some(field) => {
            let message = format!(
                "{} is read-only, no row can give it; a {word} that is known is given by its `name`",
                field.api_name
            );
            Violation::new(FIELD, message)
        }
        None => {
            let message = format!("no {word} field is called `{}`", shown(name));
            Violation::new(FIELD, message).suggest(names.suggest(name).unwrap_or_default())
        }
    };
    Err(Error::Invalid {
        subject: Kind::Request,
        violations: vec![violation],
    })
}
