//! R-MAP-2 and R-MAP-8 beside lookups in `serde_json::Value`.

use leadhook_field::{FieldType, Value, Zone};
use leadhook_mapping::{Format, Outcome, Path, Plan, Reason, Target};
use proptest::prelude::*;

/// A level of a path, and how it is written.
#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Index(usize),
}

fn key() -> impl Strategy<Value = String> {
    // Few and odd ones, so that paths meet them and objects have them twice.
    prop::sample::select(vec![
        "a", "b", "c d", "é", "x.y", "\"", "\\", "", "😀", "\n",
    ])
    .prop_map(str::to_owned)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![3 => key().prop_map(Step::Key), 1 => (0..3_usize).prop_map(Step::Index)]
}

/// A value as it is sent: members in order and perhaps twice, white space anywhere.
fn json() -> impl Strategy<Value = String> {
    let string = "[ -~é😀\n\t]{0,12}".prop_map(|text| spelled(&text));
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|boolean| boolean.to_string()),
        any::<i64>().prop_map(|integer| integer.to_string()),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        string,
    ];
    leaf.prop_recursive(6, 64, 5, |inner| {
        prop_oneof![
            prop::collection::vec((white_space(), inner.clone()), 0..4).prop_map(|elements| {
                let elements: Vec<String> = elements
                    .into_iter()
                    .map(|(space, value)| space.clone() + &value + &space)
                    .collect();
                format!("[{}]", elements.join(","))
            }),
            prop::collection::vec((white_space(), key(), inner), 0..5).prop_map(|members| {
                let member = |(space, key, value): (String, String, String)| {
                    format!("{space}{}{space}:{space}{value}", spelled(&key))
                };
                let members: Vec<String> = members.into_iter().map(member).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn white_space() -> impl Strategy<Value = String> {
    "[ \n\r\t]{0,10}"
}

/// A string literal, every other `a` of it as an escape.
fn spelled(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replacen('a', "\\u0061", 1)
}

fn written(steps: &[Step]) -> String {
    steps
        .iter()
        .map(|step| match step {
            Step::Key(key) => format!("[{}]", serde_json::Value::from(key.as_str())),
            Step::Index(index) => format!("[{index}]"),
        })
        .collect()
}

fn look_up<'v>(value: &'v serde_json::Value, steps: &[Step]) -> Option<&'v serde_json::Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.as_object()?.get(key),
        Step::Index(index) => value.as_array()?.get(*index),
    })
}

fn apply(paths: &[(String, FieldType)], body: &str) -> Vec<Outcome> {
    let target = |(path, field_type): &(String, FieldType)| {
        Target::new(
            Path::parse(Format::Json, path).expect("written by the grammar"),
            *field_type,
        )
    };
    let plan = Plan::new(Format::Json, &paths.iter().map(target).collect::<Vec<_>>());
    let mut out = Vec::new();
    plan.apply(body.as_bytes(), None, &Zone::utc(), &mut out);
    out
}

proptest! {
    #[test]
    fn r_map_2_finds_what_a_tree_finds(
        body in json(),
        paths in prop::collection::vec(prop::collection::vec(step(), 1..5), 1..24),
    ) {
        let tree: serde_json::Value = serde_json::from_str(&body).expect("made by the grammar");
        let texts: Vec<(String, FieldType)> = paths.iter().map(|steps| (written(steps), FieldType::TextArea)).collect();
        for (steps, outcome) in paths.iter().zip(apply(&texts, &body)) {
            let expected = look_up(&tree, steps);
            match (&outcome, expected) {
                (Outcome::Problem(problem), None) => prop_assert_eq!(problem.reason, Reason::NotFound),
                (Outcome::Clear, Some(serde_json::Value::Null)) => {}
                (Outcome::Clear, Some(serde_json::Value::String(text))) => prop_assert!(text.is_empty()),
                (Outcome::Value(Value::Text(text)), Some(serde_json::Value::String(expected))) => prop_assert_eq!(&**text, expected),
                (Outcome::Value(Value::Text(text)), Some(serde_json::Value::Bool(expected))) => {
                    prop_assert_eq!(&**text, expected.to_string());
                }
                (Outcome::Value(Value::Text(text)), Some(serde_json::Value::Number(expected))) => {
                    let number: f64 = text.parse().expect("a number in plain digits");
                    // serde_json's own numbers are off by the last bit now and then.
                    let expected = expected.as_f64().expect("a finite number");
                    prop_assert!((number - expected).abs() <= expected.abs() * 1e-15, "{} for {}", text, expected);
                    prop_assert!(!text.contains(['e', 'E']), "{}", text);
                }
                (Outcome::Value(Value::Text(text)), Some(container @ (serde_json::Value::Array(_) | serde_json::Value::Object(_)))) => {
                    let again: serde_json::Value = serde_json::from_str(text).expect("still JSON");
                    prop_assert_eq!(&again, container);
                }
                _ => prop_assert!(false, "{:?} for {:?}", outcome, expected),
            }
        }
    }

    #[test]
    fn r_map_6_accepts_what_serde_json_accepts(body in json(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}\",:0a\\\\ \u{1}]?") {
        let at = at.index(body.len() + 1);
        let at = (0..=at).rev().find(|at| body.is_char_boundary(*at)).unwrap_or(0);
        let after = body[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        for broken in [format!("{}{with}{}", &body[..at], &body[after..]), format!("{}{with}{}", &body[..at], &body[at..])] {
            let is_valid = serde_json::from_str::<serde::de::IgnoredAny>(&broken).is_ok();
            let out = apply(&[(r#"["none of them"]"#.to_owned(), FieldType::String)], &broken);
            let expected = if is_valid { Reason::NotFound } else { Reason::InvalidResponse };
            prop_assert!(matches!(&out[0], Outcome::Problem(problem) if problem.reason == expected), "{:?}: {:?}", broken, out);
        }
    }

    #[test]
    fn r_map_4_a_container_loses_white_space_and_nothing_else(body in json()) {
        let body = format!("[{body}]");
        let wrapped = format!("{{\"a\": {body} }}");
        let out = apply(&[("a".to_owned(), FieldType::TextArea)], &wrapped);
        let Outcome::Value(Value::Text(text)) = &out[0] else { return Err(TestCaseError::fail(format!("{out:?}"))) };
        let tokens = |json: &str| json.split(|c: char| c.is_ascii_whitespace()).collect::<String>();
        prop_assert_eq!(tokens(text), tokens(&body));
        prop_assert!(!text.contains(['\n', '\r', '\t']));
    }
}
