//! The URL template: what can be said of it before any value is known (R-URL-1, -3).

use leadhook_encoding::{Encoding, url};
use leadhook_field::Schema;
use leadhook_http::Url;
use leadhook_store::Definition;
use leadhook_token::{NearMiss, Position, Segment, Template};

use super::MAX_CHARACTERS;
use crate::{
    REDACTED,
    error::Violation,
    render::{Bound, Fault, Piece, Understood, UrlTemplate, is_trusted},
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
    let check = |understood: Understood<'_>, faults: &mut Vec<_>| {
        check_characters(text, understood, faults);
        check_authority(understood, faults);
    };
    let bound = Bound::of(Template::parse(text), schema, check).and_then(|bound| {
        check_form(text, &bound)?;
        Ok(bound)
    });
    match bound {
        Ok(bound) => Some(UrlTemplate { bound, encoding }),
        Err(told) => {
            let hidden = definition.url_password.is_some();
            let told = told
                .into_iter()
                .map(|fault| if hidden { fault.without_words() } else { fault });
            faults.extend(told.map(|fault| fault.at(FIELD)));
            None
        }
    }
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

/// R-URL-1: what a request line cannot carry. Where it stands in what looks like a token of a misspelt scope, that is told instead.
fn check_characters(text: &str, understood: Understood<'_>, faults: &mut Vec<Fault>) {
    let misses: Vec<_> = understood
        .template
        .near_misses()
        .into_iter()
        .filter(|miss| miss.text().contains(url::forbidden))
        .filter(|miss| !understood.is_malformed(miss.position().offset))
        .take(MAX_CHARACTERS)
        .collect();
    faults.extend(misses.iter().map(near_miss));
    let in_miss = |at: usize| {
        let mut misses = misses.iter();
        misses.any(|miss| {
            let start = miss.position().offset;
            (start..start + miss.text().len()).contains(&at)
        })
    };
    let pieces = understood.pieces().into_iter();
    let own = pieces.filter_map(|piece| match piece {
        Piece::Text(start, own) => Some((start, own)),
        Piece::Token(_) | Piece::Malformed => None,
    });
    let characters = own.flat_map(|(start, own)| {
        let characters = own.char_indices();
        characters.map(move |(at, char)| (start + at, char))
    });
    let forbidden = characters.filter(|(at, char)| url::forbidden(*char) && !in_miss(*at));
    for (at, char) in forbidden.take(MAX_CHARACTERS) {
        let mut encoded = Vec::new();
        url::write_raw(char.encode_utf8(&mut [0; 4]), &mut encoded);
        let encoded = String::from_utf8(encoded).expect("percent-encoded text is ASCII");
        let message = format!("a URL cannot hold `{}`", char.escape_debug());
        let wordless = "a character stands here that a URL cannot hold";
        let fault = Fault::new(Position::of(text, at), message, wordless);
        faults.push(fault.suggest(Some(encoded)));
    }
}

fn near_miss(miss: &NearMiss) -> Fault {
    let message = format!(
        "`{}` names no scope, and a URL cannot hold it as text",
        miss.text()
    );
    let wordless = "braces stand here that name no scope, and that a URL cannot hold as text";
    Fault::new(miss.position(), message, wordless).suggest(Some(miss.suggestion().to_owned()))
}

/// R-URL-3: no value of a lead, company, member or trigger where the template itself shows the authority to be.
fn check_authority(understood: Understood<'_>, faults: &mut Vec<Fault>) {
    let mut text = String::new();
    for piece in understood.pieces() {
        match piece {
            Piece::Text(_, own) => {
                text.push_str(own);
                let ended = text
                    .find("://")
                    .is_some_and(|at| text[at + 3..].contains(['/', '?', '#']));
                if ended {
                    return;
                }
            }
            // It may hold the rest of the authority: from here on only the rendered text can tell.
            Piece::Token(token) if is_trusted(token.scope()) => return,
            Piece::Malformed => return,
            Piece::Token(token) => {
                let message = format!(
                    "{{{{{}.{}}}}} stands in the scheme, host or port, which may come from the URL itself and from my, program, \
                     campaign and system tokens only",
                    token.scope(),
                    token.name()
                );
                let wordless = "a token of a lead, company, member or trigger stands in the scheme, host or port";
                faults.push(Fault::new(token.position(), message, wordless));
            }
        }
    }
}

/// The URL must be one once its tokens are filled in; each stands for `1` here. Where a token begins it, only the call can tell.
fn check_form(text: &str, bound: &Bound) -> Result<(), Vec<Fault>> {
    let mut example = String::new();
    // Where pieces of the example begin, and where they stand in the template.
    let mut origins = Vec::new();
    let mut at = 0;
    for segment in bound.template.segments() {
        origins.push((example.len(), at));
        match segment {
            Segment::Text(own) => {
                example.push_str(own);
                at += own.len();
            }
            Segment::Token(..) if !example.contains("://") => return Ok(()),
            Segment::Token(_, token) => {
                example.push('1');
                at = token.span().end;
            }
        }
    }
    // Userinfo never reaches the parser when a call is made, and holds a secret.
    let userinfo =
        Userinfo::find(&example).map(|userinfo| userinfo.whole.start..userinfo.whole.end + 1);
    if let Some(range) = userinfo.clone() {
        example.replace_range(range, "");
    }
    let Err(error) = Url::parse(&example) else {
        return Ok(());
    };
    let mut at = error.position();
    if let Some(range) = userinfo.filter(|range| range.start <= at) {
        at += range.len();
    }
    let piece = origins.partition_point(|(start, _)| *start <= at);
    let origin = piece
        .checked_sub(1)
        .map_or(0, |last| origins[last].1 + (at - origins[last].0));
    let wordless = "with its tokens filled in this is no URL";
    let fault = Fault::new(Position::of(text, origin), error.to_string(), wordless);
    let suggestion = (!example.contains("://")).then(|| format!("https://{example}"));
    Err(vec![fault.suggest(suggestion)])
}
