//! Templates: parsed once, rendered as often as there are values.

use std::{convert::Infallible, ops::Range};

use pest::Parser;
use pest_derive::Parser;

use crate::{
    diagnosis::diagnose,
    error::{Error, ErrorKind, Errors},
    name::collapse,
    near_miss::NearMiss,
    position::{Position, Walk},
    scope::Scope,
};

/// Longest template, in bytes.
pub const MAX_TEMPLATE: usize = 2 << 20;

#[derive(Parser)]
#[grammar = "token.pest"]
struct Grammar;

/// A text with tokens in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: Box<str>,
    tokens: Box<[Token]>,
}

/// A token of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    scope: Scope,
    name: Box<str>,
    default: Option<Box<str>>,
    position: Position,
    span: Range<usize>,
}

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// The template's own text; never empty.
    Text(&'a str),
    /// A token, with its place among the tokens.
    Token(usize, &'a Token),
}

impl Template {
    /// Parses a text.
    ///
    /// # Errors
    /// All faults of its tokens; [`ErrorKind::TooLong`] beyond [`MAX_TEMPLATE`].
    pub fn parse(text: &str) -> Result<Template, Errors> {
        let start = Position::of(text, 0);
        if text.len() > MAX_TEMPLATE {
            let message = format!(
                "the template has {} bytes; at most {MAX_TEMPLATE} are read",
                text.len()
            );
            return Err(Errors::new(vec![Error::new(
                ErrorKind::TooLong,
                start,
                message,
            )]));
        }
        let mut pairs = Grammar::parse(Rule::template, text)
            .expect("whatever is no token is text, so every input is a template");
        let template = pairs.next().expect("the rule gives one pair");
        let mut walk = Walk::new(text);
        let (mut tokens, mut errors) = (Vec::new(), Vec::new());
        for pair in template.into_inner() {
            let span = pair.as_span().start()..pair.as_span().end();
            match pair.as_rule() {
                Rule::token => {
                    let position = walk.to(span.start);
                    match token(pair, position, span) {
                        Ok(token) => tokens.push(token),
                        Err(error) => errors.push(error),
                    }
                }
                Rule::opening => {
                    let position = walk.to(span.start);
                    errors.push(diagnose(&text[span.start..], span.len(), position));
                }
                _ => {}
            }
        }
        if !errors.is_empty() {
            return Err(Errors::new(errors));
        }
        Ok(Template {
            text: text.into(),
            tokens: tokens.into_boxed_slice(),
        })
    }

    /// The text that was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its tokens, in the order in which they stand there.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Its pieces, in order: put together they are the text.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        let mut at = 0;
        let before = self
            .tokens
            .iter()
            .enumerate()
            .flat_map(move |(index, token)| {
                let text = &self.text[at..token.span.start];
                at = token.span.end;
                [Segment::Text(text), Segment::Token(index, token)]
            });
        before
            .chain([Segment::Text(self.tail())])
            .filter(|segment| !matches!(segment, Segment::Text("")))
    }

    /// Writes the template behind what `out` holds; `write` writes the value of the token at an index. Nothing is allocated here but
    /// what `out` needs to grow.
    pub fn render(&self, out: &mut Vec<u8>, mut write: impl FnMut(usize, &mut Vec<u8>)) {
        let written: Result<(), Infallible> = self.try_render(out, |index, out| {
            write(index, out);
            Ok(())
        });
        match written {
            Ok(()) => {}
            Err(never) => match never {},
        }
    }

    /// The same with values that may fail to be written; then `out` holds what came before.
    ///
    /// # Errors
    /// The first of `write`.
    pub fn try_render<E>(
        &self,
        out: &mut Vec<u8>,
        mut write: impl FnMut(usize, &mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let text = self.text.as_bytes();
        let mut at = 0;
        for (index, token) in self.tokens.iter().enumerate() {
            out.extend_from_slice(&text[at..token.span.start]);
            write(index, out)?;
            at = token.span.end;
        }
        out.extend_from_slice(&text[at..]);
        Ok(())
    }

    /// Plain text that looks like a token of a misspelt scope (R-TOK-6 makes it text; R-DEF-3 warns of it).
    #[must_use]
    pub fn near_misses(&self) -> Vec<NearMiss> {
        NearMiss::find(self)
    }

    fn tail(&self) -> &str {
        let end = self.tokens.last().map_or(0, |token| token.span.end);
        &self.text[end..]
    }
}

impl Token {
    /// What its name belongs to.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Its name, white space at its ends gone and each run of it one space.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands in when there is no value, as typed.
    #[must_use]
    pub fn default(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// Where it begins.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Its bytes in the template's text, braces included.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}

fn token(
    pair: pest::iterators::Pair<'_, Rule>,
    position: Position,
    span: Range<usize>,
) -> Result<Token, Error> {
    let mut parts = pair.into_inner();
    let opening = parts.next().expect("a token has an opening");
    let scope = opening.into_inner().next().expect("an opening has a scope");
    let scope: Scope = scope
        .as_str()
        .parse()
        .expect("the grammar knows the scopes");
    let name = collapse(parts.next().expect("a token has a name").as_str());
    if name.is_empty() {
        let message = format!("{{{{{scope}.}}}} names nothing");
        return Err(Error::new(ErrorKind::EmptyName, position, message));
    }
    let default = parts.next().map(|default| default.as_str().into());
    Ok(Token {
        scope,
        name: name.into(),
        default,
        position,
        span,
    })
}

#[cfg(test)]
mod tests;
