//! Values of leads and companies.

use std::cmp::Ordering;

use leadhook_field::{Date, Datetime, FieldId, Value};
use leadhook_filter::Value as Compared;
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
pub(crate) fn put_values(values: &Values, out: &mut Vec<u8>) {
    for (field, value) in values.iter() {
        put_value(field, Some(value), out);
    }
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

/// Which slots some fields go to, in ascending field order, as rows are.
#[derive(Debug)]
pub(crate) struct Places(Vec<(FieldId, usize)>);

impl Places {
    /// Fields with their slots, in any order.
    pub(crate) fn new(fields: impl IntoIterator<Item = (FieldId, usize)>) -> Places {
        let mut places: Vec<_> = fields.into_iter().collect();
        places.sort_unstable();
        Places(places)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Puts a row's values into the slots that want them, which are empty; the others are stepped over. None when the row is damaged.
pub(crate) fn decode_places(
    bytes: &[u8],
    places: &Places,
    slots: &mut [Option<Value>],
) -> Option<()> {
    let mut wanted = places.0.iter().peekable();
    let mut reader = Reader(bytes);
    while wanted.peek().is_some() && !reader.is_empty() {
        let head = reader.number()?;
        let field = field(head)?;
        while wanted.next_if(|(wanted, _)| *wanted < field).is_some() {}
        let Some((_, slot)) = wanted.next_if(|(wanted, _)| *wanted == field) else {
            step_over(head, &mut reader)?;
            continue;
        };
        slots[*slot] = take_tagged(head, &mut reader)?;
        while let Some((_, again)) = wanted.next_if(|(wanted, _)| *wanted == field) {
            slots[*again] = slots[*slot].clone();
        }
    }
    Some(())
}

/// A row that does not read as what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// The value of a field as filters compare it, not copied.
pub(crate) fn find_value(bytes: &[u8], wanted: FieldId) -> Result<Option<Compared<'_>>, Damaged> {
    let mut reader = Reader(bytes);
    while !reader.is_empty() {
        let head = reader.number().ok_or(Damaged)?;
        match field(head).ok_or(Damaged)?.cmp(&wanted) {
            Ordering::Less => step_over(head, &mut reader).ok_or(Damaged)?,
            Ordering::Equal => return compared(head, &mut reader).ok_or(Damaged),
            Ordering::Greater => return Ok(None),
        }
    }
    Ok(None)
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
    Some((field(head)?, take_tagged(head, reader)?))
}

fn field(head: u64) -> Option<FieldId> {
    u32::try_from(head >> TAG_BITS).ok().map(FieldId)
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

#[expect(clippy::option_option, reason = "damage and absence are two things")]
fn compared<'a>(head: u64, reader: &mut Reader<'a>) -> Option<Option<Compared<'a>>> {
    Some(Some(match head & ((1 << TAG_BITS) - 1) {
        NONE => return Some(None),
        TEXT => Compared::Text(reader.text()?),
        INTEGER => Compared::Integer(reader.signed()?),
        FLOAT => Compared::Float(f64::from_le_bytes(reader.take(8)?.try_into().ok()?)),
        FALSE => Compared::Boolean(false),
        TRUE => Compared::Boolean(true),
        DATE => Compared::Date(i32::try_from(reader.signed()?).ok()?),
        DATETIME => Compared::Timestamp(reader.signed()?),
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
