//! From a value as it stands in the body to what the field takes (R-MAP-4, R-MAP-5).

use std::borrow::Cow;

use leadhook_field::{FieldType, Value, Zone};

use crate::outcome::{Outcome, Reason};

/// `raw` is a well-formed JSON value without half surrogate pairs.
pub(super) fn outcome(raw: &str, field_type: FieldType, zone: &Zone) -> Outcome {
    match raw.as_bytes() {
        [b'n', ..] => Outcome::Clear,
        [b't' | b'f', ..] => {
            let read = FieldType::from_bool(field_type, raw == "true").map(Some);
            Outcome::read(read, "the Boolean", raw, field_type)
        }
        [b'"', ..] => text(raw, field_type, zone),
        [b'{', ..] => container("the object", raw, field_type),
        [b'[', ..] => container("the array", raw, field_type),
        _ => Outcome::read(
            field_type.read_number(raw).map(Some),
            "the number",
            raw,
            field_type,
        ),
    }
}

fn text(raw: &str, field_type: FieldType, zone: &Zone) -> Outcome {
    let text = decode(raw);
    if text.is_empty() {
        return Outcome::Clear;
    }
    let read = match field_type {
        FieldType::Date | FieldType::Datetime => field_type.read(&text, zone),
        _ if field_type.is_text() => field_type
            .check_text(&text)
            .map(|()| Some(Value::Text(text.into_owned().into()))),
        _ => return Outcome::misfit(Reason::TypeMismatch, "the text", raw, field_type),
    };
    Outcome::read(read, "the text", raw, field_type)
}

fn decode(raw: &str) -> Cow<'_, str> {
    let inside = &raw[1..raw.len() - 1];
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    serde_json::from_str(raw).map_or(Cow::Borrowed(inside), Cow::Owned)
}

fn container(what: &str, raw: &str, field_type: FieldType) -> Outcome {
    if field_type != FieldType::TextArea {
        return Outcome::misfit(Reason::NotScalar, what, raw, field_type);
    }
    let text = compact(raw);
    let read = field_type
        .check_text(&text)
        .map(|()| Some(Value::Text(text.into())));
    Outcome::read(read, what, raw, field_type)
}

/// The value without the white space between its tokens, all else as it came.
fn compact(raw: &str) -> String {
    let mut compact = String::with_capacity(raw.len());
    let mut rest = raw;
    // Outside of strings, then inside: a quote ends either.
    while let Some(quote) = rest.find('"') {
        compact.extend(rest[..quote].split_ascii_whitespace());
        let end = string_end(&rest[quote..]);
        compact.push_str(&rest[quote..quote + end]);
        rest = &rest[quote + end..];
    }
    compact.extend(rest.split_ascii_whitespace());
    compact
}

/// The length of the string at the start of `json`, quotes included.
fn string_end(json: &str) -> usize {
    let bytes = json.as_bytes();
    let mut at = 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        at += found + 1;
        if bytes[at - 1] == b'"' {
            return at;
        }
        at += 1;
    }
    json.len()
}
