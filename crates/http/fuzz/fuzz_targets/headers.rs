//! Ranges and Retry-After values are read or refused; never a panic.

#![no_main]

use leadhook_http::{Cidr, RetryAfter};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = RetryAfter::parse(text);
    if let Ok(range) = text.parse::<Cidr>() {
        assert_eq!(range.to_string().parse(), Ok(range));
    }
});
