//! Whether an attempt is followed by another, and when (R-CALL-6).

use std::time::Duration;

use leadhook_http::{Exchange, Failure, FailureKind, RetryAfter};

use crate::compile::Retry;

/// A Retry-After is followed up to this.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

/// How long to wait after attempt number `attempt` (from 1), or none when it was the last. `random` is uniform from 0 to 1; `since_epoch` is now.
pub(super) fn wait(
    retry: Option<&Retry>,
    attempt: u32,
    result: &Result<Exchange, Failure>,
    random: f64,
    since_epoch: Duration,
) -> Option<Duration> {
    let retry = retry.filter(|retry| attempt < retry.max_attempts)?;
    let retried = match result {
        Ok(exchange) => retry.codes.contains(&exchange.status),
        Err(failure) => matches!(
            failure.kind(),
            FailureKind::Timeout
                | FailureKind::Dns
                | FailureKind::Connect
                | FailureKind::Tls
                | FailureKind::Closed
                | FailureKind::Protocol
        ),
    };
    if !retried {
        return None;
    }
    let after = match result {
        Ok(exchange) => exchange.retry_after,
        Err(failure) => failure.retry_after(),
    };
    Some(match after {
        Some(after) => asked(after, since_epoch),
        None => backoff(retry, attempt).mul_f64(random),
    })
}

/// How long a service asks to be left alone from now on, up to an hour.
pub(super) fn asked(after: RetryAfter, since_epoch: Duration) -> Duration {
    let asked = match after {
        RetryAfter::Delay(delay) => delay,
        RetryAfter::At(time) => time
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
            .saturating_sub(since_epoch),
    };
    asked.min(MAX_RETRY_AFTER)
}

/// Doubles with every attempt; full jitter is taken off it.
fn backoff(retry: &Retry, attempt: u32) -> Duration {
    let doublings = (attempt - 1).min(31);
    retry
        .initial_backoff
        .saturating_mul(1 << doublings)
        .min(retry.max_backoff)
}

#[cfg(test)]
mod tests;
