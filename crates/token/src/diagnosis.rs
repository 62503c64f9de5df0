//! Says what is wrong where a known scope and dot begin no token, and what was probably meant.

use crate::{
    error::{Error, ErrorKind, shown},
    name::{NEVER_IN_NAMES, collapse},
    position::Position,
};

/// Longest suggestion, in bytes: what is longer was not a slip in a token.
const LONGEST: usize = 1_000;

/// The fault of a token that is none, and how many bytes it takes. `rest` begins with its opening, which has `opening` bytes.
///
/// No more of `rest` is read than up to the next `{{`, where the next fault or token begins: a template full of faults costs one pass.
pub(crate) fn diagnose(rest: &str, opening: usize, position: Position) -> (Error, usize) {
    let (open, behind) = rest.split_at(opening);
    let next = behind.find("{{");
    let reach = &behind[..next.unwrap_or(behind.len())];
    match reach.find("}}") {
        Some(close) => (
            malformed(open, &reach[..close], position),
            opening + close + 2,
        ),
        None if next.is_some() && has_default(reach) => {
            (nested(open, reach, position), opening + reach.len())
        }
        None => unclosed(open, reach, position),
    }
}

/// A token that closes, with something else than a name and a default in it.
fn malformed(open: &str, body: &str, position: Position) -> Error {
    let typed = shown(&format!("{open}{body}}}}}"));
    let (name, behind) = split(body);
    if let Some(char) = name.chars().find(|char| "{}".contains(*char)) {
        let message = format!("`{typed}` has `{char}` in its name");
        return Error::new(ErrorKind::InvalidName, position, message).suggest(mend(open, body));
    }
    let Some((separator, behind)) = behind.filter(|_| !name.trim().is_empty()) else {
        let message = format!("`{typed}` has no name");
        return Error::new(ErrorKind::EmptyName, position, message);
    };
    let (kind, message) = if separator == '=' {
        let message = format!("`{typed}` has `=` in its name; a default is written `:default=`");
        (ErrorKind::InvalidName, message)
    } else if behind.split(':').skip(1).any(begins_default) {
        let message = format!("`{typed}` has `:` in its name");
        (ErrorKind::InvalidName, message)
    } else {
        let message = format!("`{typed}` has something else than `default=` behind the colon");
        (ErrorKind::InvalidDefault, message)
    };
    Error::new(kind, position, message).suggest(mend(open, body))
}

/// Another token begins in the default.
fn nested(open: &str, reach: &str, position: Position) -> Error {
    let typed = shown(&format!("{open}{reach}{{{{"));
    let message = format!("the default in `{typed}` holds `{{{{`: tokens do not stand in defaults");
    Error::new(ErrorKind::NestedToken, position, message)
}

/// No closing braces before the next token or the end; one brace of two may be there.
fn unclosed(open: &str, reach: &str, position: Position) -> (Error, usize) {
    let line = reach.lines().next().unwrap_or_default();
    let typed = shown(&format!("{open}{line}"));
    let message = format!("`{typed}` is not closed with `}}}}`");
    let one_brace = line.split_once('}');
    let error = Error::new(ErrorKind::Unclosed, position, message)
        .suggest(one_brace.and_then(|(body, _)| mend(open, body)));
    let reach = one_brace.map_or(line.len(), |(body, _)| body.len() + 1);
    (error, open.len() + reach)
}

/// The token that may have been meant, with nothing around it: a name without what cannot stand in one, and what follows the name as
/// the default.
pub(crate) fn mend(open: &str, body: &str) -> Option<String> {
    if body.len() > LONGEST {
        return None;
    }
    let (name, default) = match body.to_ascii_lowercase().find(":default=") {
        Some(at) => (&body[..at], Some(&body[at + ":default=".len()..])),
        None => {
            let (name, behind) = split(body);
            (name, behind.map(|(_, behind)| default_text(behind)))
        }
    };
    let name = collapse(&name.replace(NEVER_IN_NAMES, ""));
    if name.is_empty() {
        return None;
    }
    Some(match default {
        Some(default) => format!("{open}{name}:default={default}}}}}"),
        None => format!("{open}{name}}}}}"),
    })
}

/// The text of a default that was written in another way: ` default = x`, `defualt=x`, `default:x`, `x`.
fn default_text(behind: &str) -> &str {
    let behind = behind.trim_start();
    match behind.get(.."default".len()) {
        Some(word) if word.eq_ignore_ascii_case("default") => {
            let text = behind[word.len()..].trim_start();
            text.strip_prefix([':', '=']).unwrap_or(text).trim_start()
        }
        _ => behind
            .split_once('=')
            .map_or(behind, |(_, text)| text.trim_start()),
    }
}

/// The name, and what ended it with what follows.
fn split(body: &str) -> (&str, Option<(char, &str)>) {
    match body.find([':', '=']) {
        Some(at) => {
            let separator = if body[at..].starts_with(':') {
                ':'
            } else {
                '='
            };
            (&body[..at], Some((separator, &body[at + 1..])))
        }
        None => (body, None),
    }
}

fn has_default(reach: &str) -> bool {
    matches!(split(reach), (_, Some((':', behind))) if begins_default(behind))
}

fn begins_default(text: &str) -> bool {
    text.get(.."default=".len())
        .is_some_and(|head| head.eq_ignore_ascii_case("default="))
}

#[cfg(test)]
mod tests;
