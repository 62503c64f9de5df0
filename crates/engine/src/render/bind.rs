//! Binds the tokens of a template: each to the place that its value comes from (R-TOK-1, -3).

use leadhook_field::{FieldId, FieldType, Object, Schema};
use leadhook_store::Projection;
use leadhook_token::{Errors, MAX_FAULTS, Position, Scope, Template, Token, name_key};

use super::understood::Understood;
use crate::error::Violation;

/// A template whose tokens are bound.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub(crate) template: Template,
    /// For each token of the template, in order.
    pub(crate) sources: Vec<Source>,
}

/// Where a token's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A lead or company field, at a slot of the projection.
    Field {
        field: FieldId,
        object: Object,
        field_type: FieldType,
        slot: usize,
    },
    System(System),
    /// A trigger token that the call's context may bring, by its key.
    Trigger(Box<str>),
    /// A My Token in scope, by its key.
    My(Box<str>),
    /// A field of the lead's membership, by its key.
    Member(Box<str>),
    Campaign(Attribute),
    Program(Attribute),
}

/// A system token (R-TOK-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    Date,
    Time,
    DateTime,
    /// One of the links that only e-mails have: no value here.
    Link,
}

/// What campaigns and programs tell of themselves (R-TOK-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    Name,
    Id,
    Description,
}

/// What is wrong with a template, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) position: Position,
    pub(crate) message: String,
    /// The same in words none of which is the template's: the template may be a secret.
    pub(crate) wordless: &'static str,
    pub(crate) suggestion: Option<String>,
}

impl System {
    pub(crate) const ALL: [(&'static str, System); 6] = [
        ("date", System::Date),
        ("time", System::Time),
        ("dateTime", System::DateTime),
        ("forwardToFriendLink", System::Link),
        ("unsubscribeLink", System::Link),
        ("viewAsWebpageLink", System::Link),
    ];
}

impl Attribute {
    pub(crate) const ALL: [(&'static str, Attribute); 3] = [
        ("Name", Attribute::Name),
        ("Id", Attribute::Id),
        ("Description", Attribute::Description),
    ];
}

/// Whether the text of such tokens is given by who runs the campaign rather than by a lead or a service (R-URL-3).
pub(crate) fn is_trusted(scope: Scope) -> bool {
    match scope {
        Scope::My | Scope::Program | Scope::Campaign | Scope::System => true,
        Scope::Lead | Scope::Company | Scope::Member | Scope::Trigger => false,
    }
}

impl Source {
    /// The scope of tokens with this source.
    pub(crate) fn scope(&self) -> Scope {
        match self {
            Source::Field { object, .. } => scope_of(*object),
            Source::System(_) => Scope::System,
            Source::Trigger(_) => Scope::Trigger,
            Source::My(_) => Scope::My,
            Source::Member(_) => Scope::Member,
            Source::Campaign(_) => Scope::Campaign,
            Source::Program(_) => Scope::Program,
        }
    }
}

fn scope_of(object: Object) -> Scope {
    match object {
        Object::Lead => Scope::Lead,
        Object::Company => Scope::Company,
    }
}

impl Bound {
    /// Parses and binds a template.
    ///
    /// # Errors
    /// All faults of its grammar and all names that no field or token bears, in order.
    pub(crate) fn new(text: &str, schema: &Schema) -> Result<Bound, Vec<Fault>> {
        Bound::of(Template::parse(text), schema, |_, _| ())
    }

    /// Binds a template that is parsed; `check` tells what else is wrong with what is understood of it.
    ///
    /// # Errors
    /// As [`new`](Bound::new), with the faults of `check` among them.
    pub(crate) fn of(
        parsed: Result<Template, Errors>,
        schema: &Schema,
        check: impl FnOnce(Understood<'_>, &mut Vec<Fault>),
    ) -> Result<Bound, Vec<Fault>> {
        let (mut sources, mut faults) = (Vec::new(), Vec::new());
        if let Err(errors) = &parsed {
            faults.extend(errors.iter().map(Fault::of));
        }
        if let Some(understood) = Understood::of(&parsed) {
            for token in understood.template.tokens() {
                match resolve(token, schema) {
                    Ok(source) => sources.push(source),
                    Err(fault) => faults.push(fault),
                }
            }
            check(understood, &mut faults);
        }
        match parsed {
            Ok(template) if faults.is_empty() => Ok(Bound { template, sources }),
            _ => {
                faults.sort_by_key(|fault| fault.position.offset);
                faults.truncate(MAX_FAULTS);
                Err(faults)
            }
        }
    }

    /// Tells each field its slot in the projection.
    pub(crate) fn place(&mut self, projection: &Projection) {
        for source in &mut self.sources {
            let Source::Field {
                field,
                object,
                slot,
                ..
            } = source
            else {
                continue;
            };
            let (fields, before) = match object {
                Object::Lead => (&projection.lead, 0),
                Object::Company => (&projection.company, projection.lead.len()),
            };
            let at = fields
                .binary_search(field)
                .expect("a projection is made of all its sources");
            *slot = before + at;
        }
    }
}

/// The projection of all fields that the templates name.
pub(crate) fn projection<'a>(templates: impl IntoIterator<Item = &'a Bound>) -> Projection {
    let mut projection = Projection::default();
    for source in templates.into_iter().flat_map(|bound| &bound.sources) {
        match source {
            Source::Field {
                field,
                object: Object::Lead,
                ..
            } => projection.lead.push(*field),
            Source::Field {
                field,
                object: Object::Company,
                ..
            } => projection.company.push(*field),
            _ => {}
        }
    }
    for fields in [&mut projection.lead, &mut projection.company] {
        fields.sort_unstable();
        fields.dedup();
    }
    projection
}

fn resolve(token: &Token, schema: &Schema) -> Result<Source, Fault> {
    let key = || name_key(token.name()).into_boxed_str();
    match token.scope() {
        Scope::Lead => resolve_field(token, Object::Lead, schema),
        Scope::Company => resolve_field(token, Object::Company, schema),
        Scope::System => choose(token, &System::ALL).map(Source::System),
        Scope::Campaign => choose(token, &Attribute::ALL).map(Source::Campaign),
        Scope::Program => choose(token, &Attribute::ALL).map(Source::Program),
        Scope::Trigger => Ok(Source::Trigger(key())),
        Scope::My => Ok(Source::My(key())),
        Scope::Member => Ok(Source::Member(key())),
    }
}

fn resolve_field(token: &Token, object: Object, schema: &Schema) -> Result<Source, Fault> {
    if let Some(field) = schema.find_in(object, token.name()) {
        return Ok(Source::Field {
            field: field.id,
            object,
            field_type: field.field_type,
            slot: 0,
        });
    }
    let other = match object {
        Object::Lead => Object::Company,
        Object::Company => Object::Lead,
    };
    let near = schema
        .find_in(other, token.name())
        .or_else(|| schema.suggest(Some(object), token.name()))
        .or_else(|| schema.suggest(Some(other), token.name()));
    let message = format!("no {} field is called `{}`", scope_of(object), token.name());
    let suggestion =
        near.map(|field| format!("{{{{{}.{}}}}}", scope_of(field.object), field.display_name));
    Err(Fault::of_token(token.position(), message).suggest(suggestion))
}

fn choose<T: Copy>(token: &Token, known: &[(&str, T)]) -> Result<T, Fault> {
    let key = name_key(token.name());
    if let Some((_, found)) = known.iter().find(|(name, _)| name_key(name) == key) {
        return Ok(*found);
    }
    let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
    let near = names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&name_key(name), &key), name))
        .min()
        .filter(|(distance, name)| *distance <= name.len().div_ceil(3));
    let message = format!(
        "the scope {} has no token `{}`; it has {}",
        token.scope(),
        token.name(),
        names.join(", ")
    );
    let suggestion = near.map(|(_, name)| format!("{{{{{}.{name}}}}}", token.scope()));
    Err(Fault::of_token(token.position(), message).suggest(suggestion))
}

impl Fault {
    fn of(error: &leadhook_token::Error) -> Fault {
        Fault::of_token(error.position(), error.message().to_owned())
            .suggest(error.suggestion().map(str::to_owned))
    }

    fn of_token(position: Position, message: String) -> Fault {
        let wordless = "a token is malformed or names what does not exist";
        Fault::new(position, message, wordless)
    }

    /// A fault without a suggestion.
    pub(crate) fn new(position: Position, message: String, wordless: &'static str) -> Fault {
        Fault {
            position,
            message,
            wordless,
            suggestion: None,
        }
    }

    /// The same fault with what may have been meant.
    pub(crate) fn suggest(self, suggestion: Option<String>) -> Fault {
        Fault { suggestion, ..self }
    }

    /// As a violation of the field that holds the template.
    pub(crate) fn at(self, field: &str) -> Violation {
        Violation {
            field: field.to_owned(),
            message: format!("{}: {}", self.position, self.message),
            suggestion: self.suggestion.unwrap_or_default(),
        }
    }

    /// The same fault, told without any word of the template.
    pub(crate) fn without_words(self) -> Fault {
        Fault {
            message: self.wordless.to_owned(),
            suggestion: None,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
