//! Conditions side by side: what was meant by `Job Title = CTO`, `City = New York` and `a = 1 b = 2`.

use pest::iterators::Pair;

use super::{BLANK, Rule, advice, start, syntax, words};
use crate::{
    ErrorKind, Schema, Type, display,
    error::Fault,
    suggest::{near, shown, write},
};

/// Two operands without a connective; `second` is the later one's place among the items.
pub(super) fn side_by_side<S: Schema>(
    text: &str,
    schema: &S,
    items: &[Pair<'_, Rule>],
    second: usize,
) -> Fault {
    let (first, rest) = (&items[second - 1], &items[second..]);
    spaced_text(text, first, rest)
        .or_else(|| spaced_name(text, schema, first, rest))
        .unwrap_or_else(|| no_connective(schema, first, &items[second]))
}

/// `City = New York`: a bare literal, then bare words.
fn spaced_text(text: &str, first: &Pair<'_, Rule>, rest: &[Pair<'_, Rule>]) -> Option<Fault> {
    let value = bare_value(first)?;
    let last = rest.iter().take_while(|item| is_loose(item)).last()?;
    let typed = &text[start(&value)..end(last)];
    let message = "a text with spaces stands in double quotes";
    let fault = Fault::new(ErrorKind::Syntax, start(&value), typed, message);
    Some(fault.suggest(write(&format!("\"{typed}\""))))
}

/// `Job Title = CTO`: bare words, the last of them with an operator, that together are a name.
fn spaced_name<S: Schema>(
    text: &str,
    schema: &S,
    first: &Pair<'_, Rule>,
    rest: &[Pair<'_, Rule>],
) -> Option<Fault> {
    let begin = loose_name(first)?;
    let last = rest
        .iter()
        .find(|item| !is_loose(item))
        .and_then(bare_name)?;
    let typed = &text[start(&begin)..end(&last)];
    let words: Vec<_> = typed.split(BLANK).filter(|word| !word.is_empty()).collect();
    let name = known_name(schema, &words.join(" "))?;
    let message = "a name with spaces stands in double quotes";
    let fault = Fault::new(ErrorKind::Syntax, start(&begin), typed, message);
    Some(fault.suggest(write(&display::name(&name))))
}

fn no_connective<S: Schema>(schema: &S, first: &Pair<'_, Rule>, second: &Pair<'_, Rule>) -> Fault {
    if let Some(name) = loose_name(first) {
        if let Some(parameters) = schema.function(words(&name)) {
            return advice::not_called(&name, parameters);
        }
        return advice::no_operator(&name, Type::Text);
    }
    let message = format!("AND or OR is missing before {}", shown(words(second)));
    let joined = format!("{} AND {}", words(first), words(second));
    syntax(second, message).suggest(write(&joined))
}

/// The name itself, or the one that was meant.
fn known_name<S: Schema>(schema: &S, name: &str) -> Option<String> {
    if schema.field(name).is_some() {
        return Some(name.to_owned());
    }
    near(name, schema.names())
}

/// Whether an operand is a word and nothing else.
fn is_loose(operand: &Pair<'_, Rule>) -> bool {
    loose_name(operand).is_some_and(|name| start(&name) == start(operand))
}

/// The bare name of an operand that has no operator.
fn loose_name<'t>(operand: &Pair<'t, Rule>) -> Option<Pair<'t, Rule>> {
    let test = test_of(operand)?;
    let mut parts = test.into_inner();
    let name = parts.next()?;
    (parts.next().is_none() && !words(&name).starts_with('"')).then_some(name)
}

/// The bare name before an operator.
fn bare_name<'t>(operand: &Pair<'t, Rule>) -> Option<Pair<'t, Rule>> {
    let name = test_of(operand)?.into_inner().next()?;
    (!words(&name).starts_with('"')).then_some(name)
}

/// The bare literal that an operand ends in.
fn bare_value<'t>(operand: &Pair<'t, Rule>) -> Option<Pair<'t, Rule>> {
    let value = test_of(operand)?.into_inner().nth(2)?;
    (value.as_rule() == Rule::literal && !words(&value).starts_with('"')).then_some(value)
}

fn test_of<'t>(operand: &Pair<'t, Rule>) -> Option<Pair<'t, Rule>> {
    if operand.as_rule() != Rule::operand {
        return None;
    }
    operand
        .clone()
        .into_inner()
        .last()
        .filter(|part| part.as_rule() == Rule::test)
}

fn end(pair: &Pair<'_, Rule>) -> usize {
    start(pair) + words(pair).len()
}
