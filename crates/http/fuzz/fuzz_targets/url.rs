//! A text is a URL, kept as it is written, or an error; never a panic.

#![no_main]

use leadhook_http::{MAX_URL, Url};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(url) = Url::parse(text) else { return };
    assert!(text.len() <= MAX_URL);
    let target = url.path_and_query();
    assert!(target.starts_with('/'));
    assert!(text.contains(target.strip_prefix('/').expect("it begins so")));
    assert!(!target.contains('#'));
    assert!(text.contains(url.authority()));
    // What is shown is a URL again, and the same one.
    assert_eq!(Url::parse(&url.to_string()), Ok(url));
});
