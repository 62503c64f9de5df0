//! Runs: a campaign requested for many leads (R-CMP-1, -6, -8, -9, -11, R-CALL-2).

use std::collections::HashSet;

use leadhook_proto::v1::run::State;
use leadhook_proto::v1::{
    Call, CallContext, CallWebhookRequest, Campaign, CampaignType, DeactivateCampaignRequest,
    DeleteLeadRequest, ListActivitiesRequest, ListRunsRequest, Qualification,
    RequestCampaignRequest, RetryPolicy, Run, Webhook, qualification::Rule,
};
use leadhook_tests::{Answer, Fault, Gate, Received, Server, Target, flow, make};
use tonic::Code;

const PAYLOAD: &str = r#"{"email": {{lead.Email Address}}, "campaign": {{campaign.name}}}"#;

pub(super) async fn people(server: &Server, count: usize) {
    let leads = (1..=count).map(|n| make::lead([("Email", format!("{n}@example.com"))]));
    server.upsert(leads).await;
}

pub(super) fn enriching(target: &Target) -> Webhook {
    make::json_webhook(&target.url("/"), PAYLOAD, &[("title", "Job Title")])
}

/// So many leads, and the campaign `enrich-all` that calls the webhook `enrich` for each.
pub(super) async fn with_campaign(target: &Target, leads: usize) -> Server {
    let server = Server::start().await;
    server.create_webhook("enrich", enriching(target)).await;
    people(&server, leads).await;
    let campaign = flow::requested(vec![flow::step(flow::call("enrich"))]);
    server.create_campaign("enrich-all", campaign).await;
    server
}

fn of(campaign: &str) -> RequestCampaignRequest {
    RequestCampaignRequest {
        name: format!("campaigns/{campaign}"),
        ..RequestCampaignRequest::default()
    }
}

pub(super) fn named(campaign: &str, leads: &[&str]) -> RequestCampaignRequest {
    RequestCampaignRequest {
        leads: leads.iter().map(|lead| (*lead).to_owned()).collect(),
        ..of(campaign)
    }
}

fn filtered(campaign: &str, filter: &str) -> RequestCampaignRequest {
    RequestCampaignRequest {
        lead_filter: filter.to_owned(),
        ..of(campaign)
    }
}

fn facts(fault: &Fault) -> (Code, &str) {
    (fault.code, fault.reason.as_str())
}

/// The leads that calls were for, sorted.
pub(super) fn leads(calls: &[Call]) -> Vec<&str> {
    let mut leads: Vec<_> = calls.iter().map(|call| &*call.lead).collect();
    leads.sort_unstable();
    leads
}

pub(super) async fn calls_of(server: &Server, run: &Run) -> Vec<Call> {
    server.list_calls(&format!("run = {}", run.name)).await
}

#[tokio::test]
async fn r_fil_3_a_filter_of_runs_wants_whole_names_of_what_it_knows() {
    let server = Server::start().await;
    for (filter, advice) in [
        ("campaign = enrich", "did you mean \"campaigns/enrich\"?"),
        ("name = 1", "did you mean \"runs/1\"?"),
        ("stat = RUNNING", "did you mean `state`?"),
    ] {
        let request = ListRunsRequest {
            filter: filter.to_owned(),
            ..ListRunsRequest::default()
        };
        let listed = server.campaigns().list_runs(request).await;
        let fault = Fault::of(&listed.expect_err("it should be refused"));
        assert_eq!(facts(&fault), (Code::InvalidArgument, "INVALID_FILTER"));
        assert!(fault.message.ends_with(advice), "{}", fault.message);
    }
}

/// No campaign was ever requested with success.
async fn no_run(server: &Server) {
    let request = ListRunsRequest::default();
    let listed = server.campaigns().list_runs(request).await;
    assert_eq!(listed.expect("a list").into_inner().runs, []);
}

#[tokio::test]
async fn r_cmp_9_a_run_calls_the_webhook_once_for_each_lead_and_counts_by_code() {
    let target = Target::start(Answer::json(r#"{"title": "CTO"}"#)).await;
    let server = with_campaign(&target, 250).await;
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
    let calls = calls_of(&server, &run).await;
    assert_eq!(calls[0].campaign, "campaigns/enrich-all");
    assert_eq!(calls[0].run, run.name);
}

#[tokio::test]
async fn r_cmp_1_leads_are_named_or_chosen_by_a_filter_or_all_of_them() {
    let target = Target::start(Answer::json("{}")).await;
    let server = with_campaign(&target, 12).await;
    let all = RequestCampaignRequest {
        all_leads: true,
        ..of("enrich-all")
    };
    for (request, expected) in [
        (
            named("enrich-all", &["leads/7", "leads/3"]),
            vec!["leads/3", "leads/7"],
        ),
        // A lead that is named twice is one lead.
        (
            named("enrich-all", &["leads/3", "leads/3"]),
            vec!["leads/3"],
        ),
        (
            filtered("enrich-all", "\"Email Address\":\"1@\""),
            vec!["leads/1", "leads/11"],
        ),
        (filtered("enrich-all", "City = Oslo"), vec![]),
        (
            filtered(
                "enrich-all",
                "NOT called_webhook(webhook = webhooks/enrich)",
            ),
            vec![
                "leads/10", "leads/12", "leads/2", "leads/4", "leads/5", "leads/6", "leads/8",
                "leads/9",
            ],
        ),
    ] {
        let run = server.try_request(request.clone()).await.expect("a run");
        let over = server.until_over(&run.name).await;
        let total = i64::try_from(expected.len()).expect("a few");
        assert_eq!((over.total, over.succeeded), (total, total), "{request:?}");
        assert_eq!(over.state(), State::Completed);
        assert_eq!(leads(&calls_of(&server, &run).await), expected);
    }
    let run = server.try_request(all).await.expect("a run");
    assert_eq!(server.until_over(&run.name).await.succeeded, 12);
}

#[tokio::test]
async fn r_cmp_1_what_cannot_be_requested_is_told() {
    let target = Target::start(Answer::json("{}")).await;
    let server = with_campaign(&target, 1).await;
    let step = || vec![flow::step(flow::call("enrich"))];
    let on_new = flow::campaign([flow::person_is_created()], step());
    server.create_campaign("on-new", on_new).await;
    server
        .create_campaign("idle", flow::requested(step()))
        .await;
    let name = "campaigns/idle".to_owned();
    let idle = server.campaigns();
    idle.clone()
        .deactivate_campaign(DeactivateCampaignRequest { name })
        .await
        .expect("it is there");

    for campaign in ["on-new", "idle"] {
        let fault = server.try_request(named(campaign, &["leads/1"])).await;
        let fault = fault.expect_err("it takes no requests");
        let expected = (Code::FailedPrecondition, "CAMPAIGN_NOT_REQUESTABLE");
        assert_eq!(facts(&fault), expected, "{campaign}");
        assert_eq!(fault.resource, format!("campaigns/{campaign}"));
    }
    let fault = server.try_request(named("enrich-alll", &["leads/1"])).await;
    let fault = fault.expect_err("there is none of that name");
    assert_eq!(facts(&fault), (Code::NotFound, "CAMPAIGN_NOT_FOUND"));
    let near = "does not exist; did you mean `campaigns/enrich-all`?";
    assert!(fault.message.ends_with(near), "{}", fault.message);

    let unknown = named("enrich-all", &["leads/1", "leads/2", "leads/3"]);
    let fault = server
        .try_request(unknown)
        .await
        .expect_err("unknown leads");
    assert_eq!(fault.code, Code::InvalidArgument);
    assert_eq!(fault.fields(), ["leads[1]", "leads[2]"]);
    let misspelt = named("enrich-all", &["leads/1", "lead/1"]);
    let fault = server.try_request(misspelt).await.expect_err("not a name");
    assert_eq!(fault.fields(), ["leads[1]"]);

    let two_ways = RequestCampaignRequest {
        all_leads: true,
        ..named("enrich-all", &["leads/1"])
    };
    let other_two = RequestCampaignRequest {
        all_leads: true,
        ..filtered("enrich-all", "City = Oslo")
    };
    for request in [of("enrich-all"), two_ways, other_two] {
        let fault = server.try_request(request.clone()).await;
        let fault = fault.expect_err("one way is asked for");
        let expected = (Code::InvalidArgument, "INVALID_REQUEST");
        assert_eq!(facts(&fault), expected, "{request:?}");
        assert_eq!(fault.fields(), ["leads"], "{request:?}");
    }
    let many = vec!["leads/1"; 10_001];
    let fault = server.try_request(named("enrich-all", &many)).await;
    let fault = fault.expect_err("at most 10,000");
    assert!(
        fault.violation("leads").contains("lead_filter"),
        "{fault:?}"
    );
    no_run(&server).await;
    assert_eq!(target.requests(), []);
}

#[tokio::test]
async fn r_fil_1_a_filter_that_cannot_be_read_is_refused_with_its_place_and_the_limit() {
    let target = Target::start(Answer::json("{}")).await;
    let server = with_campaign(&target, 1).await;
    let long = format!("City = Oslo{}", " ".repeat(100_000));
    let deep = format!("{}City = Oslo{}", "(".repeat(60), ")".repeat(60));
    for (filter, told) in [
        (&*long, "65536"),
        (&deep, "50"),
        ("City = Oslo AND\nEmial = x", "line 2, column 1"),
        ("Emial = x", "Email"),
        ("City = Oslo AND City = Rome OR City = Bonn", "parentheses"),
        ("\"Annual Revenue\" > many", "many"),
        (
            "called_webhook(webhook = webhooks/enrihc)",
            "webhooks/enrich",
        ),
    ] {
        let fault = server.try_request(filtered("enrich-all", filter)).await;
        let fault = fault.expect_err("it should be refused");
        let expected = (Code::InvalidArgument, "INVALID_FILTER");
        assert_eq!(facts(&fault), expected, "{told}");
        let violation = fault.violation("lead_filter");
        assert!(violation.contains(told), "{told}: {violation}");
    }
    no_run(&server).await;
}

#[tokio::test]
async fn r_call_2_a_batch_campaign_sends_nothing_and_records_every_call_with_1000() {
    let target = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    let retried = Webhook {
        retry_policy: Some(RetryPolicy::default()),
        ..enriching(&target)
    };
    server.create_webhook("enrich", retried).await;
    people(&server, 30).await;
    let batch = Campaign {
        r#type: CampaignType::Batch.into(),
        triggers: vec![],
        ..flow::requested(vec![
            flow::step(flow::call("enrich")),
            flow::step(flow::change("City", "Oslo")),
        ])
    };
    server.create_campaign("newsletter", batch).await;
    // Nothing is sent, so a pause does not hold it.
    server.pause("enrich").await;
    let run = server.request_all("newsletter").await;
    let over = server.until_over(&run.name).await;
    assert_eq!(over.state(), State::Completed);
    assert_eq!((over.total, over.failed, over.succeeded), (30, 30, 0));
    assert_eq!(over.codes.into_iter().collect::<Vec<_>>(), [(1000, 30)]);
    for call in calls_of(&server, &run).await {
        let facts = (call.response_code, &*call.error_type, call.succeeded);
        assert_eq!(facts, (1000, "BATCH_CAMPAIGN", false));
        assert_eq!((call.attempts.len(), call.request), (0, None));
        assert_eq!(call.campaign, "campaigns/newsletter");
        let lead = server.get_lead(&call.lead).await;
        assert_eq!(lead.fields["City"], make::value("Oslo"), "the flow goes on");
    }

    server.resume("enrich").await;
    let context = CallContext {
        campaign: "campaigns/newsletter".to_owned(),
        ..CallContext::default()
    };
    for subject in [make::stored("leads/1"), make::nobody()] {
        let request = CallWebhookRequest {
            webhook: "webhooks/enrich".to_owned(),
            subject: Some(subject),
            context: Some(context.clone()),
            ..CallWebhookRequest::default()
        };
        let call = server.calls().call_webhook(request).await;
        let call = call.expect("a call").into_inner();
        assert_eq!(
            (call.response_code, &*call.error_type),
            (1000, "BATCH_CAMPAIGN")
        );
        assert_eq!(server.get_call(&call.name).await, call);
    }
    assert_eq!(target.requests(), []);
}

#[tokio::test]
async fn r_cmp_8_a_lead_that_does_not_qualify_is_skipped_and_counted() {
    let target = Target::start(Answer::json("{}")).await;
    let server = with_campaign(&target, 5).await;
    let given = |rule| Campaign {
        qualification: Some(Qualification { rule: Some(rule) }),
        ..flow::requested(vec![flow::step(flow::call("enrich"))])
    };
    let hour = make::milliseconds(3_600_000);
    for (id, rule, again) in [
        ("every-time", Rule::EveryTime(()), (7, 0)),
        ("once", Rule::Once(()), (2, 5)),
        ("hourly", Rule::OncePer(hour), (2, 5)),
        ("at-once", Rule::OncePer(make::milliseconds(1)), (7, 0)),
    ] {
        server.create_campaign(id, given(rule)).await;
        let of_five = filtered(id, "NOT City = Oslo");
        let run = server.try_request(of_five).await.expect("a run");
        let over = server.until_over(&run.name).await;
        assert_eq!((over.succeeded, over.skipped), (5, 0), "{id}");
        let server = &server;
        let new = ["a", "b"].map(|name| make::lead([("Email", name), ("City", "Oslo")]));
        server.upsert(new).await;
        let run = server.request_all(id).await;
        let over = server.until_over(&run.name).await;
        assert_eq!(over.state(), State::Completed);
        assert_eq!((over.succeeded, over.skipped), again, "{id}");
        assert_eq!((over.total, over.done), (7, 7), "{id}");
        for lead in server.find_leads("City = Oslo").await.expect("a list") {
            let deleted = DeleteLeadRequest { name: lead };
            server
                .leads()
                .delete_lead(deleted)
                .await
                .expect("it is there");
        }
    }
}

#[tokio::test]
async fn r_cmp_11_a_text_that_does_not_fit_leaves_the_field_and_the_flow_goes_on() {
    let target = Target::start(Answer::json("{}")).await;
    let server = with_campaign(&target, 0).await;
    server
        .upsert([
            make::lead([("Email", "ada@example.com"), ("City", "42")]),
            make::lead([("Email", "bob@example.com"), ("City", "Oslo")]),
        ])
        .await;
    let steps = vec![
        flow::step(flow::change("Lead Score", "7")),
        flow::step(flow::change("Lead Score", "{{lead.City}}")),
        flow::step(flow::call("enrich")),
    ];
    server
        .create_campaign("score", flow::requested(steps))
        .await;
    let run = server.request_all("score").await;
    let over = server.until_over(&run.name).await;
    assert_eq!((over.succeeded, over.failed, over.done), (1, 1, 2));
    assert_eq!(over.codes.into_iter().collect::<Vec<_>>(), [(200, 2)]);
    for (lead, score) in [("leads/1", 42.0), ("leads/2", 7.0)] {
        let lead = server.get_lead(lead).await;
        assert_eq!(lead.fields["LeadScore"], make::value(score));
    }
    let request = ListActivitiesRequest {
        lead: "leads/2".to_owned(),
        filter: "attributes.Error:*".to_owned(),
        ..ListActivitiesRequest::default()
    };
    let told = server.calls().list_activities(request).await;
    let told = told.expect("a list").into_inner().activities;
    let [activity] = &told[..] else {
        panic!("{told:#?}");
    };
    assert_eq!(activity.r#type, "Change Data Value");
    assert_eq!(activity.attributes["Source"], "campaigns/score");
    assert_eq!(activity.attributes["New Value"], "Oslo");
    assert_eq!(activity.attributes["Field"], "LeadScore");
}

#[tokio::test]
async fn r_cmp_6_two_runs_of_one_campaign_over_the_same_leads_do_not_mind_each_other() {
    let gate = Gate::default();
    let target = Target::start(Answer::json("{}").behind(&gate)).await;
    let server = with_campaign(&target, 20).await;
    let runs = [
        server.request_all("enrich-all").await,
        server.request_all("enrich-all").await,
    ];
    target.received(40).await;
    gate.open();
    let mut keys = HashSet::new();
    for run in runs {
        let over = server.until_over(&run.name).await;
        assert_eq!((over.total, over.succeeded), (20, 20));
        let calls = calls_of(&server, &run).await;
        let unique: HashSet<_> = leads(&calls).into_iter().collect();
        assert_eq!((calls.len(), unique.len()), (20, 20));
        keys.extend(calls.into_iter().map(|call| call.idempotency_key));
    }
    assert_eq!(keys.len(), 40, "each has a key of its own");
    assert_eq!(target.requests().len(), 40);
}
