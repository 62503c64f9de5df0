use super::*;
use crate::{ErrorKind, Scope};

fn parts(text: &str) -> Vec<(Scope, String, Option<String>)> {
    let template = Template::parse(text).unwrap_or_else(|errors| panic!("{text}: {errors}"));
    let part = |token: &Token| {
        (
            token.scope(),
            token.name().to_owned(),
            token.default().map(str::to_owned),
        )
    };
    template.tokens().iter().map(part).collect()
}

#[test]
fn r_tok_1_scope_name_and_default() {
    let token = |scope, name: &str, default: Option<&str>| {
        vec![(scope, name.to_owned(), default.map(str::to_owned))]
    };
    for (text, expected) in [
        (
            "{{lead.Email Address}}",
            token(Scope::Lead, "Email Address", None),
        ),
        (
            "{{LEAD.  email \t address }}",
            token(Scope::Lead, "email address", None),
        ),
        ("{{my.Größe}}", token(Scope::My, "Größe", None)),
        (
            "{{member.webinar url}}",
            token(Scope::Member, "webinar url", None),
        ),
        (
            "{{company.Industry:DEFAULT=none}}",
            token(Scope::Company, "Industry", Some("none")),
        ),
        (
            "{{system.dateTime}}",
            token(Scope::System, "dateTime", None),
        ),
        (
            "{{trigger.Trigger Name}}",
            token(Scope::Trigger, "Trigger Name", None),
        ),
        ("{{campaign.id}}", token(Scope::Campaign, "id", None)),
        ("{{program.Name}}", token(Scope::Program, "Name", None)),
    ] {
        assert_eq!(parts(text), expected, "{text}");
    }
}

#[test]
fn r_tok_2_a_default_is_kept_as_typed_up_to_the_first_closing_braces() {
    for (text, default) in [
        ("{{lead.City:default=}}", ""),
        ("{{lead.City:default= a: b=c } d}}", " a: b=c } d"),
        ("{{lead.City:default=x}}}", "x"),
        ("{{lead.City:default={a}}}", "{a"),
        ("{{lead.City:default=two\nlines}}", "two\nlines"),
    ] {
        assert_eq!(parts(text)[0].2.as_deref(), Some(default), "{text}");
    }
}

#[test]
fn r_tok_6_braces_without_a_known_scope_and_dot_are_text() {
    for text in [
        "{{",
        "}}",
        "{{}}",
        "{{ lead.City }}",
        "{{leed.City}}",
        "{{lead}}",
        "{{lead City}}",
        "{{{{",
        "{{handlebars}}",
        "{{leads.City}}",
    ] {
        let template = Template::parse(text).unwrap();
        assert_eq!((template.tokens().len(), template.text()), (0, text));
    }
    assert_eq!(parts("{{{lead.City}}}").len(), 1);
    assert_eq!(parts("{\"a\":{{lead.Lead Score}}}").len(), 1);
    assert_eq!(parts("{{leed.a}}{{lead.b}}").len(), 1);
}

#[test]
fn r_def_2_all_faults_are_told_each_with_its_place() {
    let errors = Template::parse("{{lead.}} {{lead.a}}\né{{my.b=c}} {{lead.x:default={{lead.d")
        .expect_err("four faults");
    let told: Vec<_> = errors
        .iter()
        .map(|error| (error.kind(), error.position().line, error.position().column))
        .collect();
    assert_eq!(
        told,
        [
            (ErrorKind::EmptyName, 1, 1),
            (ErrorKind::InvalidName, 2, 2),
            (ErrorKind::NestedToken, 2, 13),
            (ErrorKind::Unclosed, 2, 30),
        ]
    );
    assert_eq!(errors.to_string().matches("; line 2").count(), 3);
}

#[test]
fn r_enc_7_escapes_are_read_before_tokens_are_looked_for() {
    let typed = r#"\"{{lead.\"x\"}}\\n{{lead.y:default=\n}}"#;
    let template = Template::parse_marketo(typed).unwrap();
    assert_eq!(template.text(), "\"{{lead.\"x\"}}\\n{{lead.y:default=\n}}");
    let [x, y] = template.tokens() else {
        panic!("{template:?}")
    };
    assert_eq!((x.name(), y.default()), ("\"x\"", Some("\n")));

    // Without them a backslash is a character like any other.
    let template = Template::parse(typed).unwrap();
    assert_eq!(template.text(), typed);
    assert_eq!(template.tokens()[1].default(), Some("\\n"));
}

#[test]
fn r_enc_7_positions_are_those_of_the_text_as_typed() {
    let template = Template::parse_marketo("\\\"é\\n{{lead.a}}\n \\t{{lead.b}}").unwrap();
    let places: Vec<_> = template.tokens().iter().map(Token::position).collect();
    let told: Vec<_> = places
        .iter()
        .map(|at| (at.offset, at.line, at.column))
        .collect();
    assert_eq!(told, [(6, 1, 6), (20, 2, 4)]);
    assert_eq!(&template.text()[template.tokens()[1].span()], "{{lead.b}}");

    let errors = Template::parse_marketo(r"\n\n{{lead.}}").unwrap_err();
    assert_eq!(
        errors.iter().next().unwrap().position().to_string(),
        "line 1, column 5"
    );
}

#[test]
fn r_def_2_faults_of_escapes_and_tokens_are_told_together_in_order() {
    let errors = Template::parse_marketo(r"\xé{{lead.}}\n\{{lead.a}}\é{{my.b=c}}\").unwrap_err();
    let told: Vec<_> = errors
        .iter()
        .map(|error| (error.kind(), error.position().column))
        .collect();
    assert_eq!(
        told,
        [
            (ErrorKind::InvalidEscape, 1),
            (ErrorKind::EmptyName, 4),
            (ErrorKind::InvalidEscape, 15),
            (ErrorKind::InvalidEscape, 26),
            (ErrorKind::InvalidName, 28),
            (ErrorKind::InvalidEscape, 38),
        ]
    );
    let understood = errors.understood().unwrap();
    assert_eq!(understood.tokens()[0].name(), "a");
    assert_eq!(understood.tokens()[0].position().column, 16);
}

#[test]
fn r_def_2_what_is_whole_is_understood_beside_what_is_malformed() {
    for (text, tokens, own) in [
        ("a {{lead.}} b {{lead.c}} d", 1, "a  b  d"),
        ("a {{lead.b=c}}} {{lead.c}}", 1, "a } "),
        ("a {{lead.b:default={{lead.c}} x}} d", 1, "a  d"),
        ("a {{lead.b:default={{lead.c}} x", 1, "a  x"),
        ("a {{lead.b} c\nd", 0, "a  c\nd"),
        ("a {{lead.b c\nd {{lead.e}}", 1, "a \nd "),
        ("{{lead.}}{{leed.b}}", 0, "{{leed.b}}"),
    ] {
        let errors = Template::parse(text).unwrap_err();
        let understood = errors.understood().unwrap();
        assert_eq!(
            (understood.text(), understood.tokens().len()),
            (text, tokens)
        );
        let spans = understood.tokens().iter().map(Token::span);
        let not_own: Vec<_> = spans.chain(errors.malformed().iter().cloned()).collect();
        let left: String = text
            .char_indices()
            .filter(|(at, _)| !not_own.iter().any(|range| range.contains(at)))
            .map(|(_, char)| char)
            .collect();
        assert_eq!(left, own, "{text}");
    }
}

#[test]
fn renders_text_and_values_in_order_behind_what_is_there() {
    let template = Template::parse("a{{lead.b}}{{lead.c}}d").unwrap();
    let mut out = b">".to_vec();
    template.render(&mut out, |index, out| {
        out.extend_from_slice(index.to_string().as_bytes());
    });
    assert_eq!(out, b">a01d");
}

#[test]
fn a_value_that_cannot_be_written_ends_the_rendering() {
    let template = Template::parse("a{{lead.b}}c{{lead.d}}e").unwrap();
    let mut out = Vec::new();
    let written = template.try_render(&mut out, |index, out| {
        out.push(b'-');
        if index == 1 { Err("no") } else { Ok(()) }
    });
    assert_eq!((written, out.as_slice()), (Err("no"), b"a-c-".as_slice()));
}

#[test]
fn without_tokens_a_template_is_its_text() {
    for text in ["", "plain", "{{"] {
        let template = Template::parse(text).unwrap();
        let mut out = Vec::new();
        template.render(&mut out, |_, _| panic!("there is no token"));
        assert_eq!(out, text.as_bytes());
        assert_eq!(template.segments().count(), usize::from(!text.is_empty()));
    }
}
