use leadhook_field::{FieldType, Value, Zone};

use super::*;
use crate::outcome::MAX_DETAIL_LENGTH;

/// Applies these paths, each for a field of the type beside it.
pub(crate) fn apply(
    format: Format,
    paths: &[(&str, FieldType)],
    body: impl AsRef<[u8]>,
) -> Vec<Outcome> {
    let mut out = vec![Outcome::Clear; 3];
    plan(format, paths).apply(body.as_ref(), None, &Zone::utc(), &mut out);
    assert_eq!(out.len(), paths.len(), "one outcome per target");
    out
}

/// Applies one path for a field of this type.
pub(crate) fn one(
    format: Format,
    path: &str,
    field_type: FieldType,
    body: impl AsRef<[u8]>,
) -> Outcome {
    apply(format, &[(path, field_type)], body).remove(0)
}

pub(crate) fn plan(format: Format, paths: &[(&str, FieldType)]) -> Plan {
    let target = |(path, field_type): &(&str, FieldType)| {
        Target::new(Path::parse(format, path).unwrap(), *field_type)
    };
    Plan::new(format, &paths.iter().map(target).collect::<Vec<_>>())
}

pub(crate) fn text(text: &str) -> Outcome {
    Outcome::Value(Value::Text(text.into()))
}

pub(crate) fn reason(outcome: &Outcome) -> Option<Reason> {
    match outcome {
        Outcome::Problem(problem) => Some(problem.reason),
        _ => None,
    }
}

pub(crate) fn detail(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Problem(problem) => &problem.detail,
        other => panic!("no problem: {other:?}"),
    }
}

#[test]
fn r_map_6_an_invalid_body_is_a_problem_of_every_target() {
    for (format, body) in [(Format::Json, r#"{"a":1,"b":2"#), (Format::Xml, "<a><b/>")] {
        let out = apply(
            format,
            &[("a", FieldType::String), ("b", FieldType::Integer)],
            body,
        );
        assert!(
            out.iter()
                .all(|outcome| reason(outcome) == Some(Reason::InvalidResponse)),
            "{out:?}"
        );
        let out = apply(format, &[], body);
        assert!(out.is_empty());
    }
}

#[test]
fn r_map_5_what_does_not_fit_leaves_the_others_alone() {
    let body = r#"{"a": "x", "b": "x", "c": null, "d": "", "e": 5}"#;
    let paths = [
        ("a", FieldType::String),
        ("b", FieldType::Integer),
        ("c", FieldType::Integer),
        ("d", FieldType::Date),
        ("e", FieldType::Integer),
        ("f", FieldType::String),
    ];
    let out = apply(Format::Json, &paths, body);
    assert_eq!(out[0], text("x"));
    assert_eq!(reason(&out[1]), Some(Reason::TypeMismatch));
    assert_eq!(out[2..4], [Outcome::Clear, Outcome::Clear]);
    assert_eq!(out[4], Outcome::Value(Value::Integer(5)));
    assert_eq!(reason(&out[5]), Some(Reason::NotFound));
}

#[test]
fn r_map_5_details_name_what_was_there_and_are_bounded() {
    let cases = [
        (
            "a",
            FieldType::Integer,
            r#"{"a":"42"}"#,
            r#"the text "42" does not fit the type integer"#,
        ),
        (
            "a",
            FieldType::Integer,
            r#"{"a":3.5}"#,
            "the number 3.5 does not fit the type integer",
        ),
        (
            "a",
            FieldType::Integer,
            r#"{"a":2147483648}"#,
            "the number 2147483648 is out of range for the type integer",
        ),
        (
            "a",
            FieldType::Date,
            r#"{"a":true}"#,
            "the Boolean true does not fit the type date",
        ),
        (
            "a",
            FieldType::String,
            r#"{"a":{"b":[1]}}"#,
            r#"the object {"b":[1]} does not fit the type string"#,
        ),
        (
            "a",
            FieldType::String,
            r#"{"a":[1]}"#,
            "the array [1] does not fit the type string",
        ),
        (
            "a.b[3]",
            FieldType::String,
            r#"{"a":1}"#,
            "there is nothing at a.b[3]",
        ),
        (
            "a",
            FieldType::String,
            "{\n\"a\":}",
            "line 2, column 5: not well-formed JSON: expected a value",
        ),
        (
            "a",
            FieldType::String,
            "[1",
            "line 1, column 3: not well-formed JSON: expected `,` or `]`, the body ends",
        ),
    ];
    for (path, field_type, body, expected) in cases {
        assert_eq!(detail(&one(Format::Json, path, field_type, body)), expected);
    }
    let body = format!(r#"{{"a": "{}"}}"#, "é\\n\u{2028}".repeat(1_000));
    let long = one(Format::Json, "a", FieldType::String, body);
    assert_eq!(reason(&long), Some(Reason::TooLong));
    let long = detail(&long);
    assert!(
        long.chars().count() <= MAX_DETAIL_LENGTH
            && long.ends_with("... is too long for the type string"),
        "{long}"
    );
    let path = "k".repeat(4_000);
    let missing = one(Format::Json, &path, FieldType::String, "{}");
    assert_eq!(detail(&missing).chars().count(), MAX_DETAIL_LENGTH);
    let spread = one(Format::Json, "a", FieldType::String, "{\"a\":[1,\n\t2]}");
    assert!(!detail(&spread).contains('\n'), "{spread:?}");
}

#[test]
fn r_map_8_each_target_is_independent() {
    let paths = [
        ("a", FieldType::String),
        ("a", FieldType::Integer),
        ("a.b", FieldType::String),
        ("a", FieldType::TextArea),
    ];
    let out = apply(Format::Json, &paths, r#"{"a":{"b":"x"}}"#);
    assert_eq!(reason(&out[0]), Some(Reason::NotScalar));
    assert_eq!(reason(&out[1]), Some(Reason::NotScalar));
    assert_eq!(out[2..], [text("x"), text(r#"{"b":"x"}"#)]);
    let out = apply(
        Format::Xml,
        &[("a", FieldType::String), ("a", FieldType::Integer)],
        "<a>7</a>",
    );
    assert_eq!(out, [text("7"), Outcome::Value(Value::Integer(7))]);
}

#[test]
fn a_path_into_another_format_is_not_there() {
    for (format, body) in [(Format::Xml, "{\"a\":1}"), (Format::Json, "<a>1</a>")] {
        let path = Path::parse(format, "a").unwrap();
        let other = if format == Format::Json {
            Format::Xml
        } else {
            Format::Json
        };
        let plan = Plan::new(other, &[Target::new(path, FieldType::String)]);
        let mut out = Vec::new();
        plan.apply(body.as_bytes(), None, &Zone::utc(), &mut out);
        assert_eq!(reason(&out[0]), Some(Reason::NotFound));
        assert_eq!(
            (plan.format(), plan.len(), plan.is_empty()),
            (other, 1, false)
        );
    }
}
