//! The XML declaration (XML 1.0, productions 23 to 26, 32, 80, 81) and the targets of processing instructions (16, 17).

use super::names::name_length;

/// Whether `<?xml ... ?>` is a declaration to the letter.
pub(super) fn is_declaration(markup: &str) -> bool {
    let Some(inner) = markup
        .strip_prefix("<?xml")
        .and_then(|rest| rest.strip_suffix("?>"))
    else {
        return false;
    };
    let Some((version, rest)) = pseudo_attribute(inner, "version") else {
        return false;
    };
    if !is_version(version) {
        return false;
    }
    let rest = match pseudo_attribute(rest, "encoding") {
        Some((name, rest)) if is_encoding_name(name) => rest,
        Some(_) => return false,
        None => rest,
    };
    let rest = match pseudo_attribute(rest, "standalone") {
        Some(("yes" | "no", rest)) => rest,
        Some(_) => return false,
        None => rest,
    };
    trim_start(rest).is_empty()
}

/// Whether `<?target ... ?>` is a processing instruction: `xml` in any case is reserved.
pub(super) fn is_instruction(markup: &str) -> bool {
    let Some(inner) = markup
        .strip_prefix("<?")
        .and_then(|rest| rest.strip_suffix("?>"))
    else {
        return false;
    };
    let (target, rest) = inner.split_at(name_length(inner));
    !target.is_empty()
        && !target.eq_ignore_ascii_case("xml")
        && (rest.is_empty() || trim_start(rest) != rest)
}

/// The value of `name = "value"` after white space, and what follows it.
fn pseudo_attribute<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let inner = trim_start(text);
    if inner.len() == text.len() {
        return None;
    }
    let value = trim_start(trim_start(inner.strip_prefix(name)?).strip_prefix('=')?);
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split_once(quote)
}

fn is_version(version: &str) -> bool {
    version
        .strip_prefix("1.")
        .is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_encoding_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(super::names::is_white_space)
}
