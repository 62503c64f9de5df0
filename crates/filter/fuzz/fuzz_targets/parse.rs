//! Reading never panics, the canonical text parses back to the same filter, and matching agrees before and after.

#![no_main]

use leadhook_filter::{Filter, Parameter, Schema, Type, Value};
use libfuzzer_sys::fuzz_target;

struct Any;

impl Schema for Any {
    type Field = Type;

    /// Every name is a field, its type by the first letter.
    fn field(&self, name: &str) -> Option<(Type, Type)> {
        let ty = match name.bytes().next()? {
            b'n' => Type::Number,
            b'b' => Type::Boolean,
            b'd' => Type::Date,
            b't' => Type::Timestamp,
            b'r' => Type::Name("things"),
            b'e' => Type::Enum(&["ON", "OFF", "AND", "half way"]),
            b'z' => return None,
            _ => Type::Text,
        };
        Some((ty, ty))
    }

    fn names(&self) -> Vec<String> {
        vec!["zeal".into(), "number".into(), "Job Title".into()]
    }

    fn function(&self, name: &str) -> Option<&'static [Parameter]> {
        const PARAMETERS: &[Parameter] = &[
            Parameter {
                name: "n",
                ty: Type::Number,
            },
            Parameter {
                name: "job title",
                ty: Type::Text,
            },
        ];
        name.starts_with('f').then_some(PARAMETERS)
    }

    fn functions(&self) -> &'static [&'static str] {
        &["f"]
    }
}

fn matches(filter: &Filter<Type>, text: &str) -> bool {
    let value = |ty: &Type| match ty {
        Type::Text | Type::Name(_) => Some(Value::Text(text)),
        Type::Number => Some(Value::Float(0.5)),
        Type::Boolean => Some(Value::Boolean(true)),
        Type::Timestamp => Some(Value::Timestamp(0)),
        Type::Enum(_) => Some(Value::Enum(3)),
        Type::Date => None,
    };
    filter.matches_with(value, |call| call.arguments.len() == 1)
}

fuzz_target!(|text: &str| {
    match Filter::parse(text, &Any) {
        Ok(filter) => {
            let canonical = filter.to_string();
            // Quotes and spaces may carry a filter near the limit beyond it.
            if canonical.len() > Filter::<Type>::MAX_BYTES {
                return;
            }
            let again = Filter::parse(&canonical, &Any)
                .unwrap_or_else(|error| panic!("{canonical}: {error}"));
            assert_eq!(again, filter, "{canonical}");
            assert_eq!(matches(&again, text), matches(&filter, text));
        }
        Err(error) => {
            assert!(text.is_char_boundary(error.offset()));
            assert!(error.to_string().len() < 4_096, "{error}");
        }
    }
});
