//! Near misses: which name was meant, and how names and pieces of the user's text are shown in an error.

use strsim::osa_distance;

use crate::fold;

/// More names than this are not listed.
pub(crate) const LISTED: usize = 16;
/// What is longer than this is no near miss of anything, and shown shortened.
pub(crate) const SHOWN: usize = 60;
/// A rewriting is shown up to this length.
pub(crate) const WRITTEN: usize = 300;

/// The name that is nearest to what was typed, if one is near: without regard to case, a third of it may differ.
pub(crate) fn near<N: AsRef<str>>(typed: &str, names: impl IntoIterator<Item = N>) -> Option<N> {
    let length = typed.chars().take(SHOWN + 1).count();
    if length == 0 || length > SHOWN {
        return None;
    }
    let typed = fold(typed);
    names
        .into_iter()
        .map(|name| (osa_distance(&typed, &fold(name.as_ref())), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= (length / 3).max(1).min(length - 1))
        .map(|(_, name)| name)
}

/// As [`near`]; the prefix that protocol buffers have before an enum's values is forgiven.
pub(crate) fn enum_value(typed: &str, names: &[&'static str]) -> Option<&'static str> {
    let prefixed = names.iter().find(|name| {
        typed
            .strip_suffix(**name)
            .is_some_and(|prefix| prefix.ends_with('_'))
    });
    prefixed.or_else(|| near(typed, names)).copied()
}

/// The names in a row, cut when there are many.
pub(crate) fn list<N: AsRef<str>>(names: &[N]) -> String {
    let mut row = String::new();
    for (at, name) in names.iter().take(LISTED).enumerate() {
        if at > 0 {
            row.push_str(", ");
        }
        row.push_str(name.as_ref());
    }
    if names.len() > LISTED {
        row.push_str(" ...");
    }
    row
}

/// A piece of the user's text between backticks, shortened, controls escaped.
pub(crate) fn shown(text: &str) -> String {
    format!("`{}`", shortened(text, SHOWN))
}

/// What to write instead, shortened later than [`shown`]: it is there to be copied.
pub(crate) fn write(instead: &str) -> String {
    format!("write `{}`", shortened(instead, WRITTEN))
}

/// At most so many code points, with `...` for what is cut.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let mut short = String::new();
    for (at, char) in text.chars().enumerate() {
        if at == most {
            short.push_str("...");
            break;
        }
        if char.is_control() {
            short.extend(char.escape_default());
        } else {
            short.push(char);
        }
    }
    short
}

#[cfg(test)]
mod tests;
