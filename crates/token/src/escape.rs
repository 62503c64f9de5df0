//! Marketo's editor reads backslash escapes in payload templates (R-ENC-7).

use std::borrow::Cow;

use crate::{
    error::{Error, ErrorKind, Errors, shown},
    position::{Position, Walk},
};

/// Reads a payload template as Marketo's editor does: `\b \t \n \f \r \\ \" \'` become their characters (R-ENC-7).
///
/// [`Template::parse_marketo`](crate::Template::parse_marketo) does this first, and tells its tokens' places in the text as typed.
///
/// ```
/// use leadhook_token::marketo_unescape;
///
/// assert_eq!(marketo_unescape(r#"{\"a\": \"b\"}\n"#)?, "{\"a\": \"b\"}\n");
/// assert!(marketo_unescape(r"\u0041").is_err());
/// # Ok::<(), leadhook_token::Errors>(())
/// ```
///
/// # Errors
/// [`InvalidEscape`](ErrorKind::InvalidEscape) for each other backslash, [`MAX_FAULTS`](crate::MAX_FAULTS) at most.
pub fn marketo_unescape(typed: &str) -> Result<Cow<'_, str>, Errors> {
    if !typed.contains('\\') {
        return Ok(Cow::Borrowed(typed));
    }
    let mut walk = Walk::new(typed);
    let mut errors = Errors::none();
    let mut text = String::with_capacity(typed.len());
    let mut rest = typed;
    while let Some((own, behind)) = rest.split_once('\\') {
        text.push_str(own);
        let mut chars = behind.chars();
        let escaped = chars.next();
        match escaped.and_then(meaning) {
            Some(char) => text.push(char),
            None => {
                let place = walk.to(typed.len() - behind.len() - 1);
                errors.push(unknown(escaped, place));
                if errors.is_full() {
                    return Err(errors);
                }
            }
        }
        rest = chars.as_str();
    }
    text.push_str(rest);
    errors.or(Cow::Owned(text))
}

/// What a character behind a backslash stands for: always one byte, on which [`Walk`] relies.
fn meaning(escaped: char) -> Option<char> {
    match escaped {
        'b' => Some('\u{8}'),
        't' => Some('\t'),
        'n' => Some('\n'),
        'f' => Some('\u{c}'),
        'r' => Some('\r'),
        '\\' | '"' | '\'' => Some(escaped),
        _ => None,
    }
}

fn unknown(escaped: Option<char>, place: Position) -> Error {
    let sequence: String = std::iter::once('\\').chain(escaped).collect();
    let message = format!(
        "`{}` is no escape; there are \\b \\t \\n \\f \\r \\\\ \\\" \\'",
        shown(&sequence)
    );
    Error::new(ErrorKind::InvalidEscape, place, message).suggest(Some(format!("\\{sequence}")))
}

#[cfg(test)]
mod tests;
