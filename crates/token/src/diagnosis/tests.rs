use super::*;
use crate::Template;

/// The first fault of a text.
fn fault(text: &str) -> Error {
    let errors = Template::parse(text).expect_err(text);
    errors.into_iter().next().expect("at least one fault")
}

#[test]
fn r_def_2_malformed_tokens_are_told_with_their_mend() {
    use ErrorKind::{EmptyName, InvalidDefault, InvalidName, NestedToken, Unclosed};
    for (text, kind, suggestion) in [
        (
            "{{company.Company Name=edit me}}",
            InvalidName,
            Some("{{company.Company Name:default=edit me}}"),
        ),
        (
            "{{lead.City =x}}",
            InvalidName,
            Some("{{lead.City:default=x}}"),
        ),
        (
            "{{lead.City=}}",
            InvalidName,
            Some("{{lead.City:default=}}"),
        ),
        ("{{lead.Ci}ty}}", InvalidName, Some("{{lead.City}}")),
        ("{{lead.{City}}}", InvalidName, Some("{{lead.City}}")),
        (
            "{{lead.Ci{ty=x}}",
            InvalidName,
            Some("{{lead.City:default=x}}"),
        ),
        (
            "{{lead.Ci{ty:default=a=b}}",
            InvalidName,
            Some("{{lead.City:default=a=b}}"),
        ),
        (
            "{{lead.a=b:default=c}}",
            InvalidName,
            Some("{{lead.ab:default=c}}"),
        ),
        (
            "{{lead.a:b:Default=c}}",
            InvalidName,
            Some("{{lead.ab:default=c}}"),
        ),
        ("{{lead.{}}", InvalidName, None),
        (
            "{{lead.City:x}}",
            InvalidDefault,
            Some("{{lead.City:default=x}}"),
        ),
        (
            "{{lead.City:}}",
            InvalidDefault,
            Some("{{lead.City:default=}}"),
        ),
        (
            "{{lead.City:default}}",
            InvalidDefault,
            Some("{{lead.City:default=}}"),
        ),
        (
            "{{lead.City:default:x y}}",
            InvalidDefault,
            Some("{{lead.City:default=x y}}"),
        ),
        (
            "{{lead.City:defualt=x}}",
            InvalidDefault,
            Some("{{lead.City:default=x}}"),
        ),
        (
            "{{lead.City : Default = x}}",
            InvalidDefault,
            Some("{{lead.City:default=x}}"),
        ),
        ("{{lead.}}", EmptyName, None),
        ("{{lead. \t}}", EmptyName, None),
        ("{{lead.:default=x}}", EmptyName, None),
        ("{{lead. =x}}", EmptyName, None),
        ("{{lead.:x}}", EmptyName, None),
        ("{{lead.City", Unclosed, None),
        ("{{lead.", Unclosed, None),
        ("{{lead.City}", Unclosed, Some("{{lead.City}}")),
        (
            "{{lead.City} and\n}}",
            InvalidName,
            Some("{{lead.City and}}"),
        ),
        (
            "{\"a\": {{lead.City:default=x}, \"b\": 1}",
            Unclosed,
            Some("{{lead.City:default=x}}"),
        ),
        ("{{lead.City {{lead.State}}", Unclosed, None),
        ("{{lead.City:x {{lead.State}}", Unclosed, None),
        ("{{lead.City:default=a {{lead.State}}}}", NestedToken, None),
        ("{{lead.City:DEFAULT={{}}", NestedToken, None),
    ] {
        let fault = fault(text);
        assert_eq!(
            (fault.kind(), fault.suggestion()),
            (kind, suggestion),
            "{text}: {fault}"
        );
    }
}

#[test]
fn r_def_2_messages_name_the_thing_and_the_rule() {
    for (text, message) in [
        (
            "{{lead.Ci}ty}}",
            "line 1, column 1: `{{lead.Ci}ty}}` has `}` in its name; did you mean {{lead.City}}?",
        ),
        (
            "{{lead.City:x}}",
            "line 1, column 1: `{{lead.City:x}}` has something else than `default=` behind the colon; did you mean \
             {{lead.City:default=x}}?",
        ),
        (
            "\n é{{lead.City\nmore",
            "line 2, column 3: `{{lead.City` is not closed with `}}`",
        ),
        (
            "{{my.  }}",
            "line 1, column 1: `{{my.` is followed by no name",
        ),
        ("{{my.}}", "line 1, column 1: `{{my.}}` has no name"),
        (
            "{{my.a:default=\"{{my.b}}",
            "line 1, column 1: the default in `{{my.a:default=\"{{` holds `{{`: tokens do not stand in defaults",
        ),
        (
            "{{my.a\u{1}\n=\"x\"}}",
            "line 1, column 1: `{{my.a\\u{1}\\n=\"x\"}}` has `=` in its name; a default is written `:default=`; did you mean \
             {{my.a\u{1}:default=\"x\"}}?",
        ),
    ] {
        assert_eq!(fault(text).to_string(), message);
    }
}

#[test]
fn messages_and_suggestions_are_short_however_long_the_token() {
    let long = "x".repeat(100_000);
    for text in [
        format!("{{{{lead.{long}"),
        format!("{{{{lead.{long}=a}}}}"),
        format!("{{{{lead.a={long}}}}}"),
        format!("{{{{lead.a:{long}}}}}"),
        format!("{{{{lead.a:default={long}{{{{"),
        format!("{{{{lead.a{{{long}}}}}"),
    ] {
        let fault = fault(&text);
        assert!(fault.to_string().len() < 250, "{fault}");
        assert_eq!(fault.suggestion(), None);
    }
}

proptest::proptest! {
    #[test]
    fn what_is_suggested_can_be_parsed(body in "([ab{}:= ]|:default=|default){0,12}", end in "[}]{0,3}") {
        let text = format!("{{{{lead.{body}{end}");
        if let Err(errors) = Template::parse(&text) {
            for suggestion in errors.iter().filter_map(Error::suggestion) {
                let template = Template::parse(suggestion);
                let whole = template.as_ref().is_ok_and(|template| {
                    template.tokens().len() == 1 && template.segments().count() == 1
                });
                proptest::prop_assert!(whole, "{text}: {suggestion}: {template:?}");
            }
        }
    }
}
