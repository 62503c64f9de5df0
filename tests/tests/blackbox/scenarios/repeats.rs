//! What happens to a run on its way: it is requested twice, the server dies, a lead is deleted (R-CALL-9, R-CMP-9, R-LEAD-6).

use std::collections::BTreeSet;
use std::path::Path;

use leadhook_proto::v1::{
    DeactivateCampaignRequest, DeleteCampaignRequest, DeleteLeadRequest, GetLeadRequest, Limits,
    ListActivitiesRequest, RequestCampaignRequest, RetryPolicy, run::State,
};
use leadhook_tests::{Answer, Gate, Server, Target, flow, make};
use tonic::Code;

#[tokio::test]
async fn r_call_9_a_campaign_requested_twice_with_one_request_id_runs_once_also_across_kill_9() {
    const LEADS: usize = 40;
    let (gate, fine) = (Gate::default(), Answer::json("{}"));
    let crm = Target::scripted([&fine; 5].map(Clone::clone), fine.behind(&gate)).await;
    let server = Server::start().await;
    let mut webhook = make::json_webhook(&crm.url("/"), "{{lead.Id}}", &[]);
    webhook.limits = Some(Limits {
        max_concurrency: 2,
        ..Limits::default()
    });
    server.create_webhook("crm", webhook).await;
    let campaign = flow::requested(vec![flow::step(flow::call("crm"))]);
    server.create_campaign("sync", campaign).await;
    server
        .upsert((1..=LEADS).map(|n| make::lead([("Email", format!("{n}@example.com"))])))
        .await;

    let request = RequestCampaignRequest {
        name: "campaigns/sync".to_owned(),
        all_leads: true,
        request_id: "newsletter-17".to_owned(),
        ..RequestCampaignRequest::default()
    };
    let run = server.request(request.clone()).await.name;
    assert_eq!(server.request(request.clone()).await.name, run);
    // Five are through, two are under way.
    crm.received(7).await;
    let server = server.kill().await.restart().await;
    gate.open();
    assert_eq!(server.request(request.clone()).await.name, run);
    let over = server.until_over(&run).await;
    assert_eq!(over.state(), State::Completed);
    assert_eq!((over.total, over.succeeded), (40, 40));
    assert_eq!(
        server.request(request.clone()).await.name,
        run,
        "it is over"
    );

    let other = RequestCampaignRequest {
        lead_filter: "Id = 1".to_owned(),
        all_leads: false,
        ..request
    };
    let fault = server
        .try_request(other)
        .await
        .expect_err("another payload");
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::InvalidArgument, "REQUEST_ID_REUSED")
    );

    // Each lead was called for once, by its key; what was under way when the server died was sent again under it.
    let calls = server.list_calls("").await;
    assert_eq!(calls.len(), LEADS);
    let of_calls: BTreeSet<_> = calls.iter().map(|it| it.idempotency_key.clone()).collect();
    let requests = crm.requests();
    let sent: BTreeSet<_> = requests
        .iter()
        .map(|it| it.header("Idempotency-Key").expect("a key"))
        .collect();
    assert_eq!(sent, of_calls);
    let again = requests.len() - LEADS;
    assert!(
        (2..=4).contains(&again),
        "the two calls under way, and those whose record was not yet durable: {again}"
    );
}

/// One lead is held up in the flow, and deleted there.
#[tokio::test]
async fn r_lead_6_a_lead_deleted_in_mid_run_is_skipped_and_nothing_is_left_of_it() {
    const SECRET: &str = "forget-me@example.com";
    let first = Target::start(Answer::json("{}")).await;
    let second = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    for (id, target) in [("first", &first), ("second", &second)] {
        let webhook = make::json_webhook(&target.url("/"), "{{lead.Email Address}}", &[]);
        server.create_webhook(id, webhook).await;
    }
    let steps = vec![
        flow::step(flow::call("first")),
        flow::step_if("City = Nowhere", flow::wait(3_600_000)),
        flow::step(flow::call("second")),
    ];
    server.create_campaign("sync", flow::requested(steps)).await;
    server
        .upsert([
            make::lead([("Email", "ada@example.com"), ("City", "London")]),
            make::lead([("Email", SECRET), ("City", "Nowhere")]),
            make::lead([("Email", "grace@example.com"), ("City", "Boston")]),
        ])
        .await;
    let run = server.request_all("sync").await.name;
    server
        .until(&run, |run| run.succeeded == 2 && run.waiting == 1)
        .await;
    assert!(is_in(server.data(), SECRET), "it would be found");
    let call = server.list_calls("lead = leads/2").await.remove(0).name;

    let name = "leads/2".to_owned();
    let deleted = server.leads().delete_lead(DeleteLeadRequest { name }).await;
    deleted.expect("it is there");
    let over = server.until_over(&run).await;
    assert_eq!(over.state(), State::Completed);
    assert_eq!(
        (
            over.total,
            over.done,
            over.succeeded,
            over.failed,
            over.skipped
        ),
        (3, 3, 2, 0, 1)
    );
    assert_eq!(over.codes.into_iter().collect::<Vec<_>>(), [(200, 5)]);
    assert_eq!((first.requests().len(), second.requests().len()), (3, 2));

    let name = "leads/2".to_owned();
    let fields = Vec::new();
    let gone = server
        .leads()
        .get_lead(GetLeadRequest { name, fields })
        .await;
    assert_eq!(gone.expect_err("it is gone").code(), Code::NotFound);
    let activities = ListActivitiesRequest {
        lead: "leads/2".to_owned(),
        ..ListActivitiesRequest::default()
    };
    let gone = server.calls().list_activities(activities).await;
    assert_eq!(gone.expect_err("they are gone").code(), Code::NotFound);
    let call = server.get_call(&call).await;
    assert_eq!(
        (call.response_code, call.request, call.response.len()),
        (200, None, 0)
    );
    let (_, stopped) = server.stop().await;
    assert!(!is_in(stopped.data(), SECRET), "something of it is left");
}

/// The lead is deleted while a service is asked about it: the call is counted, what the service says about the lead is kept nowhere.
#[tokio::test]
async fn r_cmp_9_a_lead_deleted_during_its_call_is_skipped() {
    const SECRET: &str = "forget-me@example.com";
    let gate = Gate::default();
    let answer = Answer::json(&format!(r#"{{"title": "{SECRET}"}}"#));
    let people = Target::start(answer.behind(&gate)).await;
    let server = Server::start().await;
    let title = [("title", "Title")];
    let webhook = make::json_webhook(&people.url("/"), "{{lead.Email Address}}", &title);
    server.create_webhook("enrich", webhook).await;
    let steps = vec![
        flow::step(flow::call("enrich")),
        flow::step(flow::change("City", "Oslo")),
        flow::step(flow::call("enrich")),
    ];
    server.create_campaign("sync", flow::requested(steps)).await;
    server.upsert([make::lead([("Email", SECRET)])]).await;
    let run = server.request_all("sync").await.name;
    people.received(1).await;
    let name = "leads/1".to_owned();
    let deleted = server.leads().delete_lead(DeleteLeadRequest { name }).await;
    deleted.expect("it is there");
    gate.open();
    let over = server.until_over(&run).await;
    assert_eq!((over.total, over.done, over.skipped), (1, 1, 1), "{over:?}");
    assert_eq!(people.requests().len(), 1);
    for call in server.list_calls("").await {
        let call = server.get_call(&call.name).await;
        assert_eq!(
            (call.request, call.response.len(), call.field_changes.len()),
            (None, 0, 0)
        );
    }
    let (_, stopped) = server.stop().await;
    assert!(!is_in(stopped.data(), SECRET), "something of it is left");
}

/// The lead came in by a trigger, its call failed and is to be tried again: there is nobody left to try it for.
#[tokio::test]
async fn r_cmp_6_a_lead_deleted_between_two_attempts_leaves_the_flow() {
    const SECRET: &str = "forget-me@example.com";
    let crm = Target::start(Answer::status(503, "Service Unavailable", SECRET)).await;
    let server = Server::start().await;
    let mut webhook = make::json_webhook(&crm.url("/"), "{{lead.Email Address}}", &[]);
    webhook.retry_policy = Some(RetryPolicy {
        max_attempts: 3,
        initial_backoff: Some(make::milliseconds(3_600_000)),
        max_backoff: Some(make::milliseconds(3_600_000)),
        ..RetryPolicy::default()
    });
    server.create_webhook("crm", webhook).await;
    let steps = vec![flow::step(flow::call("crm")), flow::step(flow::call("crm"))];
    let campaign = flow::campaign([flow::person_is_created()], steps);
    server.create_campaign("sync", campaign).await;
    server.upsert([make::lead([("Email", SECRET)])]).await;
    crm.received(1).await;
    let name = "leads/1".to_owned();
    let deleted = server.leads().delete_lead(DeleteLeadRequest { name }).await;
    deleted.expect("it is there");
    let idle = DeactivateCampaignRequest {
        name: "campaigns/sync".to_owned(),
    };
    let idle = server.campaigns().deactivate_campaign(idle).await;
    idle.expect("it is there");
    let delete = DeleteCampaignRequest {
        name: "campaigns/sync".to_owned(),
    };
    let gone = server.campaigns().delete_campaign(delete).await;
    gone.expect("nobody is in its flow any more");
    let (_, stopped) = server.stop().await;
    assert!(!is_in(stopped.data(), SECRET), "something of it is left");
    assert_eq!(crm.requests().len(), 1);
}

/// Whether a text stands in any file of a directory.
fn is_in(directory: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(directory).expect("a directory");
    files.into_iter().any(|file| {
        let path = file.expect("a file").path();
        if path.is_dir() {
            return is_in(&path, text);
        }
        let bytes = std::fs::read(&path).expect("a file that can be read");
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}
