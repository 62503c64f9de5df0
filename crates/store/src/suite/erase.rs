//! Leads erased (R-LEAD-6).

use leadhook_field::FieldId;

use super::make::{
    CITY, INDUSTRY, at, calls, company_of, id, lead, put, row, set, upsert, whole_call,
};
use crate::{Call, LeadId, LeadUpserted, Store};

pub async fn r_lead_6_a_lead_is_erased_with_what_its_calls_tell_of_it(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let erased = lead(
        store,
        row(
            "a@example.com",
            &[set(CITY, "Rome")],
            [set(FieldId::COMPANY, "Acme")],
        ),
    )
    .await;
    let other = lead(store, row("b@example.com", &[], [])).await;
    let company = company_of(store, erased).await;
    let batch = vec![
        whole_call(1, &webhook, erased),
        whole_call(2, &webhook, other),
        whole_call(3, &webhook, erased),
    ];
    store.record(batch.into()).await.unwrap();
    let before = [1, 2].map(|n| store.call(id(n)));
    let [erased_before, other_before] = before;
    let (erased_before, other_before) = (erased_before.await.unwrap(), other_before.await.unwrap());
    assert!(store.delete_lead(erased, at(9)).await.unwrap());
    assert_eq!(store.leads(vec![erased]).await.unwrap(), [None]);
    assert_eq!(store.call(id(2)).await.unwrap(), other_before);
    let before = erased_before.expect("it was recorded");
    let mut problems = before.problems.clone();
    problems[0].detail.clear();
    let mut attempts = before.attempts.clone();
    attempts[1].detail.clear();
    let left = Call {
        attempts,
        request: None,
        response: None,
        changes: Vec::new(),
        problems,
        ..before
    };
    assert_eq!(store.call(id(1)).await.unwrap(), Some(left));
    let of_lead = calls(&format!("lead = \"leads/{erased}\""));
    assert_eq!(
        store.list_calls(of_lead).await.unwrap().rows.len(),
        2,
        "the calls stay"
    );
    assert_eq!(store.company(company.id).await.unwrap(), Some(company));
    let again = upsert(store, 5, vec![row("a@example.com", &[], [])]).await;
    assert_eq!(
        again,
        [LeadUpserted::Created(LeadId(3))],
        "nothing finds it any more"
    );
}

pub async fn r_lead_6_a_lead_that_is_not_there_is_not_erased(store: &impl Store) {
    let id = lead(store, row("a@example.com", &[], [])).await;
    assert!(!store.delete_lead(LeadId(9), at(9)).await.unwrap());
    assert!(store.delete_lead(id, at(9)).await.unwrap());
    assert!(!store.delete_lead(id, at(9)).await.unwrap());
}

pub async fn r_lead_6_a_lead_takes_its_nameless_company_with_it(store: &impl Store) {
    let id = lead(
        store,
        row("a@example.com", &[], [set(INDUSTRY, "Hers alone")]),
    )
    .await;
    let company = company_of(store, id).await.id;
    store.delete_lead(id, at(9)).await.unwrap();
    assert_eq!(store.company(company).await.unwrap(), None);
}
