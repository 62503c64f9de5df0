//! Values of fields (R-FLD-3).

use leadhook_engine::Input;
use leadhook_field::Value;
use prost_types::value::Kind;

/// A value as it is answered: numbers and Booleans as such, dates and datetimes as ISO 8601 texts.
pub(crate) fn answer(value: Option<&Value>) -> prost_types::Value {
    let kind = match value {
        None => Kind::NullValue(0),
        Some(Value::Text(text)) => Kind::StringValue(text.to_string()),
        Some(Value::Integer(number)) => Kind::NumberValue(f64::from(*number)),
        Some(Value::Float(number)) => Kind::NumberValue(*number),
        Some(Value::Boolean(boolean)) => Kind::BoolValue(*boolean),
        Some(Value::Date(date)) => Kind::StringValue(date.to_string()),
        Some(Value::Datetime(time)) => Kind::StringValue(time.to_string()),
    };
    prost_types::Value { kind: Some(kind) }
}

/// A value as it is given.
pub(crate) fn input(value: prost_types::Value) -> Input {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Input::Null,
        Some(Kind::NumberValue(number)) => Input::Number(number),
        Some(Kind::StringValue(text)) => Input::Text(text),
        Some(Kind::BoolValue(boolean)) => Input::Boolean(boolean),
        Some(Kind::StructValue(_) | Kind::ListValue(_)) => Input::Other,
    }
}

/// Named values as they are given.
pub(crate) fn inputs(
    fields: impl IntoIterator<Item = (String, prost_types::Value)>,
) -> Vec<(String, Input)> {
    fields
        .into_iter()
        .map(|(name, value)| (name, input(value)))
        .collect()
}
