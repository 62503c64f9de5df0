//! From text to tree: how conditions are joined. Single conditions are read in `parse::term`.
//!
//! The grammar takes more than the language has; what is too much is refused here, in the user's own words.

use pest::{Parser, iterators::Pair};

use crate::{
    ErrorKind, Expr, Schema, brackets,
    error::Fault,
    suggest::{shown, write},
};

mod adjacent;
mod advice;
mod term;

/// R-FIL-1.
pub(crate) const MAX_BYTES: usize = 64 * 1024;
/// R-FIL-1.
pub(crate) const MAX_LEVELS: usize = 50;

mod grammar {
    //! What pest makes of `filter.pest`.

    #[derive(pest_derive::Parser)]
    #[grammar = "filter.pest"]
    pub(super) struct Grammar;
}

use grammar::{Grammar, Rule};

pub(crate) fn parse<S: Schema>(text: &str, schema: &S) -> Result<Option<Expr<S::Field>>, Fault> {
    if text.len() > MAX_BYTES {
        let message = format!(
            "a filter has at most {MAX_BYTES} bytes, this one has {}",
            text.len()
        );
        return Err(Fault::new(ErrorKind::TooLong, 0, text, message));
    }
    if text.trim_matches(BLANK).is_empty() {
        return Ok(None);
    }
    brackets::check(text)?;
    let mut pairs =
        Grammar::parse(Rule::filter, text).map_err(|error| advice::unexpected(text, &error))?;
    let reader = Reader { text, schema };
    pairs
        .next()
        .map(|expression| reader.expression(&expression, 0))
        .transpose()
}

/// Whether a name stands without quotes in a canonical text.
pub(crate) fn is_bare_name(name: &str) -> bool {
    Grammar::parse(Rule::whole_name, name).is_ok()
}

const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// Reads one filter against one schema.
struct Reader<'t, S> {
    text: &'t str,
    schema: &'t S,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Connective {
    And,
    Or,
}

/// An expression's operands, and the connective between each two of them.
struct Joined<'t> {
    operands: Vec<Pair<'t, Rule>>,
    connectives: Vec<(Connective, usize)>,
}

impl<'t, S: Schema> Reader<'t, S> {
    /// `level` counts the parentheses and NOT around it.
    fn expression(&self, pair: &Pair<'t, Rule>, level: usize) -> Result<Expr<S::Field>, Fault> {
        let Joined {
            operands,
            connectives,
        } = self.joined(pair)?;
        let connective = connectives.first().map(|(connective, _)| *connective);
        if let Some((_, at)) = connectives
            .iter()
            .find(|(other, _)| Some(*other) != connective)
        {
            return Err(advice::mixed(*at, &operands, &connectives));
        }
        let mut members = Vec::with_capacity(operands.len());
        for operand in &operands {
            match (connective, self.operand(operand, level)?) {
                (Some(Connective::And), Expr::And(inner))
                | (Some(Connective::Or), Expr::Or(inner)) => {
                    members.extend(inner);
                }
                (_, member) => members.push(member),
            }
        }
        match connective {
            Some(Connective::And) => Ok(Expr::And(members)),
            Some(Connective::Or) => Ok(Expr::Or(members)),
            None => members.pop().ok_or_else(|| nothing(pair)),
        }
    }

    /// Tells operands and connectives apart; each two operands have one between them.
    fn joined(&self, pair: &Pair<'t, Rule>) -> Result<Joined<'t>, Fault> {
        let items: Vec<_> = pair.clone().into_inner().collect();
        let mut joined = Joined {
            operands: Vec::new(),
            connectives: Vec::new(),
        };
        for (at, item) in items.iter().enumerate() {
            if item.as_rule() == Rule::connective {
                joined.connectives.push((connective(item)?, start(item)));
                continue;
            }
            if joined.connectives.len() < joined.operands.len() {
                return Err(adjacent::side_by_side(self.text, self.schema, &items, at));
            }
            joined.operands.push(item.clone());
        }
        match items.last() {
            Some(last) if last.as_rule() == Rule::connective => Err(syntax(
                last,
                format!("a condition is missing after {}", shown(words(last))),
            )),
            _ => Ok(joined),
        }
    }

    fn operand(&self, pair: &Pair<'t, Rule>, level: usize) -> Result<Expr<S::Field>, Fault> {
        let mut level = level;
        let mut negations = pair.clone().into_inner();
        let condition = negations.next_back().ok_or_else(|| nothing(pair))?;
        let depth = negations.len();
        for negation in negations {
            advice::negation(&negation, &condition)?;
            level = deeper(level, &negation)?;
        }
        let positive = match condition.as_rule() {
            Rule::group => self.group(&condition, deeper(level, &condition)?)?,
            Rule::call => self.call(&condition)?,
            _ => self.test(&condition)?,
        };
        Ok((0..depth).fold(positive, |negated, _| Expr::Not(Box::new(negated))))
    }

    fn group(&self, pair: &Pair<'t, Rule>, level: usize) -> Result<Expr<S::Field>, Fault> {
        let inner = pair.clone().into_inner().next();
        self.expression(&inner.ok_or_else(|| nothing(pair))?, level)
    }
}

fn deeper(level: usize, pair: &Pair<'_, Rule>) -> Result<usize, Fault> {
    match level {
        MAX_LEVELS.. => Err(brackets::too_deep(start(pair))),
        _ => Ok(level + 1),
    }
}

fn nothing(pair: &Pair<'_, Rule>) -> Fault {
    syntax(
        pair,
        format!("there is no condition in {}", shown(words(pair))),
    )
}

fn connective(pair: &Pair<'_, Rule>) -> Result<Connective, Fault> {
    let right = match words(pair) {
        "AND" => return Ok(Connective::And),
        "OR" => return Ok(Connective::Or),
        "&&" => "AND",
        "||" => "OR",
        lower if lower.eq_ignore_ascii_case("and") => "AND",
        _ => "OR",
    };
    let message = format!("{} joins no conditions", shown(words(pair)));
    Err(syntax(pair, message).suggest(write(right)))
}

fn syntax(pair: &Pair<'_, Rule>, message: impl Into<String>) -> Fault {
    Fault::new(ErrorKind::Syntax, start(pair), words(pair), message)
}

fn start(pair: &Pair<'_, Rule>) -> usize {
    pair.as_span().start()
}

/// What the user wrote there. A pair may end in the blanks that follow it.
fn words<'t>(pair: &Pair<'t, Rule>) -> &'t str {
    pair.as_str().trim_end_matches(BLANK)
}
