//! What is understood of a template that is to be saved, malformed or not, so that all its faults are told in one answer (R-DEF-2).

use std::ops::Range;

use leadhook_token::{Errors, Segment, Template, Token};

/// A template, what is malformed in it set apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Understood<'a> {
    /// What is malformed is text here.
    pub(crate) template: &'a Template,
    malformed: &'a [Range<usize>],
}

/// A piece of a template that is to be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// The template's own text, with the bytes before it; never empty.
    Text(usize, &'a str),
    /// A well-formed token.
    Token(&'a Token),
    /// What was meant as a token or an escape and is none.
    Malformed,
}

impl<'a> Understood<'a> {
    /// Of what was parsed; none where it was not read at all.
    pub(super) fn of(parsed: &'a Result<Template, Errors>) -> Option<Understood<'a>> {
        match parsed {
            Ok(template) => Some(Understood {
                template,
                malformed: &[],
            }),
            Err(errors) => Some(Understood {
                template: errors.understood()?,
                malformed: errors.malformed(),
            }),
        }
    }

    /// Whether the byte stands in what is malformed.
    pub(crate) fn is_malformed(&self, at: usize) -> bool {
        self.malformed.iter().any(|range| range.contains(&at))
    }

    /// Its pieces, in order.
    pub(crate) fn pieces(&self) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut malformed = self.malformed.iter().peekable();
        let mut at = 0;
        for segment in self.template.segments() {
            let text = match segment {
                Segment::Token(_, token) => {
                    at = token.span().end;
                    pieces.push(Piece::Token(token));
                    continue;
                }
                Segment::Text(text) => text,
            };
            let (start, end) = (at, at + text.len());
            while let Some(range) = malformed.next_if(|range| range.start < end) {
                // An escape at fault may stand within a token, which is whole all the same.
                if range.start < at {
                    continue;
                }
                if at < range.start {
                    pieces.push(Piece::Text(at, &text[at - start..range.start - start]));
                }
                pieces.push(Piece::Malformed);
                at = range.end.min(end);
            }
            if at < end {
                pieces.push(Piece::Text(at, &text[at - start..]));
            }
            at = end;
        }
        pieces
    }
}

#[cfg(test)]
mod tests;
