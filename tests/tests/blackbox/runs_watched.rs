//! Runs as they are listed, watched and cancelled (R-CMP-9).

use std::time::Instant;

use leadhook_proto::v1::run::State;
use leadhook_proto::v1::{
    CancelRunRequest, GetRunRequest, Limits, ListRunsRequest, RetryPolicy, Run, WatchRunRequest,
    Webhook,
};
use leadhook_tests::{Answer, Fault, Gate, Server, Target, flow, make};
use tokio_stream::StreamExt;
use tonic::Code;

use super::runs::{calls_of, enriching, people, with_campaign};

async fn list(server: &Server, filter: &str, page_size: i32) -> Result<Vec<Vec<Run>>, Fault> {
    let mut request = ListRunsRequest {
        page_size,
        filter: filter.to_owned(),
        ..ListRunsRequest::default()
    };
    let mut pages = Vec::new();
    loop {
        let page = server.campaigns().list_runs(request.clone()).await;
        let page = page.map_err(|status| Fault::of(&status))?.into_inner();
        pages.push(page.runs);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return Ok(pages);
        }
    }
}

#[tokio::test]
async fn r_cmp_9_runs_are_listed_by_page_and_filter_and_seen_while_they_run() {
    let gate = Gate::default();
    let target = Target::start(Answer::json("{}").behind(&gate)).await;
    let server = with_campaign(&target, 3).await;
    let other = flow::requested(vec![flow::step(flow::change("City", "Oslo"))]);
    server.create_campaign("move", other).await;
    let mut names = Vec::new();
    for campaign in ["move", "enrich-all", "move", "move"] {
        let run = server.request_all(campaign).await;
        if campaign == "move" {
            server.until_over(&run.name).await;
        }
        names.push(run.name);
    }
    let seen = server.until(&names[1], |run| run.in_flight == 3).await;
    assert_eq!(seen.state(), State::Running);
    assert_eq!((seen.total, seen.done, seen.end_time), (3, 0, None));
    assert_eq!(server.get_run(&names[1]).await, seen);

    let told = async |filter: &str, size| {
        let pages = list(&server, filter, size).await.expect("a list of runs");
        let names = |page: Vec<Run>| page.into_iter().map(|run| run.name).collect();
        pages.into_iter().map(names).collect::<Vec<Vec<_>>>()
    };
    assert_eq!(told("", 0).await, std::slice::from_ref(&names));
    assert_eq!(told("", 3).await, [&names[..3], &names[3..]]);
    for (filter, expected) in [
        ("state = RUNNING", vec![1]),
        ("state = COMPLETED", vec![0, 2, 3]),
        ("campaign = campaigns/move", vec![0, 2, 3]),
        ("in_flight > 0", vec![1]),
        ("succeeded = 3 AND failed = 0", vec![0, 2, 3]),
        ("end_time:*", vec![0, 2, 3]),
        ("create_time > \"2100-01-01T00:00:00Z\"", vec![]),
    ] {
        let expected: Vec<_> = expected.iter().map(|at| names[*at].clone()).collect();
        assert_eq!(told(filter, 0).await.concat(), expected, "{filter}");
        assert_eq!(told(filter, 1).await.concat(), expected, "{filter} by one");
    }
    for (filter, size) in [("state = DONE", 0), ("total", 0), ("", -1)] {
        let fault = list(&server, filter, size).await.expect_err("refused");
        assert_eq!(fault.code, Code::InvalidArgument, "{filter}");
    }
    gate.open();
    server.until_over(&names[1]).await;
    assert_eq!(
        told("state = RUNNING", 0).await.concat(),
        <[String; 0]>::default()
    );
}

#[tokio::test]
async fn r_cmp_9_a_watch_tells_the_run_at_once_then_ten_times_a_second_to_its_end() {
    let gate = Gate::default();
    let target = Target::start(Answer::json("{}").behind(&gate)).await;
    let server = with_campaign(&target, 400).await;
    let run = server.request_all("enrich-all").await;
    let name = run.name.clone();
    let began = Instant::now();
    let watch = server.campaigns().watch_run(WatchRunRequest { name }).await;
    let mut watch = watch.expect("the run is there").into_inner();
    let first = watch.next().await.expect("a state").expect("no error");
    assert_eq!((first.state(), first.total), (State::Running, 400));
    // 100 calls of a webhook are under way at once; they hang.
    target.received(100).await;
    gate.open();
    let mut states = vec![first];
    while let Some(run) = watch.next().await {
        states.push(run.expect("no error"));
    }
    let most = began.elapsed().as_millis() / 100 + 2;
    assert!(states.len() as u128 <= most, "{} of {most}", states.len());
    assert!(states.is_sorted_by_key(|run| run.done));
    let last = states.pop().expect("there are some");
    assert_eq!((last.state(), last.done), (State::Completed, 400));
    assert!(states.iter().all(|run| run.state() == State::Running));

    let name = run.name.clone();
    let watch = server.campaigns().watch_run(WatchRunRequest { name }).await;
    let told: Vec<_> = watch.expect("it is there").into_inner().collect().await;
    assert_eq!(told.len(), 1, "one that is over is told once");
    assert_eq!(told[0].as_ref().expect("no error"), &last);
}

#[tokio::test]
async fn what_is_no_run_is_told() {
    let server = Server::start().await;
    for (name, code) in [
        ("runs/999", Code::NotFound),
        ("runs/x", Code::InvalidArgument),
        ("", Code::InvalidArgument),
    ] {
        let (get, watch, cancel) = (name.to_owned(), name.to_owned(), name.to_owned());
        let mut client = server.campaigns();
        let get = client.get_run(GetRunRequest { name: get }).await;
        assert_eq!(get.expect_err("refused").code(), code, "{name}");
        let watch = client.watch_run(WatchRunRequest { name: watch }).await;
        assert_eq!(watch.expect_err("refused").code(), code, "{name}");
        let cancel = client.cancel_run(CancelRunRequest { name: cancel }).await;
        assert_eq!(cancel.expect_err("refused").code(), code, "{name}");
    }
}

#[tokio::test]
async fn r_cmp_9_a_cancelled_run_finishes_what_is_in_flight_and_sends_no_more() {
    let gate = Gate::default();
    let hanging = Target::start(Answer::json(r#"{"title": "CTO"}"#).behind(&gate)).await;
    let busy = Target::start(Answer::status(503, "Busy", "")).await;
    let server = Server::start().await;
    let limited = Webhook {
        limits: Some(Limits {
            max_concurrency: 5,
            ..Limits::default()
        }),
        ..enriching(&hanging)
    };
    server.create_webhook("enrich", limited).await;
    let retried = Webhook {
        retry_policy: Some(RetryPolicy {
            initial_backoff: Some(make::milliseconds(3_600_000)),
            max_backoff: Some(make::milliseconds(3_600_000)),
            ..RetryPolicy::default()
        }),
        ..enriching(&busy)
    };
    server.create_webhook("busy", retried).await;
    people(&server, 40).await;
    // 10 leads wait for an hour, 10 retry, 20 ask for one of 5 slots, one of them with another step behind it.
    let is_of = |from: usize, to: usize| {
        format!("\"Email Address\" >= \"{from}@\" AND \"Email Address\" < \"{to}@\"")
    };
    let choice = |condition: String, action| {
        let mut step = flow::step_if(&condition, action);
        step.choices.remove(0)
    };
    let mut first = flow::step(flow::call("enrich"));
    first.choices = vec![
        choice(is_of(10, 20), flow::wait(3_600_000)),
        choice(is_of(20, 30), flow::call("busy")),
    ];
    let last = flow::step_if("\"Email Address\":\"2\"", flow::change("City", "Oslo"));
    server
        .create_campaign("all", flow::requested(vec![first, last]))
        .await;
    let run = server.request_all("all").await;
    let seen = server
        .until(&run.name, |run| run.in_flight == 5 && run.retrying > 0)
        .await;
    assert_eq!((seen.total, seen.done), (40, 0));

    let cancelling = server.cancel_run(&run.name).await;
    assert_eq!(cancelling.state(), State::Cancelling);
    let again = server.cancel_run(&run.name).await;
    assert_eq!(again.state(), State::Cancelling, "what hangs is waited for");
    assert_eq!(again.in_flight, 5);
    gate.open();
    let over = server.until_over(&run.name).await;
    assert_eq!(over.state(), State::Cancelled);
    assert_eq!(over.total, over.done + over.cancelled, "{over:?}");
    assert_eq!(over.done, over.succeeded + over.failed + over.skipped);
    assert_eq!((over.in_flight, over.waiting, over.retrying), (0, 0, 0));
    assert!(over.end_time.is_some());
    assert_eq!(hanging.requests().len(), 5, "the rest is not sent");
    let calls = calls_of(&server, &run).await;
    let of_code = |code| {
        calls
            .iter()
            .filter(|call| call.response_code == code)
            .count()
    };
    assert_eq!(of_code(200), 5);
    assert_eq!(
        of_code(503),
        busy.requests().len(),
        "each has its last outcome"
    );
    assert_eq!(calls.len(), 5 + busy.requests().len());
    assert_eq!(over.codes[&200], 5);

    let same = server.cancel_run(&run.name).await;
    assert_eq!(same, over, "cancelling what is over changes nothing");
    let server = server.kill().await.restart().await;
    assert_eq!(server.get_run(&run.name).await, over);
    assert_eq!(hanging.requests().len(), 5);
}

#[tokio::test]
async fn r_cmp_9_a_lead_with_steps_left_is_cancelled_and_one_without_is_done() {
    let gate = Gate::default();
    let target = Target::start(Answer::json("{}").behind(&gate)).await;
    let server = with_campaign(&target, 4).await;
    let two = vec![
        flow::step(flow::call("enrich")),
        flow::step(flow::change("City", "Oslo")),
    ];
    server.create_campaign("two", flow::requested(two)).await;
    let one = server.request_all("enrich-all").await;
    let two = server.request_all("two").await;
    target.received(8).await;
    server.cancel_run(&one.name).await;
    server.cancel_run(&two.name).await;
    gate.open();
    let one = server.until_over(&one.name).await;
    assert_eq!((one.succeeded, one.cancelled), (4, 0));
    let two = server.until_over(&two.name).await;
    assert_eq!((two.succeeded, two.cancelled), (0, 4));
    assert_eq!(two.codes[&200], 4);
    let found = server.find_leads("City = Oslo").await;
    assert_eq!(found, Ok(vec![]), "no step behind the call is carried out");
}
