//! Leads: upserts row by row, companies, lists, and erasing.

use leadhook_proto::v1::{
    BatchUpsertLeadsRequest, DeleteLeadRequest, GetCompanyRequest, GetLeadRequest, Lead,
    ListLeadsRequest, UpsertResult,
};
use leadhook_tests::{Answer, Fault, Server, Target, make};
use tonic::{Code, Status};

fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> Fault {
    Fault::of(&answer.expect_err("it should be refused"))
}

fn created(results: &[UpsertResult]) -> Vec<(&str, bool)> {
    results
        .iter()
        .map(|result| (result.name.as_str(), result.created))
        .collect()
}

#[tokio::test]
async fn r_lead_1_an_upsert_updates_whom_it_finds_and_creates_the_others() {
    let server = Server::start().await;
    let first = server
        .upsert([make::lead([
            ("Email", "ada@example.com"),
            ("FirstName", "Ada"),
            ("City", "London"),
        ])])
        .await;
    assert_eq!(created(&first), [("leads/1", true)]);
    let second = server
        .upsert([
            make::lead([
                ("Email", make::value("ADA@Example.com")),
                ("LastName", make::value("Lovelace")),
                ("City", make::value(())),
            ]),
            make::lead([("Email", "grace@example.com")]),
            make::lead([("Email", "grace@example.com"), ("FirstName", "Grace")]),
        ])
        .await;
    assert_eq!(
        created(&second),
        [("leads/1", false), ("leads/2", true), ("leads/2", false)]
    );
    let ada = server.get_lead("leads/1").await;
    assert_eq!(
        ada.fields["FirstName"],
        make::value("Ada"),
        "what is not named stays"
    );
    assert_eq!(ada.fields["LastName"], make::value("Lovelace"));
    assert!(!ada.fields.contains_key("City"), "null clears");
    assert_eq!(
        server.get_lead("leads/2").await.fields["FirstName"],
        make::value("Grace"),
        "one key twice: in order"
    );

    let by_name = Lead {
        name: "leads/2".into(),
        ..make::lead([("Email", "hopper@example.com")])
    };
    assert_eq!(
        created(&server.upsert([by_name]).await),
        [("leads/2", false)]
    );
    assert_eq!(
        server.get_lead("leads/2").await.fields["Email"],
        make::value("hopper@example.com")
    );
}

#[tokio::test]
async fn r_lead_2_a_bad_row_changes_nothing_and_the_others_go_in() {
    let server = Server::start().await;
    let results = server
        .upsert([
            make::lead([("Email", "good@example.com"), ("LeadScore", "42")]),
            make::lead([("Email", "bad@example.com"), ("LeadScore", "many")]),
            make::lead([("FirstName", "Nobody")]),
            make::lead([("Email", "x@example.com"), ("No Such Field", "1")]),
            make::lead([("Email", "x@example.com"), ("CreatedAt", "2020-01-01")]),
            Lead {
                name: "leads/99".into(),
                ..make::lead([("Email", "nobody@example.com")])
            },
            make::lead([("Email", "last@example.com")]),
        ])
        .await;
    let codes: Vec<_> = results
        .iter()
        .map(|result| result.error.as_ref().map(|error| Code::from(error.code)))
        .collect();
    let bad = Some(Code::InvalidArgument);
    let missing = Some(Code::NotFound);
    assert_eq!(codes, [None, bad, bad, bad, bad, missing, None]);
    let fault = Fault::of_row(results[5].error.as_ref().expect("it is missing"));
    assert_eq!(
        (fault.reason.as_str(), fault.resource.as_str()),
        ("LEAD_NOT_FOUND", "leads/99")
    );
    let fault = Fault::of_row(results[1].error.as_ref().expect("it is bad"));
    assert_eq!(fault.reason, "INVALID_LEAD");
    assert!(
        fault
            .violations
            .iter()
            .any(|(field, _)| field.contains("LeadScore")),
        "{fault:?}"
    );
    assert_eq!(server.find_leads("").await.expect("leads").len(), 2);
    assert_eq!(
        server.get_lead("leads/1").await.fields["LeadScore"],
        make::value(42.0),
        "R-FLD-2"
    );
}

#[tokio::test]
async fn r_lead_3_fields_go_by_any_of_their_names() {
    let server = Server::start().await;
    server
        .upsert([make::lead([
            ("email", "ada@example.com"),
            ("First Name", "Ada"),
            ("Job Title", "Countess"),
            ("company.City", "London"),
        ])])
        .await;
    let lead = server.get_lead("leads/1").await;
    let names: Vec<_> = lead
        .fields
        .keys()
        .map(String::as_str)
        .filter(|name| !["Id", "CreatedAt", "UpdatedAt"].contains(name))
        .collect();
    for name in ["Email", "FirstName", "Title"] {
        assert!(names.contains(&name), "{names:?}");
    }
    for filter in [
        r#""Job Title" = "countess""#,
        r#"title = "COUNTESS""#,
        r#"Title : "ount""#,
        r#"company.City = "London""#,
    ] {
        assert_eq!(
            server.find_leads(filter).await,
            Ok(vec!["leads/1".into()]),
            "{filter}"
        );
    }
    let request = GetLeadRequest {
        name: "leads/1".into(),
        fields: vec!["first name".into(), "company.City".into()],
    };
    let lead = server
        .leads()
        .get_lead(request)
        .await
        .expect("a lead")
        .into_inner();
    assert_eq!(lead.fields.len(), 2, "{:?}", lead.fields);
    assert_eq!(lead.fields["FirstName"], make::value("Ada"));
}

#[tokio::test]
async fn r_lead_5_company_fields_belong_to_the_company() {
    let server = Server::start().await;
    server
        .upsert([
            make::lead([
                ("Email", "a@example.com"),
                ("Company Name", "Acme"),
                ("Industry", "Anvils"),
            ]),
            make::lead([("Email", "b@example.com"), ("Company Name", "ACME")]),
            make::lead([("Email", "c@example.com"), ("Company Name", "Other")]),
        ])
        .await;
    let companies = [
        server.get_lead("leads/1").await,
        server.get_lead("leads/2").await,
        server.get_lead("leads/3").await,
    ];
    assert_eq!(companies[0].company, companies[1].company);
    assert_ne!(companies[0].company, companies[2].company);
    let request = GetCompanyRequest {
        name: companies[0].company.clone(),
    };
    let company = server
        .leads()
        .get_company(request)
        .await
        .expect("it is there")
        .into_inner();
    assert_eq!(company.fields["Industry"], make::value("Anvils"));

    let target = Target::start(Answer::empty()).await;
    let payload = r#"{"industry": {{company.Industry}}}"#;
    let encoding = leadhook_proto::v1::RequestTokenEncoding::Json;
    server
        .call_once(
            make::post(&target.url("/"), encoding, payload),
            make::stored("leads/2"),
        )
        .await;
    assert_eq!(target.request().text(), r#"{"industry": "Anvils"}"#);
}

#[tokio::test]
async fn r_lead_4_lists_page_oldest_first_by_filter() {
    let server = Server::start().await;
    let rows: String = (0..250)
        .map(|row| {
            format!(
                "lead{row}@example.com,{},{row}\n",
                ["Rome", "Oslo"][row % 2]
            )
        })
        .collect();
    server
        .import_csv(format!("Email,City,LeadScore\n{rows}"))
        .await
        .expect("good rows");
    let mut names = Vec::new();
    let mut request = ListLeadsRequest {
        filter: "City = \"oslo\" AND LeadScore >= 100".into(),
        page_size: 30,
        ..ListLeadsRequest::default()
    };
    loop {
        let page = server
            .leads()
            .list_leads(request.clone())
            .await
            .expect("a page")
            .into_inner();
        assert!(page.leads.len() <= 30);
        names.extend(page.leads.into_iter().map(|lead| lead.name));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let expected: Vec<_> = (0..250)
        .filter(|row| row % 2 == 1 && *row >= 100)
        .map(|row| format!("leads/{}", row + 1))
        .collect();
    assert_eq!(names, expected);
    assert_eq!(
        server.find_leads("").await.expect("the default page").len(),
        100
    );
    let fault = server.find_leads("LeadScore > \"many\"").await.unwrap_err();
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::InvalidArgument, "INVALID_FILTER")
    );
    let fault = server.find_leads("Citty = \"Oslo\"").await.unwrap_err();
    assert!(
        fault.violation("filter").contains("City"),
        "a near miss has a suggestion: {fault:?}"
    );
}

#[tokio::test]
async fn r_lead_6_deleting_erases_the_lead_and_what_its_calls_say_of_it() {
    let (server, target) = (
        Server::start().await,
        Target::start(Answer::json(r#"{"title": "Countess"}"#)).await,
    );
    server
        .upsert([make::lead([("Email", "ada@example.com")])])
        .await;
    let webhook = make::json_webhook(
        &target.url("/"),
        "{{lead.Email Address}}",
        &[("title", "Title"), ("none", "City")],
    );
    let call = server.call_once(webhook, make::stored("leads/1")).await;
    server
        .leads()
        .delete_lead(DeleteLeadRequest {
            name: "leads/1".into(),
        })
        .await
        .expect("it is there");

    let gone = GetLeadRequest {
        name: "leads/1".into(),
        fields: Vec::new(),
    };
    let fault = refused(server.leads().get_lead(gone).await);
    assert_eq!(
        (fault.code, fault.reason.as_str(), fault.resource.as_str()),
        (Code::NotFound, "LEAD_NOT_FOUND", "leads/1")
    );
    let erased = server.get_call(&call.name).await;
    assert!(
        erased.response.is_empty() && erased.field_changes.is_empty() && erased.request.is_none(),
        "{erased:?}"
    );
    assert!(
        erased
            .mapping_problems
            .iter()
            .all(|problem| problem.detail.is_empty()),
        "{erased:?}"
    );
    assert_eq!(
        (erased.response_code, erased.create_time),
        (call.response_code, call.create_time)
    );
}

#[tokio::test]
async fn r_call_11_a_stored_lead_is_written_and_an_inline_one_is_not() {
    let (server, target) = (
        Server::start().await,
        Target::start(Answer::json(r#"{"title": "CTO", "score": 7}"#)).await,
    );
    server
        .upsert([make::lead([
            ("Email", "ada@example.com"),
            ("Title", "Countess"),
        ])])
        .await;
    let webhook = make::json_webhook(
        &target.url("/"),
        "{}",
        &[("title", "Title"), ("score", "LeadScore")],
    );
    server.create_webhook("x", webhook).await;
    let inline = server
        .call(
            "webhooks/x",
            make::inline([("Email", "ada@example.com"), ("Title", "Countess")]),
        )
        .await;
    assert_eq!(
        inline.field_changes[0].previous_value,
        Some(make::value("Countess"))
    );
    assert_eq!(
        server.get_lead("leads/1").await.fields["Title"],
        make::value("Countess")
    );

    let stored = server.call("webhooks/x", make::stored("leads/1")).await;
    assert_eq!(stored.field_changes, inline.field_changes);
    let lead = server.get_lead("leads/1").await;
    assert_eq!(
        (&lead.fields["Title"], &lead.fields["LeadScore"]),
        (&make::value("CTO"), &make::value(7.0))
    );
    let again = server.call("webhooks/x", make::stored("leads/1")).await;
    assert!(again.field_changes.is_empty(), "R-MAP-10");
    assert_eq!(
        server
            .list_calls(r#"lead = "leads/1" AND code = 200"#)
            .await
            .len(),
        2,
        "R-FIL-3"
    );
}

#[tokio::test]
async fn r_call_9_a_request_id_makes_an_upsert_harmless_to_repeat() {
    let server = Server::start().await;
    let request = BatchUpsertLeadsRequest {
        leads: vec![make::lead([("Email", "a@example.com")])],
        request_id: "import-1".into(),
        lookup_field: String::new(),
    };
    let first = server
        .leads()
        .batch_upsert_leads(request.clone())
        .await
        .expect("leads")
        .into_inner();
    let again = server
        .leads()
        .batch_upsert_leads(request.clone())
        .await
        .expect("leads")
        .into_inner();
    assert!(first.results[0].created && again == first);
    let other = BatchUpsertLeadsRequest {
        leads: vec![make::lead([("Email", "b@example.com")])],
        ..request
    };
    assert_eq!(
        refused(server.leads().batch_upsert_leads(other).await).reason,
        "REQUEST_ID_REUSED"
    );
    assert_eq!(server.find_leads("").await.expect("leads").len(), 1);
}

#[tokio::test]
async fn a_batch_has_at_most_1_000_leads() {
    let server = Server::start().await;
    let batch = |count: usize| BatchUpsertLeadsRequest {
        leads: (0..count)
            .map(|row| make::lead([("Email", format!("{row}@example.com"))]))
            .collect(),
        ..BatchUpsertLeadsRequest::default()
    };
    assert_eq!(
        refused(server.leads().batch_upsert_leads(batch(1_001)).await).code,
        Code::InvalidArgument
    );
    let answer = server
        .leads()
        .batch_upsert_leads(batch(1_000))
        .await
        .expect("leads")
        .into_inner();
    assert!(answer.results.iter().all(|result| result.created));
}
