//! Marketo's editor reads backslash escapes in payload templates (R-ENC-7).

use std::{borrow::Cow, fmt};

use crate::position::Position;

/// A backslash that begins none of the escapes that Marketo's editor knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscapeError {
    position: Position,
    sequence: String,
}

impl EscapeError {
    /// Where it stands in the text as typed.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }
}

impl fmt::Display for EscapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: `{}` is no escape; there are \\b \\t \\n \\f \\r \\\\ \\\" \\'",
            self.position,
            self.sequence.escape_debug()
        )
    }
}

impl std::error::Error for EscapeError {}

/// Reads a payload template as Marketo's editor does: `\b \t \n \f \r \\ \" \'` become their characters.
///
/// ```
/// use leadhook_token::marketo_unescape;
///
/// assert_eq!(marketo_unescape(r#"{\"a\": \"b\"}\n"#).unwrap(), "{\"a\": \"b\"}\n");
/// assert!(marketo_unescape(r"\u0041").is_err());
/// ```
///
/// # Errors
/// [`EscapeError`] for any other backslash.
pub fn marketo_unescape(text: &str) -> Result<Cow<'_, str>, EscapeError> {
    let Some(first) = text.find('\\') else {
        return Ok(Cow::Borrowed(text));
    };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let mut chars = rest[at + 1..].chars();
        out.push(match chars.next() {
            Some('b') => '\u{8}',
            Some('t') => '\t',
            Some('n') => '\n',
            Some('f') => '\u{c}',
            Some('r') => '\r',
            Some(same @ ('\\' | '"' | '\'')) => same,
            other => {
                let offset = text.len() - rest.len() + at;
                return Err(EscapeError {
                    position: Position::of(text, offset),
                    sequence: std::iter::once('\\').chain(other).collect(),
                });
            }
        });
        rest = chars.as_str();
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}
