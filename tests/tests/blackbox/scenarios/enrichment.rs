//! New leads are enriched, verified, and handed on with what the services said (R-MAP-7, R-MAP-9, R-CMP-2).

use leadhook_proto::v1::{CreateFieldRequest, Field, FieldType};
use leadhook_tests::{Answer, Server, Target, flow, make};

use super::bodies;

#[tokio::test]
async fn r_cmp_3_new_leads_are_enriched_whether_they_are_upserted_or_imported() {
    let people = Target::start(Answer::json(
        r#"{"person": {"title": "CTO", "score": 40}, "id": 7}"#,
    ))
    .await;
    let server = Server::start().await;
    server
        .upsert([make::lead([("Email", "early@example.com")])])
        .await;
    let mapped = [
        ("person.title", "Job Title"),
        ("person.score", "Lead Score"),
    ];
    let payload = r#"{"email": {{lead.Email Address}}, "why": {{trigger.Trigger Name}}}"#;
    let webhook = make::json_webhook(&people.url("/people"), payload, &mapped);
    server.create_webhook("enrich", webhook).await;
    let campaign = flow::campaign(
        [flow::person_is_created()],
        vec![flow::step(flow::call("enrich"))],
    );
    server.create_campaign("enrich-new", campaign).await;

    // Who is there already is not new, however often it comes in.
    server
        .upsert(["early@example.com", "ada@example.com"].map(|it| make::lead([("Email", it)])))
        .await;
    let csv = "Email,City\nearly@example.com,Oslo\nedith@example.com,Rome\nada@example.com,Bern\ngrace@example.com,Nice\n";
    server.import_csv(csv).await.expect("good rows");

    for (lead, source) in [
        ("leads/2", "API"),
        ("leads/3", "Import"),
        ("leads/4", "Import"),
    ] {
        let enriched = server.until_field_is(lead, "Title", "CTO").await;
        assert_eq!(enriched.fields["LeadScore"], make::value(40.0), "{lead}");
        let mut expected = vec![
            format!("New Person: {source}"),
            "Call Webhook: webhooks/enrich 200".to_owned(),
            "Change Data Value: Title = CTO by webhooks/enrich".to_owned(),
            "Change Data Value: LeadScore = 40 by webhooks/enrich".to_owned(),
        ];
        let mut history = server.history(lead).await;
        history.retain(|line| !line.contains("City"));
        expected.sort_unstable();
        history.sort_unstable();
        assert_eq!(history, expected, "{lead}");
    }
    let expected = ["ada", "edith", "grace"]
        .map(|name| format!(r#"{{"email": "{name}@example.com", "why": "Person is Created"}}"#));
    assert_eq!(bodies(&people), expected);
    let calls = server.list_calls("campaign = campaigns/enrich-new").await;
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|call| call.run.is_empty()), "{calls:?}");
}

/// The answer of a verification service is mapped; a choice looks at it in the very next step.
#[tokio::test]
async fn r_map_7_an_email_is_verified_and_the_next_steps_choose_by_the_result() {
    let answers = [
        Answer::json(r#"{"result": "VALID"}"#),
        Answer::json(r#"{"result": "invalid"}"#),
        Answer::json(r#"{"result": "catch-all"}"#),
        Answer::status(500, "Oops", r#"{"result": "valid"}"#),
    ];
    let verifier = Target::scripted(answers, Answer::never()).await;
    let crm = Target::start(Answer::empty()).await;
    let server = Server::start().await;
    let field = CreateFieldRequest {
        field: Some(Field {
            display_name: "Email Verified".to_owned(),
            r#type: FieldType::String.into(),
            ..Field::default()
        }),
        field_id: "Email_Verified".to_owned(),
    };
    server.leads().create_field(field).await.expect("it is new");
    let url = verifier.url("/verify?address={{lead.Email Address}}");
    let mut verify = make::json_webhook(&url, "{}", &[("result", "Email Verified")]);
    verify.payload_template = r#"{"lead": {{lead.Id}}}"#.to_owned();
    server.create_webhook("verify", verify).await;
    let payload = r#"{"status": {{lead.Lead Status}}, "verified": {{lead.Email Verified}}}"#;
    let hand_on = make::json_webhook(&crm.url("/"), payload, &[]);
    server.create_webhook("crm", hand_on).await;
    let steps = vec![
        flow::step(flow::call("verify")),
        flow::step_if(
            r#""Email Verified" = "invalid""#,
            flow::change("Email Invalid", "yes"),
        ),
        flow::step_if(r#""Email Invalid" = true"#, flow::remove()),
        flow::choices(
            [
                (
                    r#""Email Verified" = "valid""#,
                    flow::change("Lead Status", "Verified"),
                ),
                (
                    r#""Email Verified":*"#,
                    flow::change("Lead Status", "Look at {{lead.Email Verified}}"),
                ),
            ],
            Some(flow::change("Lead Status", "Not verified")),
        ),
        flow::step(flow::call("crm")),
    ];
    let campaign = flow::campaign([flow::person_is_created()], steps);
    server.create_campaign("verify-new", campaign).await;

    // One after the other, so that each gets its answer.
    for (number, name) in (1..).zip(["ada", "nobody", "info", "later"]) {
        let email = format!("{name}@example.com");
        server.upsert([make::lead([("Email", email)])]).await;
        let received = verifier.received(number).await;
        let path = format!("/verify?address={name}%40example.com");
        assert_eq!(received[number - 1].path(), path);
    }
    crm.received(3).await;
    assert_eq!(
        bodies(&crm),
        [
            r#"{"status": "Look at catch-all", "verified": "catch-all"}"#,
            r#"{"status": "Not verified", "verified": null}"#,
            r#"{"status": "Verified", "verified": "VALID"}"#,
        ]
    );
    let removed = server.until_field_is("leads/2", "EmailInvalid", true).await;
    assert!(!removed.fields.contains_key("LeadStatus"), "{removed:?}");
    let changed = "Change Data Value: EmailInvalid = true by campaigns/verify-new";
    assert!(
        server
            .history("leads/2")
            .await
            .contains(&changed.to_owned())
    );
    for (lead, status) in [
        ("leads/1", "Verified"),
        ("leads/3", "Look at catch-all"),
        ("leads/4", "Not verified"),
    ] {
        let [found] = server.fields(lead, ["LeadStatus"]).await;
        assert_eq!(found, Some(make::value(status)), "{lead}");
    }
}

/// A lead that comes with an address alone leaves with a company, whose fields the next step reads, and which a colleague shares.
#[tokio::test]
async fn r_map_9_an_enrichment_fills_the_company_and_the_next_step_reads_it() {
    let firms = Target::start(Answer::json(
        r#"{"name": "Analytical & Sons", "sector": "Engines", "staff": 12, "url": null}"#,
    ))
    .await;
    let crm = Target::start(Answer::empty()).await;
    let server = Server::start().await;
    let mapped = [
        ("name", "Company Name"),
        ("sector", "Industry"),
        ("staff", "Num Employees"),
        ("url", "Website"),
    ];
    let firm = make::json_webhook(&firms.url("/"), "{}", &mapped);
    server.create_webhook("firm", firm).await;
    let payload = r#"{"who": {{lead.Email Address}}, "at": {{company.Company Name}}, "in": {{company.Industry}}, "staff": {{company.Num Employees}}, "web": {{company.Website:default=none}}}"#;
    let hand_on = make::json_webhook(&crm.url("/"), payload, &[]);
    server.create_webhook("crm", hand_on).await;
    let steps = vec![
        flow::step(flow::call("firm")),
        flow::step_if(
            "Industry = engines",
            flow::change("Lead Source", "{{company.Company Name}}"),
        ),
        flow::step(flow::call("crm")),
    ];
    let campaign = flow::campaign([flow::person_is_created()], steps);
    server.create_campaign("firms", campaign).await;

    server
        .upsert(["ada@example.com", "babbage@example.com"].map(|it| make::lead([("Email", it)])))
        .await;
    crm.received(2).await;
    let sent = |name: &str| {
        format!(
            r#"{{"who": "{name}@example.com", "at": "Analytical & Sons", "in": "Engines", "staff": 12, "web": "none"}}"#
        )
    };
    assert_eq!(bodies(&crm), [sent("ada"), sent("babbage")]);
    for lead in ["leads/1", "leads/2"] {
        let found = server
            .fields(lead, ["Company", "Industry", "LeadSource"])
            .await;
        let expected = ["Analytical & Sons", "Engines", "Analytical & Sons"];
        assert_eq!(found, expected.map(|it| Some(make::value(it))), "{lead}");
    }
    // One company, not two of one name: what is written to it by one of them is there for the other.
    server
        .upsert([make::lead([
            ("Email", "ada@example.com"),
            ("Industry", "Mills"),
        ])])
        .await;
    let [industry] = server.fields("leads/2", ["Industry"]).await;
    assert_eq!(industry, Some(make::value("Mills")));
}
