use std::collections::{HashMap, HashSet};

use super::*;
use crate::text::name_key;

#[test]
fn ids_ascend_without_a_gap_and_stay_below_those_of_custom_fields() {
    let ids: Vec<_> = fields().map(|field| field.id.0).collect();
    let count = u32::try_from(ids.len()).unwrap();
    assert_eq!(ids, (1..=count).collect::<Vec<_>>());
    assert!(count < FieldId::FIRST_CUSTOM);
}

#[test]
fn the_ids_with_a_name_are_those_of_their_fields() {
    let names: HashMap<_, _> = fields().map(|field| (field.id, field.api_name)).collect();
    for (id, api_name) in [
        (FieldId::ID, "Id"),
        (FieldId::CREATED_AT, "CreatedAt"),
        (FieldId::UPDATED_AT, "UpdatedAt"),
        (FieldId::EMAIL, "Email"),
        (FieldId::FIRST_NAME, "FirstName"),
        (FieldId::MIDDLE_NAME, "MiddleName"),
        (FieldId::LAST_NAME, "LastName"),
        (FieldId::FULL_NAME, "FullName"),
        (FieldId::COMPANY, "Company"),
    ] {
        assert_eq!(names[&id], api_name);
    }
}

#[test]
fn stored_ids_keep_their_meaning() {
    // Values are stored under these: a field that is added goes to the end.
    for (id, api_name) in [
        (10, "Department"),
        (22, "LeadScore"),
        (45, "AcquisitionDate"),
        (61, "SFDCIsDeleted"),
        (73, "Industry"),
        (81, "CompanySFDCCreatedDate"),
    ] {
        let field = fields().find(|field| field.id.0 == id).unwrap();
        assert_eq!(field.api_name, api_name);
    }
}

#[test]
fn r_lead_2_only_what_the_server_makes_is_read_only() {
    let read_only: Vec<_> = fields()
        .filter(|field| field.read_only)
        .map(|field| field.api_name)
        .collect();
    assert_eq!(read_only, ["Id", "CreatedAt", "UpdatedAt", "FullName"]);
    let formulas: Vec<_> = fields()
        .filter(|field| field.field_type == Formula)
        .map(|field| field.api_name)
        .collect();
    assert_eq!(formulas, ["FullName"]);
}

#[test]
fn r_lead_3_within_an_object_every_name_means_one_field() {
    let mut bearers = HashMap::new();
    for field in fields() {
        for name in [&field.api_name, &field.rest_name, &field.display_name] {
            let key = (field.object, name_key(name).into_owned());
            assert_eq!(*bearers.entry(key).or_insert(field.id), field.id, "{name}");
        }
    }
    // Between objects only display names are shared; a lead's API name is one of them.
    let names = |object| -> HashSet<_> {
        let of = bearers.keys().filter(|(bearer, _)| *bearer == object);
        of.map(|(_, name)| name.as_str()).collect()
    };
    let mut shared: Vec<_> = names(Lead).intersection(&names(Company)).copied().collect();
    shared.sort_unstable();
    assert_eq!(
        shared,
        [
            "address",
            "city",
            "country",
            "postal code",
            "sfdc created date",
            "sfdc type",
            "state"
        ]
    );
}

#[test]
fn types_of_fields_that_calls_live_by() {
    for (api_name, field_type, object) in [
        ("Email", Email, Lead),
        ("Phone", Phone, Lead),
        ("LeadScore", Score, Lead),
        ("Urgency", Float, Lead),
        ("DateofBirth", Date, Lead),
        ("AcquisitionDate", Datetime, Lead),
        ("AcquisitionProgram", Reference, Lead),
        ("Unsubscribed", Boolean, Lead),
        ("Address", TextArea, Lead),
        ("AnnualRevenue", Currency, Company),
        ("NumberOfEmployees", Integer, Company),
        ("Website", Url, Company),
        ("Company", Text, Company),
    ] {
        let field = fields().find(|field| field.api_name == api_name).unwrap();
        assert_eq!(
            (field.field_type, field.object),
            (field_type, object),
            "{api_name}"
        );
    }
}
