//! One webhook and one flow serve many programs, whose My Tokens make the difference (R-TOK-4, R-TOK-8).

use leadhook_proto::v1::{
    BatchUpsertMembersRequest, Campaign, GetCampaignRequest, GetProgramRequest, Member, MyToken,
    MyTokenType, Program, RequestCampaignRequest,
};
use leadhook_tests::{Answer, Received, Server, Target, flow, make};

use super::bodies;

fn request_for_all(campaign: &str, my_tokens: Vec<MyToken>) -> RequestCampaignRequest {
    RequestCampaignRequest {
        name: format!("campaigns/{campaign}"),
        all_leads: true,
        my_tokens,
        ..RequestCampaignRequest::default()
    }
}

/// A campaign in a program that calls the webhook `register` when it is requested.
fn registering(program: &str) -> Campaign {
    Campaign {
        program: format!("programs/{program}"),
        ..flow::requested(vec![flow::step(flow::call("register"))])
    }
}

async fn run(server: &Server, request: RequestCampaignRequest) {
    let run = server.request(request).await;
    let run = server.until_over(&run.name).await;
    assert_eq!((run.succeeded, run.done), (run.total, run.total), "{run:?}");
}

/// A webinar is cloned: everything stays, its flow too, but for one My Token. The answer and the members are each program's own.
#[tokio::test]
async fn r_tok_8_a_program_is_cloned_by_changing_one_my_token() {
    let webinars = Target::start(Answer::json(r#"{"ok": true}"#)).await;
    let server = Server::start().await;
    let payload = r#"{"id": {{my.Webinar Id}}, "host": {{my.Host}}, "who": {{lead.Email Address}}, "link": {{member.Link}}, "in": {{program.Name}}, "by": {{campaign.name}}}"#;
    let webhook = make::json_webhook(&webinars.url("/{{my.Webinar Id}}"), payload, &[]);
    server.create_webhook("register", webhook).await;
    let mut may = make::program("", &[("Webinar Id", "0815"), ("Host", "Ada")]);
    may.my_tokens[0].r#type = MyTokenType::Number.into();
    server.create_program("may", may).await;
    server
        .create_campaign("invite-may", registering("may"))
        .await;

    let name = "programs/may".to_owned();
    let may = server
        .programs()
        .get_program(GetProgramRequest { name })
        .await;
    let mut june = may.expect("it is there").into_inner();
    june.my_tokens[0].value = "4711".to_owned();
    let june = Program {
        display_name: "Webinar in June".to_owned(),
        ..june
    };
    server.create_program("june", june).await;
    let name = "campaigns/invite-may".to_owned();
    let invite = server
        .campaigns()
        .get_campaign(GetCampaignRequest { name })
        .await;
    let invite = Campaign {
        program: "programs/june".to_owned(),
        ..invite.expect("it is there").into_inner()
    };
    server.create_campaign("invite-june", invite).await;

    server
        .upsert([make::lead([("Email", "ada@example.com")])])
        .await;
    for (program, link) in [("programs/may", "m-1"), ("programs/june", "j-1")] {
        let member = Member {
            lead: "leads/1".to_owned(),
            fields: make::fields([("link", link)]),
        };
        let request = BatchUpsertMembersRequest {
            program: program.to_owned(),
            members: vec![member],
        };
        let upserted = server.programs().batch_upsert_members(request).await;
        upserted.expect("a member");
    }
    run(&server, request_for_all("invite-may", Vec::new())).await;
    run(&server, request_for_all("invite-june", Vec::new())).await;
    assert_eq!(
        bodies(&webinars),
        [
            r#"{"id": 4711, "host": "Ada", "who": "ada@example.com", "link": "j-1", "in": "Webinar in June", "by": "invite-june"}"#,
            r#"{"id": 815, "host": "Ada", "who": "ada@example.com", "link": "m-1", "in": "may", "by": "invite-may"}"#,
        ]
    );
    let paths: Vec<_> = webinars.requests().iter().map(Received::path).collect();
    assert_eq!(paths, ["/815", "/4711"]);
}

/// A region, a year, an event; a campaign in each calls the same webhook. A run's own My Tokens stand before all of them, for this run alone,
/// and outlive a crash.
#[tokio::test]
async fn r_tok_4_in_a_tree_three_deep_the_nearest_my_token_wins_and_before_it_that_of_the_run() {
    let events = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    let payload = r#"{"from": {{my.Sender}}, "budget": {{my.Budget}}, "hello": {{my.Greeting}}}"#;
    let webhook = make::json_webhook(&events.url("/"), payload, &[]);
    server.create_webhook("register", webhook).await;
    let greeting = "Dear {{lead.First Name:default=guest}}, yours {{my.Sender}}";
    let mut region = make::program(
        "",
        &[
            ("Sender", "EMEA"),
            ("Budget", "1000"),
            ("Greeting", greeting),
        ],
    );
    region.my_tokens[1].r#type = MyTokenType::Number.into();
    let mut year = make::program("programs/region", &[("budget", "250.50")]);
    year.my_tokens[0].r#type = MyTokenType::Number.into();
    let event = make::program("programs/year", &[("SENDER", "Team \"Spring\"")]);
    for (id, program) in [("region", region), ("year", year), ("event", event)] {
        server.create_program(id, program).await;
        server.create_campaign(id, registering(id)).await;
    }
    let late = Campaign {
        program: "programs/event".to_owned(),
        ..flow::requested(vec![
            flow::step(flow::wait(200)),
            flow::step(flow::change(
                "Lead Source",
                "{{my.Budget}} of {{my.Sender}}",
            )),
            flow::step(flow::call("register")),
        ])
    };
    server.create_campaign("late", late).await;
    server
        .upsert([make::lead([
            ("Email", "zo@example.com"),
            ("First Name", "Zo"),
        ])])
        .await;

    let own = || {
        vec![
            make::my_token("sender", "Run"),
            make::my_token("Budget", "007"),
        ]
    };
    for campaign in ["region", "year", "event"] {
        run(&server, request_for_all(campaign, Vec::new())).await;
    }
    run(&server, request_for_all("event", own())).await;
    run(&server, request_for_all("event", Vec::new())).await;
    let begun = server.request(request_for_all("late", own())).await;
    let server = server.kill().await.restart().await;
    let over = server.until_over(&begun.name).await;
    assert_eq!((over.total, over.succeeded), (1, 1), "{over:?}");

    let event = r#"{"from": "Team \"Spring\"", "budget": 250.5, "hello": "Dear Zo, yours Team \"Spring\""}"#;
    let of_run = r#"{"from": "Run", "budget": 7, "hello": "Dear Zo, yours Run"}"#;
    let sent: Vec<_> = events.requests().iter().map(Received::text).collect();
    assert_eq!(
        sent,
        [
            r#"{"from": "EMEA", "budget": 1000, "hello": "Dear Zo, yours EMEA"}"#,
            r#"{"from": "EMEA", "budget": 250.5, "hello": "Dear Zo, yours EMEA"}"#,
            event,
            of_run,
            event,
            of_run,
        ]
    );
    let [source] = server.fields("leads/1", ["LeadSource"]).await;
    assert_eq!(source, Some(make::value("7 of Run")));
}
