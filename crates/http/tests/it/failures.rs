//! Every word of R-CALL-4, and what is kept of an answer that broke.

use std::time::Duration;

use leadhook_http::{FailureKind, RetryAfter};
use tokio::net::TcpListener;

use crate::server::{Server, call, client, failure, get, post, url};

#[tokio::test]
async fn r_call_1_timeout_when_a_service_accepts_and_never_answers() {
    let server = Server::start(|_, mut peer| async move { peer.closed().await }).await;
    let mut request = get(server.url("/secret?token=1"));
    request.timeout = Duration::from_millis(100);
    let failure = client().send(&request).await.expect_err("no answer");
    assert_eq!(
        (failure.kind(), failure.status()),
        (FailureKind::Timeout, None)
    );
    assert_eq!(
        failure.detail(),
        format!("100 ms passed without an answer from {}", server.address)
    );
}

#[tokio::test]
async fn r_call_1_the_deadline_holds_to_the_last_byte_and_the_status_is_kept() {
    let server = Server::start(|_, mut peer| async move {
        peer.request().await;
        peer.send(b"HTTP/1.1 503 Busy\r\nRetry-After: 9\r\nContent-Length: 5\r\n\r\nhel")
            .await;
        peer.closed().await;
    })
    .await;
    let mut request = get(server.url("/"));
    request.timeout = Duration::from_millis(100);
    let failure = client().send(&request).await.expect_err("no whole answer");
    assert_eq!(
        (failure.kind(), failure.status()),
        (FailureKind::Timeout, Some(503))
    );
    assert_eq!(
        failure.retry_after(),
        Some(RetryAfter::Delay(Duration::from_secs(9)))
    );
}

#[tokio::test]
async fn r_call_1_a_request_that_nobody_reads_times_out() {
    let server = Server::start(|_, peer| async move {
        let stream = peer.into_stream();
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let mut request = post(server.url("/"), vec![b'x'; 64 << 20]);
    request.timeout = Duration::from_millis(200);
    let failure = client().send(&request).await.expect_err("no answer");
    assert_eq!(failure.kind(), FailureKind::Timeout);
}

#[tokio::test]
async fn r_call_4_dns_when_the_name_has_no_address() {
    // RFC 6761 §6.4: no resolver knows it.
    let failure = client()
        .send(&get(url("http://nobody.invalid/")))
        .await
        .expect_err("no such name");
    assert_eq!(failure.kind(), FailureKind::Dns, "{failure}");
}

#[tokio::test]
async fn r_call_4_connect_when_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has free ports");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let failure = client()
        .send(&get(url(&format!("http://{address}/"))))
        .await
        .expect_err("nobody there");
    assert_eq!(failure.kind(), FailureKind::Connect);
    assert!(
        failure
            .detail()
            .starts_with(&format!("no connection to {address}: ")),
        "{failure}"
    );
}

#[tokio::test]
async fn r_call_4_closed_when_a_fresh_connection_ends_before_the_answer() {
    let server = Server::once("").await;
    assert_eq!(failure(&server, FailureKind::Closed).await.status(), None);
    assert_eq!(
        server.connections(),
        1,
        "a fresh connection that closes is not tried again"
    );

    let resetting = Server::start(|_, mut peer| async move {
        peer.request().await;
        peer.reset();
    })
    .await;
    failure(&resetting, FailureKind::Closed).await;
    assert_eq!(resetting.connections(), 1);
}

#[tokio::test]
async fn r_call_4_closed_half_way_with_the_status_where_the_head_had_come() {
    let cases: [(&str, Option<u16>); 6] = [
        ("HTTP/1.1 200", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Some(200)),
        (
            "HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nhell",
            Some(500),
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            Some(200),
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            Some(200),
        ),
    ];
    for (answer, status) in cases {
        let server = Server::once(answer).await;
        assert_eq!(
            failure(&server, FailureKind::Closed).await.status(),
            status,
            "{answer}"
        );
    }
}

#[tokio::test]
async fn r_call_4_protocol_when_it_is_not_http_or_breaks_it() {
    let cases: [(&[u8], Option<u16>); 10] = [
        (b"SSH-2.0-OpenSSH_9.6\r\n", None),
        (b"\x16\x03\x01\x02\x00", None),
        (b"HTTP/9.9 200 OK\r\n\r\n", None),
        (b"HTTP/1.1 2OO OK\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", None),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
            None,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n",
            Some(200),
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
            Some(200),
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            Some(200),
        ),
    ];
    for (answer, status) in cases {
        let server = Server::once(answer).await;
        let failure = failure(&server, FailureKind::Protocol).await;
        assert_eq!(
            failure.status(),
            status,
            "{}: {failure}",
            answer.escape_ascii()
        );
    }
}

#[tokio::test]
async fn r_call_4_a_head_has_at_most_64_kib_and_may_have_many_headers() {
    let head = |length: usize| {
        let start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
        let mut head = start.to_owned();
        for number in 0..900 {
            let room = (length - start.len() - 2) / 900 - "x-000: \r\n".len();
            head += &format!("x-{number:03}: {}\r\n", "v".repeat(room));
        }
        head + "\r\n"
    };
    let exchange = call(&Server::once(head(60 << 10)).await)
        .await
        .expect("an answer");
    assert_eq!(exchange.status, 200);
    failure(&Server::once(head(70 << 10)).await, FailureKind::Protocol).await;
    let endless = Server::start(|_, mut peer| async move {
        peer.request().await;
        peer.send(b"HTTP/1.1 200 OK\r\n").await;
        for _ in 0..10_000 {
            peer.send(b"x: 0123456789012345678901234567890123456789\r\n")
                .await;
        }
    })
    .await;
    failure(&endless, FailureKind::Protocol).await;
}

#[tokio::test]
async fn r_call_3_a_failure_tells_neither_path_nor_credentials() {
    let server = Server::once("").await;
    let url = url(&format!(
        "http://ada:s3cret@{}/private?key=hidden",
        server.address
    ));
    let failure = client().send(&get(url)).await.expect_err("it closes");
    let text = format!("{failure} {failure:?}");
    for secret in ["ada", "s3cret", "private", "hidden"] {
        assert!(!text.contains(secret), "{text}");
    }
}
