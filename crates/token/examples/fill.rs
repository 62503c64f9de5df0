//! Fills a template in from the command line, or says what is wrong with it.
//!
//! ```text
//! cargo run -p leadhook-token --example fill -- 'Hi {{lead.First Name:default=there}}!' 'first name=Zoë'
//! ```

#![expect(clippy::print_stderr, reason = "an example speaks to who runs it")]

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

use leadhook_token::{Template, name_key};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(text) = arguments.next() else {
        eprintln!("usage: fill TEMPLATE [NAME=VALUE]...");
        return ExitCode::FAILURE;
    };
    let values: Vec<(String, String)> = arguments
        .filter_map(|argument| {
            let (name, value) = argument.split_once('=')?;
            Some((name_key(name), value.to_owned()))
        })
        .collect();
    match fill(&text, &values) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn fill(text: &str, values: &[(String, String)]) -> Result<(), Box<dyn std::error::Error>> {
    let template = Template::parse(text).map_err(|errors| {
        let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })?;
    for miss in template.near_misses() {
        eprintln!(
            "{}: {} is plain text; did you mean {}?",
            miss.position(),
            miss.text(),
            miss.suggestion()
        );
    }
    // Each token's value is looked up once; rendering goes by index.
    let filled: Vec<&str> = template
        .tokens()
        .iter()
        .map(|token| {
            let key = name_key(token.name());
            let value = values.iter().find(|(name, _)| *name == key);
            match value {
                Some((_, value)) if !value.is_empty() => value,
                _ => token.default().unwrap_or_default(),
            }
        })
        .collect();
    let mut out = Vec::new();
    template.render(&mut out, |at, out| {
        out.extend_from_slice(filled[at].as_bytes());
    });
    out.push(b'\n');
    io::stdout().write_all(&out)?;
    Ok(())
}
