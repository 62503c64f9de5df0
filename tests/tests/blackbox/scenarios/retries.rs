//! Calls that failed are made again: by a campaign of one's own, by the retry policy, by a list of errors (R-CMP-4, R-CMP-10, R-CALL-6).

use std::collections::BTreeSet;

use leadhook_proto::v1::{
    FlowStep, RequestCampaignRequest, RetryPolicy, UpdateWebhookRequest, Webhook, WebhookIsCalled,
    run::State, string_constraint::Operator,
};
use leadhook_tests::{Answer, Server, Target, eventually, flow, make};

fn unavailable() -> Answer {
    Answer::status(503, "Service Unavailable", r#"{"error": "maintenance"}"#)
}

/// New leads go to the CRM; where that answers 5xx, `again` brings them there once more.
async fn sync(server: &Server, crm: &Target, again: Vec<FlowStep>) {
    let webhook = make::json_webhook(&crm.url("/"), "{}", &[("id", "Lead Source")]);
    server.create_webhook("crm", webhook).await;
    let triggers = [flow::person_is_created(), flow::campaign_is_requested()];
    let campaign = flow::campaign(triggers, vec![flow::step(flow::call("crm"))]);
    server.create_campaign("sync", campaign).await;
    let called = flow::webhook_is_called(
        "webhooks/crm",
        WebhookIsCalled {
            response: flow::text_that(Operator::Contains, &["maintenance"]),
            error_type: flow::text_that(Operator::Is, &["service unavailable"]),
            codes: (500..600).collect(),
            ..WebhookIsCalled::default()
        },
    );
    server
        .create_campaign("again", flow::campaign([called], again))
        .await;
}

#[tokio::test]
async fn r_cmp_3_a_retry_built_by_hand_ends_when_the_service_recovers() {
    let crm = Target::start(unavailable()).await;
    let server = Server::start().await;
    let again = vec![
        flow::step(flow::wait(100)),
        flow::step(flow::change(
            "Lead Status",
            "{{trigger.Code}} {{trigger.Error Type}}",
        )),
        flow::step(flow::request("sync")),
    ];
    sync(&server, &crm, again).await;
    server
        .upsert([make::lead([("Email", "ada@example.com")])])
        .await;

    // The server goes down in the midst of it, and the service recovers.
    crm.received(2).await;
    let server = server.kill().await.restart().await;
    crm.received(3).await;
    crm.answer(Answer::json(r#"{"id": "crm-1"}"#));
    let lead = server
        .until_field_is("leads/1", "LeadSource", "crm-1")
        .await;
    assert_eq!(
        lead.fields["LeadStatus"],
        make::value("503 Service Unavailable")
    );

    // A call of which the server did not live to see the answer was made once more, with its key.
    let keys: BTreeSet<_> = crm
        .requests()
        .iter()
        .map(|request| request.header("Idempotency-Key"))
        .collect();
    let calls = server.list_calls("webhook = webhooks/crm").await;
    assert_eq!(keys.len(), calls.len());
    assert!(calls[0].succeeded && calls[1..].iter().all(|call| call.response_code == 503));
    let requested = r#"type = "Request Campaign""#;
    let requested = server.activities("leads/1", requested).await;
    assert_eq!(requested.len(), calls.len() - 1);
    for activity in &requested {
        assert_eq!(activity.attributes["Source"], "campaigns/again");
    }
    let listed = server.find_leads("called_webhook(code = 503) AND called_webhook(code = 200)");
    assert_eq!(listed.await.expect("a list"), ["leads/1"]);
}

/// The same service, the same failures: one call of several attempts, which triggers see once, when it has ended.
#[tokio::test]
async fn r_call_6_beside_it_the_retry_policy_makes_one_call_of_all_attempts() {
    let recovered = Answer::json(r#"{"id": "crm-1"}"#);
    let crm = Target::scripted([unavailable(), unavailable(), unavailable()], recovered).await;
    let server = Server::start().await;
    sync(
        &server,
        &crm,
        vec![flow::step(flow::change("Lead Status", "seen"))],
    )
    .await;
    let patient = UpdateWebhookRequest {
        webhook: Some(Webhook {
            name: "webhooks/crm".to_owned(),
            retry_policy: Some(RetryPolicy {
                max_attempts: 5,
                initial_backoff: Some(make::milliseconds(20)),
                ..RetryPolicy::default()
            }),
            ..Webhook::default()
        }),
        ..UpdateWebhookRequest::default()
    };
    server
        .webhooks()
        .update_webhook(patient)
        .await
        .expect("the webhook is changed");
    server
        .upsert([make::lead([("Email", "ada@example.com")])])
        .await;
    let lead = server
        .until_field_is("leads/1", "LeadSource", "crm-1")
        .await;
    assert!(!lead.fields.contains_key("LeadStatus"), "{lead:?}");
    let calls = server.list_calls("").await;
    assert_eq!((calls.len(), crm.requests().len()), (1, 4));
    let call = server.get_call(&calls[0].name).await;
    let codes: Vec<_> = call.attempts.iter().map(|it| it.response_code).collect();
    assert_eq!(codes, [503, 503, 503, 200]);
}

/// Without a wait, a service that never recovers is not asked for ever.
#[tokio::test]
async fn r_cmp_10_an_endless_chain_ends_after_ten_campaigns_and_says_so() {
    const ENDED: &str = "Campaign Chain Ended: campaigns/sync";
    let crm = Target::start(unavailable()).await;
    let server = Server::start().await;
    sync(&server, &crm, vec![flow::step(flow::request("sync"))]).await;
    server
        .upsert([make::lead([("Email", "ada@example.com")])])
        .await;
    // Five times `sync`, five times `again`; the eleventh would be `sync`.
    let ended = |times: usize| {
        let server = &server;
        eventually(
            async || server.history("leads/1").await,
            move |history| history.iter().filter(|line| *line == ENDED).count() == times,
        )
    };
    let history = ended(1).await;
    let count = |history: &[String], line: &str| history.iter().filter(|it| *it == line).count();
    let requested = "Request Campaign: campaigns/sync by campaigns/again";
    let called = "Call Webhook: webhooks/crm 503";
    assert_eq!(
        (count(&history, called), count(&history, requested)),
        (5, 4)
    );
    assert_eq!(history.last().map(String::as_str), Some(ENDED));
    let activities = server.activities("leads/1", "").await;
    let last = activities.last().expect("the chain ended");
    assert_eq!(last.primary_attribute, "sync");
    assert!(last.attributes["Reason"].contains("10"), "{last:?}");

    // A lead of a run begins a chain as well; the run is over when its own entry is.
    let run = server.request_all("sync").await;
    let run = server.until_over(&run.name).await;
    assert_eq!((run.done, run.failed), (1, 1));
    let history = ended(2).await;
    assert_eq!(
        (count(&history, called), count(&history, requested)),
        (10, 8)
    );
    assert_eq!(crm.requests().len(), 10);
}

/// A service refuses some of the leads; when that is mended, those alone are sent again.
#[tokio::test]
async fn r_cmp_4_an_error_list_is_requested_again_until_it_is_empty() {
    const ERRORS: &str = "called_webhook(webhook = \"webhooks/crm\", code = 422) AND NOT called_webhook(webhook = \"webhooks/crm\", code = 200)";
    let unprocessable = || Answer::status(422, "Unprocessable Entity", "{}");
    let fine = Answer::json(r#"{"id": "crm"}"#);
    let crm = Target::scripted([unprocessable(), unprocessable()], fine).await;
    let server = Server::start().await;
    sync(&server, &crm, Vec::new()).await;
    let emails = ["a", "b", "c", "d"].map(|name| format!("{name}@example.com"));
    server
        .upsert(emails.map(|email| make::lead([("Email", email)])))
        .await;
    eventually(
        async || server.list_calls("").await.len(),
        |count| *count == 4,
    )
    .await;

    let failed = server.list_calls("code = 422").await;
    let mut failed: Vec<_> = failed.into_iter().map(|call| call.lead).collect();
    failed.sort_unstable();
    assert_eq!(failed.len(), 2);
    assert_eq!(server.find_leads(ERRORS).await, Ok(failed.clone()));
    let request = RequestCampaignRequest {
        name: "campaigns/sync".to_owned(),
        lead_filter: ERRORS.to_owned(),
        ..RequestCampaignRequest::default()
    };
    let run = server.request(request.clone()).await;
    let run = server.until_over(&run.name).await;
    assert_eq!(run.state(), State::Completed);
    assert_eq!((run.total, run.succeeded, run.failed), (2, 2, 0));
    let calls = server.list_calls(&format!("run = {}", run.name)).await;
    let mut again: Vec<_> = calls.into_iter().map(|call| call.lead).collect();
    again.sort_unstable();
    assert_eq!(again, failed);
    assert_eq!(server.find_leads(ERRORS).await, Ok(Vec::new()));
    let nobody = server.request(request).await;
    let nobody = server.until_over(&nobody.name).await;
    assert_eq!((nobody.state(), nobody.total), (State::Completed, 0));
    assert_eq!(crm.requests().len(), 6);
}
