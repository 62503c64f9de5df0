//! Time zones: what their clocks show, and when they show it (R-TOK-7).

use std::{fmt, io::Write};

use jiff::{
    Timestamp,
    tz::{AmbiguousOffset, TimeZone},
};

use super::{
    Date, Datetime, MONTHS, SECOND,
    local::Local,
    written::{self, Misread},
};
use crate::error::{Error, ErrorKind, shown};

/// A time zone of the IANA database, which is built in. Cheap to clone.
///
/// A local time that the zone skips is read with the offset before the gap, and so falls behind it; one that it repeats is the first of
/// the two. That is RFC 5545's rule, which calendars follow.
///
/// ```
/// use leadhook_field::{Date, Zone};
///
/// let zone = Zone::named("Europe/Berlin")?;
/// let midnight = zone.midnight(Date::from_ymd(2010, 5, 7).unwrap());
/// assert_eq!(midnight.to_string(), "2010-05-06T22:00:00Z");
/// assert_eq!(zone.date_of(midnight).to_string(), "2010-05-07");
/// # Ok::<(), leadhook_field::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated Universal Time.
    #[must_use]
    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// A zone by its IANA name, in any case: `Europe/Berlin`.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownZone`].
    pub fn named(name: &str) -> Result<Zone, Error> {
        match TimeZone::get(name) {
            // What has no name is no zone of the database: `Etc/Unknown`.
            Ok(zone) if zone.iana_name().is_some() => Ok(Zone(zone)),
            _ => Err(Error::new(
                ErrorKind::UnknownZone,
                format!(
                    "{} is no time zone of the IANA database, such as `Europe/Berlin` or `UTC`",
                    shown(name)
                ),
            )),
        }
    }

    /// Its IANA name, as the database spells it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day that an instant falls on here; at the ends of the years 1 to 9999 the nearest within.
    #[must_use]
    pub fn date_of(&self, time: Datetime) -> Date {
        self.local(time).date()
    }

    /// The first instant of a day here.
    #[must_use]
    pub fn midnight(&self, date: Date) -> Datetime {
        // Only the very first day can begin before the years do, in zones ahead of UTC.
        self.instant(Local::new(date, 0)).unwrap_or(Datetime::MIN)
    }

    /// Writes `{{system.date}}` (R-TOK-7): `Aug 08, 2013`.
    pub fn write_system_date(&self, now: Datetime, out: &mut Vec<u8>) {
        let date = self.date_of(now).civil();
        let month = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
        put(
            out,
            format_args!("{month} {:02}, {:04}", date.day(), date.year()),
        );
    }

    /// Writes `{{system.time}}` (R-TOK-7): `04:34 PM (GMT -0700)`.
    pub fn write_system_time(&self, now: Datetime, out: &mut Vec<u8>) {
        let local = self.local(now);
        let hour = match local.hour() % 12 {
            0 => 12,
            hour => hour,
        };
        let half = if local.hour() < 12 { "AM" } else { "PM" };
        let offset = self.offset(now);
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.abs() / 60;
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

    /// Writes `{{system.dateTime}}` (R-TOK-7), which is the text of a datetime as well (R-TOK-9): `2013-08-08 16:36:13`.
    pub fn write_system_datetime(&self, time: Datetime, out: &mut Vec<u8>) {
        let local = self.local(time);
        put(
            out,
            format_args!(
                "{} {:02}:{:02}:{:02}",
                local.date(),
                local.hour(),
                local.minute(),
                local.second()
            ),
        );
    }

    /// Reads a date, or the day of a datetime here (R-FLD-2).
    pub(crate) fn read_date(&self, text: &str) -> Result<Date, Misread> {
        let written = written::any(text)?;
        match written.offset {
            // Without an offset the day is the one that stands there.
            None => Ok(written.local.date()),
            Some(offset) => {
                let time = written.local.instant(offset).ok_or(Misread::Range)?;
                Ok(self.date_of(time))
            }
        }
    }

    /// Reads a datetime, or the midnight of a date here (R-FLD-2); without an offset it is local.
    pub(crate) fn read_datetime(&self, text: &str) -> Result<Datetime, Misread> {
        let written = written::any(text)?;
        let time = match written.offset {
            None => self.instant(written.local),
            Some(offset) => written.local.instant(offset),
        };
        time.ok_or(Misread::Range)
    }

    fn local(&self, time: Datetime) -> Local {
        Local::of(time, self.offset(time))
    }

    /// Seconds ahead of UTC.
    fn offset(&self, time: Datetime) -> i32 {
        // jiff's instants end a little earlier than ours; no zone changes in between.
        let second = time.as_micros().div_euclid(SECOND);
        let timestamp = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
        self.0.to_offset(timestamp).seconds()
    }

    /// None beyond the years 1 to 9999.
    fn instant(&self, local: Local) -> Option<Datetime> {
        let ambiguous = self.0.to_ambiguous_timestamp(local.civil());
        let offset = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset }
            | AmbiguousOffset::Gap { before: offset, .. }
            | AmbiguousOffset::Fold { before: offset, .. } => offset,
        };
        local.instant(offset.seconds())
    }
}

fn put(out: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a vector takes what is written");
}
