//! Two runs side by side: one beside one whose service never answers, and two that share the machine.

use crate::figure::Asked::{AtLeast, AtMost, Nothing};
use crate::run;
use crate::store::{HANGING, INSTANT, OTHER, Prepared};

use super::Bench;

const LEADS: usize = 100_000;

pub(super) async fn round(bench: &mut Bench) {
    let (store, _, figures) = bench.store(LEADS).await;
    let before = alone(store).await;
    let (server, _data) = store.start().await;
    let hanging = run::request(&server, HANGING).await.name;
    server.until(&hanging, |run| run.in_flight > 0).await;
    let beside = run::run(&server, INSTANT, LEADS).await.calls_per_second();
    let alone = f64::midpoint(before, alone(store).await);

    let (server, _data) = store.start().await;
    let first = run::request(&server, INSTANT).await.name;
    let second = run::request(&server, OTHER).await.name;
    let behind = tokio::select! {
        _ = server.until_over(&first) => second,
        _ = server.until_over(&second) => first,
    };
    let behind = server.get_run(&behind).await.done as f64 / LEADS as f64;

    let mut observe = |what, observed, asked| figures.observe("fair", what, observed, asked);
    observe("100,000 leads alone", (alone, "calls/s"), Nothing);
    observe(
        "100,000 leads beside a webhook that hangs",
        (beside, "calls/s"),
        Nothing,
    );
    observe(
        "lost beside a webhook that hangs",
        (100.0 * (1.0 - beside / alone), "%"),
        AtMost(5.0, 5.0),
    );
    observe(
        "two runs: what the slower has done when the faster ends",
        (100.0 * behind, "%"),
        AtLeast(90.0, 95.0),
    );
}

/// Calls per second.
async fn alone(store: &Prepared) -> f64 {
    let (server, _data) = store.start().await;
    run::run(&server, INSTANT, LEADS).await.calls_per_second()
}
