//! What of a request is recorded, and how the request is made again from it.
//!
//! URL and headers stand once, with the webhook's version; a call keeps only what its tokens became. Secrets are kept
//! nowhere: sensitive headers, Authorization and userinfo are made again as `[redacted]`, or not at all (R-DEF-4, R-URL-4).

use bytes::Bytes;
use leadhook_store::{Definition, HeaderText, IdempotencyKey, RecordedRequest};
use leadhook_token::{Segment, Template};

use super::rendered::Rendered;
use crate::{
    REDACTED,
    compile::{CONTENT_TYPE, DefaultHeader, default_headers, method},
    render::trim,
};

/// A request as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method.
    pub method: &'static str,
    /// Without userinfo.
    pub url: String,
    /// In the order in which they were sent; Host and Content-Length are not among them.
    pub headers: Vec<(String, String)>,
    /// The payload.
    pub body: Bytes,
}

/// The texts that a record keeps of URL and headers, framed by their lengths.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recipe(Vec<u8>);

/// The URL as a whole stands in the recipe: userinfo was taken out of it, so its tokens alone would not make it again.
const WHOLE_URL: u8 = 1;
const URL_VALUES: u8 = 0;

impl Recipe {
    pub(super) fn new(user_agent: &str) -> Recipe {
        let mut recipe = Recipe::default();
        recipe.push(user_agent.as_bytes());
        recipe
    }

    pub(super) fn whole_url(&mut self, url: &str) {
        self.0.push(WHOLE_URL);
        self.push(url.as_bytes());
    }

    pub(super) fn url_values<'a>(&mut self, values: impl Iterator<Item = &'a str>) {
        self.0.push(URL_VALUES);
        values.for_each(|value| self.push(value.as_bytes()));
    }

    /// A text, behind its length as a LEB128 number.
    pub(super) fn push(&mut self, text: &[u8]) {
        let mut len = text.len();
        while len >= 0x80 {
            self.0.push((len & 0x7f) as u8 | 0x80);
            len >>= 7;
        }
        self.0.push(len as u8);
        self.0.extend_from_slice(text);
    }
}

impl Rendered {
    /// What is recorded of it.
    pub(crate) fn recorded(&self) -> RecordedRequest {
        RecordedRequest {
            values: Bytes::copy_from_slice(&self.recipe.0),
            body: self.request.body.clone(),
        }
    }
}

/// What the requests of one version have in common: its templates, parsed once, that records are filled into.
#[derive(Debug)]
pub(crate) struct RequestShape {
    method: &'static str,
    url: Template,
    custom_headers: Vec<CustomHeader>,
    default_headers: Vec<DefaultHeader>,
    is_authenticated: bool,
}

#[derive(Debug)]
struct CustomHeader {
    name: String,
    /// None: shown as `[redacted]`.
    value: Option<Template>,
}

impl RequestShape {
    /// None when a template does not parse: the definition was written under other rules.
    pub(crate) fn new<S>(definition: &Definition<S>) -> Option<RequestShape> {
        let custom_header = |header: &leadhook_store::CustomHeader<S>| {
            let value = match &header.value {
                HeaderText::Plain(text) if !header.key.eq_ignore_ascii_case("authorization") => {
                    Some(Template::parse(text).ok()?)
                }
                _ => None,
            };
            Some(CustomHeader {
                name: header.key.to_ascii_lowercase(),
                value,
            })
        };
        Some(RequestShape {
            method: method(definition.request_type).as_str(),
            url: Template::parse(&definition.url).ok()?,
            custom_headers: definition
                .custom_headers
                .iter()
                .map(custom_header)
                .collect::<Option<_>>()?,
            default_headers: default_headers(definition),
            is_authenticated: definition.authentication.is_some(),
        })
    }

    /// Makes a recorded request again; none when the record is not of this version.
    pub(crate) fn rebuild(
        &self,
        recorded: &RecordedRequest,
        key: &IdempotencyKey,
    ) -> Option<HttpRequest> {
        let mut reader = Reader(&recorded.values);
        let user_agent = reader.text()?;
        let (url, had_userinfo) = match reader.byte()? {
            WHOLE_URL => (reader.text()?.to_owned(), true),
            _ => {
                let filled = fill(&self.url, &mut reader)?;
                let sent = filled.split('#').next().unwrap_or_default();
                (sent.to_owned(), false)
            }
        };
        let mut headers = Vec::new();
        for header in &self.custom_headers {
            let value = match &header.value {
                Some(template) => {
                    let mut value = fill(template, &mut reader)?.into_bytes();
                    trim(&mut value, 0);
                    String::from_utf8(value).ok()?
                }
                None => REDACTED.to_owned(),
            };
            headers.push((header.name.clone(), value));
        }
        for header in &self.default_headers {
            if header.name == CONTENT_TYPE && recorded.body.is_empty() {
                continue;
            }
            let value = if header.name == "user-agent" {
                user_agent
            } else {
                header.value
            };
            headers.push((header.name.to_owned(), value.to_owned()));
        }
        headers.push(("idempotency-key".to_owned(), key.to_string()));
        if had_userinfo || self.is_authenticated {
            headers.push(("authorization".to_owned(), REDACTED.to_owned()));
        }
        Some(HttpRequest {
            method: self.method,
            url,
            headers,
            body: recorded.body.clone(),
        })
    }
}

/// A template with each token replaced by the next recorded text.
fn fill(template: &Template, reader: &mut Reader<'_>) -> Option<String> {
    let mut text = String::new();
    for segment in template.segments() {
        text.push_str(match segment {
            Segment::Text(own) => own,
            Segment::Token(..) => reader.text()?,
        });
    }
    Some(text)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn text(&mut self) -> Option<&'a str> {
        let mut len = 0_usize;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            len |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                break;
            }
            shift += 7;
        }
        let (text, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}
