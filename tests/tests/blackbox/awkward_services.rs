//! Services that are hard to call, and a disk that stalls: memory is bounded, a run's figures are clear, nothing is lost.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use leadhook_proto::v1::call::State as CallState;
use leadhook_proto::v1::run::State;
use leadhook_proto::v1::{Call, Limits, RetryPolicy, Run, UpdateWebhookRequest, Webhook};
use leadhook_tests::{Answer, Gate, Server, Target, flow, make};
use rusqlite::Connection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::runs::{enriching, people};

/// A server, leads, and the campaign "all", which calls the webhook "enrich" for each.
async fn prepare(webhook: Webhook, leads: usize) -> Server {
    prepare_on(Server::start().await, webhook, leads).await
}

/// The same on a server with flags of its own.
async fn prepare_on(server: Server, webhook: Webhook, leads: usize) -> Server {
    server.create_webhook("enrich", webhook).await;
    people(&server, leads).await;
    let steps = vec![flow::step(flow::call("enrich"))];
    server.create_campaign("all", flow::requested(steps)).await;
    server
}

/// Every lead of a run has one call, and that has ended.
async fn one_each(server: &Server, run: &Run) -> Vec<Call> {
    let calls = server.all_calls(&format!("run = {}", run.name)).await;
    let leads: HashSet<_> = calls.iter().map(|call| &call.lead).collect();
    assert_eq!(
        (calls.len(), leads.len()),
        (run.total as usize, calls.len())
    );
    assert!(calls.iter().all(|call| call.state() == CallState::Ended));
    calls
}

/// Answers requests on a connection as long as it lasts. Each of them comes as a whole, since they are short.
async fn serve(mut stream: TcpStream) {
    let mut request = [0; 4096];
    while let Ok(1..) = stream.read(&mut request).await {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_service_that_takes_one_connection_gets_what_that_carries_and_the_rest_is_on_record() {
    const LEADS: usize = 60;
    // Others are refused, or never answered.
    for (listens_on, words) in [(false, &["CONNECT", "CLOSED"][..]), (true, &["TIMEOUT"])] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("it is bound"));
        let serving = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a connection");
            let kept = listens_on.then_some(listener);
            serve(stream).await;
            drop(kept);
        });
        let webhook = Webhook {
            timeout: Some(make::milliseconds(1_000)),
            ..make::json_webhook(&url, r#"{"email": {{lead.Email Address}}}"#, &[])
        };
        let server = prepare(webhook.clone(), LEADS).await;
        let run = server.request_all("all").await;
        let over = server.until_over(&run.name).await;
        assert_eq!((over.state(), over.done), (State::Completed, LEADS as i64));
        let (answered, failed) = (over.succeeded, over.failed);
        assert!(answered > 0 && failed > 0, "{over:?}");
        assert_eq!(
            over.codes.clone().into_iter().collect::<Vec<_>>(),
            [(0, failed), (200, answered)]
        );
        for call in one_each(&server, &over).await {
            let is_told = call.succeeded || words.contains(&&*call.error_type);
            assert!(is_told, "{call:#?}");
        }

        // Told that it takes one, the server gets all of it through.
        let one = Webhook {
            name: "webhooks/enrich".to_owned(),
            limits: Some(Limits {
                max_concurrency: 1,
                ..Limits::default()
            }),
            ..webhook
        };
        let request = UpdateWebhookRequest {
            webhook: Some(one),
            ..UpdateWebhookRequest::default()
        };
        let updated = server.webhooks().update_webhook(request).await;
        updated.expect("it is saved");
        server.resume("enrich").await;
        let run = server.request_all("all").await;
        let over = server.until_over(&run.name).await;
        assert_eq!(over.succeeded, LEADS as i64);
        serving.abort();
    }
}

#[tokio::test]
async fn r_call_8_a_service_that_closes_after_each_answer_gets_every_call_once() {
    const LEADS: usize = 1_000;
    let target = Target::start(Answer::json("{}").close()).await;
    let server = prepare(enriching(&target), LEADS).await;
    let run = server.request_all("all").await;
    let over = server.until_over(&run.name).await;
    assert_eq!(over.succeeded, LEADS as i64);
    for call in one_each(&server, &over).await {
        assert_eq!((call.response_code, call.attempts.len()), (200, 1));
    }
    assert_eq!(target.count(), LEADS);
}

#[tokio::test]
async fn r_call_6_a_service_that_asks_for_patience_again_and_again_gets_every_call_in_the_end() {
    const LEADS: usize = 300;
    const BUSY: Duration = Duration::from_secs(3);
    /// Calls in flight to a webhook.
    const WINDOW: usize = 100;
    let mut first = None;
    let target = Target::answering(move |_| {
        if first.get_or_insert_with(Instant::now).elapsed() < BUSY {
            Answer::full(429, "Busy", &[("Retry-After", "1")], "")
        } else {
            Answer::json("{}")
        }
    })
    .await;
    let webhook = Webhook {
        retry_policy: Some(RetryPolicy {
            max_attempts: 10,
            ..RetryPolicy::default()
        }),
        ..enriching(&target)
    };
    let server = prepare(webhook, LEADS).await;
    let run = server.request_all("all").await;
    let seen = server.until(&run.name, |run| run.retrying > 0).await;
    assert_eq!((seen.state(), seen.done), (State::Running, 0));
    let all = seen.retrying + seen.waiting + seen.in_flight;
    assert_eq!(all, LEADS as i64, "{seen:?}");
    let over = server.until_over(&run.name).await;
    assert_eq!(
        (over.succeeded, over.codes[&200]),
        (LEADS as i64, LEADS as i64)
    );
    one_each(&server, &over).await;
    let requests = target.requests();
    let begin = requests[0].arrived;
    let in_vain = requests.len() - LEADS;
    let busy = requests.iter().filter(|it| it.arrived - begin < BUSY);
    assert!(busy.count() <= 4 * WINDOW, "a window's worth each second");
    assert!(in_vain <= 4 * WINDOW, "{in_vain} in vain");
}

#[tokio::test]
async fn a_window_full_of_payloads_of_1_mib_and_answers_of_1_mib_has_a_bound() {
    const LEADS: usize = 300;
    const MIB: usize = 1 << 20;
    /// So many bytes may the large payloads under way have.
    const PAYLOADS: usize = 256 * MIB;
    /// All of them, an answer for each, and what SQLite and the rest of the server need.
    const BOUND: u64 = 800;
    let gate = Gate::default();
    let answer = Answer::json(&format!("\"{}\"", "a".repeat(MIB - 2)));
    let target = Target::start(answer.behind(&gate)).await;
    target.forget_bodies();
    let payload = format!(
        r#"{{"email": {{{{lead.Email Address}}}}, "text": "{}"}}"#,
        "x".repeat(MIB - 100)
    );
    // All of it takes a while where nothing is optimised.
    let webhook = Webhook {
        timeout: Some(make::milliseconds(120_000)),
        ..make::json_webhook(&target.url("/"), &payload, &[])
    };
    let options = Server::options()
        .flag("--max-timeout", "120")
        .flag("--max-concurrency", LEADS.to_string());
    let server = prepare_on(options.start().await, webhook, LEADS).await;
    let run = server.request_all("all").await;
    target.received(PAYLOADS / MIB).await;
    let seen = server.get_run(&run.name).await;
    assert_eq!((seen.state(), seen.done), (State::Running, 0));
    assert_eq!(target.count(), PAYLOADS / MIB, "others wait for room");
    gate.open();
    let over = server.until_over(&run.name).await;
    assert_eq!(over.succeeded, LEADS as i64);
    one_each(&server, &over).await;
    for request in target.requests() {
        let length = request.header("Content-Length").expect("it has one");
        let length: usize = length.parse().expect("a number");
        assert!((MIB - 100..MIB).contains(&length), "{length}");
    }
    if let Some(peak) = server.peak_memory() {
        assert!(peak < BOUND, "{peak} MiB");
    }
}

#[tokio::test]
async fn a_disk_that_stalls_holds_calls_up_and_loses_none() {
    const LEADS: usize = 1_000;
    const STALL: Duration = Duration::from_secs(5);
    /// Calls in flight to a webhook.
    const WINDOW: usize = 100;
    let target = Target::start(Answer::json("{}")).await;
    let server = prepare(enriching(&target), LEADS).await;
    let run = server.request_all("all").await;
    target.received(200).await;
    // As a disk that takes nothing: whoever would write waits. Reads go on, since the log of the database is in the system's memory.
    let stall = Connection::open(server.data().join("leadhook.db")).expect("it opens");
    stall.busy_timeout(STALL).expect("it is set");
    stall
        .execute_batch("BEGIN IMMEDIATE")
        .expect("its turn comes");
    let sent = target.count();
    let calling = tokio::spawn({
        let mut calls = server.calls();
        let request = leadhook_proto::v1::CallWebhookRequest {
            webhook: "webhooks/enrich".to_owned(),
            subject: Some(make::nobody()),
            ..Default::default()
        };
        async move { calls.call_webhook(request).await }
    });
    let end = Instant::now() + STALL;
    let mut seen = server.get_run(&run.name).await;
    let mut interval = tokio::time::interval(Duration::from_millis(100));
    while Instant::now() < end {
        interval.tick().await;
        let asked = Instant::now();
        let now = server.get_run(&run.name).await;
        assert!(asked.elapsed() < Duration::from_secs(1), "GetRun waits");
        assert_eq!(now.state(), State::Running);
        assert!(now.done >= seen.done && now.done < LEADS as i64, "{now:?}");
        seen = now;
    }
    let meanwhile = target.count() - sent;
    assert!(meanwhile <= WINDOW + 1, "{meanwhile} sent into the void");
    assert!(
        !calling.is_finished(),
        "nothing is told before it is on record"
    );
    assert_eq!(seen.in_flight, WINDOW as i64, "they wait for the disk");
    stall.execute_batch("ROLLBACK").expect("it ends");
    let call = calling.await.expect("no panic").expect("a call");
    assert_eq!(call.into_inner().response_code, 200);
    let over = server.until_over(&run.name).await;
    assert_eq!((over.done, over.succeeded), (LEADS as i64, LEADS as i64));
    one_each(&server, &over).await;
    assert_eq!(target.count(), LEADS + 1, "each call is made once");
}
