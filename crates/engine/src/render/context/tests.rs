use leadhook_store::RequestTokenEncoding::None as Unencoded;

use super::{CallContext, Context, MyTokenType};
use crate::{
    error::{Error, Kind, Violation},
    webhook::stage::Stage,
};

fn faults(stage: &Stage) -> Vec<Violation> {
    match stage.checked_context() {
        Err(Error::Invalid { violations, .. }) => violations,
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

/// My Tokens T0 to T`n`, each within the one before.
fn chain(n: usize) -> Stage {
    (0..=n).fold(Stage::payload(Unencoded, "{{my.T0}}"), |stage, level| {
        let inner = if level == n {
            "end".to_owned()
        } else {
            format!("{level}{{{{my.T{}}}}}", level + 1)
        };
        stage.my(&format!("T{level}"), &inner)
    })
}

#[test]
fn r_tok_5_my_tokens_go_five_levels_deep() {
    assert_eq!(chain(5).body(), "01234end");
    let refused = faults(&chain(6));
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].field, "context.my_tokens");
    assert!(
        refused[0]
            .message
            .contains("more than 5 levels deep: {{my.t0}} -> {{my.t1}}"),
        "{}",
        refused[0].message
    );
    // Other tokens do not count, nor does a My Token that is not there.
    let others = chain(5).my("t6", "");
    assert_eq!(others.body(), "01234end");
    let mut last = chain(5);
    last.context.my_tokens[5].value = "{{lead.First Name}}{{my.Missing:default=-}}".to_owned();
    assert_eq!(last.lead("First Name", "Zo").body(), "01234Zo-");
}

#[test]
fn r_tok_5_a_cycle_is_spelled_out() {
    for (tokens, cycle) in [
        (&[("A", "{{my.a}}")][..], "{{my.a}} -> {{my.a}}"),
        (
            &[("A", "{{my.B}}"), ("B", "x{{my.C}}"), ("C", "{{my.A}}")],
            "cycle: {{my.",
        ),
        (
            &[
                ("In", "{{my.Loop}}"),
                ("Loop", "{{my.Pool}}"),
                ("Pool", "{{my.Loop}}"),
            ],
            "{{my.loop}} -> {{my.pool}}",
        ),
    ] {
        let stage = tokens
            .iter()
            .fold(Stage::new(), |stage, (key, value)| stage.my(key, value));
        let faults = faults(&stage);
        assert_eq!(faults.len(), 1, "{tokens:?}");
        assert!(faults[0].message.contains("cycle"), "{}", faults[0].message);
        let spelled = faults[0].message.contains(cycle)
            || faults[0]
                .message
                .contains("{{my.pool}} -> {{my.loop}} -> {{my.pool}}");
        assert!(spelled, "{}", faults[0].message);
    }
}

#[test]
fn r_tok_4_a_number_that_does_not_read_as_one_is_refused() {
    for (kind, value, refused) in [
        (MyTokenType::Number, "seven", true),
        (MyTokenType::Score, "1,000", true),
        (MyTokenType::Number, "0x10", true),
        (MyTokenType::Number, "1e999999999", true),
        (MyTokenType::Number, "07", false),
        (MyTokenType::Number, "", false),
        (MyTokenType::Number, "{{lead.First Name}}", false),
        (MyTokenType::Text, "seven", false),
        (MyTokenType::Date, "seven", false),
    ] {
        let faults = faults(&Stage::new().my_of(kind, "N", value));
        assert_eq!(
            !faults.is_empty(),
            refused,
            "{kind:?} `{value}`: {faults:?}"
        );
        if refused {
            assert_eq!(faults[0].field, "context.my_tokens[0].value");
        }
    }
}

#[test]
fn r_tok_1_all_faults_of_a_context_are_told_with_their_places() {
    let long = "k".repeat(51);
    let stage = Stage::new()
        .my("a:b", "x")
        .my("ok", "{{lead.Frist Name}}")
        .my(&long, "x")
        .my("Twice", "1")
        .my(" twice ", "2")
        .my("", "x")
        .my("half", "{{my.x");
    let found: Vec<_> = faults(&stage)
        .into_iter()
        .map(|fault| fault.field)
        .collect();
    assert_eq!(
        found,
        [
            "context.my_tokens[0].key",
            "context.my_tokens[1].value",
            "context.my_tokens[2].key",
            "context.my_tokens[4].key",
            "context.my_tokens[5].key",
            "context.my_tokens[6].value",
        ]
    );
    assert_eq!(faults(&stage)[1].suggestion, "{{lead.First Name}}");
    let longest = Stage::new().my(&"é".repeat(50), "x");
    assert_eq!(faults(&longest), []);
}

#[test]
fn a_context_is_bounded() {
    let many = |count: usize| {
        (0..count).fold(Stage::new(), |stage, at| {
            stage
                .my(&format!("k{at}"), "v")
                .trigger(&format!("t{at}"), "v")
        })
    };
    assert_eq!(faults(&many(1_000)), []);
    let fields: Vec<_> = faults(&many(1_001))
        .into_iter()
        .map(|fault| fault.field)
        .collect();
    assert_eq!(fields, ["context.trigger", "context.my_tokens"]);
}

#[test]
fn a_campaign_or_program_that_does_not_exist_is_not_found() {
    let schema = leadhook_field::Schema::standard();
    for (context, kind, name) in [
        (
            CallContext {
                campaign: "campaigns/x".to_owned(),
                ..CallContext::default()
            },
            Kind::Campaign,
            "campaigns/x",
        ),
        (
            CallContext {
                program: "programs/y".to_owned(),
                ..CallContext::default()
            },
            Kind::Program,
            "programs/y",
        ),
    ] {
        match Context::new(&context, &schema) {
            Err(Error::NotFound {
                kind: found,
                name: named,
            }) => assert_eq!((found, &*named), (kind, name)),
            other => panic!("{other:?}"),
        }
    }
}
