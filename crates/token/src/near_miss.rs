//! Plain text that was probably meant to be a token.

use crate::{
    position::Position,
    scope::Scope,
    template::{Segment, Template},
};

/// Plain text that looks like a token of a misspelt scope: `{{leed.Email Address}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    position: Position,
    text: String,
    suggestion: String,
}

/// Longest text between braces that is looked at, in bytes.
const LONGEST: usize = 400;

impl NearMiss {
    /// Where it begins.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// As it was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What may have been meant.
    #[must_use]
    pub fn suggestion(&self) -> &str {
        &self.suggestion
    }

    pub(crate) fn find(template: &Template) -> Vec<NearMiss> {
        let mut misses = Vec::new();
        let mut offset = 0;
        for segment in template.segments() {
            match segment {
                Segment::Text(text) => {
                    for (at, _) in text.match_indices("{{") {
                        if let Some((typed, suggestion)) = near_miss(&text[at..]) {
                            misses.push(NearMiss {
                                position: Position::of(template.text(), offset + at),
                                text: typed.to_owned(),
                                suggestion,
                            });
                        }
                    }
                    offset += text.len();
                }
                Segment::Token(_, token) => offset = token.span().end,
            }
        }
        misses
    }
}

/// `text` begins with `{{`.
fn near_miss(text: &str) -> Option<(&str, String)> {
    let mut longest = text.len().min(LONGEST);
    while !text.is_char_boundary(longest) {
        longest -= 1;
    }
    let end = text[..longest].find("}}")?;
    let (word, name) = text[2..end].split_once('.')?;
    let scope = nearest(word.trim())?;
    Some((&text[..end + 2], format!("{{{{{scope}.{}}}}}", name.trim())))
}

fn nearest(word: &str) -> Option<Scope> {
    let word = word.to_lowercase();
    let (distance, scope) = Scope::ALL
        .into_iter()
        .map(|scope| (strsim::damerau_levenshtein(scope.as_str(), &word), scope))
        .min_by_key(|(distance, _)| *distance)?;
    // A short word is near to many: of `my` only the word itself with white space around it counts.
    let allowed = match scope.as_str().len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    (distance <= allowed).then_some(scope)
}
