//! Names in tokens.

use std::fmt;

use icu_casemap::CaseMapper;

/// What ends a name or is markup, and so stands in none (R-TOK-1).
pub(crate) const NEVER_IN_NAMES: [char; 4] = ['{', '}', ':', '='];

/// What all spellings of one name have in common: case is folded fully (Unicode C + F), white space at the ends is gone, a run of it
/// is one space (R-TOK-1). It is a key to compare by, not a name to show.
///
/// ```
/// use leadhook_token::name_key;
///
/// assert_eq!(name_key("  First\tNAME "), name_key("first name"));
/// assert_eq!(name_key("STRASSE"), name_key("Straße"));
/// ```
#[must_use]
pub fn name_key(name: &str) -> String {
    let spaced = collapse(name);
    if spaced.is_ascii() {
        spaced.to_ascii_lowercase()
    } else {
        CaseMapper::new().fold_string(&spaced).into_owned()
    }
}

/// A name with white space at its ends taken off and each run of it made one space.
pub(crate) fn collapse(name: &str) -> String {
    let mut collapsed = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// Why a name cannot stand in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// There is nothing but white space.
    Empty,
    /// It holds a character that ends a name.
    Holds(char),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameError::Empty => f.write_str("a token's name is not empty"),
            NameError::Holds(char) => {
                write!(
                    f,
                    "`{char}` cannot stand in a token's name, nor can any of {{ }} : ="
                )
            }
        }
    }
}

impl std::error::Error for NameError {}

/// Checks a name that something is to be given, so that a token can name it (R-TOK-1).
///
/// ```
/// use leadhook_token::{NameError, check_name};
///
/// assert_eq!(check_name("Webinar Url"), Ok(()));
/// assert_eq!(check_name("ratio a:b"), Err(NameError::Holds(':')));
/// ```
///
/// # Errors
/// [`NameError::Empty`] for white space alone, [`NameError::Holds`] for the first character that cannot stand in a name.
pub fn check_name(name: &str) -> Result<(), NameError> {
    if name.trim().is_empty() {
        return Err(NameError::Empty);
    }
    match name.chars().find(|char| NEVER_IN_NAMES.contains(char)) {
        Some(char) => Err(NameError::Holds(char)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
