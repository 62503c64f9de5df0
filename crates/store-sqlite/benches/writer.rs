//! A call and three field updates of its lead: through the store, against bare rusqlite that writes the same rows.
//!
//! Both write 1,000 calls a commit with `synchronous=FULL` to a fresh file with 20,000 leads, a request of 300 bytes and a response of 200 with
//! each call. The rival has the same tables and indexes, prepared statements, and rows that are ready to be bound: what it does not do
//! (compare, encode, follow keys, hand over, answer) is what the ratio measures. Issue 3 asks for 60 %.
//!
//! `cargo bench -p leadhook-store-sqlite --bench writer`

use std::{
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use bytes::Bytes;
use criterion::{Criterion, Throughput};
use leadhook_field::{FieldId, Value};
use leadhook_store::{
    Effect, FieldWrite, LeadId, NewCall, RecordedRequest, RecordedResponse, Store, Webhook,
    suite::make::{CITY, SCORE, TITLE, call, put, row, upsert, writes},
};
use leadhook_store_sqlite::SqliteStore;
use rusqlite::{Connection, params};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const LEADS: i64 = 20_000;
const BATCH: i64 = 1_000;
const ROUNDS: usize = 200;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let (store, bare) = (OurStore::new(), Bare::new());
    let mut group = criterion.benchmark_group("writer");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("store", |bencher| {
        bencher.iter_custom(|batches| store.record(batches));
    });
    group.bench_function("bare rusqlite", |bencher| {
        bencher.iter_custom(|batches| bare.record(batches));
    });
    group.finish();
    compare();
}

/// Batch by batch in turns, from fresh files, since the disk is not always as fast.
fn compare() {
    let (store, bare) = (OurStore::new(), Bare::new());
    let before = cpu_of_writer();
    let rounds = (0..ROUNDS).map(|_| (store.record(1), bare.record(1)));
    let (mut ours, mut rivals): (Vec<_>, Vec<_>) = rounds.unzip();
    let (total, rival) = (
        ours.iter().sum::<Duration>(),
        rivals.iter().sum::<Duration>(),
    );
    report("store", &mut ours, total);
    report("bare rusqlite", &mut rivals, rival);
    say(&format!(
        "store reaches {:.0} % of bare rusqlite (at least 60 % is asked for)",
        100.0 * rival.as_secs_f64() / total.as_secs_f64()
    ));
    if let Some((before, after)) = before.zip(cpu_of_writer()) {
        let calls = ROUNDS as f64 * BATCH as f64;
        let micros = (after - before).as_secs_f64() * 1e6 / calls;
        say(&format!(
            "{micros:.2} us of CPU a call on the thread that writes"
        ));
    }
    let (calls, bytes) = store.size();
    say(&format!(
        "{bytes:.0} bytes a call in the file, {LEADS} leads included, 500 of them request and response; {calls} calls"
    ));
}

/// CPU that the stores' threads that write have had so far; none where the system does not tell.
fn cpu_of_writer() -> Option<Duration> {
    let mut nanos = 0;
    for task in std::fs::read_dir("/proc/self/task").ok()? {
        let task = task.ok()?.path();
        if std::fs::read_to_string(task.join("comm")).ok()?.trim() == "leadhook-writer" {
            let times = std::fs::read_to_string(task.join("schedstat")).ok()?;
            nanos += times.split(' ').next()?.parse::<u64>().ok()?;
        }
    }
    Some(Duration::from_nanos(nanos))
}

#[expect(clippy::print_stdout, reason = "a bench reports")]
fn say(text: &str) {
    println!("{text}");
}

fn report(name: &str, batches: &mut [Duration], total: Duration) {
    batches.sort_unstable();
    let median = batches[batches.len() / 2];
    let calls = batches.len() as f64 * BATCH as f64;
    say(&format!(
        "{name}: {:.0} calls/s, median of a batch of {BATCH} {:.2} ms",
        calls / total.as_secs_f64(),
        median.as_secs_f64() * 1e3,
    ));
}

/// The lead of a call: in key order, round and round, as a run goes through them.
fn lead(n: i64) -> LeadId {
    LeadId(n % LEADS + 1)
}

/// Values that differ from those of the round before.
fn values(n: i64) -> [(FieldId, Value); 3] {
    let round = n / LEADS;
    [
        (
            TITLE,
            Value::Text(format!("Director of Sales {}", round % 10).into()),
        ),
        (
            CITY,
            Value::Text(format!("Springfield {}", round % 10).into()),
        ),
        (
            SCORE,
            Value::Integer(i32::try_from(round % 1_000).unwrap_or(0)),
        ),
    ]
}

const REQUEST: [u8; 300] = [b'q'; 300];
const RESPONSE: [u8; 200] = [b's'; 200];

struct OurStore {
    runtime: Runtime,
    store: SqliteStore,
    webhook: Webhook,
    next: std::cell::Cell<i64>,
    dir: TempDir,
}

impl OurStore {
    fn new() -> OurStore {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build()
            .expect("a runtime");
        let dir = tempfile::tempdir().expect("a directory");
        let store = SqliteStore::open(dir.path(), "a bench").expect("a store");
        let webhook = runtime.block_on(async {
            for first in (0..LEADS).step_by(1_000) {
                let rows = (first..first + 1_000).map(|n| {
                    let more: Vec<_> = values(0).map(write).into();
                    row(&format!("lead{n}@example.com"), &more, [])
                });
                upsert(&store, 1, rows.collect()).await;
            }
            put(&store, "enrich").await
        });
        OurStore {
            runtime,
            store,
            webhook,
            next: std::cell::Cell::new(LEADS),
            dir,
        }
    }

    /// What the recorder of the engine does: the next batch is closed while the one before is written.
    fn record(&self, batches: u64) -> Duration {
        let batches: Vec<std::sync::Arc<[NewCall]>> = (0..batches).map(|_| self.batch()).collect();
        let begun = Instant::now();
        self.runtime.block_on(async {
            for batch in batches {
                black_box(self.store.record(batch).await.expect("it is recorded"));
            }
        });
        begun.elapsed()
    }

    fn batch(&self) -> std::sync::Arc<[NewCall]> {
        let first = self.next.get();
        self.next.set(first + BATCH);
        let new = |n: i64| NewCall {
            request: Some(RecordedRequest {
                values: Bytes::new(),
                body: Bytes::from_static(&REQUEST),
            }),
            response: Some(RecordedResponse {
                body: Bytes::from_static(&RESPONSE),
                truncated: false,
            }),
            effect: Effect::Lead(lead(n), writes(values(n).map(write), [])),
            attempts: vec![leadhook_store::Attempt {
                started: leadhook_store::suite::make::at(1_700_000_000 + n),
                duration: Duration::from_micros(150_000),
                code: 200,
                error_type: "OK".to_owned(),
                detail: String::new(),
            }],
            ..call(n, &self.webhook)
        };
        (first..first + BATCH).map(new).collect()
    }

    /// Calls, and bytes of the tables and indexes of calls for each.
    fn size(&self) -> (i64, f64) {
        let connection = Connection::open(self.dir.path().join("leadhook.db")).expect("the file");
        let calls: i64 = connection
            .query_row("SELECT count(*) FROM call", [], |row| row.get(0))
            .expect("it is a store");
        let pages: i64 = connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .expect("it is a store");
        (calls, pages as f64 * 8_192.0 / calls.max(1) as f64)
    }
}

fn write((field, value): (FieldId, Value)) -> FieldWrite {
    let value = Some(value);
    FieldWrite { field, value }
}

/// The same tables without a store.
struct Bare {
    connection: Connection,
    next: std::cell::Cell<i64>,
    _dir: TempDir,
}

impl Bare {
    fn new() -> Bare {
        let dir = tempfile::tempdir().expect("a directory");
        let connection = open(&dir.path().join("bare.db")).expect("a database");
        Bare {
            connection,
            next: std::cell::Cell::new(LEADS),
            _dir: dir,
        }
    }

    fn record(&self, batches: u64) -> Duration {
        let begun = Instant::now();
        for _ in 0..batches {
            self.batch().expect("it is written");
        }
        begun.elapsed()
    }

    fn batch(&self) -> rusqlite::Result<()> {
        let first = self.next.get();
        self.next.set(first + BATCH);
        // As long as what the store writes: key, times and attempt; three changes; e-mail address and three values.
        let (meta, changes, data) = ([1_u8; 29], [2_u8; 91], [3_u8; 60]);
        self.connection
            .prepare_cached("BEGIN IMMEDIATE")?
            .execute([])?;
        {
            let mut call = self
                .connection
                .prepare_cached("INSERT INTO call VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
            let mut update = self
                .connection
                .prepare_cached("UPDATE lead SET updated = ?2, data = ?3 WHERE id = ?1")?;
            for n in first..first + BATCH {
                let LeadId(lead) = lead(n);
                let id = leadhook_store::suite::make::id(n).0;
                call.execute(params![id, lead, 1, meta, changes, REQUEST, RESPONSE])?;
                update.execute(params![lead, n, data])?;
            }
        }
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
         CREATE TABLE lead(id INTEGER PRIMARY KEY, company INTEGER, created INTEGER NOT NULL, updated INTEGER NOT NULL,
             data BLOB NOT NULL) STRICT;
         CREATE TABLE call(id INTEGER PRIMARY KEY, lead INTEGER, kind INTEGER NOT NULL, meta BLOB NOT NULL, changes BLOB,
             request BLOB, response BLOB) STRICT;
         CREATE INDEX call_by_lead ON call(lead, id, kind) WHERE lead IS NOT NULL;
         CREATE INDEX call_by_kind ON call(kind);
         BEGIN;",
    )?;
    for id in 1..=LEADS {
        let sql = "INSERT INTO lead VALUES (?1, NULL, 0, 0, ?2)";
        connection
            .prepare_cached(sql)?
            .execute(params![id, [3_u8; 60]])?;
    }
    connection.execute_batch("COMMIT; ANALYZE;")?;
    Ok(connection)
}
