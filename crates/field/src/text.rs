//! Texts compared without regard to case, and names compared as people type them.

use std::borrow::Cow;

use icu_casemap::CaseMapper;

/// A text with its case folded, fully and without regard to language, as the Unicode Standard defines it.
///
/// ```
/// use leadhook_field::fold;
///
/// assert_eq!(fold("Straße"), fold("STRASSE"));
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

/// What two spellings of one name have in common: case and runs of white space do not count (R-TOK-1).
pub(crate) fn name_key(name: &str) -> String {
    let words: Vec<_> = name.split_whitespace().collect();
    fold(&words.join(" ")).into_owned()
}

/// First, middle and last name, joined by single spaces (R-FLD-1); none when there is none.
#[must_use]
pub fn full_name(first: Option<&str>, middle: Option<&str>, last: Option<&str>) -> Option<String> {
    let parts = [first, middle, last].into_iter().flatten().map(str::trim);
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_fil_2_case_is_folded_fully() {
        for (a, b) in [("Straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("ﬁne", "FINE"), ("abc", "ABC")] {
            assert_eq!(fold(a), fold(b));
        }
    }

    #[test]
    fn r_fld_1_full_name_joins_what_there_is() {
        assert_eq!(full_name(Some("Ada"), None, Some("Example")).as_deref(), Some("Ada Example"));
        assert_eq!(full_name(Some(" Ada "), Some("B."), Some("")).as_deref(), Some("Ada B."));
        assert_eq!(full_name(None, Some(" "), None), None);
    }
}
