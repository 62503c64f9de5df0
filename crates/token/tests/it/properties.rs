//! What is parsed is what was written, whatever that is.

use std::ops::Range;

use leadhook_token::{Position, Scope, Segment, Template, name_key};
use proptest::prelude::*;

/// A piece of a template, before it is spelt.
#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Token {
        scope: Scope,
        name: String,
        default: Option<String>,
        upper: bool,
        space: &'static str,
    },
}

impl Piece {
    fn spell(&self) -> String {
        match self {
            Piece::Text(text) => text.clone(),
            Piece::Token {
                scope,
                name,
                default,
                upper,
                space,
            } => {
                let mut scope = scope.to_string();
                let mut word = ":default=".to_owned();
                if *upper {
                    scope.make_ascii_uppercase();
                    word.make_ascii_uppercase();
                }
                let default = default.as_ref().map(|text| format!("{word}{text}"));
                format!(
                    "{{{{{scope}.{space}{}{space}{}}}}}",
                    name.replace(' ', if space.is_empty() { " " } else { space }),
                    default.unwrap_or_default()
                )
            }
        }
    }
}

fn piece() -> impl Strategy<Value = Piece> {
    let token = (
        prop::sample::select(Scope::ALL.to_vec()),
        "[^{}:=\\s]{1,8}( [^{}:=\\s]{1,8}){0,2}",
        prop::option::of("([^{}]|\\{[^{}]|\\}[^{}]|=|:|\\n){0,12}"),
        any::<bool>(),
        prop::sample::select(vec!["", " ", "\t\n ", "\u{3000}"]),
    );
    prop_oneof![
        "([^{}]|\\{[^{}]|\\}|\\{\\{[^a-zA-Z{]){0,20}".prop_map(Piece::Text),
        token.prop_map(|(scope, name, default, upper, space)| Piece::Token {
            scope,
            name,
            default,
            upper,
            space
        }),
    ]
}

/// The tokens and faults of a text, found by hand as the documentation has it: the ranges of the tokens, and where faults begin.
fn by_hand(text: &str) -> (Vec<Range<usize>>, Vec<usize>) {
    let (mut tokens, mut faults, mut at) = (Vec::new(), Vec::new(), 0);
    while at < text.len() {
        let rest = &text[at..];
        let opening = Scope::ALL.iter().find_map(|scope| {
            let opening = format!("{{{{{scope}.");
            let head = rest.get(..opening.len())?;
            head.eq_ignore_ascii_case(&opening).then_some(opening.len())
        });
        let Some(opening) = opening else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        match body_by_hand(&rest[opening..]) {
            Some(body) => {
                tokens.push(at..at + opening + body);
                at += opening + body;
            }
            None => {
                faults.push(at);
                at += opening;
            }
        }
    }
    (tokens, faults)
}

/// How many bytes name, default and closing braces have, when they are right.
fn body_by_hand(behind: &str) -> Option<usize> {
    let end = behind.find("}}")?;
    let body = &behind[..end];
    let (name, default) = match body.find(':') {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let default = default.map_or(Some(""), |text| {
        let (word, text) = text.split_at_checked(8)?;
        word.eq_ignore_ascii_case("default=").then_some(text)
    })?;
    let is_name = !name.contains(['{', '}', '=']) && !name.trim().is_empty();
    (is_name && !default.contains("{{")).then_some(end + 2)
}

proptest! {
    #[test]
    fn r_tok_1_what_is_spelt_is_parsed(pieces in prop::collection::vec(piece(), 0..8)) {
        let text: String = pieces.iter().map(Piece::spell).collect();
        // Two texts together, or a text and a token's braces, may spell something else.
        let spelt = by_hand(&text).0.len() == pieces.iter().filter(|piece| matches!(piece, Piece::Token { .. })).count();
        prop_assume!(spelt);
        let template = Template::parse(&text).unwrap();
        let mut parsed = template.tokens().iter();
        for piece in &pieces {
            if let Piece::Token { scope, name, default, .. } = piece {
                let token = parsed.next().unwrap();
                prop_assert_eq!(token.scope(), *scope);
                prop_assert_eq!(token.name(), name);
                prop_assert_eq!(token.default(), default.as_deref());
            }
        }
        prop_assert!(parsed.next().is_none());
    }

    #[test]
    fn r_tok_6_the_grammar_is_the_documented_one(
        text in "([ab{}:=. \\n]|\\{\\{|\\}\\}|\\{\\{LEAD\\.|\\{\\{my\\.|\\{\\{lead\\.a\\}\\}|:default=|:Default=|é){0,24}"
    ) {
        let (tokens, faults) = by_hand(&text);
        match Template::parse(&text) {
            Ok(template) => {
                prop_assert_eq!(faults, Vec::<usize>::new());
                let spans: Vec<_> = template.tokens().iter().map(leadhook_token::Token::span).collect();
                prop_assert_eq!(spans, tokens);
            }
            Err(errors) => {
                let places: Vec<_> = errors.iter().map(leadhook_token::Error::position).collect();
                let expected: Vec<_> = faults.iter().map(|at| Position::of(&text, *at)).collect();
                prop_assert_eq!(places, expected);
            }
        }
    }

    #[test]
    fn segments_are_the_text_and_rendering_writes_them(pieces in prop::collection::vec(piece(), 0..8)) {
        let text: String = pieces.iter().map(Piece::spell).collect();
        if let Ok(template) = Template::parse(&text) {
            let (mut joined, mut expected) = (String::new(), String::new());
            for segment in template.segments() {
                match segment {
                    Segment::Text(own) => {
                        prop_assert!(!own.is_empty());
                        joined.push_str(own);
                        expected.push_str(own);
                    }
                    Segment::Token(at, token) => {
                        prop_assert_eq!(&template.tokens()[at], token);
                        joined.push_str(&text[token.span()]);
                        expected.push_str(&name_key(token.name()));
                    }
                }
            }
            prop_assert_eq!(joined, text);
            let mut out = Vec::new();
            template.render(&mut out, |at, out| {
                out.extend_from_slice(name_key(template.tokens()[at].name()).as_bytes());
            });
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn never_panics(text: String) {
        if let Ok(template) = Template::parse(&text) {
            let _ = template.near_misses();
        }
        if let Ok(template) = Template::parse_marketo(&text) {
            let _ = template.near_misses();
        }
    }
}
