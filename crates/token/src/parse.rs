//! From text to tokens or faults, through the grammar in `token.pest`.

use std::ops::Range;

use pest::{Parser, iterators::Pair};
use pest_derive::Parser;

use crate::{
    diagnosis::diagnose,
    error::{Error, ErrorKind, Errors, MAX_FAULTS},
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

/// What a text holds, all in order.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) tokens: Vec<Token>,
    /// At most [`MAX_FAULTS`].
    pub(crate) faults: Vec<Error>,
    /// Bytes that were meant as tokens and are none.
    pub(crate) malformed: Vec<Range<usize>>,
}

/// Reads the tokens of a text. `walk` knows where each byte of it was typed.
pub(crate) fn read(text: &str, mut walk: Walk<'_>) -> Reading {
    let mut pairs = Grammar::parse(Rule::template, text)
        .expect("whatever is no token is text, so every input is a template");
    let template = pairs.next().expect("the rule gives one pair");
    let mut reading = Reading::default();
    // Whether a default that another token stands in has not been closed yet.
    let mut in_default = false;
    for pair in template.into_inner() {
        let span = pair.as_span().start()..pair.as_span().end();
        match pair.as_rule() {
            Rule::token => match token(pair, walk.to(span.start)) {
                Ok(token) => reading.tokens.push(token),
                Err(error) => reading.fault(error, span),
            },
            Rule::opening => {
                let rest = &text[span.start..];
                let (error, reach) = diagnose(rest, span.len(), walk.to(span.start));
                in_default = error.kind() == ErrorKind::NestedToken;
                reading.fault(error, span.start..span.start + reach);
            }
            Rule::text if in_default => {
                if let Some(close) = pair.as_str().find("}}") {
                    reading.malformed.push(span.start..span.start + close + 2);
                    in_default = false;
                }
            }
            _ => {}
        }
        if reading.faults.len() == MAX_FAULTS {
            break;
        }
    }
    reading
}

impl Reading {
    fn fault(&mut self, error: Error, span: Range<usize>) {
        self.faults.push(error);
        self.malformed.push(span);
    }
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
