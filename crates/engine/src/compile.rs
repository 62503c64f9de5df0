//! A definition, compiled: what is parsed once is never parsed again. Everything that can be known without a lead is known here.

mod headers;
mod mapping;
mod url;

use std::{sync::Arc, time::Duration};

use leadhook_encoding::{Encoding, json};
use leadhook_field::{FieldId, Schema};
use leadhook_http::Method;
use leadhook_store::{
    Definition, Projection, RequestTokenEncoding, RequestType, ResponseType, RetryPolicy,
};
use leadhook_token::Template;

pub(crate) use self::{
    headers::{CONTENT_TYPE, DefaultHeader, Header, USER_AGENT, basic, default_headers},
    mapping::{Mapping, check_paths},
};
use crate::{
    environment::Settings,
    error::Violation,
    render::{Bound, Fault, Named, Payload, Piece, Understood, UrlTemplate, projection},
    vault::Secret,
};

/// A webhook, ready to be called.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) method: Method,
    pub(crate) url: UrlTemplate,
    pub(crate) payload: Option<Payload>,
    pub(crate) headers: Vec<Header>,
    pub(crate) default_headers: Vec<DefaultHeader>,
    /// Value of the Authorization header that basic or bearer authentication gives.
    pub(crate) authorization: Option<Secret>,
    pub(crate) projection: Arc<Projection>,
    /// What its templates name of a call's context.
    pub(crate) named: Named,
    pub(crate) response_type: ResponseType,
    pub(crate) mapping: Option<Mapping>,
    pub(crate) also_map_codes: Vec<u16>,
    pub(crate) timeout: Duration,
    pub(crate) retry: Option<Retry>,
}

/// A retry policy with its defaults filled in (R-CALL-6).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Retry {
    pub(crate) max_attempts: u32,
    pub(crate) initial_backoff: Duration,
    pub(crate) max_backoff: Duration,
    pub(crate) codes: Vec<u16>,
}

/// Largest payload template, in bytes.
const MAX_TEMPLATE: usize = 1 << 20;
/// Characters at fault that are told of one template; who has more has another text in mind.
const MAX_CHARACTERS: usize = 100;

/// Compiles a definition.
///
/// # Errors
/// All faults, with field paths that begin with `webhook.`.
pub(crate) fn compile(
    definition: &Definition<Secret>,
    schema: &Schema,
    settings: &Settings,
) -> Result<Compiled, Vec<Violation>> {
    let mut faults = Vec::new();
    let encoding = encoding(definition.request_token_encoding);
    let url = url::compile(definition, encoding, schema, &mut faults);
    let payload = payload(definition, schema, &mut faults);
    let headers = headers::compile(definition, schema, &mut faults);
    let mapping = mapping::compile(definition, schema, &mut faults);
    let (Some(mut url), true) = (url, faults.is_empty()) else {
        return Err(faults);
    };
    let mut payload = payload;
    let mut headers = headers;
    let templates = || {
        std::iter::once(&url.bound)
            .chain(&payload)
            .chain(headers.iter().map(|header| &header.value.bound))
    };
    let (projection, named) = (projection(templates()), Named::new(templates()));
    url.bound.place(&projection);
    for bound in payload
        .iter_mut()
        .chain(headers.iter_mut().map(|header| &mut header.value.bound))
    {
        bound.place(&projection);
    }
    Ok(Compiled {
        method: method(definition.request_type),
        url,
        default_headers: default_headers(definition),
        payload: payload.map(|bound| Payload::new(bound, encoding, &settings.zone)),
        headers,
        authorization: headers::authorization(definition),
        projection: Arc::new(projection),
        named,
        response_type: definition.response_type,
        mapping,
        also_map_codes: definition.also_map_codes.clone(),
        timeout: definition.timeout.unwrap_or(settings.max_timeout),
        retry: definition.retry_policy.as_ref().map(Retry::new),
    })
}

impl Compiled {
    /// Whether a token or a mapping names the field.
    pub(crate) fn uses_field(&self, field: FieldId) -> bool {
        self.projection.lead.contains(&field)
            || self.projection.company.contains(&field)
            || self
                .mapping
                .as_ref()
                .is_some_and(|mapping| mapping.writes(field))
    }

    /// All its templates with the places they stand in, for warnings.
    pub(crate) fn templates(&self) -> impl Iterator<Item = (String, &Bound)> {
        let url = ("url".to_owned(), &self.url.bound);
        let payload = self
            .payload
            .iter()
            .map(|payload| ("payload_template".to_owned(), &payload.bound));
        let headers = self
            .headers
            .iter()
            .enumerate()
            .map(|(at, header)| (format!("custom_headers[{at}].value"), &header.value.bound));
        std::iter::once(url).chain(payload).chain(headers)
    }
}

impl Retry {
    const CODES: [u16; 7] = [408, 425, 429, 500, 502, 503, 504];

    fn new(policy: &RetryPolicy) -> Retry {
        Retry {
            max_attempts: if policy.max_attempts == 0 {
                5
            } else {
                policy.max_attempts
            },
            initial_backoff: policy.initial_backoff.unwrap_or(Duration::from_secs(1)),
            max_backoff: policy.max_backoff.unwrap_or(Duration::from_secs(600)),
            codes: if policy.retry_codes.is_empty() {
                Self::CODES.to_vec()
            } else {
                policy.retry_codes.clone()
            },
        }
    }
}

pub(crate) fn encoding(encoding: RequestTokenEncoding) -> Encoding {
    match encoding {
        RequestTokenEncoding::None => Encoding::None,
        RequestTokenEncoding::Json => Encoding::Json,
        RequestTokenEncoding::FormUrl => Encoding::FormUrl,
        RequestTokenEncoding::Xml => Encoding::Xml,
    }
}

pub(crate) fn method(request_type: RequestType) -> Method {
    match request_type {
        RequestType::Get => Method::Get,
        RequestType::Post => Method::Post,
        RequestType::Put => Method::Put,
        RequestType::Patch => Method::Patch,
        RequestType::Delete => Method::Delete,
    }
}

fn payload(
    definition: &Definition<Secret>,
    schema: &Schema,
    faults: &mut Vec<Violation>,
) -> Option<Bound> {
    const FIELD: &str = "webhook.payload_template";
    let typed = &definition.payload_template;
    if typed.is_empty() {
        return None;
    }
    if typed.len() > MAX_TEMPLATE {
        faults.push(Violation::new(
            FIELD,
            format!("has {} bytes; at most {MAX_TEMPLATE} are sent", typed.len()),
        ));
        return None;
    }
    let parsed = if definition.marketo_escapes {
        Template::parse_marketo(typed)
    } else {
        Template::parse(typed)
    };
    let check = |understood: Understood<'_>, faults: &mut Vec<_>| {
        if definition.request_token_encoding == RequestTokenEncoding::Json {
            check_escapes(understood, faults);
        }
    };
    match Bound::of(parsed, schema, check) {
        Ok(bound) => Some(bound),
        Err(errors) => {
            faults.extend(errors.into_iter().map(|fault| fault.at(FIELD)));
            None
        }
    }
}

/// A backslash right before a token would escape the first character of its value, and so let a value end the literal that it stands in.
fn check_escapes(understood: Understood<'_>, faults: &mut Vec<Fault>) {
    let mut literals = json::Literals::default();
    for piece in understood.pieces() {
        match piece {
            Piece::Text(_, text) => literals.text(text),
            Piece::Token(token) => {
                if literals.is_escaping() {
                    let message = format!(
                        "a backslash stands right before {{{{{}.{}}}}} in a JSON string",
                        token.scope(),
                        token.name()
                    );
                    let wordless = "a backslash stands right before a token in a JSON string";
                    let fault = Fault::new(token.position(), message, wordless);
                    faults.push(fault.suggest(Some("two backslashes".to_owned())));
                }
                literals.token();
            }
            // It would have been a token, or is an escape that is no end of a literal.
            Piece::Malformed => {
                literals.token();
            }
        }
    }
}

#[cfg(test)]
mod tests;
