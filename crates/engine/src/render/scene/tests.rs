use leadhook_field::{Datetime, Schema, Zone};
use leadhook_store::{MyTokenType, Program, ProgramId, Subject};

use super::{Scene, TooLarge};
use crate::{
    campaign::Campaigns,
    programs::{LiveProgram, Programs},
    render::{Answers, Bound, CallContext, Context, MyToken, Named, Needs},
};

fn context(tokens: &[(&str, MyTokenType, &str)]) -> Context {
    let my_tokens = tokens.iter().map(|(key, kind, value)| MyToken {
        key: (*key).to_owned(),
        kind: Some(*kind),
        value: (*value).to_owned(),
    });
    let given = CallContext {
        my_tokens: my_tokens.collect(),
        ..CallContext::default()
    };
    Context::new(
        &given,
        &Schema::standard(),
        &Programs::default(),
        &Campaigns::default(),
    )
    .unwrap()
}

/// What a token without a lead reads.
fn read(context: &Context, token: &str, limit: usize) -> Result<Option<String>, TooLarge> {
    let (nobody, zone) = (Subject::default(), Zone::utc());
    let now = Datetime::from_micros(0);
    let bound = Bound::new(token, &Schema::standard()).unwrap();
    let named = Named::new([&bound]);
    let (needs, answers) = (Needs::new(&named, context), Answers::default());
    let scene = Scene::new(&nobody, context, &needs, &answers, now, &zone, limit)?;
    let mut scratch = Vec::new();
    let value = scene.value(&bound.sources[0], &mut scratch);
    Ok(value.map(|value| format!("{:?} {}", value.kind, value.text)))
}

#[test]
fn r_tok_5_the_whole_has_the_outer_my_tokens_type() {
    use MyTokenType::{Number, Text};
    let context = context(&[
        ("Sum", Number, "{{my.Digit}}0"),
        ("Digit", Number, "007"),
        ("Label", Text, "{{my.Digit}}"),
        ("Not", Number, "{{my.Digit}}x"),
        ("Gone", Number, "{{my.Missing}}"),
    ]);
    for (token, value) in [
        ("{{my.Digit}}", Some("Bare 7")),
        ("{{my.Sum}}", Some("Bare 70")),
        ("{{my.Label}}", Some("Text 7")),
        ("{{my.Not}}", Some("Text 7x")),
        ("{{my.Gone}}", None),
    ] {
        let read = read(&context, token, 100).unwrap();
        assert_eq!(read.as_deref(), value, "{token}");
    }
}

#[test]
fn r_tok_5_no_my_token_grows_beyond_the_limit() {
    use MyTokenType::Text;
    let context = context(&[
        ("A", Text, "{{my.B}}{{my.B}}"),
        ("B", Text, "{{my.C}}{{my.C}}"),
        ("C", Text, "0123456789"),
    ]);
    assert!(read(&context, "{{my.A}}", 40).is_ok());
    assert_eq!(read(&context, "{{my.A}}", 39), Err(TooLarge));
    // What the webhook does not name is not expanded.
    assert!(read(&context, "{{my.C}}", 39).is_ok());
}

#[test]
fn r_def_3_without_a_lead_what_the_call_does_not_bring_shows_an_example() {
    let shown = context(&[
        ("Given", MyTokenType::Text, "given"),
        ("Empty", MyTokenType::Text, ""),
    ])
    .with_examples();
    for (token, value) in [
        ("{{my.Given}}", Some("Text given")),
        ("{{my.Empty}}", None),
        ("{{my.Other}}", Some("Text Example other")),
        ("{{trigger.Name}}", Some("Text Example name")),
        ("{{member.status}}", Some("Text Example status")),
        ("{{program.id}}", Some("Bare 1042")),
        ("{{campaign.name}}", Some("Text Example")),
        ("{{system.unsubscribeLink}}", None),
    ] {
        assert_eq!(
            read(&shown, token, 100).unwrap().as_deref(),
            value,
            "{token}"
        );
    }
    let plain = context(&[]);
    assert_eq!(read(&plain, "{{my.Other}}", 100).unwrap(), None);
}

#[test]
fn r_tok_8_a_program_tells_its_name_id_and_description() {
    let program = |display_name: &str, description: &str| {
        let program = Program {
            id: ProgramId(1_042),
            name: "spring".to_owned(),
            display_name: display_name.to_owned(),
            description: description.to_owned(),
            folder: false,
            parent: None,
            my_tokens: Vec::new(),
        };
        let mut programs = Programs::default();
        programs.put(LiveProgram::new(program, &Schema::standard()).0);
        let given = CallContext {
            program: "programs/spring".to_owned(),
            ..CallContext::default()
        };
        Context::new(
            &given,
            &Schema::standard(),
            &programs,
            &Campaigns::default(),
        )
        .unwrap()
    };
    let (named, bare) = (program("Spring 2013", "All of it"), program("", ""));
    for (context, token, value) in [
        (&named, "{{program.Name}}", Some("Text Spring 2013")),
        (&named, "{{program.id}}", Some("Bare 1042")),
        (&named, "{{program.Description}}", Some("Text All of it")),
        (&bare, "{{program.name}}", Some("Text spring")),
        (&bare, "{{program.description}}", None),
        (&context(&[]), "{{program.Name}}", None),
        (&context(&[]), "{{program.id}}", None),
    ] {
        assert_eq!(
            read(context, token, 100).unwrap().as_deref(),
            value,
            "{token}"
        );
    }
}
