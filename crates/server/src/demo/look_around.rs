//! The lines to look around with, ready to be pasted: real address, real names.

use std::{fmt::Write, net::SocketAddr};

use super::tally::Tally;

/// grpcurl and buf lines for a server on `address` that has `webhook`, `leads` and the calls of `tally`.
pub(crate) fn lines(address: SocketAddr, webhook: &str, leads: &[String], tally: &Tally) -> String {
    let lead = leads.first().map_or("leads/1", String::as_str);
    let filter = match tally.failed_code() {
        Some(code) => format!("code = {code}"),
        None => "succeeded = true".to_owned(),
    };
    let mut text = String::from("\nLook around while it is up, with grpcurl:\n");
    for (comment, body, method) in [
        (
            "a lead with its company's industry",
            format!(
                r#"{{"name": "{lead}", "fields": ["Full Name", "Company Name", "Industry", "Lead Score"]}}"#
            ),
            "LeadService/GetLead",
        ),
        (
            "what happened to it",
            format!(r#"{{"filter": "lead = \"{lead}\"", "view": "CALL_VIEW_FULL"}}"#),
            "CallService/ListCalls",
        ),
        (
            "calls by outcome",
            format!(r#"{{"filter": "{filter}", "page_size": 3}}"#),
            "CallService/ListCalls",
        ),
        (
            "the request as it would go out",
            format!(r#"{{"name": "{webhook}", "subject": {{"lead": "{lead}"}}}}"#),
            "WebhookService/PreviewWebhook",
        ),
        (
            "one more call, for a lead that is stored nowhere",
            format!(
                r#"{{"webhook": "{webhook}", "subject": {{"inline": {{"fields": {{"Email Address": "you@example.com"}}}}}}}}"#
            ),
            "CallService/CallWebhook",
        ),
    ] {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "  # {comment}\n  grpcurl -plaintext -d '{body}' {address} leadhook.v1.{method}"
        );
    }
    let _ = write!(
        text,
        "  # everything there is\n  grpcurl -plaintext {address} describe leadhook.v1.CallService\n\
         \nOr with buf, here calls as they are recorded (Ctrl-C ends it):\n  \
         buf curl --protocol grpc --http2-prior-knowledge -d '{{\"filter\": \"webhook = \\\"{webhook}\\\"\"}}' http://{address}/leadhook.v1.CallService/WatchCalls"
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_is_json_and_every_line_names_the_server() {
        let address: SocketAddr = "127.0.0.1:4711".parse().unwrap();
        let text = lines(
            address,
            "webhooks/enrich",
            &["leads/7".to_owned()],
            &Tally::default(),
        );
        let commands: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("curl -"))
            .collect();
        assert_eq!(commands.len(), 7, "{text}");
        for command in commands {
            assert!(command.contains("127.0.0.1:4711"), "{command}");
            if let Some((_, rest)) = command.split_once("-d '") {
                let body = rest.split('\'').next().unwrap();
                serde_json::from_str::<serde_json::Value>(body).expect(body);
            }
        }
    }
}
