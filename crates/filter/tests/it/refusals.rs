//! What is refused, in its exact words.

use leadhook_filter::{ErrorKind, Filter, Type};

use crate::schema::refused;

use ErrorKind::{Literal, MixedConnectives, Operator, Syntax, UnknownField};

/// A filter, the kind of its error, and the error.
const REFUSED: &[(&str, ErrorKind, &str)] = &[
    // AND, OR, NOT
    (
        "score = 1 AND score = 2 OR score = 3",
        MixedConnectives,
        "column 25: AND and OR are mixed without parentheses; \
         write `(score = 1 AND score = 2) OR score = 3` or `score = 1 AND (score = 2 OR score = 3)`",
    ),
    (
        "City:*  OR NOT  City = \"a b\" AND (score=3 OR score=4) AND active = true",
        MixedConnectives,
        "column 30: AND and OR are mixed without parentheses; \
         write `City:* OR (NOT  City = \"a b\" AND (score=3 OR score=4) AND active = true)` \
         or `(City:* OR NOT  City = \"a b\") AND (score=3 OR score=4) AND active = true`",
    ),
    (
        "score = 1 and score = 2",
        Syntax,
        "column 11: `and` joins no conditions; write `AND`",
    ),
    (
        "score = 1 Or score = 2",
        Syntax,
        "column 11: `Or` joins no conditions; write `OR`",
    ),
    (
        "score = 1 && score = 2",
        Syntax,
        "column 11: `&&` joins no conditions; write `AND`",
    ),
    (
        "score = 1 || score = 2",
        Syntax,
        "column 11: `||` joins no conditions; write `OR`",
    ),
    (
        "score = 1 AND",
        Syntax,
        "column 11: a condition is missing after `AND`",
    ),
    (
        "(score = 1 OR )",
        Syntax,
        "column 12: a condition is missing after `OR`",
    ),
    (
        "AND score = 1",
        Syntax,
        "column 1: `AND` is not expected here; a condition is missing before it",
    ),
    (
        "score = 1 AND OR score = 1",
        Syntax,
        "column 15: `OR` is not expected here; a condition is missing before it",
    ),
    (
        "-score = 5",
        Syntax,
        "column 1: `-` negates nothing; write `NOT score = 5`",
    ),
    (
        "!(score = 5)",
        Syntax,
        "column 1: `!` negates nothing; write `NOT (score = 5)`",
    ),
    (
        "score = 1 AND not score = 5",
        Syntax,
        "column 15: `not` negates nothing; write `NOT score = 5`",
    ),
    // side by side
    (
        "score = 1 active = true",
        Syntax,
        "column 11: AND or OR is missing before `active = true`; write `score = 1 AND active = true`",
    ),
    (
        "(score = 1) (score = 2)",
        Syntax,
        "column 13: AND or OR is missing before `(score = 2)`; write `(score = 1) AND (score = 2)`",
    ),
    (
        "City = New York City AND score = 1",
        Syntax,
        "column 8: a text with spaces stands in double quotes; write `\"New York City\"`",
    ),
    (
        "score = 1 AND Job  Title = \"CTO\"",
        Syntax,
        "column 15: a name with spaces stands in double quotes; write `\"Job Title\"`",
    ),
    (
        "NOT job titel = CTO",
        Syntax,
        "column 5: a name with spaces stands in double quotes; write `\"Job Title\"`",
    ),
    // names
    (
        "scor = 1",
        UnknownField,
        "column 1: there is no field `scor`; did you mean `score`?",
    ),
    (
        "email = 1",
        UnknownField,
        "column 1: there is no field `email`; did you mean `Email`?",
    ),
    (
        "\"Job Titl\" = x",
        UnknownField,
        "column 1: there is no field `Job Titl`; did you mean `\"Job Title\"`?",
    ),
    (
        "zzz = 1",
        UnknownField,
        "column 1: there is no field `zzz`; there are Email, City, Job Title, company.City, Größe, score, active, \
         born, create_time, run, state",
    ),
    (
        "AND = 1",
        Syntax,
        "column 1: `AND` is not expected here; a condition is missing before it",
    ),
    (
        "active",
        Syntax,
        "column 1: `active` alone is no condition; an operator (= != < <= > >= :) and a value are missing, \
         as in `active = true`",
    ),
    (
        "score = 1 AND City",
        Syntax,
        "column 15: `City` alone is no condition; an operator (= != < <= > >= :) and a value are missing, as in `City:*`",
    ),
    // operators
    (
        "score == 1",
        Syntax,
        "column 7: there is no operator `==`; write `=`",
    ),
    (
        "score <> 1",
        Syntax,
        "column 7: there is no operator `<>`; write `!=`",
    ),
    ("score =", Syntax, "column 7: a value is missing after `=`"),
    (
        "score = AND score = 2",
        Syntax,
        "column 7: a value is missing after `=`",
    ),
    (
        "= 2",
        Syntax,
        "column 1: `=` is not expected here; an operator stands between one name and one value",
    ),
    (
        "score:5",
        Operator,
        "column 6: `:` is not for `score`, which is a number; write `score = 5`",
    ),
    (
        "born:2010-05-07",
        Operator,
        "column 5: `:` is not for `born`, which is a date; write `born = 2010-05-07`",
    ),
    (
        "active < true",
        Operator,
        "column 8: `<` is not for `active`, which is a Boolean; write `active = true`",
    ),
    (
        "state >= RUNNING",
        Operator,
        "column 7: `>=` is not for `state`, which is an enum; write `state = RUNNING`",
    ),
    (
        "City = *",
        Operator,
        "column 6: `*` stands after `:` only; write `City:*`",
    ),
    (
        "City > \"\"",
        Operator,
        "column 6: `>` compares nothing with the empty text; write `City:*`",
    ),
    (
        "City:\"\"",
        Operator,
        "column 5: `:` compares nothing with the empty text; write `City:*`",
    ),
    // literals
    (
        "score = abc",
        Literal,
        "column 9: `abc` does not fit `score`, which is a number; write a number such as 42, -1.5 or 1e3",
    ),
    (
        "score = inf",
        Literal,
        "column 9: `inf` does not fit `score`, which is a number; write a number such as 42, -1.5 or 1e3",
    ),
    (
        "score = 1e400",
        Literal,
        "column 9: `1e400` does not fit `score`, which is a number; write a number such as 42, -1.5 or 1e3",
    ),
    (
        "score = e",
        Literal,
        "column 9: `e` does not fit `score`, which is a number; write a number such as 42, -1.5 or 1e3",
    ),
    (
        "active = TRUE",
        Literal,
        "column 10: `TRUE` does not fit `active`, which is a Boolean; write true or false",
    ),
    (
        "born = 2010-02-30",
        Literal,
        "column 8: `2010-02-30` does not fit `born`, which is a date; write a date such as 2010-05-07",
    ),
    (
        "born = 2010-05-07T00:00:00",
        Literal,
        "column 8: `2010-05-07T00:00:00` does not fit `born`, which is a date; write a date such as 2010-05-07",
    ),
    (
        "born = yesterday",
        Literal,
        "column 8: `yesterday` does not fit `born`, which is a date; write today",
    ),
    (
        "born = never",
        Literal,
        "column 8: `never` does not fit `born`, which is a date; it is out of range",
    ),
    (
        "create_time > 2026-01-01",
        Literal,
        "column 15: `2026-01-01` does not fit `create_time`, which is a time; write a time such as 2010-05-07T15:41:32Z",
    ),
    (
        "state = STATE_RUNNING",
        Literal,
        "column 9: `STATE_RUNNING` does not fit `state`, which is an enum; did you mean RUNNING?",
    ),
    (
        "state = runing",
        Literal,
        "column 9: `runing` does not fit `state`, which is an enum; did you mean RUNNING?",
    ),
    (
        "state = GONE",
        Literal,
        "column 9: `GONE` does not fit `state`, which is an enum; write one of PENDING, RUNNING, SUCCEEDED",
    ),
    // resource names
    (
        "run = enrich",
        Literal,
        "column 7: `enrich` does not fit `run`, which is a resource name; did you mean \"runs/enrich\"?",
    ),
    (
        "run != \"run/a \\\"b\"",
        Literal,
        "column 8: `\"run/a \\\"b\"` does not fit `run`, which is a resource name; did you mean \"runs/a \\\"b\"?",
    ),
    (
        "run = runs/",
        Literal,
        "column 7: `runs/` does not fit `run`, which is a resource name; write a name such as runs/{id}",
    ),
    (
        "run = x/runs/5",
        Literal,
        "column 7: `x/runs/5` does not fit `run`, which is a resource name; did you mean \"runs/5\"?",
    ),
    (
        "called_webhook(webhook = enrich)",
        Literal,
        "column 26: `enrich` does not fit `webhook`, which is a resource name; did you mean \"webhooks/enrich\"?",
    ),
    // brackets and quotes
    (
        "(score = 1",
        Syntax,
        "column 1: the parenthesis is not closed",
    ),
    (
        "(score = 1 AND (score = 2)",
        Syntax,
        "column 1: the parenthesis is not closed",
    ),
    ("score = 1)", Syntax, "column 10: `)` closes no parenthesis"),
    (
        "score = 1 AND ()",
        Syntax,
        "column 15: there is no condition in `()`",
    ),
    (
        "City = \"Oslo",
        Syntax,
        "column 8: the double quote is not closed",
    ),
    (
        "City = \"Oslo\\\"",
        Syntax,
        "column 8: the double quote is not closed",
    ),
    (
        r#"City = "a\n""#,
        Syntax,
        r#"column 10: there is no escape `\n`; write `\\` for a backslash, `\"` for a double quote"#,
    ),
    (
        "City = 'Oslo'",
        Syntax,
        "column 8: `'` is not expected here; write texts between plain double quotes: `\"CTO\"`",
    ),
    (
        "City = “Oslo”",
        Syntax,
        "column 8: `“` is not expected here; write texts between plain double quotes: `\"CTO\"`",
    ),
    // other characters
    (
        "City = Os*",
        Syntax,
        "column 10: `*` is not expected here; there are no wildcards: write `:` for contains",
    ),
    (
        "City = a%b",
        Syntax,
        "column 9: `%` is not expected here; there are no wildcards: write `:` for contains",
    ),
    (
        "score = 1,000",
        Syntax,
        "column 10: `,` is not expected here; texts with such characters stand in double quotes",
    ),
    (
        "score = 1; score = 2",
        Syntax,
        "column 10: `;` is not expected here; join conditions with AND or OR",
    ),
    (
        "score\u{a0}= 1",
        Syntax,
        "column 6: `\u{a0}` is not expected here; write a plain space",
    ),
];

#[test]
fn r_fil_1_is_refused_with_place_and_way_out() {
    for (text, kind, said) in REFUSED {
        let error = refused(text);
        assert_eq!(error.to_string(), format!("line 1, {said}"), "{text}");
        assert_eq!(error.kind(), *kind, "{text}");
    }
}

#[test]
fn lines_and_columns_count_code_points() {
    for (text, line, column) in [
        ("City = \"日本\" AND x = 1", 1, 17),
        ("City = a AND\nx = 1", 2, 1),
        ("City = a AND\r\n  x = 1", 2, 3),
        ("\n\nCity = 🦀\u{a0}", 3, 8),
    ] {
        let error = refused(text);
        assert_eq!(
            (error.line(), error.column()),
            (line, column),
            "{text}: {error}"
        );
    }
}

#[test]
fn an_error_carries_its_input() {
    let error = refused("City = \"日本\" AND scroe = 1");
    assert_eq!((error.offset(), error.input()), (20, "scroe"));
    assert_eq!(error.message(), "there is no field `scroe`");
    assert_eq!(error.suggestion(), Some("did you mean `score`?"));
}

#[test]
fn what_is_shown_is_short_and_has_no_controls() {
    let long = format!("City = \"{}\" score = 5", "x".repeat(60_000));
    let error = refused(&long);
    assert!(error.to_string().len() < 600, "{error}");
    assert!(error.to_string().contains("..."), "{error}");

    let mixed = format!(
        "{} OR City:*",
        vec!["City = Reykjavik"; 2_000].join(" AND ")
    );
    let error = refused(&mixed);
    assert_eq!(
        error.suggestion(),
        Some(
            "write `(City = Reykjavik AND City = Reykjavik) OR City:*` or `City = Reykjavik AND (City = Reykjavik OR City:*)`"
        ),
    );

    assert_eq!(
        refused("\"a\u{1b}[2J\n\" = 1").message(),
        "there is no field `a\\u{1b}[2J\\n`"
    );
}

#[test]
fn many_names_are_not_listed() {
    let many: [(&str, Type); 17] = std::array::from_fn(|_| ("field", Type::Text));
    let error = Filter::parse("zzzzzzzzz = 1", &many).unwrap_err();
    assert_eq!(error.suggestion(), None);
}
