//! Limits hold while reading, and bound what a call can take.

use std::time::Duration;

use leadhook_http::{Client, FailureKind, Request};
use tokio::task::JoinSet;

use crate::server::{Server, builder, client, get};

#[tokio::test]
async fn r_call_5_a_body_up_to_the_limit_is_read_and_beyond_it_too_large() {
    let framed = |length: usize| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}",
            "x".repeat(length)
        )
    };
    let chunked = |length: usize| {
        format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{}\r\n0\r\n\r\n",
            "x".repeat(length)
        )
    };
    let until_close = |length: usize| format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(length));
    let client = builder().max_body(10_000).build().expect("a client");
    for answer in [framed(10_000), chunked(10_000), until_close(10_000)] {
        let server = Server::once(answer).await;
        assert_eq!(
            client
                .send(&get(server.url("/")))
                .await
                .expect("an answer")
                .body
                .len(),
            10_000
        );
    }
    for answer in [framed(10_001), chunked(10_001), until_close(10_001)] {
        let server = Server::once(answer).await;
        let failure = client
            .send(&get(server.url("/")))
            .await
            .expect_err("too large");
        assert_eq!(
            (failure.kind(), failure.status()),
            (FailureKind::TooLarge, Some(200)),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn r_call_5_reading_stops_and_the_connection_is_closed() {
    let (told, closed) = tokio::sync::oneshot::channel();
    let told = std::sync::Mutex::new(Some(told));
    let server = Server::start(move |_, mut peer| {
        let told = told.lock().expect("no panic").take();
        async move {
            peer.request().await;
            peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                .await;
            let chunk = format!("{:x}\r\n{}\r\n", 1 << 16, "x".repeat(1 << 16));
            let mut stream = peer.into_stream();
            let mut sent = 0_usize;
            while tokio::io::AsyncWriteExt::write_all(&mut stream, chunk.as_bytes())
                .await
                .is_ok()
            {
                sent += 1 << 16;
            }
            told.expect("one connection")
                .send(sent)
                .expect("the test listens");
        }
    })
    .await;
    let failure = client()
        .send(&get(server.url("/")))
        .await
        .expect_err("endless");
    assert_eq!(failure.kind(), FailureKind::TooLarge);
    let sent = closed.await.expect("the service saw the end");
    assert!(sent < 100 << 20, "{sent} bytes were taken off the service");
}

/// Larger than what needs no room.
const LARGE: usize = 100 << 10;

/// Two answers of [`LARGE`] bytes fit at a time.
fn narrow() -> Client {
    let builder = builder().max_body(LARGE).body_memory(2 * LARGE);
    builder.build().expect("a client")
}

fn large() -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n{}",
        "x".repeat(LARGE)
    )
}

#[tokio::test]
async fn large_bodies_wait_for_those_that_are_held_and_small_ones_do_not() {
    let server = Server::always(large()).await;
    let client = narrow();
    let first = client.send(&get(server.url("/"))).await.expect("room");
    let second = client.send(&get(server.url("/"))).await.expect("room");
    let kept = first.body.slice(..1);
    drop(first);
    let hasty = Request {
        timeout: Duration::from_millis(200),
        ..get(server.url("/"))
    };
    let failure = client.send(&hasty).await.expect_err("there is no room");
    assert_eq!(
        (failure.kind(), failure.status()),
        (FailureKind::Timeout, Some(200)),
        "{failure}"
    );
    let small = Server::always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
    let answer = client.send(&get(small.url("/"))).await.expect("a body");
    assert_eq!(answer.body, "{}");
    drop(kept);
    let third = client.send(&get(server.url("/"))).await.expect("room");
    assert_eq!((second.body.len(), third.body.len()), (LARGE, LARGE));
}

#[tokio::test]
async fn many_large_bodies_at_once_all_come() {
    let server = Server::always(large()).await;
    let client = narrow();
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let (client, request) = (client.clone(), get(server.url("/")));
        calls.spawn(async move {
            let answer = client.send(&request).await.expect("its turn comes");
            answer.body.len()
        });
    }
    assert_eq!(calls.join_all().await, [LARGE; 50]);
}

#[tokio::test]
async fn a_slow_large_body_ends_by_its_own_deadline_and_gives_its_room_back() {
    let stalling = Server::start(|_, mut peer| async move {
        peer.request().await;
        peer.send(&large().as_bytes()[..LARGE / 2]).await;
        peer.closed().await;
    })
    .await;
    let client = narrow();
    let mut stalled = JoinSet::new();
    for _ in 0..2 {
        let client = client.clone();
        let request = Request {
            timeout: Duration::from_secs(1),
            ..get(stalling.url("/"))
        };
        stalled.spawn(async move { client.send(&request).await });
    }
    let server = Server::always(large()).await;
    let hasty = Request {
        timeout: Duration::from_millis(100),
        ..get(server.url("/"))
    };
    let both_have_room = async { while client.send(&hasty).await.is_ok() {} };
    let both_have_room = tokio::time::timeout(Duration::from_secs(1), both_have_room);
    both_have_room.await.expect("nobody else has room then");
    let answer = client.send(&get(server.url("/"))).await.expect("room");
    assert_eq!(answer.body.len(), LARGE);
    for result in stalled.join_all().await {
        let failure = result.expect_err("it never comes");
        assert_eq!(failure.kind(), FailureKind::Timeout, "{failure}");
    }
}
