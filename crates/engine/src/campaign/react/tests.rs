use std::{collections::BTreeSet, sync::Arc};

use leadhook_field::{Datetime, FieldId, Value, Zone};
use leadhook_store::{
    CallId, Campaign, CampaignDefinition, CampaignId, CampaignType, Catalog, Cause, Effect,
    FieldChange, IdempotencyKey, Lead, LeadId, NewCall, NewEntry, Operator, Origin, Outcome,
    Qualification, Reactions, RecordedResponse, Revision, StringConstraint, Trigger, WebhookId,
};

use super::Triggers;
use crate::{
    InstallationKey, Settings,
    campaign::tokens::campaign_is_requested,
    snapshot::{Current, Snapshot},
};

fn campaign(id: i64, triggers: Vec<Trigger>) -> Campaign {
    Campaign {
        id: CampaignId(id),
        name: format!("c{id}"),
        version: Revision(id + 100),
        created: Datetime::from_micros(0),
        updated: Datetime::from_micros(0),
        active: true,
        definition: CampaignDefinition {
            display_name: String::new(),
            description: String::new(),
            program: None,
            campaign_type: CampaignType::Trigger,
            triggers,
            flow: Vec::new(),
            qualification: Qualification::Once,
        },
    }
}

fn triggers(campaigns: Vec<Campaign>) -> Triggers {
    let catalog = Catalog {
        campaigns,
        ..Catalog::default()
    };
    let key = InstallationKey::new(&[7; 32]);
    let snapshot = Snapshot::load(catalog, &key, &Settings::default());
    let zone = Zone::named("Europe/Berlin").unwrap();
    Triggers::new(Arc::new(Current::new(snapshot)), zone)
}

fn constraint(operator: Operator, values: &[&str]) -> Option<StringConstraint> {
    Some(StringConstraint {
        operator,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    })
}

fn changes(
    field: FieldId,
    new_value: Option<StringConstraint>,
    previous_value: Option<StringConstraint>,
) -> Trigger {
    Trigger::DataValueChanges {
        field,
        new_value,
        previous_value,
    }
}

fn is_called(webhook: Option<i64>, codes: &[i32]) -> Trigger {
    Trigger::WebhookIsCalled {
        webhook: webhook.map(WebhookId),
        response: None,
        error_type: None,
        codes: codes.to_vec(),
    }
}

fn call(webhook: i64, code: u16, error_type: &str, body: &[u8]) -> NewCall {
    let now = Datetime::from_micros(0);
    NewCall {
        id: CallId(0),
        has_waited: false,
        wait: None,
        origin: Origin {
            webhook: WebhookId(webhook),
            version: Revision(1),
            campaign: None,
            run: None,
        },
        outcome: Outcome {
            code,
            error_type: error_type.to_owned(),
            succeeded: code == 200,
        },
        created: now,
        ended: now,
        attempts: Vec::new(),
        request: None,
        response: Some(RecordedResponse {
            body: body.to_vec().into(),
            truncated: false,
        }),
        effect: Effect::Inline(Vec::new()),
        problems: Vec::new(),
        idempotency_key: IdempotencyKey([0; 16]),
        replay_of: None,
        request_mark: None,
        progress: None,
    }
}

fn lead(values: &[(FieldId, &str)]) -> Lead {
    let now = Datetime::from_micros(0);
    let values = values
        .iter()
        .map(|(field, text)| (*field, Value::Text((*text).into())));
    Lead {
        id: LeadId(1),
        company: None,
        created: now,
        updated: now,
        values: values.collect(),
    }
}

fn ids(entries: &[NewEntry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.campaign.0).collect()
}

fn tokens(entry: &NewEntry) -> Vec<(&str, &str)> {
    let tokens = entry.trigger.iter();
    tokens
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect()
}

#[test]
fn r_cmp_3_a_call_lets_into_each_campaign_once_whichever_of_its_triggers_fire() {
    let mut inactive = campaign(5, vec![is_called(None, &[])]);
    inactive.active = false;
    let response = Trigger::WebhookIsCalled {
        webhook: Some(WebhookId(9)),
        response: constraint(Operator::Contains, &["\"STATUS\":\"no\""]),
        error_type: constraint(Operator::StartsWith, &["service", "bad"]),
        codes: Vec::new(),
    };
    let triggers = triggers(vec![
        campaign(1, vec![is_called(Some(9), &[]), is_called(None, &[])]),
        campaign(2, vec![is_called(None, &[500, 503])]),
        campaign(3, vec![is_called(Some(8), &[])]),
        campaign(4, vec![response]),
        inactive,
        campaign(6, vec![Trigger::PersonIsCreated]),
    ]);
    let cases: [(i64, u16, &str, &str, &[i64]); 7] = [
        (9, 200, "OK", "", &[1]),
        (
            9,
            503,
            "Service Unavailable",
            r#"{"status":"NO"}"#,
            &[1, 2, 4],
        ),
        (
            9,
            503,
            "Service Unavailable",
            r#"{"status":"yes"}"#,
            &[1, 2],
        ),
        (9, 502, "Bad Gateway", r#"{"status":"no"}"#, &[1, 4]),
        (9, 0, "TIMEOUT", r#"{"status":"no"}"#, &[1]),
        (8, 500, "", "", &[1, 2, 3]),
        (7, 500, "", "", &[1, 2]),
    ];
    for (webhook, code, error_type, body, expected) in cases {
        let call = call(webhook, code, error_type, body.as_bytes());
        let entries = triggers.entries(&Cause::Called(&call));
        assert_eq!(
            ids(&entries),
            expected,
            "{webhook} {code} {error_type} {body}"
        );
    }
    let call = call(7, 500, "Internal \u{fffd}", b"\xff{}");
    let [entry, _] = &*triggers.entries(&Cause::Called(&call)) else {
        panic!("two campaigns are meant");
    };
    assert_eq!(
        (entry.version, entry.qualification),
        (Revision(101), Qualification::Once)
    );
    assert_eq!(
        tokens(entry),
        [
            ("Trigger Name", "Webhook is Called"),
            ("Name", ""),
            ("Response", "\u{fffd}{}"),
            ("Error Type", "Internal \u{fffd}"),
            ("Code", "500"),
        ]
    );
}

#[test]
fn r_cmp_3_a_change_fires_by_the_text_forms_of_both_values() {
    let score = FieldId::CREATED_AT;
    let triggers = triggers(vec![
        campaign(1, vec![changes(score, None, None)]),
        campaign(
            2,
            vec![changes(
                score,
                constraint(Operator::Is, &["2010-05-07 17:41:32"]),
                constraint(Operator::IsEmpty, &[]),
            )],
        ),
        campaign(
            3,
            vec![changes(score, None, constraint(Operator::IsNotEmpty, &[]))],
        ),
        campaign(4, vec![changes(FieldId::EMAIL, None, None)]),
    ]);
    let time = Datetime::from_micros(1_273_246_892_000_000);
    let mut change = FieldChange {
        field: score,
        previous: None,
        new: Some(Value::Datetime(time)),
    };
    let entries = triggers.entries(&Cause::Changed(&change));
    assert_eq!(ids(&entries), [1, 2]);
    assert_eq!(
        tokens(&entries[0]),
        [
            ("Trigger Name", "Data Value Changes"),
            ("Name", "Created At"),
            ("New Value", "2010-05-07 17:41:32"),
            ("Previous Value", ""),
        ]
    );
    change = FieldChange {
        field: score,
        previous: change.new,
        new: None,
    };
    assert_eq!(ids(&triggers.entries(&Cause::Changed(&change))), [1, 3]);
    change.field = FieldId::FIRST_NAME;
    assert_eq!(triggers.entries(&Cause::Changed(&change)), []);
}

#[test]
fn r_tok_8_a_new_person_is_called_by_name_else_by_e_mail_address() {
    let triggers = triggers(vec![campaign(1, vec![Trigger::PersonIsCreated])]);
    let (first, last, email) = (FieldId::FIRST_NAME, FieldId::LAST_NAME, FieldId::EMAIL);
    let cases: [(&[(FieldId, &str)], &str); 3] = [
        (
            &[(first, "Ada"), (last, "Example"), (email, "a@example.com")],
            "Ada Example",
        ),
        (&[(email, "a@example.com")], "a@example.com"),
        (&[], ""),
    ];
    for (values, expected) in cases {
        let entries = triggers.entries(&Cause::Created(&lead(values)));
        assert_eq!(
            tokens(&entries[0]),
            [("Trigger Name", "Person is Created"), ("Name", expected)]
        );
    }
}

#[test]
fn r_tok_8_each_trigger_brings_the_tokens_that_it_says() {
    let campaigns = vec![
        campaign(
            1,
            vec![
                Trigger::PersonIsCreated,
                is_called(None, &[]),
                changes(FieldId::EMAIL, None, None),
            ],
        ),
        campaign(2, vec![Trigger::CampaignIsRequested]),
    ];
    let triggers = triggers(campaigns);
    let change = FieldChange {
        field: FieldId::EMAIL,
        previous: None,
        new: None,
    };
    let (created, called) = (lead(&[]), call(1, 200, "OK", b""));
    let mut brought: BTreeSet<Vec<String>> = [
        Cause::Created(&created),
        Cause::Changed(&change),
        Cause::Called(&called),
    ]
    .iter()
    .flat_map(|cause| triggers.entries(cause))
    .map(|entry| entry.trigger.into_iter().map(|(name, _)| name).collect())
    .collect();
    let requested = campaign_is_requested("Score", "API");
    brought.insert(requested.into_iter().map(|(name, _)| name).collect());
    let snapshot = triggers.current.get();
    let said: BTreeSet<Vec<String>> = snapshot
        .campaigns
        .iter()
        .flat_map(|live| &live.compiled.triggers)
        .map(|trigger| trigger.tokens().iter().map(|it| (*it).to_owned()).collect())
        .collect();
    assert_eq!((brought.len(), brought), (4, said));
}
