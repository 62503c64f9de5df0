//! Leads upserted and read (R-LEAD-1).

use std::sync::Arc;

use leadhook_field::{Date, Datetime, FieldId, Value};

use super::make::{
    ADDRESS, CITY, INDUSTRY, SCORE, TITLE, all, at, clear, entry, lead, row, row_of, set, text,
    upsert,
};
use crate::{
    CompanyId, FieldWrite, LeadId, LeadTarget, LeadUpsert,
    LeadUpserted::{Created, NotFound, Updated},
    Projection, Store, Writes,
};

/// A row by any field, whose value is among the writes.
fn by(field: FieldId, value: Value, more: &[FieldWrite]) -> LeadUpsert {
    let key = FieldWrite {
        field,
        value: Some(value.clone()),
    };
    let mut lead = vec![key];
    lead.extend_from_slice(more);
    LeadUpsert {
        target: LeadTarget::Lookup { field, value },
        writes: Writes {
            lead,
            company: Vec::new(),
        },
    }
}

pub async fn values_of_all_types_come_back(store: &impl Store) {
    let values = [
        (SCORE, Value::Integer(i32::MIN)),
        (FieldId(26), Value::Float(-0.1)),
        (FieldId(28), Value::Boolean(true)),
        (FieldId(30), Value::Boolean(false)),
        (
            FieldId(11),
            Value::Date(Date::from_ymd(9999, 12, 31).unwrap()),
        ),
        (FieldId(45), Value::Datetime(Datetime::MIN)),
        (CITY, text("\u{0}Köln \u{1F600} {{lead.City}}\r\n")),
        (FieldId(1_000), Value::Float(1e300)),
        (FieldId(70_000), Value::Integer(0)),
    ];
    let write = |(field, value): &(FieldId, Value)| FieldWrite {
        field: *field,
        value: Some(value.clone()),
    };
    let more: Vec<_> = values.iter().map(write).collect();
    let id = lead(store, row("a@example.com", &more, [])).await;
    let read = entry(store, id).await.lead;
    assert_eq!(read.id, id);
    assert_eq!((read.created, read.updated), (at(1_000), at(1_000)));
    for (field, value) in &values {
        assert_eq!(read.values.get(*field), Some(value), "{field:?}");
    }
    assert_eq!(
        read.values.iter().count(),
        values.len() + 1,
        "and the e-mail address"
    );
}

pub async fn r_lead_1_a_lead_is_found_by_its_lookup_field_or_made(store: &impl Store) {
    let made = upsert(
        store,
        1,
        vec![
            row(
                "straße@example.com",
                &[set(CITY, "Bonn"), set(TITLE, "CTO")],
                [],
            ),
            row("b@example.com", &[], []),
        ],
    )
    .await;
    assert_eq!(made, [Created(LeadId(1)), Created(LeadId(2))]);
    let rows = vec![row(
        "STRASSE@EXAMPLE.COM",
        &[set(CITY, "Köln"), clear(SCORE)],
        [],
    )];
    assert_eq!(upsert(store, 2, rows).await, [Updated(LeadId(1))]);
    let read = entry(store, LeadId(1)).await.lead;
    assert_eq!(read.values.get(CITY), Some(&text("Köln")));
    assert_eq!(
        read.values.get(TITLE),
        Some(&text("CTO")),
        "what is not named stays"
    );
    assert_eq!(
        read.values.get(FieldId::EMAIL),
        Some(&text("STRASSE@EXAMPLE.COM"))
    );
    assert_eq!((read.created, read.updated), (at(1), at(2)));
    upsert(store, 3, vec![row_of(LeadId(1), [clear(CITY)], [])]).await;
    assert_eq!(entry(store, LeadId(1)).await.lead.values.get(CITY), None);
}

pub async fn r_lead_1_of_several_the_one_updated_last_is_taken(store: &impl Store) {
    let rows = ["a", "b", "c"].map(|name| row(name, &[set(CITY, "Oslo")], []));
    upsert(store, 1, rows.into()).await;
    upsert(store, 2, vec![row_of(LeadId(2), [set(TITLE, "CTO")], [])]).await;
    let by_city = by(CITY, text("OSLO"), &[set(SCORE, "x")]);
    assert_eq!(
        upsert(store, 3, vec![by_city.clone()]).await,
        [Updated(LeadId(2))]
    );
    // Within one request an update counts as soon as it is made.
    let rows = vec![row_of(LeadId(3), [set(TITLE, "CFO")], []), by_city];
    assert_eq!(
        upsert(store, 4, rows).await,
        [Updated(LeadId(3)), Updated(LeadId(3))]
    );
}

pub async fn r_lead_1_one_key_twice_in_a_request_is_one_lead(store: &impl Store) {
    let rows = vec![
        row("a@example.com", &[set(CITY, "Oslo"), set(TITLE, "CTO")], []),
        row("A@Example.com", &[set(CITY, "Bergen")], []),
        row("b@example.com", &[], []),
    ];
    let results = upsert(store, 1, rows).await;
    assert_eq!(
        results,
        [Created(LeadId(1)), Updated(LeadId(1)), Created(LeadId(2))]
    );
    let values = entry(store, LeadId(1)).await.lead.values;
    assert_eq!(values.get(CITY), Some(&text("Bergen")));
    assert_eq!(values.get(TITLE), Some(&text("CTO")));
}

pub async fn r_lead_1_a_lead_that_is_named_and_missing_is_not_made(store: &impl Store) {
    let rows = vec![
        row_of(
            LeadId(5),
            [set(CITY, "Oslo")],
            [set(FieldId::COMPANY, "Acme")],
        ),
        row("a@example.com", &[], []),
    ];
    assert_eq!(upsert(store, 1, rows).await, [NotFound, Created(LeadId(1))]);
    assert_eq!(store.leads(vec![LeadId(5)]).await.unwrap(), [None]);
    assert_eq!(store.company(CompanyId(1)).await.unwrap(), None);
}

pub async fn r_lead_1_any_field_may_be_the_lookup_field(store: &impl Store) {
    let number = FieldId(1_000);
    let value = |number| Value::Float(number);
    let write = |number: f64| FieldWrite {
        field: FieldId(1_000),
        value: Some(value(number)),
    };
    let rows = vec![
        row("a@example.com", &[write(1.5)], []),
        row("b@example.com", &[write(2.0)], []),
    ];
    upsert(store, 1, rows).await;
    // Rows of before its first use are found, also those of the same request.
    let rows = vec![
        row("c@example.com", &[write(3.0)], []),
        by(number, value(2.0), &[]),
        by(number, value(3.0), &[]),
        by(number, value(4.0), &[]),
    ];
    let found = [
        Created(LeadId(3)),
        Updated(LeadId(2)),
        Updated(LeadId(3)),
        Created(LeadId(4)),
    ];
    assert_eq!(upsert(store, 2, rows).await, found);
    // And so are changes after it.
    let rows = vec![
        row_of(LeadId(1), [clear(number)], []),
        row_of(LeadId(2), [write(1.5)], []),
        by(number, value(1.5), &[]),
        by(number, value(2.0), &[]),
    ];
    let found = [
        Updated(LeadId(1)),
        Updated(LeadId(2)),
        Updated(LeadId(2)),
        Created(LeadId(5)),
    ];
    assert_eq!(upsert(store, 3, rows).await, found);
}

pub async fn r_lead_1_long_texts_are_told_apart_by_their_ends(store: &impl Store) {
    let long = |end: &str| text(&("ß".repeat(14_000) + end));
    let rows = vec![
        by(ADDRESS, long("a"), &[]),
        by(ADDRESS, long("b"), &[]),
        by(ADDRESS, long("A"), &[]),
        by(ADDRESS, text(&"ss".repeat(14_000)), &[]),
    ];
    let found = [
        Created(LeadId(1)),
        Created(LeadId(2)),
        Updated(LeadId(1)),
        Created(LeadId(3)),
    ];
    assert_eq!(upsert(store, 1, rows).await, found);
    assert_eq!(
        upsert(store, 2, vec![by(ADDRESS, long("B"), &[])]).await,
        [Updated(LeadId(2))]
    );
}

pub async fn r_lead_1_writers_at_once_make_one_lead(store: &impl Store) {
    let writers = (0..40).map(|n| upsert(store, n, vec![row("a@example.com", &[], [])]));
    let results = all(writers.collect()).await.concat();
    let made = results
        .iter()
        .filter(|result| **result == Created(LeadId(1)))
        .count();
    let found = results
        .iter()
        .filter(|result| **result == Updated(LeadId(1)))
        .count();
    assert_eq!((made, found), (1, 39));
}

pub async fn a_value_that_changed_is_found_by_the_new_one_alone(store: &impl Store) {
    let id = lead(store, row("old@example.com", &[], [])).await;
    let rename = row_of(id, [set(FieldId::EMAIL, "new@example.com")], []);
    upsert(store, 2, vec![rename]).await;
    let rows = vec![
        row("NEW@example.com", &[], []),
        row("old@example.com", &[], []),
    ];
    assert_eq!(
        upsert(store, 3, rows).await,
        [Updated(id), Created(LeadId(2))]
    );
}

pub async fn each_change_makes_a_lead_later(store: &impl Store) {
    let id = lead(store, row("a@example.com", &[set(CITY, "Oslo")], [])).await;
    let updated = async || entry(store, id).await.lead.updated.as_micros();
    let first = updated().await;
    upsert(
        store,
        2_000,
        vec![row("a@example.com", &[set(CITY, "Oslo"), clear(TITLE)], [])],
    )
    .await;
    assert_eq!(updated().await, first, "nothing changed");
    // The clock stands still, or goes back.
    for (now, city) in [(1_000, "Bergen"), (5, "Bodø")] {
        let before = updated().await;
        upsert(store, now, vec![row_of(id, [set(CITY, city)], [])]).await;
        assert!(updated().await > before);
    }
    upsert(store, 3_000, vec![row_of(id, [clear(CITY)], [])]).await;
    assert_eq!(updated().await, at(3_000).as_micros());
    upsert(store, 4_000, vec![row_of(id, [], [set(INDUSTRY, "Ships")])]).await;
    assert_eq!(updated().await, at(4_000).as_micros(), "its company counts");
}

pub async fn leads_come_in_the_order_asked(store: &impl Store) {
    upsert(store, 1, vec![row("a", &[], []), row("b", &[], [])]).await;
    let asked = [2, 9, 1, 2].map(LeadId);
    let leads = store.leads(asked.into()).await.unwrap();
    let ids: Vec<_> = leads
        .into_iter()
        .map(|entry| entry.map(|entry| entry.lead.id))
        .collect();
    assert_eq!(
        ids,
        [Some(LeadId(2)), None, Some(LeadId(1)), Some(LeadId(2))]
    );
    assert!(store.leads(Vec::new()).await.unwrap().is_empty());
}

pub async fn subjects_are_projections_of_whole_leads(store: &impl Store) {
    let name = [
        set(FieldId::FIRST_NAME, "Ada"),
        set(FieldId::LAST_NAME, "Lovelace"),
    ];
    let company = [set(FieldId::COMPANY, "Engines"), set(INDUSTRY, "Machines")];
    upsert(
        store,
        7,
        vec![
            row("ada", &name, company),
            row("nobody", &[set(CITY, "Oslo")], []),
        ],
    )
    .await;
    let rows = [FieldId::EMAIL, CITY, FieldId(70_000), FieldId::FIRST_NAME];
    let made = [
        FieldId::FULL_NAME,
        FieldId::ID,
        FieldId::UPDATED_AT,
        FieldId::CREATED_AT,
    ];
    let fields_of_company = [SCORE, INDUSTRY, FieldId::COMPANY];
    let projections = [
        (vec![], vec![]),
        (rows.to_vec(), vec![]),
        (vec![], fields_of_company.to_vec()),
        (made.to_vec(), vec![]),
        ([rows, made, rows].concat(), fields_of_company.to_vec()),
    ];
    for (lead, company) in projections {
        let projection = Arc::new(Projection { lead, company });
        let ids = vec![LeadId(2), LeadId(3), LeadId(1)];
        let subjects = store.subjects(ids, Arc::clone(&projection)).await.unwrap();
        let whole = async |id| {
            let entry = entry(store, LeadId(id)).await;
            Some(projection.of(&entry.lead, entry.company.as_ref()))
        };
        assert_eq!(
            subjects,
            [whole(2).await, None, whole(1).await],
            "{projection:?}"
        );
    }
}

pub async fn ids_are_never_given_twice(store: &impl Store) {
    let rows = vec![row("a", &[], []), row("b", &[], [])];
    upsert(store, 1, rows).await;
    assert!(store.delete_lead(LeadId(2), at(9)).await.unwrap());
    assert_eq!(
        upsert(store, 2, vec![row("b", &[], [])]).await,
        [Created(LeadId(3))]
    );
}
