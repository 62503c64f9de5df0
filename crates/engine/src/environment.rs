//! What the engine is given: the network, time, randomness, and the figures that a person may set.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use leadhook_field::{Datetime, Zone};
use leadhook_http::Client;

use crate::vault::InstallationKey;

/// Tells what time it is.
pub type Clock = dyn Fn() -> Datetime + Send + Sync;
/// Tells how long it is since a moment that stays the same; it never goes back.
pub type Uptime = dyn Fn() -> Duration + Send + Sync;
/// Ends when so much time has passed.
pub type Sleep = dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;
/// Fills a buffer with random bytes.
pub type Random = dyn Fn(&mut [u8]) + Send + Sync;

/// The world outside: a test gives its own.
#[derive(Clone)]
pub struct Environment {
    /// Makes the calls.
    pub client: Client,
    /// What time it is.
    pub now: Arc<Clock>,
    /// What attempts are timed by.
    pub uptime: Arc<Uptime>,
    /// Waits for the next attempt.
    pub sleep: Arc<Sleep>,
    /// Fills a buffer with random bytes.
    pub random: Arc<Random>,
    /// Opens secrets and derives idempotency keys.
    pub key: InstallationKey,
}

impl Environment {
    /// The system's clock and randomness.
    #[must_use]
    pub fn system(client: Client, key: InstallationKey) -> Environment {
        let began = Instant::now();
        Environment {
            client,
            now: Arc::new(|| Datetime::from(SystemTime::now())),
            uptime: Arc::new(move || began.elapsed()),
            sleep: Arc::new(|time| Box::pin(tokio::time::sleep(time))),
            random: Arc::new(|bytes| {
                aws_lc_rs::rand::fill(bytes).expect("the system's random generator works");
            }),
            key,
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

/// Figures that a person may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where dates without an offset are read, and dates are written (R-TOK-7, -9).
    pub zone: Zone,
    /// The longest `timeout` that a webhook may have; also the default (R-CALL-1).
    pub max_timeout: Duration,
    /// Calls in flight to a webhook that does not say.
    pub default_concurrency: usize,
    /// Calls in flight in all.
    pub max_in_flight: usize,
    /// How much of a response a record keeps, in bytes (R-CALL-5).
    pub kept_response: usize,
    /// How large a rendered payload may be, in bytes (R-CALL-4).
    pub max_payload: usize,
    /// How much the payloads of calls under way may take together, in bytes, those of up to 16 KiB aside. One of them always fits.
    pub max_payloads: usize,
    /// How many leads or calls a page of a list looks at; then it ends early, maybe without a row (R-LEAD-4).
    pub max_scanned: usize,
    /// How much the calls may hold whose clients went away (R-CALL-10), in bytes: each counts with its request and 16 KiB. Beyond it no
    /// new request_id is taken on.
    pub max_left_behind: usize,
    /// How far a lead of a run may be ahead of the first that has not ended; then that one gets a row of its own. At most 60,000: a store keeps which of
    /// 65,536 have ended.
    pub max_ahead: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            zone: Zone::utc(),
            max_timeout: Duration::from_secs(30),
            default_concurrency: 100,
            max_in_flight: 4096,
            kept_response: 64 << 10,
            max_payload: 1 << 20,
            max_payloads: 256 << 20,
            max_scanned: 200_000,
            max_left_behind: 256 << 20,
            max_ahead: 60_000,
        }
    }
}
