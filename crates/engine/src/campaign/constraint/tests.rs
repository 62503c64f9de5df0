use leadhook_store::{Operator, StringConstraint};

use super::{AnyOf, Compared, Constraint, Test};

fn holds(operator: Operator, values: &[&str], text: &str) -> bool {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Constraint::new(&StringConstraint { operator, values }).holds(&Compared::new(text))
}

#[test]
fn r_cmp_7_any_of_the_values_and_none_for_the_not_forms_without_regard_to_case() {
    use Operator::{
        Contains, Is, IsEmpty, IsNot, IsNotEmpty, NotContains, NotStartsWith, StartsWith,
    };
    let cases: [(Operator, &[&str], &str, bool); 27] = [
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
        (Contains, &["STRASSE"], "Hauptstraße 1", true),
        (Contains, &["abcd", "BC"], "xabcx", true),
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

/// The Kelvin sign: three bytes, of which folding leaves one.
#[test]
fn r_cmp_7_of_a_long_text_no_more_is_folded_than_values_are_long() {
    use Operator::{Contains, Is, StartsWith};
    let long = format!("{}x", "\u{212a}".repeat(1_000));
    let k = |count| "k".repeat(count);
    let cases = [
        (StartsWith, k(1), true),
        (StartsWith, k(999), true),
        (StartsWith, k(1_000), true),
        (StartsWith, k(1_000) + "x", true),
        (StartsWith, k(1_001), false),
        (Is, k(1), false),
        (Is, k(1_000), false),
        (Is, k(1_000) + "x", true),
        (Is, k(1_000) + "xx", false),
        (Contains, k(3) + "X", true),
    ];
    for (operator, value, expected) in cases {
        let len = value.len();
        assert_eq!(
            holds(operator, &[&value], &long),
            expected,
            "{operator:?} {len}"
        );
    }
}

#[test]
fn r_cmp_7_a_thousand_values_are_searched_for_in_one_pass() {
    let values = (0..1_000)
        .map(|at| format!("Some value x{at:08}"))
        .collect();
    let constraint = Constraint::new(&StringConstraint {
        operator: Operator::Contains,
        values,
    });
    assert!(matches!(
        &constraint.test,
        Test::Contains(AnyOf::Automaton(_))
    ));
    let text = "Ströße, some value ".repeat(3_000);
    assert!(!constraint.holds(&Compared::new(&text)));
    assert!(constraint.holds(&Compared::new(&format!("{text}X00000999"))));
}
