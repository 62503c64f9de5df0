//! What happened to leads (R-CMP-5), and lists of leads by their calls (R-CMP-4).

use std::collections::BTreeMap;

use leadhook_proto::v1::{
    Activity, DeleteLeadRequest, ListActivitiesRequest, ResponseMapping, ResponseType, Webhook,
};
use leadhook_tests::{Answer, Fault, Server, Target, make};
use tonic::Code;

/// A webhook that asks for the title of a lead.
fn enriching(target: &Target) -> Webhook {
    Webhook {
        display_name: "Enrich a lead".to_owned(),
        response_type: ResponseType::Json.into(),
        response_mappings: vec![ResponseMapping {
            response_attribute: "title".to_owned(),
            field: "Job Title".to_owned(),
        }],
        ..make::get(&target.url("/people"))
    }
}

async fn list(server: &Server, lead: &str, filter: &str, page_size: i32) -> Vec<Activity> {
    let mut request = ListActivitiesRequest {
        lead: lead.to_owned(),
        page_size,
        filter: filter.to_owned(),
        ..ListActivitiesRequest::default()
    };
    let mut activities = Vec::new();
    loop {
        let page = server.calls().list_activities(request.clone()).await;
        let page = page.expect("a page of activities").into_inner();
        activities.extend(page.activities);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return activities;
        }
    }
}

async fn refused(server: &Server, request: ListActivitiesRequest) -> Fault {
    let answer = server.calls().list_activities(request).await;
    Fault::of(&answer.expect_err("it should be refused"))
}

fn attributes<const N: usize>(all: [(&str, &str); N]) -> BTreeMap<String, String> {
    all.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

#[tokio::test]
async fn r_map_7_a_call_and_what_it_mapped_stand_in_the_history_of_the_lead() {
    let target = Target::start(Answer::json(r#"{"title": "CTO"}"#)).await;
    let server = Server::start().await;
    server.create_webhook("enrich", enriching(&target)).await;
    server
        .upsert([
            make::lead([("Email", "ada@example.com")]),
            make::lead([("Email", "grace@example.com")]),
        ])
        .await;
    let call = server
        .call("webhooks/enrich", make::stored("leads/1"))
        .await;
    server
        .call("webhooks/enrich", make::stored("leads/2"))
        .await;

    let calls = list(&server, "leads/1", "type = \"Call Webhook\"", 0).await;
    let [called] = &calls[..] else {
        panic!("{calls:?}");
    };
    assert_eq!(called.lead, "leads/1");
    assert_eq!(called.primary_attribute, "Enrich a lead");
    assert_eq!(
        called.attributes,
        attributes([
            ("Webhook", "webhooks/enrich"),
            ("Response", r#"{"title": "CTO"}"#),
            ("Error Type", "OK"),
            ("Code", "200"),
            ("Call", &call.name),
        ])
    );
    let changes = list(&server, "leads/1", "attributes.Source = webhooks/enrich", 0).await;
    let [changed] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!(changed.r#type, "Change Data Value");
    assert_eq!(changed.primary_attribute, "Job Title");
    assert_eq!(
        changed.attributes,
        attributes([
            ("Field", "Title"),
            ("Old Value", ""),
            ("New Value", "CTO"),
            ("Source", "webhooks/enrich"),
        ])
    );
    assert_ne!(called.name, changed.name);

    server
        .call("webhooks/enrich", make::stored("leads/1"))
        .await;
    let whole = list(&server, "leads/1", "", 0).await;
    assert_eq!(list(&server, "leads/1", "", 1).await, whole, "one a page");
    let server = server.kill().await.restart().await;
    assert_eq!(
        list(&server, "leads/1", "", 2).await,
        whole,
        "after kill -9"
    );
}

#[tokio::test]
async fn r_lead_4_what_cannot_be_listed_is_refused() {
    let server = Server::start().await;
    server
        .upsert([make::lead([("Email", "ada@example.com")])])
        .await;
    let request = |lead: &str, filter: &str| ListActivitiesRequest {
        lead: lead.to_owned(),
        filter: filter.to_owned(),
        ..ListActivitiesRequest::default()
    };
    for (lead, filter, code) in [
        ("", "", Code::InvalidArgument),
        ("1", "", Code::InvalidArgument),
        ("leads/9", "", Code::NotFound),
        ("leads/1", "attributes.Cod = 1", Code::InvalidArgument),
        ("leads/1", "lead = 1", Code::InvalidArgument),
    ] {
        assert_eq!(
            refused(&server, request(lead, filter)).await.code,
            code,
            "{lead} {filter}"
        );
    }
    let negative = ListActivitiesRequest {
        page_size: -1,
        ..request("leads/1", "")
    };
    assert_eq!(refused(&server, negative).await.code, Code::InvalidArgument);
    let name = "leads/1".to_owned();
    let deleted = server.leads().delete_lead(DeleteLeadRequest { name }).await;
    deleted.expect("the lead is deleted");
    let gone = refused(&server, request("leads/1", "")).await;
    assert_eq!(gone.code, Code::NotFound, "R-LEAD-6");
}

/// The list that a team looks at in the morning: whose enrichment was refused, and has not worked since.
#[tokio::test]
async fn r_cmp_4_an_error_list_shows_whose_calls_failed() {
    let unprocessable = || Answer::status(422, "Unprocessable Entity", "{}");
    let fine = Answer::json(r#"{"title": "CTO"}"#);
    let target = Target::scripted([unprocessable(), fine.clone(), unprocessable()], fine).await;
    let server = Server::start().await;
    server.create_webhook("enrich", enriching(&target)).await;
    let emails = ["ada@example.com", "grace@example.com", "edith@example.com"];
    server
        .upsert(emails.map(|email| make::lead([("Email", email)])))
        .await;
    for lead in ["leads/1", "leads/2", "leads/3", "leads/3"] {
        server.call("webhooks/enrich", make::stored(lead)).await;
    }
    for (filter, expected) in [
        ("called_webhook(code = 422)", &["leads/1", "leads/3"][..]),
        (
            "called_webhook(webhook = \"webhooks/enrich\", code = 422) AND NOT called_webhook(webhook = \"webhooks/enrich\", code = 200)",
            &["leads/1"],
        ),
        (
            "called_webhook(error_type = \"unprocessable entity\") AND Title:*",
            &["leads/3"],
        ),
        (
            "called_webhook(code = 422, since = \"2100-01-01T00:00:00Z\")",
            &[],
        ),
        ("NOT called_webhook()", &[]),
    ] {
        let found = server.find_leads(filter).await.expect("a list");
        assert_eq!(found, expected, "{filter}");
    }
    let refused = server
        .find_leads("called_webhook(webhook = webhooks/enrch)")
        .await;
    let fault = refused.expect_err("no webhook is called so");
    assert_eq!(fault.code, Code::InvalidArgument);
    assert!(
        format!("{fault:?}").contains("webhooks/enrich"),
        "{fault:?}"
    );
}
