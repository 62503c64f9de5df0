//! [`Filter`]: a parsed filter and what is asked of it.

use crate::{Call, Error, Expr, Schema, Value, matches, parse};

/// A parsed filter, typed by a [`Schema`]. `F` is the schema's handle of a field.
///
/// Its [`Display`](std::fmt::Display) is the canonical text, which parses back to an equal filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter<F> {
    expr: Option<Expr<F>>,
}

/// The filter that matches everything.
impl<F> Default for Filter<F> {
    fn default() -> Filter<F> {
        Filter { expr: None }
    }
}

impl<F> Filter<F> {
    /// A filter's greatest length in bytes of UTF-8: 64 KiB (R-FIL-1).
    pub const MAX_BYTES: usize = parse::MAX_BYTES;

    /// How deep parentheses and `NOT` may nest: 50 levels (R-FIL-1).
    pub const MAX_LEVELS: usize = parse::MAX_LEVELS;

    /// Reads a filter. A blank one matches everything.
    ///
    /// # Errors
    ///
    /// What is wrong first, with its place and a suggestion where there is one.
    ///
    /// ```
    /// use leadhook_filter::{Filter, Type};
    ///
    /// let calls = [("code", Type::Number), ("error_type", Type::Text)];
    /// let filter = Filter::parse("code >= 500 AND NOT error_type:timeout", &calls)?;
    /// assert_eq!(filter.to_string(), r#"code >= 500 AND NOT error_type:"timeout""#);
    /// # Ok::<(), leadhook_filter::Error>(())
    /// ```
    pub fn parse<S: Schema<Field = F>>(text: &str, schema: &S) -> Result<Filter<F>, Error> {
        let expr = parse::parse(text, schema).map_err(|fault| fault.locate(text))?;
        Ok(Filter { expr })
    }

    /// The filter that matches what all of some conditions hold for; everything, if there are none.
    ///
    /// ```
    /// use leadhook_filter::{Filter, Type};
    ///
    /// let calls = [("code", Type::Number), ("error_type", Type::Text)];
    /// let filter = Filter::parse("code >= 500 AND error_type:timeout", &calls)?;
    /// assert_eq!(Filter::all(filter.conjuncts().cloned()), filter);
    /// # Ok::<(), leadhook_filter::Error>(())
    /// ```
    pub fn all(conditions: impl IntoIterator<Item = Expr<F>>) -> Filter<F> {
        let mut members = Vec::new();
        for condition in conditions {
            match condition {
                Expr::And(inner) => members.extend(inner),
                one => members.push(one),
            }
        }
        let expr = match members.len() {
            0 | 1 => members.pop(),
            _ => Some(Expr::And(members)),
        };
        Filter { expr }
    }

    /// Whether it matches everything, because it has no condition.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.expr.is_none()
    }

    /// The syntax tree; `None` when the filter matches everything.
    #[must_use]
    pub fn expr(&self) -> Option<&Expr<F>> {
        self.expr.as_ref()
    }

    /// Whether a record matches; `get` gives the record's value of a field, `None` or the empty text when it has none.
    ///
    /// Nothing is allocated. A value of another kind than the field's [`Type`](crate::Type) equals no literal and is in
    /// no order. A [`Call`] holds for no record here: where the schema declares functions, ask [`Filter::matches_with`].
    ///
    /// ```
    /// use leadhook_filter::{Filter, Type, Value};
    ///
    /// let calls = [("code", Type::Number), ("error_type", Type::Text)];
    /// let filter = Filter::parse(r#"error_type = "gateway timeout" AND code != 502"#, &calls)?;
    /// let matches = filter.matches(|field| match *field {
    ///     "error_type" => Some(Value::Text("Gateway Timeout")),
    ///     _ => None, // no value is not 502
    /// });
    /// assert!(matches);
    /// # Ok::<(), leadhook_filter::Error>(())
    /// ```
    pub fn matches<'v>(&self, get: impl FnMut(&F) -> Option<Value<'v>>) -> bool {
        self.matches_with(get, |_| false)
    }

    /// As [`Filter::matches`]; `call` says whether a function holds for the record.
    pub fn matches_with<'v>(
        &self,
        mut get: impl FnMut(&F) -> Option<Value<'v>>,
        mut call: impl FnMut(&Call) -> bool,
    ) -> bool {
        match &self.expr {
            Some(expr) => matches::matches(expr, &mut get, &mut call),
            None => true,
        }
    }

    /// The fields that it names, in the order of the text, as often as they are named.
    pub fn fields(&self) -> impl Iterator<Item = &F> {
        self.leaves().filter_map(|leaf| match leaf {
            Expr::Compare { field, .. } | Expr::Has { field, .. } | Expr::HasNone { field, .. } => {
                Some(field)
            }
            _ => None,
        })
    }

    /// The functions that it calls, in the order of the text.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.leaves().filter_map(|leaf| match leaf {
            Expr::Call(call) => Some(call),
            _ => None,
        })
    }

    /// The conditions that all must hold: the members of the outermost `AND`, or the only condition, or none.
    ///
    /// A store looks here for one that an index answers; what is left it checks with [`Filter::matches`].
    pub fn conjuncts(&self) -> impl Iterator<Item = &Expr<F>> {
        let all = match &self.expr {
            None => &[],
            Some(Expr::And(members)) => members.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        all.iter()
    }

    /// The conditions without members.
    fn leaves(&self) -> impl Iterator<Item = &Expr<F>> {
        let mut left: Vec<&Expr<F>> = self.expr.iter().collect();
        std::iter::from_fn(move || {
            loop {
                match left.pop()? {
                    Expr::And(members) | Expr::Or(members) => left.extend(members.iter().rev()),
                    Expr::Not(negated) => left.push(negated),
                    leaf => return Some(leaf),
                }
            }
        })
    }
}
