//! Matching allocates nothing.

use leadhook_filter::Value;

use crate::schema::parse;

#[test]
fn r_fil_2_matching_allocates_nothing() {
    let filter = parse(
        "City = \"Straße\" AND Email:\"EXAMPLE.org\" AND \"Job Title\" >= \"chief\" AND NOT score < 1.5 \
         AND (state = PENDING OR born > 2000-01-01) AND called_webhook(code = 503)",
    );
    let record = |field: &&str| match *field {
        "City" => Some(Value::Text("STRASSE")),
        "Email" => Some(Value::Text("Ünal@Example.ORG")),
        "Job Title" => Some(Value::Text("CHIEF Ökonom")),
        "score" => Some(Value::Integer(2)),
        "state" => Some(Value::Enum(1)),
        "born" => Some(Value::Date(20_000)),
        _ => None,
    };
    let mut matched = false;
    let count = allocation_counter::measure(|| matched = filter.matches_with(record, |_| true));
    assert!(matched);
    assert_eq!(count.count_total, 0);
}
