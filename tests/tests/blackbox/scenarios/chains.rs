//! Campaigns that set themselves off: what they do is bounded, and the lead's history says so (R-CMP-10).

use leadhook_proto::v1::{
    Activity, Campaign, DataValueChanges, DeleteCampaignRequest, UpdateCampaignRequest,
};
use leadhook_tests::{Answer, Server, Target, eventually, flow, make};

async fn chain_ended(server: &Server, lead: &str) -> Vec<Activity> {
    let ended = r#"type = "Campaign Chain Ended""#;
    server.activities(lead, ended).await
}

/// A campaign that listens for what it writes.
#[tokio::test]
async fn r_cmp_10_a_field_that_changes_itself_stops_after_ten_changes() {
    let server = Server::start().await;
    let triggers = [flow::data_value_changes(
        "Job Title",
        DataValueChanges::default(),
    )];
    let louder = flow::step(flow::change("Job Title", "{{trigger.New Value}}!"));
    let campaign = Campaign {
        display_name: "Louder".to_owned(),
        ..flow::campaign(triggers, vec![louder])
    };
    server.create_campaign("louder", campaign).await;
    let ada = |title: &str| make::lead([("Email", "ada@example.com"), ("Job Title", title)]);
    server.upsert([ada("new")]).await;
    for times in 1..=2 {
        let title = format!("CTO {times}");
        server.upsert([ada(&title)]).await;
        let ended = eventually(
            async || chain_ended(&server, "leads/1").await,
            |ended| ended.len() == times,
        )
        .await;
        assert_eq!(ended[times - 1].primary_attribute, "Louder");
        let [found] = server.fields("leads/1", ["Title"]).await;
        assert_eq!(found, Some(make::value(format!("{title}!!!!!!!!!!"))));
    }
}

/// A campaign that requests itself twice would have made 1,023 entries when its tenth campaign is reached.
#[tokio::test]
async fn r_cmp_10_a_chain_that_branches_stops_after_a_thousand_entries() {
    let crm = Target::start(Answer::json("{}")).await;
    let server = Server::start().await;
    let webhook = make::json_webhook(&crm.url("/"), "{}", &[]);
    server.create_webhook("crm", webhook).await;
    server
        .create_campaign("fan", flow::requested(Vec::new()))
        .await;
    let flow = vec![
        flow::step(flow::call("crm")),
        flow::step(flow::request("fan")),
        flow::step(flow::request("fan")),
    ];
    let campaign = Campaign {
        name: "campaigns/fan".to_owned(),
        flow,
        ..Campaign::default()
    };
    let update = UpdateCampaignRequest {
        campaign: Some(campaign),
        ..UpdateCampaignRequest::default()
    };
    let updated = server.campaigns().update_campaign(update).await;
    updated.expect("it may request itself");
    server
        .upsert([make::lead([("Email", "ada@example.com")])])
        .await;
    server.request_all("fan").await;

    // Of 2,000 wishes, two for each entry, 999 are granted; the lead is told once that the others are not.
    assert_eq!(crm.received(1_000).await.len(), 1_000);
    let name = "campaigns/fan".to_owned();
    let delete = || DeleteCampaignRequest { name: name.clone() };
    eventually(
        async || server.campaigns().delete_campaign(delete()).await,
        Result::is_ok,
    )
    .await
    .expect("it is deleted once nobody is in its flow");
    let ended = chain_ended(&server, "leads/1").await;
    assert_eq!(ended.len(), 1, "{ended:?}");
    assert_eq!(crm.requests().len(), 1_000);
}
