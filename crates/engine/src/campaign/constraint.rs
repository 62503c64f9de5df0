//! Conditions on a text, as triggers have them (R-CMP-7).

use leadhook_filter::Needle;
use leadhook_store::{Operator, StringConstraint};

/// A condition whose values are folded once.
#[derive(Clone, Debug)]
pub(crate) struct Constraint {
    operator: Operator,
    values: Box<[Needle]>,
}

impl Constraint {
    pub(super) fn new(typed: &StringConstraint) -> Constraint {
        Constraint {
            operator: typed.operator,
            values: typed
                .values
                .iter()
                .map(|value| Needle::new(value))
                .collect(),
        }
    }

    /// Whether it holds for a text; what has no value is the empty text.
    pub(super) fn holds(&self, text: &str) -> bool {
        let any =
            |is_met: fn(&Needle, &str) -> bool| self.values.iter().any(|value| is_met(value, text));
        match self.operator {
            Operator::Is => any(Needle::equals),
            Operator::IsNot => !any(Needle::equals),
            Operator::Contains => any(Needle::is_in),
            Operator::NotContains => !any(Needle::is_in),
            Operator::StartsWith => any(Needle::begins),
            Operator::NotStartsWith => !any(Needle::begins),
            Operator::IsEmpty => text.is_empty(),
            Operator::IsNotEmpty => !text.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests;
