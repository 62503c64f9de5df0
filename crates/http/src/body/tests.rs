use std::{future::Future, io::Write, time::Duration};

use flate2::{Compression, write::GzEncoder};
use http::HeaderValue;
use proptest::prelude::*;
use tokio::time::timeout;

use super::*;

const LIMIT: usize = 1 << 20;
const LARGE: usize = SMALL + 1;

fn memory() -> Memory {
    Memory::new(0, most_room(LIMIT))
}

/// The result of what ends without waiting for room; time is paused.
async fn at_once<T>(work: impl Future<Output = T>) -> Option<T> {
    timeout(Duration::from_secs(1), work).await.ok()
}

fn zeros(length: usize) -> Bytes {
    vec![0; length].into()
}

#[tokio::test]
async fn one_piece_is_copied_where_that_is_less_than_what_it_would_keep() {
    let (memory, headers) = (memory(), HeaderMap::new());
    for (length, is_copied) in [(COPIED, true), (COPIED + 1, false)] {
        let piece = zeros(length);
        let announced = length as u64;
        let mut collector = Collector::new(&memory, LIMIT, &headers, announced).expect("a limit");
        collector.push(piece.clone()).await.expect("within it");
        let body = collector.finish().await.expect("a body");
        assert_eq!(body, piece);
        assert_eq!(body.as_ptr() != piece.as_ptr(), is_copied);
    }
}

#[test]
fn r_call_5_what_is_announced_as_too_large_is_not_read() {
    let (memory, headers) = (memory(), HeaderMap::new());
    let new = |announced| Collector::new(&memory, 100, &headers, announced);
    assert!(new(100).is_ok());
    for announced in [101, u64::MAX] {
        let refused = new(announced).unwrap_err();
        assert_eq!(refused.kind(), FailureKind::TooLarge);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_waits_for_room_when_it_is_announced_or_becomes_large() {
    let headers = HeaderMap::new();
    for (announced, pieces, waits) in [
        (0, &[SMALL][..], false),
        (SMALL, &[SMALL], false),
        (0, &[SMALL / 2, SMALL / 2], false),
        (LARGE, &[1], true),
        (0, &[LARGE], true),
        (0, &[SMALL, 1], true),
    ] {
        let memory = memory();
        let all = memory.room(most_room(LIMIT)).await;
        let announced = announced as u64;
        let mut collector = Collector::new(&memory, LIMIT, &headers, announced).expect("small");
        let (last, before) = pieces.split_last().expect("a piece");
        for piece in before {
            let pushed = at_once(collector.push(zeros(*piece))).await;
            pushed.expect("small by now").expect("within the limit");
        }
        let pushed = at_once(collector.push(zeros(*last))).await;
        assert_eq!(pushed.is_none(), waits, "{announced} {pieces:?}");
        drop(all);
        if waits {
            let pushed = at_once(collector.push(zeros(*last))).await;
            pushed.expect("there is room").expect("within the limit");
        }
    }
}

fn gzip(length: usize) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&zeros(length)).expect("memory");
    encoder.finish().expect("memory").into()
}

#[tokio::test(start_paused = true)]
async fn a_body_that_unfolds_waits_for_room_only_if_it_becomes_large() {
    let memory = memory();
    let headers =
        HeaderMap::from_iter([(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
    for (length, waits) in [(SMALL, false), (LARGE, true), (LIMIT, true)] {
        let decoded = || async {
            let mut collector = Collector::new(&memory, LIMIT, &headers, 0).expect("small");
            collector.push(gzip(length)).await.expect("small");
            collector.finish().await.expect("a body").len()
        };
        let all = memory.room(most_room(LIMIT)).await;
        assert_eq!(at_once(decoded()).await.is_none(), waits, "{length}");
        drop(all);
        assert_eq!(at_once(decoded()).await, Some(length));
    }
}

proptest! {
    #[test]
    fn r_call_5_pieces_are_joined_up_to_the_limit(
        pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..10),
        limit in 0_usize..100,
        is_announced: bool,
    ) {
        let all = pieces.concat();
        let (memory, headers) = (memory(), HeaderMap::new());
        let announced = if is_announced { all.len() as u64 } else { 0 };
        let join = async {
            let mut collector = Collector::new(&memory, limit, &headers, announced)?;
            for piece in &pieces {
                collector.push(piece.clone().into()).await?;
            }
            collector.finish().await
        };
        let runtime = tokio::runtime::Builder::new_current_thread();
        let joined = { runtime }.build().expect("a runtime").block_on(join);
        prop_assert_eq!(joined.is_ok(), all.len() <= limit);
        if let Ok(joined) = joined {
            prop_assert_eq!(joined, all);
        }
    }
}
