//! Lead and company fields as Marketo has them: types with their limits, values with their canonical text, and the standard fields.
//!
//! - [`FieldType`] reads and checks values: from text ([`FieldType::read`]), from numbers as they were written
//!   ([`FieldType::read_number`]), from floats and Booleans.
//! - [`Value`] is what a field holds; [`Value::write_text`] writes its canonical text into a buffer of the caller's.
//! - [`Schema`] finds [`Field`]s by SOAP API name, REST name or display name; it begins with the [standard ones](Schema::standard).
//! - [`Zone`] is where times without an offset are read and datetimes are written; [`Date`] and [`Datetime`] count days and microseconds.
//!
//! A value that is read:
//!
//! ```
//! use leadhook_field::{FieldType, Value, Zone};
//!
//! let value = FieldType::Boolean.read(" Yes ", &Zone::utc())?;
//! assert_eq!(value, Some(Value::Boolean(true)));
//! # Ok::<(), leadhook_field::Error>(())
//! ```
//!
//! A field by the name that stands in a token, and a value that does not fit it:
//!
//! ```
//! use leadhook_field::{ErrorKind, Schema, Zone};
//!
//! let schema = Schema::standard();
//! let zone = Zone::named("Europe/Berlin")?;
//! let score = schema.find("Lead Score").unwrap();
//! let value = score.field_type.read(" 1e2 ", &zone)?.unwrap();
//! assert_eq!(value.to_text(&zone), "100");
//!
//! let error = score.field_type.read("1.5", &zone).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::TypeMismatch);
//! # Ok::<(), leadhook_field::Error>(())
//! ```
//!
//! A number out of a JSON body, as it was written, for three types:
//!
//! ```
//! use leadhook_field::{ErrorKind, FieldType, Value};
//!
//! let raw = "12345678901234567890.50";
//! let text = FieldType::String.read_number(raw)?;
//! assert_eq!(text.as_text(), Some("12345678901234567890.5"));
//! assert_eq!(FieldType::Float.read_number(raw)?, Value::Float(12345678901234567890.5));
//! assert_eq!(FieldType::Integer.read_number(raw).unwrap_err().kind(), ErrorKind::TypeMismatch);
//! # Ok::<(), leadhook_field::Error>(())
//! ```
//!
//! # What is read from text
//!
//! White space around a value is ignored, but in text types. Empty text is no value.
//!
//! | types | limits | read from text |
//! |---|---|---|
//! | String, Email, Phone, Url, Reference | 255 code points | as it is; no form is checked, as in Marketo |
//! | Text Area | 30,000 bytes of UTF-8 | as it is |
//! | Formula | 767 code points | as it is, to compare with; nobody writes it: Full Name is made by [`full_name`] |
//! | Integer, Percent, Score | 32 bits, signed | a number with nothing behind the point: `42`, `42.0`, `4.2e1` |
//! | Float, Currency | 64-bit binary, finite | a number |
//! | Boolean | | `true false yes no 1 0`, in any case |
//! | Date | years 1 to 9999 | a date; or a datetime, which gives its day in the zone |
//! | Datetime | years 1 to 9999 in UTC, microseconds | a datetime; or a date, which gives its midnight in the zone |
//!
//! ```text
//! number   = [ "+" | "-" ] ( digits [ "." [ digits ] ] | "." digits ) [ ( "e" | "E" ) [ "+" | "-" ] digits ]
//! date     = YYYY "-" MM "-" DD | YYYYMMDD | month " " DD ", " YYYY        ; 2010-05-07, 20100507, May 07, 2010
//! datetime = ( YYYY "-" MM "-" DD | YYYYMMDD ) ( "T" | " " ) time [ [ " " ] offset ]
//! time     = HH ":" MM [ ":" SS [ fraction ] ] | HHMM [ SS [ fraction ] ]  ; 15:41, 154132.25
//! fraction = ( "." | "," ) digits                                         ; cut off after a microsecond
//! offset   = "Z" | ( "+" | "-" ) HH [ [ ":" ] MM ]                          ; none: the zone's
//! month    = "Jan" | "Feb" | ... | "Dec"                                  ; in any case; behind it a one-digit day too
//! ```
//!
//! # How values are written
//!
//! Numbers exact, without exponent or needless zeros; Booleans as `true` and `false`; dates as `2010-05-07`; datetimes as
//! `2010-05-07 15:41:32` in the zone; text as it is (R-TOK-9). What is written is read again as the same value, save that a datetime's text
//! has no fraction and, in the hour that a zone repeats, is read as the first of the two.
//!
//! # Features
//!
//! - `serde`: [`Field`] and what it is made of can be serialised. It costs the `serde` dependency; stores want it.

mod decimal;
mod error;
mod field;
mod field_type;
mod schema;
mod standard;
mod text;
mod time;
mod value;

pub use crate::{
    decimal::canonical_number,
    error::{Error, ErrorKind},
    field::{Field, FieldId, Object},
    field_type::FieldType,
    schema::Schema,
    text::{fold, full_name},
    time::{Date, Datetime, Zone},
    value::Value,
};

/// The example of the README, held by a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
