//! Values of fields, and their canonical text.

use std::{fmt, io::Write};

use crate::time::{Date, Datetime, Zone};

/// A value of a field. There is no empty text: a field without value has none.
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
    /// `true` and `false`, dates as `2010-05-07`, datetimes as `2010-05-07 15:41:32` in the zone.
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
            // Zero has no sign worth showing; the standard library never writes an exponent here.
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
        String::from_utf8(out).expect("texts of values are text")
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
mod tests {
    use super::*;

    #[test]
    fn r_tok_9_text_forms() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        for (value, text) in [
            (Value::Text("as it is ".into()), "as it is "),
            (Value::Integer(-7), "-7"),
            (Value::Float(-0.0), "0"),
            (Value::Float(3.0), "3"),
            (Value::Float(0.1), "0.1"),
            (Value::Float(1.5e-7), "0.00000015"),
            (Value::Boolean(true), "true"),
            (Value::Date(Date::from_ymd(2010, 5, 7).unwrap()), "2010-05-07"),
            (Value::Datetime(Datetime::parse("2010-05-07T13:41:32Z").unwrap()), "2010-05-07 15:41:32"),
        ] {
            assert_eq!(value.to_text(&zone), text);
        }
    }
}
