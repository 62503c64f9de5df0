//! Messages in few words. What a test does not say has the value that a client would most likely send.

use std::collections::BTreeMap;

use leadhook_proto::v1::{
    CustomHeader, InlineLead, Lead, MyToken, Program, RequestTokenEncoding, RequestType,
    ResponseMapping, ResponseType, Subject, Webhook, subject,
};
use prost_types::value::Kind;
use prost_types::{Duration, Value};

/// Something that a field can hold.
pub trait IntoValue {
    /// As the API has it.
    fn into_value(self) -> Value;
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value {
            kind: Some(Kind::StringValue(self.to_owned())),
        }
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value {
            kind: Some(Kind::StringValue(self)),
        }
    }
}

impl IntoValue for f64 {
    fn into_value(self) -> Value {
        Value {
            kind: Some(Kind::NumberValue(self)),
        }
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value {
            kind: Some(Kind::BoolValue(self)),
        }
    }
}

impl IntoValue for () {
    /// No value: null.
    fn into_value(self) -> Value {
        Value {
            kind: Some(Kind::NullValue(0)),
        }
    }
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

/// A value of a field: text, number, Boolean, `()` for null.
pub fn value(value: impl IntoValue) -> Value {
    value.into_value()
}

/// Fields by name; for values of several types wrap them in [`value`].
pub fn fields<V: IntoValue, const N: usize>(fields: [(&str, V); N]) -> BTreeMap<String, Value> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into_value()))
        .collect()
}

/// A lead as an upsert takes it.
pub fn lead<V: IntoValue, const N: usize>(values: [(&str, V); N]) -> Lead {
    Lead {
        fields: fields(values),
        ..Lead::default()
    }
}

/// The subject of a call: a lead given with it.
pub fn inline<V: IntoValue, const N: usize>(values: [(&str, V); N]) -> Subject {
    Subject {
        kind: Some(subject::Kind::Inline(InlineLead {
            fields: fields(values),
            ..InlineLead::default()
        })),
    }
}

/// The subject of a call: nobody in particular.
#[must_use]
pub fn nobody() -> Subject {
    Subject {
        kind: Some(subject::Kind::Inline(InlineLead::default())),
    }
}

/// The subject of a call: a stored lead, by its name.
#[must_use]
pub fn stored(lead: &str) -> Subject {
    Subject {
        kind: Some(subject::Kind::Lead(lead.to_owned())),
    }
}

/// A webhook that gets `url`, encodes nothing and reads nothing.
#[must_use]
pub fn get(url: &str) -> Webhook {
    Webhook {
        url: url.to_owned(),
        request_type: RequestType::Get.into(),
        request_token_encoding: RequestTokenEncoding::None.into(),
        response_type: ResponseType::None.into(),
        ..Webhook::default()
    }
}

/// A webhook that posts `payload` to `url`.
#[must_use]
pub fn post(url: &str, encoding: RequestTokenEncoding, payload: &str) -> Webhook {
    Webhook {
        request_type: RequestType::Post.into(),
        request_token_encoding: encoding.into(),
        payload_template: payload.to_owned(),
        ..get(url)
    }
}

/// A webhook that posts JSON and maps paths of a JSON answer to fields.
#[must_use]
pub fn json_webhook(url: &str, payload: &str, response_mappings: &[(&str, &str)]) -> Webhook {
    Webhook {
        response_type: ResponseType::Json.into(),
        response_mappings: mappings(response_mappings),
        ..post(url, RequestTokenEncoding::Json, payload)
    }
}

/// Response mappings: path and field.
#[must_use]
pub fn mappings(mappings: &[(&str, &str)]) -> Vec<ResponseMapping> {
    let mapping = |(path, field): &(&str, &str)| ResponseMapping {
        response_attribute: (*path).to_owned(),
        field: (*field).to_owned(),
    };
    mappings.iter().map(mapping).collect()
}

/// A custom header that is no secret.
#[must_use]
pub fn header(key: &str, value: &str) -> CustomHeader {
    CustomHeader {
        key: key.to_owned(),
        value: value.to_owned(),
        sensitive: false,
    }
}

/// A program or folder below another, "programs/{program}" or none, with these My Tokens of type text.
#[must_use]
pub fn program(parent: &str, my_tokens: &[(&str, &str)]) -> Program {
    let my_token = |(key, value): &(&str, &str)| my_token(key, value);
    Program {
        parent: parent.to_owned(),
        my_tokens: my_tokens.iter().map(my_token).collect(),
        ..Program::default()
    }
}

/// A My Token; its type is that of what it overrides, else text.
#[must_use]
pub fn my_token(key: &str, value: &str) -> MyToken {
    MyToken {
        key: key.to_owned(),
        value: value.to_owned(),
        ..MyToken::default()
    }
}

/// A duration in milliseconds.
///
/// # Panics
///
/// Beyond what a duration holds.
#[must_use]
pub fn milliseconds(milliseconds: u64) -> Duration {
    let duration = std::time::Duration::from_millis(milliseconds);
    duration.try_into().expect("a test's durations are short")
}
