//! Plain text that was probably meant to be a token.

use crate::{
    diagnosis::mend,
    error::MAX_FAULTS,
    position::Position,
    scope::Scope,
    template::{Segment, Template},
};

/// Longest text in braces that is looked at, in bytes.
const LONGEST: usize = 400;
/// Longest word that can be a slip of a scope, in bytes: two letters more than `campaign`, two bytes each.
const LONGEST_WORD: usize = 20;

/// Plain text that looks like a token of a misspelt scope: `{{leed.Email Address}}`. [`Template::near_misses`] finds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    position: Position,
    text: String,
    suggestion: String,
}

impl NearMiss {
    /// Where its first brace was typed.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// As it stands in the template, braces included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The token that may have been meant; it can be parsed.
    #[must_use]
    pub fn suggestion(&self) -> &str {
        &self.suggestion
    }
}

pub(crate) fn near_misses(template: &Template) -> Vec<NearMiss> {
    let mut walk = template.walk();
    let mut offset = 0;
    let mut misses = Vec::new();
    for segment in template.segments() {
        let text = match segment {
            Segment::Text(text) => text,
            Segment::Token(_, token) => {
                offset = token.span().end;
                continue;
            }
        };
        for (at, inner) in braced(text) {
            let Some(suggestion) = suggestion(inner) else {
                continue;
            };
            misses.push(NearMiss {
                position: walk.to(offset + at),
                text: format!("{{{{{inner}}}}}"),
                suggestion,
            });
            if misses.len() == MAX_FAULTS {
                return misses;
            }
        }
        offset += text.len();
    }
    misses
}

/// What stands between `{{` and the next `}}`, no other `{{` between them, with the place of the former.
fn braced(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut read = 0;
    std::iter::from_fn(move || {
        loop {
            let run = read + text[read..].find("{{")?;
            let braces = text[run..].bytes().take_while(|byte| *byte == b'{').count();
            read = run + braces;
            let inner = &text[read..text.floor_char_boundary(read + LONGEST)];
            match inner.find("}}") {
                // Of three braces and more the last two open.
                Some(end) if !inner[..end].contains("{{") => {
                    return Some((read - 2, &inner[..end]));
                }
                _ => {}
            }
        }
    })
}

fn suggestion(inner: &str) -> Option<String> {
    let (word, name) = inner.split_once('.')?;
    let scope = nearest(word.trim_matches(|char: char| !char.is_alphanumeric()))?;
    mend(&format!("{{{{{scope}."), name)
}

fn nearest(word: &str) -> Option<Scope> {
    if word.is_empty() || word.len() > LONGEST_WORD {
        return None;
    }
    let word = word.to_lowercase();
    let (distance, scope) = Scope::ALL
        .into_iter()
        .map(|scope| (strsim::osa_distance(scope.as_str(), &word), scope))
        .min_by_key(|(distance, _)| *distance)?;
    // A short word is near to many: of `my` only the word itself, with other things around it, counts.
    let allowed = match scope.as_str().len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    (distance <= allowed).then_some(scope)
}

#[cfg(test)]
mod tests;
