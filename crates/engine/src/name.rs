//! Resource ids: what stands behind the slash of `webhooks/crm`.

use leadhook_store::Revision;

use crate::error::{Error, Kind, Violation};

/// Checks an id that a client chose: `[a-z][a-z0-9-]{0,62}`.
///
/// # Errors
/// [`Error::Invalid`] naming the request's field, such as `webhook_id`, with an id that would do.
pub(crate) fn check_id(id: &str, kind: Kind) -> Result<(), Error> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_valid = id.len() <= 63
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.bytes().all(allowed);
    if is_valid {
        return Ok(());
    }
    let violation = Violation::new(
        format!("{kind}_id"),
        format!(
            "`{}` is no id: it begins with a lower-case letter and has at most 63 lower-case letters, digits and hyphens",
            id.escape_debug()
        ),
    );
    Err(Error::Invalid {
        subject: kind,
        violations: vec![match slug(id) {
            Some(slug) => violation.suggest(slug),
            None => violation,
        }],
    })
}

/// The id of what a client gave none: what people call it, made unique by the revision.
pub(crate) fn new_id(display_name: &str, revision: Revision, kind: Kind) -> String {
    let stem = slug(display_name).unwrap_or_else(|| kind.word().to_owned());
    let stem: String = stem.chars().take(40).collect();
    format!("{}-{revision}", stem.trim_end_matches('-'))
}

fn slug(text: &str) -> Option<String> {
    let mut slug = String::new();
    for char in text.chars().flat_map(char::to_lowercase) {
        if char.is_ascii_alphanumeric() {
            slug.push(char);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_start_matches(|char: char| !char.is_ascii_lowercase());
    let slug: String = slug.chars().take(63).collect();
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// The id that may have been meant by one that is not there.
pub(crate) fn nearest<'a>(id: &str, ids: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // No id is longer, so nothing longer is near one; this bounds the comparison.
    if id.len() > 100 {
        return None;
    }
    ids.map(|known| (strsim::damerau_levenshtein(known, id), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
        .map(|(_, known)| known)
}
