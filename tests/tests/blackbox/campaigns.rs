//! Campaigns: saved, refused with every fault, read back, changed, activated, deleted when nobody uses them.

mod in_use;
mod tokens;

use leadhook_proto::v1::{
    Action, ActivateCampaignRequest, Campaign, CampaignIsRequested, CampaignType, ChangeDataValue,
    Choice, CreateCampaignRequest, CreateProgramRequest, DataValueChanges,
    DeactivateCampaignRequest, DeleteCampaignRequest, FlowStep, GetCampaignRequest,
    ListCampaignsRequest, MyToken, PersonIsCreated, Program, Qualification, StringConstraint,
    Trigger, UpdateCampaignRequest, WebhookIsCalled, action::Kind, qualification::Rule,
    string_constraint::Operator, trigger,
};
use leadhook_tests::{Fault, Server, make};
use prost_types::FieldMask;
use tonic::{Code, Response, Status};

fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> Fault {
    Fault::of(&answer.expect_err("it should be refused"))
}

fn facts(fault: &Fault) -> (Code, &str) {
    (fault.code, fault.reason.as_str())
}

async fn create(server: &Server, id: &str, campaign: Campaign) -> Result<Campaign, Status> {
    let request = CreateCampaignRequest {
        campaign: Some(campaign),
        campaign_id: id.into(),
        validate_only: false,
    };
    let created = server.campaigns().create_campaign(request).await;
    created.map(Response::into_inner)
}

async fn activate(server: &Server, name: &str) -> Result<Campaign, Status> {
    let request = ActivateCampaignRequest { name: name.into() };
    let activated = server.campaigns().activate_campaign(request).await;
    activated.map(Response::into_inner)
}

async fn update(server: &Server, given: Campaign, paths: &[&str]) -> Result<Campaign, Status> {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let request = UpdateCampaignRequest {
        campaign: Some(given),
        update_mask: Some(FieldMask { paths }),
        allow_missing: false,
    };
    let updated = server.campaigns().update_campaign(request).await;
    updated.map(Response::into_inner)
}

async fn delete(server: &Server, name: &str) -> Result<(), Status> {
    let request = DeleteCampaignRequest { name: name.into() };
    let deleted = server.campaigns().delete_campaign(request).await;
    deleted.map(Response::into_inner)
}

fn on(kind: trigger::Kind) -> Trigger {
    Trigger { kind: Some(kind) }
}

fn to(kind: Kind) -> Action {
    Action { kind: Some(kind) }
}

fn step(action: Kind) -> FlowStep {
    FlowStep {
        choices: Vec::new(),
        default_action: Some(to(action)),
    }
}

fn change(field: &str, new_value: &str) -> Kind {
    Kind::ChangeDataValue(ChangeDataValue {
        field: field.into(),
        new_value: new_value.into(),
    })
}

/// Leads come in when they are new.
fn campaign(flow: Vec<FlowStep>) -> Campaign {
    Campaign {
        r#type: CampaignType::Trigger.into(),
        triggers: vec![on(trigger::Kind::PersonIsCreated(PersonIsCreated {}))],
        flow,
        ..Campaign::default()
    }
}

/// Every trigger and action.
fn everything() -> Campaign {
    let constraint = |operator: Operator, values: &[&str]| {
        Some(StringConstraint {
            operator: operator.into(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        })
    };
    let called = WebhookIsCalled {
        webhook: "webhooks/crm".into(),
        response: constraint(Operator::Contains, &["ok", "fine"]),
        error_type: constraint(Operator::IsNotEmpty, &[]),
        codes: vec![0, 503],
    };
    let changes = DataValueChanges {
        field: "Title".into(),
        new_value: constraint(Operator::NotStartsWith, &["C"]),
        previous_value: None,
    };
    let choices = vec![
        Choice {
            condition: "Industry:bank AND \"Lead Score\" > 50".into(),
            action: Some(to(Kind::CallWebhook("webhooks/crm".into()))),
        },
        Choice {
            condition: "called_webhook(code = 503)".into(),
            action: None,
        },
    ];
    Campaign {
        display_name: "Everything".into(),
        description: "at once".into(),
        triggers: vec![
            on(trigger::Kind::CampaignIsRequested(CampaignIsRequested {})),
            on(trigger::Kind::WebhookIsCalled(called)),
            on(trigger::Kind::DataValueChanges(changes)),
        ],
        qualification: Some(Qualification {
            rule: Some(Rule::OncePer(make::milliseconds(1_500))),
        }),
        ..campaign(vec![
            FlowStep {
                choices,
                default_action: Some(to(change("Title", "{{lead.City:default=none}}"))),
            },
            step(Kind::Wait(make::milliseconds(250))),
            step(Kind::RequestCampaign("campaigns/all".into())),
            step(Kind::RemoveFromFlow(())),
        ])
    }
}

async fn with_crm() -> Server {
    let server = Server::start().await;
    server
        .create_webhook("crm", make::get("https://crm.example/"))
        .await;
    server
}

/// A program with a My Token, and a campaign in it that new leads and requests enter.
async fn in_a_program() -> Server {
    let server = with_crm().await;
    let program = Program {
        my_tokens: vec![MyToken {
            key: "Event".into(),
            value: "Fair".into(),
            ..MyToken::default()
        }],
        ..Program::default()
    };
    let request = CreateProgramRequest {
        program: Some(program),
        program_id: "fair".into(),
    };
    server.programs().create_program(request).await.unwrap();
    let given = Campaign {
        program: "programs/fair".into(),
        triggers: vec![
            on(trigger::Kind::PersonIsCreated(PersonIsCreated {})),
            on(trigger::Kind::CampaignIsRequested(CampaignIsRequested {})),
        ],
        ..campaign(Vec::new())
    };
    let saved = create(&server, "guests", given).await.unwrap();
    assert_eq!(saved.program, "programs/fair");
    server
}

#[tokio::test]
async fn r_cmp_1_a_campaign_reads_back_as_it_was_saved_also_after_a_restart() {
    let server = with_crm().await;
    let saved = create(&server, "all", everything()).await.unwrap();
    assert!(saved.id > 0);
    let output_only = Campaign {
        name: "campaigns/all".into(),
        id: saved.id,
        ..everything()
    };
    assert_eq!(saved, output_only);
    let active = activate(&server, "campaigns/all").await.unwrap();
    assert_eq!(
        active,
        Campaign {
            active: true,
            ..saved
        }
    );
    let server = server.kill().await.restart().await;
    let request = GetCampaignRequest {
        name: "campaigns/all".into(),
    };
    let read = server.campaigns().get_campaign(request).await.unwrap();
    assert_eq!(read.into_inner(), active);
}

#[tokio::test]
async fn r_def_2_a_campaign_that_cannot_work_is_refused_with_every_fault() {
    let server = with_crm().await;
    let mut given = everything();
    given.r#type = 9;
    given.program = "programs/none".into();
    given.triggers.push(Trigger { kind: None });
    given.qualification = Some(Qualification {
        rule: Some(Rule::OncePer(make::milliseconds(0))),
    });
    given.flow[0].choices[0].condition = "Industry:bank AND\nLead Scor > 50".into();
    given.flow[0].choices[1].action = Some(to(Kind::CallWebhook("webhooks/crn".into())));
    given.flow[0].default_action = Some(to(change("Created At", "{{lead.Ctiy}}")));
    given.flow[1] = step(Kind::Wait(prost_types::Duration {
        seconds: -1,
        nanos: 0,
    }));
    given.flow[2] = step(Kind::RequestCampaign("campaigns/none".into()));
    let fault = refused(create(&server, "No_Id", given).await);
    assert_eq!(facts(&fault), (Code::InvalidArgument, "INVALID_CAMPAIGN"));
    let mut fields = fault.fields();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "campaign.flow[0].choices[0].condition",
            "campaign.flow[0].choices[1].action.call_webhook",
            "campaign.flow[0].default_action.change_data_value.field",
            "campaign.flow[0].default_action.change_data_value.new_value",
            "campaign.flow[1].default_action.wait",
            "campaign.flow[2].default_action.request_campaign",
            "campaign.program",
            "campaign.qualification.once_per",
            "campaign.triggers[3]",
            "campaign.type",
            "campaign_id",
        ]
    );
    for (field, told) in [
        ("campaign.flow[0].choices[0].condition", "line 2, column 1"),
        (
            "campaign.flow[0].choices[1].action.call_webhook",
            "did you mean webhooks/crm?",
        ),
        (
            "campaign.flow[0].default_action.change_data_value.new_value",
            "did you mean {{lead.City}}?",
        ),
    ] {
        assert!(fault.violation(field).contains(told), "{fault:#?}");
    }
}

#[tokio::test]
async fn r_fil_1_a_condition_of_100_kb_is_refused_and_one_of_64_kib_taken() {
    let server = Server::start().await;
    let given = |len: usize| {
        let mut given = campaign(vec![step(Kind::RemoveFromFlow(()))]);
        let padding = " ".repeat(len - "City = Oslo".len());
        given.flow[0].choices.push(Choice {
            condition: format!("City = Oslo{padding}"),
            action: None,
        });
        given
    };
    let fault = refused(create(&server, "large", given(100_000)).await);
    assert_eq!(facts(&fault), (Code::InvalidArgument, "INVALID_CAMPAIGN"));
    assert_eq!(fault.fields(), ["campaign.flow[0].choices[0].condition"]);
    create(&server, "large", given(64 << 10)).await.unwrap();
}

#[tokio::test]
async fn an_id_is_taken_once_and_made_where_none_is_given() {
    let server = Server::start().await;
    let given = Campaign {
        display_name: "Über uns".into(),
        ..campaign(Vec::new())
    };
    let made = create(&server, "", given.clone()).await.unwrap();
    assert!(made.name.starts_with("campaigns/ber-uns-"), "{}", made.name);
    create(&server, "taken", given.clone()).await.unwrap();
    let fault = refused(create(&server, "taken", given.clone()).await);
    assert_eq!(facts(&fault), (Code::AlreadyExists, "ALREADY_EXISTS"));
    let request = CreateCampaignRequest {
        campaign: Some(given),
        campaign_id: "checked".into(),
        validate_only: true,
    };
    server.campaigns().create_campaign(request).await.unwrap();
    let request = GetCampaignRequest {
        name: "campaigns/checked".into(),
    };
    let fault = refused(server.campaigns().get_campaign(request).await);
    assert_eq!(facts(&fault), (Code::NotFound, "CAMPAIGN_NOT_FOUND"));
}

#[tokio::test]
async fn an_update_changes_what_its_mask_names() {
    let server = with_crm().await;
    let saved = create(&server, "all", everything()).await.unwrap();
    let given = Campaign {
        name: saved.name.clone(),
        description: "new".into(),
        ..Campaign::default()
    };
    let updated = update(&server, given.clone(), &["description", "triggers"])
        .await
        .unwrap();
    let expected = Campaign {
        description: "new".into(),
        triggers: Vec::new(),
        ..saved
    };
    assert_eq!(updated, expected);
    let fault = refused(update(&server, given, &["flow.choices"]).await);
    assert_eq!(fault.fields(), ["update_mask.paths[0]"]);
    let missing = Campaign {
        name: "campaigns/none".into(),
        ..everything()
    };
    let fault = refused(update(&server, missing.clone(), &["*"]).await);
    assert_eq!(facts(&fault), (Code::NotFound, "CAMPAIGN_NOT_FOUND"));
    assert!(!fault.message.contains("did you mean"), "{}", fault.message);
    let request = UpdateCampaignRequest {
        campaign: Some(missing),
        update_mask: None,
        allow_missing: true,
    };
    let created = server.campaigns().update_campaign(request).await.unwrap();
    assert_eq!(created.into_inner().flow.len(), 4);
}

#[tokio::test]
async fn r_cmp_1_what_has_no_triggers_is_not_activated_nor_made_so_while_it_is_active() {
    let server = Server::start().await;
    let batch = Campaign {
        r#type: CampaignType::Batch.into(),
        triggers: Vec::new(),
        ..campaign(Vec::new())
    };
    let mut with_trigger = batch.clone();
    with_trigger.triggers = campaign(Vec::new()).triggers;
    let fault = refused(create(&server, "batch", with_trigger).await);
    assert_eq!(fault.fields(), ["campaign.triggers"]);
    create(&server, "batch", batch.clone()).await.unwrap();
    let idle = Campaign {
        triggers: Vec::new(),
        ..campaign(Vec::new())
    };
    create(&server, "idle", idle).await.unwrap();
    for name in ["campaigns/batch", "campaigns/idle"] {
        let fault = refused(activate(&server, name).await);
        let expected = (Code::FailedPrecondition, "CAMPAIGN_NOT_ACTIVATABLE");
        assert_eq!(facts(&fault), expected, "{name}");
        assert_eq!(fault.resource, name);
    }
    create(&server, "live", campaign(Vec::new())).await.unwrap();
    for _ in 0..2 {
        assert!(activate(&server, "campaigns/live").await.unwrap().active);
    }
    let bare = Campaign {
        name: "campaigns/live".into(),
        ..Campaign::default()
    };
    let fault = refused(update(&server, bare.clone(), &["triggers"]).await);
    assert_eq!(facts(&fault), (Code::InvalidArgument, "INVALID_CAMPAIGN"));
    for _ in 0..2 {
        let request = DeactivateCampaignRequest {
            name: "campaigns/live".into(),
        };
        let idle = server.campaigns().deactivate_campaign(request).await;
        assert!(!idle.unwrap().into_inner().active);
    }
    update(&server, bare, &["triggers"]).await.unwrap();
}

#[tokio::test]
async fn campaigns_are_listed_oldest_first_by_page_and_filter() {
    let server = Server::start().await;
    for id in ["c", "a", "b"] {
        create(&server, id, campaign(Vec::new())).await.unwrap();
    }
    let batch = Campaign {
        r#type: CampaignType::Batch.into(),
        triggers: Vec::new(),
        ..campaign(Vec::new())
    };
    create(&server, "d", batch).await.unwrap();
    activate(&server, "campaigns/a").await.unwrap();
    let list = async |filter: &str, page_token: &str| {
        let request = ListCampaignsRequest {
            page_size: 2,
            page_token: page_token.into(),
            filter: filter.into(),
        };
        let listed = server.campaigns().list_campaigns(request).await?;
        let listed = listed.into_inner();
        let names: Vec<_> = listed.campaigns.into_iter().map(|it| it.name).collect();
        Ok::<_, Status>((names.join(" "), listed.next_page_token))
    };
    let (first, token) = list("", "").await.unwrap();
    assert_eq!(first, "campaigns/c campaigns/a");
    let (second, end) = list("", &token).await.unwrap();
    assert_eq!((&*second, &*end), ("campaigns/b campaigns/d", ""));
    for (filter, expected) in [
        ("active = true", "campaigns/a"),
        ("type = BATCH", "campaigns/d"),
        (
            "type = TRIGGER AND active = false",
            "campaigns/c campaigns/b",
        ),
        ("name = campaigns/B", "campaigns/b"),
    ] {
        let (names, _) = list(filter, "").await.unwrap();
        assert_eq!(names, expected, "{filter}");
    }
    for filter in ["flow = 1", "name = b", "program != year"] {
        let fault = refused(list(filter, "").await);
        let expected = (Code::InvalidArgument, "INVALID_FILTER");
        assert_eq!(facts(&fault), expected, "{filter}");
    }
}
