//! Everything that a person runs by hand: `cargo xtask --help`.
//!
//! Each command is a module; what they share is [`workspace`] (where things are, how cargo is called), [`steps`] (what is
//! printed) and [`tools`] (what the black-box tests need besides Rust).

#![expect(
    clippy::print_stdout,
    reason = "a command line program speaks to a person"
)]

mod bench;
mod codegen;
mod graph;
mod integration;
mod steps;
mod test;
mod tools;
mod workspace;

use clap::{Parser, Subcommand};

use crate::codegen::Mode;
use crate::workspace::Workspace;

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// Everything that a person runs by hand.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run what CI runs: fmt, clippy, tests, docs, generated code, crate graph, black-box tests
    Test,
    /// Run the black-box tests alone
    Integration {
        /// Only tests whose path contains this
        name: Option<String>,
    },
    /// Generate the code of crates/proto from proto/
    Codegen {
        /// Change nothing; fail when what is checked in is not what would be generated
        #[arg(long)]
        check: bool,
    },
    /// Run the benches of the crates and print how we stand against each rival
    Bench {
        /// Only the bench of this name
        name: Option<String>,
        /// Arguments of the bench itself, after `--`
        #[arg(last = true, requires = "name")]
        arguments: Vec<String>,
    },
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result {
    let workspace = Workspace::find()?;
    match command {
        Command::Test => test::run(&workspace),
        Command::Integration { name } => integration::run(&workspace, name.as_deref()),
        Command::Codegen { check } => codegen::run(
            &workspace.root,
            if check { Mode::Check } else { Mode::Write },
        ),
        Command::Bench { name, arguments } => bench::run(&workspace, name.as_deref(), &arguments),
    }
}
