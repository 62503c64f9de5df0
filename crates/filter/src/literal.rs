//! Literals: what a field is compared with, read once by the field's type.

use std::{cmp::Ordering, fmt};

use jiff::{Timestamp, Unit, civil::Date};

use crate::{Type, display::quoted, fold::Needle, suggest};

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A text, as typed and folded.
    Text(Text),
    /// A number.
    Number(Number),
    /// `true` or `false`.
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(i64),
    /// A name of [`Type::Enum`].
    Enum {
        /// Its index.
        index: u32,
        /// The name.
        name: &'static str,
    },
}

/// A text as typed, and folded once so that comparing folds only the other side.
#[derive(Clone)]
pub struct Text {
    raw: Box<str>,
    pub(crate) folded: Needle,
}

impl Text {
    /// Folds a text.
    #[must_use]
    pub fn new(raw: &str) -> Text {
        Text {
            raw: raw.into(),
            folded: Needle::new(raw),
        }
    }

    /// As typed, escapes resolved.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Folded by [`fold`](crate::fold).
    #[must_use]
    pub fn folded(&self) -> &str {
        self.folded.text()
    }
}

/// Two texts are one literal when they were typed alike.
impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.raw == other.raw
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt(f)
    }
}

/// A number: exact where it has no fraction and 64 bits hold it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A number without fraction.
    Integer(i64),
    /// Any other number, finite.
    Float(f64),
}

impl Number {
    /// Compares by value, without rounding either side; `None` for NaN.
    #[must_use]
    pub fn compare(self, other: Number) -> Option<Ordering> {
        match (self, other) {
            (Number::Integer(a), Number::Integer(b)) => Some(a.cmp(&b)),
            (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b),
            (Number::Integer(a), Number::Float(b)) => compare_mixed(a, b),
            (Number::Float(a), Number::Integer(b)) => compare_mixed(b, a).map(Ordering::reverse),
        }
    }

    /// Sign, decimals and exponent; no separators, no infinity.
    fn read(text: &str) -> Option<Number> {
        // Rust's own parser takes `inf` and `nan`, which no field holds.
        if !text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
        {
            return None;
        }
        if let Ok(integer) = text.parse() {
            return Some(Number::Integer(integer));
        }
        let float: f64 = text.parse().ok()?;
        // Below 2^53 a float holds every integer: `1e3` and `1000` are one literal.
        if float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 {
            return Some(Number::Integer(float as i64));
        }
        float.is_finite().then_some(Number::Float(float))
    }
}

/// `2^63`, the first float beyond `i64`.
const BEYOND: f64 = 9_223_372_036_854_775_808.0;

fn compare_mixed(integer: i64, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        None
    } else if float >= BEYOND {
        Some(Ordering::Less)
    } else if float < -BEYOND {
        Some(Ordering::Greater)
    } else {
        let whole = float.trunc();
        let rest = 0.0_f64.partial_cmp(&(float - whole))?;
        Some(integer.cmp(&(whole as i64)).then(rest))
    }
}

impl Literal {
    /// Reads a literal as its type wants it. Quotes only delimit: `"503"` is as good a number as `503`.
    ///
    /// | type | reads |
    /// |---|---|
    /// | text | anything |
    /// | number | `42`, `-1.5`, `1e3` |
    /// | Boolean | `true`, `false` |
    /// | date | ISO 8601, `2010-05-07` |
    /// | timestamp | RFC 3339, `2010-05-07T15:41:32Z`; what is finer than a microsecond is cut |
    /// | enum | one of its names |
    /// | name | `webhooks/enrich`: the collection in any case, a slash, an id |
    ///
    /// # Errors
    ///
    /// What fits instead: ``write a number such as 42, -1.5 or 1e3``.
    ///
    /// ```
    /// use leadhook_filter::{Literal, Number, Type};
    ///
    /// assert_eq!(Literal::read("1e3", &Type::Number), Ok(Literal::Number(Number::Integer(1000))));
    /// assert_eq!(Literal::read("1970-01-02", &Type::Date), Ok(Literal::Date(1)));
    /// assert!(Literal::read("yes", &Type::Boolean).is_err());
    /// ```
    pub fn read(text: &str, ty: &Type) -> Result<Literal, String> {
        let read = match ty {
            Type::Text => Some(Literal::Text(Text::new(text))),
            Type::Number => Number::read(text).map(Literal::Number),
            Type::Boolean => read_boolean(text),
            Type::Date => read_date(text),
            Type::Timestamp => read_timestamp(text),
            Type::Enum(names) => read_enum(text, names),
            Type::Name(collection) => read_name(text, collection),
        };
        read.ok_or_else(|| what_fits(text, ty))
    }

    /// Whether a field of this type may be compared with it: the kind is right and the canonical text exists.
    pub(crate) fn fits(&self, ty: &Type) -> bool {
        match (self, ty) {
            (Literal::Text(_), Type::Text | Type::Name(_))
            | (Literal::Boolean(_), Type::Boolean) => true,
            (Literal::Number(number), Type::Number) => {
                !matches!(number, Number::Float(float) if !float.is_finite())
            }
            (Literal::Date(days), Type::Date) => date(*days).is_some(),
            (Literal::Timestamp(micros), Type::Timestamp) => {
                Timestamp::from_microsecond(*micros).is_ok()
            }
            (Literal::Enum { index, name }, Type::Enum(names)) => {
                names.get(*index as usize) == Some(name)
            }
            _ => false,
        }
    }
}

fn read_boolean(text: &str) -> Option<Literal> {
    match text {
        "true" => Some(Literal::Boolean(true)),
        "false" => Some(Literal::Boolean(false)),
        _ => None,
    }
}

fn read_date(text: &str) -> Option<Literal> {
    // jiff reads the date out of a date with a time: whoever writes a time here means something else.
    if text.contains(['T', 't', ' ', '[']) {
        return None;
    }
    let date: Date = text.parse().ok()?;
    Some(Literal::Date(days(date)))
}

fn read_timestamp(text: &str) -> Option<Literal> {
    let at: Timestamp = text.parse().ok()?;
    // Downward, before 1970 too: the order of what is cut stays the order of what was written.
    let micros = at.as_nanosecond().div_euclid(1_000);
    i64::try_from(micros).ok().map(Literal::Timestamp)
}

fn read_enum(text: &str, names: &'static [&'static str]) -> Option<Literal> {
    let index = names.iter().position(|name| *name == text)?;
    Some(Literal::Enum {
        index: u32::try_from(index).ok()?,
        name: names[index],
    })
}

fn read_name(text: &str, collection: &str) -> Option<Literal> {
    let (given, id) = text.split_once('/')?;
    let is_name = given.eq_ignore_ascii_case(collection) && !id.is_empty() && !id.contains('/');
    is_name.then(|| Literal::Text(Text::new(text)))
}

fn what_fits(text: &str, ty: &Type) -> String {
    match ty {
        Type::Text => "write a text".to_owned(),
        Type::Number => "write a number such as 42, -1.5 or 1e3".to_owned(),
        Type::Boolean => "write true or false".to_owned(),
        Type::Date => "write a date such as 2010-05-07".to_owned(),
        Type::Timestamp => "write a time such as 2010-05-07T15:41:32Z".to_owned(),
        Type::Enum(names) => match suggest::enum_value(text, names) {
            Some(name) => format!("did you mean {name}?"),
            None => format!("write one of {}", suggest::list(names)),
        },
        // What was typed is most often the id alone, or the collection misspelt.
        Type::Name(collection) => match text.rsplit('/').next().filter(|id| !id.is_empty()) {
            Some(id) => format!(
                "did you mean {}?",
                suggest::shortened(&quoted(&format!("{collection}/{id}")), suggest::WRITTEN)
            ),
            None => format!("write a name such as {collection}/{{id}}"),
        },
    }
}

/// The day that many days after 1970-01-01, within the years -9999 to 9999.
pub(crate) fn date(days: i32) -> Option<Date> {
    let epoch = Date::constant(1970, 1, 1);
    epoch
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

fn days(date: Date) -> i32 {
    let since = Date::constant(1970, 1, 1).until((Unit::Day, date));
    since.map_or(0, |span| span.get_days())
}
