//! Values of leads and companies.

use leadhook_field::{Date, Datetime, FieldId, Value};
use leadhook_store::Values;

use super::{Reader, put_bytes, put_number, put_signed};

// The low four bits in front of each value; stored, so never changed.
const NONE: u64 = 0;
const TEXT: u64 = 1;
const INTEGER: u64 = 2;
const FLOAT: u64 = 3;
const FALSE: u64 = 4;
const TRUE: u64 = 5;
const DATE: u64 = 6;
const DATETIME: u64 = 7;
const TAG_BITS: u32 = 4;

/// A row's values.
pub(crate) fn encode_values(values: &Values) -> Vec<u8> {
    let mut out = Vec::new();
    for (field, value) in values.iter() {
        put_value(field, Some(value), &mut out);
    }
    out
}

/// The values of a row; none when it is damaged.
pub(crate) fn decode_values(bytes: &[u8]) -> Option<Values> {
    let mut reader = Reader(bytes);
    let mut values = Values::default();
    while !reader.is_empty() {
        let (field, value) = take_value(&mut reader)?;
        values.set(field, Some(value?));
    }
    Some(values)
}

/// The values of some fields, in their order, into slots; the others are stepped over. `fields` ascend. None when the row is damaged.
pub(crate) fn decode_projected(
    bytes: &[u8],
    fields: &[FieldId],
    slots: &mut Vec<Option<Value>>,
) -> Option<()> {
    let first = slots.len();
    slots.resize(first + fields.len(), None);
    let mut wanted = fields.iter().enumerate().peekable();
    let mut reader = Reader(bytes);
    while !reader.is_empty() {
        let head = reader.number()?;
        let field = FieldId(u32::try_from(head >> TAG_BITS).ok()?);
        while wanted.next_if(|(_, wanted)| **wanted < field).is_some() {}
        match wanted.peek() {
            None => return Some(()),
            Some((at, wanted)) if **wanted == field => {
                slots[first + at] = take_tagged(head, &mut reader)?;
            }
            Some(_) => step_over(head, &mut reader)?,
        }
    }
    Some(())
}

pub(super) fn put_value(field: FieldId, value: Option<&Value>, out: &mut Vec<u8>) {
    let tag = match value {
        None => NONE,
        Some(Value::Text(_)) => TEXT,
        Some(Value::Integer(_)) => INTEGER,
        Some(Value::Float(_)) => FLOAT,
        Some(Value::Boolean(false)) => FALSE,
        Some(Value::Boolean(true)) => TRUE,
        Some(Value::Date(_)) => DATE,
        Some(Value::Datetime(_)) => DATETIME,
    };
    put_number(u64::from(field.0) << TAG_BITS | tag, out);
    match value {
        None | Some(Value::Boolean(_)) => {}
        Some(Value::Text(text)) => put_bytes(text.as_bytes(), out),
        Some(Value::Integer(number)) => put_signed(i64::from(*number), out),
        Some(Value::Float(number)) => out.extend_from_slice(&number.to_le_bytes()),
        Some(Value::Date(date)) => put_signed(i64::from(date.days()), out),
        Some(Value::Datetime(time)) => put_signed(time.as_micros(), out),
    }
}

pub(super) fn take_value(reader: &mut Reader<'_>) -> Option<(FieldId, Option<Value>)> {
    let head = reader.number()?;
    let field = FieldId(u32::try_from(head >> TAG_BITS).ok()?);
    Some((field, take_tagged(head, reader)?))
}

/// None: damaged; some none: no value.
#[expect(clippy::option_option, reason = "damage and absence are two things")]
fn take_tagged(head: u64, reader: &mut Reader<'_>) -> Option<Option<Value>> {
    Some(Some(match head & ((1 << TAG_BITS) - 1) {
        NONE => return Some(None),
        TEXT => Value::Text(reader.text()?.into()),
        INTEGER => Value::Integer(i32::try_from(reader.signed()?).ok()?),
        FLOAT => Value::Float(f64::from_le_bytes(reader.take(8)?.try_into().ok()?)),
        FALSE => Value::Boolean(false),
        TRUE => Value::Boolean(true),
        DATE => Value::Date(Date::from_days(i32::try_from(reader.signed()?).ok()?)?),
        DATETIME => Value::Datetime(Datetime::from_micros(reader.signed()?)),
        _ => return None,
    }))
}

fn step_over(head: u64, reader: &mut Reader<'_>) -> Option<()> {
    match head & ((1 << TAG_BITS) - 1) {
        NONE | FALSE | TRUE => {}
        TEXT => {
            reader.bytes()?;
        }
        INTEGER | DATE | DATETIME => {
            reader.number()?;
        }
        FLOAT => {
            reader.take(8)?;
        }
        _ => return None,
    }
    Some(())
}
