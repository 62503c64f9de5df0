//! Runs of a campaign: against the bare reference, on the processor, in memory, on the disk.

use crate::bare;
use crate::disk::{self, Tables};
use crate::figure::Asked::{AtLeast, AtMost, Nothing};
use crate::run::{self, Ended};
use crate::store::{INSTANT, NARROW, SLOW, WIDE};
use crate::usage::Memory;

use super::Bench;

const LEADS: usize = 100_000;
const MANY: usize = 500_000;
const MILLION: usize = 1_000_000;

/// 100,000 leads, a service that takes 50 ms, 4,096 calls in flight.
pub(super) async fn slow(bench: &mut Bench) {
    let (store, services, figures) = bench.store(LEADS).await;
    let (server, _data) = store.start().await;
    let ours = run::run(&server, SLOW, LEADS);
    let (ours, bare) = bare::beside(&services.slow.url, LEADS, WIDE, ours).await;
    let bare = bare.elapsed.as_secs_f64();
    let elapsed = ours.elapsed.as_secs_f64();
    let mut observe = |what, observed, asked| figures.observe("slow", what, observed, asked);
    observe(
        "bare: 100,000 calls, 50 ms, 4,096 in flight",
        (bare, "s"),
        Nothing,
    );
    observe("run: the same until WatchRun ends", (elapsed, "s"), Nothing);
    observe(
        "run: wall time over bare",
        (elapsed / bare, "x"),
        AtMost(1.5, 1.15),
    );
}

/// 500,000 leads, an instant service, 256 calls in flight.
pub(super) async fn instant(bench: &mut Bench) {
    let (store, services, figures) = bench.store(MANY).await;
    let (server, data) = store.start().await;
    let ours = run::run(&server, INSTANT, MANY);
    let (ours, bare) = bare::beside(&services.instant.url, MANY, NARROW, ours).await;
    let share = 100.0 * ours.calls_per_second() / bare.calls_per_second();
    let kept = disk::kept_per_call(&server).await;
    server.stop().await;
    let (before, after) = (Tables::read(store.path()), Tables::read(data.path()));
    let overhead = after.growth_since(&before, ours.calls) / ours.calls - kept;
    let mut observe = |what, observed, asked| figures.observe("instant", what, observed, asked);
    observe(
        "bare: 500,000 calls, instant, 256 in flight",
        (bare.calls_per_second(), "calls/s"),
        Nothing,
    );
    observe(
        "run: the same",
        (ours.calls_per_second(), "calls/s"),
        Nothing,
    );
    observe(
        "run: calls per second as a share of bare",
        (share, "%"),
        AtLeast(35.0, 50.0),
    );
    let processor = bare.processor_per_call();
    observe("bare: processor time per call", (processor, "us"), Nothing);
    let processor = ours.processor_per_call();
    observe(
        "run: processor time of the server per call",
        (processor, "us"),
        AtMost(25.0, 12.0),
    );
    observe(
        "run: payload and response per call",
        (kept, "bytes"),
        Nothing,
    );
    observe(
        "run: disk per call beyond them, growth of leads aside",
        (overhead, "bytes"),
        AtMost(300.0, 150.0),
    );
}

/// 1,000,000 leads against 100,000, and what a run of each takes of the memory.
pub(super) async fn million(bench: &mut Bench) {
    let few = instant_run(bench, LEADS).await;
    let many = instant_run(bench, MILLION).await;
    let growth = |memory: Memory| mebibytes(memory.peak.saturating_sub(few.idle.resident));
    let more = 100.0 * (many.processor_per_call() / few.processor_per_call() - 1.0);
    let figures = &mut bench.figures;
    let mut observe = |what, observed, asked| figures.observe("million", what, observed, asked);
    let answered = few.answered.as_secs_f64() * 1e3;
    observe(
        "100,000 leads: RequestCampaign answered",
        (answered, "ms"),
        AtMost(1_000.0, 1_000.0),
    );
    observe(
        "100,000 leads: memory above idle, once answered",
        (growth(few.requested), "MiB"),
        AtMost(100.0, 100.0),
    );
    observe(
        "100,000 leads: memory above idle, at most",
        (growth(few.ended), "MiB"),
        AtMost(100.0, 100.0),
    );
    observe(
        "100,000 leads: processor time per call",
        (few.processor_per_call(), "us"),
        Nothing,
    );
    observe(
        "1,000,000 leads: processor time per call",
        (many.processor_per_call(), "us"),
        Nothing,
    );
    observe(
        "1,000,000 leads: more of it than for 100,000",
        (more, "%"),
        AtMost(15.0, 5.0),
    );
    observe(
        "1,000,000 leads: calls per second",
        (many.calls_per_second(), "calls/s"),
        Nothing,
    );
    observe(
        "1,000,000 leads: RequestCampaign answered",
        (many.answered.as_secs_f64() * 1e3, "ms"),
        Nothing,
    );
    observe(
        "1,000,000 leads: peak resident memory",
        (mebibytes(many.ended.peak), "MiB"),
        AtMost(300.0, 150.0),
    );
}

async fn instant_run(bench: &mut Bench, leads: usize) -> Ended {
    let (store, ..) = bench.store(leads).await;
    let (server, _data) = store.start().await;
    run::run(&server, INSTANT, leads).await
}

fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1_024.0
}
