//! The typed syntax tree, public so that a store can pick an index by it. How it is read stands in `parse`, what it
//! holds for in `matches`, its canonical text in `display`.

use crate::Literal;

/// A condition.
///
/// [`And`](Expr::And) and [`Or`](Expr::Or) have two members at least, and no member of their own kind: `a AND (b AND c)`
/// is one [`And`](Expr::And) of three.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr<F> {
    /// All of them hold.
    And(Vec<Expr<F>>),
    /// One of them holds.
    Or(Vec<Expr<F>>),
    /// It does not hold.
    Not(Box<Expr<F>>),
    /// A field against a literal. No value is [`Op::Ne`] to every literal, and nothing else to any.
    Compare {
        /// The caller's handle of the field.
        field: F,
        /// The field's name as typed, for the canonical text.
        name: Box<str>,
        /// How they are compared; it fits the field's type.
        op: Op,
        /// What the field is compared with; it fits the field's type.
        literal: Literal,
    },
    /// The field has a value: `x:*` or `x != ""`.
    Has {
        /// The caller's handle of the field.
        field: F,
        /// The field's name as typed.
        name: Box<str>,
    },
    /// The field has no value: `x = ""`.
    HasNone {
        /// The caller's handle of the field.
        field: F,
        /// The field's name as typed.
        name: Box<str>,
    },
    /// A function that the schema declares.
    Call(Call),
}

/// A comparison's operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `:`, contains; on texts only.
    Has,
}

/// A call of a function (R-CMP-4): `called_webhook(webhook = "webhooks/x", code = 503)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function's name.
    pub function: Box<str>,
    /// Its arguments as typed, each parameter at most once.
    pub arguments: Vec<Argument>,
}

impl Call {
    /// The argument of this parameter, `None` when it was left out.
    #[must_use]
    pub fn argument(&self, parameter: &str) -> Option<&Literal> {
        let given = self
            .arguments
            .iter()
            .find(|argument| argument.parameter == parameter)?;
        Some(&given.literal)
    }
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The parameter's name.
    pub parameter: &'static str,
    /// Its value; it fits the parameter's type.
    pub literal: Literal,
}
