//! Conditions on a text, as triggers have them (R-CMP-7).
//!
//! They are looked at on the store's writer, in the commit of their cause, where time is everybody's: the text is folded once, whoever
//! asks about it, and looked through once, however many values are searched for.

use std::{borrow::Cow, cell::OnceCell};

use aho_corasick::AhoCorasick;
use leadhook_filter::fold;
use leadhook_store::{Operator, StringConstraint};

/// A condition whose values are folded when it is compiled.
#[derive(Clone, Debug)]
pub(crate) struct Constraint {
    test: Test,
    /// The NOT forms hold where their test does not.
    negated: bool,
}

#[derive(Clone, Debug)]
enum Test {
    IsEmpty,
    Is(Values),
    StartsWith(Values),
    Contains(AnyOf),
}

/// Folded values.
type Values = Box<[Box<str>]>;

/// Values that are searched for.
#[derive(Clone, Debug)]
enum AnyOf {
    /// All in one pass over the text.
    Automaton(AhoCorasick),
    /// One after the other: values too large for an automaton's states to be numbered.
    Each(Values),
}

impl Constraint {
    pub(super) fn new(typed: &StringConstraint) -> Constraint {
        let values = typed.values.iter().map(|value| Box::from(fold(value)));
        let values: Values = values.collect();
        let (test, negated) = match typed.operator {
            Operator::Is => (Test::Is(values), false),
            Operator::IsNot => (Test::Is(values), true),
            Operator::Contains => (Test::Contains(AnyOf::new(values)), false),
            Operator::NotContains => (Test::Contains(AnyOf::new(values)), true),
            Operator::StartsWith => (Test::StartsWith(values), false),
            Operator::NotStartsWith => (Test::StartsWith(values), true),
            Operator::IsEmpty => (Test::IsEmpty, false),
            Operator::IsNotEmpty => (Test::IsEmpty, true),
        };
        Constraint { test, negated }
    }

    /// Whether it holds for a text; what has no value is the empty text.
    pub(super) fn holds(&self, text: &Compared<'_>) -> bool {
        let is_met = match &self.test {
            Test::IsEmpty => text.raw.is_empty(),
            Test::Is(values) => {
                let beginning = text.beginning(longest(values) + 1);
                values.iter().any(|value| **value == *beginning)
            }
            Test::StartsWith(values) => {
                let beginning = text.beginning(longest(values));
                values.iter().any(|value| beginning.starts_with(&**value))
            }
            Test::Contains(values) => values.is_in(text.folded()),
        };
        is_met != self.negated
    }
}

impl AnyOf {
    fn new(values: Values) -> AnyOf {
        match AhoCorasick::new(values.iter().map(|value| value.as_bytes())) {
            Ok(automaton) => AnyOf::Automaton(automaton),
            Err(_) => AnyOf::Each(values),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        match self {
            AnyOf::Automaton(automaton) => automaton.is_match(text),
            AnyOf::Each(values) => values.iter().any(|value| text.contains(&**value)),
        }
    }
}

fn longest(values: &Values) -> usize {
    values.iter().map(|value| value.len()).max().unwrap_or(0)
}

/// A text that constraints are held against, folded when the first of them asks.
#[derive(Debug)]
pub(super) struct Compared<'a> {
    raw: &'a str,
    folded: OnceCell<Cow<'a, str>>,
}

impl<'a> Compared<'a> {
    pub(super) fn new(raw: &'a str) -> Compared<'a> {
        Compared {
            raw,
            folded: OnceCell::new(),
        }
    }

    /// The folded text: all of it, or so many bytes at least.
    fn beginning(&self, bytes: usize) -> Cow<'_, str> {
        // No folding is shorter than a third of the text; the last character may be cut off.
        let enough = 3 * bytes + 3;
        if self.raw.len() <= enough {
            return Cow::Borrowed(self.folded());
        }
        fold(&self.raw[..self.raw.floor_char_boundary(enough)])
    }

    fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(self.raw))
    }
}

#[cfg(test)]
mod tests;
