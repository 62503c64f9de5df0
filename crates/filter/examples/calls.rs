//! Filters a handful of calls by what is typed on the command line.
//!
//! ```text
//! cargo run -p leadhook-filter --example calls -- 'code >= 500 AND NOT error_type:timeout'
//! ```

use std::{env, process::ExitCode};

use leadhook_filter::{Filter, Schema, Type, Value};

#[derive(Debug)]
struct Call {
    webhook: &'static str,
    code: i64,
    error_type: &'static str,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Ended,
    Waiting,
}

const CALLS: [Call; 4] = [
    Call {
        webhook: "webhooks/crm",
        code: 200,
        error_type: "OK",
        state: State::Ended,
    },
    Call {
        webhook: "webhooks/crm",
        code: 503,
        error_type: "Service Unavailable",
        state: State::Waiting,
    },
    Call {
        webhook: "webhooks/geo",
        code: 0,
        error_type: "TIMEOUT",
        state: State::Ended,
    },
    Call {
        webhook: "webhooks/geo",
        code: 504,
        error_type: "Gateway Timeout",
        state: State::Ended,
    },
];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Field {
    Webhook,
    Code,
    ErrorType,
    State,
}

struct Calls;

impl Schema for Calls {
    type Field = Field;

    fn field(&self, name: &str) -> Option<(Field, Type)> {
        match name {
            "webhook" => Some((Field::Webhook, Type::Text)),
            "code" => Some((Field::Code, Type::Number)),
            "error_type" => Some((Field::ErrorType, Type::Text)),
            "state" => Some((Field::State, Type::Enum(&["ENDED", "WAITING"]))),
            _ => None,
        }
    }

    fn names(&self) -> Vec<String> {
        ["webhook", "code", "error_type", "state"]
            .map(str::to_owned)
            .to_vec()
    }
}

impl Call {
    fn value(&self, field: &Field) -> Option<Value<'_>> {
        Some(match field {
            Field::Webhook => Value::Text(self.webhook),
            Field::Code => Value::Integer(self.code),
            Field::ErrorType => Value::Text(self.error_type),
            Field::State => Value::Enum(self.state as u32),
        })
    }
}

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to its reader"
)]
fn main() -> ExitCode {
    let text = env::args().skip(1).collect::<Vec<_>>().join(" ");
    match Filter::parse(&text, &Calls) {
        Ok(filter) => {
            for call in CALLS
                .iter()
                .filter(|call| filter.matches(|field| call.value(field)))
            {
                println!("{call:?}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
