//! What surrounds the call: a program with a My Token, and a campaign that can be requested, whose flow calls the webhook.

use leadhook_proto::v1::{
    Action, ActivateCampaignRequest, Campaign, CampaignIsRequested, CampaignType,
    CreateCampaignRequest, CreateProgramRequest, FlowStep, MyToken, Program, Trigger, action,
    campaign_service_client::CampaignServiceClient, program_service_client::ProgramServiceClient,
    trigger,
};
use tonic::transport::Channel;

use super::explain::explain;

/// Saves the program `programs/spring-webinar`, whose My Token `{{my.event}}` the webhook's payload holds.
pub(crate) async fn create_program(channel: &Channel) -> anyhow::Result<Program> {
    let event = MyToken {
        key: "event".to_owned(),
        value: "the {{program.Name}}".to_owned(),
        ..MyToken::default()
    };
    let request = CreateProgramRequest {
        program: Some(Program {
            display_name: "Spring Webinar".to_owned(),
            my_tokens: vec![event],
            ..Program::default()
        }),
        program_id: "spring-webinar".to_owned(),
    };
    match ProgramServiceClient::new(channel.clone())
        .create_program(request)
        .await
    {
        Ok(program) => Ok(program.into_inner()),
        Err(status) => Err(explain("the program", &status)),
    }
}

/// Saves the campaign `campaigns/enrich-all` in `program`, and activates it: Campaign is Requested, then Call Webhook.
pub(crate) async fn create(
    channel: &Channel,
    program: &str,
    webhook: &str,
) -> anyhow::Result<Campaign> {
    let mut campaigns = CampaignServiceClient::new(channel.clone());
    let call = Action {
        kind: Some(action::Kind::CallWebhook(webhook.to_owned())),
    };
    let request = CreateCampaignRequest {
        campaign: Some(Campaign {
            display_name: "Enrich all".to_owned(),
            program: program.to_owned(),
            r#type: CampaignType::Trigger.into(),
            triggers: vec![Trigger {
                kind: Some(trigger::Kind::CampaignIsRequested(CampaignIsRequested {})),
            }],
            flow: vec![FlowStep {
                default_action: Some(call),
                ..FlowStep::default()
            }],
            ..Campaign::default()
        }),
        campaign_id: "enrich-all".to_owned(),
        validate_only: false,
    };
    let created = campaigns.create_campaign(request).await;
    let name = created
        .map_err(|status| explain("the campaign", &status))?
        .into_inner()
        .name;
    match campaigns
        .activate_campaign(ActivateCampaignRequest { name })
        .await
    {
        Ok(campaign) => Ok(campaign.into_inner()),
        Err(status) => Err(explain("the campaign's activation", &status)),
    }
}
