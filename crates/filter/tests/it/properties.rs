//! What holds for every filter: reading never panics, and the canonical text parses back.

use leadhook_filter::{Filter, Value, fold};
use proptest::prelude::*;

use crate::schema::Leads;

/// Filters of every shape, as text.
fn filter() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "City",
        "\"Job Title\"",
        "company.City",
        "Größe",
        "\"Email\"",
    ]);
    let order = prop::sample::select(vec!["=", " != ", "<", "<= ", " >", ">="]);
    let text = any::<String>()
        .prop_map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (-1e20_f64..1e20).prop_map(|number| number.to_string()),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(|number| format!("{number:e}")),
    ];
    let time = (0..253_402_300_799_999_999_i64).prop_map(|micros| {
        format!(
            "1970-01-{:02}T00:00:{:02}.{:06}Z",
            1 + micros % 31,
            micros % 60,
            micros % 1_000_000
        )
    });
    let leaf = prop_oneof![
        (name.clone(), prop_oneof![order.clone(), Just(":")], text)
            .prop_filter("no order of the empty text", |(_, op, text)| {
                text != "\"\"" || op.contains('=') && !op.contains(['<', '>'])
            })
            .prop_map(|(name, op, text)| format!("{name}{op}{text}")),
        (order.clone(), number).prop_map(|(op, number)| format!("score{op}{number}")),
        (order, time).prop_map(|(op, time)| format!("create_time{op}{time}")),
        name.prop_map(|name| format!("{name}:*")),
        Just("state = RUNNING".to_owned()),
        Just("called_webhook(code = 503, error_type=\"a(b\")".to_owned()),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|members| joined(&members, " AND ")),
            prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|members| joined(&members, "\nOR ")),
            inner.prop_map(|negated| format!("NOT ({negated})")),
        ]
    })
}

fn joined(members: &[String], connective: &str) -> String {
    let members: Vec<_> = members.iter().map(|member| format!("({member})")).collect();
    members.join(connective)
}

/// Pieces of filters in any order.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "AND",
            "OR",
            "NOT",
            "and",
            "(",
            ")",
            "\"",
            "\\",
            "=",
            "!=",
            ":",
            "*",
            "<=",
            ",",
            "-",
            " ",
            " ",
            " ",
            "\n",
            "City",
            "score",
            "Job Title",
            "called_webhook(",
            "code",
            "5",
            "true",
            "é",
            "'",
            "\u{301}",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// Texts in which folding has much to do.
fn text() -> impl Strategy<Value = String> {
    let char = prop_oneof![
        prop::sample::select(
            "aAbB sSßẞﬃfFiIİıΣσςKk\u{212A}ΐé\u{301}日"
                .chars()
                .collect::<Vec<_>>()
        ),
        any::<char>(),
    ];
    prop::collection::vec(char, 0..12).prop_map(String::from_iter)
}

proptest! {
    #[test]
    fn the_canonical_text_parses_back(text in filter()) {
        let filter = Filter::parse(&text, &Leads).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let canonical = filter.to_string();
        let again = Filter::parse(&canonical, &Leads).map_err(|error| TestCaseError::fail(format!("{canonical}: {error}")))?;
        prop_assert_eq!(&again, &filter);
        prop_assert_eq!(again.to_string(), canonical);
    }

    #[test]
    fn reading_never_panics(text in soup()) {
        match Filter::parse(&text, &Leads) {
            Ok(filter) => prop_assert_eq!(Filter::parse(&filter.to_string(), &Leads), Ok(filter)),
            Err(error) => {
                prop_assert!(text.is_char_boundary(error.offset()));
                prop_assert!(error.line() >= 1 && error.column() >= 1);
            }
        }
    }

    #[test]
    fn r_fil_2_contains_finds_what_repeats(literal in "[aß]{1,5}b?", value in "[aAsSß]{0,12}b?") {
        prop_assume!(!value.is_empty());
        let filter = Filter::parse(&format!("City:{literal}"), &Leads).unwrap();
        let expected = fold(&value).contains(&*fold(&literal));
        prop_assert_eq!(filter.matches(|_| Some(Value::Text(&value))), expected);
    }

    #[test]
    fn r_fil_2_folding_on_the_fly_is_folding(literal in text(), value in text()) {
        prop_assume!(!literal.is_empty() && !value.is_empty());
        let quoted = literal.replace('\\', "\\\\").replace('"', "\\\"");
        let (folded, of_value) = (fold(&literal), fold(&value));
        for (op, expected) in [
            ("=", of_value == folded),
            (":", of_value.contains(&*folded)),
            ("<", of_value < folded),
            (">=", of_value >= folded),
        ] {
            let filter = Filter::parse(&format!("City{op}\"{quoted}\""), &Leads).unwrap();
            prop_assert_eq!(filter.matches(|_| Some(Value::Text(&value))), expected, "{} {} {}", value, op, literal);
        }
    }
}
