//! Values of fields, and their canonical text. What text makes which value stands with the types.

use std::{fmt, io::Write};

use crate::time::{Date, Datetime, Zone};

/// A value of a field. There is no empty text: a field without value has none.
///
/// [`FieldType::holds`](crate::FieldType::holds) says which type has which.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of the text types.
    Text(Box<str>),
    /// Of Integer, Percent and Score.
    Integer(i32),
    /// Of Float and Currency; finite.
    Float(f64),
    /// Of Boolean.
    Boolean(bool),
    /// Of Date.
    Date(Date),
    /// Of Datetime.
    Datetime(Datetime),
}

impl Value {
    /// Writes the value as text (R-TOK-9) behind what `out` holds: numbers exact, without exponent or needless zeros, Booleans as
    /// `true` and `false`, dates as `2010-05-07`, datetimes as `2010-05-07 15:41:32` in the zone, text as it is. It allocates nothing
    /// but what `out` grows by.
    ///
    /// ```
    /// use leadhook_field::{Value, Zone};
    ///
    /// let mut out = b"score=".to_vec();
    /// Value::Float(1e21).write_text(&Zone::utc(), &mut out);
    /// assert_eq!(out, b"score=1000000000000000000000");
    /// ```
    pub fn write_text(&self, zone: &Zone, out: &mut Vec<u8>) {
        let mut put = |text: fmt::Arguments<'_>| {
            out.write_fmt(text).expect("a vector takes what is written");
        };
        match self {
            Value::Text(text) => out.extend_from_slice(text.as_bytes()),
            Value::Integer(number) => put(format_args!("{number}")),
            // The sum takes the sign off a zero. The standard library writes the shortest digits that read as the same number, and
            // no exponent.
            Value::Float(number) => put(format_args!("{}", number + 0.0)),
            Value::Boolean(boolean) => put(format_args!("{boolean}")),
            Value::Date(date) => put(format_args!("{date}")),
            Value::Datetime(time) => zone.write_system_datetime(*time, out),
        }
    }

    /// The same as a text of its own.
    #[must_use]
    pub fn to_text(&self, zone: &Zone) -> String {
        let mut out = Vec::new();
        self.write_text(zone, &mut out);
        String::from_utf8(out).expect("texts of values are UTF-8")
    }

    /// The text of a text value.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
