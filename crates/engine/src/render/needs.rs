//! What one call needs of its context: the My Tokens that the webhook names, those within them, and the values that all of these read.
//! What a program has beside them costs a call nothing.

use std::collections::HashMap;

use leadhook_field::{FieldId, Object, Value};
use leadhook_store::{Projection, Subject};

use super::{
    bind::{Bound, Source, projection},
    context::Context,
    my::{MAX_LEVEL, My},
};

/// What a webhook's templates name of a context: known when it is saved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    my: Vec<Box<str>>,
    member: Vec<Box<str>>,
}

/// What one call needs of its context.
#[derive(Debug, Default)]
pub(crate) struct Needs<'a> {
    /// Each after those that it holds.
    pub(super) my: Vec<(&'a str, &'a My)>,
    /// Lead and company fields that the My Tokens' texts name.
    pub(crate) projection: Projection,
    /// Fields of the membership, sorted.
    pub(crate) member: Vec<&'a str>,
}

/// What was read for a call, as its needs ask.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// Slots of [`Needs::projection`].
    pub(crate) subject: Subject,
    /// For each of [`Needs::member`]; empty where the lead is no member.
    pub(crate) member: Vec<Option<Value>>,
}

impl Named {
    pub(crate) fn new<'a>(templates: impl IntoIterator<Item = &'a Bound>) -> Named {
        let mut named = Named::default();
        for source in templates.into_iter().flat_map(|bound| &bound.sources) {
            match source {
                Source::My(key) => named.my.push(key.clone()),
                Source::Member(key) => named.member.push(key.clone()),
                _ => {}
            }
        }
        for keys in [&mut named.my, &mut named.member] {
            keys.sort_unstable();
            keys.dedup();
        }
        named
    }
}

impl<'a> Needs<'a> {
    pub(crate) fn new(named: &'a Named, context: &'a Context) -> Needs<'a> {
        let my = with_inner(named, context);
        let texts = || my.iter().map(|(_, my)| &my.text);
        let inner = texts().flat_map(|text| &text.sources);
        let inner = inner.filter_map(|source| match source {
            Source::Member(key) => Some(&**key),
            _ => None,
        });
        let own = named.member.iter().map(|key| &**key);
        let mut member: Vec<_> = own.chain(inner).collect();
        member.sort_unstable();
        member.dedup();
        Needs {
            projection: projection(texts()),
            member,
            my,
        }
    }

    /// The slot of a field that a My Token's text names.
    pub(super) fn slot(&self, object: Object, field: FieldId) -> Option<usize> {
        let Projection { lead, company } = &self.projection;
        match object {
            Object::Lead => lead.binary_search(&field).ok(),
            Object::Company => Some(lead.len() + company.binary_search(&field).ok()?),
        }
    }
}

/// The named My Tokens and those within them, round by round. The last round in which one is met is its level, for whatever holds it
/// was met before; so by falling level each comes after those that it holds.
fn with_inner<'a>(named: &'a Named, context: &'a Context) -> Vec<(&'a str, &'a My)> {
    let find = |key: &'a str| Some((key, context.my(key)?));
    let mut found: HashMap<&str, (usize, &My)> = HashMap::new();
    let mut round: Vec<_> = named.my.iter().filter_map(|key| find(key)).collect();
    for level in 0..=MAX_LEVEL {
        let mut next = Vec::new();
        for (key, my) in round {
            let met = found.insert(key, (level, my));
            if met.is_none_or(|(before, _)| before < level) {
                next.extend(my.inner().filter_map(find));
            }
        }
        round = next;
    }
    let mut order: Vec<_> = found.into_iter().collect();
    order.sort_unstable_by_key(|(_, (level, _))| std::cmp::Reverse(*level));
    order.into_iter().map(|(key, (_, my))| (key, my)).collect()
}
