//! Nothing grows out of proportion. The long inputs here take milliseconds as they should, minutes where something became quadratic.

use leadhook_token::{ErrorKind, MAX_FAULTS, MAX_TEMPLATE, Template, marketo_unescape};

/// A quarter of the limit: enough to tell, and debug builds are slow.
fn long(piece: &str) -> String {
    piece.repeat(MAX_TEMPLATE / 4 / piece.len())
}

/// As much of it as a template may have.
fn full(piece: &str) -> String {
    piece.repeat(MAX_TEMPLATE / piece.len())
}

#[test]
fn a_template_at_the_limit_is_read_and_one_beyond_it_refused() {
    let text = "é".repeat(MAX_TEMPLATE / 2);
    assert_eq!(Template::parse(&text).unwrap().text(), text);
    for refused in [
        Template::parse(&format!("{text}a")),
        Template::parse_marketo(&format!("{text}a")),
    ] {
        let errors: Vec<_> = refused.unwrap_err().into_iter().collect();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].kind(), ErrorKind::TooLong);
        assert_eq!(
            errors[0].to_string(),
            "line 1, column 1: the template has 2097153 bytes; at most 2097152 are read"
        );
    }
}

#[test]
fn every_token_of_a_full_template_is_found() {
    let text = full("{{lead.a}}");
    let template = Template::parse(&text).unwrap();
    assert_eq!(template.tokens().len(), MAX_TEMPLATE / 10);
    let last = template.tokens().last().unwrap();
    assert_eq!(last.position().column as usize, last.span().start + 1);
}

#[test]
fn what_only_looks_like_tokens_takes_no_longer() {
    for piece in [
        "{",
        "{{",
        "}}",
        "{{lead",
        "{{lea",
        "{{ lead.a}}",
        "{{leed.a}} ",
        "a",
        "\n",
        "{{x.",
        "=",
        ":default=",
    ] {
        let text = long(piece);
        let template = Template::parse(&text).unwrap();
        assert_eq!(template.tokens().len(), 0, "{piece}");
        assert!(template.near_misses().len() <= MAX_FAULTS, "{piece}");
    }
}

#[test]
fn r_def_2_faults_without_number_are_told_up_to_a_bound() {
    for piece in [
        "{{lead.",
        "{{lead.a",
        "{{lead.a}",
        "{{lead.}}",
        "{{lead.a=b}}",
        "{{lead.a:",
        "{{lead.a:default=",
        "{{lead.a:default={{",
        "\n{{lead.a:b}}",
    ] {
        let errors = Template::parse(&long(piece)).unwrap_err();
        assert_eq!(errors.iter().count(), MAX_FAULTS, "{piece}");
    }
    // One fault that reaches to the end.
    let errors =
        Template::parse(&format!("{{{{lead.{}", "a".repeat(MAX_TEMPLATE / 2))).unwrap_err();
    assert_eq!(errors.iter().count(), 1);
    assert!(errors.to_string().len() < 200);
}

#[test]
fn r_enc_7_escapes_take_no_longer() {
    assert_eq!(
        marketo_unescape(&full("\\n")).unwrap().len(),
        MAX_TEMPLATE / 2
    );
    let errors = marketo_unescape(&full("\\x\n")).unwrap_err();
    assert_eq!(errors.iter().count(), MAX_FAULTS);
    let template = Template::parse_marketo(&full("\\n{{my.a}}")).unwrap();
    assert_eq!(template.tokens().len(), MAX_TEMPLATE / 10);
}
