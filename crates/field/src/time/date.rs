//! Days.

use std::fmt;

use jiff::{Span, civil};

use super::written;
use crate::error::{Error, shown};

/// A day of the Gregorian calendar, years 1 to 9999.
///
/// ```
/// use leadhook_field::Date;
///
/// let date = Date::from_ymd(2010, 5, 7).unwrap();
/// assert_eq!(date.to_string(), "2010-05-07");
/// assert_eq!(Date::parse("20100507")?, date);
/// assert_eq!((date.year(), date.month(), date.day()), (2010, 5, 7));
/// # Ok::<(), leadhook_field::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

const EPOCH: civil::Date = civil::date(1970, 1, 1);

impl Date {
    /// 0001-01-01.
    pub const MIN: Date = Date(-719_162);
    /// 9999-12-31.
    pub const MAX: Date = Date(2_932_896);

    /// The day that is `days` after 1970-01-01; none beyond the years 1 to 9999.
    #[must_use]
    pub fn from_days(days: i32) -> Option<Date> {
        let date = Date(days);
        (Date::MIN..=Date::MAX).contains(&date).then_some(date)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// A day by its parts, month and day from 1; none when there is no such day, or beyond the years 1 to 9999.
    #[must_use]
    pub fn from_ymd(year: u16, month: u8, day: u8) -> Option<Date> {
        let year = i16::try_from(year).ok()?;
        let date =
            civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let span = date.since(EPOCH).expect("dates are subtracted in days");
        Date::from_days(span.get_days())
    }

    /// 1 to 9999.
    #[must_use]
    pub fn year(self) -> u16 {
        self.civil().year().unsigned_abs()
    }

    /// 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.civil().month().unsigned_abs()
    }

    /// 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.civil().day().unsigned_abs()
    }

    /// Reads an ISO 8601 calendar date, extended or basic: `2010-05-07`, `20100507`.
    ///
    /// # Errors
    /// [`TypeMismatch`](crate::ErrorKind::TypeMismatch); [`OutOfRange`](crate::ErrorKind::OutOfRange) for the year 0.
    pub fn parse(text: &str) -> Result<Date, Error> {
        written::iso_date(text).map_err(|misread| {
            Error::new(
                misread.kind(),
                format!(
                    "{} is no date of the years 1 to 9999, such as `2010-05-07`",
                    shown(text)
                ),
            )
        })
    }

    pub(super) fn civil(self) -> civil::Date {
        EPOCH.saturating_add(Span::new().days(self.0))
    }
}

/// `2010-05-07` (R-FLD-3).
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.civil();
        write!(
            f,
            "{:04}-{:02}-{:02}",
            date.year(),
            date.month(),
            date.day()
        )
    }
}
