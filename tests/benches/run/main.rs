//! The server as a whole: how fast calls go, beside a bare client that makes the same calls in the same invocation, and what they take of
//! processor, memory and disk.
//!
//! `cargo xtask bench run` builds the release binary and runs this; `cargo xtask bench run -- --rounds 1 --case slow --case unary` is a quick
//! look. The server, the services that it calls, and every client are processes of their own on the same machine. Figures are medians of
//! five rounds, ratios those of one round each; every round has a fresh copy of the store, in which no mapped field has a value yet.

use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::cases::{Bench, NAMES};
use crate::figure::Asked::AtMost;
use crate::service::Service;

mod bare;
mod cases;
mod disk;
mod figure;
mod helper;
mod run;
mod service;
mod store;
mod stream;
mod usage;

/// How long the slow service takes.
const SLOW: Duration = Duration::from_millis(50);
/// Longer than the bench: it never answers.
const NEVER: Duration = Duration::from_secs(24 * 3_600);

/// Ratios are worth little where others take more of the processors than so many per cent.
const MAX_OTHERS: f64 = 10.0;

/// How fast calls go, beside a bare client.
#[derive(Debug, Parser)]
struct Arguments {
    /// What cargo says when benches are meant to measure.
    #[arg(long, hide = true)]
    bench: bool,
    /// Rounds of which the median is taken
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
    rounds: u8,
    /// Only this case; may be given several times
    #[arg(long = "case", value_parser = NAMES)]
    cases: Vec<String>,
    #[command(subcommand)]
    helper: Option<Role>,
}

/// What this executable is when the bench starts it once more.
#[derive(Debug, Subcommand)]
enum Role {
    /// The service that is called.
    #[command(hide = true)]
    Service {
        /// In milliseconds.
        #[arg(long)]
        delay: u64,
    },
    /// The bare reference.
    #[command(hide = true)]
    Bare {
        #[arg(long)]
        url: String,
        #[arg(long)]
        count: usize,
        #[arg(long)]
        in_flight: usize,
    },
    /// A client of CallWebhooks.
    #[command(hide = true)]
    Stream {
        #[arg(long)]
        address: String,
        #[arg(long)]
        webhook: String,
        #[arg(long)]
        count: usize,
        #[arg(long)]
        under_way: usize,
    },
}

fn main() -> ExitCode {
    // `cargo test --benches` calls benches, too, and not to measure.
    let is_meant = |argument: String| argument == "--bench" || Role::has_subcommand(&argument);
    if !std::env::args().skip(1).any(is_meant) {
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::parse();
    usage::raise_descriptor_limit();
    match arguments.helper {
        Some(Role::Service { delay }) => service::serve(Duration::from_millis(delay)),
        Some(Role::Bare {
            url,
            count,
            in_flight,
        }) => bare::run(&url, count, in_flight),
        Some(Role::Stream {
            address,
            webhook,
            count,
            under_way,
        }) => current_thread().block_on(stream::run(&address, &webhook, count, under_way)),
        None => current_thread().block_on(measure(&arguments)),
    }
    ExitCode::SUCCESS
}

async fn measure(arguments: &Arguments) {
    let services = Services {
        slow: Service::start(SLOW),
        instant: Service::start(Duration::ZERO),
        hanging: Service::start(NEVER),
    };
    compare_with_oha(&services);
    let mut bench = Bench::new(services);
    let is_chosen = |case: &&str| {
        arguments.cases.is_empty() || arguments.cases.iter().any(|chosen| chosen == case)
    };
    for case in NAMES.iter().copied().filter(is_chosen) {
        for _ in 0..arguments.rounds {
            let others = (usage::busy(), "%");
            let what = "what others take of the processors, before each round";
            bench
                .figures
                .observe("machine", what, others, AtMost(MAX_OTHERS, 2.0));
            bench.round(case).await;
        }
    }
    say(&format!(
        "\nmedians of {}:\n\n{}",
        arguments.rounds,
        bench.figures.table()
    ));
}

/// The services that are called, each in a process of its own.
#[derive(Debug)]
struct Services {
    slow: Service,
    instant: Service,
    /// It takes requests and answers none.
    hanging: Service,
}

/// A load generator that others wrote, where it is installed: is the bare reference as fast as it should be?
fn compare_with_oha(services: &Services) {
    for (service, count, in_flight) in [
        (&services.slow, "100000", "4096"),
        (&services.instant, "500000", "256"),
    ] {
        let oha = Command::new("oha")
            .args(["--no-tui", "-n", count, "-c", in_flight, "-m", "POST"])
            .args(["-T", "application/json", "-d", bare::PAYLOAD, &service.url])
            .output();
        let Ok(output) = oha else {
            say("oha is not installed: there is nothing to compare the bare reference with");
            return;
        };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let summary = text
            .lines()
            .filter(|line| line.contains("Total:") || line.contains("Requests/sec"));
        say(&format!("oha, {count} calls, {in_flight} in flight:"));
        summary.for_each(say);
    }
}

/// A line of standard output.
#[expect(clippy::print_stdout, reason = "a bench reports to who runs it")]
fn say(line: &str) {
    println!("{line}");
}

fn current_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
