//! Says what is wrong where a known scope and dot begin no token.

use crate::{
    error::{Error, ErrorKind},
    name::collapse,
    position::Position,
};

/// Longest piece of a template that a message repeats, in characters.
const SHOWN: usize = 60;

/// The fault of a token that is none. `rest` begins with its opening, which has `opening` bytes.
pub(crate) fn diagnose(rest: &str, opening: usize, position: Position) -> Error {
    let (open, body) = rest.split_at(opening);
    let close = body.find("}}");
    let next = body.find("{{");
    let body = match (close, next) {
        (_, Some(next)) if close.is_some_and(|close| next < close) => {
            return before_next(open, &body[..next], position);
        }
        (Some(close), _) => &body[..close],
        (None, _) => return unclosed(open, body, position),
    };
    let spelled = format!("{open}{body}}}}}");
    if let Some((name, behind)) = body.split_once(':') {
        return behind_colon(open, name, behind, position);
    }
    if let Some((name, text)) = body.split_once('=') {
        let message = format!(
            "`{}` has `=` in its name; a default is written `:default=`",
            shown(&spelled)
        );
        return Error::new(ErrorKind::InvalidName, position, message)
            .suggest(format!("{open}{}:default={text}}}}}", name.trim_end()));
    }
    match body.chars().find(|char| "{}".contains(*char)) {
        Some(char) => Error::new(
            ErrorKind::InvalidName,
            position,
            format!("`{}` has `{char}` in its name", shown(&spelled)),
        )
        .suggest(format!(
            "{open}{}}}}}",
            collapse(&body.replace(['{', '}'], ""))
        )),
        None => Error::new(
            ErrorKind::EmptyName,
            position,
            format!("`{}` names nothing", shown(&spelled)),
        ),
    }
}

fn unclosed(open: &str, body: &str, position: Position) -> Error {
    let line = body.lines().next().unwrap_or_default();
    Error::new(
        ErrorKind::Unclosed,
        position,
        format!(
            "`{}` is not closed with `}}}}`",
            shown(&format!("{open}{line}"))
        ),
    )
}

/// Another token begins before this one ends.
fn before_next(open: &str, body: &str, position: Position) -> Error {
    if let Some((_, behind)) = body.split_once(':')
        && is_default(behind)
    {
        return Error::new(
            ErrorKind::NestedToken,
            position,
            format!(
                "the default of `{}` holds `{{{{`: tokens do not stand in defaults",
                shown(&format!("{open}{body}"))
            ),
        );
    }
    unclosed(open, body, position)
}

fn behind_colon(open: &str, name: &str, behind: &str, position: Position) -> Error {
    if let Some(char) = name.chars().find(|char| "{}=".contains(*char)) {
        return Error::new(
            ErrorKind::InvalidName,
            position,
            format!(
                "`{}` has `{char}` in its name",
                shown(&format!("{open}{name}"))
            ),
        );
    }
    if name.trim().is_empty() {
        let message = format!("`{}:...}}}}` names nothing", shown(open));
        return Error::new(ErrorKind::EmptyName, position, message);
    }
    let text = behind.split_once('=').map_or(behind, |(_, text)| text);
    Error::new(
        ErrorKind::InvalidDefault,
        position,
        format!(
            "`{}` has something else than `default=` behind the colon",
            shown(&format!("{open}{name}:{behind}}}}}"))
        ),
    )
    .suggest(format!(
        "{open}{}:default={}}}}}",
        name.trim_end(),
        text.trim_start()
    ))
}

fn is_default(behind: &str) -> bool {
    behind
        .split_once('=')
        .is_some_and(|(word, _)| word.eq_ignore_ascii_case("default"))
}

fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(SHOWN).collect();
    let tail = if chars.next().is_some() { "..." } else { "" };
    format!("{}{tail}", head.escape_debug())
}
