use std::time::UNIX_EPOCH;

use super::*;

#[test]
fn r_call_6_retry_after_in_seconds_or_as_a_date() {
    let at = |seconds| Some(RetryAfter::At(UNIX_EPOCH + Duration::from_secs(seconds)));
    let delay = |seconds| Some(RetryAfter::Delay(Duration::from_secs(seconds)));
    let cases = [
        ("0", delay(0)),
        ("120", delay(120)),
        (" 7\t", delay(7)),
        ("007", delay(7)),
        ("99999999999999999999999", delay(u64::MAX)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", at(784_111_777)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", at(784_111_777)),
        ("Sun Nov  6 08:49:37 1994", at(784_111_777)),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1.5", None),
        ("1 s", None),
        ("tomorrow", None),
    ];
    for (text, expected) in cases {
        assert_eq!(RetryAfter::parse(text), expected, "{text:?}");
    }
}

#[test]
fn the_first_header_that_says_something_counts() {
    let mut headers = HeaderMap::new();
    for value in ["later", "3", "4"] {
        headers.append(header::RETRY_AFTER, value.parse().expect("a header value"));
    }
    assert_eq!(
        RetryAfter::of(&headers),
        Some(RetryAfter::Delay(Duration::from_secs(3)))
    );
}
