//! Instants.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use super::{DAY, Date, local::Local, written};
use crate::error::{Error, shown};

/// An instant of the years 1 to 9999 in UTC, to the microsecond.
///
/// ```
/// use leadhook_field::Datetime;
///
/// let time = Datetime::parse("2010-05-07T17:41:32.50+02:00")?;
/// assert_eq!(time.to_string(), "2010-05-07T15:41:32.5Z");
/// assert_eq!(time.as_micros(), 1_273_246_892_500_000);
/// # Ok::<(), leadhook_field::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Datetime(i64);

impl Datetime {
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Datetime = Datetime(Date::MIN.days() as i64 * DAY);
    /// 9999-12-31T23:59:59.999999Z.
    pub const MAX: Datetime = Datetime((Date::MAX.days() as i64 + 1) * DAY - 1);

    /// The instant that is `micros` microseconds after 1970-01-01T00:00:00Z; beyond the years 1 to 9999 the nearest within.
    #[must_use]
    pub fn from_micros(micros: i64) -> Datetime {
        Datetime(micros.clamp(Datetime::MIN.0, Datetime::MAX.0))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339: `2010-05-07T15:41:32Z`, `2010-05-07 17:41:32.5+02:00`. What is finer than a microsecond is cut off; a leap second is
    /// the second before it. [`FieldType::read`](crate::FieldType::read) takes more forms than this one.
    ///
    /// # Errors
    /// [`TypeMismatch`](crate::ErrorKind::TypeMismatch); [`OutOfRange`](crate::ErrorKind::OutOfRange) beyond the years 1 to 9999.
    pub fn parse(text: &str) -> Result<Datetime, Error> {
        written::rfc_3339(text).map_err(|misread| {
            Error::new(
                misread.kind(),
                format!(
                    "{} is no RFC 3339 time of the years 1 to 9999, such as `2010-05-07T15:41:32Z`",
                    shown(text)
                ),
            )
        })
    }
}

/// To the microsecond before it, or at the end of the range.
impl From<SystemTime> for Datetime {
    fn from(time: SystemTime) -> Datetime {
        let micros = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_nanos().div_ceil(1_000))
                .map_or(i64::MIN, |micros| -micros),
        };
        Datetime::from_micros(micros)
    }
}

impl From<Datetime> for SystemTime {
    fn from(time: Datetime) -> SystemTime {
        let span = Duration::from_micros(time.0.unsigned_abs());
        if time.0 >= 0 {
            SystemTime::UNIX_EPOCH + span
        } else {
            SystemTime::UNIX_EPOCH - span
        }
    }
}

/// RFC 3339 in UTC: `2010-05-07T15:41:32Z`, with a fraction when there is one (R-FLD-3).
impl fmt::Display for Datetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = Local::of(*self, 0);
        write!(
            f,
            "{}T{:02}:{:02}:{:02}",
            utc.date(),
            utc.hour(),
            utc.minute(),
            utc.second()
        )?;
        if utc.subsecond() != 0 {
            let digits = format!("{:06}", utc.subsecond());
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}
