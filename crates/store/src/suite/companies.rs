//! Companies, by themselves and by what is written to their leads (R-LEAD-5).

use leadhook_field::FieldId;

use super::make::{
    CITY, INDUSTRY, SITE, call, changed, clear, company_of, entry, lead, put, row, row_of, set,
    text, upsert, writes,
};
use crate::{
    CompanyId, CompanyTarget, CompanyUpsert,
    CompanyUpserted::{Created, NameTaken, NotFound, Updated},
    Effect, FieldWrite, NewCall, Store,
};

const NAME: FieldId = FieldId::COMPANY;

pub async fn r_lead_5_leads_of_one_company_name_share_a_company(store: &impl Store) {
    let first = lead(
        store,
        row("a", &[], [set(NAME, "Großhandel"), set(INDUSTRY, "Trade")]),
    )
    .await;
    let second = lead(
        store,
        row("b", &[], [set(NAME, "GROSSHANDEL"), set(SITE, "Bonn")]),
    )
    .await;
    let third = lead(store, row("c", &[], [set(NAME, "Another")])).await;
    let shared = company_of(store, first).await;
    assert_eq!(company_of(store, second).await, shared);
    assert_eq!(
        shared.values.get(NAME),
        Some(&text("Großhandel")),
        "in the spelling that made it"
    );
    assert_eq!(shared.values.get(INDUSTRY), Some(&text("Trade")));
    assert_eq!(shared.values.get(SITE), Some(&text("Bonn")));
    assert_ne!(company_of(store, third).await.id, shared.id);
    // What is written through one lead is there for all.
    upsert(
        store,
        2,
        vec![row_of(second, [], [set(INDUSTRY, "Ships"), clear(SITE)])],
    )
    .await;
    let shared = company_of(store, first).await;
    assert_eq!(shared.values.get(INDUSTRY), Some(&text("Ships")));
    assert_eq!(shared.values.get(SITE), None);
}

pub async fn r_lead_5_company_fields_without_a_name_make_a_nameless_company(store: &impl Store) {
    let first = lead(store, row("a", &[], [set(INDUSTRY, "Trade")])).await;
    let second = lead(store, row("b", &[], [set(INDUSTRY, "Trade")])).await;
    let company = company_of(store, first).await;
    assert_eq!(company.values.get(INDUSTRY), Some(&text("Trade")));
    assert_eq!(company.values.get(NAME), None);
    assert_ne!(
        company_of(store, second).await.id,
        company.id,
        "each lead its own"
    );
    // Clearing what is not there makes none.
    let third = lead(store, row("c", &[], [clear(INDUSTRY), clear(NAME)])).await;
    assert_eq!(entry(store, third).await.company, None);
}

pub async fn r_lead_5_a_name_written_later_names_the_nameless_one(store: &impl Store) {
    let id = lead(store, row("a", &[], [set(INDUSTRY, "Trade")])).await;
    let nameless = company_of(store, id).await;
    upsert(store, 2, vec![row_of(id, [], [set(NAME, "Acme")])]).await;
    let named = company_of(store, id).await;
    assert_eq!(named.id, nameless.id);
    assert_eq!(named.values.get(NAME), Some(&text("Acme")));
    assert_eq!(named.values.get(INDUSTRY), Some(&text("Trade")));
    let other = lead(store, row("b", &[], [set(NAME, "ACME")])).await;
    assert_eq!(company_of(store, other).await.id, named.id);
}

pub async fn r_lead_5_a_name_that_exists_links_to_its_company(store: &impl Store) {
    let first = lead(
        store,
        row("a", &[], [set(NAME, "Acme"), set(INDUSTRY, "Trade")]),
    )
    .await;
    let second = lead(store, row("b", &[], [set(SITE, "Bonn")])).await;
    let nameless = company_of(store, second).await.id;
    let third = lead(store, row("c", &[], [set(NAME, "Other")])).await;
    let other = company_of(store, third).await.id;
    for id in [second, third] {
        upsert(store, 2, vec![row_of(id, [], [set(NAME, "acme")])]).await;
        assert_eq!(company_of(store, id).await, company_of(store, first).await);
    }
    let acme = company_of(store, first).await;
    assert_eq!(acme.values.get(INDUSTRY), Some(&text("Trade")));
    assert_eq!(
        acme.values.get(SITE),
        None,
        "what the nameless one had is not carried over"
    );
    assert_eq!(
        store.company(nameless).await.unwrap(),
        None,
        "nobody could find it"
    );
    assert!(
        store.company(other).await.unwrap().is_some(),
        "a company with a name stays"
    );
}

pub async fn r_lead_5_a_new_name_is_another_company(store: &impl Store) {
    let first = lead(store, row("a", &[], [set(NAME, "Acme"), set(SITE, "Bonn")])).await;
    let second = lead(store, row("b", &[], [set(NAME, "Acme")])).await;
    let acme = company_of(store, first).await;
    upsert(store, 2, vec![row_of(first, [], [set(NAME, "Other")])]).await;
    let other = company_of(store, first).await;
    assert_ne!(other.id, acme.id);
    assert_eq!(other.values.get(NAME), Some(&text("Other")));
    assert_eq!(other.values.get(SITE), None);
    assert_eq!(
        company_of(store, second).await,
        acme,
        "who stays keeps name and all"
    );
}

pub async fn r_lead_5_clearing_the_name_leaves_the_company(store: &impl Store) {
    let first = lead(store, row("a", &[], [set(NAME, "Acme")])).await;
    let second = lead(store, row("b", &[], [set(NAME, "Acme")])).await;
    let acme = company_of(store, first).await;
    upsert(store, 2, vec![row_of(first, [], [clear(NAME)])]).await;
    assert_eq!(entry(store, first).await.company, None);
    assert_eq!(company_of(store, second).await, acme);
    upsert(store, 3, vec![row_of(second, [], [clear(NAME)])]).await;
    assert_eq!(
        store.company(acme.id).await.unwrap(),
        Some(acme),
        "without leads, too"
    );
}

pub async fn r_lead_5_fields_beside_a_cleared_name_make_a_nameless_company(store: &impl Store) {
    let id = lead(
        store,
        row("a", &[], [set(NAME, "Acme"), set(INDUSTRY, "Trade")]),
    )
    .await;
    let acme = company_of(store, id).await;
    let fields = [set(INDUSTRY, "Ships"), clear(NAME), clear(SITE)];
    upsert(store, 2, vec![row_of(id, [], fields)]).await;
    let nameless = company_of(store, id).await;
    assert_ne!(nameless.id, acme.id);
    assert_eq!(nameless.values.get(NAME), None);
    assert_eq!(nameless.values.get(INDUSTRY), Some(&text("Ships")));
    assert_eq!(store.company(acme.id).await.unwrap(), Some(acme));
    // A nameless one has no name to clear: it stays the lead's.
    upsert(store, 3, vec![row_of(id, [], [clear(NAME)])]).await;
    assert_eq!(company_of(store, id).await, nameless);
}

pub async fn r_map_9_a_call_writes_to_the_company_of_its_lead(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let id = lead(store, row("a", &[], [])).await;
    let company = [set(INDUSTRY, "Trade"), set(NAME, "Acme")];
    let effect = Effect::Lead(id, writes([set(CITY, "Oslo")], company));
    let calls = vec![NewCall {
        effect,
        ..call(1, &webhook)
    }];
    let recorded = store.record(calls.into()).await.unwrap();
    let mut changes = recorded[0].changes.clone();
    changes.sort_by_key(|change| change.field);
    let expected = [
        changed(CITY, None, Some("Oslo")),
        changed(NAME, None, Some("Acme")),
        changed(INDUSTRY, None, Some("Trade")),
    ];
    assert_eq!(changes, expected);
    let acme = company_of(store, id).await;
    assert_eq!(acme.values.get(NAME), Some(&text("Acme")));
    assert_eq!(acme.values.get(INDUSTRY), Some(&text("Trade")));
}

pub async fn r_lead_5_a_nameless_company_stays_as_long_as_it_has_leads(store: &impl Store) {
    lead(store, row("c", &[], [set(NAME, "Other")])).await;
    let first = lead(store, row("a", &[], [set(NAME, "Acme"), set(SITE, "Bonn")])).await;
    let second = lead(store, row("b", &[], [set(NAME, "Acme")])).await;
    let id = company_of(store, first).await.id;
    store
        .upsert_companies(vec![of(id.0, [clear(NAME)])])
        .await
        .unwrap();
    for leaving in [first, second] {
        assert_eq!(
            company_of(store, leaving).await.values.get(SITE),
            Some(&text("Bonn"))
        );
        upsert(store, 2, vec![row_of(leaving, [], [set(NAME, "Other")])]).await;
    }
    assert_eq!(store.company(id).await.unwrap(), None);
}

fn by(field: FieldId, value: &str, more: &[FieldWrite]) -> CompanyUpsert {
    let mut writes = vec![set(field, value)];
    writes.extend_from_slice(more);
    CompanyUpsert {
        target: CompanyTarget::Lookup {
            field,
            value: text(value),
        },
        writes,
    }
}

fn of<const N: usize>(id: i64, writes: [FieldWrite; N]) -> CompanyUpsert {
    CompanyUpsert {
        target: CompanyTarget::Company(CompanyId(id)),
        writes: writes.into(),
    }
}

pub async fn companies_are_upserted_by_name_id_or_another_field(store: &impl Store) {
    let (acme, other) = (CompanyId(1), CompanyId(2));
    let rows = vec![
        by(NAME, "Acme", &[set(INDUSTRY, "Trade")]),
        by(NAME, "ACME", &[set(SITE, "Bonn")]),
        by(NAME, "Other", &[]),
        of(9, [set(SITE, "nowhere")]),
    ];
    let results = store.upsert_companies(rows).await.unwrap();
    assert_eq!(
        results,
        [Created(acme), Updated(acme), Created(other), NotFound]
    );
    let rows = vec![
        of(2, [set(NAME, "Renamed"), set(SITE, "Oslo")]),
        by(SITE, "bonn", &[clear(INDUSTRY)]),
        by(SITE, "oslo", &[]),
        by(SITE, "Rome", &[]),
    ];
    let results = store.upsert_companies(rows).await.unwrap();
    assert_eq!(
        results,
        [
            Updated(other),
            Updated(acme),
            Updated(other),
            Created(CompanyId(3))
        ]
    );
    let company = store.company(acme).await.unwrap().expect("it was made");
    assert_eq!(
        company.values.get(NAME),
        Some(&text("ACME")),
        "here a name is spelt anew"
    );
    assert_eq!(company.values.get(INDUSTRY), None);
    let linked = lead(store, row("a", &[], [set(NAME, "renamed")])).await;
    assert_eq!(company_of(store, linked).await.id, other);
    let unlinked = lead(store, row("b", &[], [set(NAME, "Other")])).await;
    assert_ne!(
        company_of(store, unlinked).await.id,
        other,
        "the old name is nobody's"
    );
}

pub async fn a_name_that_another_company_bears_is_refused(store: &impl Store) {
    let rows = vec![by(NAME, "Acme", &[]), by(NAME, "Other", &[])];
    store.upsert_companies(rows).await.unwrap();
    let rows = vec![
        of(2, [set(SITE, "Rome"), set(NAME, "ACME")]),
        of(1, [set(NAME, "ACME"), set(SITE, "Oslo")]),
        by(SITE, "Paris", &[set(NAME, "other")]),
    ];
    let results = store.upsert_companies(rows).await.unwrap();
    let (acme, other) = (CompanyId(1), CompanyId(2));
    assert_eq!(results, [NameTaken(acme), Updated(acme), NameTaken(other)]);
    let company = store.company(other).await.unwrap().expect("it was made");
    assert_eq!(company.values.get(NAME), Some(&text("Other")));
    assert_eq!(
        company.values.get(SITE),
        None,
        "nothing of the row was written"
    );
}
