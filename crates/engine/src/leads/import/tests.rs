use leadhook_field::{FieldId, Schema, Zone};
use leadhook_store::LeadUpsert;

use super::{Heading, batch::Batch};
use crate::{
    error::{Error, Violation},
    leads::{FieldFault, csv::CsvReader},
};

fn heading(text: &str) -> Result<Heading, Vec<Violation>> {
    let schema = Schema::standard();
    let mut reader = CsvReader::new();
    let record = reader.read(&mut text.as_bytes()).expect("a line");
    match Heading::new(&record, &schema, schema.get(FieldId::EMAIL).unwrap()) {
        Ok(heading) => Ok(heading),
        Err(Error::Invalid { violations, .. }) => Err(violations),
        Err(other) => panic!("{other}"),
    }
}

fn row(heading: &Heading, text: &[u8], empty_clears: bool) -> Result<LeadUpsert, Vec<FieldFault>> {
    let mut reader = CsvReader::new();
    let mut text = text;
    let record = reader.read(&mut text).or(None);
    let record = record.expect("a line");
    heading.read(&record, &Zone::utc(), empty_clears)
}

#[test]
fn r_lead_2_a_heading_is_refused_with_all_that_is_wrong() {
    let faults = heading("Emial,Full Name,Email Address,,Id,email,\"Job Title\"\n").unwrap_err();
    let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "csv: line 1, column 1 of the heading: no field is called `Emial`; did you mean Email?",
            "csv: line 1, column 2 of the heading: FullName is read-only; leave it out",
            "csv: line 1, column 4 of the heading: has no name; a column bears the name of a field",
            "csv: line 1, column 5 of the heading: Id is read-only; leave it out",
            "csv: line 1, column 6 of the heading: `email` is the field Email, as `Email Address` is; a field has one column",
        ]
    );
}

#[test]
fn a_heading_with_another_separator_is_told_so() {
    for separator in [";", "\t"] {
        let faults = heading(&format!("Email{separator}City\n")).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert!(
            faults[0].message.ends_with("separated by commas"),
            "{}",
            faults[0]
        );
    }
}

#[test]
fn r_lead_1_a_heading_without_the_lookup_field_is_refused() {
    let faults = heading("\nFirst Name,City\n").unwrap_err();
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0]
            .message
            .starts_with("line 2: the heading lacks Email"),
        "{}",
        faults[0]
    );
}

#[test]
fn r_lead_3_headings_are_display_rest_or_api_names() {
    let heading = heading("EMAIL,firstName,Job  Title,company.City,Company Name\n").unwrap();
    let upsert = row(&heading, b"a@b.c,Ada,CTO,Rome,Acme\n", false).unwrap();
    assert_eq!(
        (upsert.writes.lead.len(), upsert.writes.company.len()),
        (3, 2)
    );
}

#[test]
fn r_lead_1_an_empty_cell_leaves_the_field_unless_it_clears() {
    let heading = heading("Email,First Name,Lead Score,City\n").unwrap();
    let kept = row(&heading, b"a@b.c,,  ,\" \"\n", false)
        .unwrap()
        .writes
        .lead;
    assert_eq!(
        kept.len(),
        2,
        "e-mail, and a city that is white space: {kept:?}"
    );
    let cleared = row(&heading, b"a@b.c,,  ,\" \"\n", true)
        .unwrap()
        .writes
        .lead;
    assert_eq!(
        cleared.iter().filter(|write| write.value.is_none()).count(),
        2,
        "{cleared:?}"
    );
    for empty_clears in [false, true] {
        let faults = row(&heading, b",Ada,1,Oslo\n", empty_clears).unwrap_err();
        assert_eq!(faults[0].name, "Email");
    }
}

#[test]
fn r_lead_2_all_that_is_wrong_with_a_row_is_told() {
    let heading = heading("Email,Lead Score,Unsubscribed\n").unwrap();
    let names = |text: &[u8]| {
        let faults = row(&heading, text, false).unwrap_err();
        faults
            .into_iter()
            .map(|fault| fault.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(b",high,maybe\n"),
        ["Email", "Lead Score", "Unsubscribed"]
    );
    assert_eq!(names(b"a@b.c,1\n"), [""], "a cell is missing");
    assert_eq!(names(b"a@b.c,1,yes,\n"), [""], "a cell too many");
    assert_eq!(
        names(b"a@b.c,1\xFF,yes\n"),
        ["Lead Score"],
        "malformed UTF-8"
    );
}

#[test]
fn a_batch_is_bounded_by_rows_bytes_and_errors() {
    let heading = heading("Email,Address\n").unwrap();
    let fill = |line: &[u8]| {
        let mut batch = Batch::default();
        let mut rows = 0;
        while !batch.is_full() {
            rows += 1;
            batch.add(rows, rows, row(&heading, line, false));
        }
        rows
    };
    assert_eq!(fill(b"a@b.c,x\n"), 1_000);
    assert_eq!(fill(b"a@b.c\n"), 1_000);
    let long = format!("a@b.c,{}\n", "x".repeat(30_000));
    assert_eq!(fill(long.as_bytes()), 140);
    let mut batch = Batch::default();
    let fault = FieldFault::new("x", "is wrong".to_owned());
    batch.add(1, 1, Err(vec![fault; 5_000]));
    assert_eq!((batch.errors.len(), batch.failed), (100, 1));
}
