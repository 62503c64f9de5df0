//! From text to tokens or faults, through the grammar in `token.pest`.

use pest::{Parser, iterators::Pair};
use pest_derive::Parser;

use crate::{
    diagnosis::diagnose,
    error::{Error, ErrorKind, Errors},
    name::collapse,
    position::{Position, Walk},
    scope::Scope,
    token::Token,
};

/// Longest template, in bytes. Names of tokens may take more room than their values, so it is longer than any body that is sent.
pub const MAX_TEMPLATE: usize = 2 << 20;

#[derive(Parser)]
#[grammar = "token.pest"]
struct Grammar;

/// Checked before anything is read: pest bounds nothing by itself.
pub(crate) fn check_length(text: &str) -> Result<(), Errors> {
    if text.len() <= MAX_TEMPLATE {
        return Ok(());
    }
    let message = format!(
        "the template has {} bytes; at most {MAX_TEMPLATE} are read",
        text.len()
    );
    let start = Position::of(text, 0);
    Err(Error::new(ErrorKind::TooLong, start, message).into())
}

/// The tokens of a text, in order. `walk` knows where each byte of it was typed.
pub(crate) fn tokens(text: &str, mut walk: Walk<'_>) -> Result<Vec<Token>, Errors> {
    let mut pairs = Grammar::parse(Rule::template, text)
        .expect("whatever is no token is text, so every input is a template");
    let template = pairs.next().expect("the rule gives one pair");
    let (mut tokens, mut errors) = (Vec::new(), Errors::none());
    for pair in template.into_inner() {
        let start = pair.as_span().start();
        let found = match pair.as_rule() {
            Rule::token => token(pair, walk.to(start)),
            Rule::opening => Err(diagnose(
                &text[start..],
                pair.as_str().len(),
                walk.to(start),
            )),
            _ => continue,
        };
        match found {
            Ok(token) => tokens.push(token),
            Err(error) => errors.push(error),
        }
        if errors.is_full() {
            break;
        }
    }
    errors.or(tokens)
}

fn token(pair: Pair<'_, Rule>, position: Position) -> Result<Token, Error> {
    let span = pair.as_span().start()..pair.as_span().end();
    let mut parts = pair.into_inner();
    let opening = parts.next().expect("a token has an opening");
    let scope = opening.into_inner().next().expect("an opening has a scope");
    let scope: Scope = scope
        .as_str()
        .parse()
        .expect("the grammar knows no other scopes");
    let name = collapse(parts.next().expect("a token has a name").as_str());
    if name.is_empty() {
        let message = format!("`{{{{{scope}.` is followed by no name");
        return Err(Error::new(ErrorKind::EmptyName, position, message));
    }
    Ok(Token {
        scope,
        name: name.into(),
        default: parts.next().map(|default| default.as_str().into()),
        position,
        span,
    })
}
