//! Marketo's editor reads backslash escapes in payload templates (R-ENC-7).

use std::{borrow::Cow, ops::Range};

use crate::{
    error::{Error, ErrorKind, Errors, MAX_FAULTS, shown},
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
    let Unescaped { text, faults, .. } = unescape(typed);
    if faults.is_empty() {
        Ok(text)
    } else {
        Err(Errors::new(faults))
    }
}

/// A text whose escapes were read.
pub(crate) struct Unescaped<'a> {
    /// A backslash that begins no escape stands in it as itself.
    pub(crate) text: Cow<'a, str>,
    /// At most [`MAX_FAULTS`].
    pub(crate) faults: Vec<Error>,
    /// Those backslashes, as bytes of the text.
    pub(crate) malformed: Vec<Range<usize>>,
}

pub(crate) fn unescape(typed: &str) -> Unescaped<'_> {
    let (mut faults, mut malformed) = (Vec::new(), Vec::new());
    if !typed.contains('\\') {
        return Unescaped {
            text: Cow::Borrowed(typed),
            faults,
            malformed,
        };
    }
    let mut walk = Walk::new(typed);
    let mut text = String::with_capacity(typed.len());
    let mut rest = typed;
    while let Some((own, behind)) = rest.split_once('\\') {
        text.push_str(own);
        let mut chars = behind.chars();
        let escaped = chars.next();
        if let Some(char) = escaped.and_then(meaning) {
            text.push(char);
            rest = chars.as_str();
            continue;
        }
        if faults.len() < MAX_FAULTS {
            let place = walk.to(typed.len() - behind.len() - 1);
            faults.push(unknown(escaped, place));
            malformed.push(text.len()..text.len() + 1);
        }
        text.push('\\');
        rest = behind;
    }
    text.push_str(rest);
    Unescaped {
        text: Cow::Owned(text),
        faults,
        malformed,
    }
}

/// What a character behind a backslash stands for: always one byte, on which [`Walk`] relies.
pub(crate) fn meaning(escaped: char) -> Option<char> {
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
