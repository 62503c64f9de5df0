use leadhook_field::{FieldType, Value, Zone};

use crate::plan::tests::{apply, detail, reason, text};
use crate::{Format, Outcome, Reason};

fn one(path: &str, field_type: FieldType, body: &str) -> Outcome {
    crate::plan::tests::one(Format::Json, path, field_type, body)
}

fn is_valid(body: &str) -> bool {
    reason(&one("wanted", FieldType::String, body)) != Some(Reason::InvalidResponse)
}

#[test]
fn r_map_2_paths_lead_through_objects_and_arrays() {
    let body = r#" { "orders" : [ {"id": "a", "lines": [[1, 2], [3, "x"]]}, {"id":"b"} ], "x.y": {"": "empty key"},
        "white space": {"a:b-c_d": "chars"}, "größe": "XL", "n": null } "#;
    let found = [
        ("orders[0].id", "a"),
        ("orders[1].id", "b"),
        ("orders[0].lines[1][1]", "x"),
        (r#"["x.y"][""]"#, "empty key"),
        ("white space.a:b-c_d", "chars"),
        ("größe", "XL"),
        (r#"["gr\u00f6\u00dfe"]"#, "XL"),
    ];
    for (path, expected) in found {
        assert_eq!(one(path, FieldType::String, body), text(expected), "{path}");
    }
    for path in [
        "orders[2].id",
        "orders.id",
        "orders[0].lines[1][1].z",
        "n.a",
        "n[0]",
        "[0]",
        "Orders[0].id",
        "x",
    ] {
        assert_eq!(
            reason(&one(path, FieldType::String, body)),
            Some(Reason::NotFound),
            "{path}"
        );
    }
    assert_eq!(
        one("[1].id", FieldType::String, r#"[{"id":"a"},{"id":"b"}]"#),
        text("b")
    );
}

#[test]
fn r_map_2_a_path_of_100_levels_is_found() {
    for (level, more, open, close) in [("a", ".a", r#"{"a":"#, "}"), ("[0]", "[0]", "[", "]")] {
        let path = level.to_owned() + &more.repeat(99);
        let body = open.repeat(100) + "\"deep\"" + &close.repeat(100);
        assert_eq!(one(&path, FieldType::String, &body), text("deep"));
    }
}

#[test]
fn r_map_4_types_must_fit() {
    use FieldType::*;
    let fits: [(FieldType, &str, Value); 18] = [
        (String, r#""x""#, Value::Text("x".into())),
        (String, r#"" x ""#, Value::Text(" x ".into())),
        (Email, r#""a@b""#, Value::Text("a@b".into())),
        (String, "true", Value::Text("true".into())),
        (
            Phone,
            "123456789012345678901234567890",
            Value::Text("123456789012345678901234567890".into()),
        ),
        (TextArea, "1.5e3", Value::Text("1500".into())),
        (TextArea, "-0.10", Value::Text("-0.1".into())),
        (Integer, "42", Value::Integer(42)),
        (Integer, "4.2e1", Value::Integer(42)),
        (Integer, "-2147483648", Value::Integer(i32::MIN)),
        (Percent, "5.0", Value::Integer(5)),
        (Score, "7", Value::Integer(7)),
        (Float, "42", Value::Float(42.0)),
        (Currency, "0.1", Value::Float(0.1)),
        (Boolean, "false", Value::Boolean(false)),
        (
            Date,
            r#""2010-05-07""#,
            Date.read("2010-05-07", &Zone::utc()).unwrap().unwrap(),
        ),
        (
            Datetime,
            r#""2010-05-07T15:41:32Z""#,
            Datetime
                .read("2010-05-07T15:41:32Z", &Zone::utc())
                .unwrap()
                .unwrap(),
        ),
        (
            Url,
            r#""\u00e9\n\ud83d\ude00\/""#,
            Value::Text("é\n😀/".into()),
        ),
    ];
    for (field_type, raw, value) in fits {
        let out = one("a", field_type, &format!(r#"{{"a": {raw} }}"#));
        assert_eq!(out, Outcome::Value(value), "{raw} to {field_type:?}");
    }
    let misfits = [
        (Integer, r#""42""#, Reason::TypeMismatch),
        (Score, r#""42""#, Reason::TypeMismatch),
        (Float, r#""4.2""#, Reason::TypeMismatch),
        (Boolean, r#""true""#, Reason::TypeMismatch),
        (Boolean, "1", Reason::TypeMismatch),
        (Integer, "true", Reason::TypeMismatch),
        (Integer, "42.5", Reason::TypeMismatch),
        (Integer, "2147483648", Reason::OutOfRange),
        (Float, "1e400", Reason::OutOfRange),
        (Date, "20100507", Reason::TypeMismatch),
        (Date, r#""yesterday""#, Reason::TypeMismatch),
        (Datetime, "false", Reason::TypeMismatch),
        (String, "{}", Reason::NotScalar),
        (Integer, "[]", Reason::NotScalar),
    ];
    for (field_type, raw, expected) in misfits {
        let out = one("a", field_type, &format!(r#"{{"a": {raw} }}"#));
        assert_eq!(
            reason(&out),
            Some(expected),
            "{raw} to {field_type:?}: {out:?}"
        );
    }
}

#[test]
fn r_map_4_an_object_goes_to_a_text_area_as_it_came() {
    let cases = [
        ("{ }", "{}"),
        ("[ 1 , -0.0 ,\r\n\t1E400 ]", "[1,-0.0,1E400]"),
        (
            r#"{ "a" : 1 , "a" : { } , " b c " : " \" x : \\" }"#,
            r#"{"a":1,"a":{}," b c ":" \" x : \\"}"#,
        ),
        (r#"["\u00e9\/","é"]"#, r#"["\u00e9\/","é"]"#),
    ];
    for (raw, expected) in cases {
        assert_eq!(
            one("a", FieldType::TextArea, &format!(r#"{{"a":{raw}}}"#)),
            text(expected)
        );
    }
}

#[test]
fn r_map_5_too_long_is_never_cut() {
    let fits = "é".repeat(255);
    assert_eq!(
        one("a", FieldType::String, &format!(r#"{{"a":"{fits}"}}"#)),
        text(&fits)
    );
    let out = one("a", FieldType::String, &format!(r#"{{"a":"{fits}é"}}"#));
    assert_eq!(reason(&out), Some(Reason::TooLong));

    let array = |bytes: usize| format!("[\"{}\"]", "x".repeat(bytes - 4));
    let body = |array: &str| format!(r#"{{"a":{}}}"#, array.replace(']', "      ]"));
    assert_eq!(
        one("a", FieldType::TextArea, &body(&array(30_000))),
        text(&array(30_000))
    );
    let out = one("a", FieldType::TextArea, &body(&array(30_001)));
    assert_eq!(reason(&out), Some(Reason::TooLong));
    assert!(detail(&out).starts_with("the array [\"xxx"));
}

#[test]
fn r_map_5_null_and_empty_text_clear_a_field_of_any_type() {
    for field_type in [
        FieldType::String,
        FieldType::Integer,
        FieldType::Boolean,
        FieldType::Datetime,
        FieldType::TextArea,
    ] {
        for raw in ["null", r#""""#] {
            assert_eq!(
                one("a", field_type, &format!(r#"{{"a":{raw}}}"#)),
                Outcome::Clear,
                "{raw} to {field_type:?}"
            );
        }
    }
    assert_eq!(one("a", FieldType::String, r#"{"a":" "}"#), text(" "));
}

#[test]
fn r_map_6_bodies_that_are_not_well_formed() {
    let bodies = [
        "",
        " ",
        "nul",
        "nulll",
        "tru",
        "True",
        "{",
        "[",
        "}",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{1:2}",
        "{a:1}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1"#,
        r#"{"a":1,}"#,
        r#"{"a":1]"#,
        r#"{"a":1 "b":2}"#,
        r#"{,}"#,
        "01",
        "-",
        "-a",
        "+1",
        "1.",
        ".5",
        "1.e5",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "Infinity",
        "1 2",
        "{} x",
        "[] ]",
        "\"",
        "\"a",
        r#""\"#,
        r#""\x""#,
        r#""\u12"#,
        r#""\u12g4""#,
        r#""\u+123""#,
        "\"\u{1}\"",
        "\"a\nb\"",
        "\"\0\"",
        "'a'",
        "//c\n1",
        "\u{feff}\u{feff}1",
        "\u{a0}1",
        "{\"a\":1}\u{0}",
    ];
    for body in bodies {
        assert!(!is_valid(body), "{body:?} as a whole");
        if body.trim().is_empty() {
            continue;
        }
        for around in [
            format!(r#"{{"other":{body}}}"#),
            format!(r#"{{"wanted":{body}}}"#),
            format!("[0,{body}]"),
        ] {
            assert!(!is_valid(&around), "{around:?}");
        }
    }
}

#[test]
fn r_map_6_bodies_that_are_well_formed() {
    let bodies = [
        "null",
        " true\t\r\n",
        "-0",
        "1e400",
        "1E-7",
        "0.0",
        r#""""#,
        "{}",
        "[]",
        "[[],{}]",
        "\u{feff}{}",
        "\"\u{7f}\u{2028}\"",
        r#"{"a":{"b":[1,2,{"c":"\"\\\/\b\f\n\r\t\u0000"}]}}"#,
        "                                     1",
        "{\n        \"a\"\n:\n  1\n}",
    ];
    for body in bodies {
        assert!(is_valid(body), "{body:?}");
    }
}

#[test]
fn r_map_6_strings_are_checked_at_every_offset() {
    for length in 0..40 {
        let filler = "x".repeat(length);
        for bad in ["\u{1f}", "\u{0}", "\\", "\\q", "\n"] {
            assert!(
                !is_valid(&format!("[\"{filler}{bad}{filler}\"]")),
                "{bad:?} at {length}"
            );
        }
        for good in [" ", "!", "\u{7f}", "é", "😀", "\\\\", "\\\"", "[", "]", "#"] {
            assert!(
                is_valid(&format!("[\"{filler}{good}{filler}\"]")),
                "{good:?} at {length}"
            );
        }
    }
}

#[test]
fn r_map_6_half_a_surrogate_pair_matters_in_keys_and_in_values_that_are_read() {
    let invalid = [
        r#"{"a":"\ud800"}"#,
        r#"{"a":"\udc00\ud800"}"#,
        r#"{"a":"\uD83D\uD83D\uDE00"}"#,
        r#"{"a":"\ud83dx\ude00"}"#,
        r#"{"a":["\ud800"]}"#,
        r#"{"a":{"b":["x",{"c":"\udfff"}]}}"#,
        r#"{"\ud800":1,"a":2}"#,
        r#"{"other":{"\ud800":1},"a":2}"#,
        r#"{"other":[[{"x\udc00":1}]],"a":2}"#,
    ];
    for body in invalid {
        for field_type in [FieldType::String, FieldType::Integer, FieldType::TextArea] {
            let out = apply(
                Format::Json,
                &[("a", field_type), ("zz", FieldType::String)],
                body,
            );
            assert!(
                out.iter()
                    .all(|outcome| reason(outcome) == Some(Reason::InvalidResponse)),
                "{body}: {out:?}"
            );
        }
    }
    let valid = [
        r#"{"other":"\ud800","a":"x"}"#,
        r#"{"other":["\udc00",{"b":"\ud800"}],"a":"x"}"#,
        r#"{"a":"\ud800","a":"x"}"#,
        r#"{"a":{"b":"\ud800"},"a":"x"}"#,
        r#"{"\ud83d\ude00":1,"a":"x"}"#,
    ];
    for body in valid {
        assert_eq!(one("a", FieldType::String, body), text("x"), "{body}");
    }
    assert_eq!(
        one("a", FieldType::String, r#"{"a":"\\ud800\ud83d\ude00"}"#),
        text("\\ud800😀")
    );
    assert_eq!(
        reason(&one("a.b", FieldType::String, r#"{"a":"\ud800"}"#)),
        Some(Reason::NotFound)
    );
}

#[test]
fn r_map_8_the_last_of_duplicate_keys_counts_as_if_the_earlier_were_not_there() {
    let cases = [
        ("a", r#"{"a":"1","a":"2"}"#, Some("2")),
        ("a", r#"{"a":"1","\u0061":"2"}"#, Some("2")),
        ("a.b", r#"{"a":{"b":"1"},"a":{"c":"2"}}"#, None),
        ("a.b", r#"{"a":{"b":"1"},"a":"2"}"#, None),
        ("a.b", r#"{"a":"2","a":{"b":"1"}}"#, Some("1")),
        ("a[1]", r#"{"a":["1","2"],"a":["3"]}"#, None),
        ("a[0].b", r#"{"a":[{"b":"1","b":"2"}],"c":0}"#, Some("2")),
        (
            "a.b.c",
            r#"{"a":{"b":{"c":"1"},"b":{}},"d":{"b":{"c":"3"}}}"#,
            None,
        ),
    ];
    for (path, body, expected) in cases {
        let out = one(path, FieldType::String, body);
        match expected {
            Some(expected) => assert_eq!(out, text(expected), "{path} in {body}"),
            None => assert_eq!(
                reason(&out),
                Some(Reason::NotFound),
                "{path} in {body}: {out:?}"
            ),
        }
    }
    assert_eq!(
        one("a", FieldType::String, r#"{"a":"1","a":null}"#),
        Outcome::Clear
    );
}

#[test]
fn depth_of_the_body_does_not_matter() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let mixed = r#"{"k":["#.repeat(50_000) + "0" + &"]}".repeat(50_000);
    for deep in [deep, mixed] {
        for body in [
            format!(r#"{{"other":{deep},"a":"x"}}"#),
            format!(r#"{{"b":{deep},"a":"x"}}"#),
        ] {
            let paths = [
                ("a", FieldType::String),
                ("b.c", FieldType::String),
                ("b[0].k", FieldType::Integer),
            ];
            assert_eq!(apply(Format::Json, &paths, &body)[0], text("x"));
        }
        assert_eq!(
            reason(&one("a", FieldType::String, &deep[..deep.len() - 1])),
            Some(Reason::InvalidResponse)
        );
        let crossed = deep.replacen("]]", "]}", 1).replacen("]}]", "]}}", 1);
        assert_eq!(
            reason(&one("a", FieldType::String, &crossed)),
            Some(Reason::InvalidResponse)
        );
    }
    let endless = "[".repeat(1_000_000);
    assert_eq!(
        reason(&one("a", FieldType::String, &endless)),
        Some(Reason::InvalidResponse)
    );
}

#[test]
fn many_keys_and_many_elements_are_all_found() {
    let keys: Vec<String> = (0..100).map(|n| format!("k{}", n * 37 % 100)).collect();
    let members: Vec<String> = (0..100).map(|n| format!(r#""k{n}":"v{n}""#)).collect();
    let paths: Vec<(&str, FieldType)> = keys
        .iter()
        .map(|key| (key.as_str(), FieldType::String))
        .collect();
    let out = apply(Format::Json, &paths, format!("{{{}}}", members.join(",")));
    let expected: Vec<Outcome> = keys
        .iter()
        .map(|key| text(&key.replace('k', "v")))
        .collect();
    assert_eq!(out, expected);

    let paths = [
        ("[9]", FieldType::String),
        ("[0]", FieldType::String),
        ("[4]", FieldType::String),
        ("[10]", FieldType::String),
    ];
    let out = apply(
        Format::Json,
        &paths,
        r#"["0","1","2","3","4","5","6","7","8","9"]"#,
    );
    assert_eq!(out[..3], [text("9"), text("0"), text("4")]);
    assert_eq!(reason(&out[3]), Some(Reason::NotFound));
}
