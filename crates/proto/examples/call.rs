//! Calls a webhook for a lead that is given on the command line, and prints what came back.
//!
//! `cargo run -p leadhook-proto --example call -- webhooks/enrich ada@example.com`, with a server on the default port.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example prints"
)]

use std::collections::BTreeMap;

use leadhook_proto::v1::call_service_client::CallServiceClient;
use leadhook_proto::v1::{CallWebhookRequest, InlineLead, Subject, subject};
use prost_types::{Value, value};
use tonic_types::StatusExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(webhook), Some(email)) = (arguments.next(), arguments.next()) else {
        return Err(
            "say which webhook and which e-mail address: webhooks/enrich ada@example.com".into(),
        );
    };
    let email = Value {
        kind: Some(value::Kind::StringValue(email)),
    };
    let lead = InlineLead {
        fields: BTreeMap::from([("Email".into(), email)]),
        ..InlineLead::default()
    };
    let request = CallWebhookRequest {
        webhook,
        subject: Some(Subject {
            kind: Some(subject::Kind::Inline(lead)),
        }),
        ..CallWebhookRequest::default()
    };

    let mut calls = CallServiceClient::connect("http://127.0.0.1:50051").await?;
    let call = match calls.call_webhook(request).await {
        Ok(answer) => answer.into_inner(),
        Err(status) => {
            for violation in status
                .get_details_bad_request()
                .into_iter()
                .flat_map(|bad| bad.field_violations)
            {
                eprintln!("{}: {}", violation.field, violation.description);
            }
            return Err(status.into());
        }
    };
    println!("{} {} {}", call.name, call.response_code, call.error_type);
    for change in call.field_changes {
        println!(
            "{}: {:?} -> {:?}",
            change.field, change.previous_value, change.new_value
        );
    }
    Ok(())
}
