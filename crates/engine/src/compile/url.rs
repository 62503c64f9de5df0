//! The URL template: what can be said of it before any value is known (R-URL-1, -3).

use leadhook_encoding::{Encoding, url};
use leadhook_field::Schema;
use leadhook_http::Url;
use leadhook_store::Definition;
use leadhook_token::{Position, Segment};

use crate::{
    REDACTED,
    error::Violation,
    render::{Bound, UrlTemplate},
    vault::Secret,
    webhook::Userinfo,
};

const FIELD: &str = "webhook.url";
/// Largest URL template, in bytes: a rendered URL has at most 8 KiB, names of tokens take more room than their values.
const MAX_TEMPLATE: usize = 32 << 10;

pub(super) fn compile(
    definition: &Definition<Secret>,
    encoding: Encoding,
    schema: &Schema,
    faults: &mut Vec<Violation>,
) -> Option<UrlTemplate> {
    let text = with_password(definition);
    let text = text.expose();
    if text.is_empty() || text.len() > MAX_TEMPLATE {
        faults.push(Violation::new(
            FIELD,
            format!(
                "is required, with at most {MAX_TEMPLATE} bytes; it has {}",
                text.len()
            ),
        ));
        return None;
    }
    let hidden = definition.url_password.is_some();
    let bound = match Bound::new(text, schema) {
        Ok(bound) => bound,
        Err(errors) => {
            faults.extend(
                errors
                    .into_iter()
                    .map(|fault| if hidden { fault.without_words() } else { fault }.at(FIELD)),
            );
            return None;
        }
    };
    let before = faults.len();
    check_characters(text, &bound, faults);
    check_authority(&bound, faults);
    if faults.len() == before {
        check_form(&bound, faults);
    }
    (faults.len() == before).then_some(UrlTemplate { bound, encoding })
}

/// The URL as it was typed.
fn with_password(definition: &Definition<Secret>) -> Secret {
    let mut url = definition.url.clone();
    let place = Userinfo::find(&url)
        .and_then(|userinfo| userinfo.password)
        .filter(|range| &url[range.clone()] == REDACTED);
    if let (Some(range), Some(password)) = (place, &definition.url_password) {
        url.replace_range(range, password.expose());
    }
    Secret::new(url)
}

/// Faults that are told; who has more has another text in mind.
const MAX_FAULTS: usize = 100;

/// R-URL-1: what a request line cannot carry.
fn check_characters(text: &str, bound: &Bound, faults: &mut Vec<Violation>) {
    let mut offset = 0;
    for segment in bound.template.segments() {
        let own = match segment {
            Segment::Text(own) => own,
            Segment::Token(_, token) => {
                offset = token.span().end;
                continue;
            }
        };
        let forbidden = own.char_indices().filter(|(_, char)| url::forbidden(*char));
        for (at, char) in forbidden.take(MAX_FAULTS.saturating_sub(faults.len())) {
            let mut encoded = Vec::new();
            url::write_raw(char.encode_utf8(&mut [0; 4]), &mut encoded);
            let encoded = String::from_utf8(encoded).expect("percent-encoded text is ASCII");
            faults.push(
                Violation::new(
                    FIELD,
                    format!(
                        "{}: a URL cannot hold `{}`",
                        Position::of(text, offset + at),
                        char.escape_debug()
                    ),
                )
                .suggest(encoded),
            );
        }
        offset += own.len();
    }
}

/// R-URL-3: no value of a lead, company, member or trigger where the template itself shows the authority to be.
fn check_authority(bound: &Bound, faults: &mut Vec<Violation>) {
    let mut text = String::new();
    for segment in bound.template.segments() {
        match segment {
            Segment::Text(own) => {
                text.push_str(own);
                let ended = text
                    .find("://")
                    .is_some_and(|at| text[at + 3..].contains(['/', '?', '#']));
                if ended {
                    return;
                }
            }
            // It may hold the rest of the authority: from here on only the rendered text can tell.
            Segment::Token(at, _) if bound.sources[at].is_trusted() => return,
            Segment::Token(_, token) => faults.push(Violation::new(
                FIELD,
                format!(
                    "{}: {{{{{}.{}}}}} stands in the scheme, host or port, which may come from the URL itself and from my, \
                     program, campaign and system tokens only",
                    token.position(),
                    token.scope(),
                    token.name()
                ),
            )),
        }
    }
}

/// The URL must be one once its tokens are filled in; each stands for `1` here. Where a token begins it, only the call can tell.
fn check_form(bound: &Bound, faults: &mut Vec<Violation>) {
    let mut example = String::new();
    for segment in bound.template.segments() {
        match segment {
            Segment::Text(text) => example.push_str(text),
            Segment::Token(..) if !example.contains("://") => return,
            Segment::Token(..) => example.push('1'),
        }
    }
    // Userinfo never reaches the parser when a call is made, and holds a secret.
    if let Some(userinfo) = Userinfo::find(&example) {
        example.replace_range(userinfo.whole.start..=userinfo.whole.end, "");
    }
    if let Err(error) = Url::parse(&example) {
        let fault = Violation::new(FIELD, error.to_string());
        faults.push(if example.contains("://") {
            fault
        } else {
            fault.suggest(format!("https://{example}"))
        });
    }
}
