use leadhook_store::RequestTokenEncoding::Json;

use crate::webhook::fixture::Stage;

/// The faults of a definition: `column: suggestion`, all in one line and of one field.
fn told(stage: &Stage) -> Vec<String> {
    let faults = stage.faults();
    let told = faults.iter().map(|fault| {
        let (place, _) = fault.message.split_once(": ").expect("a place");
        let column = place.strip_prefix("line 1, column ").expect("in line 1");
        assert_eq!(fault.field, faults[0].field);
        format!("{column}: {}", fault.suggestion)
    });
    told.collect()
}

#[test]
fn r_def_2_all_faults_of_a_url_are_told_in_order() {
    for (url, faults) in [
        (
            "https://example.com/ {{lead.Frist Name}}?a=<{{lead.City=x}}&b={{lead.}}é",
            &[
                "21: %20",
                "22: {{lead.First Name}}",
                "44: %3C",
                "45: {{lead.City:default=x}}",
                "63: ",
                "72: %C3%A9",
            ][..],
        ),
        // A token that is misspelt or malformed is one fault, not one for each of its braces and spaces.
        (
            "https://example.com/{{leed.First Name}}/{{lead.a b}/{{my.a:default={{my.b}} }}",
            &["21: {{lead.First Name}}", "41: {{lead.a b}}", "53: "],
        ),
        (
            "https://example.com/{{lead.City=leed.x y}}{{x y}}",
            &["21: {{lead.City:default=leed.x y}}", "46: %20"],
        ),
        (
            "https://{{lead.City}}.example.com/{{lead.}}",
            &["9: ", "35: "],
        ),
    ] {
        assert_eq!(told(&Stage::url(Json, url)), faults, "{url}");
    }
    let many = format!("https://example.com/{{{{lead.}}}}{}", "<".repeat(1_000));
    assert_eq!(Stage::url(Json, &many).faults().len(), 101);
}

#[test]
fn r_def_2_the_form_of_a_url_is_refused_with_its_place() {
    for (url, fault) in [
        ("example.com/x", "1: https://example.com/x"),
        ("ftp://example.com/", "1: "),
        ("https://", "9: "),
        ("https:///x", "9: "),
        ("https://example.com:0/{{lead.City}}", "21: "),
        ("https://{{my.Host}}.example.com:99999/", "33: "),
        ("https://user@example.com:99999/", "26: "),
    ] {
        assert_eq!(told(&Stage::url(Json, url)), [fault], "{url}");
    }
}

#[test]
fn r_def_4_faults_of_a_url_with_a_password_hold_none_of_its_words() {
    let url = "https://user:hun<ter2@example.com/{{lead.hunter2}}{{leed.hunter2 x}}{{my.}}";
    let faults = Stage::url(Json, url).faults();
    assert_eq!(faults.len(), 4, "{faults:?}");
    for fault in faults {
        let text = fault.to_string();
        assert!(!text.contains("hunter2") && !text.contains("%3C"), "{text}");
    }
}

#[test]
fn r_def_2_all_faults_of_a_header_are_told_in_order() {
    let value = "a\tb\u{7}{{lead.Frist Name}}{{lead.}}\u{1b}{{lead.City:default=\u{7}}}";
    let stage = Stage::new().header("X", value);
    let faults = ["2: ", "4: ", "5: {{lead.First Name}}", "24: ", "33: "];
    assert_eq!(told(&stage), faults);
    let many = Stage::new().header("X", &"\t".repeat(1_000));
    assert_eq!(many.faults().len(), 100);
}

#[test]
fn r_def_2_all_faults_of_a_payload_are_told_in_order() {
    let payload =
        r#"{"a": "C:\{{lead.Frist Name}}", "b": "{{lead.City=}}", "c": "\{{lead.City}}"}"#;
    let faults = [
        "11: {{lead.First Name}}",
        "11: two backslashes",
        "39: {{lead.City:default=}}",
        "63: two backslashes",
    ];
    assert_eq!(told(&Stage::json(payload)), faults);
}

#[test]
fn r_def_2_faults_of_escapes_hide_no_faults_of_tokens() {
    let payload = r#"{\"a\": \"\u0041{{lead.Frist Name}}\q{{lead.}}\{{lead.City}}\"}"#;
    let stage = Stage::json(payload).with(|draft| draft.marketo_escapes = true);
    let faults = [
        r"11: \\u",
        "17: {{lead.First Name}}",
        r"36: \\q",
        "38: ",
        r"47: \\{",
    ];
    assert_eq!(told(&stage), faults);
}
