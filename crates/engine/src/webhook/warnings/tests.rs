use leadhook_store::{
    MyTokenType,
    RequestTokenEncoding::{FormUrl, Json, None as Unencoded, Xml},
    ResponseType,
};

use super::of;
use crate::webhook::{draft::DraftMapping, fixture::Stage, preview::Warning};

fn warnings(stage: &Stage) -> Vec<Warning> {
    let (definition, compiled) = stage.save().unwrap();
    let context = stage.checked_context().unwrap();
    of(&definition, &compiled, &context, &stage.shown())
}

/// Location and the start of what is said.
fn told(stage: &Stage) -> Vec<(String, String)> {
    let warnings = warnings(stage).into_iter();
    warnings
        .map(|warning| (warning.location, warning.message))
        .collect()
}

#[track_caller]
fn one(stage: &Stage, location: &str, part: &str) {
    let told = told(stage);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, location);
    assert!(told[0].1.contains(part), "{}", told[0].1);
}

#[track_caller]
fn none(stage: &Stage) {
    assert_eq!(told(stage), []);
}

#[test]
fn r_def_3_what_is_in_order_is_not_warned_of() {
    none(&Stage::new());
    none(&Stage::json(
        "{\"a\": {{lead.First Name}}, \"b\": \"{{lead.City:default=x}}\"}",
    ));
    none(&Stage::payload(FormUrl, "a={{lead.First Name}}&b=1"));
    none(&Stage::payload(Xml, "<a>{{lead.First Name}}</a>"));
    none(&Stage::payload(Unencoded, "Hi {{lead.First Name}}"));
    none(&Stage::payload(Unencoded, "{\"a\": 1}").header("Content-Type", "application/json"));
}

#[test]
fn r_def_3_a_default_that_was_never_edited() {
    for default in ["edit me", "editme", "Edit Me", "[edit me]"] {
        let stage = Stage::json(&format!("{{\n\"a\": {{{{lead.City:default={default}}}}}}}"));
        one(&stage, "payload_template:2:6", "is still");
    }
    none(&Stage::json("{\"a\": {{lead.City:default=edit me later}}}"));
    let header = Stage::new()
        .header("A", "x")
        .header("B", "é{{lead.City:default=edit me}}");
    one(&header, "custom_headers[1].value:1:2", "{{lead.City}}");
    one(
        &Stage::url(Json, "https://example.com/{{lead.City:default=editme}}"),
        "url:1:21",
        "is still",
    );
}

#[test]
fn r_def_3_tokens_that_nothing_encodes() {
    for (template, shape) in [
        ("{\"a\": \"{{lead.City}}\"}", "JSON"),
        ("<a>{{lead.City}}</a>", "XML"),
        ("a={{lead.City}}&b=2", "a form"),
    ] {
        one(
            &Stage::payload(Unencoded, template),
            "payload_template",
            &format!("looks like {shape}, but its tokens are not encoded"),
        );
    }
}

#[test]
fn r_def_3_a_payload_that_is_not_well_formed_once_rendered() {
    one(
        &Stage::json("{\"a\": {{lead.City}}"),
        "payload_template",
        "not well-formed JSON",
    );
    one(
        &Stage::json("{\"a\": {{lead.City}},}"),
        "payload_template",
        "not well-formed JSON",
    );
    one(
        &Stage::payload(Xml, "<a>{{lead.City}}</b>"),
        "payload_template",
        "not well-formed XML",
    );
    // Only once rendered: here a value breaks it.
    let bare = Stage::json("{\"a\": {{lead.City}}{{lead.Country}}}");
    one(&bare, "payload_template", "not well-formed JSON");
}

#[test]
fn r_def_3_quotes_around_a_token_that_the_encoding_quotes() {
    one(
        &Stage::json("name: \"{{lead.City}}\"").header("Content-Type", "text/yaml"),
        "payload_template:1:8",
        "quotes",
    );
    none(&Stage::json("name: {{lead.City}}").header("Content-Type", "text/yaml"));
}

#[test]
fn r_def_3_a_content_type_that_contradicts_the_body() {
    for (stage, says) in [
        (
            Stage::json("{}").header("Content-Type", "application/xml"),
            "looks like JSON",
        ),
        (
            Stage::json("{}").header("Content-Type", "application/x-www-form-urlencoded"),
            "looks like JSON",
        ),
        (
            Stage::payload(Xml, "<a/>")
                .header("Content-Type", "application/problem+json; charset=utf-8"),
            "looks like XML",
        ),
        (Stage::json("hello"), "looks like text"),
        (Stage::payload(FormUrl, "{}"), "looks like JSON"),
    ] {
        one(&stage, "custom_headers", says);
    }
}

#[test]
fn r_def_3_mappings_that_nothing_reads() {
    let mapped = |response_type| {
        Stage::new().with(|draft| {
            draft.response_type = response_type;
            draft.response_mappings = vec![DraftMapping {
                response_attribute: "a".to_owned(),
                field: "City".to_owned(),
            }];
        })
    };
    one(
        &mapped(ResponseType::None),
        "response_mappings",
        "nothing is mapped",
    );
    none(&mapped(ResponseType::Json));
}

#[test]
fn r_def_3_tokens_out_of_scope() {
    for token in [
        "my.X",
        "trigger.Name",
        "campaign.name",
        "program.Name",
        "member.x",
    ] {
        one(
            &Stage::json(&format!("[{{{{{token}}}}}]")),
            "payload_template:1:2",
            "has no value here",
        );
    }
    none(&Stage::json("[{{my.X}}]").my(" x ", "1"));
    none(&Stage::json("[{{trigger.Name}}]").trigger("NAME", "1"));
    // A program brings its own attributes, its members and its My Tokens, inherited ones included.
    let given = Stage::json(
        "[{{my.X}},{{my.Above}},{{my.Y}},{{trigger.Name}},{{campaign.name}},{{program.Name}},{{member.x}}]",
    )
    .program("above", &[("Above", MyTokenType::Text, "1")])
    .program("below", &[("x", MyTokenType::Text, "")]);
    let told = told(&given);
    let places: Vec<_> = told.iter().map(|(place, _)| &**place).collect();
    assert_eq!(
        places,
        [
            "payload_template:1:24",
            "payload_template:1:33",
            "payload_template:1:50"
        ]
    );
    assert!(
        told[0]
            .1
            .ends_with("neither the program nor my_tokens has it")
    );
}

#[test]
fn r_def_3_a_near_miss_of_a_my_token_is_told_also_of_one_above() {
    let given = Stage::json("[{{my.Abve}},{{my.Nothing like it}}]")
        .program("above", &[("Above", MyTokenType::Text, "1")])
        .program("below", &[]);
    let warnings = warnings(&given);
    let suggestions: Vec<_> = warnings.iter().map(|it| &*it.suggestion).collect();
    assert_eq!(
        suggestions,
        [
            "did you mean {{my.above}}?",
            "give it a default, or call the webhook where it has a value"
        ]
    );
}

#[test]
fn r_def_3_tokens_that_only_e_mails_have() {
    for token in [
        "forwardToFriendLink",
        "unsubscribeLink",
        "viewAsWebpageLink",
    ] {
        one(
            &Stage::json(&format!("[{{{{system.{token}}}}}]")),
            "payload_template:1:2",
            "e-mails only",
        );
    }
}

#[test]
fn r_def_3_credentials_typed_into_the_url() {
    one(
        &Stage::url(Json, "https://user:hunter2@example.com/"),
        "url",
        "typed into the URL",
    );
    none(&Stage::url(Json, "https://example.com/a:b@c"));
}

#[test]
fn r_def_3_a_near_miss_of_a_scope() {
    let stage = Stage::json("[\"{{leed.Email Address}}\"]");
    one(&stage, "payload_template:1:3", "{{leed.Email Address}}");
    assert_eq!(warnings(&stage)[0].suggestion, "{{lead.Email Address}}");
}
