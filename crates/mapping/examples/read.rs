//! Reads paths from a body on standard input: `read json|xml PATH... < body`.
//!
//! Every path is read for a Text Area, which takes most of what there is.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command's output"
)]

use std::io::Read;
use std::process::ExitCode;

use leadhook_field::{FieldType, Zone};
use leadhook_mapping::{Format, Outcome, Path, Plan, Target};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let format = match arguments.next().as_deref() {
        Some("json") => Format::Json,
        Some("xml") => Format::Xml,
        _ => return Err("usage: read json|xml PATH... < body".into()),
    };
    let paths: Vec<String> = arguments.collect();
    let targets = paths
        .iter()
        .map(|text| match Path::parse(format, text) {
            Ok(path) => Ok(Target::new(path, FieldType::TextArea)),
            Err(error) => Err(format!("{text}: {error}")),
        })
        .collect::<Result<Vec<Target>, String>>()?;

    let mut body = Vec::new();
    std::io::stdin()
        .read_to_end(&mut body)
        .map_err(|error| format!("cannot read the body: {error}"))?;

    let mut outcomes = Vec::new();
    Plan::new(format, &targets).apply(&body, None, &Zone::utc(), &mut outcomes);
    for (path, outcome) in paths.iter().zip(outcomes) {
        match outcome {
            Outcome::Value(value) => println!("{path}: {value:?}"),
            Outcome::Clear => println!("{path}: null or empty, the field is cleared"),
            Outcome::Problem(problem) => {
                println!("{path}: {:?}, {}", problem.reason, problem.detail);
            }
        }
    }
    Ok(())
}
