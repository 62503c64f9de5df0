//! Four paths from 2 KB of JSON and of XML, beside what one would use without this crate.
//!
//! Every rival builds the same four values. Criterion's figures come first; then the ratios, as medians of rounds in
//! which the rivals take turns, because the speed of shared machines drifts between one benchmark and the next.

#![expect(
    clippy::print_stdout,
    reason = "the ratios are what the bench is run for"
)]

mod bodies;
mod rivals;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group};

type Case<'a> = (&'static str, Box<dyn FnMut() + 'a>);

fn json(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("json, 4 paths");
    for (name, mut case) in json_cases() {
        group.bench_function(name, |bencher| bencher.iter(&mut case));
    }
    group.finish();
}

fn xml(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("xml, 4 paths");
    for (name, mut case) in xml_cases() {
        group.bench_function(name, |bencher| bencher.iter(&mut case));
    }
    group.finish();
}

fn json_cases() -> Vec<Case<'static>> {
    let body: &'static [u8] = bodies::json().leak().as_bytes();
    let (mut ours, mut sonic) = (rivals::Ours::json(), rivals::Sonic::new());
    vec![
        (
            "leadhook-mapping",
            Box::new(move || drop(black_box(ours.apply(black_box(body))))),
        ),
        (
            "serde_json::Value",
            Box::new(move || drop(black_box(rivals::serde_json_value(black_box(body))))),
        ),
        (
            "sonic-rs get_many",
            Box::new(move || drop(black_box(sonic.get_many(black_box(body))))),
        ),
    ]
}

fn xml_cases() -> Vec<Case<'static>> {
    let body: &'static [u8] = bodies::xml().leak().as_bytes();
    let mut ours = rivals::Ours::xml();
    vec![
        (
            "leadhook-mapping",
            Box::new(move || drop(black_box(ours.apply(black_box(body))))),
        ),
        (
            "roxmltree",
            Box::new(move || drop(black_box(rivals::roxmltree(black_box(body))))),
        ),
    ]
}

/// Prints how many times faster the first case is than each of the others.
fn print_ratios(what: &str, mut cases: Vec<Case<'_>>) {
    const ROUNDS: usize = 301;
    const CALLS: u32 = 200;
    let mut rounds: Vec<Vec<Duration>> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        rounds.push(
            cases
                .iter_mut()
                .map(|(_, case)| {
                    let start = Instant::now();
                    (0..CALLS).for_each(|_| case());
                    start.elapsed() / CALLS
                })
                .collect(),
        );
    }
    let microseconds = |case: usize| {
        median(
            rounds
                .iter()
                .map(|round| round[case].as_secs_f64() * 1e6)
                .collect(),
        )
    };
    println!("{what}: {} {:.2} us", cases[0].0, microseconds(0));
    for (case, (name, _)) in cases.iter().enumerate().skip(1) {
        let ratio = median(
            rounds
                .iter()
                .map(|round| round[case].as_secs_f64() / round[0].as_secs_f64())
                .collect(),
        );
        println!(
            "{what}: {name} {:.2} us, {ratio:.2}x of leadhook-mapping",
            microseconds(case)
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

criterion_group!(benches, json, xml);

fn main() {
    rivals::agree();
    benches();
    Criterion::default().configure_from_args().final_summary();
    if std::env::args()
        .any(|argument| matches!(argument.as_str(), "--test" | "--list" | "--profile-time"))
    {
        return;
    }
    print_ratios(
        &format!("json, {} bytes", bodies::json().len()),
        json_cases(),
    );
    print_ratios(&format!("xml, {} bytes", bodies::xml().len()), xml_cases());
}
