//! What is read, and as what.

use leadhook_filter::{Expr, Filter, Literal, Number, Op, Type};

use crate::schema::{literal, parse};

/// Each filter beside its canonical text.
const CANONICAL: &[(&str, &str)] = &[
    ("score = 5", "score = 5"),
    ("score=5", "score = 5"),
    ("  score\t>=\r\n5  ", "score >= 5"),
    ("score != -1.50", "score != -1.5"),
    (
        "score < 1e3 AND score > -1E-3",
        "score < 1000 AND score > -0.001",
    ),
    ("score <= +7", "score <= 7"),
    ("score = \"5\"", "score = 5"),
    ("score = 1e300", "score = 1e300"),
    ("active = true", "active = true"),
    ("state = RUNNING", "state = RUNNING"),
    ("state != \"RUNNING\"", "state != RUNNING"),
    ("born = 2010-05-07", "born = \"2010-05-07\""),
    ("born = today", "born = \"2024-10-04\""),
    (
        "create_time >= 2026-01-01T01:00:00+01:00",
        "create_time >= \"2026-01-01T00:00:00Z\"",
    ),
    (
        "create_time < \"2026-01-01T00:00:00.000001Z\"",
        "create_time < \"2026-01-01T00:00:00.000001Z\"",
    ),
    ("Email = a.b+c@d-e.org", "Email = \"a.b+c@d-e.org\""),
    ("Email:webhooks/x_1", "Email:\"webhooks/x_1\""),
    ("Email : a:b", "Email:\"a:b\""),
    ("\"Job Title\" = \"CTO\"", "\"Job Title\" = \"CTO\""),
    ("\"City\" = Oslo", "City = \"Oslo\""),
    ("company.City = Oslo", "company.City = \"Oslo\""),
    ("Größe = XL", "Größe = \"XL\""),
    ("City = कोच्चि", "City = \"कोच्चि\""),
    (r#"City = "a\"b\\c""#, r#"City = "a\"b\\c""#),
    ("City = \"*\"", "City = \"*\""),
    (
        "City = \"AND\" AND City = and",
        "City = \"AND\" AND City = \"and\"",
    ),
    (
        "City = \"(\" AND City = \") OR \"",
        "City = \"(\" AND City = \") OR \"",
    ),
    ("City = \"a\nb\"", "City = \"a\nb\""),
    ("City:*", "City:*"),
    ("City != \"\"", "City:*"),
    ("City = \"\"", "City = \"\""),
    ("score = \"\"", "score = \"\""),
    ("((score = 5))", "score = 5"),
    ("NOT(score = 5)", "NOT score = 5"),
    ("NOT NOT score = 5", "NOT NOT score = 5"),
    (
        "NOT (score = 5 AND score = 6)",
        "NOT (score = 5 AND score = 6)",
    ),
    (
        "(score = 1 AND score = 2)AND(score = 3)",
        "score = 1 AND score = 2 AND score = 3",
    ),
    (
        "score = 1 OR (score = 2 OR score = 3)",
        "score = 1 OR score = 2 OR score = 3",
    ),
    (
        "score = 1 AND (score = 2 OR score = 3)",
        "score = 1 AND (score = 2 OR score = 3)",
    ),
    (
        "(score = 1 AND score = 2) OR score = 3",
        "(score = 1 AND score = 2) OR score = 3",
    ),
    ("called_webhook()", "called_webhook()"),
    (
        "called_webhook( code=503,webhook = webhooks/x )",
        "called_webhook(code = 503, webhook = \"webhooks/x\")",
    ),
];

#[test]
fn r_fil_1_is_read_and_printed() {
    for (text, canonical) in CANONICAL {
        assert_eq!(parse(text).to_string(), *canonical, "{text}");
        assert_eq!(parse(canonical), parse(text), "{text}");
    }
}

#[test]
fn blank_matches_everything() {
    for blank in ["", " ", "\t\r\n "] {
        let filter = parse(blank);
        assert!(filter.is_empty() && filter.expr().is_none());
        assert!(filter.matches(|_| None));
        assert_eq!(filter.to_string(), "");
        assert_eq!(filter.conjuncts().count(), 0);
        assert_eq!(filter, Filter::default());
    }
    assert!(!parse("score = 1").is_empty());
}

#[test]
fn r_fil_2_numbers_are_exact_where_they_can_be() {
    let cases = [
        ("score = 9223372036854775807", Number::Integer(i64::MAX)),
        ("score = -9223372036854775808", Number::Integer(i64::MIN)),
        (
            "score = 9223372036854775808",
            Number::Float(9_223_372_036_854_775_808.0),
        ),
        ("score = 4.0", Number::Integer(4)),
        ("score = -0.0", Number::Integer(0)),
        ("score = .5", Number::Float(0.5)),
        (
            "score = 9007199254740993",
            Number::Integer(9_007_199_254_740_993),
        ),
    ];
    for (text, number) in cases {
        assert_eq!(literal(text), Literal::Number(number), "{text}");
    }
}

#[test]
fn r_fil_2_times_are_cut_to_microseconds_downward() {
    let micros = |text: &str| match literal(&format!("create_time = {text}")) {
        Literal::Timestamp(micros) => micros,
        other => panic!("{other:?}"),
    };
    assert_eq!(micros("1970-01-01T00:00:01.5Z"), 1_500_000);
    assert_eq!(micros("1970-01-01T00:00:00.000001999Z"), 1);
    assert_eq!(micros("1969-12-31T23:59:59.999999999Z"), -1);
}

#[test]
fn the_schema_reads_literals_in_its_own_way() {
    assert_eq!(literal("born = today"), Literal::Date(20_000));
    assert_eq!(literal("born = 1970-01-02"), Literal::Date(1));
    assert_eq!(literal("born = 1969-12-31"), Literal::Date(-1));
}

#[test]
fn the_tree_is_flat_and_open() {
    let filter =
        parse("City = Oslo AND (score > 5 AND NOT (active = true OR City:*)) AND Email = \"\"");
    let all: Vec<_> = filter.conjuncts().collect();
    assert_eq!(all.len(), 4);
    assert!(matches!(
        all[0],
        Expr::Compare {
            field: "City",
            op: Op::Eq,
            ..
        }
    ));
    assert!(matches!(
        all[1],
        Expr::Compare {
            field: "score",
            op: Op::Gt,
            ..
        }
    ));
    assert!(
        matches!(all[2], Expr::Not(negated) if matches!(&**negated, Expr::Or(two) if two.len() == 2))
    );
    assert!(matches!(all[3], Expr::HasNone { field: "Email", .. }));
    let fields: Vec<_> = filter.fields().copied().collect();
    assert_eq!(fields, ["City", "score", "active", "City", "Email"]);
}

#[test]
fn one_condition_is_its_only_conjunct() {
    for text in ["score = 5", "(score = 5 OR score = 6)", "NOT score = 5"] {
        assert_eq!(parse(text).conjuncts().count(), 1, "{text}");
    }
}

#[test]
fn literals_show_what_was_typed_and_what_is_compared() {
    let Literal::Text(text) = literal("City = \"STRASSE ẞ\"") else {
        panic!()
    };
    assert_eq!((text.raw(), text.folded()), ("STRASSE ẞ", "strasse ss"));
}

#[test]
fn names_are_quoted_where_they_have_to_be() {
    let names = [
        "and", "NOT", "android", "a-b", " a", "\na", "a ", "", "a.b_1",
    ];
    let schema = names.map(|name| (name, Type::Number));
    for (text, canonical) in [
        ("and = 1", "\"and\" = 1"),
        ("\"NOT\" = 1", "\"NOT\" = 1"),
        ("android = 1", "android = 1"),
        ("\"a-b\" = 1", "\"a-b\" = 1"),
        ("\" a\" = 1", "\" a\" = 1"),
        ("\"\na\" = 1", "\"\na\" = 1"),
        ("\"a \" = 1", "\"a \" = 1"),
        ("\"\" = 1", "\"\" = 1"),
        ("\"a.b_1\" = 1", "a.b_1 = 1"),
    ] {
        let filter = Filter::parse(text, &schema).unwrap();
        assert_eq!(filter.to_string(), canonical);
        assert_eq!(Filter::parse(canonical, &schema).unwrap(), filter);
    }
}
