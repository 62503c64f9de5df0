use std::time::Duration;

use leadhook_field::{Datetime, Zone};
use leadhook_store::{
    Action, CampaignDefinition, CampaignId, CampaignType, Catalog, Operator, Qualification,
    Revision, Sealed, Trigger, Webhook, WebhookId,
};

use super::{MAX_SPAN, check};
use crate::{
    InstallationKey, Settings,
    campaign::{
        CampaignDraft, DraftAction, DraftChoice, DraftConstraint, DraftQualification, DraftStep,
        DraftTrigger,
    },
    error::Violation,
    snapshot::Snapshot,
    webhook::fixture::Stage,
};

fn draft() -> CampaignDraft {
    CampaignDraft {
        display_name: "Enrich new leads".to_owned(),
        description: String::new(),
        program: String::new(),
        campaign_type: Some(CampaignType::Trigger),
        triggers: vec![DraftTrigger::PersonIsCreated],
        flow: Vec::new(),
        qualification: DraftQualification::EveryTime,
        refused: Vec::new(),
    }
}

/// With one webhook, `webhooks/crm`, of id 3.
fn snapshot() -> Snapshot {
    let (definition, _) = Stage::new().save().expect("a plain webhook is valid");
    let now = Datetime::from_micros(0);
    let webhook = Webhook {
        id: WebhookId(3),
        name: "crm".to_owned(),
        version: Revision(3),
        created: now,
        updated: now,
        paused: false,
        definition: definition
            .try_map_secrets(|_| Err::<Sealed, _>("a plain webhook has no secrets"))
            .unwrap(),
    };
    let catalog = Catalog {
        webhooks: vec![webhook],
        ..Catalog::default()
    };
    let key = InstallationKey::new(&[7; 32]);
    Snapshot::load(catalog, &key, &Settings::default())
}

fn checked(draft: &CampaignDraft) -> Result<CampaignDefinition, Vec<Violation>> {
    let own = ("enrich", CampaignId(8));
    check(draft, own, &snapshot(), &Zone::utc())
}

fn faults(draft: &CampaignDraft) -> Vec<(String, String)> {
    let faults = checked(draft).expect_err("it is refused").into_iter();
    faults
        .map(|fault| (fault.field.clone(), fault.to_string()))
        .collect()
}

fn flow(action: DraftAction) -> CampaignDraft {
    let step = DraftStep {
        choices: Vec::new(),
        default_action: Some(action),
    };
    CampaignDraft {
        flow: vec![step],
        ..draft()
    }
}

fn constraint(operator: Operator, values: &[&str]) -> Option<DraftConstraint> {
    Some(DraftConstraint {
        operator,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    })
}

fn change(field: &str, new_value: &str) -> DraftAction {
    DraftAction::ChangeDataValue {
        field: field.to_owned(),
        new_value: new_value.to_owned(),
    }
}

fn choice(condition: &str, action: Option<DraftAction>) -> DraftChoice {
    DraftChoice {
        condition: condition.to_owned(),
        action,
    }
}

#[test]
fn r_def_2_all_faults_are_told_at_once() {
    let draft = CampaignDraft {
        display_name: "a\u{7}b".to_owned(),
        description: "x".repeat(30_001),
        program: "programs/none".to_owned(),
        campaign_type: None,
        triggers: vec![
            DraftTrigger::WebhookIsCalled {
                webhook: "webhooks/crn".to_owned(),
                response: constraint(Operator::IsEmpty, &["x"]),
                error_type: constraint(Operator::Is, &[]),
                codes: vec![200, 99, 1001, -1],
            },
            DraftTrigger::DataValueChanges {
                field: "Lead Scor".to_owned(),
                new_value: constraint(Operator::Contains, &["x", ""]),
                previous_value: constraint(Operator::IsNot, &[&"x".repeat(256)]),
            },
            DraftTrigger::Unsaid,
        ],
        flow: vec![
            DraftStep {
                choices: vec![
                    choice(
                        "City = Oslo AND Ctry = NO",
                        Some(DraftAction::CallWebhook("crm".to_owned())),
                    ),
                    choice(" ", Some(change("Cty", "{{lead.Emial Address}}"))),
                    choice("City = Oslo", Some(DraftAction::Unsaid)),
                ],
                default_action: Some(DraftAction::WaitMicros(0)),
            },
            DraftStep {
                choices: Vec::new(),
                default_action: Some(change("Created At", "{{lead.City")),
            },
            DraftStep {
                choices: Vec::new(),
                default_action: Some(DraftAction::RequestCampaign("campaigns/enrihc".to_owned())),
            },
        ],
        qualification: DraftQualification::OncePerMicros(0),
        refused: vec![Violation::new("campaign_id", "is no id")],
    };
    let told = faults(&draft);
    let mut fields: Vec<_> = told.iter().map(|(field, _)| field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "campaign.description",
            "campaign.display_name",
            "campaign.flow[0].choices[0].action.call_webhook",
            "campaign.flow[0].choices[0].condition",
            "campaign.flow[0].choices[1].action.change_data_value.field",
            "campaign.flow[0].choices[1].action.change_data_value.new_value",
            "campaign.flow[0].choices[1].condition",
            "campaign.flow[0].choices[2].action",
            "campaign.flow[0].default_action.wait",
            "campaign.flow[1].default_action.change_data_value.field",
            "campaign.flow[1].default_action.change_data_value.new_value",
            "campaign.flow[2].default_action.request_campaign",
            "campaign.program",
            "campaign.qualification.once_per",
            "campaign.triggers[0].webhook_is_called.codes[1]",
            "campaign.triggers[0].webhook_is_called.codes[3]",
            "campaign.triggers[0].webhook_is_called.error_type.values",
            "campaign.triggers[0].webhook_is_called.response.values",
            "campaign.triggers[0].webhook_is_called.webhook",
            "campaign.triggers[1].data_value_changes.field",
            "campaign.triggers[1].data_value_changes.new_value.values[1]",
            "campaign.triggers[1].data_value_changes.previous_value.values[0]",
            "campaign.triggers[2]",
            "campaign.type",
            "campaign_id",
        ]
    );
}

#[test]
fn r_cmp_7_the_values_of_all_constraints_are_bounded() {
    let values: Vec<_> = (0..501).map(|n| format!("v{n}")).collect();
    let values: Vec<_> = values.iter().map(String::as_str).collect();
    let trigger = |values: &[&str]| DraftTrigger::DataValueChanges {
        field: "City".to_owned(),
        new_value: constraint(Operator::Contains, values),
        previous_value: None,
    };
    let draft = |triggers| CampaignDraft {
        triggers,
        ..draft()
    };
    let told = faults(&draft(vec![trigger(&values), trigger(&values)]));
    let [(field, message)] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(field, "campaign.triggers");
    assert!(message.contains("1002 values in all"), "{message}");
    checked(&draft(vec![trigger(&values), trigger(&values[2..])]))
        .expect("as many as there may be");
}

#[test]
fn r_def_2_a_fault_says_where_it_is_and_what_may_have_been_meant() {
    let step = DraftStep {
        choices: vec![
            choice("City = Oslo\n  AND Ctiy = Rom", None),
            choice("called_webhook(webhook = \"webhooks/crn\")", None),
        ],
        default_action: Some(DraftAction::CallWebhook("webhooks/crn".to_owned())),
    };
    let draft = CampaignDraft {
        flow: vec![step],
        ..draft()
    };
    let cases: [(_, &[&str]); 2] = [
        (
            draft,
            &[
                "campaign.flow[0].choices[0].condition: line 2, column 7: ",
                "campaign.flow[0].choices[1].condition: line 1, column 26: ",
                "campaign.flow[0].default_action.call_webhook: no webhook is called `webhooks/crn`; did you mean webhooks/crm?",
            ],
        ),
        (
            flow(change("Emial", "{{lead.Ctiy}}\n")),
            &[
                "campaign.flow[0].default_action.change_data_value.field: no lead or company field is called `Emial`; did you mean Email?",
                "campaign.flow[0].default_action.change_data_value.new_value: line 1, column 1: no lead field is called `Ctiy`; did you mean {{lead.City}}?",
            ],
        ),
    ];
    for (draft, expected) in cases {
        let told = faults(&draft);
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for ((_, told), expected) in told.iter().zip(expected) {
            assert!(told.starts_with(expected), "{told} for {expected}");
        }
    }
}

#[test]
fn r_cmp_1_a_batch_campaign_has_no_triggers_and_a_trigger_campaign_may_wait_for_one() {
    let mut draft = draft();
    draft.campaign_type = Some(CampaignType::Batch);
    assert_eq!(faults(&draft)[0].0, "campaign.triggers");
    draft.triggers.clear();
    assert!(checked(&draft).is_ok());
    draft.campaign_type = Some(CampaignType::Trigger);
    assert!(checked(&draft).is_ok());
}

#[test]
fn names_become_ids_and_a_campaign_may_request_itself() {
    let draft = CampaignDraft {
        triggers: vec![DraftTrigger::WebhookIsCalled {
            webhook: "webhooks/crm".to_owned(),
            response: None,
            error_type: None,
            codes: vec![0, 1000],
        }],
        flow: vec![DraftStep {
            choices: vec![choice(
                "company.Industry:bank OR City = Oslo",
                Some(change("company.Industry", "")),
            )],
            default_action: Some(DraftAction::RequestCampaign("campaigns/enrich".to_owned())),
        }],
        qualification: DraftQualification::OncePerMicros(1),
        ..draft()
    };
    let definition = checked(&draft).unwrap();
    assert!(matches!(
        definition.triggers[0],
        Trigger::WebhookIsCalled {
            webhook: Some(WebhookId(3)),
            ..
        }
    ));
    let step = &definition.flow[0];
    assert_eq!(
        step.default_action,
        Some(Action::RequestCampaign(CampaignId(8)))
    );
    assert!(matches!(
        step.choices[0].action,
        Some(Action::ChangeDataValue { .. })
    ));
    let micro = Duration::from_micros(1);
    assert_eq!(definition.qualification, Qualification::OncePer(micro));
}

#[test]
fn everything_is_bounded() {
    let at_most = |count: usize| -> [CampaignDraft; 4] {
        let step = DraftStep {
            choices: vec![choice("City = Oslo", None); count],
            default_action: None,
        };
        [
            CampaignDraft {
                triggers: vec![DraftTrigger::PersonIsCreated; count],
                ..draft()
            },
            CampaignDraft {
                flow: vec![DraftStep::default(); count],
                ..draft()
            },
            CampaignDraft {
                flow: vec![step],
                ..draft()
            },
            CampaignDraft {
                display_name: "x".repeat(count * 255 / 100),
                ..draft()
            },
        ]
    };
    for draft in at_most(100) {
        assert!(checked(&draft).is_ok());
    }
    for draft in at_most(101) {
        assert_eq!(faults(&draft).len(), 1);
    }
    let longest = i64::try_from(MAX_SPAN.as_micros()).unwrap();
    for (micros, is_valid) in [
        (i64::MIN, false),
        (-1, false),
        (0, false),
        (1, true),
        (longest, true),
        (longest + 1, false),
        (i64::MAX, false),
    ] {
        let waits = checked(&flow(DraftAction::WaitMicros(micros)));
        assert_eq!(waits.is_ok(), is_valid, "{micros}");
    }
    // Beyond what a filter may have: a fault of it, not of the server.
    let step = DraftStep {
        choices: vec![choice(&format!("City = {}", "x".repeat(100_000)), None)],
        default_action: None,
    };
    let large = CampaignDraft {
        flow: vec![step],
        ..draft()
    };
    assert_eq!(faults(&large)[0].0, "campaign.flow[0].choices[0].condition");
}
