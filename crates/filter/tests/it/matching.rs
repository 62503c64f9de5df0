//! What matches (R-FIL-2).

use leadhook_filter::Value;

use crate::schema::parse;

/// Whether the filter matches a record that has this value in every field.
#[track_caller]
fn holds(text: &str, value: Option<Value<'_>>) -> bool {
    parse(text).matches(|_| value)
}

#[test]
fn r_fil_2_text_is_compared_by_full_case_folding() {
    for (literal, value, equal) in [
        ("Oslo", "OSLO", true),
        ("oslo", "Oslo ", false),
        ("Straße", "STRASSE", true),
        ("STRASSE", "straße", true),
        ("ΣΊΣΥΦΟΣ", "σίσυφος", true),
        ("ﬃ", "FFI", true),
        ("FFI", "ﬃ", true),
        ("K", "\u{212A}", true),
        ("\u{212A}", "k", true),
        ("İ", "i\u{307}", true),
        ("ı", "I", false),
        ("ΐ", "ι\u{308}\u{301}", true),
        ("Ａ", "ａ", true),
        ("日本", "日本", true),
        ("é", "e\u{301}", false),
    ] {
        assert_eq!(
            holds(&format!("City = \"{literal}\""), Some(Value::Text(value))),
            equal,
            "{literal} {value}"
        );
        assert_eq!(
            holds(&format!("City != \"{literal}\""), Some(Value::Text(value))),
            !equal,
            "{literal} {value}"
        );
    }
}

#[test]
fn r_fil_2_contains_is_on_the_folded_text() {
    for (literal, value, contained) in [
        ("slo", "OSLO", true),
        ("oslo", "Osl", false),
        ("asse", "STRAßE", true),
        ("ß", "Wasser", true),
        ("aab", "AAAb", true),
        ("abac", "ababac", true),
        ("abab", "aBacABAB", true),
        ("ΟΣ", "Σίσυφος", true),
        ("\u{212A}elvin", "300 KELVIN", true),
        ("fi", "oﬃce", true),
        ("東京", "東京都", true),
        ("京東", "東京都", false),
    ] {
        assert_eq!(
            holds(&format!("City:\"{literal}\""), Some(Value::Text(value))),
            contained,
            "{literal} {value}"
        );
    }
}

#[test]
fn r_fil_2_order_of_texts_is_that_of_their_foldings() {
    for (literal, value, order) in [
        ("b", "A", "<"),
        ("B", "a", "<"),
        ("a", "A", "="),
        ("a", "AB", ">"),
        ("straße", "STRASSEN", ">"),
        ("Straße", "STRASSE", "="),
        ("z", "Ä", ">"),
        ("é", "E", "<"),
    ] {
        for (op, expected) in [
            ("<", order == "<"),
            ("<=", order != ">"),
            (">", order == ">"),
            (">=", order != "<"),
        ] {
            let text = format!("City {op} \"{literal}\"");
            assert_eq!(
                holds(&text, Some(Value::Text(value))),
                expected,
                "{value}: {text}"
            );
        }
    }
}

#[test]
fn r_fil_2_no_value_differs_from_everything_and_is_in_no_order() {
    for none in [None, Some(Value::Text(""))] {
        assert!(holds("City != Oslo", none));
        assert!(holds("City = \"\"", none));
        assert!(holds("NOT City > a", none));
        assert!(holds("NOT City:*", none));
        for text in [
            "City = Oslo",
            "City < z",
            "City <= z",
            "City > a",
            "City >= a",
            "City:a",
            "City:*",
            "City != \"\"",
        ] {
            assert!(!holds(text, none), "{text}");
        }
    }
    assert!(holds("score != 5", None) && !holds("score = 5", None) && !holds("score < 5", None));
    assert!(
        holds("score:*", Some(Value::Integer(0)))
            && !holds("score = \"\"", Some(Value::Integer(0)))
    );
    assert!(holds("active:*", Some(Value::Boolean(false))));
}

#[test]
fn r_fil_2_numbers_compare_by_value() {
    let max = i64::MAX;
    for (text, value, expected) in [
        ("score = 5", Value::Integer(5), true),
        ("score = 5", Value::Float(5.0), true),
        ("score = 5.5", Value::Float(5.5), true),
        ("score > 5.5", Value::Integer(6), true),
        ("score > 5.5", Value::Integer(5), false),
        ("score < -5.5", Value::Integer(-6), true),
        ("score < -5.5", Value::Integer(-5), false),
        ("score < 9223372036854775808", Value::Integer(max), true),
        (
            "score = 9223372036854775807",
            Value::Float(9_223_372_036_854_775_808.0),
            false,
        ),
        (
            "score = 9007199254740993",
            Value::Float(9_007_199_254_740_992.0),
            false,
        ),
        ("score > -1e300", Value::Integer(i64::MIN), true),
        ("score <= 5", Value::Float(f64::NAN), false),
        ("score != 5", Value::Float(f64::NAN), true),
        ("score < 5", Value::Float(f64::NEG_INFINITY), true),
    ] {
        assert_eq!(holds(text, Some(value)), expected, "{value:?}: {text}");
    }
}

#[test]
fn r_fil_2_other_types_compare_by_value() {
    for (text, value, expected) in [
        ("active = true", Value::Boolean(true), true),
        ("active != true", Value::Boolean(true), false),
        ("state = RUNNING", Value::Enum(1), true),
        ("state != RUNNING", Value::Enum(1), false),
        ("state = RUNNING", Value::Enum(2), false),
        ("run = \"Runs/5\"", Value::Text("runs/5"), true),
        ("run != runs/5", Value::Text("runs/5"), false),
        ("run = \"\"", Value::Text("runs/5"), false),
        ("run:5", Value::Text("runs/5"), true),
        ("run > 5", Value::Text("runs/5"), true),
        ("born >= 1970-01-11", Value::Date(10), true),
        ("born > 1970-01-11", Value::Date(10), false),
        (
            "create_time < 1970-01-01T00:00:01Z",
            Value::Timestamp(999_999),
            true,
        ),
        (
            "create_time <= 1970-01-01T00:00:01Z",
            Value::Timestamp(1_000_001),
            false,
        ),
    ] {
        assert_eq!(holds(text, Some(value)), expected, "{value:?}: {text}");
    }
}

#[test]
fn a_value_of_another_kind_equals_nothing() {
    assert!(!holds("score = 5", Some(Value::Text("5"))));
    assert!(holds("score != 5", Some(Value::Text("5"))));
    assert!(!holds("score < 5", Some(Value::Boolean(false))));
    assert!(!holds("City:5", Some(Value::Integer(5))));
}

#[test]
fn connectives() {
    let record = |field: &&str| match *field {
        "score" => Some(Value::Integer(5)),
        "City" => Some(Value::Text("Oslo")),
        _ => None,
    };
    for (text, expected) in [
        ("score = 5 AND City = Oslo", true),
        ("score = 5 AND City = Rom", false),
        ("score = 6 OR City = Oslo", true),
        ("score = 6 OR City = Rom", false),
        ("NOT (score = 6 OR City = Rom)", true),
        ("NOT NOT NOT score = 5", false),
        ("score = 6 OR (City = Oslo AND NOT Email:*)", true),
        (
            "(score = 5 OR score = 6) AND (City = Rom OR Email:*)",
            false,
        ),
    ] {
        assert_eq!(parse(text).matches(record), expected, "{text}");
    }
}
