//! Types of fields: what each takes from text, numbers and Booleans (R-FLD-1, -2, R-MAP-4).

use crate::{
    decimal::{Decimal, canonical_number},
    error::{Error, ErrorKind, shown},
    time::Zone,
    value::Value,
};

/// The type of a field, in Marketo's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum FieldType {
    /// At most 255 code points.
    String,
    /// At most 30,000 bytes of UTF-8.
    TextArea,
    /// 32 bits, signed.
    Integer,
    /// 64-bit binary, finite.
    Float,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// An instant.
    Datetime,
    /// At most 255 code points; its form is not checked.
    Email,
    /// At most 255 code points; its form is not checked.
    Phone,
    /// At most 255 code points; its form is not checked.
    Url,
    /// As Float.
    Currency,
    /// As Integer.
    Percent,
    /// As Integer.
    Score,
    /// At most 255 code points.
    Reference,
    /// Made of other fields; read-only, text.
    Formula,
}

/// Code points of a text, but for Text Area.
const MAX_CHARS: usize = 255;
/// Bytes of a Text Area.
const MAX_TEXT_AREA: usize = 30_000;

impl FieldType {
    /// All types.
    pub const ALL: [FieldType; 15] = [
        FieldType::String,
        FieldType::TextArea,
        FieldType::Integer,
        FieldType::Float,
        FieldType::Boolean,
        FieldType::Date,
        FieldType::Datetime,
        FieldType::Email,
        FieldType::Phone,
        FieldType::Url,
        FieldType::Currency,
        FieldType::Percent,
        FieldType::Score,
        FieldType::Reference,
        FieldType::Formula,
    ];

    /// Its name in lower case: `text_area`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FieldType::String => "string",
            FieldType::TextArea => "text_area",
            FieldType::Integer => "integer",
            FieldType::Float => "float",
            FieldType::Boolean => "boolean",
            FieldType::Date => "date",
            FieldType::Datetime => "datetime",
            FieldType::Email => "email",
            FieldType::Phone => "phone",
            FieldType::Url => "url",
            FieldType::Currency => "currency",
            FieldType::Percent => "percent",
            FieldType::Score => "score",
            FieldType::Reference => "reference",
            FieldType::Formula => "formula",
        }
    }

    /// The type of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<FieldType> {
        Self::ALL.into_iter().find(|field_type| field_type.name() == name)
    }

    /// Whether its values are texts.
    #[must_use]
    pub fn is_text(self) -> bool {
        !self.is_number()
            && !matches!(self, FieldType::Boolean | FieldType::Date | FieldType::Datetime)
    }

    /// Whether its values are numbers.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(
            self,
            FieldType::Integer
                | FieldType::Float
                | FieldType::Currency
                | FieldType::Percent
                | FieldType::Score
        )
    }

    /// Reads a value from text (R-FLD-2); none when it is empty. White space around it is ignored, but in text types.
    ///
    /// ```
    /// use leadhook_field::{FieldType, Value, Zone};
    ///
    /// let zone = Zone::utc();
    /// assert_eq!(FieldType::Integer.read(" 4.2e1 ", &zone)?, Some(Value::Integer(42)));
    /// assert_eq!(FieldType::Boolean.read("YES", &zone)?, Some(Value::Boolean(true)));
    /// assert_eq!(FieldType::String.read(" ", &zone)?, Some(Value::Text(" ".into())));
    /// assert_eq!(FieldType::Date.read("", &zone)?, None);
    /// # Ok::<(), leadhook_field::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::TypeMismatch`], [`ErrorKind::OutOfRange`], [`ErrorKind::TooLong`].
    pub fn read(self, text: &str, zone: &Zone) -> Result<Option<Value>, Error> {
        if self.is_text() {
            self.check_text(text)?;
            return Ok((!text.is_empty()).then(|| Value::Text(text.into())));
        }
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        match self {
            FieldType::Boolean => boolean(trimmed).map(Value::Boolean),
            FieldType::Date => zone.read_date(trimmed).map(Value::Date),
            FieldType::Datetime => zone.read_datetime(trimmed).map(Value::Datetime),
            _ => return self.read_number(trimmed).map(Some),
        }
        .map(Some)
        .ok_or_else(|| self.mismatch(trimmed))
    }

    /// Reads a number as it was written, exactly (R-MAP-4): a whole one for Integer, Percent and Score, any for Float and Currency,
    /// and its canonical text, every digit kept, for text types.
    ///
    /// # Errors
    /// [`ErrorKind::TypeMismatch`], [`ErrorKind::OutOfRange`], [`ErrorKind::TooLong`]; the last before anything long is built.
    pub fn read_number(self, raw: &str) -> Result<Value, Error> {
        if self.is_text() {
            let max = if self == FieldType::TextArea { MAX_TEXT_AREA } else { MAX_CHARS };
            return canonical_number(raw, max).map(|text| Value::Text(text.into()));
        }
        match self {
            FieldType::Integer | FieldType::Percent | FieldType::Score => self.read_integer(raw),
            FieldType::Float | FieldType::Currency => self.read_float(raw),
            _ => Err(self.mismatch(raw)),
        }
    }

    /// A number that is a 64-bit float already.
    ///
    /// # Errors
    /// As [`read_number`](Self::read_number); also [`ErrorKind::OutOfRange`] when it is not finite.
    pub fn from_f64(self, number: f64) -> Result<Value, Error> {
        if !number.is_finite() {
            return Err(self.out_of_range(&number.to_string()));
        }
        self.read_number(&format!("{number:e}"))
    }

    /// A Boolean: for Boolean as it is, for text types as `true` or `false`.
    ///
    /// # Errors
    /// [`ErrorKind::TypeMismatch`].
    pub fn from_bool(self, boolean: bool) -> Result<Value, Error> {
        match self {
            FieldType::Boolean => Ok(Value::Boolean(boolean)),
            text if text.is_text() => Ok(Value::Text(boolean.to_string().into())),
            _ => Err(self.mismatch(&boolean.to_string())),
        }
    }

    /// Checks a text's length (R-FLD-1).
    ///
    /// # Errors
    /// [`ErrorKind::TooLong`].
    pub fn check_text(self, text: &str) -> Result<(), Error> {
        let too_long = |len: usize, max: usize, unit: &str| {
            Err(Error::new(
                ErrorKind::TooLong,
                format!(
                    "{} has {len} {unit}; a field of type {} holds at most {max}",
                    shown(text),
                    self.name()
                ),
            ))
        };
        if self == FieldType::TextArea {
            return match text.len() {
                len if len > MAX_TEXT_AREA => too_long(len, MAX_TEXT_AREA, "bytes"),
                _ => Ok(()),
            };
        }
        // A text has no more code points than bytes: most need no counting.
        if text.len() <= MAX_CHARS {
            return Ok(());
        }
        match text.chars().count() {
            len if len > MAX_CHARS => too_long(len, MAX_CHARS, "characters"),
            _ => Ok(()),
        }
    }

    fn read_integer(self, raw: &str) -> Result<Value, Error> {
        // Most are plain.
        if let Ok(number) = raw.parse() {
            return Ok(Value::Integer(number));
        }
        let decimal = Decimal::parse(raw).ok_or_else(|| self.mismatch(raw))?;
        if !decimal.is_whole() {
            return Err(self.mismatch(raw));
        }
        // Eleven characters hold every 32-bit number.
        if decimal.text_len() > 11 {
            return Err(self.out_of_range(raw));
        }
        decimal.text().parse().map(Value::Integer).map_err(|_| self.out_of_range(raw))
    }

    fn read_float(self, raw: &str) -> Result<Value, Error> {
        if Decimal::parse(raw).is_none() {
            return Err(self.mismatch(raw));
        }
        let number: f64 = raw.parse().map_err(|_| self.mismatch(raw))?;
        if number.is_finite() {
            Ok(Value::Float(number + 0.0))
        } else {
            Err(self.out_of_range(raw))
        }
    }

    fn mismatch(self, text: &str) -> Error {
        let form = match self {
            FieldType::Integer | FieldType::Percent | FieldType::Score => {
                "a whole number such as `42`"
            }
            FieldType::Float | FieldType::Currency => "a number such as `1234.5`",
            FieldType::Boolean => "`true`, `false`, `yes`, `no`, `1` or `0`",
            FieldType::Date => "a date such as `2010-05-07`",
            FieldType::Datetime => "a date and time such as `2010-05-07T15:41:32Z`",
            _ => "text",
        };
        Error::new(
            ErrorKind::TypeMismatch,
            format!("{} does not fit the type {}, which takes {form}", shown(text), self.name()),
        )
    }

    fn out_of_range(self, text: &str) -> Error {
        let range = match self {
            FieldType::Integer | FieldType::Percent | FieldType::Score => {
                "-2147483648 to 2147483647"
            }
            _ => "what a 64-bit float holds",
        };
        Error::new(
            ErrorKind::OutOfRange,
            format!("{} is beyond the range of the type {}: {range}", shown(text), self.name()),
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
