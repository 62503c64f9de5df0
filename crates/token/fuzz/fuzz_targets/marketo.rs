//! A text with Marketo's escapes parses as the text that they spell, its places those of the text as typed.

#![no_main]

use leadhook_token::{ErrorKind, Template, marketo_unescape};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|typed: &str| {
    let Ok(text) = marketo_unescape(typed) else {
        let errors = Template::parse_marketo(typed).expect_err("its escapes are refused");
        for error in &errors {
            let begins = if error.kind() == ErrorKind::InvalidEscape { "\\" } else { "{{" };
            assert!(typed[error.position().offset..].starts_with(begins));
        }
        return;
    };
    match (Template::parse(&text), Template::parse_marketo(typed)) {
        (Ok(plain), Ok(read)) => {
            assert_eq!(read.text(), text);
            for (plain, read) in plain.tokens().iter().zip(read.tokens()) {
                assert_eq!(plain.span(), read.span());
                assert!(typed[read.position().offset..].starts_with("{{"));
            }
        }
        (Err(plain), Err(read)) => {
            for (plain, read) in plain.iter().zip(&read) {
                assert_eq!(plain.kind(), read.kind());
                assert!(typed[read.position().offset..].starts_with("{{"));
            }
        }
        (plain, read) => panic!("{plain:?} {read:?}"),
    }
});
