use leadhook_store::{
    MyTokenType,
    RequestTokenEncoding::{FormUrl, Json, None as Unencoded, Xml},
};

use crate::webhook::fixture::Stage;

fn lead(stage: Stage) -> Stage {
    stage
        .lead("First Name", "Zoë \"Zo\" & <co>\n\\")
        .lead("Priority", "42")
        .lead("Urgency", "1e3")
        .lead("Do Not Call", "yes")
        .lead("Date of Birth", "2010-05-07")
        .lead("Unsubscribed Reason", "a\tb\u{1}\u{2028}é/")
        .company("Annual Revenue", "12500000.50")
}

#[test]
fn r_enc_1_one_body_under_three_encodings() {
    for (encoding, body) in [
        (Unencoded, "1;NOT PROVIDED;TRUE"),
        (FormUrl, "1;NOT+PROVIDED;TRUE"),
        (Json, "1;\"NOT PROVIDED\";\"TRUE\""),
    ] {
        let stage = Stage::payload(encoding, "{{my.n}};{{lead.First Name}};{{lead.Last Name}}")
            .my_of(MyTokenType::Number, "n", "1")
            .lead("First Name", "NOT PROVIDED")
            .lead("Last Name", "TRUE");
        assert_eq!(stage.body(), body, "{encoding:?}");
    }
}

#[test]
fn r_enc_2_json_quotes_texts_dates_and_datetimes_and_leaves_numbers_and_booleans_bare() {
    for (token, body) in [
        ("lead.First Name", r#""Zoë \"Zo\" & <co>\n\\""#),
        ("lead.Unsubscribed Reason", "\"a\\tb\\u0001\u{2028}é/\""),
        ("lead.Date of Birth", r#""2010-05-07""#),
        ("system.dateTime", r#""2013-08-08 23:36:13""#),
        ("lead.Priority", "42"),
        ("lead.Urgency", "1000"),
        ("lead.Do Not Call", "true"),
        ("company.Annual Revenue", "12500000.5"),
    ] {
        let stage = lead(Stage::json(&format!("{{\"a\": {{{{{token}}}}}}}")));
        assert_eq!(stage.body(), format!("{{\"a\": {body}}}"), "{token}");
    }
}

#[test]
fn r_enc_3_what_json_writes_where_there_is_no_value() {
    for (token, body) in [
        // No default.
        ("lead.First Name", "null"),
        ("lead.Priority", "null"),
        ("system.unsubscribeLink", "null"),
        ("trigger.Name", "null"),
        ("my.Nothing", "null"),
        ("member.Nothing", "null"),
        ("program.Name", "null"),
        // By the field's type, in the form of R-TOK-9.
        ("lead.Priority:default=07", "7"),
        ("lead.Priority:default= -0 ", "0"),
        ("lead.Lead Score:default=+5", "5"),
        ("lead.Urgency:default=1e2", "100"),
        ("lead.Urgency:default=2.50", "2.5"),
        ("lead.Do Not Call:default=No", "false"),
        ("lead.Date of Birth:default=20100507", r#""2010-05-07""#),
        ("lead.First Name:default=07", r#""07""#),
        ("program.id:default=007", "7"),
        ("campaign.id:default=12", "12"),
        // What does not fit is text.
        ("lead.Priority:default=seven", r#""seven""#),
        ("lead.Priority:default=1.5", r#""1.5""#),
        ("lead.Priority:default=2147483648", r#""2147483648""#),
        ("lead.Do Not Call:default=maybe", r#""maybe""#),
        ("lead.Date of Birth:default=2010-02-30", r#""2010-02-30""#),
        // Empty: `""` for text types, and for what has no type.
        ("lead.First Name:default=", r#""""#),
        ("lead.Unsubscribed Reason:default=", r#""""#),
        ("lead.Email Address:default=", r#""""#),
        ("lead.Phone Number:default=", r#""""#),
        ("company.Website:default=", r#""""#),
        ("lead.Full Name:default=", r#""""#),
        ("trigger.Name:default=", r#""""#),
        ("my.Nothing:default=", r#""""#),
        ("system.unsubscribeLink:default=", r#""""#),
        ("lead.Priority:default=", "null"),
        ("lead.Urgency:default=", "null"),
        ("lead.Do Not Call:default=", "null"),
        ("lead.Date of Birth:default=", "null"),
        ("lead.Created At:default=", "null"),
        ("company.Annual Revenue:default=", "null"),
        // A text default is text as typed, spaces and all.
        ("lead.First Name:default= a\"b ", r#"" a\"b ""#),
    ] {
        assert_eq!(
            Stage::json(&format!("[{{{{{token}}}}}]")).body(),
            format!("[{body}]"),
            "{token}"
        );
    }
}

#[test]
fn r_enc_3_a_default_is_as_typed_in_a_literal_and_under_other_encodings() {
    let token = "{{lead.Priority:default= 07 }}";
    for (encoding, template, body) in [
        (Json, format!("\"{token}\""), "\" 07 \""),
        (Unencoded, token.to_owned(), " 07 "),
        (FormUrl, format!("a={token}"), "a=+07+"),
        (Xml, format!("<a>{token}</a>"), "<a> 07 </a>"),
        (
            Xml,
            "{{lead.Priority:default=<&>}}".to_owned(),
            "&lt;&amp;&gt;",
        ),
        (
            Json,
            "\"{{lead.Priority:default=\"}}\"".to_owned(),
            "\"\\\"\"",
        ),
    ] {
        assert_eq!(
            Stage::payload(encoding, &template).body(),
            body,
            "{encoding:?} {template}"
        );
    }
}

#[test]
fn r_enc_3_nothing_stands_for_no_value_but_under_json() {
    for encoding in [Unencoded, FormUrl, Xml] {
        let stage = Stage::payload(encoding, "a={{lead.First Name}};{{my.Nothing:default=}}.");
        assert_eq!(stage.body(), "a=;.", "{encoding:?}");
    }
}

#[test]
fn r_enc_4_a_token_in_a_literal_gives_its_text_and_elsewhere_a_whole_value() {
    for (template, body) in [
        (
            r#"{"a": "Hi {{lead.First Name}}!"}"#,
            r#"{"a": "Hi Zo\"!"}"#,
        ),
        (r#"{"a": {{lead.First Name}}}"#, r#"{"a": "Zo\""}"#),
        (r#"{{{lead.First Name}}: 1}"#, r#"{"Zo\"": 1}"#),
        (
            r#" [{{lead.First Name}}, "{{lead.Priority}}"]"#,
            r#" ["Zo\"", "42"]"#,
        ),
        (r#""{{lead.First Name}}""#, r#""Zo\"""#),
        // No value gives nothing in a literal.
        (r#"{"a": "[{{lead.City}}]"}"#, r#"{"a": "[]"}"#),
        // A backslash before the quote does not end the literal, two do.
        (r#"["\"{{lead.First Name}}"]"#, r#"["\"Zo\""]"#),
        (r#"["\\",{{lead.First Name}}]"#, r#"["\\","Zo\""]"#),
        // A token's brace is not the template's own, so this is no JSON template: its quotes are no literal's.
        (
            r#"{{lead.Priority}},"{{lead.First Name}}""#,
            r#"42,""Zo\""""#,
        ),
        (r#"a="{{lead.First Name}}""#, r#"a=""Zo\""""#),
        // Quotes in values and defaults are no quotes of the template.
        (
            r#"["{{lead.City:default="}}{{lead.First Name}}"]"#,
            r#"["\"Zo\""]"#,
        ),
    ] {
        let stage = Stage::json(template)
            .lead("First Name", "Zo\"")
            .lead("Priority", "42");
        assert_eq!(stage.body(), body, "{template}");
    }
}

#[test]
fn r_enc_7_own_text_goes_as_typed_and_escapes_are_read_when_asked_for() {
    let typed = r#"{"a":\n"\"{{lead.First Name}}\\"}"#;
    assert_eq!(
        Stage::json(typed).lead("First Name", "x\\n").body(),
        r#"{"a":\n"\"x\\n\\"}"#
    );
    // `\"` becomes a quote, which then opens the literal that the token stands in; the value is never unescaped.
    let escaped = Stage::json(r#"{\"a\":\n\"{{lead.First Name}}\"}"#)
        .lead("First Name", "x\\n")
        .with(|draft| draft.marketo_escapes = true);
    assert_eq!(escaped.body(), "{\"a\":\n\"x\\\\n\"}");
    let refused = Stage::json(r#"{"a": "\u0041"}"#).with(|draft| draft.marketo_escapes = true);
    assert_eq!(refused.faulty_fields(), ["webhook.payload_template"]);
    assert!(
        refused.faults()[0].message.contains('u'),
        "{:?}",
        refused.faults()
    );
    // Places are those of the text as typed.
    let misplaced =
        Stage::json(r#"{\"a\":\n{{lead.Nmae}}}"#).with(|draft| draft.marketo_escapes = true);
    assert!(
        misplaced.faults()[0].message.starts_with("line 1, column "),
        "{:?}",
        misplaced.faults()
    );
    // URL and headers never pass through it.
    let elsewhere = Stage::url(Json, r"https://example.com/a?b=\t")
        .header("X-Path", r"C:\temp\new")
        .with(|draft| draft.marketo_escapes = true);
    assert_eq!(elsewhere.sent("x-path"), [r"C:\temp\new"]);
}

#[test]
fn r_tok_3_what_the_call_does_not_bring_gives_its_default_else_nothing() {
    let template = "{{trigger.Name:default=t}}|{{campaign.name:default=c}}|{{program.Name:default=p}}|{{my.X:default=m}}|\
                    {{member.status:default=s}}|{{trigger.Link}}{{my.Y}}{{member.x}}{{campaign.id}}{{program.id}}";
    let stage = Stage::payload(Unencoded, template);
    assert_eq!(stage.body(), "t|c|p|m|s|");
    let brought = stage.trigger("Name", "N").my("x", "M").my("Y", "");
    assert_eq!(brought.body(), "N|c|p|M|s|");
    // Empty text is no value.
    assert_eq!(
        Stage::payload(Unencoded, "{{trigger.Name:default=t}}{{my.X:default=m}}")
            .trigger("NAME", "")
            .my("X", "")
            .body(),
        "tm"
    );
}

#[test]
fn r_tok_4_number_and_score_are_numbers_in_their_canonical_form() {
    use MyTokenType::{Date, Number, RichText, Score, SfdcCampaign, Text};
    for (kind, text, json, plain) in [
        (Number, "007.50", "7.5", "7.5"),
        (Number, "1e2", "100", "100"),
        (Number, " +5 ", "5", "5"),
        (Score, "-3", "-3", "-3"),
        (
            Number,
            "12345678901234567890.1",
            "12345678901234567890.1",
            "12345678901234567890.1",
        ),
        (Number, "", "null", ""),
        (Text, "007", r#""007""#, "007"),
        (Date, "2010-05-07", r#""2010-05-07""#, "2010-05-07"),
        (RichText, "<b>", r#""<b>""#, "<b>"),
        (SfdcCampaign, "1", r#""1""#, "1"),
        // What turns out to be no number when rendered is quoted.
        (Number, "{{lead.First Name}}", r#""Zo""#, "Zo"),
        (Number, "{{lead.Priority}}0", "420", "420"),
    ] {
        let stage = |encoding| {
            Stage::payload(encoding, "{{my.N}}")
                .my_of(kind, "N", text)
                .lead("First Name", "Zo")
                .lead("Priority", "42")
        };
        assert_eq!(stage(Json).body(), json, "{kind:?} `{text}`");
        assert_eq!(stage(Unencoded).body(), plain, "{kind:?} `{text}`");
        assert_eq!(
            stage(Unencoded)
                .with(|draft| draft.payload_template.clear())
                .header("X-N", "{{my.N}}")
                .sent("x-n"),
            [plain],
            "{kind:?} `{text}`"
        );
    }
    // In a literal it is the same number without quotes of its own.
    let literal = Stage::json("[\"{{my.N}}\"]").my_of(Number, "N", "007");
    assert_eq!(literal.body(), "[\"7\"]");
}

#[test]
fn r_tok_4_the_default_of_a_number_is_a_number() {
    for (default, body) in [("07", "7"), ("x", "\"x\""), ("", "null"), (" ", "null")] {
        let template = format!("{{{{my.N:default={default}}}}}");
        let stage = Stage::json(&template).my_of(MyTokenType::Number, "N", "");
        assert_eq!(stage.body(), body, "`{default}`");
    }
    // Of a text it is text.
    let text = Stage::json("{{my.N:default=07}}").my("N", "");
    assert_eq!(text.body(), "\"07\"");
}

#[test]
fn r_tok_5_nested_my_tokens_are_plain_text_and_encoded_once() {
    let nested = |encoding, template: &str| {
        Stage::payload(encoding, template)
            .my(
                "Outer",
                "<{{my.Inner}}> {{lead.First Name}} {{lead.City:default=n/a}}{{lead.Country}}",
            )
            .my("inner", "\"{{lead.Priority}}\"&{{system.date}}")
            .lead("First Name", "Zoë & Co")
            .lead("Priority", "42")
    };
    for (encoding, template, body) in [
        (
            Unencoded,
            "{{my.outer}}",
            "<\"42\"&Aug 08, 2013> Zoë & Co n/a",
        ),
        (
            Json,
            "{{my.outer}}",
            r#""<\"42\"&Aug 08, 2013> Zoë & Co n/a""#,
        ),
        (
            Json,
            "[\"{{my.outer}}\"]",
            r#"["<\"42\"&Aug 08, 2013> Zoë & Co n/a"]"#,
        ),
        (
            FormUrl,
            "a={{my.outer}}",
            "a=%3C%2242%22%26Aug+08%2C+2013%3E+Zo%C3%AB+%26+Co+n%2Fa",
        ),
        (
            Xml,
            "{{my.outer}}",
            "&lt;&quot;42&quot;&amp;Aug 08, 2013&gt; Zoë &amp; Co n/a",
        ),
    ] {
        assert_eq!(
            nested(encoding, template).body(),
            body,
            "{encoding:?} {template}"
        );
    }
}

#[test]
fn r_tok_5_a_value_is_never_looked_at_for_tokens() {
    let stage = Stage::payload(
        Unencoded,
        "{{lead.First Name}}|{{company.Company Name}}|{{trigger.Name}}|{{my.Around}}",
    )
    .my("secret", "hidden")
    .my("Around", "({{lead.First Name}}{{trigger.Name}})")
    .lead("First Name", "{{my.secret}}")
    .company("Company Name", "{{my.secret}}")
    .trigger("Name", "{{my.secret}}");
    assert_eq!(
        stage.body(),
        "{{my.secret}}|{{my.secret}}|{{my.secret}}|({{my.secret}}{{my.secret}})"
    );
}

#[test]
fn r_tok_6_what_names_no_scope_is_text() {
    let stage = Stage::payload(
        Unencoded,
        "{{leed.First Name}} {{ {{lead}} {{lead.First Name}}",
    );
    assert_eq!(
        stage.lead("First Name", "Zo").body(),
        "{{leed.First Name}} {{ {{lead}} Zo"
    );
}

#[test]
fn r_tok_7_system_tokens_tell_the_time_in_the_configured_zone() {
    let template = "{{system.date}}|{{System.Time}}|{{system.datetime}}|{{system.forwardToFriendLink}}\
                    {{system.unsubscribeLink}}{{system.viewAsWebpageLink}}";
    let stage = Stage::payload(Unencoded, template);
    assert_eq!(
        stage.body(),
        "Aug 08, 2013|11:36 PM (GMT +0000)|2013-08-08 23:36:13|"
    );
    assert_eq!(
        stage.zone("America/Los_Angeles").body(),
        "Aug 08, 2013|04:36 PM (GMT -0700)|2013-08-08 16:36:13|"
    );
}

#[test]
fn r_tok_8_trigger_tokens_are_texts_by_any_name_the_caller_passes() {
    let stage = Stage::json("[{{trigger.Trigger Name}},{{Trigger.client  ip address}},{{trigger.Code}},{{trigger.Mine}}]")
        .trigger("Trigger Name", "Webhook is Called")
        .trigger("Client IP Address", "192.0.2.10")
        .trigger("code", "503")
        .trigger("mine", "x");
    assert_eq!(
        stage.body(),
        r#"["Webhook is Called","192.0.2.10","503","x"]"#
    );
}

#[test]
fn r_tok_9_text_forms() {
    for (token, text) in [
        ("lead.Priority", "42"),
        ("lead.Urgency", "1000"),
        ("lead.Do Not Call", "true"),
        ("lead.Date of Birth", "2010-05-07"),
        ("lead.Created At", "2010-05-07 08:41:32"),
        ("company.Annual Revenue", "12500000.5"),
        ("lead.First Name", "Zoë \"Zo\" & <co>\n\\"),
    ] {
        let template = format!("{{{{{token}}}}}");
        let stage = lead(Stage::payload(Unencoded, &template).zone("America/Los_Angeles"))
            .lead("Created At", "2010-05-07T15:41:32Z");
        assert_eq!(stage.body(), text, "{token}");
    }
}

#[test]
fn r_call_4_a_payload_beyond_the_limit_is_not_sent() {
    let mut stage = Stage::payload(Unencoded, "{{lead.First Name}}").lead("First Name", "12345");
    stage.settings.max_payload = 5;
    assert_eq!(stage.body(), "12345");
    stage.settings.max_payload = 4;
    assert_eq!(stage.render().unwrap_err().word(), "TOO_LARGE");
    // Nor may My Tokens grow without bound before that.
    let mut doubling = Stage::payload(Unencoded, "{{my.A}}");
    for (key, value) in [
        ("A", "{{my.B}}{{my.B}}"),
        ("B", "{{my.C}}{{my.C}}"),
        ("C", "123456"),
    ] {
        doubling = doubling.my(key, value);
    }
    doubling.settings.max_payload = 24;
    assert_eq!(doubling.body().len(), 24);
    doubling.settings.max_payload = 23;
    assert_eq!(doubling.render().unwrap_err().word(), "TOO_LARGE");
}

#[test]
fn rendering_allocates_nothing() {
    let template = "{\"a\":{{lead.First Name}},\"b\":\"{{lead.Email Address}}\",\"c\":{{lead.Priority}},\"d\":{{my.N:default=1}},\
                    \"e\":{{lead.City:default=x}},\"f\":{{system.dateTime}},\"g\":{{trigger.Name}},\"h\":{{lead.Date of Birth}}}";
    let stage = lead(Stage::json(template))
        .my_of(MyTokenType::Number, "N", "007")
        .trigger("Name", "t")
        .lead("Email Address", "zoe@example.com");
    stage.on_scene(|payload, scene| {
        let (mut scratch, mut out) = (Vec::new(), Vec::new());
        payload.render(scene, &mut scratch, &mut out);
        let first = out.clone();
        out.clear();
        let count = allocation_counter::measure(|| payload.render(scene, &mut scratch, &mut out));
        assert_eq!(out, first);
        assert_eq!(count.count_total, 0);
    });
}

#[test]
fn r_enc_4_no_backslash_right_before_a_token_lets_a_value_end_its_literal() {
    let open = Stage::json(r#"{"path": "C:\\{{lead.First Name}}"}"#);
    assert!(open.faults().is_empty(), "{:?}", open.faults());
    let closed = Stage::json("{\"path\": \"C:\\{{lead.First Name}}\"}");
    assert_eq!(closed.faulty_fields(), ["webhook.payload_template"]);
    assert!(closed.faults()[0].message.starts_with("line 1, column 14"));
}
