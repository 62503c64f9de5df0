//! Where JSON text parses, a token inside a literal is one that may hold any text.

#![no_main]

use leadhook_encoding::json::{self, Literals};
use libfuzzer_sys::fuzz_target;

const VALUE: &str = "a\"b\\c\n";

fuzz_target!(|template: &str| {
    // `T` stands for a token.
    let mut literals = Literals::default();
    let mut out = Vec::new();
    for (at, own) in template.split('T').enumerate() {
        if at > 0 {
            if literals.is_escaping() {
                return;
            }
            if literals.token() {
                json::write_fragment(VALUE, &mut out);
            } else {
                json::write_string(VALUE, &mut out);
            }
        }
        literals.text(own);
        out.extend_from_slice(own.as_bytes());
    }
    // With a harmless value in each place the template is JSON; so it is with any other.
    let harmless = {
        let mut literals = Literals::default();
        let mut harmless = String::new();
        for (at, own) in template.split('T').enumerate() {
            if at > 0 {
                harmless.push_str(if literals.token() { "t" } else { "\"t\"" });
            }
            literals.text(own);
            harmless.push_str(own);
        }
        harmless
    };
    let is_json = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).is_ok();
    // A template that begins with a token is not JSON to us, whatever it gives.
    let begins = template.trim_start().starts_with(['{', '[', '"']);
    if begins && is_json(harmless.as_bytes()) {
        assert!(is_json(&out), "{}", String::from_utf8_lossy(&out));
    }
});
