//! A JSON payload of 300 bytes with eight text tokens, rendered as calls render it, beside what one would use without
//! leadhook, and beside what one would write by hand.
//!
//! All write the same bytes. Criterion's figures come first; then the ratios, as medians of rounds in which the rivals take
//! turns, because the speed of shared machines drifts between one benchmark and the next.

#![expect(
    clippy::print_stdout,
    reason = "the ratios are what the bench is run for"
)]

mod rivals;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group};
use leadhook_token::Template;

type Case<'a> = (&'static str, Box<dyn FnMut() + 'a>);

fn render(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("json payload, 8 tokens");
    for (name, mut case) in cases() {
        group.bench_function(name, |bencher| bencher.iter(&mut case));
    }
    group.finish();
}

fn parse(criterion: &mut Criterion) {
    criterion.bench_function("template, 8 tokens", |bencher| {
        bencher.iter(|| Template::parse(black_box(rivals::TEMPLATE)));
    });
}

fn cases() -> Vec<Case<'static>> {
    let ours = rivals::Ours::new();
    let (handlebars, minijinja) = (rivals::Handlebars::new(), rivals::Minijinja::new());
    let lead: &'static rivals::Lead = Box::leak(Box::new(rivals::lead()));
    let (mut out, mut by_hand) = (Vec::new(), Vec::new());
    vec![
        (
            "leadhook",
            Box::new(move || {
                out.clear();
                ours.render(black_box(lead), &mut out);
                black_box(&out);
            }),
        ),
        (
            "by hand",
            Box::new(move || {
                by_hand.clear();
                rivals::by_hand(black_box(lead), &mut by_hand);
                black_box(&by_hand);
            }),
        ),
        (
            "minijinja",
            Box::new(move || drop(black_box(minijinja.render(black_box(lead))))),
        ),
        (
            "handlebars",
            Box::new(move || drop(black_box(handlebars.render(black_box(lead))))),
        ),
    ]
}

/// Prints how many times as long as the first case each of the others takes.
fn print_ratios(mut cases: Vec<Case<'_>>) {
    const ROUNDS: usize = 301;
    const CALLS: u32 = 1_000;
    let mut rounds: Vec<Vec<f64>> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let round = cases.iter_mut().map(|(_, case)| {
            let start = Instant::now();
            (0..CALLS).for_each(|_| case());
            start.elapsed().as_secs_f64() / f64::from(CALLS)
        });
        rounds.push(round.collect());
    }
    for (case, (name, _)) in cases.iter().enumerate() {
        let nanoseconds = median(rounds.iter().map(|round| round[case] * 1e9).collect());
        let ratio = median(rounds.iter().map(|round| round[case] / round[0]).collect());
        println!("{name}: {nanoseconds:.0} ns, {ratio:.2}x of leadhook");
    }
}

fn print_parse() {
    const CALLS: u32 = 1_000;
    let mut rounds: Vec<Duration> = Vec::new();
    for _ in 0..31 {
        let start = Instant::now();
        (0..CALLS).for_each(|_| drop(black_box(Template::parse(black_box(rivals::TEMPLATE)))));
        rounds.push(start.elapsed() / CALLS);
    }
    rounds.sort();
    println!(
        "parse of {} bytes: {:?}",
        rivals::TEMPLATE.len(),
        rounds[15]
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

criterion_group!(benches, render, parse);

fn main() {
    rivals::agree();
    benches();
    Criterion::default().configure_from_args().final_summary();
    if std::env::args()
        .any(|argument| matches!(argument.as_str(), "--test" | "--list" | "--profile-time"))
    {
        return;
    }
    print_ratios(cases());
    print_parse();
}
