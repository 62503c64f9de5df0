//! Looking again until something is so, for what the contract has no stream to watch.

use std::fmt::Debug;
use std::time::Duration;

/// How long something may take: far more than it should, so that only what never comes ends here.
const PATIENCE: Duration = Duration::from_secs(30);

/// How soon to look again.
const INTERVAL: Duration = Duration::from_millis(10);

/// Looks again and again until what is seen is as it is hoped to be, and gives it.
///
/// # Panics
///
/// Where it does not become so in half a minute; the message has what was seen last.
pub async fn eventually<T: Debug>(
    mut look: impl AsyncFnMut() -> T,
    is_so: impl Fn(&T) -> bool,
) -> T {
    let end = tokio::time::Instant::now() + PATIENCE;
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        interval.tick().await;
        let seen = look().await;
        if is_so(&seen) {
            return seen;
        }
        assert!(tokio::time::Instant::now() < end, "still {seen:#?}");
    }
}
