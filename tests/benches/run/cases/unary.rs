//! One client that makes one CallWebhook after the other, in turns with what nobody can do without: the call itself, and a commit.

use std::time::{Duration, Instant};

use leadhook_proto::v1::{CallWebhookRequest, GetWebhookRequest};
use leadhook_tests::{Server, make};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::bare;
use crate::figure::Asked::{AtMost, Nothing};
use crate::store::OTHER;

use super::Bench;

const LEADS: usize = 100_000;
const TURNS: usize = 2_000;
/// What a call leaves at least: payload, response, and a little more.
const ROW: [u8; 512] = [b'x'; 512];

pub(super) async fn round(bench: &mut Bench) {
    let (store, services, figures) = bench.store(LEADS).await;
    let (server, _data) = store.start().await;
    let url = services.instant.url.parse().expect("a URL");
    let mut connection = bare::Connection::open(&url).await;
    let log = Log::open();
    let mut times: [Vec<Duration>; 4] = Default::default();
    for lead in 1..=TURNS {
        let begun = Instant::now();
        connection.call().await;
        times[0].push(begun.elapsed());
        times[1].push(log.commit());
        times[2].push(call(&server, OTHER, lead).await);
        times[3].push(get(&server, OTHER).await);
    }
    let [bare, commit, ours, answer] = times.map(|times| percentile(times, 50).as_secs_f64() * 1e6);
    let mut observe = |what, observed, asked| figures.observe("unary", what, observed, asked);
    observe("bare call: p50", (bare, "us"), Nothing);
    observe(
        "bare commit of one row, WAL, synchronous=FULL: p50",
        (commit, "us"),
        Nothing,
    );
    observe("CallWebhook: p50", (ours, "us"), Nothing);
    // What gRPC itself takes, client and server, is part of every answer.
    observe("GetWebhook: p50", (answer, "us"), Nothing);
    observe(
        "CallWebhook: p50 above both",
        (ours - bare - commit, "us"),
        AtMost(200.0, 100.0),
    );
}

/// How long CallWebhook takes for a stored lead.
pub(super) async fn call(server: &Server, webhook: &str, lead: usize) -> Duration {
    let request = CallWebhookRequest {
        webhook: format!("webhooks/{webhook}"),
        subject: Some(make::stored(&format!("leads/{lead}"))),
        ..CallWebhookRequest::default()
    };
    let mut calls = server.calls();
    let begun = Instant::now();
    let call = calls.call_webhook(request).await.expect("a call");
    let elapsed = begun.elapsed();
    assert!(call.into_inner().succeeded, "it is answered");
    elapsed
}

/// How long an answer takes that is in the server's memory.
async fn get(server: &Server, webhook: &str) -> Duration {
    let name = format!("webhooks/{webhook}");
    let mut webhooks = server.webhooks();
    let begun = Instant::now();
    let request = GetWebhookRequest { name };
    webhooks.get_webhook(request).await.expect("it is there");
    begun.elapsed()
}

/// The least time that so many per cent do not exceed.
pub(super) fn percentile(mut times: Vec<Duration>, percent: usize) -> Duration {
    times.sort_unstable();
    let at = (times.len() * percent).div_ceil(100).max(1) - 1;
    times[at]
}

/// A table in a file of its own, beside the server's.
struct Log {
    database: Connection,
    _folder: TempDir,
}

impl Log {
    fn open() -> Log {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Connection::open(folder.path().join("bare.db")).expect("a database");
        database
            .execute_batch(
                "PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = FULL;
                 CREATE TABLE call(id INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;",
            )
            .expect("a table");
        Log {
            database,
            _folder: folder,
        }
    }

    /// How long a commit of one row takes.
    fn commit(&self) -> Duration {
        let insert = "INSERT INTO call(record) VALUES (?)";
        let mut insert = self.database.prepare_cached(insert).expect("a statement");
        let begun = Instant::now();
        insert.execute([ROW]).expect("a row");
        begun.elapsed()
    }
}
