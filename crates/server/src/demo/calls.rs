//! The webhook called for every lead by the CallWebhooks stream.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use leadhook_proto::v1::{
    CallWebhookRequest, CallWebhooksRequest, CallWebhooksResponse, Subject,
    call_service_client::CallServiceClient, call_webhooks_response, subject,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

use super::{explain::explain, tally::Tally};

/// Calls `webhook` for each of `leads`, so many at once, and counts what came.
pub(crate) async fn run(
    channel: &Channel,
    webhook: &str,
    leads: &[String],
    in_flight: usize,
) -> anyhow::Result<Tally> {
    let (requests, stream) = mpsc::channel(in_flight);
    let broken = |status| explain("the stream of calls", &status);
    let mut answers = CallServiceClient::new(channel.clone())
        .call_webhooks(ReceiverStream::new(stream))
        .await
        .map_err(broken)?
        .into_inner();

    let bar = progress_bar(leads.len());
    let begun = Instant::now();
    let mut tally = Tally::new(in_flight);
    let mut sent: Vec<Instant> = Vec::with_capacity(leads.len());
    for answered in 0..leads.len() {
        while sent.len() < leads.len() && sent.len() - answered < in_flight {
            let number = sent.len();
            sent.push(Instant::now());
            // A server that has hung up says why on the other side of the stream.
            let _ = requests
                .send(request(webhook, &leads[number], number))
                .await;
        }
        let Some(answer) = answers.message().await.map_err(broken)? else {
            bail!(
                "the stream of calls ended after {answered} of {} answers",
                leads.len()
            );
        };
        count(&mut tally, answer, &sent)?;
        bar.inc(1);
    }
    tally.elapsed = begun.elapsed();
    bar.finish_and_clear();
    Ok(tally)
}

fn request(webhook: &str, lead: &str, number: usize) -> CallWebhooksRequest {
    CallWebhooksRequest {
        call: Some(CallWebhookRequest {
            webhook: webhook.to_owned(),
            subject: Some(Subject {
                kind: Some(subject::Kind::Lead(lead.to_owned())),
            }),
            ..CallWebhookRequest::default()
        }),
        correlation_id: number.to_string(),
    }
}

fn count(tally: &mut Tally, answer: CallWebhooksResponse, sent: &[Instant]) -> anyhow::Result<()> {
    let number: Option<usize> = answer.correlation_id.parse().ok();
    let took: Duration = number
        .and_then(|number| sent.get(number))
        .context("an answer bears a correlation_id that was never sent")?
        .elapsed();
    match answer.result {
        Some(call_webhooks_response::Result::Call(call)) => tally.call(call, took),
        Some(call_webhooks_response::Result::Error(status)) => tally.refused(status.message),
        None => bail!("an answer has neither a call nor an error"),
    }
    Ok(())
}

/// Only where somebody watches: nothing of it gets into a file or a pipe.
fn progress_bar(calls: usize) -> ProgressBar {
    let target = if std::io::stdout().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("calling {wide_bar} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(calls as u64), target).with_style(style)
}
