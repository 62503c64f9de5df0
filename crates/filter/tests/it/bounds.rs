//! 64 KiB, 50 levels, and nothing that grows faster than the text (R-FIL-1).

use std::thread;

use leadhook_filter::{ErrorKind, Filter, Value};

use crate::schema::{parse, refused};

type AnyFilter = Filter<&'static str>;

/// Runs on a stack that any deep recursion would overflow.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let run = thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(test)
        .unwrap();
    run.join().unwrap();
}

#[test]
fn r_fil_1_50_levels() {
    on_a_small_stack(|| {
        for (open, close) in [("(", ")"), ("NOT ", ""), ("NOT (", ")")] {
            let levels = AnyFilter::MAX_LEVELS / if open.len() == 5 { 2 } else { 1 };
            let nested =
                |levels| format!("{}score = 1{}", open.repeat(levels), close.repeat(levels));
            let filter = parse(&nested(levels));
            assert_eq!(parse(&filter.to_string()), filter);
            assert!(filter.matches(|_| Some(Value::Integer(1))) || open == "NOT (");

            let error = refused(&nested(levels + 1));
            assert_eq!(error.kind(), ErrorKind::TooDeep, "{error}");
            assert_eq!(error.offset(), open.len() * levels, "{error}");
        }
    });
}

#[test]
fn r_fil_1_depth_far_beyond_is_refused_without_recursion() {
    on_a_small_stack(|| {
        for text in [
            "(".repeat(60_000),
            format!("{}score = 1{}", "(".repeat(30_000), ")".repeat(30_000)),
            format!("{}score = 1", "NOT ".repeat(15_000)),
            format!("{}score = 1", "-".repeat(60_000)),
            "f(".repeat(30_000),
        ] {
            refused(&text);
        }
    });
}

#[test]
fn parentheses_in_texts_are_no_levels() {
    parse(&format!(
        "City = \"{}\" AND City = \"\\\"{}\"",
        "(".repeat(100),
        ")".repeat(100)
    ));
}

#[test]
fn r_fil_1_64_kib() {
    let fitting = format!(
        "City = \"{}\"",
        "x".repeat(AnyFilter::MAX_BYTES - "City = \"\"".len())
    );
    assert_eq!(fitting.len(), AnyFilter::MAX_BYTES);
    parse(&fitting);

    let error = refused(&format!("{fitting} "));
    assert_eq!(error.kind(), ErrorKind::TooLong);
    assert_eq!(
        error.message(),
        "a filter has at most 65536 bytes, this one has 65537"
    );
    assert_eq!(
        refused(&" ".repeat(AnyFilter::MAX_BYTES + 1)).kind(),
        ErrorKind::TooLong
    );
}

#[test]
fn wide_filters_are_flat() {
    on_a_small_stack(|| {
        let wide = vec!["score = 1"; 4_000].join(" OR ");
        let filter = parse(&wide);
        assert_eq!(filter.fields().count(), 4_000);
        assert!(!filter.matches(|_| None));
    });
}

/// A search that starts over at every byte would take 10^10 steps here.
#[test]
fn contains_is_linear() {
    let filter = parse(&format!("City:\"{}b\"", "a".repeat(60_000)));
    let value = "A".repeat(1_000_000);
    assert!(!filter.matches(|_| Some(Value::Text(&value))));
}
