//! A day and a time of day, as a clock on the wall shows them.

use jiff::civil;

use super::{DAY, Date, Datetime, HOUR, MINUTE, SECOND};

/// What a clock shows, wherever it hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Local {
    date: Date,
    /// Microseconds since midnight.
    micros: i64,
}

impl Local {
    /// `micros` since the day's midnight; less than a day.
    pub(super) fn new(date: Date, micros: i64) -> Local {
        debug_assert!((0..DAY).contains(&micros));
        Local { date, micros }
    }

    /// What a clock shows that is `offset` seconds ahead of UTC; where that lies beyond the years 1 to 9999, the nearest within.
    pub(super) fn of(time: Datetime, offset: i32) -> Local {
        let shifted = time.as_micros() + i64::from(offset) * SECOND;
        let micros = Datetime::from_micros(shifted).as_micros();
        let days = i32::try_from(micros.div_euclid(DAY)).ok();
        let date = days
            .and_then(Date::from_days)
            .expect("the days of datetimes are days");
        Local::new(date, micros.rem_euclid(DAY))
    }

    /// The instant at which a clock that is `offset` seconds ahead of UTC shows this; none beyond the years 1 to 9999.
    pub(super) fn instant(self, offset: i32) -> Option<Datetime> {
        let micros = i64::from(self.date.days()) * DAY + self.micros - i64::from(offset) * SECOND;
        let time = Datetime::from_micros(micros);
        (time.as_micros() == micros).then_some(time)
    }

    pub(super) fn date(self) -> Date {
        self.date
    }

    pub(super) fn hour(self) -> i64 {
        self.micros / HOUR
    }

    pub(super) fn minute(self) -> i64 {
        self.micros % HOUR / MINUTE
    }

    pub(super) fn second(self) -> i64 {
        self.micros % MINUTE / SECOND
    }

    /// Microseconds of the second.
    pub(super) fn subsecond(self) -> i64 {
        self.micros % SECOND
    }

    /// To the second, which is as finely as zones change.
    pub(super) fn civil(self) -> civil::DateTime {
        let part = |number: i64| i8::try_from(number).expect("parts of a time are small");
        self.date.civil().at(
            part(self.hour()),
            part(self.minute()),
            part(self.second()),
            0,
        )
    }
}
