use leadhook_field::{Value, Zone};
use leadhook_store::{FieldWrite, Values, Writes};

use super::{inline_changes, inline_value};
use crate::webhook::fixture::field;

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs
        .iter()
        .filter_map(|(name, text)| Some((field(name).id, value(name, text)?)))
        .collect()
}

fn value(name: &str, text: &str) -> Option<Value> {
    field(name).field_type.read(text, &Zone::utc()).unwrap()
}

fn write(name: &str, text: &str) -> FieldWrite {
    FieldWrite {
        field: field(name).id,
        value: value(name, text),
    }
}

#[test]
fn r_call_11_an_inline_leads_changes_are_those_that_it_would_have_had() {
    let lead = values(&[("City", "Lund"), ("Country", "Sweden"), ("Priority", "7")]);
    let company = values(&[("Industry", "Rail")]);
    let writes = Writes {
        lead: vec![
            write("City", "Malmö"),
            // R-MAP-10: what is equal is no change.
            write("Priority", "07"),
            write("Country", ""),
            write("State", "Skåne"),
            write("Department", ""),
        ],
        company: vec![
            write("Industry", "Rail"),
            write("Website", "https://example.com/"),
        ],
    };
    let changes: Vec<_> = inline_changes(&lead, &company, writes)
        .into_iter()
        .map(|change| (change.field, change.previous, change.new))
        .collect();
    let change = |name: &str, previous: &str, new: &str| {
        (field(name).id, value(name, previous), value(name, new))
    };
    assert_eq!(
        changes,
        [
            change("City", "Lund", "Malmö"),
            change("Country", "Sweden", ""),
            change("State", "", "Skåne"),
            change("Website", "", "https://example.com/"),
        ]
    );
}

#[test]
fn r_fld_1_an_inline_leads_full_name_is_made_of_its_parts() {
    let full_name = |pairs| inline_value(&values(pairs), field("Full Name").id);
    assert_eq!(
        full_name(&[("First Name", "Ada"), ("Last Name", "Example")]),
        Some(Value::Text("Ada Example".into()))
    );
    assert_eq!(full_name(&[("City", "Lund")]), None);
}
