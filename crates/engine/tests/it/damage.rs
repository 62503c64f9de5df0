//! Rows that something outside has damaged: what cannot be carried out for a lead has failed, and its run ends all the same (R-CMP-9).

use std::{sync::Arc, time::Duration};

use leadhook_engine::{DraftAction, RunView};
use leadhook_store::RunState;

use crate::world::{Time, World, change, lead};

/// Two leads, each of its own company.
async fn two_leads(time: &Arc<Time>) -> World {
    let world = World::at(time).await;
    let rows = [("ada@example.com", "Acme"), ("bob@example.com", "Globex")];
    let rows = rows.map(|(email, company)| lead(&[("Email", email), ("Company", company)]));
    let upserted = world.engine.upsert_leads(rows.into(), "", "").await;
    assert!(upserted.unwrap().iter().all(Result::is_ok));
    world
}

async fn over(world: &World, run: &RunView) -> RunView {
    let is_over = |view: &RunView| view.run.state == RunState::Completed;
    world.until(run, is_over).await
}

#[tokio::test]
async fn r_cmp_9_a_lead_whose_step_can_never_be_recorded_has_failed() {
    let time = Time::new();
    let world = two_leads(&time).await;
    let industry = DraftAction::ChangeDataValue {
        field: "Industry".to_owned(),
        new_value: "Trade".to_owned(),
    };
    world
        .campaign("all", vec![industry, change("Oslo"), change("Bergen")])
        .await;
    let damage = "UPDATE company SET data = x'ff' WHERE id = 1";
    let world = world.damaged_at(&time, damage).await;
    let run = world.request("all").await;
    let counts = over(&world, &run).await.run.counts;
    assert_eq!((counts.succeeded, counts.failed), (1, 1));
}

#[tokio::test]
async fn r_cmp_9_leads_in_a_flow_that_cannot_be_read_any_more_have_failed() {
    let damages = [
        "DELETE FROM campaign_version WHERE version = (SELECT version FROM run)",
        "UPDATE campaign_version SET definition = '{' WHERE version = (SELECT version FROM run)",
    ];
    for damage in damages {
        let time = Time::new();
        let world = two_leads(&time).await;
        let wait = DraftAction::WaitMicros(1_000_000);
        world.campaign("all", vec![wait, change("Oslo")]).await;
        let run = world.request("all").await;
        world.until(&run, |view| view.waiting == 2).await;
        // What is live stands in memory.
        world.campaign("all", vec![change("Bergen")]).await;
        let world = world.damaged_at(&time, damage).await;
        time.pass(Duration::from_secs(30));
        let counts = over(&world, &run).await.run.counts;
        assert_eq!((counts.succeeded, counts.failed), (0, 2), "{damage}");
    }
}
