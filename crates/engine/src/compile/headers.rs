//! Headers: which may be set, and which stand there when nobody sets them (R-HDR-1, -2).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use leadhook_field::Schema;
use leadhook_http::HeaderName;
use leadhook_store::{Authentication, Definition, HeaderText, RequestTokenEncoding, ResponseType};
use leadhook_token::{Position, Template};

use super::MAX_CHARACTERS;
use crate::{
    error::Violation,
    render::{Bound, Fault, HeaderTemplate, Piece, Understood},
    vault::Secret,
    webhook::Userinfo,
};

/// A custom header, ready to be rendered.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderTemplate,
    /// Recorded and shown as `[redacted]`: so it was saved, or it is Authorization (R-DEF-4).
    pub(crate) sensitive: bool,
}

/// A header that stands there when no custom one of its name does. The Idempotency-Key is not among them: it is each call's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DefaultHeader {
    pub(crate) name: &'static str,
    pub(crate) value: &'static str,
}

/// The User-Agent of this version.
pub(crate) const USER_AGENT: &str = concat!("leadhook/", env!("CARGO_PKG_VERSION"));

/// The default header that depends on whether there is a body.
pub(crate) const CONTENT_TYPE: &str = "content-type";

/// Headers that the connection or the engine owns.
const OWNED: [&str; 11] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "keep-alive",
    "proxy-connection",
    "idempotency-key",
];

/// The default headers of a definition, those left out that a custom one replaces.
pub(crate) fn default_headers<S>(definition: &Definition<S>) -> Vec<DefaultHeader> {
    let content_type = match definition.request_token_encoding {
        RequestTokenEncoding::Json => "application/json",
        RequestTokenEncoding::FormUrl => "application/x-www-form-urlencoded",
        RequestTokenEncoding::Xml => "application/xml",
        RequestTokenEncoding::None => "text/plain; charset=utf-8",
    };
    let accept = match definition.response_type {
        ResponseType::Json => "application/json",
        ResponseType::Xml => "application/xml, text/xml",
        ResponseType::None => "*/*",
    };
    let all = [
        (CONTENT_TYPE, content_type),
        ("accept", accept),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("user-agent", USER_AGENT),
    ];
    all.into_iter()
        .filter(|(name, _)| *name != CONTENT_TYPE || !definition.payload_template.is_empty())
        .filter(|(name, _)| {
            !definition
                .custom_headers
                .iter()
                .any(|header| header.key.eq_ignore_ascii_case(name))
        })
        .map(|(name, value)| DefaultHeader { name, value })
        .collect()
}

/// The Authorization header of a definition's authentication.
pub(super) fn authorization(definition: &Definition<Secret>) -> Option<Secret> {
    match definition.authentication.as_ref()? {
        Authentication::Basic { username, password } => Some(basic(
            format!("{username}:{}", password.expose()).as_bytes(),
        )),
        Authentication::Bearer { token } => Some(Secret::new(format!("Bearer {}", token.expose()))),
    }
}

/// The Basic header of `user:password`.
pub(crate) fn basic(credentials: &[u8]) -> Secret {
    Secret::new(format!("Basic {}", STANDARD.encode(credentials)))
}

pub(super) fn compile(
    definition: &Definition<Secret>,
    schema: &Schema,
    faults: &mut Vec<Violation>,
) -> Vec<Header> {
    exclude_each_other(definition, faults);
    let mut headers = Vec::with_capacity(definition.custom_headers.len());
    for (at, header) in definition.custom_headers.iter().enumerate() {
        let name = name(
            &header.key,
            &format!("webhook.custom_headers[{at}].key"),
            faults,
        );
        let (text, sensitive) = match &header.value {
            HeaderText::Plain(text) => (text.as_str(), false),
            HeaderText::Sensitive(secret) => (secret.expose(), true),
        };
        let field = format!("webhook.custom_headers[{at}].value");
        let value = value(text, sensitive, &field, schema, faults);
        if let (Some(name), Some(bound)) = (name, value) {
            let sensitive = sensitive || name.as_str() == "authorization";
            headers.push(Header {
                name,
                value: HeaderTemplate { bound },
                sensitive,
            });
        }
    }
    headers
}

fn name(key: &str, field: &str, faults: &mut Vec<Violation>) -> Option<HeaderName> {
    let Ok(name) = HeaderName::from_bytes(key.as_bytes()) else {
        faults.push(Violation::new(
            field,
            format!(
                "`{}` is no header name: RFC 9110 allows letters, digits and !#$%&'*+-.^_`|~",
                key.escape_debug()
            ),
        ));
        return None;
    };
    if OWNED.contains(&name.as_str()) {
        faults.push(Violation::new(
            field,
            format!("`{key}` is set by leadhook itself; leave it out"),
        ));
        return None;
    }
    Some(name)
}

fn value(
    text: &str,
    sensitive: bool,
    field: &str,
    schema: &Schema,
    faults: &mut Vec<Violation>,
) -> Option<Bound> {
    let check =
        |understood: Understood<'_>, faults: &mut Vec<_>| check_controls(text, understood, faults);
    match Bound::of(Template::parse(text), schema, check) {
        Ok(bound) => Some(bound),
        Err(told) => {
            // What is wrong with a secret is not told in its own words.
            let told = told.into_iter().map(|fault| {
                if sensitive {
                    fault.without_words()
                } else {
                    fault
                }
            });
            faults.extend(told.map(|fault| fault.at(field)));
            None
        }
    }
}

/// R-HDR-1: what a header line cannot carry.
fn check_controls(text: &str, understood: Understood<'_>, faults: &mut Vec<Fault>) {
    let pieces = understood.pieces().into_iter();
    let own = pieces.filter_map(|piece| match piece {
        Piece::Text(start, own) => Some((start, own)),
        Piece::Token(_) | Piece::Malformed => None,
    });
    let controls = own.flat_map(|(start, own)| {
        let controls = own.char_indices().filter(|(_, char)| char.is_control());
        controls.map(move |(at, _)| start + at)
    });
    for at in controls.take(MAX_CHARACTERS) {
        let message = "a header value cannot hold a control character";
        faults.push(Fault::new(
            Position::of(text, at),
            message.to_owned(),
            message,
        ));
    }
}

/// Authorization is given in one way (R-HDR-1).
fn exclude_each_other(definition: &Definition<Secret>, faults: &mut Vec<Violation>) {
    let header = definition
        .custom_headers
        .iter()
        .position(|header| header.key.eq_ignore_ascii_case("authorization"));
    let ways = [
        Userinfo::find(&definition.url).map(|_| ("webhook.url", "user and password in the URL")),
        definition
            .authentication
            .as_ref()
            .map(|_| ("webhook.authentication", "authentication")),
        header.map(|_| ("webhook.custom_headers", "an Authorization header")),
    ];
    let given: Vec<_> = ways.into_iter().flatten().collect();
    if given.len() > 1 {
        let words: Vec<_> = given.iter().map(|(_, word)| *word).collect();
        let field = match (given[given.len() - 1].0, header) {
            ("webhook.custom_headers", Some(at)) => format!("webhook.custom_headers[{at}].key"),
            (field, _) => field.to_owned(),
        };
        faults.push(Violation::new(
            field,
            format!(
                "{} exclude each other: give one of them",
                words.join(" and ")
            ),
        ));
    }
}
