use std::time::Duration;

use leadhook_field::{Field, FieldId, FieldType, Object, Schema, Zone};
use leadhook_store::{
    Action, CampaignDefinition, CampaignId, CampaignType, Choice, FlowStep, Qualification,
    Revision, WebhookId,
};

use super::{CompiledAction, CompiledCampaign, compile};

fn schema() -> Schema {
    let mut schema = Schema::standard();
    let field = Field {
        id: FieldId(FieldId::FIRST_CUSTOM),
        api_name: "Fit".to_owned(),
        rest_name: "fit".to_owned(),
        display_name: "Fit Score".to_owned(),
        field_type: FieldType::Score,
        object: Object::Lead,
        read_only: false,
        custom: true,
    };
    schema.add(field).expect("the name is free");
    schema
}

fn choice(condition: &str, action: Action) -> Choice {
    Choice {
        condition: condition.to_owned(),
        action: Some(action),
    }
}

fn campaign(flow: Vec<FlowStep>, schema: &Schema) -> (CompiledCampaign, Vec<String>) {
    let definition = CampaignDefinition {
        display_name: String::new(),
        description: String::new(),
        program: None,
        campaign_type: CampaignType::Trigger,
        triggers: Vec::new(),
        flow,
        qualification: Qualification::EveryTime,
    };
    let (id, version) = (CampaignId(7), Revision(9));
    let (compiled, faults) = compile(id, version, "score", &definition, schema, &Zone::utc());
    let faults = faults.iter().map(|fault| fault.field.clone()).collect();
    (compiled, faults)
}

#[test]
fn r_cmp_2_choices_keep_their_order_and_their_actions() {
    let change = Action::ChangeDataValue {
        field: FieldId(FieldId::FIRST_CUSTOM),
        new_value: "{{company.Industry}} {{lead.City}} {{lead.City}}".to_owned(),
    };
    let step = FlowStep {
        choices: vec![
            choice("Industry:bank", Action::CallWebhook(WebhookId(3))),
            Choice {
                condition: "City = Oslo".to_owned(),
                action: None,
            },
            choice("\"Fit Score\" > 50", change),
        ],
        default_action: Some(Action::Wait(Duration::from_secs(60))),
    };
    let (compiled, faults) = campaign(vec![step], &schema());
    assert_eq!(faults, [""; 0]);
    assert_eq!(compiled.display_name, "score");
    let step = &compiled.flow[0];
    assert_eq!(step.conditions.len(), 3);
    assert!(matches!(
        step.actions[0],
        Some(CompiledAction::CallWebhook(WebhookId(3)))
    ));
    assert!(step.actions[1].is_none());
    let Some(CompiledAction::ChangeDataValue(change)) = &step.actions[2] else {
        panic!("{:?}", step.actions[2]);
    };
    assert_eq!(change.field_type, FieldType::Score);
    let projected = (
        change.projection.lead.len(),
        change.projection.company.len(),
    );
    assert_eq!(projected, (1, 1));
    assert!(matches!(step.default, Some(CompiledAction::Wait(_))));
}

#[test]
fn r_cmp_6_a_step_that_names_a_deleted_field_fails_alone() {
    let fit = FieldId(FieldId::FIRST_CUSTOM);
    let change = |field, new_value: &str| Action::ChangeDataValue {
        field,
        new_value: new_value.to_owned(),
    };
    let steps = vec![
        FlowStep {
            choices: vec![
                choice("City = Oslo", Action::RemoveFromFlow),
                choice("Fit = 1", Action::RemoveFromFlow),
                choice("City = Rom", Action::RemoveFromFlow),
            ],
            default_action: Some(Action::RemoveFromFlow),
        },
        FlowStep {
            choices: vec![choice("City = Oslo", change(fit, "1"))],
            default_action: Some(change(FieldId::EMAIL, "{{lead.Fit Score}}")),
        },
        FlowStep {
            choices: Vec::new(),
            default_action: Some(Action::RemoveFromFlow),
        },
    ];
    let (before, faults) = campaign(steps.clone(), &schema());
    assert_eq!(faults, [""; 0]);
    assert_eq!(before.flow[0].conditions.len(), 3);
    let uses: Vec<_> = before.flow.iter().map(|step| step.reads(fit)).collect();
    assert_eq!(uses, [true, true, false]);

    let (after, faults) = campaign(steps, &Schema::standard());
    assert_eq!(
        faults,
        [
            "campaign.flow[0].choices[1].condition",
            "campaign.flow[1].choices[0].action.change_data_value.field",
            "campaign.flow[1].default_action.change_data_value.new_value",
        ]
    );
    let [first, second, third] = &*after.flow else {
        panic!("{:?}", after.flow);
    };
    // Who matches an earlier choice takes it; for all others it is not known what they would match.
    assert_eq!(first.conditions.len(), 1);
    assert!(matches!(first.default, Some(CompiledAction::Impossible(_))));
    assert!(matches!(
        second.actions[0],
        Some(CompiledAction::Impossible(_))
    ));
    assert!(matches!(
        second.default,
        Some(CompiledAction::Impossible(_))
    ));
    assert!(matches!(
        third.default,
        Some(CompiledAction::RemoveFromFlow)
    ));
}
