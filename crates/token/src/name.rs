//! Names in tokens.

use std::fmt;

use icu_casemap::CaseMapper;

/// What two spellings of one name have in common: case is folded fully, white space at the ends is gone, a run of it is one space.
///
/// ```
/// use leadhook_token::name_key;
///
/// assert_eq!(name_key("  First\tNAME "), name_key("first name"));
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
    let words: Vec<_> = name.split_whitespace().collect();
    words.join(" ")
}

/// Why a name cannot stand in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
                    "a token's name holds no `{char}`: none of {{ }} : = can stand in it"
                )
            }
        }
    }
}

impl std::error::Error for NameError {}

/// Checks a name that something is to be given, so that a token can name it (R-TOK-1).
///
/// # Errors
/// [`NameError`].
pub fn check_name(name: &str) -> Result<(), NameError> {
    if name.trim().is_empty() {
        return Err(NameError::Empty);
    }
    match name.chars().find(|char| "{}:=".contains(*char)) {
        Some(char) => Err(NameError::Holds(char)),
        None => Ok(()),
    }
}
