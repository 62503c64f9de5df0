use std::sync::mpsc as std_mpsc;

use leadhook_field::{Datetime, FieldId, Value};
use leadhook_store::{
    FieldWrite, LeadId, LeadTarget, LeadUpsert, LeadUpserted, Source, Store, Writes,
    suite::make::{self, ADDRESS, all},
};
use rusqlite::params;

use super::*;
use crate::SqliteStore;

fn open() -> (tempfile::TempDir, SqliteStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    (dir, store)
}

fn row(email: &str, address: &str) -> LeadUpsert {
    let write = |field, text: &str| FieldWrite {
        field,
        value: Some(Value::Text(text.into())),
    };
    LeadUpsert {
        target: LeadTarget::Lookup {
            field: FieldId::EMAIL,
            value: Value::Text(email.into()),
        },
        writes: Writes {
            lead: vec![write(FieldId::EMAIL, email), write(ADDRESS, address)],
            company: Vec::new(),
        },
    }
}

async fn upsert(store: &SqliteStore, email: &str, address: &str) -> Result<LeadUpserted, Error> {
    let rows = vec![row(email, address)];
    let results = store.upsert_leads(rows, Source::Api, Datetime::from_micros(1), None);
    results.await.map(|results| results[0])
}

async fn count(store: &SqliteStore) -> i64 {
    let count = |connection: &Connection| {
        connection
            .query_row("SELECT count(*) FROM request", [], |row| row.get(0))
            .map_err(sqlite)
    };
    store.readers.read(count).await.unwrap()
}

fn insert(write: &Write<'_>, id: usize) -> Result<(), Error> {
    let sql = "INSERT INTO request VALUES (1, ?1, x'', NULL, NULL, 0, NULL)";
    let inserted = write.connection.execute(sql, params![id.to_string()]);
    inserted.map(|_| ()).map_err(sqlite)
}

/// Holds the writer up until the answer is dropped or given.
async fn hold(
    store: &SqliteStore,
) -> (
    impl Future<Output = Result<(), Error>>,
    std_mpsc::Sender<()>,
) {
    let (go_on, wait) = std_mpsc::channel();
    let (started, has_started) = oneshot::channel();
    let mut held = Box::pin(store.writer.write(1, move |_| {
        let _ = started.send(());
        let _ = wait.recv();
        Ok(())
    }));
    tokio::select! {
        biased;
        _ = &mut held => panic!("it waits"),
        _ = has_started => {}
    }
    (held, go_on)
}

#[tokio::test]
async fn what_waits_shares_one_commit() {
    let (_dir, store) = open();
    let (held, go_on) = hold(&store).await;
    const WRITERS: usize = 50;
    let (last_started, has_last_started) = oneshot::channel();
    let (end, wait) = std_mpsc::channel::<()>();
    let mut last = Some((last_started, wait));
    let writers = (0..WRITERS).map(|n| {
        let last = last.take_if(|_| n == WRITERS - 1);
        store.writer.write(1, move |write| {
            insert(write, n)?;
            if let Some((started, wait)) = last {
                let _ = started.send(());
                let _ = wait.recv();
            }
            Ok(())
        })
    });
    let writers = all(writers.collect());
    let watch = async {
        go_on.send(()).unwrap();
        has_last_started.await.unwrap();
        // All have written, none has committed.
        assert_eq!(count(&store).await, 0);
        end.send(()).unwrap();
    };
    let (held, results, ()) = tokio::join!(held, writers, watch);
    held.unwrap();
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(count(&store).await, WRITERS as i64);
}

#[tokio::test]
async fn a_group_ends_at_its_rows() {
    let (_dir, store) = open();
    let (held, go_on) = hold(&store).await;
    let (started, has_started) = oneshot::channel();
    let (end, wait) = std_mpsc::channel::<()>();
    let first = store.writer.write(MAX_ROWS, |write| insert(write, 0));
    let second = store.writer.write(1, move |_| {
        let _ = started.send(());
        let _ = wait.recv();
        Ok(())
    });
    let watch = async {
        go_on.send(()).unwrap();
        has_started.await.unwrap();
        assert_eq!(
            count(&store).await,
            1,
            "the first was committed before the second began"
        );
        end.send(()).unwrap();
    };
    let (held, first, second, ()) = tokio::join!(held, first, second, watch);
    held.and(first).and(second).unwrap();
}

#[tokio::test]
async fn a_panic_takes_back_its_own_write_alone() {
    let (_dir, store) = open();
    let (held, go_on) = hold(&store).await;
    let write = |n: usize| {
        store.writer.write(1, move |write| {
            insert(write, n)?;
            assert!(n != 1, "an invariant is broken");
            Ok(())
        })
    };
    let writers = all(vec![write(0), write(1), write(2)]);
    let release = async { go_on.send(()).unwrap() };
    let (held, results, ()) = tokio::join!(held, writers, release);
    held.unwrap();
    let error = results[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(
        error.to_string().contains("an invariant is broken"),
        "{error}"
    );
    assert!(results[0].is_ok() && results[2].is_ok());
    assert_eq!(count(&store).await, 2);
}

#[tokio::test]
async fn a_transaction_that_sqlite_takes_back_fails_for_all() {
    let (_dir, store) = open();
    let (held, go_on) = hold(&store).await;
    let good = store.writer.write(1, |write| insert(write, 0));
    let bad = store.writer.write(1, |write| {
        write.connection.execute_batch("ROLLBACK").map_err(sqlite)
    });
    let late = store.writer.write(1, |write| insert(write, 2));
    let release = async { go_on.send(()).unwrap() };
    let (held, good, bad, late, ()) = tokio::join!(held, good, bad, late, release);
    held.unwrap();
    for result in [good, bad, late] {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Unwritable);
    }
    assert_eq!(count(&store).await, 0);
    store
        .writer
        .write(1, |write| insert(write, 3))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_and_survived() {
    let (_dir, store) = open();
    let limit = |pages: &str| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        store.writer.write(1, move |write| {
            write.connection.execute_batch(&sql).map_err(sqlite)
        })
    };
    limit("80").await.unwrap();
    let address = "x".repeat(30_000);
    let mut made = 0;
    let error = loop {
        match upsert(&store, &format!("{made}@example.com"), &address).await {
            Ok(_) => made += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(error.to_string().contains("make room"), "{error}");
    assert!(made > 2);
    // Several at once: whoever is told that it failed has written nothing.
    let emails: Vec<_> = (0..8).map(|n| format!("late{n}@example.com")).collect();
    let writers = emails.iter().map(|email| upsert(&store, email, &address));
    assert!(all(writers.collect()).await.iter().all(Result::is_err));
    limit("4000000").await.unwrap();
    let next = upsert(&store, &emails[0], &address).await.unwrap();
    assert_eq!(next, LeadUpserted::Created(LeadId(made + 1)));
    let ids = (1..=made + 2).map(LeadId).collect();
    let there = store.leads(ids).await.unwrap();
    assert_eq!(
        there.iter().filter(|lead| lead.is_some()).count() as i64,
        made + 1
    );
}

#[tokio::test]
async fn what_waits_is_carried_out_before_the_store_ends() {
    let (dir, store) = open();
    let (held, go_on) = hold(&store).await;
    drop(held);
    for n in 0..20 {
        let handed_over = store.writer.write(1, move |write| insert(write, n));
        let mut handed_over = std::pin::pin!(handed_over);
        tokio::select! {
            biased;
            _ = &mut handed_over => panic!("it waits"),
            () = std::future::ready(()) => {}
        }
    }
    go_on.send(()).unwrap();
    drop(store);
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    assert_eq!(count(&store).await, 20);
}

/// What is remembered of the tables must not outlive what was taken back.
#[tokio::test]
async fn what_was_taken_back_is_forgotten() {
    let (_dir, store) = open();
    let webhook = make::put(&store, "enrich").await;
    let call = |n: i64, code: u16| {
        let mut call = make::call(n, &webhook);
        call.outcome = make::outcome(code, &format!("Error {code}"));
        call
    };
    // A new kind and a new phrase, in a batch that fails by itself, and in a commit that fails.
    let failing = vec![call(1, 501), call(1, 501)];
    assert!(store.record(failing.into()).await.is_err());
    let (held, go_on) = hold(&store).await;
    let caught_up = store.record([call(1, 502)].into());
    let bad = store.writer.write(1, |write| {
        write.connection.execute_batch("ROLLBACK").map_err(sqlite)
    });
    let release = async { go_on.send(()).unwrap() };
    let (held, caught_up, _, ()) = tokio::join!(held, caught_up, bad, release);
    held.unwrap();
    assert!(caught_up.is_err());
    assert_eq!(*store.last_call().borrow(), CallId(0));
    for (n, code) in [(1, 501), (2, 502)] {
        store.record([call(n, code)].into()).await.unwrap();
        let read = store.call(make::id(n)).await.unwrap().unwrap();
        assert_eq!(read.outcome, make::outcome(code, &format!("Error {code}")));
    }
    // A field that was about to be looked up by, and an id that was about to be given.
    let by_address = |email: &str| LeadUpsert {
        target: LeadTarget::Lookup {
            field: ADDRESS,
            value: Value::Text("Here".into()),
        },
        ..row(email, "Here")
    };
    upsert(&store, "a@example.com", "Here").await.unwrap();
    let remember = leadhook_store::Remember {
        mark: leadhook_store::Mark {
            key: leadhook_store::RequestKey {
                method: leadhook_store::Method::BatchUpsertLeads,
                id: "r1".to_owned(),
            },
            payload: [0; 32],
        },
        answer: Box::new(|_| panic!("an invariant is broken")),
    };
    let rows = vec![by_address("a@example.com"), row("b@example.com", "There")];
    let now = Datetime::from_micros(2);
    assert!(
        store
            .upsert_leads(rows, Source::Api, now, Some(remember))
            .await
            .is_err()
    );
    let rows = vec![by_address("a@example.com"), row("b@example.com", "There")];
    let results = store
        .upsert_leads(rows, Source::Api, now, None)
        .await
        .unwrap();
    let (first, second) = (LeadId(1), LeadId(2));
    assert_eq!(
        results,
        [LeadUpserted::Updated(first), LeadUpserted::Created(second)]
    );
}
