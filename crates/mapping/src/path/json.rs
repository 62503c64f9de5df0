//! The grammar of paths into JSON (R-MAP-2).
//!
//! ```text
//! path      = ( key / bracket ) *( "." key / bracket )
//! key       = 1*( letter / digit / "-" / "_" / ":" / white space )
//! bracket   = "[" ( 1*DIGIT / JSON string ) "]"
//! ```

use super::JsonStep;
use super::cursor::Cursor;
use super::error::Fault;

pub(super) fn parse(text: &str) -> Result<Vec<JsonStep>, Fault> {
    let mut cursor = Cursor::new(text);
    let mut steps = Vec::new();
    let mut after = None;
    loop {
        let at = cursor.at();
        let step = if cursor.eat('[') {
            bracket(&mut cursor)?
        } else {
            key(&mut cursor, after)?
        };
        cursor.level(at)?;
        steps.push(step);
        match cursor.peek() {
            None => return Ok(steps),
            Some('[') => {}
            Some('.') => {
                cursor.advance(1);
                after = Some('.');
                if cursor.peek() == Some('[') {
                    return Err(cursor.expected("a key after `.`"));
                }
            }
            Some(c) if is_key_char(c) => return Err(cursor.expected("`.` or `[` after `]`")),
            Some(_) => return Err(cursor.expected(
                "`.`, `[` or the end of the path (any other key goes in brackets as a JSON string)",
            )),
        }
    }
}

/// What a key may hold without brackets.
pub(super) fn is_key_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | ':') || c.is_whitespace()
}

fn key(cursor: &mut Cursor<'_>, after: Option<char>) -> Result<JsonStep, Fault> {
    let key = cursor.take_while(is_key_char);
    if key.is_empty() {
        return Err(match after {
            Some(_) => cursor.expected("a key after `.`"),
            None => cursor.expected("a key or `[`"),
        });
    }
    Ok(JsonStep::Key(key.into()))
}

fn bracket(cursor: &mut Cursor<'_>) -> Result<JsonStep, Fault> {
    if cursor.peek() != Some('"') {
        return match cursor.peek() {
            Some(c) if c.is_ascii_digit() || matches!(c, '-' | '*') => {
                cursor.index().map(JsonStep::Index)
            }
            _ => Err(cursor.expected("an index or a key in double quotes after `[`")),
        };
    }
    let rest = cursor.rest();
    let Some(literal) = string_literal(rest) else {
        return Err(cursor.fault("the key in quotes is not closed: expected `\"`"));
    };
    let key = serde_json::from_str::<String>(literal)
        .map_err(|_| cursor.fault(format!("the key {literal} is no JSON string")))?;
    cursor.advance(literal.len());
    if !cursor.eat(']') {
        return Err(cursor.expected("`]` after the key"));
    }
    Ok(JsonStep::Key(key.into()))
}

/// The JSON string with which `text` begins, quotes included.
fn string_literal(text: &str) -> Option<&str> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(&text[..=at]),
            _ => {}
        }
    }
    None
}
