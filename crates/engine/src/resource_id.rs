//! Resource ids, the last part of a resource name: `[a-z][a-z0-9-]{0,62}`.

use leadhook_store::Revision;

use crate::error::{Kind, Violation};

/// What is wrong with an id that a client chose; `field` says where it stands.
pub(crate) fn fault(id: &str, field: &str) -> Option<Violation> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_valid = id.len() <= 63
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.bytes().all(allowed);
    if is_valid {
        return None;
    }
    let violation = Violation::new(
        field,
        format!(
            "`{}` is no id: it begins with a lower-case letter and has at most 63 lower-case letters, digits and hyphens",
            id.escape_debug()
        ),
    );
    Some(match slug(id) {
        Some(slug) => violation.suggest(slug),
        None => violation,
    })
}

/// The id of what a client chose none for: what people call it, made unique by the revision that creates it.
pub(crate) fn made_of(display_name: &str, kind: Kind, revision: Revision) -> String {
    let stem = slug(display_name).unwrap_or_else(|| kind.word().to_owned());
    let stem: String = stem.chars().take(40).collect();
    format!("{}-{revision}", stem.trim_end_matches('-'))
}

/// What is longer is near no name.
const MAX_NAME: usize = 100;

/// The one that may have been meant by an id, or another short name, that is not there.
pub(crate) fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if given.len() > MAX_NAME {
        return None;
    }
    known
        .map(|known| (strsim::damerau_levenshtein(known, given), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
        .map(|(_, known)| known)
}

/// The first that an id differs from in one character, which is added, left out, another, or has changed places with its neighbour. Costs too little
/// to be kept for the few.
pub(crate) fn one_edit_away<'a>(
    given: &str,
    mut known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    known.find(|known| differs_by_one(known.as_bytes(), given.as_bytes()))
}

fn differs_by_one(first: &[u8], second: &[u8]) -> bool {
    let same = |pair: &(&u8, &u8)| pair.0 == pair.1;
    let start = first.iter().zip(second).take_while(same).count();
    let (first, second) = (&first[start..], &second[start..]);
    let ends = first.iter().rev().zip(second.iter().rev());
    let end = ends.take_while(same).count();
    let (first, second) = (&first[..first.len() - end], &second[..second.len() - end]);
    let is_swapped = matches!((first, second), ([a, b], [c, d]) if (a, b) == (d, c));
    first.len().max(second.len()) == 1 || is_swapped
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

#[cfg(test)]
mod tests {
    use super::one_edit_away;

    #[test]
    fn one_character_makes_a_near_miss_and_two_do_not() {
        let near = |given| one_edit_away(given, ["score", "enrich", "enrich-2"].into_iter());
        for given in ["enrihc", "enrch", "enricch", "Enrich", "enrich-", "nrich"] {
            assert_eq!(near(given), Some("enrich"), "{given}");
        }
        for given in ["enrich-all", "enrcih-", "hcirne", "", "e", "énrich"] {
            assert_eq!(near(given), None, "{given}");
        }
    }
}
