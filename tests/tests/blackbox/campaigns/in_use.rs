//! What a campaign uses is not deleted, nor is a campaign that leads are in (R-DEF-5).

use leadhook_proto::v1::{
    Campaign, Choice, CreateFieldRequest, DataValueChanges, DeleteFieldRequest,
    DeleteProgramRequest, DeleteWebhookRequest, Field, FieldType, ListCampaignsRequest,
    WebhookIsCalled, action::Kind, trigger,
};
use leadhook_tests::{Fault, Server, make};
use tonic::Code;

use super::{
    activate, campaign, change, create, delete, facts, in_a_program, on, refused, step, with_crm,
};

#[tokio::test]
async fn r_def_5_what_a_campaign_uses_is_not_deleted() {
    let server = with_crm().await;
    server
        .create_webhook("other", make::get("https://other.example/"))
        .await;
    for id in ["Written", "Read", "Watched", "Asked", "Free"] {
        let field = Field {
            display_name: format!("Field {id}"),
            r#type: FieldType::String.into(),
            ..Field::default()
        };
        let request = CreateFieldRequest {
            field: Some(field),
            field_id: id.into(),
        };
        server.leads().create_field(request).await.unwrap();
    }
    let watches = DataValueChanges {
        field: "Watched".into(),
        ..DataValueChanges::default()
    };
    let mut uses = Campaign {
        triggers: vec![on(trigger::Kind::DataValueChanges(watches))],
        ..campaign(vec![
            step(change("Written", "{{lead.Field Read}}")),
            step(Kind::CallWebhook("webhooks/crm".into())),
        ])
    };
    uses.flow[0].choices.push(Choice {
        condition: "Asked:*".into(),
        action: None,
    });
    create(&server, "uses", uses).await.unwrap();
    let called = WebhookIsCalled {
        webhook: "webhooks/other".into(),
        ..WebhookIsCalled::default()
    };
    let listens = Campaign {
        triggers: vec![on(trigger::Kind::WebhookIsCalled(called))],
        ..campaign(vec![
            step(Kind::RequestCampaign("campaigns/uses".into())),
            step(Kind::RequestCampaign("campaigns/listens".into())),
        ])
    };
    create(&server, "listens", listens).await.unwrap();

    let in_use = |fault: Fault, resource: &str, users: &str| {
        let expected = (Code::FailedPrecondition, "IN_USE");
        assert_eq!(facts(&fault), expected, "{resource}");
        assert_eq!(fault.resource, resource);
        assert_eq!(fault.metadata["users"], users, "{resource}");
    };
    let delete_field = async |id: &str| {
        let name = format!("fields/{id}");
        server
            .leads()
            .delete_field(DeleteFieldRequest { name })
            .await
    };
    for id in ["Written", "Read", "Watched", "Asked"] {
        let fault = refused(delete_field(id).await);
        in_use(fault, &format!("fields/{id}"), "campaigns/uses");
    }
    delete_field("Free").await.expect("nobody uses it");
    let delete_webhook = async |name: &str| {
        let request = DeleteWebhookRequest {
            name: name.into(),
            etag: String::new(),
        };
        server.webhooks().delete_webhook(request).await
    };
    for (name, user) in [
        ("webhooks/crm", "campaigns/uses"),
        ("webhooks/other", "campaigns/listens"),
    ] {
        in_use(refused(delete_webhook(name).await), name, user);
    }
    let fault = refused(delete(&server, "campaigns/uses").await);
    in_use(fault, "campaigns/uses", "campaigns/listens");
    // That it requests itself keeps nobody from deleting it.
    for name in ["campaigns/listens", "campaigns/uses"] {
        delete(&server, name).await.expect("nobody uses it now");
    }
    for id in ["Written", "Read", "Watched", "Asked"] {
        delete_field(id).await.expect("nobody uses it now");
    }
    delete_webhook("webhooks/crm")
        .await
        .expect("nobody uses it now");
}

#[tokio::test]
async fn r_def_5_a_campaign_with_a_lead_in_its_flow_is_not_deleted() {
    let server = Server::start().await;
    let waits = campaign(vec![step(Kind::Wait(make::milliseconds(3_600_000)))]);
    create(&server, "waits", waits).await.unwrap();
    server
        .upsert([make::lead([("Email", "early@example.com")])])
        .await;
    delete(&server, "campaigns/waits")
        .await
        .expect("it was not active, so nobody came in");

    let waits = campaign(vec![step(Kind::Wait(make::milliseconds(3_600_000)))]);
    create(&server, "waits", waits).await.unwrap();
    activate(&server, "campaigns/waits").await.unwrap();
    server
        .upsert([make::lead([("Email", "late@example.com")])])
        .await;
    let fault = refused(delete(&server, "campaigns/waits").await);
    assert_eq!(facts(&fault), (Code::FailedPrecondition, "IN_USE"));
    assert_eq!(fault.resource, "campaigns/waits");
    assert!(fault.message.contains("leads in its flow"), "{fault:?}");
}

#[tokio::test]
async fn r_def_5_a_program_with_a_campaign_is_not_deleted() {
    let server = in_a_program().await;
    for (filter, expected) in [("program = programs/fair", 1), ("NOT program:*", 0)] {
        let request = ListCampaignsRequest {
            filter: filter.into(),
            ..ListCampaignsRequest::default()
        };
        let listed = server.campaigns().list_campaigns(request).await.unwrap();
        assert_eq!(listed.into_inner().campaigns.len(), expected, "{filter}");
    }
    let delete_program = async || {
        let request = DeleteProgramRequest {
            name: "programs/fair".into(),
        };
        server.programs().delete_program(request).await
    };
    let fault = refused(delete_program().await);
    assert_eq!(facts(&fault), (Code::FailedPrecondition, "IN_USE"));
    assert_eq!(fault.metadata["users"], "campaigns/guests");
    delete(&server, "campaigns/guests").await.unwrap();
    delete_program().await.expect("it has no campaign now");
}
