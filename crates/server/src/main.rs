//! Marketo's *Call Webhook* flow step as a service that anyone can run: the `leadhook` binary.

mod budget;
mod cli;
mod convert;
mod demo;
mod descriptors;
mod key;
mod limits;
mod name;
mod page;
mod serve;
mod service;
mod status;

use std::{num::NonZero, process::ExitCode, thread};

use clap::Parser;
use mimalloc::MiMalloc;

/// What a call holds is made on one thread and let go on another, which glibc's allocator takes long for.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(cli::log_filter())
        // Where standard error cannot be written, a log line is lost, and nothing else with it.
        .log_internal_errors(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers())
        .enable_all()
        .build()
        .expect("the system gives threads");
    let result = runtime.block_on(async {
        match cli.command {
            cli::Command::Serve(options) => serve::run(options).await,
            cli::Command::Demo(options) => demo::run(options).await,
        }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// Threads that calls and requests share: the store's writer has a core of its own, and wakes fewer of them in vain.
fn workers() -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    cores.saturating_sub(1).max(1)
}

/// The error and what caused it, on standard error.
#[expect(clippy::print_stderr, reason = "a program says why it ends")]
fn report(error: &anyhow::Error) {
    eprintln!("leadhook: {}", told(error));
}

/// The error, then each cause that has not been told by what came before it.
fn told(error: &anyhow::Error) -> String {
    error
        .chain()
        .map(ToString::to_string)
        .fold(String::new(), |told, cause| match told.as_str() {
            "" => cause,
            before if before.contains(&cause) => told,
            before => format!("{before}: {cause}"),
        })
}

#[cfg(test)]
mod tests {
    use leadhook_store::{Error, ErrorKind};

    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let of_store = |message: &str| {
            let system = std::io::Error::other("is a directory");
            let error = Error::new(ErrorKind::Unwritable, message).with_source(system);
            told(&anyhow::Error::new(error).context("no server"))
        };
        assert_eq!(
            of_store("the file cannot be opened: is a directory"),
            "no server: the file cannot be opened: is a directory"
        );
        assert_eq!(
            of_store("the file cannot be opened"),
            "no server: the file cannot be opened: is a directory"
        );
    }
}
