//! Programs: a tree of My Tokens, inherited and overridden, and whose members leads are.

mod manage;
mod members;

use leadhook_proto::v1::{
    BatchUpsertMembersRequest, Call, CallContext, CallWebhookRequest, CreateProgramRequest,
    DeleteProgramRequest, GetProgramRequest, ListTokensRequest, Member, MyToken, MyTokenType,
    PreviewWebhookRequest, Program, RequestTokenEncoding, Subject, UpdateProgramRequest,
    UpsertResult, preview_webhook_request::Source,
};
use leadhook_tests::{Answer, Fault, Server, Target, make};
use prost_types::FieldMask;
use tonic::{Code, Status};

fn my(kind: MyTokenType, key: &str, value: &str) -> MyToken {
    MyToken {
        key: key.into(),
        r#type: kind.into(),
        value: value.into(),
        source: String::new(),
    }
}

fn text(key: &str, value: &str) -> MyToken {
    my(MyTokenType::Text, key, value)
}

fn number(key: &str, value: &str) -> MyToken {
    my(MyTokenType::Number, key, value)
}

fn program(parent: &str, my_tokens: &[MyToken]) -> Program {
    Program {
        parent: parent.into(),
        my_tokens: my_tokens.to_vec(),
        ..Program::default()
    }
}

async fn told<T>(
    answer: impl Future<Output = Result<tonic::Response<T>, Status>>,
) -> Result<T, Fault> {
    let answer = answer.await.map_err(|status| Fault::of(&status));
    answer.map(tonic::Response::into_inner)
}

async fn create(server: &Server, id: &str, program: Program) -> Result<Program, Fault> {
    let request = CreateProgramRequest {
        program: Some(program),
        program_id: id.into(),
    };
    told(server.programs().create_program(request)).await
}

async fn get(server: &Server, name: &str) -> Result<Program, Fault> {
    let request = GetProgramRequest { name: name.into() };
    told(server.programs().get_program(request)).await
}

async fn update(server: &Server, program: Program, paths: &[&str]) -> Result<Program, Fault> {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let request = UpdateProgramRequest {
        program: Some(program),
        update_mask: Some(FieldMask { paths }),
        allow_missing: false,
    };
    told(server.programs().update_program(request)).await
}

async fn delete(server: &Server, name: &str) -> Result<(), Fault> {
    let request = DeleteProgramRequest { name: name.into() };
    told(server.programs().delete_program(request)).await
}

async fn members(
    server: &Server,
    program: &str,
    members: Vec<Member>,
) -> Result<Vec<UpsertResult>, Fault> {
    let request = BatchUpsertMembersRequest {
        program: program.into(),
        members,
    };
    let answer = told(server.programs().batch_upsert_members(request)).await;
    answer.map(|answer| answer.results)
}

/// A region, its campaigns of a year, and one event: three levels, each with something of its own.
async fn tree(server: &Server) {
    let region = [
        text("Sender", "Team EMEA"),
        number("Budget", "1000.50"),
        text(
            "Greeting",
            "Hello {{lead.First Name:default=friend}}, {{my.Sender}}",
        ),
    ];
    let year = [number("Budget", "0250"), text("Venue", "Online")];
    let event = [text("sender", "Team \"Spring\"")];
    for (id, parent, my_tokens) in [
        ("region", "", &region[..]),
        ("year", "programs/region", &year),
        ("event", "programs/year", &event),
    ] {
        create(server, id, program(parent, my_tokens))
            .await
            .unwrap();
    }
}

async fn call_in(server: &Server, program: &str, webhook: &str, subject: Subject) -> Call {
    let request = CallWebhookRequest {
        webhook: webhook.into(),
        subject: Some(subject),
        context: Some(CallContext {
            program: program.into(),
            ..CallContext::default()
        }),
        ..CallWebhookRequest::default()
    };
    told(server.calls().call_webhook(request)).await.unwrap()
}

/// Sends a JSON payload in each program in turn, and gives what the service got.
async fn sent(server: &Server, payload: &str, programs: &[&str], subject: Subject) -> Vec<String> {
    let target = Target::start(Answer::json("{}")).await;
    let webhook = make::post(&target.url("/"), RequestTokenEncoding::Json, payload);
    let webhook = server.create_webhook("", webhook).await.name;
    for program in programs {
        let call = call_in(server, program, &webhook, subject.clone()).await;
        assert!(call.succeeded, "{call:?}");
    }
    target
        .requests()
        .iter()
        .map(leadhook_tests::Received::text)
        .collect()
}

fn pairs(tokens: &[MyToken]) -> Vec<(&str, &str, &str)> {
    tokens
        .iter()
        .map(|token| (&*token.key, &*token.value, &*token.source))
        .collect()
}

#[tokio::test]
async fn r_tok_4_in_a_tree_three_deep_the_nearest_my_token_wins() {
    let server = Server::start().await;
    tree(&server).await;
    let payload =
        r#"{"g":{{my.Greeting}},"b":{{my.Budget}},"v":{{my.Venue}},"p":{{program.Name}}}"#;
    let names = ["programs/region", "programs/year", "programs/event"];
    let subject = make::inline([("FirstName", "Zo")]);
    let expected = [
        r#"{"g":"Hello Zo, Team EMEA","b":1000.5,"v":null,"p":"region"}"#,
        r#"{"g":"Hello Zo, Team EMEA","b":250,"v":"Online","p":"year"}"#,
        r#"{"g":"Hello Zo, Team \"Spring\"","b":250,"v":"Online","p":"event"}"#,
    ];
    assert_eq!(
        sent(&server, payload, &names, subject.clone()).await,
        expected
    );
    // All of it is durable.
    let server = server.kill().await.restart().await;
    assert_eq!(sent(&server, payload, &names, subject).await, expected);
}

#[tokio::test]
async fn get_program_tells_own_and_inherited_my_tokens_apart() {
    let server = Server::start().await;
    tree(&server).await;
    let event = get(&server, "programs/event").await.unwrap();
    assert_eq!(event.parent, "programs/year");
    assert_eq!(
        pairs(&event.my_tokens),
        [("sender", "Team \"Spring\"", "programs/event")]
    );
    let greeting = "Hello {{lead.First Name:default=friend}}, {{my.Sender}}";
    assert_eq!(
        pairs(&event.inherited_my_tokens),
        [
            ("Budget", "0250", "programs/year"),
            ("Venue", "Online", "programs/year"),
            ("Greeting", greeting, "programs/region"),
        ]
    );
    assert_eq!(event.inherited_my_tokens[0].r#type(), MyTokenType::Number);
    let fault = get(&server, "programs/evnet").await.unwrap_err();
    assert_eq!(
        (fault.code, &*fault.reason),
        (Code::NotFound, "PROGRAM_NOT_FOUND")
    );
    let near = "did you mean `programs/event`?";
    assert!(fault.message.ends_with(near), "{}", fault.message);
    // Insert Token offers the same.
    let request = ListTokensRequest {
        program: "programs/event".into(),
        query: "{{my.".into(),
        ..ListTokensRequest::default()
    };
    let listed = told(server.webhooks().list_tokens(request)).await.unwrap();
    let listed: Vec<_> = listed
        .tokens
        .iter()
        .map(|token| (&*token.token, &*token.r#type, &*token.example))
        .collect();
    assert_eq!(
        listed,
        [
            ("{{my.Budget}}", "NUMBER", "0250"),
            ("{{my.Greeting}}", "TEXT", greeting),
            ("{{my.sender}}", "TEXT", "Team \"Spring\""),
            ("{{my.Venue}}", "TEXT", "Online"),
        ]
    );
}

#[tokio::test]
async fn a_program_is_cloned_by_changing_one_my_token() {
    let server = Server::start().await;
    tree(&server).await;
    let mut clone = get(&server, "programs/year").await.unwrap();
    clone.my_tokens[1].value = "Paris".into();
    let made = create(&server, "next-year", clone.clone()).await.unwrap();
    assert!(made.id > clone.id, "an id of its own");
    assert_eq!(made.inherited_my_tokens, clone.inherited_my_tokens);
    let names = ["programs/year", "programs/next-year"];
    let payload = "[{{my.Venue}},{{my.Budget}},{{my.Sender}}]";
    assert_eq!(
        sent(&server, payload, &names, make::nobody()).await,
        [
            r#"["Online",250,"Team EMEA"]"#,
            r#"["Paris",250,"Team EMEA"]"#
        ]
    );
}

#[tokio::test]
async fn r_tok_5_what_breaks_a_program_or_one_below_is_refused_spelled_out() {
    let server = Server::start().await;
    let own = program("", &[text("A", "{{my.B}}"), text("B", "{{my.A}}")]);
    let fault = create(&server, "own", own).await.unwrap_err();
    assert_eq!(
        (fault.code, &*fault.reason),
        (Code::InvalidArgument, "INVALID_PROGRAM")
    );
    assert!(
        fault
            .violation("program.my_tokens")
            .ends_with("{{my.A}} -> {{my.B}} -> {{my.A}}")
    );
    tree(&server).await;
    // The event's own sender becomes half of a cycle: nothing is wrong with it before.
    let half = Program {
        name: "programs/event".into(),
        ..program("", &[text("Sender", "of {{my.Venue}}")])
    };
    update(&server, half, &["my_tokens"]).await.unwrap();
    let other_half = Program {
        name: "programs/year".into(),
        ..program("", &[text("Venue", "{{my.Sender}}")])
    };
    let fault = update(&server, other_half, &["my_tokens"])
        .await
        .unwrap_err();
    assert_eq!(fault.code, Code::InvalidArgument);
    let told = fault.violation("program.my_tokens");
    assert!(
        told.contains("programs/event") && told.contains("cycle"),
        "{told}"
    );
    assert_eq!(
        get(&server, "programs/year").await.unwrap().my_tokens.len(),
        2
    );
    // Nor does a program stand below itself.
    let below_itself = Program {
        name: "programs/region".into(),
        ..program("programs/event", &[])
    };
    let fault = update(&server, below_itself, &["parent"])
        .await
        .unwrap_err();
    assert!(
        fault
            .violation("program.parent")
            .ends_with("programs/region -> programs/event -> programs/year -> programs/region")
    );
}

#[tokio::test]
async fn r_tok_4_all_faults_of_a_program_are_told_at_once() {
    let server = Server::start().await;
    let broken = Program {
        display_name: "x".repeat(256),
        ..program(
            "programs/gone",
            &[
                text("a:b", "x"),
                text("Name", "line\n  {{lead.Frist Name}}"),
                number("Count", "many"),
                text(" name", "again"),
                MyToken {
                    r#type: 77,
                    ..text("Odd", "x")
                },
            ],
        )
    };
    let fault = create(&server, "No Id", broken).await.unwrap_err();
    let mut fields = fault.fields();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "program.display_name",
            "program.my_tokens[0].key",
            "program.my_tokens[1].value",
            "program.my_tokens[2].value",
            "program.my_tokens[4].type",
            "program.parent",
            "program_id",
        ]
    );
    let told = fault.violation("program.my_tokens[1].value");
    assert!(
        told.starts_with("line 2, column 3: ") && told.contains("{{lead.First Name}}"),
        "{told}"
    );
}

#[tokio::test]
async fn r_tok_3_a_preview_in_a_program_shows_its_my_tokens_and_warns_of_others() {
    let server = Server::start().await;
    tree(&server).await;
    let webhook = make::post(
        "https://example.com/",
        RequestTokenEncoding::Json,
        "[{{my.Budget}},{{my.Buget}},{{program.id}}]",
    );
    let request = |program: &str| PreviewWebhookRequest {
        source: Some(Source::Webhook(webhook.clone())),
        subject: Some(make::nobody()),
        context: Some(CallContext {
            program: program.into(),
            ..CallContext::default()
        }),
        ..PreviewWebhookRequest::default()
    };
    let preview = told(server.webhooks().preview_webhook(request("programs/event")))
        .await
        .unwrap();
    let id = get(&server, "programs/event").await.unwrap().id;
    let body = preview.request.unwrap().body;
    assert_eq!(body, format!("[250,null,{id}]").into_bytes());
    let places: Vec<_> = preview
        .warnings
        .iter()
        .map(|warning| &*warning.location)
        .collect();
    assert_eq!(places, ["payload_template:1:16"]);
    let fault = told(server.webhooks().preview_webhook(request("programs/gone")))
        .await
        .unwrap_err();
    assert_eq!(&*fault.reason, "PROGRAM_NOT_FOUND");
}
