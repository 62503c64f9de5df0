//! Whatever a value holds, it does not leave its place.

#![no_main]

use leadhook_encoding::{form, header, json, url, xml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let written = |write: fn(&str, &mut Vec<u8>)| {
        let mut out = Vec::new();
        write(text, &mut out);
        String::from_utf8(out).expect("what is written is UTF-8")
    };
    assert_eq!(
        written(json::write_string),
        serde_json::to_string(text).expect("a text is JSON")
    );
    assert!(!written(form::write).contains(['&', '=', ' ', '#', '/', '?']));
    assert!(!written(url::write_path).contains(['&', '=', ' ', '#', '/', '?', '+']));
    assert!(!written(url::write_raw).contains(|char| url::forbidden(char) || char == '#'));
    assert!(!written(header::write).contains(char::is_control));
    assert!(!written(xml::write).contains(['<', '>', '"', '\'', '\0', '\u{ffff}']));
});
