//! The canonical text of a filter: quoted texts, single spaces, parentheses only where they are needed. It parses back
//! to the same tree.

use std::fmt;

use jiff::Timestamp;

use crate::{Call, Expr, Filter, Literal, Number, Op, literal, parse};

impl<F> fmt::Display for Filter<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr().map_or(Ok(()), |expr| expr.fmt(f))
    }
}

impl<F> fmt::Display for Expr<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::And(members) => join(f, members, " AND "),
            Expr::Or(members) => join(f, members, " OR "),
            Expr::Not(negated) => {
                f.write_str("NOT ")?;
                member(f, negated)
            }
            Expr::Compare {
                name, op, literal, ..
            } => write!(f, "{}{op}{literal}", self::name(name)),
            Expr::Has { name, .. } => write!(f, "{}:*", self::name(name)),
            Expr::HasNone { name, .. } => write!(f, "{} = \"\"", self::name(name)),
            Expr::Call(call) => call.fmt(f),
        }
    }
}

fn join<F>(f: &mut fmt::Formatter<'_>, members: &[Expr<F>], connective: &str) -> fmt::Result {
    for (at, expr) in members.iter().enumerate() {
        if at > 0 {
            f.write_str(connective)?;
        }
        member(f, expr)?;
    }
    Ok(())
}

fn member<F>(f: &mut fmt::Formatter<'_>, expr: &Expr<F>) -> fmt::Result {
    match expr {
        Expr::And(_) | Expr::Or(_) => write!(f, "({expr})"),
        _ => write!(f, "{expr}"),
    }
}

/// The operator with its spaces: `:` has none.
impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Op::Eq => " = ",
            Op::Ne => " != ",
            Op::Lt => " < ",
            Op::Le => " <= ",
            Op::Gt => " > ",
            Op::Ge => " >= ",
            Op::Has => ":",
        })
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.function)?;
        for (at, argument) in self.arguments.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(
                f,
                "{comma}{} = {}",
                name(argument.parameter),
                argument.literal
            )?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Text(text) => f.write_str(&quoted(text.raw())),
            Literal::Number(number) => number.fmt(f),
            Literal::Boolean(boolean) => boolean.fmt(f),
            Literal::Date(days) => match literal::date(*days) {
                Some(date) => write!(f, "\"{date}\""),
                None => days.fmt(f),
            },
            Literal::Timestamp(micros) => match Timestamp::from_microsecond(*micros) {
                Ok(at) => write!(f, "\"{at}\""),
                Err(_) => micros.fmt(f),
            },
            Literal::Enum { name, .. } => f.write_str(&self::name(name)),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Integer(integer) => integer.fmt(f),
            // `Debug` goes over to an exponent where `Display` would write hundreds of zeros.
            Number::Float(float) => write!(f, "{float:?}"),
        }
    }
}

/// A name, quoted if it has to be.
pub(crate) fn name(name: &str) -> String {
    if parse::is_bare_name(name) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        if matches!(char, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(char);
    }
    quoted.push('"');
    quoted
}
