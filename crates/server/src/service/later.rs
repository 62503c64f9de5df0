//! CampaignService: on the wire, so that clients see the whole contract, but not carried out yet.

use leadhook_proto::v1::{self, campaign_service_server};
use tonic::{Request, Response, Status};

use crate::status::unimplemented;

/// CampaignService; every method answers UNIMPLEMENTED.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CampaignService;

macro_rules! later {
    ($service:ident, $server:path, $feature:literal, { $($method:ident: $request:ident => $answer:ty;)* } $($stream:ident)?) => {
        #[tonic::async_trait]
        impl $server for $service {
            $(type $stream = tokio_stream::Empty<Result<v1::Run, Status>>;)?
            $(
                async fn $method(&self, _: Request<v1::$request>) -> Result<Response<$answer>, Status> {
                    Err(unimplemented(concat!($feature, ".", stringify!($method))))
                }
            )*
        }
    };
}

later!(CampaignService, campaign_service_server::CampaignService, "CampaignService", {
    create_campaign: CreateCampaignRequest => v1::Campaign;
    get_campaign: GetCampaignRequest => v1::Campaign;
    list_campaigns: ListCampaignsRequest => v1::ListCampaignsResponse;
    update_campaign: UpdateCampaignRequest => v1::Campaign;
    delete_campaign: DeleteCampaignRequest => ();
    activate_campaign: ActivateCampaignRequest => v1::Campaign;
    deactivate_campaign: DeactivateCampaignRequest => v1::Campaign;
    request_campaign: RequestCampaignRequest => v1::Run;
    get_run: GetRunRequest => v1::Run;
    list_runs: ListRunsRequest => v1::ListRunsResponse;
    watch_run: WatchRunRequest => Self::WatchRunStream;
    cancel_run: CancelRunRequest => v1::Run;
} WatchRunStream);
