//! In the midst of a run for 1,000,000 leads: what somebody who waits for one call notices of it, and how soon calls flow again when the
//! server was killed.

use std::time::{Duration, Instant};

use leadhook_tests::Server;

use crate::figure::Asked::{AtMost, Nothing};
use crate::run;
use crate::store::{INSTANT, OTHER};

use super::Bench;
use super::unary::{call, percentile};

const LEADS: usize = 1_000_000;
/// Leads that are done when the server is killed, at least.
const MIDDLE: i64 = 400_000;

/// Calls of somebody who waits for each, at most; and how long they may take in all.
const CALLS: usize = 1_000;
const PATIENCE: Duration = Duration::from_secs(8);
/// Between two of them.
const PAUSE: Duration = Duration::from_millis(2);

/// Calls that show that they flow, beside the first.
const MANY: u64 = 1_000;
/// By then the service has read what a killed server had sent.
const SETTLED: Duration = Duration::from_millis(300);

pub(super) async fn round(bench: &mut Bench) {
    let (store, services, figures) = bench.store(LEADS).await;
    let (server, _data) = store.start().await;
    let without = p99(&server, OTHER).await;
    let run = run::request(&server, INSTANT).await.name;
    server.until(&run, |run| run.done > 0).await;
    let with = p99(&server, OTHER).await;
    let same = p99(&server, INSTANT).await;
    let middle = server.until(&run, |run| run.done >= MIDDLE).await;
    assert!(
        middle.done < middle.total,
        "the run is under way: {middle:?}"
    );

    let stopped = server.kill().await;
    tokio::time::sleep(SETTLED).await;
    services.instant.await_calls(1);
    let begun = Instant::now();
    let _server = stopped.restart().await;
    services.instant.until_called();
    let first = milliseconds(begun.elapsed());
    services.instant.await_calls(MANY);
    services.instant.until_called();
    let many = milliseconds(begun.elapsed());

    let mut observe = |what, observed, asked| figures.observe("restart", what, observed, asked);
    observe("CallWebhook without a run: p99", (without, "ms"), Nothing);
    observe(
        "CallWebhook of another webhook during it: p99",
        (with, "ms"),
        Nothing,
    );
    observe(
        "CallWebhook of another webhook during it: p99 more than without",
        (with - without, "ms"),
        AtMost(20.0, 20.0),
    );
    observe(
        "CallWebhook of the run's own webhook: p99",
        (same, "ms"),
        Nothing,
    );
    observe(
        "kill -9 in the midst of it: until the first call comes",
        (first, "ms"),
        AtMost(2_000.0, 300.0),
    );
    observe(
        "kill -9 in the midst of it: until 1,000 more have come",
        (many, "ms"),
        AtMost(2_000.0, 300.0),
    );
}

/// One call after the other; in milliseconds.
async fn p99(server: &Server, webhook: &str) -> f64 {
    let mut times = Vec::with_capacity(CALLS);
    let begun = Instant::now();
    while times.len() < CALLS && begun.elapsed() < PATIENCE {
        // Leads from all over the store.
        let lead = 1 + times.len() * (LEADS / CALLS);
        times.push(call(server, webhook, lead).await);
        tokio::time::sleep(PAUSE).await;
    }
    milliseconds(percentile(times, 99))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
