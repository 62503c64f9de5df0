//! Custom fields through the engine on the embedded store: R-LEAD-3, R-DEF-5.

use leadhook_engine::{Draft, DraftMapping, Error, FieldDraft, Kind, ListFields, Secret};
use leadhook_field::{Field, FieldType, Object, Value};
use leadhook_store::{Authentication, RequestTokenEncoding, RequestType, ResponseType};

use crate::world::{World, lead};

fn draft(api_name: &str, field_type: FieldType) -> FieldDraft {
    FieldDraft {
        api_name: api_name.to_owned(),
        field_type: Some(field_type),
        ..FieldDraft::default()
    }
}

fn list(world: &World, filter: &str) -> Vec<Field> {
    let list = ListFields {
        filter: filter.to_owned(),
        after: None,
        limit: 1_000,
    };
    world.engine.list_fields(&list).unwrap().rows
}

fn names(fields: &[Field]) -> Vec<&str> {
    fields.iter().map(|field| field.api_name.as_str()).collect()
}

#[tokio::test]
async fn a_custom_field_is_there_at_once_and_after_a_restart() {
    let world = World::new().await;
    let made = world
        .engine
        .create_field(draft("Favorite_Color__c", FieldType::String))
        .await
        .unwrap();
    assert_eq!(
        (made.rest_name.as_str(), made.display_name.as_str()),
        ("favorite_Color__c", "Favorite Color")
    );
    let rows = vec![lead(&[("Email", "a@b.c"), ("favorite color", "blue")])];
    let id = world.engine.upsert_leads(rows, "", "").await.unwrap()[0]
        .as_ref()
        .unwrap()
        .id;
    let world = world.restart().await;
    assert_eq!(list(&world, "custom = true"), [made]);
    let view = world
        .engine
        .get_lead(id, &["Favorite Color".to_owned()])
        .await
        .unwrap();
    assert_eq!(
        view.fields,
        [("Favorite_Color__c".to_owned(), Value::Text("blue".into()))]
    );
}

#[tokio::test]
async fn r_lead_3_a_name_is_given_once() {
    let world = World::new().await;
    world
        .engine
        .create_field(draft("Tier", FieldType::Integer))
        .await
        .unwrap();
    let again = world
        .engine
        .create_field(draft("Tier", FieldType::Integer))
        .await
        .unwrap_err();
    assert!(
        matches!(again, Error::AlreadyExists { kind: Kind::Field, ref name } if name == "fields/Tier")
    );
    let near = FieldDraft {
        object: Some(Object::Company),
        ..draft("Level", FieldType::Integer)
    };
    let near = FieldDraft {
        display_name: "TIER".to_owned(),
        ..near
    };
    let Error::Invalid { violations, .. } = world.engine.create_field(near).await.unwrap_err()
    else {
        panic!("expected a fault")
    };
    assert_eq!(violations[0].field, "field.display_name");
}

#[tokio::test]
async fn a_deleted_field_is_gone_and_its_values_do_not_come_back() {
    let world = World::new().await;
    let first = world
        .engine
        .create_field(draft("Tier", FieldType::Integer))
        .await
        .unwrap();
    let row = |value| vec![lead(&[("Email", "a@b.c"), ("Tier", value)])];
    let id = world.engine.upsert_leads(row("3"), "", "").await.unwrap()[0]
        .as_ref()
        .unwrap()
        .id;
    world.engine.delete_field("Tier").await.unwrap();
    assert!(world.engine.upsert_leads(row("4"), "", "").await.unwrap()[0].is_err());
    let second = world
        .engine
        .create_field(draft("Tier", FieldType::String))
        .await
        .unwrap();
    assert_ne!(first.id, second.id);
    let view = world
        .engine
        .get_lead(id, &["Tier".to_owned()])
        .await
        .unwrap();
    assert_eq!(view.fields, []);
    let missing = world.engine.delete_field("Tear").await.unwrap_err();
    assert!(
        matches!(missing, Error::NotFound { kind: Kind::Field, ref name, .. } if name == "fields/Tear")
    );
}

#[tokio::test]
async fn a_standard_field_is_not_deleted() {
    let world = World::new().await;
    let refused = world.engine.delete_field("Email").await.unwrap_err();
    assert!(
        matches!(refused, Error::BuiltIn { kind: Kind::Field, ref name } if name == "fields/Email"),
        "{refused}"
    );
    assert_eq!(names(&list(&world, "name = fields/Email")), ["Email"]);
}

#[tokio::test]
async fn r_fil_3_fields_are_listed_by_their_scalars() {
    let world = World::new().await;
    let company = FieldDraft {
        object: Some(Object::Company),
        ..draft("Tier", FieldType::Integer)
    };
    world.engine.create_field(company).await.unwrap();
    for (filter, expected) in [
        ("name = fields/Email", vec!["Email"]),
        ("rest_name = dateOfBirth", vec!["DateofBirth"]),
        ("display_name = \"job title\"", vec!["Title"]),
        ("type = SCORE", vec!["LeadScore"]),
        (
            "type = TEXT_AREA AND object = COMPANY",
            vec!["CompanyNotes", "BillingStreet"],
        ),
        (
            "read_only = true",
            vec!["Id", "CreatedAt", "UpdatedAt", "FullName"],
        ),
        ("custom = true", vec!["Tier"]),
        (
            "object = COMPANY AND type = INTEGER",
            vec!["NumberOfEmployees", "Tier"],
        ),
    ] {
        assert_eq!(names(&list(&world, filter)), expected, "{filter}");
    }
    let wrong = ListFields {
        filter: "type = SCORES".to_owned(),
        ..ListFields::default()
    };
    let wrong = world.engine.list_fields(&wrong).unwrap_err();
    assert!(
        matches!(
            wrong,
            Error::Invalid {
                subject: Kind::Filter,
                ..
            }
        ),
        "{wrong}"
    );
}

#[tokio::test]
async fn pages_of_fields_follow_each_other() {
    let world = World::new().await;
    let all = list(&world, "");
    let (mut read, mut after) = (Vec::new(), None);
    loop {
        let page = ListFields {
            after,
            limit: 7,
            ..ListFields::default()
        };
        let page = world.engine.list_fields(&page).unwrap();
        after = page.next;
        read.extend(page.rows);
        if after.is_none() {
            break;
        }
    }
    assert_eq!(read.len() % 7, 4, "the last page is not empty");
    assert_eq!(read, all);
    assert_eq!(all.len(), 81);
}

fn webhook(payload_template: &str, mapped: &str) -> Draft {
    let mapping = DraftMapping {
        response_attribute: "tier".to_owned(),
        field: mapped.to_owned(),
    };
    Draft {
        display_name: String::new(),
        description: String::new(),
        url: "https://example.com/".to_owned(),
        request_type: Some(RequestType::Post),
        payload_template: payload_template.to_owned(),
        request_token_encoding: RequestTokenEncoding::Json,
        response_type: ResponseType::Json,
        custom_headers: Vec::new(),
        response_mappings: vec![mapping],
        timeout_micros: None,
        retry_policy: None,
        max_concurrency: 0,
        max_rate: 0.0,
        authentication: None,
        marketo_escapes: false,
        also_map_codes: Vec::new(),
        refused: Vec::new(),
    }
}

#[tokio::test]
async fn r_def_5_a_field_in_use_by_webhooks_is_not_deleted() {
    let world = World::new().await;
    world
        .engine
        .create_field(draft("Tier", FieldType::String))
        .await
        .unwrap();
    let by_token = webhook("{{lead.Tier}}", "City");
    let by_mapping = webhook("{}", "tier");
    let neither = webhook("{}", "City");
    for (name, draft) in [
        ("by-token", by_token),
        ("by-mapping", by_mapping),
        ("neither", neither),
    ] {
        world
            .engine
            .create_webhook(name, draft, false)
            .await
            .unwrap();
    }
    let refused = world.engine.delete_field("Tier").await.unwrap_err();
    let Error::InUse {
        kind: Kind::Field,
        name,
        users,
    } = refused
    else {
        panic!("{refused}")
    };
    assert_eq!(name, "fields/Tier");
    assert_eq!(users, ["webhooks/by-token", "webhooks/by-mapping"]);
    for name in ["by-token", "by-mapping"] {
        world.engine.delete_webhook(name, "").await.unwrap();
    }
    world.engine.delete_field("Tier").await.unwrap();
}

#[tokio::test]
async fn r_def_5_holds_for_a_webhook_that_cannot_be_called() {
    let world = World::new().await;
    let tier = draft("Tier", FieldType::String);
    world.engine.create_field(tier).await.unwrap();
    let token = Secret::new("secret");
    let sealed = Draft {
        authentication: Some(Authentication::Bearer { token }),
        ..webhook("{}", "tier")
    };
    world
        .engine
        .create_webhook("x", sealed, false)
        .await
        .unwrap();
    // Its secret does not open with this key, so it does not compile; an update with the secret mends it.
    let world = world.restart_with_key(8).await;
    let refused = world.engine.delete_field("Tier").await.unwrap_err();
    assert!(matches!(refused, Error::InUse { .. }), "{refused}");
}
