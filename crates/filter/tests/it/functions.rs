//! Functions with named arguments (R-CMP-4).

use leadhook_filter::{ErrorKind, Filter, Literal, Number, Type};

use crate::schema::{parse, refused};

#[test]
fn r_cmp_4_arguments_are_typed() {
    let filter = parse(
        r#"called_webhook(webhook = "webhooks/x", code = 503, error_type = "TIMEOUT", since = "1970-01-01T00:00:01Z")"#,
    );
    let call = filter.calls().next().unwrap();
    assert_eq!(&*call.function, "called_webhook");
    assert_eq!(call.arguments.len(), 4);
    assert_eq!(
        call.argument("code"),
        Some(&Literal::Number(Number::Integer(503)))
    );
    assert_eq!(call.argument("since"), Some(&Literal::Timestamp(1_000_000)));
    assert!(
        matches!(call.argument("webhook"), Some(Literal::Text(text)) if text.raw() == "webhooks/x")
    );
}

#[test]
fn r_cmp_4_each_argument_is_optional() {
    let filter = parse("called_webhook() AND NOT (called_webhook(code = 0) OR City = Oslo)");
    let given: Vec<_> = filter.calls().map(|call| call.arguments.len()).collect();
    assert_eq!(given, [0, 1]);
    assert_eq!(filter.fields().collect::<Vec<_>>(), [&"City"]);
}

#[test]
fn r_cmp_4_the_caller_says_whether_a_function_holds() {
    let filter = parse("NOT called_webhook(code = 503) AND score = 1");
    let one = |_: &&str| Some(leadhook_filter::Value::Integer(1));
    assert!(filter.matches_with(one, |_| false));
    assert!(!filter.matches_with(one, |call| call.argument("code").is_some()));
}

const IS_A_FUNCTION: &str = "column 1: `called_webhook` is a function; its arguments stand in parentheses, each with its name and a comma \
    before the next, texts with spaces in double quotes, as in `called_webhook(webhook = \"...\", code = 503, error_type = \"...\", \
    since = \"2010-05-07T15:41:32Z\")`";

#[test]
fn r_cmp_4_is_refused_where_it_does_not_fit() {
    use ErrorKind::{Argument, Literal, Syntax, UnknownFunction};
    for (text, kind, said) in [
        (
            "called_webhok()",
            UnknownFunction,
            "column 1: there is no function `called_webhok`; did you mean `called_webhook`?",
        ),
        (
            "sum(code = 1)",
            UnknownFunction,
            "column 1: there is no function `sum`; there are called_webhook",
        ),
        (
            "called_webhook(cod = 1)",
            Argument,
            "column 16: `called_webhook` has no parameter `cod`; did you mean `code`?",
        ),
        (
            "called_webhook(state = 1)",
            Argument,
            "column 16: `called_webhook` has no parameter `state`; there are webhook, code, error_type, since",
        ),
        (
            "called_webhook(code = 1, code = 2)",
            Argument,
            "column 26: the argument `code` is given twice",
        ),
        (
            "called_webhook(503)",
            Argument,
            "column 16: the argument `503` has no name; write `webhook = 503`",
        ),
        (
            "called_webhook(code >= 500)",
            Syntax,
            "column 21: an argument is given with `=`, not with `>=`; write `code = 500`",
        ),
        (
            "called_webhook(code = x)",
            Literal,
            "column 23: `x` does not fit `code`, which is a number; write a number such as 42, -1.5 or 1e3",
        ),
        (
            "called_webhook(webhook = \"\")",
            Literal,
            "column 26: the argument `webhook` has no value; leave it out to ask for any value",
        ),
        (
            "called_webhook(code = 1 AND code = 2)",
            Syntax,
            IS_A_FUNCTION,
        ),
        ("called_webhook(code 503)", Syntax, IS_A_FUNCTION),
        (
            "called_webhook(error_type = TIME OUT)",
            Syntax,
            IS_A_FUNCTION,
        ),
        ("called_webhook", Syntax, IS_A_FUNCTION),
        ("called_webhook = true", Syntax, IS_A_FUNCTION),
    ] {
        let error = refused(text);
        assert_eq!(error.to_string(), format!("line 1, {said}"), "{text}");
        assert_eq!(error.kind(), kind, "{text}");
    }
}

#[test]
fn r_cmp_4_a_schema_without_functions_refuses_them() {
    let error = Filter::parse("called_webhook(code = 503)", &[("code", Type::Number)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownFunction);
    assert_eq!(
        error.to_string(),
        "line 1, column 1: this filter has no functions, so there is no `called_webhook`"
    );
}
