//! Reads dates and times as ISO 8601 and RFC 3339 write them, and as system tokens do (R-FLD-2, R-TOK-7).

use super::{Date, Datetime, HOUR, MINUTE, MONTHS, SECOND, local::Local};
use crate::error::ErrorKind;

/// Why a text is no date or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misread {
    /// It is written as none, or there is no such day or time.
    Form,
    /// It lies beyond the years 1 to 9999.
    Range,
}

impl Misread {
    pub(crate) fn kind(self) -> ErrorKind {
        match self {
            Misread::Form => ErrorKind::TypeMismatch,
            Misread::Range => ErrorKind::OutOfRange,
        }
    }
}

/// A date and time as they were written; midnight, when there was no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) local: Local,
    /// Seconds ahead of UTC, where that was written too.
    pub(super) offset: Option<i32>,
}

/// `2010-05-07` or `20100507`.
pub(super) fn iso_date(text: &str) -> Result<Date, Misread> {
    let mut reader = Reader(text);
    let date = reader.date()?;
    reader.end()?;
    Ok(date)
}

/// RFC 3339's `date-time`.
pub(super) fn rfc_3339(text: &str) -> Result<Datetime, Misread> {
    if !has_rfc_3339_shape(text.as_bytes()) {
        return Err(Misread::Form);
    }
    let written = any(text)?;
    let offset = written.offset.ok_or(Misread::Form)?;
    written.local.instant(offset).ok_or(Misread::Range)
}

/// Whether it has all that ISO 8601 lets one leave out. What stands between is checked when it is read.
fn has_rfc_3339_shape(text: &[u8]) -> bool {
    let [
        _,
        _,
        _,
        _,
        b'-',
        _,
        _,
        b'-',
        _,
        _,
        b'T' | b't' | b' ',
        _,
        _,
        b':',
        _,
        _,
        b':',
        _,
        _,
        rest @ ..,
    ] = text
    else {
        return false;
    };
    let digits = match rest {
        [b'.', fraction @ ..] => {
            fraction
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count()
                + 1
        }
        _ => 0,
    };
    matches!(
        &rest[digits..],
        [b'Z' | b'z'] | [b'+' | b'-', _, _, b':', _, _]
    )
}

/// Whatever is read as a date or datetime (R-FLD-2): an ISO 8601 calendar date, extended or basic; behind `T` or a space a time with or
/// without seconds, a fraction, and `Z` or an offset; or `Aug 08, 2013`.
pub(super) fn any(text: &str) -> Result<Written, Misread> {
    let mut reader = Reader(text);
    let is_named = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let date = if is_named {
        reader.date_with_name()?
    } else {
        reader.date()?
    };
    if is_named || reader.0.is_empty() {
        reader.end()?;
        return Ok(Written {
            local: Local::new(date, 0),
            offset: None,
        });
    }
    reader.one_of(&['T', 't', ' ']).ok_or(Misread::Form)?;
    let local = Local::new(date, reader.time()?);
    // Some systems leave a space before the offset.
    reader.one_of(&[' ']);
    let offset = if reader.0.is_empty() {
        None
    } else {
        Some(reader.offset()?)
    };
    reader.end()?;
    Ok(Written { local, offset })
}

/// What is still to read.
struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    fn date(&mut self) -> Result<Date, Misread> {
        let year = self.number(4)?;
        let is_extended = self.one_of(&['-']).is_some();
        let month = self.number(2)?;
        if is_extended {
            self.one_of(&['-']).ok_or(Misread::Form)?;
        }
        let day = self.number(2)?;
        date(year, month, day)
    }

    /// `Aug 08, 2013`; a one-digit day too.
    fn date_with_name(&mut self) -> Result<Date, Misread> {
        let name = self.take(3)?;
        let month = MONTHS
            .iter()
            .position(|month| month.eq_ignore_ascii_case(name));
        let month = u32::try_from(month.ok_or(Misread::Form)? + 1).map_err(|_| Misread::Form)?;
        self.one_of(&[' ']).ok_or(Misread::Form)?;
        let day = self.number(2).or_else(|_| self.number(1))?;
        self.one_of(&[',']).ok_or(Misread::Form)?;
        self.one_of(&[' ']).ok_or(Misread::Form)?;
        let year = self.number(4)?;
        date(year, month, day)
    }

    /// Microseconds since midnight. What is finer is cut off, and a leap second is the second before it.
    fn time(&mut self) -> Result<i64, Misread> {
        let hour = self.number(2)?;
        let is_extended = self.one_of(&[':']).is_some();
        let minute = self.number(2)?;
        let has_seconds = if is_extended {
            self.one_of(&[':']).is_some()
        } else {
            self.0.starts_with(|next: char| next.is_ascii_digit())
        };
        let mut second = 0;
        let mut fraction = 0;
        if has_seconds {
            second = self.number(2)?;
            // Behind minutes a fraction would be one of a minute, which nobody writes: it is refused.
            if self.one_of(&['.', ',']).is_some() {
                fraction = self.fraction()?;
            }
        }
        if hour > 23 || minute > 59 || second > 60 {
            return Err(Misread::Form);
        }
        let part = |number: u32, unit: i64| i64::from(number) * unit;
        Ok(part(hour, HOUR) + part(minute, MINUTE) + part(second.min(59), SECOND) + fraction)
    }

    /// Microseconds, from digits behind a decimal point.
    fn fraction(&mut self) -> Result<i64, Misread> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Err(Misread::Form);
        }
        let kept = digits.min(6);
        let mut micros = i64::from(self.number(kept)?);
        for _ in kept..6 {
            micros *= 10;
        }
        self.take(digits - kept)?;
        Ok(micros)
    }

    /// `Z`, `+02:00`, `+0200` or `+02`, in seconds.
    fn offset(&mut self) -> Result<i32, Misread> {
        let sign = match self.one_of(&['Z', 'z', '+', '-']) {
            Some('+') => 1,
            Some('-') => -1,
            Some(_) => return Ok(0),
            None => return Err(Misread::Form),
        };
        let hours = self.number(2)?;
        let has_minutes = self.one_of(&[':']).is_some() || !self.0.is_empty();
        let minutes = if has_minutes { self.number(2)? } else { 0 };
        if hours > 23 || minutes > 59 {
            return Err(Misread::Form);
        }
        let seconds = i32::try_from(hours * 3_600 + minutes * 60).map_err(|_| Misread::Form)?;
        Ok(sign * seconds)
    }

    fn end(&self) -> Result<(), Misread> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Misread::Form)
        }
    }

    /// A number of so many digits; when there are fewer, nothing is taken.
    fn number(&mut self, digits: usize) -> Result<u32, Misread> {
        let (number, rest) = self.0.split_at_checked(digits).ok_or(Misread::Form)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Misread::Form);
        }
        self.0 = rest;
        number.parse().map_err(|_| Misread::Form)
    }

    fn one_of(&mut self, chars: &[char]) -> Option<char> {
        let next = self.0.chars().next().filter(|next| chars.contains(next))?;
        self.0 = &self.0[next.len_utf8()..];
        Some(next)
    }

    /// So many bytes.
    fn take(&mut self, bytes: usize) -> Result<&'a str, Misread> {
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or(Misread::Form)?;
        self.0 = rest;
        Ok(taken)
    }
}

fn date(year: u32, month: u32, day: u32) -> Result<Date, Misread> {
    if year == 0 {
        return Err(Misread::Range);
    }
    let small = |number: u32| u8::try_from(number).ok();
    let date = || Date::from_ymd(u16::try_from(year).ok()?, small(month)?, small(day)?);
    date().ok_or(Misread::Form)
}

#[cfg(test)]
mod tests;
