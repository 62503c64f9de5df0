use leadhook_store::{MyTokenType, RequestTokenEncoding::None as Unencoded};

use super::{CallContext, Context};
use crate::{
    campaign::Campaigns,
    error::{Error, Kind, Violation},
    programs::Programs,
    webhook::fixture::Stage,
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
            .contains("more than 5 levels deep: {{my.T0}} -> {{my.T1}}"),
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
        (&[("A", "{{my.a}}")][..], "cycle: {{my.A}} -> {{my.A}}"),
        (
            &[("A", "{{my.B}}"), ("B", "x{{my.C}}"), ("C", "{{my.a}}")],
            "cycle: {{my.A}} -> {{my.B}} -> {{my.C}} -> {{my.A}}",
        ),
        (
            &[
                ("In", "{{my.Loop}}"),
                ("Loop", "{{my.Pool}}"),
                ("Pool", "{{my.Loop}}"),
            ],
            "cycle: {{my.Loop}} -> {{my.Pool}} -> {{my.Loop}}",
        ),
    ] {
        let stage = tokens
            .iter()
            .fold(Stage::new(), |stage, (key, value)| stage.my(key, value));
        let faults = faults(&stage);
        assert_eq!(faults.len(), 1, "{tokens:?}");
        assert!(faults[0].message.ends_with(cycle), "{}", faults[0].message);
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
        match Context::new(
            &context,
            &schema,
            &Programs::default(),
            &Campaigns::default(),
        ) {
            Err(Error::NotFound {
                kind: found,
                name: named,
                ..
            }) => assert_eq!((found, &*named), (kind, name)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn r_tok_4_a_key_stands_without_its_scope() {
    for (key, meant) in [("my.greeting", "greeting"), ("MY.Event Date", "Event Date")] {
        let told = faults(&Stage::payload(Unencoded, "{{my.greeting}}").my(key, "Dear"));
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(
            (&*told[0].field, &*told[0].suggestion),
            ("context.my_tokens[0].key", meant)
        );
    }
    assert_eq!(
        faults(&Stage::payload(Unencoded, "x").my("mine.all", "Dear")),
        []
    );
}

#[test]
fn r_tok_4_the_nearest_my_token_wins() {
    use MyTokenType::{Number, Text};
    let tree = Stage::json(r#"{"a":{{my.A}},"b":{{my.B}},"c":{{my.C}},"d":{{my.D}}}"#)
        .program(
            "root",
            &[("A", Number, "1"), ("B", Number, "2"), ("C", Text, "3")],
        )
        .program("middle", &[("B", Number, "20"), ("C", Text, "30")])
        .program("leaf", &[("c", Text, "300")]);
    assert_eq!(tree.body(), r#"{"a":1,"b":20,"c":"300","d":null}"#);
    let mut middle = tree.clone();
    middle.context.program = "programs/middle".to_owned();
    assert_eq!(middle.body(), r#"{"a":1,"b":20,"c":"30","d":null}"#);
    // What a call overrides has the type of what it overrides, else that of a text.
    let overridden = tree.my("a", "007").my("D", "7").my_of(Number, "C", "8");
    assert_eq!(overridden.body(), r#"{"a":7,"b":20,"c":8,"d":"7"}"#);
    let refused = overridden.my("B", "many");
    assert_eq!(faults(&refused)[0].field, "context.my_tokens[3].value");
}

#[test]
fn r_tok_5_an_inherited_text_reads_its_tokens_where_it_is_used() {
    use MyTokenType::{Number, Text};
    let tree = Stage::json(r#"[{{my.Greeting}},{{my.Sum}}]"#)
        .program(
            "root",
            &[
                (
                    "Greeting",
                    Text,
                    "{{my.Word}}, \"{{lead.First Name}}\" of {{company.Company Name}}",
                ),
                ("Word", Text, "Hello"),
                ("Sum", Number, "{{my.Digit:default=0}}{{member.seats}}"),
            ],
        )
        .program("leaf", &[("word", Text, "Hej"), ("Digit", Number, "04")])
        .lead("First Name", "Zo")
        .company("Company Name", "A & B")
        .member("Seats", leadhook_field::Value::Float(2.0));
    assert_eq!(tree.body(), r#"["Hej, \"Zo\" of A & B",42]"#);
    let mut root = tree;
    root.context.program = "programs/root".to_owned();
    // Without a digit: `0` and the seats.
    assert_eq!(root.body(), r#"["Hello, \"Zo\" of A & B",2]"#);
}

#[test]
fn r_tok_5_an_override_that_brings_in_a_cycle_or_a_sixth_level_is_refused() {
    use MyTokenType::Text;
    let tree = Stage::payload(Unencoded, "{{my.L0}}").program(
        "root",
        &[
            ("L0", Text, "{{my.L1}}"),
            ("L1", Text, "{{my.L2}}"),
            ("L2", Text, "{{my.L3}}"),
            ("L3", Text, "{{my.L4}}"),
            ("L4", Text, "{{my.L5}}"),
            ("L5", Text, "{{my.L6:default=end}}"),
        ],
    );
    assert_eq!(tree.body(), "end");
    let cycle = faults(&tree.clone().my("l3", "{{my.L1}}"));
    assert_eq!(cycle[0].field, "context.my_tokens");
    assert!(
        cycle[0]
            .message
            .ends_with("cycle: {{my.L1}} -> {{my.L2}} -> {{my.l3}} -> {{my.L1}}"),
        "{}",
        cycle[0].message
    );
    // A plain text, where the program has nothing yet.
    let deep = faults(&tree.clone().my("L6", "x"));
    assert!(deep[0].message.contains("more than 5 levels"), "{deep:?}");
    let short = tree.my("L5", "x").my("L6", "{{my.L5}}");
    assert_eq!(short.body(), "x");
}
