//! Texts compared without regard to case, names compared as people type them, and the one text that is made of others.

use std::borrow::Cow;

use icu_casemap::CaseMapper;

/// A text with its case folded, fully and without regard to language, as the Unicode Standard defines it.
///
/// Two texts are equal without regard to case (R-FIL-2, R-CMP-7) when their folds are equal. Borrowed when there is nothing to fold.
///
/// ```
/// use leadhook_field::fold;
///
/// assert_eq!(fold("Straße"), fold("STRASSE"));
/// assert_ne!(fold("Muller"), fold("Müller"));
/// ```
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        return CaseMapper::new().fold_string(text);
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// What the spellings of one name have in common: case, white space around it and runs of it do not count (R-TOK-1).
pub(crate) fn name_key(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    let is_spaced = |char: char| char.is_whitespace() && char != ' ';
    if !name.contains("  ") && !name.contains(is_spaced) {
        return fold(name);
    }
    let words: Vec<_> = name.split_whitespace().collect();
    Cow::Owned(fold(&words.join(" ")).into_owned())
}

/// The formula of Full Name (R-FLD-1): first, middle and last name without the white space around them, joined by single spaces; none
/// when there is none.
///
/// ```
/// use leadhook_field::full_name;
///
/// assert_eq!(full_name(Some("Ada"), None, Some("Example")).as_deref(), Some("Ada Example"));
/// assert_eq!(full_name(None, None, None), None);
/// ```
#[must_use]
pub fn full_name(first: Option<&str>, middle: Option<&str>, last: Option<&str>) -> Option<String> {
    let mut name = String::new();
    for part in [first, middle, last].into_iter().flatten().map(str::trim) {
        if !name.is_empty() && !part.is_empty() {
            name.push(' ');
        }
        name.push_str(part);
    }
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
