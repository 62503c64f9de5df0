//! Programs, campaigns and runs in few words. What the server should not refuse panics when it does.

use leadhook_proto::v1::{
    ActivateCampaignRequest, Campaign, CancelRunRequest, CreateCampaignRequest,
    CreateProgramRequest, GetRunRequest, PauseWebhookRequest, Program, RequestCampaignRequest,
    ResumeWebhookRequest, Run, WatchRunRequest, run::State,
};
use tokio_stream::StreamExt;

use super::{PATIENCE, Server};
use crate::Fault;

impl Server {
    /// Creates a campaign and, if it has triggers, activates it.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn create_campaign(&self, id: &str, campaign: Campaign) -> Campaign {
        let has_triggers = !campaign.triggers.is_empty();
        let request = CreateCampaignRequest {
            campaign: Some(campaign),
            campaign_id: id.to_owned(),
            validate_only: false,
        };
        let created = self.campaigns().create_campaign(request).await;
        let created = created.expect("the campaign is saved").into_inner();
        if !has_triggers {
            return created;
        }
        let name = created.name;
        let activated = self
            .campaigns()
            .activate_campaign(ActivateCampaignRequest { name })
            .await;
        activated.expect("the campaign is activated").into_inner()
    }

    /// Creates a program.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn create_program(&self, id: &str, program: Program) -> Program {
        let request = CreateProgramRequest {
            program: Some(program),
            program_id: id.to_owned(),
        };
        let created = self.programs().create_program(request).await;
        created.expect("the program is saved").into_inner()
    }

    /// Requests a campaign.
    ///
    /// # Errors
    ///
    /// What the server refuses it with.
    pub async fn try_request(&self, request: RequestCampaignRequest) -> Result<Run, Fault> {
        let run = self.campaigns().request_campaign(request).await;
        run.map(tonic::Response::into_inner)
            .map_err(|status| Fault::of(&status))
    }

    /// Requests a campaign for all leads.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn request_all(&self, campaign: &str) -> Run {
        let request = RequestCampaignRequest {
            name: format!("campaigns/{campaign}"),
            all_leads: true,
            ..RequestCampaignRequest::default()
        };
        self.request(request).await
    }

    /// Requests a campaign.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn request(&self, request: RequestCampaignRequest) -> Run {
        self.try_request(request).await.expect("a run")
    }

    /// A run as it is now.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn get_run(&self, run: &str) -> Run {
        let name = run.to_owned();
        let run = self.campaigns().get_run(GetRunRequest { name }).await;
        run.expect("the run is there").into_inner()
    }

    /// Cancels a run.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn cancel_run(&self, run: &str) -> Run {
        let name = run.to_owned();
        let run = self.campaigns().cancel_run(CancelRunRequest { name }).await;
        run.expect("the run is there").into_inner()
    }

    /// Pauses `webhooks/{webhook}`.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn pause(&self, webhook: &str) {
        let name = format!("webhooks/{webhook}");
        let request = PauseWebhookRequest { name };
        let paused = self.webhooks().pause_webhook(request).await;
        paused.expect("the webhook is paused");
    }

    /// Resumes `webhooks/{webhook}`.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn resume(&self, webhook: &str) {
        let name = format!("webhooks/{webhook}");
        let request = ResumeWebhookRequest { name };
        let resumed = self.webhooks().resume_webhook(request).await;
        resumed.expect("the webhook is resumed");
    }

    /// Watches a run to its end, and gives it as it is then.
    ///
    /// # Panics
    ///
    /// If the watch ends before the run does.
    pub async fn until_over(&self, run: &str) -> Run {
        self.until(run, |run| {
            matches!(run.state(), State::Completed | State::Cancelled)
        })
        .await
    }

    /// Watches a run until it is as it is hoped to be.
    ///
    /// # Panics
    ///
    /// If the watch ends before, or nothing happens for a minute.
    pub async fn until(&self, run: &str, is_so: impl Fn(&Run) -> bool) -> Run {
        let name = run.to_owned();
        let watch = self.campaigns().watch_run(WatchRunRequest { name }).await;
        let mut runs = watch.expect("the run is there").into_inner();
        let mut last = None;
        while let Ok(Some(run)) = tokio::time::timeout(PATIENCE, runs.next()).await {
            let run = run.expect("the run is watched to its end");
            if is_so(&run) {
                return run;
            }
            last = Some(run);
        }
        panic!("the run never came to be so; last it was {last:?}");
    }
}
