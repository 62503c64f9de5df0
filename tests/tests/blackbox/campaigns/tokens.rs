//! The tokens that a campaign brings, of its triggers and of its program.

use leadhook_proto::v1::{
    CallContext, ListTokensRequest, PreviewWebhookRequest, preview_webhook_request,
};
use leadhook_tests::make;
use tonic::{Code, Status};

use super::{facts, in_a_program, refused};

#[tokio::test]
async fn r_tok_8_list_tokens_of_a_campaign_has_what_its_triggers_and_its_program_bring() {
    let server = in_a_program().await;
    let list = async |query: &str, campaign: &str| {
        let request = ListTokensRequest {
            query: query.into(),
            campaign: campaign.into(),
            ..ListTokensRequest::default()
        };
        let listed = server.webhooks().list_tokens(request).await?;
        let tokens = listed.into_inner().tokens.into_iter();
        Ok::<_, Status>(tokens.map(|it| it.token).collect::<Vec<_>>())
    };
    assert_eq!(
        list("{{trigger", "campaigns/guests").await.unwrap(),
        [
            "{{trigger.Trigger Name}}",
            "{{trigger.Name}}",
            "{{trigger.Source}}"
        ]
    );
    assert_eq!(list("{{trigger", "").await.unwrap().len(), 20);
    assert_eq!(
        list("{{my", "campaigns/guests").await.unwrap(),
        ["{{my.Event}}"]
    );
    let fault = refused(list("", "campaigns/none").await);
    assert_eq!(facts(&fault), (Code::NotFound, "CAMPAIGN_NOT_FOUND"));
}

#[tokio::test]
async fn r_def_3_a_preview_warns_of_what_the_campaign_does_not_bring() {
    let server = in_a_program().await;
    let url = "https://example.com/?a={{trigger.Source}}&b={{trigger.Code}}&c={{campaign.name}}&d={{my.Event}}&e={{my.Other}}";
    server.create_webhook("asks", make::get(url)).await;
    let request = PreviewWebhookRequest {
        source: Some(preview_webhook_request::Source::Name(
            "webhooks/asks".into(),
        )),
        context: Some(CallContext {
            campaign: "campaigns/guests".into(),
            ..CallContext::default()
        }),
        ..PreviewWebhookRequest::default()
    };
    let preview = server.webhooks().preview_webhook(request).await.unwrap();
    let warnings: Vec<_> = preview
        .into_inner()
        .warnings
        .into_iter()
        .map(|warning| warning.message)
        .collect();
    assert_eq!(warnings.len(), 2, "{warnings:#?}");
    for (warning, token) in warnings.iter().zip(["{{trigger.Code}}", "{{my.Other}}"]) {
        assert!(warning.starts_with(token), "{warning}");
    }
}
