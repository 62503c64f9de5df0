//! `max_rate`: so many attempts a second, and no burst of more than a tenth of a second's worth.

use std::time::{Duration, Instant};

use leadhook_proto::v1::run::State;
use leadhook_proto::v1::{Limits, Run, Webhook};
use leadhook_tests::{Answer, Server, Target, flow};
use tonic::Code;

use super::runs::{enriching, people};

fn with_rate(target: &Target, max_rate: f64) -> Webhook {
    Webhook {
        limits: Some(Limits {
            max_rate,
            ..Limits::default()
        }),
        ..enriching(target)
    }
}

/// So many leads, and the campaign "all" that calls a webhook of this rate for each.
async fn prepare(target: &Target, max_rate: f64, leads: usize) -> Server {
    let server = Server::start().await;
    server
        .create_webhook("enrich", with_rate(target, max_rate))
        .await;
    people(&server, leads).await;
    let steps = vec![flow::step(flow::call("enrich"))];
    server.create_campaign("all", flow::requested(steps)).await;
    server
}

#[tokio::test]
async fn a_rate_is_kept_and_used() {
    const RATE: f64 = 200.0;
    const BURST: f64 = RATE / 10.0;
    const LEADS: usize = 700;
    /// How late the way from the server to the service may make one request more than another.
    const LATE: Duration = Duration::from_millis(150);
    let target = Target::start(Answer::json("{}")).await;
    let server = prepare(&target, RATE, LEADS).await;
    let run = server.request_all("all").await;
    let over = server.until_over(&run.name).await;
    assert_eq!(over.succeeded, LEADS as i64);

    let arrived: Vec<_> = target.requests().iter().map(|it| it.arrived).collect();
    for (first, begin) in arrived.iter().enumerate() {
        for (last, end) in arrived.iter().enumerate().skip(first) {
            let count = (last - first + 1) as f64;
            let most = BURST + 1.0 + RATE * (*end - *begin + LATE).as_secs_f64();
            assert!(count <= most, "{count} within {:?}", *end - *begin);
        }
    }
    let whole = (arrived[LEADS - 1] - arrived[0]).as_secs_f64();
    let even = (LEADS as f64 - BURST) / RATE;
    assert!(whole >= even - LATE.as_secs_f64(), "{whole} s, not {even}");
    assert!(whole <= even * 1.3, "{whole} s, not {even}");
}

#[tokio::test]
async fn the_lowest_rate_sends_one_and_the_run_shows_what_waits_and_can_be_cancelled() {
    let target = Target::start(Answer::json("{}")).await;
    let server = prepare(&target, 0.001, 20).await;
    let run = server.request_all("all").await;
    let is_so = |run: &Run| (run.done, run.waiting) == (1, 19);
    let seen = server.until(&run.name, is_so).await;
    assert_eq!(seen.state(), State::Running);
    assert_eq!((seen.in_flight, seen.retrying), (0, 0));
    assert_eq!(server.get_run(&run.name).await, seen);
    server.cancel_run(&run.name).await;
    let over = server.until_over(&run.name).await;
    assert_eq!((over.state(), over.waiting), (State::Cancelled, 0));
    assert_eq!((over.succeeded, over.cancelled), (1, 19));
    assert_eq!(target.count(), 1);
}

#[tokio::test]
async fn the_highest_rate_slows_nothing() {
    const LEADS: usize = 1_000;
    let target = Target::start(Answer::json("{}")).await;
    let mut taken = Vec::new();
    for rate in [0.0, 1e9] {
        let server = prepare(&target, rate, LEADS).await;
        let began = Instant::now();
        let run = server.request_all("all").await;
        let over = server.until_over(&run.name).await;
        taken.push(began.elapsed());
        assert_eq!(over.succeeded, LEADS as i64);
    }
    // Whatever else the machine does: a timer for each call would take seconds.
    assert!(
        taken[1] < taken[0] * 3 + Duration::from_secs(1),
        "{taken:?}"
    );
}

#[tokio::test]
async fn rates_out_of_range_are_refused() {
    let target = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    for rate in [
        -1.0,
        0.0009,
        1.1e9,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ] {
        let refused = server.try_create_webhook("x", with_rate(&target, rate));
        let fault = refused.await.expect_err("it is out of range");
        assert_eq!(fault.code, Code::InvalidArgument, "{rate}");
        assert_eq!(fault.fields(), ["webhook.limits.max_rate"], "{rate}");
    }
    for rate in [0.0, 0.001, 1e9] {
        let webhook = with_rate(&target, rate);
        server.create_webhook("", webhook).await;
    }
}
