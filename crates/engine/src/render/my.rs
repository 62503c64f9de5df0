//! My Tokens: their texts bound, and how deep they stand within each other (R-TOK-4, -5). On which programs they sit, and which of them a
//! call sees, stands with the programs and the context.

use std::collections::{BTreeMap, HashMap};

use leadhook_field::Schema;
use leadhook_store::MyTokenType;
use leadhook_token::{check_name, name_key};

use super::bind::{Bound, Source};
use crate::error::Violation;

/// A My Token, ready to be rendered.
#[derive(Clone, Debug)]
pub(crate) struct My {
    /// As typed.
    pub(crate) key: String,
    pub(crate) kind: MyTokenType,
    pub(crate) text: Bound,
}

/// My Tokens by what all spellings of their names have in common.
pub(crate) type MyTokens = HashMap<Box<str>, My>;

/// How deep My Tokens may stand within My Tokens; the one in the template is level 0.
pub(crate) const MAX_LEVEL: usize = 5;
const MAX_KEY: usize = 50;
/// Longest text of a number, in characters.
const MAX_NUMBER: usize = 400;

impl My {
    /// Keys of the My Tokens that its text names.
    pub(crate) fn inner(&self) -> impl Iterator<Item = &str> {
        self.text.sources.iter().filter_map(|source| match source {
            Source::My(key) => Some(&**key),
            _ => None,
        })
    }
}

/// Binds My Tokens, given as key, type and text. Those that are faulty are left out, and told with fields such as `{path}[2].value`.
pub(crate) fn bind_my_tokens<'a>(
    given: impl IntoIterator<Item = (&'a str, MyTokenType, &'a str)>,
    path: &str,
    schema: &Schema,
    faults: &mut Vec<Violation>,
) -> MyTokens {
    let mut bound = MyTokens::new();
    for (at, (key, kind, value)) in given.into_iter().enumerate() {
        let before = faults.len();
        let field = |part: &str| format!("{path}[{at}].{part}");
        check_key(key, &bound, &field("key"), faults);
        match Bound::new(value, schema) {
            Err(errors) => faults.extend(errors.into_iter().map(|it| it.at(&field("value")))),
            Ok(text) if kind.is_number() && text.sources.is_empty() && number(value).is_none() => {
                let message = format!("`{value}` does not read as a number, as its type asks");
                faults.push(Violation::new(field("value"), message));
            }
            Ok(text) if faults.len() == before => {
                let key = key.to_owned();
                bound.insert(name_key(&key).into(), My { key, kind, text });
            }
            Ok(_) => {}
        }
    }
    bound
}

fn check_key(key: &str, bound: &MyTokens, field: &str, faults: &mut Vec<Violation>) {
    if let Err(error) = check_name(key) {
        faults.push(Violation::new(field, error.to_string()));
    }
    if let Some(name) = behind_scope(key) {
        let message =
            format!("`{key}` would be the token {{{{my.{key}}}}}: a key stands without its scope");
        faults.push(Violation::new(field, message).suggest(name));
    }
    if key.chars().count() > MAX_KEY {
        let message = format!("a My Token's key has at most {MAX_KEY} characters");
        faults.push(Violation::new(field, message));
    }
    if bound.contains_key(&*name_key(key)) {
        faults.push(Violation::new(field, format!("`{key}` is given twice")));
    }
}

/// What somebody meant who typed the scope, too.
fn behind_scope(key: &str) -> Option<&str> {
    let (scope, name) = key.trim_start().split_once('.')?;
    scope.eq_ignore_ascii_case("my").then_some(name)
}

/// What is wrong with how My Tokens stand within each other: a cycle, or too many levels, spelled out (R-TOK-5). `holders` are the keys
/// of all that name others; a My Token that `find` does not know counts for nothing.
///
/// Levels by relaxation, so that no chain is followed deeper than the limit: after six rounds who has reached six is too deep, or
/// stands in a cycle.
pub(crate) fn nesting_fault<'a>(
    holders: impl IntoIterator<Item = &'a str>,
    find: impl Fn(&str) -> Option<&'a My>,
) -> Option<String> {
    let mut levels: BTreeMap<&str, usize> = holders.into_iter().map(|key| (key, 0)).collect();
    let inner = |key: &str| {
        let my = find(key);
        my.into_iter()
            .flat_map(My::inner)
            .filter(|inner| find(inner).is_some())
    };
    let level = |levels: &BTreeMap<&str, usize>, key| levels.get(key).copied().unwrap_or(0);
    for _ in 0..=MAX_LEVEL {
        let next = levels.keys().map(|key| {
            let deepest = inner(key).map(|inner| level(&levels, inner) + 1).max();
            (*key, deepest.unwrap_or(0))
        });
        levels = next.collect();
    }
    let (first, _) = levels.iter().find(|(_, level)| **level > MAX_LEVEL)?;
    let mut chain = vec![*first];
    loop {
        let last = chain[chain.len() - 1];
        let Some(next) = inner(last).max_by_key(|key| level(&levels, key)) else {
            return Some(format!(
                "My Tokens stand within My Tokens more than {MAX_LEVEL} levels deep: {}",
                spell(&chain, find)
            ));
        };
        if let Some(start) = chain.iter().position(|key| *key == next) {
            chain.drain(..start);
            chain.push(next);
            return Some(format!(
                "My Tokens hold each other in a cycle: {}",
                spell(&chain, find)
            ));
        }
        chain.push(next);
    }
}

fn spell<'a>(chain: &[&str], find: impl Fn(&str) -> Option<&'a My>) -> String {
    let tokens: Vec<_> = chain
        .iter()
        .map(|key| format!("{{{{my.{}}}}}", find(key).map_or(*key, |my| &my.key)))
        .collect();
    tokens.join(" -> ")
}

/// A number My Token's canonical text (R-TOK-4); an empty one has no value, which is fine.
pub(super) fn number(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return Some(String::new());
    }
    leadhook_field::canonical_number(text, MAX_NUMBER).ok()
}
