//! What a webhook needs of a lead, taken from a lead that is at hand whole.
//!
//! `cargo run -p leadhook-store --example projection`

use leadhook_field::{Datetime, FieldId, Value};
use leadhook_store::{Company, CompanyId, Lead, LeadId, Projection, Values};

fn main() {
    let text = |text: &str| Value::Text(text.into());
    let values: Values = [
        (FieldId::FIRST_NAME, text("Ada")),
        (FieldId::LAST_NAME, text("Lovelace")),
    ]
    .into_iter()
    .collect();
    let lead = Lead {
        id: LeadId(1),
        company: Some(CompanyId(1)),
        created: Datetime::from_micros(0),
        updated: Datetime::from_micros(0),
        values,
    };
    let company = Company {
        id: CompanyId(1),
        values: [(FieldId::COMPANY, text("Analytical Engines"))]
            .into_iter()
            .collect(),
    };
    // Full Name stands in no row: it is made of the others (R-FLD-1).
    let projection = Projection {
        lead: vec![FieldId::FULL_NAME, FieldId::EMAIL],
        company: vec![FieldId::COMPANY],
    };
    let subject = projection.of(&lead, Some(&company));
    assert_eq!(
        subject.slots,
        [
            Some(text("Ada Lovelace")),
            None,
            Some(text("Analytical Engines"))
        ]
    );
}
