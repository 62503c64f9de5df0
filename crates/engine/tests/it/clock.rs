//! Waits and the clock (R-CMP-6): a Wait step ends when the clock on the wall says so. One that is set back makes it longer, one that is set
//! forward shorter; nothing is lost.

use std::{sync::Arc, time::Duration};

use leadhook_engine::{Draft, DraftAction, RunView};
use leadhook_store::{LeadId, RequestTokenEncoding, RequestType, ResponseType, RunState};

use crate::world::{Time, World, change, lead};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// A clock that was set is noticed by then.
const NOTICED: Duration = Duration::from_secs(30);

impl World {
    /// Comes back when what was due before has been taken up: two steps of another campaign have, and were due later.
    async fn settle(&self) {
        let run = self.request("probe").await;
        self.until(&run, |view| view.run.state == RunState::Completed)
            .await;
    }

    async fn state(&self, run: &RunView) -> RunState {
        self.engine.get_run(run.run.id).await.unwrap().run.state
    }
}

/// A lead that waits for two hours.
async fn waiting(time: &Arc<Time>) -> (World, RunView) {
    let world = World::at(time).await;
    let rows = vec![lead(&[("Email", "ada@example.com")])];
    world.engine.upsert_leads(rows, "", "").await.unwrap();
    let wait = DraftAction::WaitMicros(2 * 3_600_000_000);
    world
        .campaign("probe", vec![change("a"), change("b")])
        .await;
    world.campaign("later", vec![wait, change("Oslo")]).await;
    let run = world.request("later").await;
    world.until(&run, |view| view.waiting == 1).await;
    (world, run)
}

/// Who went to sleep just before time passed has not seen it: for them it passes again.
async fn assert_over(world: &World, time: &Time, run: &RunView) {
    let is_over = world.until(run, |view| view.run.state == RunState::Completed);
    tokio::pin!(is_over);
    let over = loop {
        tokio::select! {
            biased;
            over = &mut is_over => break over,
            () = time.next_sleep() => time.pass(NOTICED),
        }
    };
    assert_eq!((over.run.counts.succeeded, over.waiting), (1, 0));
    let found = world.engine.get_lead(LeadId(1), &[]).await.unwrap();
    assert!(format!("{found:?}").contains("Oslo"), "{found:?}");
}

#[tokio::test]
async fn r_cmp_6_a_clock_set_back_by_an_hour_makes_a_wait_an_hour_longer() {
    let time = Time::new();
    let (world, run) = waiting(&time).await;
    time.pass(HOUR / 2);
    time.set(HOUR, -1);
    // Of two hours half an hour has passed, and an hour was taken back.
    time.pass(2 * HOUR + HOUR / 2 - SECOND);
    world.settle().await;
    assert_eq!(world.state(&run).await, RunState::Running);
    time.pass(SECOND + NOTICED);
    assert_over(&world, &time, &run).await;
}

#[tokio::test]
async fn r_cmp_6_a_clock_set_forward_is_noticed_within_half_a_minute() {
    let time = Time::new();
    let (world, run) = waiting(&time).await;
    time.set(2 * HOUR, 1);
    time.pass(NOTICED);
    assert_over(&world, &time, &run).await;
}

#[tokio::test]
async fn r_cmp_6_a_wait_that_ended_while_the_server_was_down_goes_on_at_once() {
    let time = Time::new();
    let (world, run) = waiting(&time).await;
    time.pass(2 * HOUR - SECOND);
    let world = world.restart_at(&time).await;
    world.settle().await;
    assert_eq!(world.state(&run).await, RunState::Running, "not yet");
    time.set(SECOND, 1);
    // No time passes for the new engine: it does not sleep first.
    let world = world.restart_at(&time).await;
    assert_over(&world, &time, &run).await;
}

#[tokio::test]
async fn r_call_12_what_was_held_back_goes_on_although_the_clock_was_set_back() {
    let time = Time::new();
    let (world, _) = waiting(&time).await;
    // Nothing listens there, and it is guarded besides: the call ends at once.
    let draft = Draft {
        display_name: "Nowhere".to_owned(),
        description: String::new(),
        url: "http://127.0.0.1/".to_owned(),
        request_type: Some(RequestType::Get),
        payload_template: String::new(),
        request_token_encoding: RequestTokenEncoding::None,
        response_type: ResponseType::None,
        custom_headers: Vec::new(),
        response_mappings: Vec::new(),
        timeout_micros: None,
        retry_policy: None,
        max_concurrency: 0,
        max_rate: 0.0,
        authentication: None,
        marketo_escapes: false,
        also_map_codes: Vec::new(),
        refused: Vec::new(),
    };
    let engine = &world.engine;
    engine
        .create_webhook("nowhere", draft, false)
        .await
        .unwrap();
    engine.pause_webhook("nowhere", true).await.unwrap();
    let call = DraftAction::CallWebhook("webhooks/nowhere".to_owned());
    world.campaign("calls", vec![change("c"), call]).await;
    let run = world.request("calls").await;
    world.until(&run, |view| view.waiting == 1).await;
    time.set(HOUR, -1);
    engine.pause_webhook("nowhere", false).await.unwrap();
    let over = world
        .until(&run, |view| view.run.state == RunState::Completed)
        .await;
    assert_eq!(over.run.counts.failed, 1, "REFUSED_ADDRESS");
}
