use leadhook_store::{Operator, StringConstraint};

use super::Constraint;

fn holds(operator: Operator, values: &[&str], text: &str) -> bool {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Constraint::new(&StringConstraint { operator, values }).holds(text)
}

#[test]
fn r_cmp_7_any_of_the_values_and_none_for_the_not_forms_without_regard_to_case() {
    use Operator::{
        Contains, Is, IsEmpty, IsNot, IsNotEmpty, NotContains, NotStartsWith, StartsWith,
    };
    let cases: [(Operator, &[&str], &str, bool); 25] = [
        (Is, &["cto", "CEO"], "Ceo", true),
        (Is, &["cto", "CEO"], "CEO of all", false),
        (Is, &["STRASSE"], "straße", true),
        (Is, &["x"], "", false),
        (IsNot, &["cto", "ceo"], "CFO", true),
        (IsNot, &["cto", "ceo"], "CTO", false),
        (IsNot, &["cto"], "", true),
        (Contains, &["x", "Time"], "a TIMEOUT", true),
        (Contains, &["x", "Time"], "", false),
        (Contains, &["ΣΊΣ"], "ο σίσυφος", true),
        (NotContains, &["x", "time"], "a TIMEOUT", false),
        (NotContains, &["x", "time"], "refused", true),
        (NotContains, &["x"], "", true),
        (StartsWith, &["x", "STRASS"], "straßen", true),
        (StartsWith, &["time"], "a timeout", false),
        (StartsWith, &["timeouts"], "timeout", false),
        (StartsWith, &["ss"], "ßa", true),
        (StartsWith, &["s"], "ßa", true),
        (NotStartsWith, &["time", "x"], "TIMEOUT", false),
        (NotStartsWith, &["time", "x"], "a timeout", true),
        (NotStartsWith, &["time"], "", true),
        (IsEmpty, &[], "", true),
        (IsEmpty, &[], " ", false),
        (IsNotEmpty, &[], "", false),
        (IsNotEmpty, &[], "0", true),
    ];
    for (operator, values, text, expected) in cases {
        assert_eq!(
            holds(operator, values, text),
            expected,
            "{operator:?} {values:?} of `{text}`"
        );
    }
}
