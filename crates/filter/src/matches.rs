//! Whether a condition holds for a record (R-FIL-2). Recursion goes as deep as the tree, which parsing bounds.

use std::cmp::Ordering;

use crate::{Call, Expr, Literal, Number, Op, Value};

pub(crate) fn matches<'v, F>(
    expr: &Expr<F>,
    get: &mut impl FnMut(&F) -> Option<Value<'v>>,
    call: &mut impl FnMut(&Call) -> bool,
) -> bool {
    match expr {
        Expr::And(members) => members.iter().all(|member| matches(member, get, call)),
        Expr::Or(members) => members.iter().any(|member| matches(member, get, call)),
        Expr::Not(negated) => !matches(negated, get, call),
        Expr::Compare {
            field, op, literal, ..
        } => match present(get(field)) {
            Some(value) => compare(value, *op, literal),
            None => *op == Op::Ne,
        },
        Expr::Has { field, .. } => present(get(field)).is_some(),
        Expr::HasNone { field, .. } => present(get(field)).is_none(),
        Expr::Call(called) => call(called),
    }
}

fn present(value: Option<Value<'_>>) -> Option<Value<'_>> {
    value.filter(|value| !matches!(value, Value::Text("")))
}

fn compare(value: Value<'_>, op: Op, literal: &Literal) -> bool {
    match op {
        Op::Eq => equals(value, literal),
        Op::Ne => !equals(value, literal),
        Op::Lt => order(value, literal).is_some_and(Ordering::is_lt),
        Op::Le => order(value, literal).is_some_and(Ordering::is_le),
        Op::Gt => order(value, literal).is_some_and(Ordering::is_gt),
        Op::Ge => order(value, literal).is_some_and(Ordering::is_ge),
        Op::Has => match (value, literal) {
            (Value::Text(value), Literal::Text(text)) => text.folded.is_in(value),
            _ => false,
        },
    }
}

fn equals(value: Value<'_>, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Text(value), Literal::Text(text)) => text.folded.equals(value),
        (Value::Boolean(value), Literal::Boolean(literal)) => value == *literal,
        (Value::Enum(value), Literal::Enum { index, .. }) => value == *index,
        _ => order(value, literal).is_some_and(Ordering::is_eq),
    }
}

fn order(value: Value<'_>, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Text(value), Literal::Text(text)) => Some(text.folded.order_of(value)),
        (Value::Integer(value), Literal::Number(number)) => Number::Integer(value).compare(*number),
        (Value::Float(value), Literal::Number(number)) => Number::Float(value).compare(*number),
        (Value::Date(value), Literal::Date(days)) => Some(value.cmp(days)),
        (Value::Timestamp(value), Literal::Timestamp(micros)) => Some(value.cmp(micros)),
        _ => None,
    }
}

impl<F> Expr<F> {
    /// Whether this part of a filter alone holds for a record: for stores, which decide some parts once for many records. A
    /// function holds for none.
    pub fn matches<'v>(&self, mut get: impl FnMut(&F) -> Option<Value<'v>>) -> bool {
        matches(self, &mut get, &mut |_| false)
    }
}
