//! Guesses at what a path that does not parse was meant to be.
//!
//! The text is read as loosely as other path languages write it (`$.a`, `/a/b`, `a['b']`, `a..b`, `a[*]`), written
//! again by our grammar, and offered only if it parses then.

use super::json::is_key_char;
use super::{MAX_PATH_LENGTH, Steps};
use crate::Format;

pub(super) fn suggest(format: Format, text: &str) -> Option<String> {
    if text.len() > MAX_PATH_LENGTH {
        return None;
    }
    let pieces = pieces(format, text)?;
    let suggestion = match format {
        Format::Json => write_json(&pieces),
        Format::Xml => write_xml(&pieces),
    };
    (suggestion != text && Steps::parse(format, &suggestion).is_ok()).then_some(suggestion)
}

/// A level as it was probably meant.
enum Piece {
    Name(String),
    Attribute(String),
    Index(u32),
}

fn pieces(format: Format, text: &str) -> Option<Vec<Piece>> {
    let mut rest = text.trim();
    rest = rest.strip_prefix('$').unwrap_or(rest);
    let mut pieces = Vec::new();
    while let Some(first) = rest.chars().next() {
        match first {
            '.' | '/' => rest = &rest[1..],
            '[' => {
                let end = rest.find(']')?;
                pieces.push(bracketed(rest[1..end].trim())?);
                rest = &rest[end + 1..];
            }
            '@' if format == Format::Xml => {
                let (name, after) = split_name(format, &rest[1..]);
                pieces.push(Piece::Attribute(name.into()));
                rest = after;
            }
            _ => {
                let (name, after) = split_name(format, rest);
                pieces.push(Piece::Name(name.into()));
                rest = after;
            }
        }
    }
    Some(pieces)
}

fn bracketed(inner: &str) -> Option<Piece> {
    if inner == "*" || inner.is_empty() {
        return Some(Piece::Index(0));
    }
    if let Some(name) = inner.strip_prefix('@') {
        return Some(Piece::Attribute(name.into()));
    }
    if inner.starts_with('-') || inner.contains('\\') {
        return None;
    }
    if inner.bytes().all(|byte| byte.is_ascii_digit()) {
        return inner.parse().ok().map(Piece::Index);
    }
    Some(Piece::Name(inner.trim_matches(['"', '\'']).into()))
}

fn split_name(format: Format, text: &str) -> (&str, &str) {
    let end = text
        .find(|c| matches!(c, '.' | '[' | '/') || (c == '@' && format == Format::Xml))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match format {
        Format::Json => (name, rest),
        Format::Xml => (name.trim(), rest),
    }
}

fn write_json(pieces: &[Piece]) -> String {
    let mut path = String::new();
    for piece in pieces {
        match piece {
            Piece::Index(index) => path.push_str(&format!("[{index}]")),
            Piece::Attribute(name) | Piece::Name(name) => write_key(&mut path, name),
        }
    }
    path
}

fn write_key(path: &mut String, key: &str) {
    if key.chars().all(is_key_char) {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
    } else {
        path.push('[');
        path.push_str(&serde_json::Value::from(key).to_string());
        path.push(']');
    }
}

fn write_xml(pieces: &[Piece]) -> String {
    let mut path = String::new();
    for piece in pieces {
        match piece {
            Piece::Index(index) => path.push_str(&format!("[{index}]")),
            Piece::Name(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            Piece::Attribute(name) => {
                path.push_str(".@");
                path.push_str(name);
            }
        }
    }
    path
}
