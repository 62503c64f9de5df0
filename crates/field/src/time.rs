//! Days, instants and time zones. How they are read from text stands in `written`.
//!
//! jiff knows calendars and zones; that it does stays inside. Its instants end two days before the year 9999 does, and people do write
//! `9999-12-31` for "never": so instants are counted here, and jiff is asked for offsets only.

mod date;
mod datetime;
mod local;
mod written;
mod zone;

pub(crate) use written::Misread;

pub use {date::Date, datetime::Datetime, zone::Zone};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
const DAY: i64 = 24 * HOUR;

/// As system tokens write them (R-TOK-7).
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

#[cfg(test)]
mod tests;
