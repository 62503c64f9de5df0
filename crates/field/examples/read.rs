//! Reads a value as a field would, from the command line:
//!
//! ```text
//! cargo run -p leadhook-field --example read -- "Lead Score" 1e2
//! cargo run -p leadhook-field --example read -- company.City Köln
//! cargo run -p leadhook-field --example read -- "Acquisition Date" "2010-05-07 15:41:32" Europe/Berlin
//! ```
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example shows what it does"
)]

use std::{env, error::Error, process::ExitCode};

use leadhook_field::{Schema, Zone};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "Lead Score".to_owned());
    let text = arguments.next().unwrap_or_else(|| "42.0".to_owned());
    let zone = arguments.next().unwrap_or_else(|| "UTC".to_owned());
    match read(&name, &text, &zone) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read(name: &str, text: &str, zone: &str) -> Result<String, Box<dyn Error>> {
    let zone = Zone::named(zone)?;
    let schema = Schema::standard();
    let Some(field) = schema.find(name) else {
        let near = schema.suggest(None, name);
        let hint = near.map(|field| format!("; did you mean `{}`?", field.display_name));
        return Err(format!("there is no field `{name}`{}", hint.unwrap_or_default()).into());
    };
    field.check_writable()?;
    let place = format!("{} ({})", field.api_name, field.field_type.name());
    Ok(match field.field_type.read(text, &zone)? {
        Some(value) => format!("{place}: {value:?}, written as `{}`", value.to_text(&zone)),
        None => format!("{place}: no value, the field is cleared"),
    })
}
