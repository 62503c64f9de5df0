//! What is merely suspicious about a webhook (R-DEF-3): it can be saved, but probably not as it was meant.

use leadhook_field::{FieldType, Zone};
use leadhook_mapping::{Format, Outcome, Path, Plan, Reason, Target};
use leadhook_store::{Definition, RequestTokenEncoding, ResponseType};
use leadhook_token::{Position, Segment};

use super::{preview::Warning, userinfo::Userinfo};
use crate::{
    call::HttpRequest,
    compile::Compiled,
    render::{Bound, Context, Payload, Source, System},
};

/// Looks a webhook over. `request` is what it renders to.
pub(super) fn of<S>(
    definition: &Definition<S>,
    webhook: &Compiled,
    context: &Context,
    request: &HttpRequest,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (location, bound) in webhook.templates() {
        tokens(&location, bound, context, &mut warnings);
        near_misses(&location, bound, &mut warnings);
    }
    if Userinfo::find(&definition.url).is_some() {
        warnings.push(warning(
            "url",
            "a user and password are typed into the URL",
            "use authentication.basic, which keeps the password out of sight and the URL readable",
        ));
    }
    if let Some(payload) = &webhook.payload {
        body(definition, payload, request, &mut warnings);
    }
    if definition.response_type == ResponseType::None && !definition.response_mappings.is_empty() {
        warnings.push(warning(
            "response_mappings",
            "the response type is NONE, so nothing is mapped",
            "set response_type to JSON or XML",
        ));
    }
    warnings
}

fn warning(location: impl Into<String>, message: &str, suggestion: &str) -> Warning {
    Warning {
        location: location.into(),
        message: message.to_owned(),
        suggestion: suggestion.to_owned(),
    }
}

fn at(location: &str, position: Position) -> String {
    format!("{location}:{}:{}", position.line, position.column)
}

fn tokens(location: &str, bound: &Bound, context: &Context, warnings: &mut Vec<Warning>) {
    for (token, source) in bound.template.tokens().iter().zip(&bound.sources) {
        let place = at(location, token.position());
        let spelled = format!("{{{{{}.{}}}}}", token.scope(), token.name());
        if let Some(default) = token.default() {
            let letters: String = default
                .chars()
                .filter(|char| char.is_alphanumeric())
                .collect();
            if letters.eq_ignore_ascii_case("editme") {
                warnings.push(warning(
                    place.clone(),
                    &format!("the default of {spelled} is still `{default}`"),
                    "give it a default that may be sent, or none",
                ));
            }
        }
        if let Some(scope) = out_of_scope(source, context) {
            let near = match source {
                Source::My(key) => context.near_my(key),
                _ => None,
            };
            let suggestion = match near {
                Some(near) => format!("did you mean {{{{my.{near}}}}}?"),
                None => "give it a default, or call the webhook where it has a value".to_owned(),
            };
            let message = format!("{spelled} has no value here: {scope}");
            warnings.push(warning(place, &message, &suggestion));
        } else if matches!(source, Source::System(System::Link)) {
            warnings.push(warning(
                place,
                &format!("{spelled} has a value in e-mails only; here it is always empty"),
                "leave it out",
            ));
        }
    }
}

/// Why a token has no value in the given context, if so.
fn out_of_scope(source: &Source, context: &Context) -> Option<&'static str> {
    let has_program = context.program().is_some();
    let campaign = context.campaign();
    match source {
        Source::My(key) if context.my(key).is_some() => None,
        Source::My(_) if has_program => Some("neither the program nor my_tokens has it"),
        Source::My(_) => Some("no campaign, program or my_tokens brings it into scope"),
        Source::Trigger(key) if context.has_trigger(key) => None,
        Source::Trigger(key) if campaign.is_some_and(|it| it.brings(key)) => None,
        Source::Trigger(_) if campaign.is_some() => {
            Some("no trigger of the campaign, nor trigger values, bring it into scope")
        }
        Source::Trigger(_) => Some("no campaign or trigger values bring it into scope"),
        Source::Campaign(_) if campaign.is_some() => None,
        Source::Campaign(_) => Some("no campaign is given"),
        Source::Program(_) | Source::Member(_) if has_program => None,
        Source::Program(_) | Source::Member(_) => Some("no campaign or program is given"),
        Source::Field { .. } | Source::System(_) => None,
    }
}

fn near_misses(location: &str, bound: &Bound, warnings: &mut Vec<Warning>) {
    for miss in bound.template.near_misses() {
        warnings.push(warning(
            at(location, miss.position()),
            &format!("`{}` is sent as plain text: it names no scope", miss.text()),
            miss.suggestion(),
        ));
    }
}

/// What a body looks like, whatever it says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Json,
    Xml,
    Form,
    Text,
}

impl Shape {
    fn of(body: &[u8]) -> Shape {
        match body.trim_ascii_start().first() {
            Some(b'{' | b'[' | b'"') => Shape::Json,
            Some(b'<') => Shape::Xml,
            _ if is_form(body) => Shape::Form,
            _ => Shape::Text,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Shape::Json => "JSON",
            Shape::Xml => "XML",
            Shape::Form => "a form",
            Shape::Text => "text",
        }
    }

    fn encoding(self) -> &'static str {
        match self {
            Shape::Json => "JSON",
            Shape::Xml => "XML",
            Shape::Form => "FORM_URL",
            Shape::Text => "NONE",
        }
    }
}

/// `key=value` pairs with `&` between them, on one line.
fn is_form(body: &[u8]) -> bool {
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.[]%+".contains(byte);
    !body.contains(&b'\n')
        && body.split(|byte| *byte == b'&').all(|pair| {
            let key = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
            key.len() < pair.len() && !key.is_empty() && key.iter().all(is_key)
        })
}

fn body<S>(
    definition: &Definition<S>,
    payload: &Payload,
    request: &HttpRequest,
    warnings: &mut Vec<Warning>,
) {
    const PLACE: &str = "payload_template";
    let shape = Shape::of(&request.body);
    let encoding = definition.request_token_encoding;
    if encoding == RequestTokenEncoding::None
        && shape != Shape::Text
        && !payload.bound.sources.is_empty()
    {
        warnings.push(warning(
            PLACE,
            &format!(
                "the payload looks like {}, but its tokens are not encoded: a value with special characters breaks it",
                shape.word()
            ),
            &format!("set request_token_encoding to {}", shape.encoding()),
        ));
    }
    if let Some(fault) = malformed(shape, &request.body) {
        warnings.push(warning(
            PLACE,
            &format!(
                "the rendered payload is not well-formed {}: {fault}",
                shape.word()
            ),
            "look at the rendered body",
        ));
    }
    if encoding == RequestTokenEncoding::Json {
        quoted_twice(payload, warnings);
    }
    content_type(shape, request, warnings);
}

/// What a reader of the body would stumble over: the same reader as answers have.
fn malformed(shape: Shape, body: &[u8]) -> Option<String> {
    let format = match shape {
        Shape::Json => Format::Json,
        Shape::Xml => Format::Xml,
        Shape::Form | Shape::Text => return None,
    };
    let path = Path::parse(format, "x").expect("a name is a path");
    let plan = Plan::new(format, &[Target::new(path, FieldType::String)]);
    let mut outcomes = Vec::new();
    plan.apply(body, Some("utf-8"), &Zone::utc(), &mut outcomes);
    match outcomes.pop() {
        Some(Outcome::Problem(problem)) if problem.reason == Reason::InvalidResponse => {
            Some(problem.detail)
        }
        _ => None,
    }
}

/// Quotes around a token that the encoding quotes itself: only where the template is not JSON.
fn quoted_twice(payload: &Payload, warnings: &mut Vec<Warning>) {
    let segments: Vec<_> = payload.bound.template.segments().collect();
    for (index, segment) in segments.iter().enumerate() {
        let Segment::Token(at_token, token) = segment else {
            continue;
        };
        let before = index.checked_sub(1).and_then(|index| segments.get(index));
        let text = |segment: Option<&Segment<'_>>| match segment {
            Some(Segment::Text(text)) => (*text).to_owned(),
            _ => String::new(),
        };
        if !payload.in_literal(*at_token)
            && text(before).ends_with('"')
            && text(segments.get(index + 1)).starts_with('"')
        {
            warnings.push(warning(
                at("payload_template", token.position()),
                "the quotes around this token stand beside those that the JSON encoding writes itself",
                "take the quotes away",
            ));
        }
    }
}

fn content_type(shape: Shape, request: &HttpRequest, warnings: &mut Vec<Warning>) {
    let header = request
        .headers
        .iter()
        .find(|(name, _)| name == "content-type");
    let Some((_, value)) = header else { return };
    let media = value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let named = if media.ends_with("json") {
        Shape::Json
    } else if media.ends_with("xml") {
        Shape::Xml
    } else if media.ends_with("x-www-form-urlencoded") {
        Shape::Form
    } else {
        return;
    };
    if shape != named && shape != Shape::Text || (shape == Shape::Text && named != Shape::Form) {
        warnings.push(warning(
            "custom_headers",
            &format!(
                "Content-Type says `{value}`, but the payload looks like {}",
                shape.word()
            ),
            "set request_token_encoding or the Content-Type header to what the payload is",
        ));
    }
}

#[cfg(test)]
mod tests;
