//! Texts of a client in messages: on one line, and never long.

use std::borrow::Cow;

/// Most code points of a text that a message repeats.
const MAX_SHOWN: usize = 60;

/// A text for a message; what is left out is shown as `...`.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let end = text.char_indices().nth(MAX_SHOWN).map(|(at, _)| at);
    if end.is_none() && !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text[..end.unwrap_or(text.len())]
        .chars()
        .map(printable)
        .collect();
    if end.is_some() {
        short.push_str("...");
    }
    Cow::Owned(short)
}
