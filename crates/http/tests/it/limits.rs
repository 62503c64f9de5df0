//! Limits hold while reading, and bound what a call can take.

use leadhook_http::FailureKind;

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
