//! Flows whose leads wait: what they wait for comes, or goes away.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use leadhook_engine::{
    CampaignDraft, DraftAction, DraftChoice, DraftQualification, DraftRetryPolicy, DraftStep,
    DraftTrigger, Engine, Environment, Error, Leads, RunRequest, RunView, Settings,
};
use leadhook_store::{CallState, CampaignType, RunId, RunState};
use leadhook_store_sqlite::SqliteStore;
use tokio::sync::Semaphore;

use super::{
    service::{Received, Service},
    site::{Site, environment, inline, mapping, open},
};

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
    let saved = site
        .engine
        .update_campaign("welcome", true, |_| draft.clone());
    saved.await.unwrap();
    site.engine.activate_campaign("welcome").await.unwrap();
}

fn call_webhook() -> DraftStep {
    call("webhooks/enrich")
}

fn call(webhook: &str) -> DraftStep {
    DraftStep {
        choices: Vec::new(),
        default_action: Some(DraftAction::CallWebhook(webhook.to_owned())),
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

/// A request of `welcome` for all leads.
fn for_all() -> RunRequest {
    RunRequest {
        campaign: "welcome".to_owned(),
        leads: Leads::Matching(String::new()),
        my_tokens: Vec::new(),
        request_id: String::new(),
    }
}

async fn request(engine: &Engine<SqliteStore>) -> RunId {
    engine.request_campaign(for_all()).await.unwrap().run.id
}

/// A run, once it stands so; who watches it is told.
async fn until_run(
    engine: &Engine<SqliteStore>,
    run: RunId,
    is_so: impl Fn(&RunView) -> bool,
) -> RunView {
    let mut watch = engine.watch_run(run);
    let stands = async {
        loop {
            let view = watch.next().await.unwrap().expect("it is not over");
            if is_so(&view) {
                return view;
            }
            assert!(watch.changed().await, "the engine does not stop");
        }
    };
    tokio::time::timeout(PATIENCE, stands).await.unwrap()
}

fn is_completed(view: &RunView) -> bool {
    view.run.state == RunState::Completed
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
async fn a_panic_over_one_lead_holds_up_no_other_that_the_webhook_holds_back() {
    let is_faulty = Arc::new(AtomicBool::new(false));
    let (system, faulty) = (environment(), Arc::clone(&is_faulty));
    let now = Arc::clone(&system.now);
    let environment = Environment {
        now: Arc::new(move || {
            let panics = faulty.swap(false, Ordering::Relaxed);
            assert!(!panics, "a fault that the test makes");
            now()
        }),
        ..system
    };
    let mut site = Site::within(environment, Settings::default()).await;
    site.save(|draft| draft.max_concurrency = 1).await;
    activate(&site, DraftTrigger::PersonIsCreated, vec![call_webhook()]).await;
    site.engine.pause_webhook("enrich", true).await.unwrap();
    for name in ["Ada", "Grace"] {
        let email = format!("{name}@example.com");
        site.lead(&[("Email", &email), ("First Name", name)]).await;
    }
    assert!(site.service.is_idle().await, "they are held back");
    is_faulty.store(true, Ordering::Relaxed);
    site.engine.pause_webhook("enrich", false).await.unwrap();
    let sent = site.service.answer("200 OK", "{}").await;
    assert_eq!(sent, "{\"name\":\"Grace\"}");
    assert!(!is_faulty.load(Ordering::Relaxed));
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
    let run = request(&site.engine).await;
    site.service.answer("503 Busy", "{}").await;
    until_call_is(&site, CallState::Waiting).await;

    let (over, erased) = tokio::join!(
        until_run(&site.engine, run, is_completed),
        site.engine.delete_lead(lead)
    );
    erased.unwrap();
    let counts = over.run.counts;
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
            request(&site.engine).await;
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

/// How many leads the run of [`with_a_small_window`] has.
const LEADS: u64 = 12;

/// Leads of whom none may be more than 4 ahead of the first that has not ended, and a webhook that is called for two of them at a time.
async fn with_a_small_window() -> Site {
    let site = Site::with(small_window()).await;
    site.save(|draft| draft.max_concurrency = 2).await;
    let trigger = DraftTrigger::CampaignIsRequested;
    activate(&site, trigger, vec![call_webhook()]).await;
    for at in 0..LEADS {
        let (email, name) = (format!("{at}@example.com"), format!("lead {at}"));
        site.lead(&[("Email", &email), ("First Name", &name)]).await;
    }
    site
}

fn small_window() -> Settings {
    Settings {
        max_ahead: 4,
        ..Settings::default()
    }
}

/// Answers the calls of all leads but the first, which hangs.
async fn answer_others(service: &mut Service) -> Received {
    let mut first = None;
    for _ in 0..LEADS {
        let received = service.next().await;
        if received.body == "{\"name\":\"lead 0\"}" {
            first = Some(received);
        } else {
            received.answer("200 OK", "{}");
        }
    }
    first.expect("it is called first, with another one")
}

/// The first lead has a row of its own, and all others have ended.
fn only_the_first_is_left(view: &RunView) -> bool {
    let counts = &view.run.counts;
    (counts.open, counts.succeeded) == (1, LEADS - 1)
}

/// All leads of a run are through, each of whom was called once.
async fn assert_is_completed(site: &mut Site, run: RunId) {
    let view = until_run(&site.engine, run, is_completed).await;
    let counts = view.run.counts;
    assert_eq!((counts.total, counts.succeeded), (LEADS, LEADS));
    assert_eq!(counts.done(), LEADS);
    assert_eq!((counts.open, counts.waiting, counts.retrying), (0, 0, 0));
    assert_eq!(counts.codes.into_iter().collect::<Vec<_>>(), [(200, LEADS)]);
    assert_eq!(site.calls().await.len() as u64, LEADS);
    assert!(site.service.is_idle().await);
}

#[tokio::test]
async fn a_lead_that_lags_behind_its_run_holds_up_nobody() {
    let mut site = with_a_small_window().await;
    let run = request(&site.engine).await;
    let first = answer_others(&mut site.service).await;
    until_run(&site.engine, run, only_the_first_is_left).await;
    first.answer("200 OK", "{}");
    assert_is_completed(&mut site, run).await;
}

#[tokio::test]
async fn a_lead_that_lags_behind_its_run_is_called_anew_where_the_server_was_killed() {
    let mut stopped = with_a_small_window().await.stop().await;
    let directory = stopped.directory.path().to_owned();
    // What an engine spawns ends with the runtime.
    let killed = std::thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        runtime.block_on(async {
            let engine = open(&directory, environment(), small_window()).await;
            let run = request(&engine).await;
            until_run(&engine, run, only_the_first_is_left).await;
            run
        })
    });
    let first = answer_others(&mut stopped.service).await;
    let run = tokio::task::spawn_blocking(|| killed.join().unwrap());
    let run = run.await.unwrap();
    let mut site = stopped.start(small_window()).await;
    let anew = site.service.next().await;
    let key = "Idempotency-Key";
    assert!(first.header(key).is_some());
    assert_eq!(
        (&anew.body, anew.header(key)),
        (&first.body, first.header(key))
    );
    anew.answer("200 OK", "{}");
    assert_is_completed(&mut site, run).await;
}

#[tokio::test]
async fn a_second_webhook_that_is_paused_holds_up_no_call_of_the_first() {
    let mut site = Site::new().await;
    site.save(|draft| draft.max_concurrency = 1).await;
    site.save_as("later", |_| {}).await;
    let flow = vec![call_webhook(), call("webhooks/later")];
    activate(&site, DraftTrigger::CampaignIsRequested, flow).await;
    site.engine.pause_webhook("later", true).await.unwrap();
    let damaged = site.lead(&[("Email", "ada@example.com")]).await;
    site.lead(&[("Email", "grace@example.com"), ("First Name", "Grace")])
        .await;
    site.execute(&format!(
        "UPDATE lead SET data = x'ff' WHERE id = {damaged}"
    ));
    let run = request(&site.engine).await;
    // Of her the first step fails, and the second waits.
    let sent = site.service.answer("200 OK", "{}").await;
    assert_eq!(sent, "{\"name\":\"Grace\"}");
    site.engine.cancel_run(run).await.unwrap();
    until_run(&site.engine, run, |view| {
        view.run.state == RunState::Cancelled
    })
    .await;
}

#[tokio::test]
async fn r_cmp_9_a_call_that_waits_ends_as_it_should_although_the_store_fails_when_its_run_is_cancelled()
 {
    let waits = Arc::new(Semaphore::new(0));
    let (system, waiting) = (environment(), Arc::clone(&waits));
    let sleep = Arc::clone(&system.sleep);
    let environment = Environment {
        sleep: Arc::new(move |time| {
            waiting.add_permits(usize::from(time == Duration::from_secs(1)));
            sleep(time)
        }),
        ..system
    };
    let mut site = Site::within(environment, Settings::default()).await;
    site.save(|draft| {
        draft.response_mappings = vec![mapping("city", "City")];
        draft.also_map_codes = vec![503];
        draft.retry_policy = Some(DraftRetryPolicy {
            initial_backoff_micros: Some(1_000),
            max_backoff_micros: Some(1_000),
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
    let run = request(&site.engine).await;
    let attempt = site.service.next().await;
    site.engine.pause_webhook("enrich", true).await.unwrap();
    attempt.answer("503 Busy", "{\"city\":\"Oslo\"}");
    until_call_is(&site, CallState::Waiting).await;
    // The version of its flow is not the one in memory any more.
    activate(&site, DraftTrigger::CampaignIsRequested, Vec::new()).await;
    site.execute("ALTER TABLE campaign_version RENAME TO hidden");
    waits.forget_permits(usize::MAX);
    site.engine.pause_webhook("enrich", false).await.unwrap();
    let failed = waits.acquire();
    tokio::time::timeout(PATIENCE, failed)
        .await
        .unwrap()
        .unwrap()
        .forget();
    site.engine.cancel_run(run).await.unwrap();
    site.execute("ALTER TABLE hidden RENAME TO campaign_version");
    let over = until_run(&site.engine, run, |view| {
        view.run.state == RunState::Cancelled
    })
    .await;
    assert_eq!((over.run.counts.failed, over.run.counts.total), (1, 1));
    until_call_is(&site, CallState::Ended).await;
    let fields = site
        .engine
        .get_lead(lead, &["City".to_owned()])
        .await
        .unwrap();
    assert!(format!("{fields:?}").contains("Oslo"), "{fields:?}");
}

#[tokio::test]
async fn requests_at_the_same_time_make_no_more_runs_than_may_be_under_way() {
    const MAX_RUNS: usize = 1_000;
    let site = Site::new().await;
    site.save(|_| {}).await;
    activate(
        &site,
        DraftTrigger::CampaignIsRequested,
        vec![call_webhook()],
    )
    .await;
    site.engine.pause_webhook("enrich", true).await.unwrap();
    site.lead(&[("Email", "ada@example.com")]).await;
    let requested = (0..MAX_RUNS + 50).map(|_| {
        let engine = site.engine.clone();
        tokio::spawn(async move { engine.request_campaign(for_all()).await })
    });
    let requested: Vec<_> = requested.collect();
    let (mut runs, mut refused) = (Vec::new(), 0);
    for made in requested {
        match made.await.unwrap() {
            Ok(run) => runs.push(run),
            Err(Error::TooManyRuns { limit: MAX_RUNS }) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((runs.len(), refused), (MAX_RUNS, 50));
    // One that is over makes room.
    let run = runs[0].run.id;
    site.engine.cancel_run(run).await.unwrap();
    let made = async {
        while site.engine.request_campaign(for_all()).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, made).await.unwrap();
}
