//! Flows whose leads wait: what they wait for comes, or goes away.

use std::time::Duration;

use leadhook_engine::{
    CampaignDraft, DraftAction, DraftChoice, DraftQualification, DraftRetryPolicy, DraftStep,
    DraftTrigger, Leads, RunRequest, RunView,
};
use leadhook_store::{CallState, CampaignType, RunState};

use super::site::{Site, inline};

/// How long what must come is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Saves and activates the campaign `welcome`.
async fn activate(site: &Site, trigger: DraftTrigger, flow: Vec<DraftStep>) {
    let draft = CampaignDraft {
        display_name: "Welcome".to_owned(),
        description: String::new(),
        program: String::new(),
        campaign_type: Some(CampaignType::Trigger),
        triggers: vec![trigger],
        flow,
        qualification: DraftQualification::EveryTime,
        refused: Vec::new(),
    };
    let created = site.engine.create_campaign("welcome", draft, false).await;
    created.unwrap();
    site.engine.activate_campaign("welcome").await.unwrap();
}

fn call_webhook() -> DraftStep {
    DraftStep {
        choices: Vec::new(),
        default_action: Some(DraftAction::CallWebhook("webhooks/enrich".to_owned())),
    }
}

/// A step that does nothing for leads who are not from Oslo.
fn only_for_oslo() -> DraftStep {
    DraftStep {
        choices: vec![DraftChoice {
            condition: "City = \"Oslo\"".to_owned(),
            action: Some(DraftAction::RemoveFromFlow),
        }],
        default_action: None,
    }
}

/// Requests `welcome` for all leads.
async fn request(site: &Site) -> RunView {
    let request = RunRequest {
        campaign: "welcome".to_owned(),
        leads: Leads::Matching(String::new()),
        my_tokens: Vec::new(),
        request_id: String::new(),
    };
    site.engine.request_campaign(request).await.unwrap()
}

/// Comes back when the calls of a run that has one lead stand so.
async fn until_call_is(site: &Site, state: CallState) {
    let stands = async {
        while !matches!(&site.calls().await[..], [call] if call.state == state) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, stands).await.unwrap();
}

#[tokio::test]
async fn a_lead_that_its_webhook_holds_back_behind_a_step_that_does_nothing_is_called_once() {
    let mut site = Site::new().await;
    site.save(|_| {}).await;
    let flow = vec![only_for_oslo(), call_webhook()];
    activate(&site, DraftTrigger::PersonIsCreated, flow).await;
    site.engine.pause_webhook("enrich", true).await.unwrap();
    site.lead(&[("Email", "ada@example.com"), ("First Name", "Ada")])
        .await;
    assert!(site.service.is_idle().await, "it is held back");
    site.engine.pause_webhook("enrich", false).await.unwrap();
    let sent = site.service.answer("200 OK", "{}").await;
    assert_eq!(sent, "{\"name\":\"Ada\"}");
    until_call_is(&site, CallState::Ended).await;
    assert!(site.service.is_idle().await);
}

#[tokio::test]
async fn r_lead_6_a_run_is_over_when_the_lead_is_erased_that_it_waits_for() {
    let mut site = Site::new().await;
    site.save(|draft| {
        draft.retry_policy = Some(DraftRetryPolicy {
            initial_backoff_micros: Some(3_600_000_000),
            max_backoff_micros: Some(3_600_000_000),
            ..DraftRetryPolicy::default()
        });
    })
    .await;
    activate(
        &site,
        DraftTrigger::CampaignIsRequested,
        vec![call_webhook()],
    )
    .await;
    let lead = site.lead(&[("Email", "ada@example.com")]).await;
    let run = request(&site).await.run.id;
    site.service.answer("503 Busy", "{}").await;
    until_call_is(&site, CallState::Waiting).await;

    let mut watch = site.engine.watch_run(run);
    let over = async {
        loop {
            let view = watch.next().await.unwrap().unwrap();
            if view.run.state == RunState::Completed {
                return view;
            }
            assert!(watch.changed().await, "the engine does not stop");
        }
    };
    let (over, erased) = tokio::join!(
        tokio::time::timeout(PATIENCE, over),
        site.engine.delete_lead(lead)
    );
    erased.unwrap();
    let counts = over.expect("who watches it is told").run.counts;
    assert_eq!((counts.skipped, counts.total), (1, 1));
}

#[tokio::test]
async fn leads_that_are_gone_when_it_is_their_turn_take_nothing_of_the_rate() {
    for (trigger, is_requested) in [
        (DraftTrigger::CampaignIsRequested, true),
        (DraftTrigger::PersonIsCreated, false),
    ] {
        let mut site = Site::new().await;
        site.save(|draft| draft.max_rate = 0.001).await;
        activate(&site, trigger, vec![call_webhook()]).await;
        site.engine.pause_webhook("enrich", true).await.unwrap();
        let lead = site.lead(&[("Email", "ada@example.com")]).await;
        if is_requested {
            request(&site).await;
        }
        assert!(site.service.is_idle().await, "it is held back");
        site.engine.delete_lead(lead).await.unwrap();
        site.engine.pause_webhook("enrich", false).await.unwrap();
        // Behind the lead, in the same lane.
        let engine = site.engine.clone();
        let caller = tokio::spawn(async move { engine.call(inline("Grace")).await });
        let sent = site.service.answer("200 OK", "{}").await;
        assert_eq!(sent, "{\"name\":\"Grace\"}");
        assert!(caller.await.unwrap().unwrap().outcome.succeeded);
    }
}
