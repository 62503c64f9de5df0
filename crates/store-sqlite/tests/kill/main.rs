//! What was answered survives the death of the process. A test executable of its own, without libtest: it starts itself once more, as the process that
//! writes until it is killed.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

use bytes::Bytes;
use leadhook_field::{FieldId, Value};
use leadhook_store::{
    CallState, Claim, Effect, LeadId, NewCall, Next, Origin, Passage, Progress, RunLead, RunLeads,
    Store, Wait,
    suite::{
        flow::{DONE, LATE, matching, new_run, place},
        make::{CITY, all, at, call, calls, id, lead, put, row, set, text, upsert, writes},
    },
};
use leadhook_store_sqlite::SqliteStore;

/// Tells the child where to write.
const DIRECTORY: &str = "LEADHOOK_TEST_DIRECTORY";
const LEADS: i64 = 20;
const RETRY: Next = Next::Retry {
    step: 0,
    has_failed: false,
};
/// Leads of the run that goes on beside them: more than are called before the last kill.
const RUN: usize = 20_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    match env::var_os(DIRECTORY) {
        Some(dir) => runtime.block_on(write(Path::new(&dir))),
        None => runtime.block_on(what_was_answered_survives_a_kill()),
    }
}

/// What the child does, until it is killed.
async fn write(dir: &Path) {
    let store = SqliteStore::open(dir, "a child").unwrap();
    let webhook = match store.catalog().await.unwrap().webhooks.pop() {
        Some(webhook) => webhook,
        None => put(&store, "enrich").await,
    };
    for n in 0..LEADS {
        lead(&store, row(&format!("{n}@example.com"), &[], [])).await;
    }
    let mut n = match store.list_calls(calls("")).await.unwrap().rows.first() {
        Some(last) => last.id.0 - id(0).0,
        None => 0,
    } / (id(1).0 - id(0).0);
    let run = match store.open_runs().await.unwrap().pop() {
        Some(run) => run,
        None => {
            let rows = (0..RUN).map(|n| row(&format!("{n}@run.example"), &[], []));
            upsert(&store, 1, rows.collect()).await;
            let run = new_run(RunLeads::Matching(matching("Email:run.example")));
            store.create_run(run).await.unwrap()
        }
    };
    let mut out = std::io::stdout();
    loop {
        let left = store.run_leads(run.id, 0, 20).await.unwrap().leads;
        let writing = |n: i64, lead: Option<&RunLead>| NewCall {
            origin: Origin {
                run: lead.map(|_| run.id),
                ..call(n, &webhook).origin
            },
            progress: lead.map(|lead| Progress {
                passage: place(run.id, lead.position),
                next: DONE,
            }),
            effect: Effect::Lead(
                LeadId(n % LEADS + 1),
                writes([set(CITY, &format!("City {n}"))], []),
            ),
            ..call(n, &webhook)
        };
        // The last one of each batch is to wait for another attempt, and ends in the next round.
        let waiting = |call: NewCall| NewCall {
            wait: Some(Wait {
                due: at(LATE),
                sealed: Bytes::from_static(b"sealed"),
                is_claimed: false,
            }),
            progress: call.progress.map(|progress| Progress {
                next: RETRY,
                ..progress
            }),
            effect: Effect::Lead(LeadId(1), writes([], [])),
            ..call
        };
        let waited = store.claim(Claim::Due(at(LATE)), 1_000).await.unwrap();
        // All but one, so that one waits at any time.
        let ended = waited.calls.into_iter().skip(1).map(|waited| NewCall {
            id: waited.call.id,
            has_waited: true,
            origin: waited.call.origin,
            progress: waited.entry.map(|entry| Progress {
                passage: Passage::Row(entry.id),
                next: DONE,
            }),
            effect: Effect::Lead(LeadId(1), writes([], [])),
            ..call(n, &webhook)
        });
        store.record(ended.collect()).await.unwrap();
        // Several batches at once, so that some share a commit.
        let batches = (0..4).map(|batch| {
            let nth = |at: i64| batch * 5 + at;
            let lead = |at| left.get(usize::try_from(nth(at) - 1).unwrap_or(usize::MAX));
            let new = |at| match at {
                5 => waiting(writing(n + nth(at), lead(at))),
                _ => writing(n + nth(at), lead(at)),
            };
            store.record((1..=5).map(new).collect())
        });
        for result in all(batches.collect()).await {
            assert_eq!(result.unwrap().len(), 5);
        }
        n += 20;
        // A line that is not whole was not told.
        out.write_all(format!("recorded {n}\n").as_bytes()).unwrap();
        out.flush().unwrap();
    }
}

/// How many calls of the run have ended, and how many wait.
async fn calls_of_run(store: &SqliteStore) -> (u64, u64) {
    let (mut ended, mut waiting, mut query) = (0, 0, calls("run = runs/1"));
    loop {
        let page = store.list_calls(query.clone()).await.unwrap();
        for call in page.rows {
            match call.state {
                CallState::Ended => ended += 1,
                CallState::Waiting => waiting += 1,
            }
        }
        query.after = page.next;
        if query.after.is_none() {
            return (ended, waiting);
        }
    }
}

async fn what_was_answered_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let mut told = 0;
    for round in 1..=3 {
        let mut child = Command::new(env::current_exe().unwrap())
            .env(DIRECTORY, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut recorded =
            lines.filter_map(|line| line.ok()?.strip_prefix("recorded ")?.parse::<i64>().ok());
        // Killed at another point each time: while the next batches are on their way.
        told = recorded
            .nth(5 * round)
            .expect("the child records until it is killed");
        child.kill().unwrap();
        child.wait().unwrap();
        // What it wrote to the pipe before it died was told, too.
        told = recorded.last().unwrap_or(told);

        let store = SqliteStore::open(dir.path(), "its heir").unwrap();
        for n in 1..=told {
            assert!(
                store.call(id(n)).await.unwrap().is_some(),
                "call {n} of {told}"
            );
        }
        // What has ended in the run is what was called, told or not; each call that waits is a row, and its lead another.
        let run = store.open_runs().await.unwrap().remove(0);
        let (called, waiting) = calls_of_run(&store).await;
        assert_eq!(run.counts.succeeded, called);
        assert_eq!(run.counts.codes[&200], called);
        assert_eq!((run.counts.open, run.counts.retrying), (waiting, waiting));
        let left = store.run_leads(run.id, 0, RUN).await.unwrap().leads;
        assert_eq!(left.len() as u64, run.counts.total - called - waiting);
        let claimed = store.claim(Claim::Due(at(LATE)), RUN).await.unwrap();
        assert!(waiting > 0 && claimed.entries.is_empty());
        assert_eq!(claimed.calls.len() as u64, waiting);
        for waits in claimed.calls {
            assert_eq!(waits.call.state, CallState::Waiting);
            assert!(waits.entry.is_some_and(|entry| entry.run == Some(run.id)));
        }
        // Each lead has what its last call wrote, told or not.
        for lead in 1..=LEADS {
            let of_lead = calls(&format!("lead = leads/{lead}"));
            let calls = store.list_calls(of_lead).await.unwrap().rows;
            let changes = calls.iter().find_map(|call| call.changes.first());
            // Those whose turn it is when a call is to wait get nothing.
            if lead % 5 == 1 {
                assert_eq!(changes, None);
                continue;
            }
            let there = leadhook_store::suite::make::entry(&store, LeadId(lead))
                .await
                .lead
                .values;
            assert_eq!(
                there.get(CITY),
                changes.and_then(|change| change.new.as_ref())
            );
            assert!(matches!(there.get(FieldId::EMAIL), Some(Value::Text(_))));
            assert_ne!(there.get(CITY), Some(&text("")));
        }
    }
    assert!(told >= 300);
}
