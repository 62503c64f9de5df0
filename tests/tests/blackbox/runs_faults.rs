//! What happens to runs and entries when the server dies, a webhook is paused, or something changes under them (R-CMP-6, R-CMP-9, R-CALL-12,
//! R-DEF-5, R-HDR-3): nothing is lost, nothing is done twice without its key.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant, SystemTime};

use leadhook_proto::v1::run::State;
use leadhook_proto::v1::{
    Campaign, CreateFieldRequest, CreateProgramRequest, DeactivateCampaignRequest,
    DeleteCampaignRequest, DeleteFieldRequest, DeleteProgramRequest, DeleteWebhookRequest, Field,
    FieldType, FlowStep, Limits, Program, Run, UpdateCampaignRequest, UpdateWebhookRequest,
    Webhook,
};
use leadhook_tests::{Answer, Fault, Gate, Received, Server, Target, eventually, flow, make};
use prost_types::FieldMask;
use tonic::Code;

use super::runs::{calls_of, enriching, leads, named, people, with_campaign};

/// Changes the flow of a campaign.
async fn update_flow(server: &Server, campaign: &str, flow: Vec<FlowStep>) {
    let request = UpdateCampaignRequest {
        campaign: Some(Campaign {
            name: format!("campaigns/{campaign}"),
            flow,
            ..Campaign::default()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["flow".to_owned()],
        }),
        allow_missing: false,
    };
    let updated = server.campaigns().update_campaign(request).await;
    updated.expect("the flow is saved");
}

async fn delete_webhook(server: &Server, id: &str) -> Result<(), Fault> {
    let request = DeleteWebhookRequest {
        name: format!("webhooks/{id}"),
        ..DeleteWebhookRequest::default()
    };
    let deleted = server.webhooks().delete_webhook(request).await;
    deleted.map(drop).map_err(|status| Fault::of(&status))
}

async fn delete_campaign(server: &Server, id: &str) -> Result<(), Fault> {
    let name = format!("campaigns/{id}");
    let request = DeleteCampaignRequest { name };
    let deleted = server.campaigns().delete_campaign(request).await;
    deleted.map(drop).map_err(|status| Fault::of(&status))
}

async fn delete_field(server: &Server, id: &str) -> Result<(), Fault> {
    let name = format!("fields/{id}");
    let deleted = server
        .leads()
        .delete_field(DeleteFieldRequest { name })
        .await;
    deleted.map(drop).map_err(|status| Fault::of(&status))
}

fn in_use(answer: Result<(), Fault>, users: &str) {
    let fault = answer.expect_err("it is in use");
    assert_eq!(
        (fault.code, &*fault.reason),
        (Code::FailedPrecondition, "IN_USE")
    );
    let told = fault.metadata.get("users").map_or("", String::as_str);
    assert_eq!(told, users, "{fault:?}");
}

/// The number of leads that have this city.
async fn in_city(server: &Server, city: &str) -> usize {
    let found = server.find_leads(&format!("City = {city}")).await;
    found.expect("a list").len()
}

/// What the service was asked: path and body.
fn asked(request: &Received) -> (String, String) {
    (request.path(), request.text())
}

/// Keys that one and the same question came with.
fn keys(requests: &[Received]) -> HashMap<(String, String), HashSet<String>> {
    let mut keys: HashMap<_, HashSet<_>> = HashMap::new();
    for request in requests {
        let key = request.header("Idempotency-Key").expect("each has one");
        keys.entry(asked(request)).or_default().insert(key);
    }
    keys
}

#[tokio::test]
async fn r_hdr_3_a_run_that_is_killed_again_and_again_calls_for_each_lead_once() {
    const LEADS: usize = 300;
    let target = Target::start(Answer::json("{}")).await;
    let mut server = Server::start().await;
    for id in ["a", "b"] {
        let payload = r#"{"email": {{lead.Email Address}}, "city": {{lead.City}}}"#;
        let webhook = make::json_webhook(&target.url(&format!("/{id}")), payload, &[]);
        server.create_webhook(id, webhook).await;
    }
    people(&server, LEADS).await;
    let steps = vec![
        flow::step(flow::call("a")),
        flow::step(flow::change("City", "Oslo")),
        flow::step(flow::call("b")),
    ];
    server.create_campaign("both", flow::requested(steps)).await;
    let run = server.request_all("both").await;

    for round in 1..=5 {
        // Some calls are answered, then all hang: what is not on record when the server dies was in flight.
        target.received(round * 100).await;
        let hang = Gate::default();
        target.answer(Answer::json("{}").behind(&hang));
        let sent = target.requests().len();
        target.received((sent + 20).min(2 * LEADS)).await;
        let stopped = server.kill().await;
        let before = target.requests().len();
        server = stopped.restart().await;
        let recorded: HashSet<_> = calls_of(&server, &run)
            .await
            .into_iter()
            .map(|call| call.idempotency_key)
            .collect();
        target.received(before + 1).await;
        target.answer(Answer::json("{}"));
        hang.open();
        for again in &target.requests()[before..] {
            let key = again.header("Idempotency-Key").expect("each has one");
            assert!(!recorded.contains(&key), "{:?} was on record", asked(again));
        }
    }
    let over = server.until_over(&run.name).await;
    assert_eq!((over.total, over.succeeded, over.done), (300, 300, 300));
    assert_eq!(over.codes.into_iter().collect::<Vec<_>>(), [(200, 600)]);

    let calls = calls_of(&server, &run).await;
    let unique: HashSet<_> = calls.iter().map(|it| (&it.lead, &it.webhook)).collect();
    assert_eq!((calls.len(), unique.len()), (2 * LEADS, 2 * LEADS));
    let keys = keys(&target.requests());
    // A second question with another body would be a step that did not see what the step before it had written.
    assert_eq!(keys.len(), 2 * LEADS);
    assert!(keys.values().all(|keys| keys.len() == 1));
    let of_calls: HashSet<_> = calls.iter().map(|it| &it.idempotency_key).collect();
    assert_eq!(of_calls, keys.values().flatten().collect());
}

#[tokio::test]
async fn r_cmp_6_a_wait_that_ends_while_the_server_is_down_goes_on_at_once() {
    const WAIT: Duration = Duration::from_secs(3);
    let target = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    server.create_webhook("enrich", enriching(&target)).await;
    people(&server, 10).await;
    let steps = vec![
        flow::step(flow::change("City", "Oslo")),
        flow::step(flow::wait(3_000)),
        flow::step(flow::call("enrich")),
    ];
    server
        .create_campaign("later", flow::requested(steps))
        .await;
    let run = server.request_all("later").await;
    server.until(&run.name, |run| run.waiting == 10).await;
    let ended = SystemTime::now() + WAIT;
    let stopped = server.kill().await;
    // The one thing that this test waits for is time itself.
    eventually(async || SystemTime::now(), |now| *now > ended).await;
    assert_eq!(target.requests(), [], "none of it without a server");
    let began = Instant::now();
    let server = stopped.restart().await;
    let over = server.until_over(&run.name).await;
    assert!(began.elapsed() < WAIT, "{:?}", began.elapsed());
    assert_eq!((over.succeeded, over.waiting), (10, 0));
    assert_eq!(target.requests().len(), 10);
}

#[tokio::test]
async fn r_call_12_runs_and_entries_wait_while_a_webhook_is_paused_also_across_a_restart() {
    let target = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    server.create_webhook("enrich", enriching(&target)).await;
    let at_once = || vec![flow::step(flow::call("enrich"))];
    let mut later = at_once();
    later.insert(0, flow::step(flow::change("City", "Oslo")));
    let on_new = flow::campaign([flow::person_is_created()], at_once());
    server.create_campaign("on-new", on_new).await;
    server
        .create_campaign("one", flow::requested(at_once()))
        .await;
    server.create_campaign("two", flow::requested(later)).await;
    server.pause("enrich").await;
    people(&server, 10).await;
    let one = server.request_all("one").await;
    let two = server.request_all("two").await;
    let is_held = |run: &Run| run.waiting == 10;
    for run in [&one, &two] {
        let held = server.until(&run.name, is_held).await;
        assert_eq!((held.state(), held.done), (State::Running, 0));
        assert_eq!(held.in_flight, 0);
        assert_eq!(server.get_run(&run.name).await, held);
    }
    let server = server.kill().await.restart().await;
    for run in [&one, &two] {
        server.until(&run.name, is_held).await;
    }
    assert_eq!(target.requests(), []);
    server.resume("enrich").await;
    for run in [&one, &two] {
        let over = server.until_over(&run.name).await;
        assert_eq!((over.succeeded, over.waiting), (10, 0));
    }
    target.received(30).await;
    // What triggers let in belongs to no run.
    let calls = loop {
        let calls = server.list_calls("campaign = campaigns/on-new").await;
        if calls.len() == 10 {
            break calls;
        }
        tokio::task::yield_now().await;
    };
    assert!(calls.iter().all(|call| call.run.is_empty()));
    assert_eq!(target.requests().len(), 30);
}

#[tokio::test]
async fn r_cmp_6_deactivating_stops_new_entries_and_those_inside_go_on() {
    let gate = Gate::default();
    let target = Target::start(Answer::json("{}").behind(&gate)).await;
    let server = Server::start().await;
    server.create_webhook("enrich", enriching(&target)).await;
    people(&server, 10).await;
    let steps = vec![
        flow::step(flow::call("enrich")),
        flow::step(flow::change("City", "Oslo")),
    ];
    server.create_campaign("move", flow::requested(steps)).await;
    let run = server.request_all("move").await;
    target.received(10).await;
    let name = "campaigns/move".to_owned();
    let request = DeactivateCampaignRequest { name };
    let idle = server.campaigns().deactivate_campaign(request).await;
    assert!(!idle.expect("it is there").into_inner().active);
    let fault = server.try_request(named("move", &["leads/1"])).await;
    let fault = fault.expect_err("it is not active");
    assert_eq!(fault.reason, "CAMPAIGN_NOT_REQUESTABLE");
    let server = server.kill().await.restart().await;
    gate.open();
    let over = server.until_over(&run.name).await;
    assert_eq!((over.succeeded, over.total), (10, 10));
    assert_eq!(in_city(&server, "Oslo").await, 10);
}

#[tokio::test]
async fn r_def_5_a_changed_webhook_holds_for_calls_that_are_not_yet_rendered() {
    let gate = Gate::default();
    let target = Target::start(Answer::json("{}").behind(&gate)).await;
    let server = Server::start().await;
    let webhook = Webhook {
        limits: Some(Limits {
            max_concurrency: 1,
            ..Limits::default()
        }),
        ..make::json_webhook(&target.url("/old"), "{}", &[])
    };
    server.create_webhook("enrich", webhook.clone()).await;
    people(&server, 10).await;
    let steps = vec![flow::step(flow::call("enrich"))];
    server.create_campaign("all", flow::requested(steps)).await;
    let run = server.request_all("all").await;
    target.received(1).await;
    server.until(&run.name, |run| run.waiting == 9).await;
    let request = UpdateWebhookRequest {
        webhook: Some(Webhook {
            name: "webhooks/enrich".to_owned(),
            url: target.url("/new"),
            ..webhook
        }),
        ..UpdateWebhookRequest::default()
    };
    server
        .webhooks()
        .update_webhook(request)
        .await
        .expect("it is saved");
    gate.open();
    let over = server.until_over(&run.name).await;
    assert_eq!(over.succeeded, 10);
    let paths: Vec<_> = target.requests().iter().map(Received::path).collect();
    assert_eq!(paths[0], "/old");
    assert_eq!(paths[1..], ["/new"; 9]);
}

#[tokio::test]
async fn r_def_5_what_a_run_uses_is_not_deleted_before_it_is_over() {
    let gate = Gate::default();
    let target = Target::start(Answer::json("{}").behind(&gate)).await;
    let server = Server::start().await;
    server.create_webhook("enrich", enriching(&target)).await;
    people(&server, 3).await;
    let request = CreateProgramRequest {
        program: Some(Program::default()),
        program_id: "fair".to_owned(),
    };
    server
        .programs()
        .create_program(request)
        .await
        .expect("it is saved");
    let campaign = Campaign {
        program: "programs/fair".to_owned(),
        ..flow::requested(vec![flow::step(flow::call("enrich"))])
    };
    server.create_campaign("guests", campaign).await;
    let delete_program = async || {
        let name = "programs/fair".to_owned();
        let request = DeleteProgramRequest { name };
        let deleted = server.programs().delete_program(request).await;
        deleted.map(drop).map_err(|status| Fault::of(&status))
    };
    let run = server.request_all("guests").await;
    target.received(3).await;
    in_use(delete_webhook(&server, "enrich").await, "campaigns/guests");
    in_use(delete_program().await, "campaigns/guests");
    in_use(delete_campaign(&server, "guests").await, "");
    gate.open();
    assert_eq!(server.until_over(&run.name).await.succeeded, 3);
    assert_eq!(delete_campaign(&server, "guests").await, Ok(()));
    assert_eq!(delete_webhook(&server, "enrich").await, Ok(()));
    assert_eq!(delete_program().await, Ok(()));
    let kept = server.get_run(&run.name).await;
    assert_eq!(kept.campaign, "campaigns/guests", "its runs stay");
    assert_eq!(leads(&calls_of(&server, &run).await).len(), 3);
}

#[tokio::test]
async fn r_cmp_6_entries_keep_the_flow_with_which_they_began() {
    let gate = Gate::default();
    let target = Target::start(Answer::json("{}").behind(&gate)).await;
    let server = Server::start().await;
    server.create_webhook("enrich", enriching(&target)).await;
    people(&server, 10).await;
    let steps = vec![
        flow::step(flow::call("enrich")),
        flow::step(flow::change("City", "Oslo")),
    ];
    server.create_campaign("move", flow::requested(steps)).await;
    let run = server.request_all("move").await;
    target.received(10).await;
    update_flow(
        &server,
        "move",
        vec![flow::step(flow::change("City", "Rome"))],
    )
    .await;
    let server = server.kill().await.restart().await;
    gate.open();
    let over = server.until_over(&run.name).await;
    assert_eq!((over.succeeded, &over.codes[&200]), (10, &10));
    assert_eq!(in_city(&server, "Oslo").await, 10);
    let new = server.request_all("move").await;
    let over = server.until_over(&new.name).await;
    assert_eq!((over.succeeded, over.codes.len()), (10, 0));
    assert_eq!(in_city(&server, "Rome").await, 10);
}

#[tokio::test]
async fn r_def_5_a_choice_on_a_field_that_is_gone_fails_its_step_alone() {
    let gate = Gate::default();
    let target = Target::start(Answer::json("{}").behind(&gate)).await;
    let server = with_campaign(&target, 10).await;
    let field = Field {
        display_name: "Rank".to_owned(),
        r#type: FieldType::String.into(),
        ..Field::default()
    };
    let request = CreateFieldRequest {
        field: Some(field),
        field_id: "Rank".to_owned(),
    };
    server.leads().create_field(request).await.expect("saved");
    server.create_webhook("held", enriching(&target)).await;
    server.pause("held").await;
    let by_rank = |default| {
        let mut step = flow::step_if("Rank = low", flow::change("City", "Rome"));
        step.default_action = flow::step(default).default_action;
        step
    };
    // One run comes to the choice later, the other stands before its action.
    let late = vec![
        flow::step(flow::call("enrich")),
        by_rank(flow::change("City", "Bonn")),
        flow::step(flow::change("Country", "Norway")),
    ];
    let held = vec![
        by_rank(flow::call("held")),
        flow::step(flow::change("State", "Oslo")),
    ];
    server.create_campaign("late", flow::requested(late)).await;
    server.create_campaign("held", flow::requested(held)).await;
    let late = server.request_all("late").await;
    let held = server.request_all("held").await;
    target.received(10).await;
    server.until(&held.name, |run| run.waiting == 10).await;
    let users = "campaigns/late,campaigns/held";
    in_use(delete_field(&server, "Rank").await, users);
    for campaign in ["late", "held"] {
        update_flow(&server, campaign, vec![flow::step(flow::remove())]).await;
    }
    assert_eq!(delete_field(&server, "Rank").await, Ok(()));
    gate.open();
    server.resume("held").await;
    for run in [late, held] {
        let over = server.until_over(&run.name).await;
        assert_eq!((over.succeeded, over.failed, over.done), (0, 10, 10));
    }
    for (filter, count) in [
        ("City:*", 0), // which one is right is not known
        ("Country = Norway", 10),
        ("State = Oslo", 10),
    ] {
        let found = server.find_leads(filter).await;
        assert_eq!(found.expect("a list").len(), count, "{filter}");
    }
    assert_eq!(target.requests().len(), 10);
}

#[tokio::test]
async fn r_def_5_what_a_deleted_webhook_held_back_fails_that_step_and_goes_on() {
    let target = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    server.create_webhook("enrich", enriching(&target)).await;
    let steps = |first| {
        vec![
            flow::step(first),
            flow::step(flow::call("enrich")),
            flow::step(flow::change("Country", "Norway")),
        ]
    };
    let on_new = flow::campaign(
        [flow::person_is_created()],
        steps(flow::change("City", "Oslo")),
    );
    server.create_campaign("on-new", on_new).await;
    let mut called = steps(flow::change("City", "Oslo"));
    called.remove(0);
    server.create_campaign("all", flow::requested(called)).await;
    server.pause("enrich").await;
    people(&server, 5).await;
    let run = server.request_all("all").await;
    server.until(&run.name, |run| run.waiting == 5).await;
    for campaign in ["all", "on-new"] {
        update_flow(&server, campaign, vec![flow::step(flow::remove())]).await;
    }
    assert_eq!(delete_webhook(&server, "enrich").await, Ok(()));
    let over = server.until_over(&run.name).await;
    assert_eq!((over.succeeded, over.failed), (0, 5));
    // The campaign that new leads enter is free once nobody is inside any more.
    let began = Instant::now();
    while let Err(fault) = delete_campaign(&server, "on-new").await {
        assert_eq!(fault.reason, "IN_USE");
        assert!(began.elapsed() < Duration::from_secs(60), "{fault:?}");
    }
    assert_eq!(target.requests(), []);
}
