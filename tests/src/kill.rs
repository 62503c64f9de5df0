//! Killing a server again and again, and knowing after each kill what was under way.
//!
//! Between a kill and what the next server does, the service takes requests in and answers none. So what is on record then is what was
//! on record at the kill, and whatever the service had been asked beyond that was in flight. Of every call it is checked that the service
//! saw each attempt on record and each attempt that a kill cut off, and nothing else.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use leadhook_proto::v1::{Call, call::State};

use crate::{Received, Server, Stopped, Target};

/// How long the next moment may be away: far more than it should.
const PATIENCE: Duration = Duration::from_secs(60);

/// Kills that are still to come, and what those before have cut off.
#[derive(Debug)]
pub struct Kills<'a> {
    target: &'a Target,
    seed: u64,
    moments: VecDeque<usize>,
    /// Attempts that a kill cut off, by Idempotency-Key.
    cut_off: HashMap<String, usize>,
    /// Calls that waited for their next attempt at a kill.
    waiting: usize,
}

impl<'a> Kills<'a> {
    /// So many kills, spread by a seed over the first `requests` that a service sees. It is the only service that the server calls.
    ///
    /// The seed is always the same, unless the environment has another as `LEADHOOK_SEED`.
    ///
    /// # Panics
    ///
    /// If that is no number.
    #[must_use]
    pub fn new(target: &'a Target, kills: usize, requests: usize) -> Self {
        let seed = std::env::var("LEADHOOK_SEED").map_or(1, |seed| seed.parse().expect("a number"));
        let stripe = requests / kills;
        let mut random = seed;
        let moments = (0..kills).map(|kill| kill * stripe + below(stripe, &mut random));
        Self {
            target,
            seed,
            moments: moments.collect(),
            cut_off: HashMap::new(),
            waiting: 0,
        }
    }

    /// How many are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.moments.len()
    }

    /// Kills the server when its next moment has come, and starts it again.
    ///
    /// # Panics
    ///
    /// If none is left or the moment does not come, or the service saw what it should not have seen.
    pub async fn next(&mut self, server: Server) -> Server {
        self.moment().await;
        let stopped = server.kill().await;
        self.go_on(stopped).await
    }

    /// Asks the server to end when its next moment has come, and starts it again: that cuts off nothing.
    ///
    /// # Panics
    ///
    /// As [`next`](Self::next), or if it cut off something.
    pub async fn next_stops(&mut self, server: Server) -> Server {
        let before = self.cut_off();
        self.moment().await;
        let (status, stopped) = server.stop().await;
        assert!(status.success(), "seed {}: {status}", self.seed);
        let server = self.go_on(stopped).await;
        assert_eq!(self.cut_off(), before, "seed {}: a stop", self.seed);
        server
    }

    /// Waits until the next moment has come.
    async fn moment(&mut self) {
        let moment = self.moments.pop_front().expect("one is left");
        let reached = tokio::time::timeout(PATIENCE, self.target.received(moment)).await;
        assert!(
            reached.is_ok(),
            "seed {}: the service saw {} of {moment} requests",
            self.seed,
            self.target.count()
        );
    }

    /// Starts it again, and compares what is on record with what the service saw before it answers anything.
    async fn go_on(&mut self, stopped: Stopped) -> Server {
        self.target.until_left().await;
        self.target.hold();
        let seen = by_key(&self.target.requests());
        let server = stopped.restart().await;
        let calls = server.all_calls("").await;
        self.compare(&seen, &calls);
        self.waiting += calls.iter().filter(|it| !is_over(it)).count();
        self.target.release();
        server
    }

    /// How many attempts the kills have cut off.
    #[must_use]
    pub fn cut_off(&self) -> usize {
        self.cut_off.values().sum()
    }

    /// How many calls waited for their next attempt at the kills.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Checks all that there is, once nothing is under way any more: every call has ended, and the service saw nothing but attempts on
    /// record and those that a kill cut off. Gives the calls.
    ///
    /// # Panics
    ///
    /// If it is otherwise.
    pub async fn settle(mut self, server: &Server) -> Vec<Call> {
        let cut_off = self.cut_off();
        let calls = server.all_calls("").await;
        self.compare(&by_key(&self.target.requests()), &calls);
        assert_eq!(self.cut_off(), cut_off, "seed {}: sent in vain", self.seed);
        for call in &calls {
            assert!(is_over(call), "seed {}: {call:#?}", self.seed);
        }
        calls
    }

    /// What was seen and is not on record was in flight, an attempt of each call at most.
    fn compare(&mut self, seen: &HashMap<String, usize>, on_record: &[Call]) {
        let seed = self.seed;
        let calls: HashMap<_, _> = on_record
            .iter()
            .map(|call| (&call.idempotency_key, call))
            .collect();
        assert_eq!(calls.len(), on_record.len(), "seed {seed}: a key for each");
        for (key, call) in &calls {
            let attempts = call.attempts.len() + self.cut_off.get(*key).unwrap_or(&0);
            let seen = seen.get(*key).unwrap_or(&0);
            assert!(attempts <= *seen, "seed {seed}: {seen} requests, {call:#?}");
        }
        for (key, seen) in seen {
            let call = calls.get(key);
            let attempts = call.map_or(0, |call| call.attempts.len());
            let cut_off = self.cut_off.entry(key.clone()).or_default();
            let new = seen - attempts - *cut_off;
            let may_be_cut_off = !call.is_some_and(|call| is_over(call));
            assert!(
                new <= usize::from(may_be_cut_off),
                "seed {seed}: {seen} requests, {cut_off} of them cut off before, {call:#?}"
            );
            *cut_off += new;
        }
    }
}

fn is_over(call: &Call) -> bool {
    call.state() == State::Ended
}

/// How often the service saw each Idempotency-Key.
fn by_key(requests: &[Received]) -> HashMap<String, usize> {
    let mut seen = HashMap::new();
    for request in requests {
        let key = request.header("Idempotency-Key").expect("each has one");
        *seen.entry(key).or_default() += 1;
    }
    seen
}

/// A number below `end`, by SplitMix64.
fn below(end: usize, random: &mut u64) -> usize {
    *random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *random;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    usize::try_from(mixed % end as u64).expect("it is below a usize")
}
