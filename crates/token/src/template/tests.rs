use super::*;

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

fn error(text: &str) -> Error {
    Template::parse(text)
        .expect_err(text)
        .iter()
        .next()
        .unwrap()
        .clone()
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
fn r_def_2_malformed_tokens_are_told_with_place_and_mend() {
    for (text, kind, line, column, suggestion) in [
        (
            "{{company.Company Name=edit me}}",
            ErrorKind::InvalidName,
            1,
            1,
            Some("{{company.Company Name:default=edit me}}"),
        ),
        ("é\n  {{lead.City", ErrorKind::Unclosed, 2, 3, None),
        (
            "{{lead.City {{lead.State}}",
            ErrorKind::Unclosed,
            1,
            1,
            None,
        ),
        (
            "{{lead.City:default={{lead.State}}}}",
            ErrorKind::NestedToken,
            1,
            1,
            None,
        ),
        ("a {{lead.}}", ErrorKind::EmptyName, 1, 3, None),
        ("{{lead.  }}", ErrorKind::EmptyName, 1, 1, None),
        (
            "{{lead.Ci}ty}}",
            ErrorKind::InvalidName,
            1,
            1,
            Some("{{lead.City}}"),
        ),
        (
            "{{lead.City:x}}",
            ErrorKind::InvalidDefault,
            1,
            1,
            Some("{{lead.City:default=x}}"),
        ),
        (
            "{{lead.City:defualt=x}}",
            ErrorKind::InvalidDefault,
            1,
            1,
            Some("{{lead.City:default=x}}"),
        ),
        (
            "{{lead.City: default = x}}",
            ErrorKind::InvalidDefault,
            1,
            1,
            Some("{{lead.City:default=x}}"),
        ),
    ] {
        let error = error(text);
        let place = (error.position().line, error.position().column);
        assert_eq!(
            (error.kind(), place),
            (kind, (line, column)),
            "{text}: {error}"
        );
        assert_eq!(error.suggestion(), suggestion, "{text}");
    }
}

#[test]
fn r_def_2_all_faults_are_told() {
    let errors = Template::parse("{{lead.}} {{lead.a}}\n{{my.b=c}} {{lead.d").unwrap_err();
    let kinds: Vec<_> = errors.iter().map(Error::kind).collect();
    assert_eq!(
        kinds,
        [
            ErrorKind::EmptyName,
            ErrorKind::InvalidName,
            ErrorKind::Unclosed
        ]
    );
}

#[test]
fn what_is_suggested_can_be_parsed() {
    for text in [
        "{{company.a=b}}",
        "{{lead.a}b}}",
        "{{lead.a:b}}",
        "{{lead.a: default =b}}",
    ] {
        let suggestion = error(text).suggestion().unwrap().to_owned();
        assert_eq!(parts(&suggestion).len(), 1, "{suggestion}");
    }
}

#[test]
fn r_def_3_near_misses_are_told() {
    let template =
        Template::parse("{{leed.Email Address}} {{ lead.City }} {{x.y}} {{my stuff.a}} {{ my.a}}")
            .unwrap();
    let misses: Vec<_> = template
        .near_misses()
        .iter()
        .map(|miss| {
            (
                miss.text().to_owned(),
                miss.suggestion().to_owned(),
                miss.position().column,
            )
        })
        .collect();
    let expected = [
        ("{{leed.Email Address}}", "{{lead.Email Address}}", 1),
        ("{{ lead.City }}", "{{lead.City}}", 24),
        ("{{ my.a}}", "{{my.a}}", 63),
    ];
    assert_eq!(
        misses,
        expected.map(|(text, mend, at)| (text.to_owned(), mend.to_owned(), at))
    );
}

#[test]
fn renders_text_and_values_in_order() {
    let template = Template::parse("a{{lead.b}}{{lead.c}}d").unwrap();
    let mut out = b">".to_vec();
    template.render(&mut out, |index, out| {
        out.extend_from_slice(index.to_string().as_bytes());
    });
    assert_eq!(out, b">a01d");
    let failed = template.try_render(
        &mut out,
        |index, _| if index == 1 { Err("no") } else { Ok(()) },
    );
    assert_eq!(failed, Err("no"));
}

#[test]
fn a_long_template_is_refused_and_a_long_one_within_the_limit_is_read() {
    assert_eq!(
        error(&"a".repeat(MAX_TEMPLATE + 1)).kind(),
        ErrorKind::TooLong
    );
    assert_eq!(parts(&"{{lead.a}}".repeat(10_000)).len(), 10_000);
    assert!(Template::parse(&"{{lead.".repeat(10_000)).is_err());
    assert!(Template::parse(&"{".repeat(MAX_TEMPLATE)).is_ok());
}

proptest::proptest! {
    #[test]
    fn segments_are_the_text(text in "([a-z{}:=. ]|\\{\\{|\\}\\}|\\{\\{lead\\.a\\}\\}|:default=|é){0,40}") {
        if let Ok(template) = Template::parse(&text) {
            let joined: String = template
                .segments()
                .map(|segment| match segment {
                    Segment::Text(text) => text.to_owned(),
                    Segment::Token(_, token) => template.text()[token.span()].to_owned(),
                })
                .collect();
            proptest::prop_assert_eq!(joined, text);
        }
    }

    #[test]
    fn never_panics(text: String) {
        if let Ok(template) = Template::parse(&text) {
            let _ = template.near_misses();
        }
        let _ = crate::marketo_unescape(&text);
    }
}
