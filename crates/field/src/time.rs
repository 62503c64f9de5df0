//! Days, instants and time zones (R-FLD-2, -3, R-TOK-7).

mod parse;

use std::{
    fmt,
    io::Write,
    time::{Duration, SystemTime},
};

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::error::{Error, ErrorKind, shown};

/// A day of the Gregorian calendar, years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// An instant, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Datetime(i64);

/// A time zone of the IANA database.
///
/// A local time that the zone skips is read as the time after the gap, one that it repeats as the first of the two (the
/// "compatible" rule of RFC 5545).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

const EPOCH: civil::Date = civil::date(1970, 1, 1);
const MICROS: i64 = 1_000_000;

impl Date {
    /// The day that is `days` after 1970-01-01; none beyond the years 1 to 9999.
    #[must_use]
    pub fn from_days(days: i32) -> Option<Date> {
        let date = EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        (1..=9999).contains(&date.year()).then_some(Date(days))
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn days(self) -> i32 {
        self.0
    }

    /// A day by its parts; none when there is no such day.
    #[must_use]
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Date> {
        let date = civil::Date::new(year, month, day).ok()?;
        (1..=9999).contains(&year).then(|| Date::of(date))
    }

    /// Reads an ISO 8601 calendar date, extended or basic: `2010-05-07`, `20100507`.
    ///
    /// # Errors
    /// [`ErrorKind::TypeMismatch`].
    pub fn parse(text: &str) -> Result<Date, Error> {
        parse::date(text).map(Date::of).ok_or_else(|| {
            Error::new(
                ErrorKind::TypeMismatch,
                format!("{} is no date: `2010-05-07` is read, among others", shown(text)),
            )
        })
    }

    fn of(date: civil::Date) -> Date {
        let days = date.since(EPOCH).expect("days between dates of ours").get_days();
        Date(days)
    }

    fn civil(self) -> civil::Date {
        EPOCH.saturating_add(jiff::Span::new().days(self.0))
    }
}

/// `2010-05-07`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.civil();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl Datetime {
    /// The instant that is `micros` microseconds after 1970-01-01T00:00:00Z; beyond the years 1 to 9999 the nearest within.
    #[must_use]
    pub fn from_micros(micros: i64) -> Datetime {
        // A day within the years, so that every zone has a calendar day for it; the last is also the last that jiff knows.
        const FIRST: i64 = (-62_135_596_800 + 86_400) * MICROS;
        const LAST: i64 = 253_402_207_200 * MICROS;
        Datetime(micros.clamp(FIRST, LAST))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339: `2010-05-07T15:41:32Z`.
    ///
    /// # Errors
    /// [`ErrorKind::TypeMismatch`].
    pub fn parse(text: &str) -> Result<Datetime, Error> {
        parse::datetime(text, None).ok_or_else(|| {
            Error::new(
                ErrorKind::TypeMismatch,
                format!("{} is no RFC 3339 time such as `2010-05-07T15:41:32Z`", shown(text)),
            )
        })
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).expect("an instant of ours is one of jiff's")
    }
}

impl From<SystemTime> for Datetime {
    fn from(time: SystemTime) -> Datetime {
        let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Datetime::from_micros(micros(after)),
            Err(before) => Datetime::from_micros(-micros(before.duration())),
        }
    }
}

impl From<Datetime> for SystemTime {
    fn from(time: Datetime) -> SystemTime {
        let span = Duration::from_micros(time.0.unsigned_abs());
        if time.0 >= 0 { SystemTime::UNIX_EPOCH + span } else { SystemTime::UNIX_EPOCH - span }
    }
}

/// RFC 3339 in UTC: `2010-05-07T15:41:32Z`, with a fraction when there is one (R-FLD-3).
impl fmt::Display for Datetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl Zone {
    /// Coordinated Universal Time.
    #[must_use]
    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// A zone by its IANA name: `Europe/Berlin`.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownZone`].
    pub fn named(name: &str) -> Result<Zone, Error> {
        TimeZone::get(name).map(Zone).map_err(|_| {
            Error::new(
                ErrorKind::UnknownZone,
                format!("{} is no time zone of the IANA database such as `Europe/Berlin`", shown(name)),
            )
        })
    }

    /// Its IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day that an instant falls on.
    #[must_use]
    pub fn date_of(&self, time: Datetime) -> Date {
        Date::of(self.local(time).date())
    }

    /// The first instant of a day.
    #[must_use]
    pub fn midnight(&self, date: Date) -> Datetime {
        self.instant(date.civil().at(0, 0, 0, 0))
    }

    /// `{{system.date}}`: `Aug 08, 2013`.
    pub fn write_system_date(&self, now: Datetime, out: &mut Vec<u8>) {
        let local = self.local(now);
        let month = MONTHS[usize::try_from(local.month() - 1).unwrap_or(0)];
        put(out, format_args!("{month} {:02}, {:04}", local.day(), local.year()));
    }

    /// `{{system.time}}`: `04:34 PM (GMT -0700)`.
    pub fn write_system_time(&self, now: Datetime, out: &mut Vec<u8>) {
        let local = self.local(now);
        let offset = self.0.to_offset(now.timestamp()).seconds();
        let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
        let hour = match local.hour() % 12 {
            0 => 12,
            hour => hour,
        };
        let half = if local.hour() < 12 { "AM" } else { "PM" };
        put(
            out,
            format_args!(
                "{hour:02}:{:02} {half} (GMT {sign}{:02}{:02})",
                local.minute(),
                minutes / 60,
                minutes % 60
            ),
        );
    }

    /// `{{system.dateTime}}`, and the text of a datetime (R-TOK-9): `2013-08-08 16:36:13`.
    pub fn write_system_datetime(&self, time: Datetime, out: &mut Vec<u8>) {
        let local = self.local(time);
        let date = Date::of(local.date());
        put(
            out,
            format_args!("{date} {:02}:{:02}:{:02}", local.hour(), local.minute(), local.second()),
        );
    }

    /// Reads a datetime (R-FLD-2); without an offset it is local.
    pub(crate) fn read_datetime(&self, text: &str) -> Option<Datetime> {
        parse::datetime(text, Some(self))
    }

    /// Reads a date, or the day of a datetime here.
    pub(crate) fn read_date(&self, text: &str) -> Option<Date> {
        parse::date(text)
            .or_else(|| parse::system_date(text))
            .map(Date::of)
            .or_else(|| Some(self.date_of(self.read_datetime(text)?)))
    }

    fn local(&self, time: Datetime) -> civil::DateTime {
        self.0.to_datetime(time.timestamp())
    }

    fn instant(&self, local: civil::DateTime) -> Datetime {
        let ambiguous = self.0.to_ambiguous_timestamp(local);
        let micros = ambiguous.compatible().map_or(i64::MAX, Timestamp::as_microsecond);
        Datetime::from_micros(micros)
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn put(out: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a vector takes what is written");
}

#[cfg(test)]
mod tests;
