//! The campaign requested for every lead, its run watched to the end, and then its calls counted.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use leadhook_proto::v1::{
    CancelRunRequest, GetWebhookRequest, ListCallsRequest, RequestCampaignRequest, Run,
    WatchRunRequest, call_service_client::CallServiceClient,
    campaign_service_client::CampaignServiceClient, run::State, webhook,
    webhook_service_client::WebhookServiceClient,
};
use tonic::transport::Channel;

use super::{explain::explain, tally::Tally};

/// The most calls that a page has.
const PAGE: i32 = 1_000;

/// Requests `campaign` for all leads, and gives the run as it is when it has ended. Where `webhook` never answered and its circuit is open, the run is
/// cancelled: it would wait for the service for hours.
pub(crate) async fn request_and_watch(
    channel: &Channel,
    campaign: &str,
    webhook: &str,
) -> anyhow::Result<Run> {
    let mut campaigns = CampaignServiceClient::new(channel.clone());
    let request = RequestCampaignRequest {
        name: campaign.to_owned(),
        all_leads: true,
        ..RequestCampaignRequest::default()
    };
    let mut run = campaigns
        .request_campaign(request)
        .await
        .map_err(|status| explain("the request of the campaign", &status))?
        .into_inner();

    let watched = |status| explain("the watch over the run", &status);
    let name = run.name.clone();
    let mut states = campaigns
        .watch_run(WatchRunRequest { name })
        .await
        .map_err(watched)?
        .into_inner();
    let bar = progress_bar(u64::try_from(run.total)?);
    while let Some(state) = states.message().await.map_err(watched)? {
        bar.set_position(u64::try_from(state.done)?);
        run = state;
        let is_held = run.succeeded == 0 && run.failed > 0 && run.waiting > 0;
        if is_held && run.state() == State::Running && is_open(channel, webhook).await? {
            let name = run.name.clone();
            let cancelled = campaigns.cancel_run(CancelRunRequest { name }).await;
            cancelled.map_err(|status| explain("the end of the run", &status))?;
        }
    }
    bar.finish_and_clear();
    Ok(run)
}

/// Whether the circuit of a webhook is open.
async fn is_open(channel: &Channel, webhook: &str) -> anyhow::Result<bool> {
    let name = webhook.to_owned();
    let webhook = WebhookServiceClient::new(channel.clone())
        .get_webhook(GetWebhookRequest { name })
        .await
        .map_err(|status| explain("the webhook", &status))?;
    Ok(webhook.into_inner().state() == webhook::State::CircuitOpen)
}

/// Reads the calls of a run that has ended, in the order in which they began to be recorded.
pub(crate) async fn tally(channel: &Channel, run: &Run) -> anyhow::Result<Tally> {
    let mut calls = CallServiceClient::new(channel.clone());
    let mut tally = Tally::default();
    let mut page_token = String::new();
    loop {
        let request = ListCallsRequest {
            page_size: PAGE,
            page_token,
            filter: format!("run = \"{}\"", run.name),
            order_by: "create_time".to_owned(),
            ..ListCallsRequest::default()
        };
        let page = calls
            .list_calls(request)
            .await
            .map_err(|status| explain("the list of calls", &status))?
            .into_inner();
        for call in page.calls {
            tally.call(call);
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(tally);
        }
    }
}

/// Only where somebody watches: nothing of it gets into a file or a pipe.
fn progress_bar(leads: u64) -> ProgressBar {
    let target = if std::io::stdout().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("calling {wide_bar} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(leads), target).with_style(style)
}
