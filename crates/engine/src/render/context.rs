//! What a call brings beside its lead: trigger tokens and My Tokens (R-TOK-3 to -5, -8).

use std::{collections::HashMap, sync::Arc};

use leadhook_field::Schema;
use leadhook_store::Projection;
use leadhook_token::{check_name, name_key};
use serde::{Deserialize, Serialize};

use super::bind::{Bound, Source, projection};
use crate::error::{Error, Kind, Violation};

/// What a caller gives beside the lead.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallContext {
    /// Name of a campaign, `campaigns/{campaign}`, or empty.
    pub campaign: String,
    /// Name of a program, `programs/{program}`, or empty.
    pub program: String,
    /// Values of trigger tokens, by their names.
    pub trigger: Vec<(String, String)>,
    /// My Tokens of this call alone.
    pub my_tokens: Vec<MyToken>,
}

/// A My Token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MyToken {
    /// Its name, at most 50 characters.
    pub key: String,
    /// None: that of what is overridden, else text.
    pub kind: Option<MyTokenType>,
    /// Its text, which may hold tokens.
    pub value: String,
}

/// The type of a My Token (R-TOK-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are Marketo's own words")]
pub enum MyTokenType {
    Text,
    Date,
    Number,
    RichText,
    Score,
    SfdcCampaign,
}

impl MyTokenType {
    pub(crate) fn is_number(self) -> bool {
        matches!(self, MyTokenType::Number | MyTokenType::Score)
    }
}

/// The same, checked and bound.
#[derive(Debug, Default)]
pub(crate) struct Context {
    trigger: HashMap<String, String>,
    my: HashMap<Box<str>, My>,
    /// Keys of `my` in an order in which each comes after those that it holds.
    pub(crate) order: Vec<Box<str>>,
    /// Fields that the My Tokens' texts name.
    pub(crate) projection: Arc<Projection>,
    /// Whether a token that has no value shows an example: in a preview without a lead.
    pub(crate) shows_examples: bool,
}

#[derive(Debug)]
pub(crate) struct My {
    pub(crate) kind: MyTokenType,
    pub(crate) text: Bound,
}

/// How deep My Tokens may stand within My Tokens; the one in the template is level 0.
const MAX_LEVEL: usize = 5;
const MAX_KEY: usize = 50;
/// How many My Tokens or trigger tokens a call may bring.
const MAX_TOKENS: usize = 1_000;

impl Context {
    /// Checks what a caller gave.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all faults, [`Error::NotFound`] for a campaign or program that is not there.
    pub(crate) fn new(given: &CallContext, schema: &Schema) -> Result<Context, Error> {
        for (kind, name) in [
            (Kind::Campaign, &given.campaign),
            (Kind::Program, &given.program),
        ] {
            if !name.is_empty() {
                return Err(Error::NotFound {
                    kind,
                    name: name.clone(),
                });
            }
        }
        let mut faults = Vec::new();
        for (field, len) in [
            ("context.trigger", given.trigger.len()),
            ("context.my_tokens", given.my_tokens.len()),
        ] {
            if len > MAX_TOKENS {
                faults.push(Violation::new(
                    field,
                    format!("{len} tokens; at most {MAX_TOKENS} are taken"),
                ));
            }
        }
        Error::unless_valid(Kind::Request, faults)?;
        let trigger = given
            .trigger
            .iter()
            .map(|(name, value)| (name_key(name), value.clone()))
            .collect();
        let my = bind_my_tokens(&given.my_tokens, schema)?;
        let mut context = Context {
            trigger,
            my,
            ..Context::default()
        };
        context.projection = Arc::new(projection(context.my.values().map(|my| &my.text)));
        for my in context.my.values_mut() {
            my.text.place(&context.projection);
        }
        context.order = context.sort_by_level()?;
        Ok(context)
    }

    /// The same context, for a preview without a lead.
    pub(crate) fn with_examples(self) -> Context {
        Context {
            shows_examples: true,
            ..self
        }
    }

    pub(crate) fn my(&self, key: &str) -> Option<&My> {
        self.my.get(key)
    }

    /// A trigger token's text; none when it is empty.
    pub(crate) fn trigger(&self, key: &str) -> Option<&str> {
        self.trigger
            .get(key)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    fn nested(&self, key: &str) -> impl Iterator<Item = &str> {
        let sources = self
            .my
            .get(key)
            .map(|my| my.text.sources.as_slice())
            .unwrap_or_default();
        sources.iter().filter_map(|source| match source {
            Source::My(key) if self.my.contains_key(key) => Some(&**key),
            _ => None,
        })
    }

    /// Levels by relaxation, so that no chain is followed deeper than the limit: after six rounds who has reached six
    /// is too deep, or stands in a cycle.
    fn sort_by_level(&self) -> Result<Vec<Box<str>>, Error> {
        let mut levels: HashMap<&str, usize> = self.my.keys().map(|key| (&**key, 0)).collect();
        for _ in 0..=MAX_LEVEL {
            levels = levels
                .keys()
                .map(|key| {
                    (
                        *key,
                        self.nested(key)
                            .map(|inner| levels[inner] + 1)
                            .max()
                            .unwrap_or(0),
                    )
                })
                .collect();
        }
        let mut order: Vec<_> = levels.iter().map(|(key, level)| (*level, *key)).collect();
        order.sort_unstable();
        if let Some((_, key)) = order.last().filter(|(level, _)| *level > MAX_LEVEL) {
            return Err(self.too_deep(key, &levels));
        }
        Ok(order.into_iter().map(|(_, key)| key.into()).collect())
    }

    fn too_deep(&self, key: &str, levels: &HashMap<&str, usize>) -> Error {
        let mut chain = vec![key];
        let message = loop {
            let last = chain[chain.len() - 1];
            let Some(next) = self.nested(last).max_by_key(|key| levels[key]) else {
                break format!(
                    "My Tokens stand within My Tokens more than {MAX_LEVEL} levels deep: {}",
                    spell(&chain)
                );
            };
            if let Some(start) = chain.iter().position(|key| *key == next) {
                let mut cycle = chain.split_off(start);
                cycle.push(next);
                break format!("My Tokens hold each other in a cycle: {}", spell(&cycle));
            }
            chain.push(next);
        };
        Error::Invalid {
            subject: Kind::Request,
            violations: vec![Violation::new("context.my_tokens", message)],
        }
    }
}

fn spell(chain: &[&str]) -> String {
    let tokens: Vec<_> = chain
        .iter()
        .map(|key| format!("{{{{my.{key}}}}}"))
        .collect();
    tokens.join(" -> ")
}

fn bind_my_tokens(given: &[MyToken], schema: &Schema) -> Result<HashMap<Box<str>, My>, Error> {
    let (mut my, mut faults) = (HashMap::new(), Vec::new());
    for (at, token) in given.iter().enumerate() {
        let field = |part: &str| format!("context.my_tokens[{at}].{part}");
        if let Err(error) = check_name(&token.key) {
            faults.push(Violation::new(field("key"), error.to_string()));
        }
        if token.key.chars().count() > MAX_KEY {
            faults.push(Violation::new(
                field("key"),
                format!("a My Token's key has at most {MAX_KEY} characters"),
            ));
        }
        let kind = token.kind.unwrap_or(MyTokenType::Text);
        match Bound::new(&token.value, schema) {
            Ok(text) => {
                if kind.is_number() && text.sources.is_empty() && number(&token.value).is_none() {
                    faults.push(Violation::new(
                        field("value"),
                        format!(
                            "`{}` does not read as a number, as its type asks",
                            token.value
                        ),
                    ));
                }
                let key = name_key(&token.key).into_boxed_str();
                if my.insert(key, My { kind, text }).is_some() {
                    faults.push(Violation::new(
                        field("key"),
                        format!("`{}` is given twice", token.key),
                    ));
                }
            }
            Err(errors) => {
                faults.extend(errors.into_iter().map(|fault| fault.at(&field("value"))));
            }
        }
    }
    Error::unless_valid(Kind::Request, faults)?;
    Ok(my)
}

/// A number My Token's canonical text (R-TOK-4); an empty one has no value, which is fine.
pub(super) fn number(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return Some(String::new());
    }
    leadhook_field::canonical_number(text, MAX_NUMBER).ok()
}

/// Longest text of a number, in characters.
const MAX_NUMBER: usize = 400;

#[cfg(test)]
mod tests;
