//! What each type takes: from text (R-FLD-2), from numbers as they were written and Booleans (R-MAP-4).

use super::{FieldType, Limit};
use crate::{
    decimal::{Decimal, canonical_number},
    error::{Error, ErrorKind, shown},
    time::{Misread, Zone},
    value::Value,
};

impl FieldType {
    /// Reads a value from text (R-FLD-2); none when it is empty. White space around it is ignored, but in text types, where it is text.
    /// The whole syntax stands in the [crate's documentation](crate#what-is-read-from-text).
    ///
    /// ```
    /// use leadhook_field::{FieldType, Value, Zone};
    ///
    /// let zone = Zone::utc();
    /// assert_eq!(FieldType::Integer.read(" 4.2e1 ", &zone)?, Some(Value::Integer(42)));
    /// assert_eq!(FieldType::Boolean.read("YES", &zone)?, Some(Value::Boolean(true)));
    /// assert_eq!(FieldType::String.read(" ", &zone)?, Some(Value::Text(" ".into())));
    /// assert_eq!(FieldType::Date.read(" ", &zone)?, None);
    /// # Ok::<(), leadhook_field::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::TypeMismatch`], [`ErrorKind::OutOfRange`] for numbers and times, [`ErrorKind::TooLong`] for texts.
    pub fn read(self, text: &str, zone: &Zone) -> Result<Option<Value>, Error> {
        if self.is_text() {
            self.check_text(text)?;
            return Ok((!text.is_empty()).then(|| Value::Text(text.into())));
        }
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        let value = match self {
            FieldType::Boolean => boolean(trimmed)
                .map(Value::Boolean)
                .ok_or_else(|| self.mismatch(trimmed)),
            FieldType::Date => zone
                .read_date(trimmed)
                .map(Value::Date)
                .map_err(|misread| self.misread(trimmed, misread)),
            FieldType::Datetime => zone
                .read_datetime(trimmed)
                .map(Value::Datetime)
                .map_err(|misread| self.misread(trimmed, misread)),
            _ => self.read_number(trimmed),
        };
        value.map(Some)
    }

    /// Reads a number as it was written, by exact decimal arithmetic (R-MAP-4): a whole one for Integer, Percent and Score (`1.0` and `1e2`
    /// are), any for Float and Currency, and its canonical text, every digit kept, for text types ([`canonical_number`]).
    ///
    /// ```
    /// use leadhook_field::{ErrorKind, FieldType, Value};
    ///
    /// assert_eq!(FieldType::Score.read_number("1e2")?, Value::Integer(100));
    /// assert_eq!(FieldType::String.read_number("1.50")?, Value::Text("1.5".into()));
    /// assert_eq!(FieldType::Score.read_number("0.5").unwrap_err().kind(), ErrorKind::TypeMismatch);
    /// assert_eq!(FieldType::Float.read_number("1e400").unwrap_err().kind(), ErrorKind::OutOfRange);
    /// # Ok::<(), leadhook_field::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::TypeMismatch`]: no number, one with a fraction for a type of whole numbers, or any for Boolean, Date and Datetime.
    /// [`ErrorKind::OutOfRange`]: beyond 32 or 64 bits. [`ErrorKind::TooLong`]: its text would be; known before that is built.
    pub fn read_number(self, raw: &str) -> Result<Value, Error> {
        match self.limit() {
            Some(Limit::Chars(max) | Limit::Bytes(max)) => {
                canonical_number(raw, max).map(|text| Value::Text(text.into()))
            }
            None if self.is_integer() => self.read_integer(raw),
            None if self.is_number() => self.read_float(raw),
            None => Err(self.mismatch(raw)),
        }
    }

    /// A number that is a 64-bit float already, as in a `google.protobuf.Value`. It is taken as the shortest decimal number that reads as the
    /// same float: 0.1 goes to a text type as `0.1`.
    ///
    /// ```
    /// use leadhook_field::{FieldType, Value};
    ///
    /// assert_eq!(FieldType::Integer.from_f64(42.0)?, Value::Integer(42));
    /// assert_eq!(FieldType::String.from_f64(0.1)?, Value::Text("0.1".into()));
    /// # Ok::<(), leadhook_field::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`read_number`](Self::read_number); also [`ErrorKind::OutOfRange`] when it is not finite.
    pub fn from_f64(self, number: f64) -> Result<Value, Error> {
        if number.is_finite() {
            return self.read_number(&format!("{number:e}"));
        }
        Err(Error::new(
            ErrorKind::OutOfRange,
            format!(
                "`{number}` is beyond the range of the type {}, which takes finite numbers",
                self.name()
            ),
        ))
    }

    /// A Boolean: for Boolean as it is, for text types as `true` or `false` (R-MAP-4).
    ///
    /// # Errors
    /// [`ErrorKind::TypeMismatch`] for all other types.
    pub fn from_bool(self, boolean: bool) -> Result<Value, Error> {
        let text = if boolean { "true" } else { "false" };
        if self == FieldType::Boolean {
            Ok(Value::Boolean(boolean))
        } else if self.is_text() {
            Ok(Value::Text(text.into()))
        } else {
            Err(self.mismatch(text))
        }
    }

    fn read_integer(self, raw: &str) -> Result<Value, Error> {
        // Most are plain.
        if let Ok(number) = raw.parse() {
            return Ok(Value::Integer(number));
        }
        match Decimal::parse(raw) {
            Some(decimal) if decimal.is_whole() => decimal
                .to_i64()
                .and_then(|number| i32::try_from(number).ok())
                .map(Value::Integer)
                .ok_or_else(|| self.out_of_range(raw)),
            _ => Err(self.mismatch(raw)),
        }
    }

    fn read_float(self, raw: &str) -> Result<Value, Error> {
        // The standard library reads `inf` and `nan` as well.
        if Decimal::parse(raw).is_none() {
            return Err(self.mismatch(raw));
        }
        match raw.parse::<f64>() {
            // The sum takes the sign off a zero.
            Ok(number) if number.is_finite() => Ok(Value::Float(number + 0.0)),
            Ok(_) => Err(self.out_of_range(raw)),
            Err(_) => Err(self.mismatch(raw)),
        }
    }

    fn misread(self, text: &str, misread: Misread) -> Error {
        match misread {
            Misread::Form => self.mismatch(text),
            Misread::Range => self.out_of_range(text),
        }
    }

    fn mismatch(self, text: &str) -> Error {
        let form = match self {
            FieldType::Integer | FieldType::Percent | FieldType::Score => {
                "a whole number such as `42`"
            }
            FieldType::Float | FieldType::Currency => {
                "a number such as `1234.5`, without separators"
            }
            FieldType::Boolean => "`true`, `false`, `yes`, `no`, `1` or `0`",
            FieldType::Date => "a date such as `2010-05-07`",
            FieldType::Datetime => {
                "a date and time such as `2010-05-07T15:41:32Z` or `2010-05-07 15:41:32`"
            }
            _ => "text",
        };
        Error::new(
            ErrorKind::TypeMismatch,
            format!(
                "{} does not fit the type {}, which takes {form}",
                shown(text),
                self.name()
            ),
        )
    }

    fn out_of_range(self, text: &str) -> Error {
        let range = match self {
            FieldType::Float | FieldType::Currency => "-1.8e308 to 1.8e308",
            FieldType::Date | FieldType::Datetime => "the years 1 to 9999",
            _ => "-2147483648 to 2147483647",
        };
        Error::new(
            ErrorKind::OutOfRange,
            format!(
                "{} is beyond the range of the type {}, {range}",
                shown(text),
                self.name()
            ),
        )
    }
}

fn boolean(text: &str) -> Option<bool> {
    let is = |word: &&str| text.eq_ignore_ascii_case(word);
    if ["true", "yes", "1"].iter().any(is) {
        Some(true)
    } else {
        ["false", "no", "0"].iter().any(is).then_some(false)
    }
}

#[cfg(test)]
mod tests;
