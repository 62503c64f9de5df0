//! The lines to look around with, ready to be pasted: real address, real names.

use std::{fmt::Write, net::SocketAddr};

use super::tally::Tally;

/// What the demo made, by resource names.
pub(crate) struct Names<'a> {
    pub(crate) webhook: &'a str,
    pub(crate) campaign: &'a str,
    pub(crate) run: &'a str,
    pub(crate) lead: &'a str,
}

/// grpcurl and buf lines for a server on `address` that has all of `names` and the calls of `tally`.
pub(crate) fn lines(address: SocketAddr, names: &Names<'_>, tally: &Tally) -> String {
    let Names {
        webhook,
        campaign,
        run,
        lead,
    } = names;
    let code = tally.failed_code().unwrap_or(500);
    let mut text = String::from("\nLook around while it is up, with grpcurl:\n");
    for (comment, body, method) in [
        (
            "the run: leads by how they ended, calls by code",
            format!(r#"{{"name": "{run}"}}"#),
            "CampaignService/GetRun",
        ),
        (
            "a lead with its company's industry",
            format!(
                r#"{{"name": "{lead}", "fields": ["Full Name", "Company Name", "Industry", "Lead Score"]}}"#
            ),
            "LeadService/GetLead",
        ),
        (
            "what happened to it",
            format!(r#"{{"lead": "{lead}"}}"#),
            "CallService/ListActivities",
        ),
        (
            "its calls, with what was sent and what came",
            format!(r#"{{"filter": "lead = \"{lead}\"", "view": "CALL_VIEW_FULL"}}"#),
            "CallService/ListCalls",
        ),
        (
            "an error list: the leads whose call failed so",
            format!(
                r#"{{"filter": "called_webhook(webhook = \"{webhook}\", code = {code})", "page_size": 3}}"#
            ),
            "LeadService/ListLeads",
        ),
        (
            "the campaign once more, for that list and another event",
            format!(
                r#"{{"name": "{campaign}", "lead_filter": "called_webhook(code = {code})", "my_tokens": [{{"key": "event", "value": "another try"}}]}}"#
            ),
            "CampaignService/RequestCampaign",
        ),
        (
            "the request as it would go out",
            format!(
                r#"{{"name": "{webhook}", "subject": {{"lead": "{lead}"}}, "context": {{"campaign": "{campaign}"}}}}"#
            ),
            "WebhookService/PreviewWebhook",
        ),
        (
            "one more call, for a lead that is stored nowhere",
            format!(
                r#"{{"webhook": "{webhook}", "subject": {{"inline": {{"fields": {{"Email Address": "you@example.com"}}}}}}, "context": {{"campaign": "{campaign}"}}}}"#
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
        "  # everything there is\n  grpcurl -plaintext {address} describe leadhook.v1.CampaignService\n\
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
        let names = Names {
            webhook: "webhooks/enrich",
            campaign: "campaigns/enrich-all",
            run: "runs/1",
            lead: "leads/7",
        };
        let text = lines(address, &names, &Tally::default());
        let commands: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("curl -"))
            .collect();
        assert_eq!(commands.len(), 10, "{text}");
        for command in commands {
            assert!(command.contains("127.0.0.1:4711"), "{command}");
            if let Some((_, rest)) = command.split_once("-d '") {
                let body = rest.split('\'').next().unwrap();
                serde_json::from_str::<serde_json::Value>(body).expect(body);
            }
        }
    }
}
