use leadhook_field::{Datetime, FieldId, FieldType, Object, Schema, Value, Zone};
use leadhook_store::{FieldWrite, Writes};

use super::{FieldFault, Input, ReadOnly, read_company_inputs, read_inputs, typed};
use crate::error::Violation;

fn text(value: &str) -> Input {
    Input::Text(value.to_owned())
}

fn named(inputs: &[(&str, Input)]) -> Vec<(String, Input)> {
    inputs
        .iter()
        .map(|(name, input)| ((*name).to_owned(), input.clone()))
        .collect()
}

fn read(inputs: &[(&str, Input)], read_only: ReadOnly) -> (Writes, Vec<Violation>) {
    let mut faults = Vec::new();
    let inputs = named(inputs);
    let schema = Schema::standard();
    let writes = read_inputs(
        &schema,
        &Zone::utc(),
        &inputs,
        "leads[3].fields",
        read_only,
        &mut faults,
    );
    (writes, faults)
}

fn names(writes: &[FieldWrite]) -> Vec<String> {
    let schema = Schema::standard();
    writes
        .iter()
        .map(|write| schema.get(write.field).unwrap().api_name.clone())
        .collect()
}

#[test]
fn r_fld_2_values_are_read_as_the_type_of_the_field() {
    let value = |value: &str| Some(Value::Text(value.into()));
    let time = Value::Datetime(Datetime::parse("2010-05-07T13:41:32Z").unwrap());
    let cases = [
        (FieldType::String, text(" a "), value(" a ")),
        (FieldType::String, text(""), None),
        (FieldType::String, Input::Null, None),
        (FieldType::String, Input::Number(12345.0), value("12345")),
        (
            FieldType::String,
            Input::Number(1e21),
            value("1000000000000000000000"),
        ),
        (FieldType::String, Input::Boolean(true), value("true")),
        (
            FieldType::Integer,
            Input::Number(-7.0),
            Some(Value::Integer(-7)),
        ),
        (
            FieldType::Integer,
            text(" 4.2e1 "),
            Some(Value::Integer(42)),
        ),
        (FieldType::Integer, text("  "), None),
        (FieldType::Integer, Input::Null, None),
        (
            FieldType::Float,
            Input::Number(0.1),
            Some(Value::Float(0.1)),
        ),
        (FieldType::Boolean, text("No"), Some(Value::Boolean(false))),
        (
            FieldType::Boolean,
            Input::Boolean(true),
            Some(Value::Boolean(true)),
        ),
        (
            FieldType::Datetime,
            text("2010-05-07T15:41:32+02:00"),
            Some(time),
        ),
    ];
    for (field_type, input, expected) in cases {
        let read = typed(field_type, &input, &Zone::utc());
        assert_eq!(read, Ok(expected), "{input:?} as {field_type:?}");
    }
}

#[test]
fn r_fld_1_what_does_not_fit_is_a_fault() {
    let cases = [
        (FieldType::Integer, Input::Number(1.5), "whole number"),
        (
            FieldType::Integer,
            Input::Number(2_147_483_648.0),
            "beyond the range",
        ),
        (FieldType::Integer, text("1,000"), "whole number"),
        (FieldType::Integer, Input::Boolean(true), "does not fit"),
        (
            FieldType::Float,
            Input::Number(f64::NAN),
            "beyond the range",
        ),
        (FieldType::Boolean, Input::Number(1.0), "does not fit"),
        (FieldType::Date, text("soon"), "a date such as"),
        (FieldType::String, text(&"é".repeat(256)), "at most 255"),
        (FieldType::String, Input::Other, "a list or an object"),
    ];
    for (field_type, input, part) in cases {
        let message = typed(field_type, &input, &Zone::utc()).unwrap_err();
        assert!(
            message.contains(part),
            "{input:?} as {field_type:?}: {message}"
        );
        assert!(message.len() < 300, "{message}");
    }
}

#[test]
fn r_lead_3_any_name_of_a_field_will_do() {
    let inputs = [
        ("Email Address", text("a@b.c")),
        ("firstName", text("Ada")),
        ("job  TITLE", text("CTO")),
        ("City", text("Oslo")),
        ("company.City", text("Rome")),
        ("Company Name", text("Acme")),
    ];
    let (mut writes, faults) = read(&inputs, ReadOnly::Refused);
    assert_eq!(faults, []);
    writes.lead.sort_by_key(|write| write.field);
    assert_eq!(names(&writes.lead), ["Email", "FirstName", "Title", "City"]);
    writes.company.sort_by_key(|write| write.field);
    assert_eq!(names(&writes.company), ["Company", "BillingCity"]);
}

#[test]
fn r_lead_2_all_faults_are_told_each_with_its_field() {
    let inputs = [
        ("Emial", text("a@b.c")),
        ("Lead Score", text("high")),
        ("Created At", text("2020-01-01")),
        ("Full Name", text("Ada Example")),
        ("Email Address", text("a@b.c")),
        ("Email", text("c@d.e")),
    ];
    let (_, faults) = read(&inputs, ReadOnly::Refused);
    let told: Vec<_> = faults
        .iter()
        .map(|fault| (fault.field.as_str(), fault.suggestion.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (r#"leads[3].fields["Created At"]"#, ""),
            // Of two names of one field the second is at fault, in the order of the names.
            (r#"leads[3].fields["Email Address"]"#, ""),
            (r#"leads[3].fields["Emial"]"#, "Email"),
            (r#"leads[3].fields["Full Name"]"#, ""),
            (r#"leads[3].fields["Lead Score"]"#, ""),
        ]
    );
    assert_eq!(faults[0].message, "CreatedAt is read-only; leave it out");
    assert_eq!(
        faults[1].message,
        "names the field Email, which has a value here already"
    );
    assert_eq!(faults[2].message, "no field is called `Emial`");
}

#[test]
fn an_inline_lead_brings_its_identity_but_no_formula() {
    let inputs = [
        ("Id", Input::Number(7.0)),
        ("Updated At", text("2020-01-01T00:00:00Z")),
        ("Full Name", text("Ada Example")),
    ];
    let (writes, faults) = read(&inputs, ReadOnly::Identity);
    assert_eq!(names(&writes.lead), ["Id", "UpdatedAt"]);
    assert_eq!(
        writes.lead[0],
        FieldWrite {
            field: FieldId::ID,
            value: Some(Value::Integer(7))
        }
    );
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].field, r#"leads[3].fields["Full Name"]"#);
}

#[test]
fn where_only_company_fields_may_be_named_city_is_the_companys() {
    let inputs = [
        ("City", text("Rome")),
        ("company.Industry", text("Arms")),
        ("Email", text("x")),
    ];
    let (schema, mut faults) = (Schema::standard(), Vec::new());
    let writes = read_company_inputs(
        &schema,
        &Zone::utc(),
        &named(&inputs),
        "fields",
        &mut faults,
    );
    assert_eq!(names(&writes), ["BillingCity", "Industry"]);
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].field, r#"fields["Email"]"#);
    assert!(
        writes
            .iter()
            .all(|it| schema.get(it.field).unwrap().object == Object::Company)
    );
}

#[test]
fn a_row_with_more_values_than_fields_has_one_fault() {
    let inputs: Vec<_> = (0..100_000)
        .map(|at| (format!("field {at}"), Input::Null))
        .collect();
    let mut faults = Vec::new();
    let schema = Schema::standard();
    read_inputs(
        &schema,
        &Zone::utc(),
        &inputs,
        "fields",
        ReadOnly::Refused,
        &mut faults,
    );
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].field, "fields");
}

#[test]
fn a_long_name_is_cut_in_messages() {
    let fault = FieldFault::new(&"x".repeat(1 << 20), "is wrong".to_owned()).at("fields");
    assert!(fault.field.len() < 100, "{}", fault.field);
    let (_, faults) = read(&[(&"e".repeat(1 << 20), Input::Null)], ReadOnly::Refused);
    assert!(faults[0].message.len() < 100, "{}", faults[0].message);
}
