use leadhook_field::{Datetime, Schema, Zone};
use leadhook_store::Subject;

use super::{Scene, TooLarge};
use crate::render::{Bound, CallContext, Context, MyToken, MyTokenType};

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
    Context::new(&given, &Schema::standard()).unwrap()
}

/// What a token without a lead reads.
fn read(context: &Context, token: &str, limit: usize) -> Result<Option<String>, TooLarge> {
    let (nobody, zone) = (Subject::default(), Zone::utc());
    let now = Datetime::from_micros(0);
    let scene = Scene::new(&nobody, context, &nobody, now, &zone, limit)?;
    let bound = Bound::new(token, &Schema::standard()).unwrap();
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
    // Whether or not the webhook names it.
    assert_eq!(read(&context, "{{system.date}}", 39), Err(TooLarge));
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
