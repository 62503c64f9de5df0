//! Parsing never panics, loses no byte, and tells faults that lie in the text with suggestions that can be parsed.

#![no_main]

use leadhook_token::{Position, Segment, Template, name_key};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Template::parse(text) {
        Ok(template) => check(text, &template),
        Err(errors) => {
            assert!(errors.iter().count() > 0);
            for error in &errors {
                let place = error.position();
                assert_eq!(place, Position::of(text, place.offset));
                assert!(text[place.offset..].starts_with("{{"), "{error}");
                assert!(error.to_string().len() < 4_096, "{error}");
                if let Some(suggestion) = error.suggestion() {
                    assert_eq!(one_token(suggestion), 1, "{suggestion}");
                }
            }
        }
    }
});

fn check(text: &str, template: &Template) {
    let mut joined = String::new();
    for segment in template.segments() {
        match segment {
            Segment::Text(own) => joined.push_str(own),
            Segment::Token(at, token) => {
                assert_eq!(&template.tokens()[at], token);
                let spelt = &text[token.span()];
                assert_eq!(one_token(spelt), 1, "{spelt}");
                assert_eq!(token.position(), Position::of(text, token.span().start));
                assert!(!name_key(token.name()).is_empty());
                joined.push_str(spelt);
            }
        }
    }
    assert_eq!(joined, text);
    for miss in template.near_misses() {
        assert!(text[miss.position().offset..].starts_with(miss.text()));
        assert_eq!(one_token(miss.suggestion()), 1, "{}", miss.suggestion());
    }
}

/// The number of tokens in a text that is nothing else.
fn one_token(text: &str) -> usize {
    let template = Template::parse(text).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(template.segments().count(), template.tokens().len());
    template.tokens().len()
}
