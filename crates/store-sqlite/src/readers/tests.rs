use std::{sync::mpsc, time::Duration};

use leadhook_store::{Store, suite::make::all};

use super::*;
use crate::SqliteStore;

#[tokio::test]
async fn calls_do_not_wait_for_lists() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let mut ends = Vec::new();
    let scans = (0..SCANS + 3).map(|_| {
        let (end, wait) = mpsc::channel::<()>();
        ends.push(end);
        store
            .readers
            .scan(move |_, _| Ok(wait.recv_timeout(Duration::from_secs(20))))
    });
    let scans = all(scans.collect());
    let lookups = async {
        let lookups = (0..20).map(|_| store.catalog());
        assert!(all(lookups.collect()).await.iter().all(Result::is_ok));
        drop(ends);
    };
    let (scans, ()) = tokio::join!(scans, lookups);
    let ended = Err(mpsc::RecvTimeoutError::Disconnected);
    assert!(
        scans.into_iter().all(|scan| scan.unwrap() == ended),
        "a lookup waited for them"
    );
}

#[tokio::test]
async fn a_query_that_panics_is_told_and_the_next_one_reads() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    for _ in 0..2 * LOOKUPS {
        let broken = store
            .readers
            .read(|_| -> Result<(), Error> { panic!("an invariant is broken") });
        assert_eq!(broken.await.unwrap_err().kind(), ErrorKind::Other);
    }
    store.catalog().await.unwrap();
}

#[tokio::test]
async fn connections_are_used_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    for _ in 0..50 {
        all((0..10).map(|_| store.catalog()).collect()).await;
    }
    assert!(store.readers.idle.lock().unwrap().len() <= LOOKUPS);
}

#[tokio::test]
async fn a_scan_that_nobody_waits_for_any_more_gives_its_slot_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
    let endless = |_| {
        let begun = begun.clone();
        store
            .readers
            .scan(move |_, abandoned| -> Result<(), Error> {
                begun.send(()).unwrap();
                loop {
                    abandoned.check()?;
                }
            })
    };
    let scans = all((0..SCANS).map(endless).collect());
    let all_run = async {
        for _ in 0..SCANS {
            begins.recv().await.unwrap();
        }
    };
    tokio::select! {
        biased;
        _ = scans => panic!("a scan ended that was waited for"),
        () = all_run => {}
    }
    let next = store.readers.scan(|_, _| Ok(()));
    let next = tokio::time::timeout(Duration::from_secs(20), next);
    next.await.expect("the slots are free").unwrap();
}
