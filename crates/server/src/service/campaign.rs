//! CampaignService.

use leadhook_engine::{CampaignView, Engine};
use leadhook_proto::v1::{self, campaign_service_server};
use leadhook_store::Store;
use tonic::{Request, Response, Status};

use super::{mask::Mask, run};
use crate::{convert::campaign, name, page::Page, status::status};

/// CampaignService on an engine.
#[derive(Debug)]
pub(crate) struct CampaignService<S> {
    engine: Engine<S>,
}

impl<S: Store> CampaignService<S> {
    pub(crate) fn new(engine: Engine<S>) -> CampaignService<S> {
        CampaignService { engine }
    }
}

fn answer(
    result: Result<CampaignView, leadhook_engine::Error>,
) -> Result<Response<v1::Campaign>, Status> {
    let view = result.map_err(|error| status(&error))?;
    Ok(Response::new(campaign::message(view)))
}

#[tonic::async_trait]
impl<S: Store> campaign_service_server::CampaignService for CampaignService<S> {
    async fn create_campaign(
        &self,
        request: Request<v1::CreateCampaignRequest>,
    ) -> Result<Response<v1::Campaign>, Status> {
        let request = request.into_inner();
        let draft = campaign::draft(request.campaign.unwrap_or_default());
        let created = self
            .engine
            .create_campaign(&request.campaign_id, draft, request.validate_only)
            .await;
        answer(created)
    }

    async fn get_campaign(
        &self,
        request: Request<v1::GetCampaignRequest>,
    ) -> Result<Response<v1::Campaign>, Status> {
        let request = request.into_inner();
        let id = name::id(&request.name, "campaigns", "name")?;
        answer(self.engine.get_campaign(id))
    }

    async fn list_campaigns(
        &self,
        request: Request<v1::ListCampaignsRequest>,
    ) -> Result<Response<v1::ListCampaignsResponse>, Status> {
        let request = request.into_inner();
        let page = Page::new(
            request.page_size,
            &request.page_token,
            ("campaigns", &request.filter),
        )?;
        let listed = self
            .engine
            .list_campaigns(&request.filter, page.after, page.size)
            .map_err(|error| status(&error))?;
        let (campaigns, next_page_token) = page.write(listed, |view| view.id, campaign::message)?;
        Ok(Response::new(v1::ListCampaignsResponse {
            campaigns,
            next_page_token,
        }))
    }

    async fn update_campaign(
        &self,
        request: Request<v1::UpdateCampaignRequest>,
    ) -> Result<Response<v1::Campaign>, Status> {
        let request = request.into_inner();
        let given = request.campaign.unwrap_or_default();
        let id = name::id(&given.name, "campaigns", "campaign.name")?;
        let mask = Mask::read(request.update_mask.as_ref(), &given);
        let mask = mask.map_err(|error| status(&error))?;
        let change = |stored: Option<CampaignView>| {
            let stored = stored.map(campaign::message).unwrap_or_default();
            campaign::draft(mask.apply(stored, &given))
        };
        let updated = self
            .engine
            .update_campaign(id, request.allow_missing, change)
            .await;
        answer(updated)
    }

    async fn delete_campaign(
        &self,
        request: Request<v1::DeleteCampaignRequest>,
    ) -> Result<Response<()>, Status> {
        let request = request.into_inner();
        let id = name::id(&request.name, "campaigns", "name")?;
        let deleted = self.engine.delete_campaign(id).await;
        deleted.map_err(|error| status(&error))?;
        Ok(Response::new(()))
    }

    async fn activate_campaign(
        &self,
        request: Request<v1::ActivateCampaignRequest>,
    ) -> Result<Response<v1::Campaign>, Status> {
        let request = request.into_inner();
        let id = name::id(&request.name, "campaigns", "name")?;
        answer(self.engine.activate_campaign(id).await)
    }

    async fn deactivate_campaign(
        &self,
        request: Request<v1::DeactivateCampaignRequest>,
    ) -> Result<Response<v1::Campaign>, Status> {
        let request = request.into_inner();
        let id = name::id(&request.name, "campaigns", "name")?;
        answer(self.engine.deactivate_campaign(id).await)
    }

    async fn request_campaign(
        &self,
        request: Request<v1::RequestCampaignRequest>,
    ) -> Result<Response<v1::Run>, Status> {
        run::request_campaign(&self.engine, request).await
    }

    async fn get_run(
        &self,
        request: Request<v1::GetRunRequest>,
    ) -> Result<Response<v1::Run>, Status> {
        run::get_run(&self.engine, request).await
    }

    async fn list_runs(
        &self,
        request: Request<v1::ListRunsRequest>,
    ) -> Result<Response<v1::ListRunsResponse>, Status> {
        run::list_runs(&self.engine, request).await
    }

    type WatchRunStream = run::Runs;

    async fn watch_run(
        &self,
        request: Request<v1::WatchRunRequest>,
    ) -> Result<Response<run::Runs>, Status> {
        run::watch_run(&self.engine, request).await
    }

    async fn cancel_run(
        &self,
        request: Request<v1::CancelRunRequest>,
    ) -> Result<Response<v1::Run>, Status> {
        run::cancel_run(&self.engine, request).await
    }
}
