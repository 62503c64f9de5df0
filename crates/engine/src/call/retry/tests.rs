use std::time::Duration;

use leadhook_http::{Exchange, Failure, FailureKind};

use super::{backoff, wait};
use crate::{
    call::fixture::{FAILURES, attempt, failures},
    compile::Retry,
};

fn policy() -> Retry {
    Retry {
        max_attempts: 20,
        initial_backoff: Duration::from_secs(1),
        max_backoff: Duration::from_secs(10),
        codes: vec![429, 503],
    }
}

async fn answer(status: u16, headers: &str) -> Result<Exchange, Failure> {
    attempt(&format!(
        "HTTP/1.1 {status} X\r\n{headers}Content-Length: 1\r\n\r\n1"
    ))
    .await
}

/// How long to wait after a first attempt that ended so, without jitter, at the year 2026.
fn after(result: &Result<Exchange, Failure>) -> Option<u64> {
    let new_year = Duration::from_secs(1_767_225_600);
    wait(Some(&policy()), 1, result, 1.0, new_year).map(|wait| wait.as_secs())
}

#[test]
fn r_call_6_backoff_doubles_up_to_its_bound() {
    let seconds: Vec<_> = (1..=6).map(|n| backoff(&policy(), n).as_secs()).collect();
    assert_eq!(seconds, [1, 2, 4, 8, 10, 10]);
    assert_eq!(backoff(&policy(), u32::MAX), Duration::from_secs(10));
}

#[tokio::test]
async fn r_call_6_which_answers_are_retried() {
    for (status, retried) in [
        (200, false),
        (204, false),
        (301, false),
        (400, false),
        (408, false),
        (429, true),
        (500, false),
        (503, true),
    ] {
        assert_eq!(
            after(&answer(status, "").await).is_some(),
            retried,
            "{status}"
        );
    }
}

#[tokio::test]
async fn r_call_6_which_failures_are_retried() {
    for (failure, kind) in failures().await.into_iter().zip(FAILURES) {
        assert_eq!(failure.kind(), kind);
        // The body that is too large came with a code of the policy: the word decides.
        let never = matches!(kind, FailureKind::RefusedAddress | FailureKind::TooLarge);
        assert_eq!(after(&Err(failure)).is_none(), never, "{kind}");
    }
}

#[tokio::test]
async fn r_call_6_without_a_policy_and_after_its_last_attempt_nothing_is_retried() {
    let result = answer(503, "").await;
    let at = |retry: Option<&Retry>, attempt| wait(retry, attempt, &result, 1.0, Duration::ZERO);
    assert_eq!(at(None, 1), None);
    assert!(at(Some(&policy()), 19).is_some());
    assert_eq!(at(Some(&policy()), 20), None);
    let one = Retry {
        max_attempts: 1,
        ..policy()
    };
    assert_eq!(at(Some(&one), 1), None);
}

#[tokio::test]
async fn r_call_6_jitter_is_full() {
    let result = answer(503, "").await;
    let wait = |attempt, random| {
        let wait = wait(Some(&policy()), attempt, &result, random, Duration::ZERO);
        wait.unwrap().as_millis()
    };
    for (attempt, random, millis) in [
        (1, 0.0, 0),
        (1, 0.5, 500),
        (1, 1.0, 1_000),
        (3, 0.25, 1_000),
        (9, 1.0, 10_000),
        (9, 0.0, 0),
    ] {
        assert_eq!(wait(attempt, random), millis, "{attempt} {random}");
    }
}

#[tokio::test]
async fn r_call_6_retry_after_prevails_up_to_an_hour() {
    for (header, seconds) in [
        ("Retry-After: 0\r\n", 0),
        ("Retry-After: 7\r\n", 7),
        ("Retry-After: 3600\r\n", 3_600),
        ("Retry-After: 3601\r\n", 3_600),
        ("Retry-After: 99999999999999999999\r\n", 3_600),
        ("Retry-After: Thu, 01 Jan 2026 00:01:40 GMT\r\n", 100),
        ("Retry-After: Wed, 31 Dec 2025 23:00:00 GMT\r\n", 0),
        ("Retry-After: Fri, 02 Jan 2026 00:00:00 GMT\r\n", 3_600),
        // What says nothing leaves the backoff.
        ("Retry-After: soon\r\n", 1),
    ] {
        assert_eq!(after(&answer(503, header).await), Some(seconds), "{header}");
    }
    // It makes no code retried that is not, and holds for an answer that broke after its head.
    assert_eq!(after(&answer(500, "Retry-After: 7\r\n").await), None);
    let broken = attempt("HTTP/1.1 500 X\r\nRetry-After: 7\r\nContent-Length: 9\r\n\r\n1").await;
    assert_eq!(broken.as_ref().unwrap_err().kind(), FailureKind::Closed);
    assert_eq!(after(&broken), Some(7));
}
