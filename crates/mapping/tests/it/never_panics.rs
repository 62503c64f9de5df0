//! Whatever comes, from a person or a service, is an answer and no panic.

use leadhook_field::{FieldType, Zone};
use leadhook_mapping::{Format, MAX_DETAIL_LENGTH, Outcome, Path, Plan, Target, charset_of};
use proptest::prelude::*;

fn format() -> impl Strategy<Value = Format> {
    prop_oneof![Just(Format::Json), Just(Format::Xml)]
}

fn field_type() -> impl Strategy<Value = FieldType> {
    use FieldType::*;
    prop::sample::select(vec![
        String, TextArea, Integer, Float, Boolean, Date, Datetime, Email, Currency, Percent,
    ])
}

/// Bytes that look like JSON or XML more often than chance has it.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"", "\\ud800", "0", "1e9", "null", "\u{feff}"
        ]),
        prop::sample::select(vec![
            "<a>",
            "</a>",
            "<a",
            "/>",
            " b='",
            "'",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "<?xml",
            "?>",
            "&lt;",
            "&",
            ";",
            "<!DOCTYPE a [",
            "x"
        ]),
    ]
    .prop_map(|piece| piece.as_bytes().to_vec());
    let piece = prop_oneof![8 => piece, 1 => prop::collection::vec(any::<u8>(), 0..4)];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn bodies(format in format(), body in body(), charset in prop::option::of("utf-16|latin1|utf-8|x|gbk"), field_type in field_type()) {
        let paths = match format {
            Format::Json => ["a", "a.a", "[0]", "a[1].a"],
            Format::Xml => ["a", "a.a", "a[1]", "a.@b"],
        };
        let targets: Vec<Target> = paths.iter().map(|path| Target::new(Path::parse(format, path).expect("parses"), field_type)).collect();
        let mut out = Vec::new();
        Plan::new(format, &targets).apply(&body, charset.as_deref(), &Zone::utc(), &mut out);
        prop_assert_eq!(out.len(), targets.len());
        for outcome in out {
            if let Outcome::Problem(problem) = outcome {
                prop_assert!(problem.detail.chars().count() <= MAX_DETAIL_LENGTH);
            }
        }
    }

    #[test]
    fn paths(format in format(), text in "([a-c.é/ $@:\\[\\]\"\\\\'0-9*-]|\\PC){0,20}") {
        match Path::parse(format, &text) {
            Ok(path) => {
                prop_assert_eq!(path.as_str(), &text);
                prop_assert_eq!(path.to_string(), text);
            }
            Err(error) => {
                prop_assert!(error.offset() <= text.chars().count());
                prop_assert!(error.line() >= 1 && error.column() >= 1);
                if let Some(suggestion) = error.suggestion() {
                    prop_assert!(Path::parse(format, suggestion).is_ok(), "{}", suggestion);
                }
            }
        }
    }

    #[test]
    fn content_types(text in "([a-z/;=\"\\\\ ]|charset){0,20}") {
        let _ = charset_of(&text);
    }
}
