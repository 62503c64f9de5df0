//! One call's values: what each bound token reads.

use std::collections::HashMap;

use leadhook_encoding::{Kind, Scalar};
use leadhook_field::{Datetime, Value, Zone};
use leadhook_store::{MyTokenType, Subject};

use super::{
    bind::{Attribute, Bound, Source, System},
    context::Context,
    my::number,
    needs::{Answers, Needs},
};

/// Where tokens read their values: a lead's slots, and what the call brings.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    subject: &'a Subject,
    pub(super) context: &'a Context,
    needs: &'a Needs<'a>,
    answers: &'a Answers,
    now: Datetime,
    pub(super) zone: &'a Zone,
    my: HashMap<&'a str, Expanded>,
}

/// A My Token's text with its tokens filled in, to be encoded once and as a whole (R-TOK-5).
#[derive(Debug)]
struct Expanded {
    text: String,
    kind: Kind,
}

/// The My Tokens of a call grow beyond what any template may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

impl<'a> Scene<'a> {
    /// Expands the My Tokens that the call needs, each once, to at most `limit` bytes each.
    pub(crate) fn new(
        subject: &'a Subject,
        context: &'a Context,
        needs: &'a Needs<'a>,
        answers: &'a Answers,
        now: Datetime,
        zone: &'a Zone,
        limit: usize,
    ) -> Result<Scene<'a>, TooLarge> {
        let mut scene = Scene {
            subject,
            context,
            needs,
            answers,
            now,
            zone,
            my: HashMap::new(),
        };
        for (key, my) in &needs.my {
            let text = scene.plain(&my.text, limit)?;
            let expanded = match number(&text) {
                Some(text) if my.kind.is_number() => Expanded {
                    text,
                    kind: Kind::Bare,
                },
                _ => Expanded {
                    text,
                    kind: Kind::Text,
                },
            };
            scene.my.insert(key, expanded);
        }
        Ok(scene)
    }

    /// A template's token: its value in text form, or none. `scratch` holds what has to be written first.
    pub(crate) fn value<'s>(
        &'s self,
        source: &Source,
        scratch: &'s mut Vec<u8>,
    ) -> Option<Scalar<'s>> {
        match source {
            Source::Field { slot, .. } => self.slot(self.subject, *slot, scratch),
            source => self.brought(source, scratch),
        }
    }

    /// The same for a token in the text of a My Token, whose fields are those of the context.
    pub(super) fn value_in_my<'s>(
        &'s self,
        source: &Source,
        scratch: &'s mut Vec<u8>,
    ) -> Option<Scalar<'s>> {
        match source {
            Source::Field { field, object, .. } => {
                let slot = self.needs.slot(*object, *field)?;
                self.slot(&self.answers.subject, slot, scratch)
            }
            source => self.brought(source, scratch),
        }
    }

    /// The type of a My Token that the call brings.
    pub(crate) fn my_type(&self, key: &str) -> Option<MyTokenType> {
        self.context.my(key).map(|my| my.kind)
    }

    fn slot<'s>(
        &'s self,
        subject: &'s Subject,
        slot: usize,
        scratch: &'s mut Vec<u8>,
    ) -> Option<Scalar<'s>> {
        let value = subject.slots.get(slot)?.as_ref()?;
        Some(self.scalar(value, scratch))
    }

    /// What does not stand in a lead's row.
    fn brought<'s>(&'s self, source: &Source, scratch: &'s mut Vec<u8>) -> Option<Scalar<'s>> {
        if self.context.shows_examples && !self.has(source) {
            return example(source, scratch);
        }
        match source {
            Source::System(system) => self.system(*system, scratch),
            Source::Trigger(key) => self.context.trigger(key).map(text),
            Source::My(key) => {
                let Expanded { text, kind } = self.my.get(&**key)?;
                (!text.is_empty()).then_some(Scalar { text, kind: *kind })
            }
            Source::Member(key) => {
                let at = self.needs.member.binary_search(&&**key).ok()?;
                let value = self.answers.member.get(at)?.as_ref()?;
                Some(self.scalar(value, scratch))
            }
            Source::Program(attribute) => self.program(*attribute, scratch),
            Source::Campaign(attribute) => self.campaign(*attribute, scratch),
            Source::Field { .. } => None,
        }
    }

    /// Whether the call brings what a token names. System tokens are always there.
    fn has(&self, source: &Source) -> bool {
        match source {
            Source::Field { .. } | Source::System(_) => true,
            Source::Trigger(key) => self.context.trigger(key).is_some(),
            Source::My(key) => self.context.my(key).is_some(),
            Source::Program(_) => self.context.program().is_some(),
            Source::Campaign(_) => self.context.campaign().is_some(),
            Source::Member(_) => false,
        }
    }

    /// R-TOK-8.
    fn program<'s>(&'s self, attribute: Attribute, scratch: &'s mut Vec<u8>) -> Option<Scalar<'s>> {
        let program = self.context.program()?;
        let name = match &*program.display_name {
            "" => &program.name,
            given => given,
        };
        described(attribute, name, program.id.0, &program.description, scratch)
    }

    fn campaign<'s>(
        &'s self,
        attribute: Attribute,
        scratch: &'s mut Vec<u8>,
    ) -> Option<Scalar<'s>> {
        let campaign = self.context.campaign()?;
        let name = &campaign.display_name;
        described(
            attribute,
            name,
            campaign.id.0,
            &campaign.description,
            scratch,
        )
    }

    fn scalar<'s>(&self, value: &'s Value, scratch: &'s mut Vec<u8>) -> Scalar<'s> {
        let kind = match value {
            Value::Text(value) => return text(value),
            Value::Date(_) | Value::Datetime(_) => Kind::Text,
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => Kind::Bare,
        };
        scratch.clear();
        value.write_text(self.zone, scratch);
        Scalar {
            text: written(scratch),
            kind,
        }
    }

    fn system<'s>(&self, system: System, scratch: &'s mut Vec<u8>) -> Option<Scalar<'s>> {
        scratch.clear();
        match system {
            System::Date => self.zone.write_system_date(self.now, scratch),
            System::Time => self.zone.write_system_time(self.now, scratch),
            System::DateTime => self.zone.write_system_datetime(self.now, scratch),
            System::Link => return None,
        }
        Some(text(written(scratch)))
    }

    /// A My Token's text with its tokens as plain text.
    fn plain(&self, bound: &Bound, limit: usize) -> Result<String, TooLarge> {
        let (mut out, mut scratch) = (Vec::new(), Vec::new());
        let mut too_large = false;
        bound.template.render(&mut out, |at, out| {
            too_large |= out.len() > limit;
            if too_large {
                return;
            }
            let token = &bound.template.tokens()[at];
            match self.value_in_my(&bound.sources[at], &mut scratch) {
                Some(value) => out.extend_from_slice(value.text.as_bytes()),
                None => out.extend_from_slice(token.default().unwrap_or_default().as_bytes()),
            }
        });
        if too_large || out.len() > limit {
            return Err(TooLarge);
        }
        Ok(String::from_utf8(out).expect("templates and values are text"))
    }
}

/// A token of a campaign or program (R-TOK-8).
fn described<'s>(
    attribute: Attribute,
    name: &'s str,
    id: i64,
    description: &'s str,
    scratch: &'s mut Vec<u8>,
) -> Option<Scalar<'s>> {
    match attribute {
        Attribute::Name => Some(text(name)),
        Attribute::Description => (!description.is_empty()).then(|| text(description)),
        Attribute::Id => {
            scratch.clear();
            scratch.extend_from_slice(id.to_string().as_bytes());
            Some(Scalar {
                text: written(scratch),
                kind: Kind::Bare,
            })
        }
    }
}

/// What a preview without a lead shows in the place of what only a call brings.
fn example<'s>(source: &Source, scratch: &'s mut Vec<u8>) -> Option<Scalar<'s>> {
    scratch.clear();
    let kind = match source {
        Source::Campaign(Attribute::Id) | Source::Program(Attribute::Id) => {
            scratch.extend_from_slice(b"1042");
            Kind::Bare
        }
        Source::Trigger(key) | Source::My(key) | Source::Member(key) => {
            scratch.extend_from_slice(b"Example ");
            scratch.extend_from_slice(key.as_bytes());
            Kind::Text
        }
        Source::Campaign(_) | Source::Program(_) => {
            scratch.extend_from_slice(b"Example");
            Kind::Text
        }
        Source::Field { .. } | Source::System(_) => return None,
    };
    Some(Scalar {
        text: written(scratch),
        kind,
    })
}

fn text(text: &str) -> Scalar<'_> {
    Scalar {
        text,
        kind: Kind::Text,
    }
}

fn written(scratch: &[u8]) -> &str {
    std::str::from_utf8(scratch).expect("what is written here is text")
}

#[cfg(test)]
mod tests;
