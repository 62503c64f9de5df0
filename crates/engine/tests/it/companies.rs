//! Companies through the engine on the embedded store: R-LEAD-5.

use leadhook_engine::{CompanyInput, Error, Kind, RowFault};
use leadhook_store::CompanyId;

use crate::world::{World, lead};

#[tokio::test]
async fn companies_are_written_by_name_or_by_id() {
    let world = World::new().await;
    let company = |id: Option<CompanyId>, fields: &[(&str, &str)]| CompanyInput {
        name: id.map(|id| format!("companies/{id}")).unwrap_or_default(),
        fields: lead(fields).fields,
    };
    let rows = vec![
        company(None, &[("Company Name", "Acme"), ("City", "Rome")]),
        company(None, &[("company name", "ACME"), ("Industry", "Arms")]),
        company(None, &[("Industry", "Arms")]),
        company(Some(CompanyId(9)), &[("Industry", "Arms")]),
        company(None, &[("Company Name", "Other"), ("Email", "a@b.c")]),
    ];
    let results = world.engine.upsert_companies(rows, "").await.unwrap();
    let id = results[0].as_ref().unwrap().id;
    assert!(results[0].as_ref().unwrap().created && !results[1].as_ref().unwrap().created);
    let missing = RowFault::NotFound {
        kind: Kind::Company,
        name: "companies/9".to_owned(),
    };
    assert_eq!(results[3], Err(missing));
    for (at, field) in [
        (2, "companies[2].fields"),
        (4, r#"companies[4].fields["Email"]"#),
    ] {
        let fault = results[at].as_ref().unwrap_err();
        assert_eq!(fault.violations()[0].field, field);
    }
    let view = world.engine.get_company(id).await.unwrap();
    let names: Vec<_> = view.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Company", "BillingCity", "Industry"]);
    let other = company(None, &[("Company Name", "Other")]);
    let other = world
        .engine
        .upsert_companies(vec![other], "")
        .await
        .unwrap();
    let taken = company(
        Some(other[0].as_ref().unwrap().id),
        &[("Company Name", "acme")],
    );
    let taken = world
        .engine
        .upsert_companies(vec![taken], "")
        .await
        .unwrap();
    let fault = &taken[0].as_ref().unwrap_err().violations()[0];
    assert!(
        fault
            .message
            .contains("companies/1 bears this Company Name already"),
        "{fault}"
    );
    let gone = world.engine.get_company(CompanyId(9)).await.unwrap_err();
    assert!(matches!(
        gone,
        Error::NotFound {
            kind: Kind::Company,
            ..
        }
    ));
}
