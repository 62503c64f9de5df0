//! Reads dates and times as ISO 8601 writes them, and as `{{system.date}}` does.

use jiff::{Timestamp, civil, tz::Offset};

use super::{Datetime, MONTHS, Zone};

/// `2010-05-07` or `20100507`.
pub(super) fn date(text: &str) -> Option<civil::Date> {
    let mut reader = Reader(text);
    let date = reader.date()?;
    reader.0.is_empty().then_some(date)
}

/// `Aug 08, 2013`.
pub(super) fn system_date(text: &str) -> Option<civil::Date> {
    let (month, rest) = text.split_once(' ')?;
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))? + 1;
    let (day, year) = rest.split_once(',')?;
    let mut day = Reader(day);
    let number = day.digits(2).or_else(|| day.digits(1))?;
    let mut year = Reader(year.trim_start());
    let year_number = year.digits(4)?;
    (day.0.is_empty() && year.0.is_empty())
        .then(|| civil_date(year_number, i32::try_from(month).ok()?, number))
        .flatten()
}

/// A date with a time behind `T` or a space, and an offset or `Z`; without those the zone's, and without a zone nothing. A date alone is its midnight there.
pub(super) fn datetime(text: &str, zone: Option<&Zone>) -> Option<Datetime> {
    let mut reader = Reader(text);
    let Some(date) = reader.date() else {
        return Some(zone?.instant(system_date(text)?.at(0, 0, 0, 0)));
    };
    if reader.0.is_empty() {
        return Some(zone?.instant(date.at(0, 0, 0, 0)));
    }
    reader.any(&['T', 't', ' '])?;
    let local = date.to_datetime(reader.time()?);
    // Some systems leave a space before the offset.
    let rest = reader.0.trim_start_matches(' ');
    if rest.is_empty() {
        return Some(zone?.instant(local));
    }
    let offset = Reader(rest).offset()?;
    let timestamp: Timestamp = offset.to_timestamp(local).ok()?;
    let micros = timestamp.as_microsecond();
    let time = Datetime::from_micros(micros);
    (time.as_micros() == micros).then_some(time)
}

struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn date(&mut self) -> Option<civil::Date> {
        let year = self.digits(4)?;
        let extended = self.any(&['-']).is_some();
        let month = self.digits(2)?;
        if extended {
            self.any(&['-'])?;
        }
        let day = self.digits(2)?;
        civil_date(year, month, day)
    }

    /// Hours and minutes; seconds and a fraction where they stand. A leap second is the second before it.
    fn time(&mut self) -> Option<civil::Time> {
        let hour = self.digits(2)?;
        let extended = self.any(&[':']).is_some();
        let minute = self.digits(2)?;
        let mut second = 0;
        let mut nanos = 0;
        if !extended || self.any(&[':']).is_some() {
            match self.digits(2) {
                Some(digits) => second = digits.min(if digits == 60 { 59 } else { digits }),
                None if extended => return None,
                None => {}
            }
            if self.any(&['.', ',']).is_some() {
                nanos = self.fraction()?;
            }
        }
        let part = |number: i32| i8::try_from(number).ok();
        civil::Time::new(part(hour)?, part(minute)?, part(second)?, nanos).ok()
    }

    /// `Z`, `+02:00`, `+0200` or `+02`, to the end of the text.
    fn offset(mut self) -> Option<Offset> {
        if self.any(&['Z', 'z']).is_some() {
            return self.0.is_empty().then_some(Offset::UTC);
        }
        let sign = if self.any(&['+']).is_some() {
            1
        } else {
            self.any(&['-'])?;
            -1
        };
        let hours = self.digits(2)?;
        let colon = self.any(&[':']).is_some();
        let minutes = match self.digits(2) {
            Some(minutes) => minutes,
            None if colon => return None,
            None => 0,
        };
        if !self.0.is_empty() || hours > 23 || minutes > 59 {
            return None;
        }
        Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
    }

    fn digits(&mut self, count: usize) -> Option<i32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.0 = rest;
        digits.parse().ok()
    }

    /// Up to nine digits count, as nanoseconds; what stands behind them is finer than anything we keep.
    fn fraction(&mut self) -> Option<i32> {
        let len = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(len);
        self.0 = rest;
        let kept = &digits[..len.min(9)];
        let number: i32 = kept.parse().ok()?;
        Some(number * 10_i32.pow(u32::try_from(9 - kept.len()).ok()?))
    }

    fn any(&mut self, chars: &[char]) -> Option<char> {
        let char = self.0.chars().next().filter(|char| chars.contains(char))?;
        self.0 = &self.0[char.len_utf8()..];
        Some(char)
    }
}

fn civil_date(year: i32, month: i32, day: i32) -> Option<civil::Date> {
    if !(1..=9999).contains(&year) {
        return None;
    }
    civil::Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}
