use leadhook_engine::Violation;
use prost::Message as _;

use super::*;

#[test]
fn r_lead_4_a_thousand_rows_of_many_faults_fit_an_answer() {
    for (faults, field, text) in [
        (40, 255, 2_000),
        (500, 10, 20),
        (10_000, 1, 0),
        (3, 600, 600),
    ] {
        let violation = |_| Violation::new("f".repeat(field), "a".repeat(text));
        let violations: Vec<_> = (0..faults).map(violation).collect();
        let fault = || RowFault::Invalid(violations.clone());
        let results = (0..1_000).map(|_| upsert_result(Err(fault()))).collect();
        let size = v1::BatchUpsertLeadsResponse { results }.encoded_len();
        assert!(
            size < 4 << 20,
            "{faults} faults of {field} + {text}: {size} bytes"
        );
    }
}
