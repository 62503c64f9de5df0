//! Types of fields: their names, kinds and limits (R-FLD-1). What each takes from text, numbers and Booleans stands in `read`.

mod read;

use crate::{
    error::{Error, ErrorKind, shown},
    value::Value,
};

/// The type of a field, in Marketo's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum FieldType {
    /// Text of at most 255 code points.
    String,
    /// Text of at most 30,000 bytes of UTF-8.
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
    /// Text of at most 255 code points; its form is not checked.
    Email,
    /// Text of at most 255 code points; its form is not checked.
    Phone,
    /// Text of at most 255 code points; its form is not checked.
    Url,
    /// As Float.
    Currency,
    /// As Integer.
    Percent,
    /// As Integer.
    Score,
    /// Text of at most 255 code points.
    Reference,
    /// Text made of other fields, Full Name; read-only. As long as those are: at most 767 code points.
    Formula,
}

/// How much a text type holds.
#[derive(Clone, Copy)]
enum Limit {
    Chars(usize),
    Bytes(usize),
}

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

    /// The type of that name, which is in lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<FieldType> {
        Self::ALL
            .into_iter()
            .find(|field_type| field_type.name() == name)
    }

    /// Whether its values are texts: String, Text Area, Email, Phone, Url, Reference, Formula.
    #[must_use]
    pub fn is_text(self) -> bool {
        self.limit().is_some()
    }

    /// Whether its values are numbers: Integer, Float, Currency, Percent, Score.
    #[must_use]
    pub fn is_number(self) -> bool {
        self.is_integer() || matches!(self, FieldType::Float | FieldType::Currency)
    }

    /// Whether a value is one of this type: of the right variant and, where it is a text, within its length.
    ///
    /// ```
    /// use leadhook_field::{FieldType, Value};
    ///
    /// assert!(FieldType::Score.holds(&Value::Integer(42)));
    /// assert!(!FieldType::Currency.holds(&Value::Integer(42)));
    /// ```
    #[must_use]
    pub fn holds(self, value: &Value) -> bool {
        match value {
            Value::Text(text) => {
                self.is_text() && !text.is_empty() && self.check_text(text).is_ok()
            }
            Value::Integer(_) => self.is_integer(),
            Value::Float(number) => {
                matches!(self, FieldType::Float | FieldType::Currency) && number.is_finite()
            }
            Value::Boolean(_) => self == FieldType::Boolean,
            Value::Date(_) => self == FieldType::Date,
            Value::Datetime(_) => self == FieldType::Datetime,
        }
    }

    /// Checks a text's length (R-FLD-1). Other types hold no text; for them there is nothing to check.
    ///
    /// ```
    /// use leadhook_field::FieldType;
    ///
    /// assert!(FieldType::String.check_text(&"é".repeat(255)).is_ok());
    /// assert!(FieldType::String.check_text(&"é".repeat(256)).is_err());
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::TooLong`].
    pub fn check_text(self, text: &str) -> Result<(), Error> {
        let (length, max, unit) = match self.limit() {
            // A text has no more code points than bytes: most need no counting.
            Some(Limit::Chars(max)) if text.len() > max => {
                (text.chars().count(), max, "characters")
            }
            Some(Limit::Bytes(max)) => (text.len(), max, "bytes"),
            _ => return Ok(()),
        };
        if length <= max {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::TooLong,
            format!(
                "{} has {length} {unit}; the type {} holds at most {max}",
                shown(text),
                self.name()
            ),
        ))
    }

    /// None: it holds no text.
    fn limit(self) -> Option<Limit> {
        match self {
            FieldType::TextArea => Some(Limit::Bytes(30_000)),
            FieldType::String
            | FieldType::Email
            | FieldType::Phone
            | FieldType::Url
            | FieldType::Reference => Some(Limit::Chars(255)),
            // Three names and two spaces.
            FieldType::Formula => Some(Limit::Chars(3 * 255 + 2)),
            _ => None,
        }
    }

    fn is_integer(self) -> bool {
        matches!(
            self,
            FieldType::Integer | FieldType::Percent | FieldType::Score
        )
    }
}

#[cfg(test)]
mod tests;
