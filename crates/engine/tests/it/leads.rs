//! Leads through the engine on the embedded store: R-LEAD, R-CALL-9.

use leadhook_engine::{
    Error, Input, Kind, LeadInput, LeadView, ListLeads, RowFault, RowResult, UpsertedLead,
};
use leadhook_field::Value;
use leadhook_store::LeadId;

use crate::world::{World, lead, text};

async fn upsert(world: &World, rows: Vec<LeadInput>) -> Vec<RowResult> {
    world.engine.upsert_leads(rows, "", "").await.unwrap()
}

async fn add(world: &World, fields: &[(&str, &str)]) -> LeadId {
    upsert(world, vec![lead(fields)]).await[0]
        .as_ref()
        .unwrap()
        .id
}

async fn show(world: &World, id: LeadId, fields: &[&str]) -> LeadView {
    let fields: Vec<_> = fields.iter().map(|field| (*field).to_owned()).collect();
    world.engine.get_lead(id, &fields).await.unwrap()
}

fn value<'a>(view: &'a LeadView, name: &str) -> Option<&'a Value> {
    view.fields
        .iter()
        .find(|(field, _)| field == name)
        .map(|(_, value)| value)
}

fn names(view: &LeadView) -> Vec<&str> {
    view.fields.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn r_lead_1_a_lead_is_found_by_its_lookup_field_or_made() {
    let world = World::new().await;
    let made = upsert(
        &world,
        vec![lead(&[("Email", "Ada@Example.com"), ("City", "London")])],
    )
    .await;
    let id = LeadId(1);
    assert_eq!(made, [Ok(UpsertedLead { id, created: true })]);
    // Text without regard to case; what is not named stays.
    let found = upsert(
        &world,
        vec![lead(&[("email", "ADA@example.COM"), ("First Name", "Ada")])],
    )
    .await;
    assert_eq!(found, [Ok(UpsertedLead { id, created: false })]);
    let view = show(&world, id, &[]).await;
    assert_eq!(value(&view, "City"), Some(&Value::Text("London".into())));
    assert_eq!(value(&view, "FirstName"), Some(&Value::Text("Ada".into())));
    // null and empty text clear.
    let mut row = lead(&[("Email", "ada@example.com"), ("City", "")]);
    row.fields.push(("First Name".to_owned(), Input::Null));
    upsert(&world, vec![row]).await;
    let view = show(&world, id, &[]).await;
    assert_eq!(
        (value(&view, "City"), value(&view, "FirstName")),
        (None, None)
    );
}

#[tokio::test]
async fn r_lead_1_any_lead_field_may_be_the_lookup_field() {
    let world = World::new().await;
    let row = || lead(&[("Mobile Phone Number", "+47 1"), ("City", "Oslo")]);
    let first = world
        .engine
        .upsert_leads(vec![row(), row()], "mobilePhone", "")
        .await
        .unwrap();
    let id = LeadId(1);
    assert_eq!(
        first,
        [
            Ok(UpsertedLead { id, created: true }),
            Ok(UpsertedLead { id, created: false })
        ],
        "one key twice in a request: in order"
    );
    for (name, suggestion) in [("mobilPhone", "MobilePhone"), ("Industry", ""), ("Id", "")] {
        let refused = world
            .engine
            .upsert_leads(vec![row()], name, "")
            .await
            .unwrap_err();
        let Error::Invalid {
            subject: Kind::Request,
            violations,
        } = refused
        else {
            panic!("{refused}")
        };
        assert_eq!(violations[0].field, "lookup_field", "{name}");
        assert_eq!(violations[0].suggestion, suggestion, "{name}");
    }
}

#[tokio::test]
async fn r_lead_1_a_row_may_name_its_lead() {
    let world = World::new().await;
    let id = add(&world, &[("Email", "a@b.c")]).await;
    let named = |id| LeadInput {
        name: format!("leads/{id}"),
        ..lead(&[("Email", "new@b.c")])
    };
    let rows = upsert(&world, vec![named(id), named(LeadId(99))]).await;
    assert_eq!(rows[0], Ok(UpsertedLead { id, created: false }));
    let missing = RowFault::NotFound {
        kind: Kind::Lead,
        name: "leads/99".to_owned(),
    };
    assert_eq!(rows[1], Err(missing));
    let view = show(&world, id, &["Email"]).await;
    assert_eq!(
        view.fields,
        [("Email".to_owned(), Value::Text("new@b.c".into()))]
    );
}

#[tokio::test]
async fn r_lead_2_a_bad_row_changes_nothing_and_the_others_go_in() {
    let world = World::new().await;
    let rows = vec![
        lead(&[("Email", "a@b.c")]),
        lead(&[
            ("Email", "bad@b.c"),
            ("Lead Score", "high"),
            ("Citty", "Oslo"),
        ]),
        lead(&[("City", "Oslo")]),
        lead(&[("Email", "d@b.c"), ("Lead Score", "7")]),
    ];
    let results = upsert(&world, rows).await;
    let good: Vec<_> = results.iter().flatten().map(|lead| lead.id.0).collect();
    assert_eq!(good, [1, 2]);
    let faults: Vec<Vec<_>> = results
        .iter()
        .filter_map(|result| result.as_ref().err())
        .map(|fault| {
            fault
                .violations()
                .iter()
                .map(|it| it.field.as_str())
                .collect()
        })
        .collect();
    assert_eq!(
        faults,
        [
            vec![
                r#"leads[1].fields["Citty"]"#,
                r#"leads[1].fields["Lead Score"]"#
            ],
            vec![r#"leads[2].fields["Email"]"#],
        ]
    );
    let all = world.engine.list_leads(ListLeads::default()).await.unwrap();
    assert_eq!((all.rows.len(), all.next), (2, None));
}

#[tokio::test]
async fn a_request_has_at_most_1_000_rows() {
    let world = World::new().await;
    let rows = |count| {
        (0..count)
            .map(|at| lead(&[("Email", &format!("{at}@b.c"))]))
            .collect()
    };
    assert_eq!(upsert(&world, rows(1_000)).await.len(), 1_000);
    let refused = world
        .engine
        .upsert_leads(rows(1_001), "", "")
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("at most 1000"), "{refused}");
}

#[tokio::test]
async fn r_lead_5_company_fields_belong_to_the_company_of_that_name() {
    let world = World::new().await;
    let fields = [
        ("Email", "a@b.c"),
        ("Company Name", "Acme"),
        ("Industry", "Arms"),
    ];
    let ada = add(&world, &fields).await;
    let bob = add(&world, &[("Email", "b@b.c"), ("Company Name", "ACME")]).await;
    let (ada, bob) = (
        show(&world, ada, &[]).await,
        show(&world, bob, &["Industry", "email"]).await,
    );
    assert_eq!(ada.company, bob.company);
    assert_eq!(value(&bob, "Industry"), Some(&Value::Text("Arms".into())));
    assert_eq!(
        names(&bob),
        ["Email", "Industry"],
        "those that were asked for, by API name"
    );
    assert_eq!(
        value(&ada, "Industry"),
        None,
        "company fields only when asked for"
    );
    let company = world
        .engine
        .get_company(ada.company.unwrap())
        .await
        .unwrap();
    assert_eq!(company.fields[0].0, "Company");
}

#[tokio::test]
async fn r_lead_5_a_lead_shows_what_it_has_unless_others_are_asked_for() {
    let world = World::new().await;
    let id = add(
        &world,
        &[
            ("Email", "a@b.c"),
            ("First Name", "Ada"),
            ("Last Name", "Ex"),
        ],
    )
    .await;
    let view = show(&world, id, &[]).await;
    assert_eq!(
        names(&view),
        [
            "Id",
            "CreatedAt",
            "UpdatedAt",
            "Email",
            "FirstName",
            "LastName",
            "FullName"
        ]
    );
    assert_eq!(
        value(&view, "FullName"),
        Some(&Value::Text("Ada Ex".into()))
    );
    assert_eq!(value(&view, "Id"), Some(&Value::Integer(1)));
    assert_eq!(
        names(&show(&world, id, &["job title", "lastName", "Last Name"]).await),
        ["LastName"]
    );
    let unknown = ["Emial".to_owned(), "Email".to_owned(), "xyzzy".to_owned()];
    let refused = world.engine.get_lead(id, &unknown).await.unwrap_err();
    let Error::Invalid { violations, .. } = refused else {
        panic!("{refused}")
    };
    let told: Vec<_> = violations
        .iter()
        .map(|it| (it.field.as_str(), it.suggestion.as_str()))
        .collect();
    assert_eq!(told, [("fields[0]", "Email"), ("fields[2]", "")]);
}

#[tokio::test]
async fn an_etag_is_another_one_after_each_change() {
    let world = World::new().await;
    let id = add(&world, &[("Email", "a@b.c"), ("City", "Oslo")]).await;
    let first = show(&world, id, &[]).await;
    // R-MAP-10: a value equal to the stored one is no change.
    add(&world, &[("Email", "a@b.c"), ("City", "Oslo")]).await;
    assert_eq!(show(&world, id, &[]).await.etag, first.etag);
    add(&world, &[("Email", "a@b.c"), ("City", "Rome")]).await;
    let second = show(&world, id, &[]).await;
    assert_ne!(second.etag, first.etag);
    assert!(second.updated > first.updated);
}

#[tokio::test]
async fn r_lead_6_a_deleted_lead_is_gone() {
    let world = World::new().await;
    let id = add(&world, &[("Email", "a@b.c")]).await;
    world.engine.delete_lead(id).await.unwrap();
    let gone = world.engine.get_lead(id, &[]).await.unwrap_err();
    assert!(
        matches!(gone, Error::NotFound { kind: Kind::Lead, ref name, .. } if name == "leads/1")
    );
    let again = world.engine.delete_lead(id).await.unwrap_err();
    assert!(matches!(
        again,
        Error::NotFound {
            kind: Kind::Lead,
            ..
        }
    ));
    assert_eq!(
        add(&world, &[("Email", "a@b.c")]).await,
        LeadId(2),
        "an id is given once"
    );
}

#[tokio::test]
async fn r_fil_3_leads_are_listed_by_filter_and_page() {
    let world = World::new().await;
    let rows = (0..10).map(|at| {
        let city = if at % 2 == 0 { "Oslo" } else { "Rome" };
        lead(&[
            ("Email", &format!("{at}@b.c")),
            ("City", city),
            ("Lead Score", &at.to_string()),
        ])
    });
    upsert(&world, rows.collect()).await;
    let list = |filter: &str, after| ListLeads {
        filter: filter.to_owned(),
        after,
        limit: 2,
        max_bytes: 1 << 20,
        fields: vec!["Email".to_owned()],
    };
    let filter = r#"City = "OSLO" AND "Lead Score" > 1"#;
    let first = world.engine.list_leads(list(filter, None)).await.unwrap();
    let ids = |page: &[LeadView]| page.iter().map(|lead| lead.id.0).collect::<Vec<_>>();
    assert_eq!(
        (ids(&first.rows), first.next),
        (vec![3, 5], Some(LeadId(6)))
    );
    assert_eq!(names(&first.rows[0]), ["Email"]);
    let after = Some(first.rows[1].id);
    let next = world.engine.list_leads(list(filter, after)).await.unwrap();
    assert_eq!((ids(&next.rows), next.next), (vec![7, 9], None));
    let wrong = world
        .engine
        .list_leads(list("City = Oslo AND\n Cty = Rome", None))
        .await
        .unwrap_err();
    let Error::Invalid {
        subject: Kind::Filter,
        violations,
    } = wrong
    else {
        panic!("{wrong}")
    };
    assert_eq!(violations[0].field, "filter");
    assert!(
        violations[0].message.contains("line 2, column 2"),
        "{}",
        violations[0]
    );
    assert!(
        violations[0].to_string().contains("City"),
        "{}",
        violations[0]
    );
}

#[tokio::test]
async fn r_call_9_a_repetition_answers_with_the_first_result() {
    let world = World::new().await;
    let rows = || {
        vec![
            lead(&[("Email", "a@b.c"), ("City", "Oslo")]),
            lead(&[("City", "Rome")]),
        ]
    };
    let first = world.engine.upsert_leads(rows(), "", "r1").await.unwrap();
    assert_eq!(
        first[0],
        Ok(UpsertedLead {
            id: LeadId(1),
            created: true
        })
    );
    assert!(first[1].is_err());
    let again = world.engine.upsert_leads(rows(), "", "r1").await.unwrap();
    assert_eq!(
        again, first,
        "created as the first time, and the same fault"
    );
    let other = world
        .engine
        .upsert_leads(rows(), "Email", "r1")
        .await
        .unwrap_err();
    assert!(matches!(other, Error::RequestIdReused { ref request_id } if request_id == "r1"));
    let new = world.engine.upsert_leads(rows(), "", "r2").await.unwrap();
    assert_eq!(
        new[0],
        Ok(UpsertedLead {
            id: LeadId(1),
            created: false
        })
    );
}

#[tokio::test]
async fn r_call_9_the_first_result_is_remembered_over_a_restart() {
    let world = World::new().await;
    let row = || vec![lead(&[("Email", "a@b.c")])];
    let first = world.engine.upsert_leads(row(), "", "r1").await.unwrap();
    let world = world.restart().await;
    assert_eq!(
        world.engine.upsert_leads(row(), "", "r1").await.unwrap(),
        first
    );
}

#[tokio::test]
async fn r_call_9_repetitions_at_once_create_one_lead() {
    let world = World::new().await;
    let engine = &world.engine;
    let once = || engine.upsert_leads(vec![lead(&[("Email", "a@b.c")])], "", "r1");
    let (a, b, c) = tokio::join!(once(), once(), once());
    let expected = [Ok(UpsertedLead {
        id: LeadId(1),
        created: true,
    })];
    for result in [a, b, c] {
        assert_eq!(result.unwrap(), expected);
    }
}

#[tokio::test]
async fn r_fld_1_numbers_and_booleans_are_typed_by_the_field() {
    let world = World::new().await;
    let mut row = lead(&[("Email", "a@b.c")]);
    row.fields.extend([
        ("Lead Score".to_owned(), Input::Number(42.0)),
        ("Unsubscribed".to_owned(), text("yes")),
        ("Postal Code".to_owned(), Input::Number(1234.0)),
    ]);
    let id = upsert(&world, vec![row]).await[0].as_ref().unwrap().id;
    let view = show(&world, id, &["leadScore", "unsubscribed", "postalCode"]).await;
    let expected = [
        ("PostalCode", Value::Text("1234".into())),
        ("LeadScore", Value::Integer(42)),
        ("Unsubscribed", Value::Boolean(true)),
    ];
    assert_eq!(
        view.fields,
        expected.map(|(name, value)| (name.to_owned(), value))
    );
}
