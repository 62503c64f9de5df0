//! What a membership holds: texts as keys, in ascending order.

use std::collections::BTreeMap;

use leadhook_field::{FieldId, Value};

use super::{
    Reader, put_bytes,
    value::{put_value, take_value},
};

/// Keys take the place of fields, which are all this one.
const NO_FIELD: FieldId = FieldId(0);

/// A membership's values.
pub(crate) fn encode_member(values: &BTreeMap<Box<str>, Value>) -> Vec<u8> {
    let mut out = Vec::new();
    for (key, value) in values {
        put_bytes(key.as_bytes(), &mut out);
        put_value(NO_FIELD, Some(value), &mut out);
    }
    out
}

/// The values of a row; none when it is damaged.
pub(crate) fn decode_member(bytes: &[u8]) -> Option<BTreeMap<Box<str>, Value>> {
    let mut reader = Reader(bytes);
    let mut values = BTreeMap::new();
    while !reader.is_empty() {
        let key = reader.text()?;
        let (_, value) = take_value(&mut reader)?;
        values.insert(key.into(), value?);
    }
    Some(values)
}
