//! What one webhook does to another: nothing much. How much exactly is for the bench to say.

use std::time::{Duration, Instant};

use leadhook_proto::v1::{DataValueChanges, Limits, Webhook, string_constraint::Operator};
use leadhook_tests::{Answer, Received, Server, Target, flow, make};

use super::runs::{enriching, people};

/// A webhook of this name that calls a path of this name, with so many in flight at once, and a campaign for it.
async fn campaign(server: &Server, id: &str, target: &Target, max_concurrency: i32) {
    let webhook = Webhook {
        url: target.url(&format!("/{id}")),
        limits: Some(Limits {
            max_concurrency,
            ..Limits::default()
        }),
        ..enriching(target)
    };
    server.create_webhook(id, webhook).await;
    let steps = vec![flow::step(flow::call(id))];
    server.create_campaign(id, flow::requested(steps)).await;
}

#[tokio::test]
async fn two_runs_share_the_slots_of_the_server_turn_by_turn() {
    const LEADS: usize = 120;
    const SLOTS: usize = 4;
    let target = Target::start(Answer::json("{}")).await;
    let server = Server::options()
        .flag("--max-in-flight", SLOTS.to_string())
        .start()
        .await;
    people(&server, LEADS).await;
    let mut runs = Vec::new();
    target.hold();
    for id in ["a", "b"] {
        campaign(&server, id, &target, 0).await;
        runs.push(server.request_all(id).await);
    }
    // The first has all slots; the second asks for some.
    target.received(SLOTS).await;
    server.until(&runs[1].name, |run| run.waiting > 0).await;
    target.release();
    for run in runs {
        let over = server.until_over(&run.name).await;
        assert_eq!(over.succeeded, LEADS as i64);
    }
    let paths: Vec<_> = target.requests().iter().map(Received::path).collect();
    let (mut of_a, mut of_b) = (0_usize, 0_usize);
    for path in paths {
        match &*path {
            "/a" => of_a += 1,
            _ => of_b += 1,
        }
        if of_a < LEADS && of_b < LEADS {
            let apart = of_a.abs_diff(of_b);
            assert!(apart < LEADS / 3, "{of_a} of one, {of_b} of the other");
        }
    }
}

#[tokio::test]
async fn a_webhook_whose_service_hangs_does_not_stop_another() {
    const LEADS: usize = 300;
    const SLOTS: i32 = 32;
    let hanging = Target::start(Answer::never()).await;
    let target = Target::start(Answer::json("{}")).await;
    let server = Server::options()
        .flag("--max-in-flight", SLOTS.to_string())
        .start()
        .await;
    people(&server, LEADS).await;
    campaign(&server, "hangs", &hanging, SLOTS).await;
    campaign(&server, "works", &target, 0).await;
    let hangs = server.request_all("hangs").await;
    // An eighth of the slots is for others.
    let most = SLOTS as usize * 7 / 8;
    hanging.received(most).await;
    let works = server.request_all("works").await;
    let over = server.until_over(&works.name).await;
    assert_eq!(over.succeeded, LEADS as i64);
    let call = server.call("webhooks/works", make::nobody()).await;
    assert_eq!(call.response_code, 200);
    assert_eq!(hanging.count(), most);
    let seen = server.get_run(&hangs.name).await;
    assert_eq!((seen.done, seen.in_flight), (0, most as i64));
    assert_eq!(seen.waiting, (LEADS - most) as i64);
}

#[tokio::test]
async fn what_waits_for_a_slow_webhook_does_not_keep_other_entries_waiting() {
    const LEADS: usize = 5_000;
    let hanging = Target::start(Answer::never()).await;
    let target = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    campaign(&server, "hangs", &hanging, 1).await;
    campaign(&server, "works", &target, 0).await;
    let on_new = flow::campaign(
        [flow::person_is_created()],
        vec![flow::step(flow::call("hangs"))],
    );
    server.create_campaign("on-new", on_new).await;
    let moved = DataValueChanges {
        new_value: flow::text_that(Operator::Is, &["Oslo"]),
        ..DataValueChanges::default()
    };
    let on_move = flow::campaign(
        [flow::data_value_changes("City", moved)],
        vec![flow::step(flow::call("works"))],
    );
    server.create_campaign("on-move", on_move).await;
    let leads: String = (1..=LEADS).map(|n| format!("{n}@example.com\n")).collect();
    let imported = server.import_csv(format!("Email Address\n{leads}")).await;
    imported.expect("they are saved");
    hanging.received(1).await;

    for round in 1..=3 {
        let began = Instant::now();
        let movers = (1..=10).map(|n| {
            let email = format!("{}@example.com", round * 1_000 + n);
            make::lead([("Email", email), ("City", "Oslo".to_owned())])
        });
        server.upsert(movers).await;
        target.received(round * 10).await;
        let taken = began.elapsed();
        assert!(taken < Duration::from_secs(5), "round {round}: {taken:?}");
    }
    assert_eq!(hanging.count(), 1);
}
