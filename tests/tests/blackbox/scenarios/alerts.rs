//! A chat is told when a field changes (R-CMP-3, R-CMP-7).

use leadhook_proto::v1::{
    DataValueChanges, RequestCampaignRequest, RequestTokenEncoding, string_constraint::Operator,
    trigger,
};
use leadhook_tests::{Answer, Received, Server, Target, flow, make};

/// As chats do, it answers "ok", which nobody reads.
async fn chat() -> Target {
    Target::start(Answer::full(
        200,
        "OK",
        &[("Content-Type", "text/html")],
        "ok",
    ))
    .await
}

async fn alerting(server: &Server, chat: &Target, text: &str, trigger: trigger::Kind) {
    let payload = format!(r#"{{"text": "{text}"}}"#);
    let webhook = make::post(&chat.url("/hook"), RequestTokenEncoding::Json, &payload);
    server.create_webhook("chat", webhook).await;
    let campaign = flow::campaign([trigger], vec![flow::step(flow::call("chat"))]);
    server.create_campaign("alert", campaign).await;
}

/// Whoever becomes a chief is told of, whatever made it one; who was one before is not, nor who is new.
#[tokio::test]
async fn r_cmp_3_a_chat_is_told_of_new_chiefs_from_every_source() {
    let chat = chat().await;
    let people = Target::start(Answer::json(r#"{"title": "Chief of Staff"}"#)).await;
    let server = Server::start().await;
    let trigger = flow::data_value_changes(
        "Job Title",
        DataValueChanges {
            new_value: flow::text_that(Operator::StartsWith, &["chief", "VP "]),
            previous_value: flow::text_that(Operator::NotStartsWith, &["Chief", "vp "]),
            ..DataValueChanges::default()
        },
    );
    let text = "{{trigger.Name}} of {{lead.First Name:default=someone}}, {{lead.Email Address}}: {{trigger.Previous Value:default=none}} > {{trigger.New Value}}";
    alerting(&server, &chat, text, trigger).await;
    let people = make::json_webhook(&people.url("/"), "{}", &[("title", "Job Title")]);
    server.create_webhook("enrich", people).await;
    let promote = flow::step(flow::change("Job Title", "VP \"{{lead.Department}}\""));
    server
        .create_campaign("promote", flow::requested(vec![promote]))
        .await;

    let title = |email: &'static str, title: &'static str| {
        make::lead([("Email", email), ("Job Title", title)])
    };
    server
        .upsert([
            title("new@example.com", "Chief Noise Officer"),
            title("clerk@example.com", "Clerk"),
            make::lead([("Email", "nobody@example.com"), ("First Name", "Zoë")]),
            make::lead([("Email", "head@example.com"), ("Department", "R&D")]),
        ])
        .await;
    server
        .upsert([
            title("new@example.com", "VP Noise"),
            title("clerk@example.com", "Senior Clerk"),
            title("clerk@example.com", "Chief Clerk"),
            title("clerk@example.com", "chief clerk "),
        ])
        .await;
    chat.received(1).await;
    server
        .import_csv("Email,Job Title\nhead@example.com,Vice\nnobody@example.com,VP Sales\nclerk@example.com,Clerk\n")
        .await
        .expect("good rows");
    chat.received(2).await;
    server
        .call("webhooks/enrich", make::stored("leads/2"))
        .await;
    chat.received(3).await;
    let run = RequestCampaignRequest {
        name: "campaigns/promote".to_owned(),
        leads: vec!["leads/4".to_owned()],
        ..RequestCampaignRequest::default()
    };
    server.request(run).await;
    let told: Vec<_> = chat.received(4).await.iter().map(Received::text).collect();
    assert_eq!(
        told,
        [
            r#"{"text": "Job Title of someone, clerk@example.com: Senior Clerk > Chief Clerk"}"#,
            r#"{"text": "Job Title of Zoë, nobody@example.com: none > VP Sales"}"#,
            r#"{"text": "Job Title of someone, clerk@example.com: Clerk > Chief of Staff"}"#,
            r#"{"text": "Job Title of someone, head@example.com: Vice > VP \"R&D\""}"#,
        ]
    );
    let history = server.history("leads/4").await;
    let changed = r#"Change Data Value: Title = VP "R&D" by campaigns/promote"#;
    assert!(history.contains(&changed.to_owned()), "{history:#?}");
    let untold = server.history("leads/1").await;
    assert!(
        !untold.iter().any(|line| line.starts_with("Call")),
        "{untold:#?}"
    );
}

/// Values that are numbers are compared and told in their text form (R-TOK-9).
#[tokio::test]
async fn r_cmp_7_a_score_that_reaches_a_mark_is_told_once_for_each_time_it_does() {
    let chat = chat().await;
    let server = Server::start().await;
    let trigger = flow::data_value_changes(
        "Lead Score",
        DataValueChanges {
            new_value: flow::text_that(Operator::Is, &["50", "100"]),
            previous_value: flow::text_that(Operator::IsNotEmpty, &[]),
            ..DataValueChanges::default()
        },
    );
    let text = "{{lead.Id}}: {{trigger.Previous Value}} to {{trigger.New Value}} ({{trigger.Trigger Name}})";
    alerting(&server, &chat, text, trigger).await;
    let score = |score: f64| {
        let email = ("Email", make::value("ada@example.com"));
        make::lead([email, ("Lead Score", make::value(score))])
    };
    server
        .upsert([make::lead([("Email", "ada@example.com")])])
        .await;
    let mut told = 0;
    for (value, is_told) in [
        (50.0, false), // it had none before
        (50.0, false), // R-MAP-10: no change
        (49.0, false),
        (50.0, true),
        (100.0, true),
        (500.0, false),
        (50.0, true),
    ] {
        server.upsert([score(value)]).await;
        told += usize::from(is_told);
        chat.received(told).await;
    }
    let told: Vec<_> = chat.requests().iter().map(Received::text).collect();
    assert_eq!(
        told,
        [
            r#"{"text": "1: 49 to 50 (Data Value Changes)"}"#,
            r#"{"text": "1: 50 to 100 (Data Value Changes)"}"#,
            r#"{"text": "1: 500 to 50 (Data Value Changes)"}"#,
        ]
    );
}

/// A company's field changes through one of its people, also when an enrichment fills it: that one is told of.
#[tokio::test]
async fn r_cmp_3_a_changed_company_is_told_for_the_lead_that_changed_it() {
    let chat = chat().await;
    let firms = Target::start(Answer::json(r#"{"sector": "Mills"}"#)).await;
    let server = Server::start().await;
    let trigger = flow::data_value_changes("company.Industry", DataValueChanges::default());
    let text = "{{lead.Email Address}} of {{company.Company Name}}: {{trigger.Name}} {{trigger.Previous Value:default=none}} > {{trigger.New Value:default=none}}";
    alerting(&server, &chat, text, trigger).await;
    let firm = make::json_webhook(&firms.url("/"), "{}", &[("sector", "Industry")]);
    server.create_webhook("firm", firm).await;
    let lead = |email: &'static str, field: &'static str, value: &'static str| {
        make::lead([("Email", email), (field, value)])
    };
    let (ada, grace) = ("ada@example.com", "grace@example.com");
    server
        .upsert([
            lead(ada, "Company Name", "Looms"),
            lead(grace, "Company Name", "LOOMS"),
        ])
        .await;
    server.upsert([lead(ada, "Industry", "Cloth")]).await;
    chat.received(1).await;
    // The same as it is already, though it was another who wrote it.
    server.upsert([lead(grace, "Industry", "Cloth")]).await;
    server.call("webhooks/firm", make::stored("leads/2")).await;
    chat.received(2).await;
    server.upsert([lead(ada, "Industry", "")]).await;
    let told: Vec<_> = chat.received(3).await.iter().map(Received::text).collect();
    assert_eq!(
        told,
        [
            r#"{"text": "ada@example.com of Looms: Industry none > Cloth"}"#,
            r#"{"text": "grace@example.com of Looms: Industry Cloth > Mills"}"#,
            r#"{"text": "ada@example.com of Looms: Industry Mills > none"}"#,
        ]
    );
}
