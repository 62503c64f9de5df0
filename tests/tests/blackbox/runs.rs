//! Runs: a campaign requested for many leads (R-CMP-1, -6, -9).

use std::collections::HashSet;

use leadhook_proto::v1::run::State;
use leadhook_tests::{Answer, Received, Server, Target, flow, make};

const PAYLOAD: &str = r#"{"email": {{lead.Email Address}}, "campaign": {{campaign.name}}}"#;

async fn people(server: &Server, count: usize) {
    let leads = (1..=count).map(|n| make::lead([("Email", format!("{n}@example.com"))]));
    server.upsert(leads).await;
}

async fn webhook(server: &Server, target: &Target) {
    let webhook = make::json_webhook(&target.url("/"), PAYLOAD, &[("title", "Job Title")]);
    server.create_webhook("enrich", webhook).await;
}

#[tokio::test]
async fn r_cmp_9_a_run_calls_the_webhook_once_for_each_lead_and_counts_by_code() {
    let target = Target::start(Answer::json(r#"{"title": "CTO"}"#)).await;
    let server = Server::start().await;
    webhook(&server, &target).await;
    people(&server, 250).await;
    server
        .create_campaign(
            "enrich-all",
            flow::requested(vec![flow::step(flow::call("enrich"))]),
        )
        .await;

    let run = server.request_all("enrich-all").await;
    assert_eq!(
        (run.campaign.as_str(), run.total),
        ("campaigns/enrich-all", 250)
    );
    let over = server.until_over(&run.name).await;
    assert_eq!(over.state(), State::Completed);
    assert_eq!((over.done, over.succeeded, over.failed), (250, 250, 0));
    assert_eq!(over.codes.into_iter().collect::<Vec<_>>(), [(200, 250)]);
    assert!(over.end_time.is_some());

    let bodies: HashSet<_> = target.requests().iter().map(Received::text).collect();
    assert_eq!((bodies.len(), target.requests().len()), (250, 250));
    assert!(bodies.contains(r#"{"email": "7@example.com", "campaign": "enrich-all"}"#));
    let lead = server.get_lead("leads/250").await;
    assert_eq!(lead.fields["Title"], make::value("CTO"));
    let calls = server.list_calls(&format!("run = {}", run.name)).await;
    assert_eq!(calls[0].campaign, "campaigns/enrich-all");
    assert_eq!(calls[0].run, run.name);
}
