//! Paths never panic, and what is suggested parses.

#![no_main]

use leadhook_mapping::{Format, Path};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for format in [Format::Json, Format::Xml] {
        match Path::parse(format, text) {
            Ok(path) => assert_eq!(path.as_str(), text),
            Err(error) => {
                assert!(error.offset() <= text.chars().count());
                let _ = error.to_string();
                if let Some(suggestion) = error.suggestion() {
                    assert!(Path::parse(format, suggestion).is_ok(), "{suggestion}");
                }
            }
        }
    }
});
