use leadhook_store::CallSchema;

use super::*;

const SECOND: i64 = 1_000_000;

fn distances(calls: &[(i64, i64)]) -> Distances {
    calls
        .iter()
        .fold(Distances::default(), |all, (id_millis, created)| {
            let id = CallId(id_millis << CallId::COUNTER_BITS);
            all.with(id, Datetime::from_micros(*created))
        })
}

#[test]
fn r_fil_3_no_call_is_beyond_the_ids_that_its_time_leaves() {
    // Recorded at 100 s: accepted 3 s before, in the same millisecond, and by a clock that was set back later, 7 s after.
    let calls = [
        (100_000, 97 * SECOND),
        (100_000, 100 * SECOND + 999),
        (100_000, 107 * SECOND),
    ];
    let distances = distances(&calls);
    for (id_millis, created) in calls {
        for op in ["=", ">=", "<="] {
            let time = Datetime::from_micros(created);
            let filter = Filter::parse(&format!("create_time {op} \"{time}\""), &CallSchema);
            let (first, last) = distances.ids(&filter.unwrap());
            let id = (id_millis << CallId::COUNTER_BITS) + 5;
            assert!(
                first <= id && id <= last,
                "{op} {time}: {first} {id} {last}"
            );
        }
    }
}

#[test]
fn r_fil_3_a_condition_on_the_time_leaves_few_ids() {
    let distances = distances(&[(100_000, 99 * SECOND)]);
    let filter =
        "create_time >= \"1970-01-01T00:10:00Z\" AND create_time < \"1970-01-01T00:11:00Z\"";
    let (first, last) = distances.ids(&Filter::parse(filter, &CallSchema).unwrap());
    assert_eq!(first >> CallId::COUNTER_BITS, 600_000);
    assert_eq!(last >> CallId::COUNTER_BITS, 660_000 + 1_024 + 1);
}

#[test]
fn what_is_no_outer_condition_on_the_time_leaves_all_ids() {
    for filter in [
        "",
        "code = 200",
        "NOT create_time > \"2020-01-01T00:00:00Z\"",
        "create_time != \"2020-01-01T00:00:00Z\"",
    ] {
        let filter = Filter::parse(filter, &CallSchema).unwrap();
        assert_eq!(distances(&[]).ids(&filter), (i64::MIN, i64::MAX));
    }
}
