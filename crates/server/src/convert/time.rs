//! Instants and spans.

use std::time::Duration;

use leadhook_field::Datetime;

pub(crate) fn timestamp(time: Datetime) -> prost_types::Timestamp {
    let micros = time.as_micros();
    prost_types::Timestamp {
        seconds: micros.div_euclid(1_000_000),
        nanos: i32::try_from(micros.rem_euclid(1_000_000) * 1_000)
            .expect("a remainder of a million, in thousandths"),
    }
}

pub(crate) fn duration(span: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(span.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(span.subsec_nanos()).expect("less than a thousand million"),
    }
}

/// A span of so many microseconds.
pub(crate) fn of_micros(micros: i64) -> prost_types::Duration {
    duration(Duration::from_micros(u64::try_from(micros).unwrap_or(0)))
}

/// A span in microseconds; it may be negative, and ends at what 64 bits hold.
pub(crate) fn micros(span: &prost_types::Duration) -> i64 {
    span.seconds
        .saturating_mul(1_000_000)
        .saturating_add(i64::from(span.nanos) / 1_000)
}
