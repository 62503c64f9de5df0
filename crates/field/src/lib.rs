//! Lead and company fields as Marketo has them: types with their limits, values with their canonical text, and the standard fields.
//!
//! - [`FieldType`] reads and checks values: from text ([`FieldType::read`]), from numbers as they were written
//!   ([`FieldType::read_number`]), from Booleans.
//! - [`Value`] is what a field holds; [`Value::write_text`] writes its canonical text into a buffer of the caller's.
//! - [`Schema`] finds fields by SOAP API name, REST name or display name; it begins with the [standard ones](Schema::standard).
//! - [`Zone`] is where dates without an offset are read, and datetimes are written.
//!
//! ```
//! use leadhook_field::{Schema, Zone};
//!
//! let schema = Schema::standard();
//! let zone = Zone::named("Europe/Berlin")?;
//! let score = schema.find("Lead Score").unwrap();
//! let value = score.field_type.read(" 1e2 ", &zone)?.unwrap();
//! assert_eq!(value.to_text(&zone), "100");
//! assert!(score.field_type.read("1.5", &zone).is_err());
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
//! | Integer, Percent, Score | 32 bits, signed | sign, decimal point, exponent; nothing behind the point |
//! | Float, Currency | 64-bit binary | sign, decimal point, exponent |
//! | Boolean | | `true false yes no 1 0`, in any case |
//! | Date | years 1 to 9999 | ISO 8601 calendar date, extended or basic; `Aug 08, 2013`; a datetime's day in the zone |
//! | Datetime | years 1 to 9999, microseconds | the same with `T` or a space and a time; `Z`, an offset, or the zone's; a date's midnight |
//! | Formula | read-only | made of other fields: Full Name |
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
