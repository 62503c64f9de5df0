use std::slice;

use leadhook_field::{FieldId, Schema, Value, Zone};
use leadhook_store::{Answered, LeadId, LeadTarget, LeadUpserted};

use super::{
    Input, LeadInput, Payload, RowFault, RowReader, UpsertedLead, digest, keep, recall, results,
};
use crate::error::{Kind, Violation};

fn row(fields: &[(&str, &str)]) -> LeadInput {
    let field =
        |(name, value): &(&str, &str)| ((*name).to_owned(), Input::Text((*value).to_owned()));
    LeadInput {
        name: String::new(),
        fields: fields.iter().map(field).collect(),
    }
}

fn read(row: &LeadInput) -> Result<LeadTarget, Vec<String>> {
    let (schema, zone) = (Schema::standard(), Zone::utc());
    let reader = RowReader::new(&schema, &zone, schema.get(FieldId::EMAIL).unwrap());
    let upsert = reader.read(row);
    upsert.map(|upsert| upsert.target).map_err(|faults| {
        faults
            .into_iter()
            .map(|fault| fault.at("fields").to_string())
            .collect()
    })
}

#[test]
fn r_lead_1_the_lookup_value_is_among_the_rows_values() {
    let found = read(&row(&[("First Name", "Ada"), ("email", "a@b.c")]));
    let Ok(LeadTarget::Lookup { field, value }) = found else {
        panic!("{found:?}")
    };
    assert_eq!(
        (field, value),
        (FieldId::EMAIL, Value::Text("a@b.c".into()))
    );
}

#[test]
fn r_lead_1_a_row_without_the_lookup_value_is_refused() {
    for fields in [&[("First Name", "Ada")][..], &[("Email", "")], &[]] {
        let faults = read(&row(fields)).unwrap_err();
        assert_eq!(faults.len(), 1, "{fields:?}: {faults:?}");
        assert!(
            faults[0].starts_with("fields[\"Email\"]: has no value"),
            "{}",
            faults[0]
        );
    }
    let named = LeadInput {
        name: "leads/7".to_owned(),
        ..row(&[("First Name", "Ada")])
    };
    assert!(matches!(read(&named), Ok(LeadTarget::Lead(LeadId(7)))));
}

#[test]
fn r_lead_2_a_row_whose_name_is_none_is_a_bad_row() {
    for name in ["leads/", "leads/x", "leads/07", "companies/7", "7"] {
        let named = LeadInput {
            name: name.to_owned(),
            ..row(&[("First Name", "Ada")])
        };
        let faults = read(&named).unwrap_err();
        assert!(faults[0].contains("is no name"), "{name}: {faults:?}");
    }
}

#[test]
fn a_lookup_value_that_is_wrong_is_told_once() {
    let long = "x".repeat(256);
    let faults = read(&row(&[("Email", &long)])).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].contains("at most 255"), "{}", faults[0]);
}

#[test]
fn results_stand_in_the_order_of_the_rows() {
    let fault = |name: &str| RowFault::Invalid(vec![Violation::new(name, "is wrong").suggest("x")]);
    let names = ["", "", "leads/9", ""].map(str::to_owned);
    let refused = vec![(0, fault("a")), (3, fault("d"))];
    let written = [LeadUpserted::Created(LeadId(1)), LeadUpserted::NotFound];
    let results = results(&names, refused, &written);
    assert_eq!(results[0], Err(fault("a")));
    assert_eq!(
        results[1],
        Ok(UpsertedLead {
            id: LeadId(1),
            created: true
        })
    );
    assert_eq!(
        results[2],
        Err(RowFault::NotFound {
            kind: Kind::Lead,
            name: "leads/9".to_owned()
        })
    );
    assert_eq!(results[3], Err(fault("d")));
    assert_eq!(
        recall(Answered::Bytes(keep(&results))).unwrap(),
        results,
        "r_call_9"
    );
}

#[test]
fn r_call_9_a_payload_is_known_by_its_values_not_by_their_order() {
    let payload = |rows: &[LeadInput], lookup_field: &str| digest(&Payload { rows, lookup_field });
    let (a, b) = (
        row(&[("A", "1"), ("B", "2")]),
        row(&[("B", "2"), ("A", "1")]),
    );
    let first = payload(slice::from_ref(&a), "");
    assert_eq!(first, payload(&[b], ""));
    let number = LeadInput {
        name: String::new(),
        fields: vec![
            ("A".to_owned(), Input::Number(1.0)),
            ("B".to_owned(), Input::Text("2".to_owned())),
        ],
    };
    let others = [
        payload(slice::from_ref(&a), "Phone"),
        payload(&[a.clone(), a.clone()], ""),
        payload(
            &[LeadInput {
                name: "leads/1".to_owned(),
                ..a
            }],
            "",
        ),
        payload(&[row(&[("A", "1"), ("B", "3")])], ""),
        payload(&[row(&[("A", "1")])], ""),
        payload(&[number], ""),
        payload(&[], ""),
    ];
    for (at, other) in others.iter().enumerate() {
        assert_ne!(first, *other, "{at}");
    }
}
