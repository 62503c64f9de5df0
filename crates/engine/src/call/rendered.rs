//! A request, rendered whole: URL, headers, payload, and the recipe that the record keeps.

use std::cell::RefCell;

use bytes::Bytes;
use leadhook_http::{HeaderName, HeaderValue, Request, Url};
use leadhook_store::IdempotencyKey;

use super::record::Recipe;
use crate::{
    compile::{CONTENT_TYPE, Compiled, USER_AGENT, basic},
    render::{InvalidUrl, Scene},
    vault::Secret,
};

/// A request, ready to be sent as often as its policy says: all attempts send the same bytes.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    pub(crate) request: Request,
    pub(super) recipe: Recipe,
}

/// Why nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotSent {
    InvalidUrl(String),
    TooLarge,
}

impl NotSent {
    /// The word of R-CALL-4.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            NotSent::InvalidUrl(_) => "INVALID_URL",
            NotSent::TooLarge => "TOO_LARGE",
        }
    }

    /// Why, in a sentence.
    pub(crate) fn detail(&self) -> &str {
        match self {
            NotSent::InvalidUrl(detail) => detail,
            NotSent::TooLarge => "the rendered payload is larger than the limit",
        }
    }
}

impl From<InvalidUrl> for NotSent {
    fn from(error: InvalidUrl) -> NotSent {
        NotSent::InvalidUrl(error.to_string())
    }
}

/// Buffers that are used again from call to call on a thread.
#[derive(Default)]
struct Scratch {
    number: Vec<u8>,
    header: Vec<u8>,
    payload: Vec<u8>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// A payload buffer that grew beyond this is not kept.
const KEPT_BUFFER: usize = 64 << 10;

/// Renders a call.
pub(crate) fn render(
    webhook: &Compiled,
    scene: &Scene<'_>,
    key: &IdempotencyKey,
    max_payload: usize,
) -> Result<Rendered, NotSent> {
    SCRATCH.with_borrow_mut(|scratch| {
        let mut recipe = Recipe::new(USER_AGENT);
        let (url, credentials) = url(webhook, scene, scratch, &mut recipe)?;
        let mut headers = headers(webhook, scene, scratch, &mut recipe);
        headers.push((
            HeaderName::from_static("idempotency-key"),
            ascii(&key.to_string()),
        ));
        if let Some(authorization) = authorization(webhook, credentials, &headers)? {
            headers.push((
                HeaderName::from_static("authorization"),
                ascii(authorization.expose()),
            ));
        }
        let body = payload(webhook, scene, scratch, max_payload)?;
        if body.is_empty() {
            headers.retain(|(name, _)| !is_default(webhook, name));
        }
        let request = Request {
            method: webhook.method,
            url,
            headers,
            body,
            timeout: webhook.timeout,
        };
        Ok(Rendered { request, recipe })
    })
}

fn url(
    webhook: &Compiled,
    scene: &Scene<'_>,
    scratch: &mut Scratch,
    recipe: &mut Recipe,
) -> Result<(Url, Option<Vec<u8>>), NotSent> {
    let rendered = webhook.url.render(scene, &mut scratch.number)?;
    match &rendered.values {
        Some(values) => {
            recipe.url_values(values.iter().map(|range| &rendered.text[range.clone()]));
        }
        None => recipe.whole_url(&rendered.text),
    }
    let url = Url::parse(&rendered.text).map_err(|_| InvalidUrl::NoUrl)?;
    Ok((url, rendered.credentials))
}

fn headers(
    webhook: &Compiled,
    scene: &Scene<'_>,
    scratch: &mut Scratch,
    recipe: &mut Recipe,
) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = Vec::with_capacity(webhook.headers.len() + webhook.default_headers.len() + 2);
    for header in &webhook.headers {
        scratch.header.clear();
        header
            .value
            .render(scene, &mut scratch.number, &mut scratch.header, |token| {
                if !header.sensitive {
                    recipe.push(token);
                }
            });
        let value = HeaderValue::from_bytes(&scratch.header)
            .expect("neither the template's own text nor a written value holds a control");
        headers.push((header.name.clone(), value));
    }
    for header in &webhook.default_headers {
        headers.push((
            HeaderName::from_static(header.name),
            HeaderValue::from_static(header.value),
        ));
    }
    headers
}

/// Userinfo that a My Token brought in beside another Authorization cannot be told from a mistake: nothing is sent.
fn authorization(
    webhook: &Compiled,
    credentials: Option<Vec<u8>>,
    headers: &[(HeaderName, HeaderValue)],
) -> Result<Option<Secret>, NotSent> {
    let Some(credentials) = credentials else {
        return Ok(webhook.authorization.clone());
    };
    if webhook.authorization.is_some() || headers.iter().any(|(name, _)| name == "authorization") {
        return Err(NotSent::InvalidUrl(
            "the rendered URL holds a user and password beside another authorization".to_owned(),
        ));
    }
    Ok(Some(basic(&credentials)))
}

/// Whether the header is the default Content-Type, which stands nowhere without a body (R-HDR-2).
fn is_default(webhook: &Compiled, name: &HeaderName) -> bool {
    name == CONTENT_TYPE
        && webhook
            .default_headers
            .iter()
            .any(|header| header.name == CONTENT_TYPE)
}

fn payload(
    webhook: &Compiled,
    scene: &Scene<'_>,
    scratch: &mut Scratch,
    max_payload: usize,
) -> Result<Bytes, NotSent> {
    let Some(payload) = &webhook.payload else {
        return Ok(Bytes::new());
    };
    let Scratch {
        number,
        payload: buffer,
        ..
    } = scratch;
    buffer.clear();
    payload.render(scene, number, buffer);
    let body = if buffer.len() > max_payload {
        Err(NotSent::TooLarge)
    } else {
        Ok(Bytes::copy_from_slice(buffer))
    };
    if buffer.capacity() > KEPT_BUFFER {
        *buffer = Vec::new();
    }
    body
}

fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("it is made of visible ASCII")
}
