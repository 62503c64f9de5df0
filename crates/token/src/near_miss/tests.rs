use super::*;

fn found(text: &str) -> Vec<(String, String, u32, u32)> {
    Template::parse(text)
        .unwrap()
        .near_misses()
        .iter()
        .map(|miss| {
            let place = miss.position();
            (
                miss.text().to_owned(),
                miss.suggestion().to_owned(),
                place.line,
                place.column,
            )
        })
        .collect()
}

#[test]
fn r_def_3_a_slip_in_a_scope_is_told_with_its_mend() {
    for (typed, suggestion) in [
        ("{{leed.Email Address}}", "{{lead.Email Address}}"),
        ("{{Leads.City:default=a: b}}", "{{lead.City:default=a: b}}"),
        ("{{ lead.City }}", "{{lead.City}}"),
        ("{{lead .City}}", "{{lead.City}}"),
        ("{{ my.a}}", "{{my.a}}"),
        ("{{$lead.City}}", "{{lead.City}}"),
        ("{{\u{200b}lead.City}}", "{{lead.City}}"),
        ("{{comapny.Industry}}", "{{company.Industry}}"),
        ("{{campain.id}}", "{{campaign.id}}"),
        ("{{sistem.date}}", "{{system.date}}"),
        ("{{triger.Name}}", "{{trigger.Name}}"),
        ("{{programs.Name}}", "{{program.Name}}"),
        ("{{membre.x}}", "{{member.x}}"),
        // What is suggested can be parsed, though only the scope was meant to be mended.
        ("{{leed.City=x}}", "{{lead.City:default=x}}"),
        ("{{leed.Ci{ty} }}", "{{lead.City}}"),
        ("{{leed.City:default=x} }}", "{{lead.City:default=x} }}"),
    ] {
        let expected = (typed.to_owned(), suggestion.to_owned(), 1, 1);
        assert_eq!(found(typed), [expected]);
    }
}

#[test]
fn r_def_3_other_braces_are_no_near_misses() {
    for text in [
        "{{x.y}}",
        "{{mx.y}}",
        "{{person.Email}}",
        "{{#each lead.items}}",
        "{{lead}}",
        "{{leed.}}",
        "{{.}}",
        "{{leed.City}",
        "{leed.City}}",
        "{{leed {{x.City}}",
        "{{leed.a {{x.City}}",
        "{{leadership.City}}",
        "{{lead.City}}",
        "{\"a\":{\"leed.b\":1}}",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
    let long = format!("{{{{leed.{}}}}}", "x".repeat(LONGEST));
    assert_eq!(found(&long), []);
}

#[test]
fn r_def_3_near_misses_are_told_in_order_with_their_places() {
    let places: Vec<_> = found("é {{leed.a}}{{lead.b}}\n{{{ledd.c}}} {{ lead.d}}")
        .into_iter()
        .map(|(text, _, line, column)| (text, line, column))
        .collect();
    assert_eq!(
        places,
        [
            ("{{leed.a}}".to_owned(), 1, 3),
            ("{{ledd.c}}".to_owned(), 2, 2),
            ("{{ lead.d}}".to_owned(), 2, 14),
        ]
    );
}

#[test]
fn r_enc_7_near_misses_have_their_places_in_the_text_as_typed() {
    let template = Template::parse_marketo(r#"\"{{lead.a}}\n{{leed.b}}"#).unwrap();
    let misses = template.near_misses();
    assert_eq!(misses[0].position().to_string(), "line 1, column 15");
}

#[test]
fn what_is_told_is_bounded() {
    let text = "{{leed.a}}".repeat(3 * MAX_FAULTS);
    assert_eq!(
        Template::parse(&text).unwrap().near_misses().len(),
        MAX_FAULTS
    );
    // Would take minutes if each brace were followed by a search to the end.
    let text = "{".repeat(crate::MAX_TEMPLATE / 4);
    assert_eq!(found(&text), []);
    let text = "{{leed.a".repeat(crate::MAX_TEMPLATE / 32);
    assert_eq!(found(&text), []);
}
