//! HTTP/2: negotiated by ALPN, one connection for many calls.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use h2::{Reason, server};
use http::Response;
use leadhook_http::{FailureKind, HeaderName, HeaderValue, RetryAfter, Version};
use tokio::{io::AsyncWriteExt, sync::Semaphore};

use crate::{
    http2_service::{Http2, ok, serve_one},
    server::{Server, builder, get, post, url},
    tls::Authority,
};

#[tokio::test]
async fn requests_go_out_as_they_are_and_answers_have_no_reason() {
    let seen = Arc::new(Mutex::new(None));
    let see = seen.clone();
    let service = Http2::answering(move |_, (request, mut respond)| {
        *see.lock().expect("no panic") = Some(request.into_parts().0);
        let answer = Response::builder()
            .status(503)
            .header("retry-after", "5")
            .header("content-type", "text/plain; charset=utf-8");
        let mut stream = respond
            .send_response(answer.body(()).expect("a head"), false)
            .expect("an open stream");
        stream
            .send_data("bu".into(), false)
            .expect("an open stream");
        stream.send_data("sy".into(), true).expect("an open stream");
    })
    .await;
    let target = "/a/../b%7e//?x=%26&y={z}|^[]\\";
    let authority = format!("LocalHost:{}", service.server.address.port());
    let mut request = post(
        url(&format!("https://ada:pw@{authority}{target}#f")),
        "hello",
    );
    request.headers = vec![
        (
            HeaderName::from_static("x-name"),
            HeaderValue::from_bytes("Zoë".as_bytes()).expect("no controls"),
        ),
        (
            HeaderName::from_static("connection"),
            HeaderValue::from_static("close"),
        ),
        (
            HeaderName::from_static("host"),
            HeaderValue::from_static("evil.example"),
        ),
    ];
    let exchange = service.client.send(&request).await.expect("an answer");
    assert_eq!((exchange.status, exchange.reason.as_deref()), (503, None));
    assert_eq!(exchange.version, Version::Http2);
    assert_eq!(exchange.body, "busy");
    assert_eq!(exchange.charset(), Some("utf-8"));
    assert_eq!(
        exchange.retry_after,
        Some(RetryAfter::Delay(Duration::from_secs(5)))
    );
    let head = seen.lock().expect("no panic").take().expect("a request");
    assert_eq!(head.method, "POST");
    assert_eq!(head.uri.to_string(), format!("https://{authority}{target}"));
    let headers: Vec<_> = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    assert_eq!(
        headers,
        [("x-name", "Zoë".as_bytes()), ("content-length", b"5")]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_first_calls_at_once_share_one_connection() {
    let service = Arc::new(Http2::answering(|_, incoming| ok(incoming)).await);
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let service = service.clone();
            tokio::spawn(async move { service.ok().await })
        })
        .collect();
    for call in calls {
        call.await.expect("it succeeds");
    }
    assert_eq!((service.server.connections(), service.requests()), (1, 100));
}

#[tokio::test]
async fn more_calls_than_a_connection_takes_have_another_one() {
    let gate = Arc::new(Semaphore::new(1));
    let open = gate.clone();
    let mut two_streams = server::Builder::new();
    two_streams.max_concurrent_streams(2);
    let service = Arc::new(
        Http2::start(two_streams, move |_, mut connection, count| {
            let gate = gate.clone();
            async move {
                while let Some(Ok(incoming)) = connection.accept().await {
                    count.fetch_add(1, Ordering::SeqCst);
                    let gate = gate.clone();
                    tokio::spawn(async move {
                        gate.acquire().await.expect("open").forget();
                        ok(incoming);
                    });
                }
            }
        })
        .await,
    );
    service.ok().await;
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let service = service.clone();
            tokio::spawn(async move { service.ok().await })
        })
        .collect();
    while service.requests() < 7 {
        tokio::task::yield_now().await;
    }
    assert_eq!(service.server.connections(), 3, "two calls on each");
    open.add_permits(6);
    for call in calls {
        call.await.expect("it succeeds");
    }
}

#[tokio::test]
async fn r_call_8_a_connection_that_goes_away_fails_no_call() {
    // Each connection answers once, then ends: with a GOAWAY, or with none.
    for says_so in [true, false] {
        let service = Http2::start(
            server::Builder::new(),
            move |_, mut connection, count| async move {
                serve_one(&mut connection, &count).await;
                if says_so {
                    connection.graceful_shutdown();
                    while connection.accept().await.is_some() {}
                } else {
                    // The answer leaves; then the next request is taken and the connection dropped.
                    let _ = connection.accept().await;
                }
            },
        )
        .await;
        for _ in 0..4 {
            service.ok().await;
        }
        let connections = service.server.connections();
        assert!(
            (3..=4).contains(&connections),
            "{connections} for GOAWAY {says_so}"
        );
    }
}

#[tokio::test]
async fn r_call_8_a_stream_that_is_refused_goes_over_a_fresh_connection() {
    let service = Http2::start(
        server::Builder::new(),
        |_, mut connection, count| async move {
            serve_one(&mut connection, &count).await;
            while let Some(Ok((_, mut respond))) = connection.accept().await {
                respond.send_reset(Reason::REFUSED_STREAM);
            }
        },
    )
    .await;
    service.ok().await;
    service.ok().await;
    assert_eq!((service.server.connections(), service.requests()), (2, 2));
}

#[tokio::test]
async fn r_call_8_a_fresh_connection_that_refuses_is_not_replaced() {
    let service =
        Http2::answering(|_, (_, mut respond)| respond.send_reset(Reason::REFUSED_STREAM)).await;
    service.failure(FailureKind::Closed).await;
    assert_eq!((service.server.connections(), service.requests()), (1, 1));
}

#[tokio::test]
async fn r_call_4_a_stream_that_is_reset_is_closed_and_not_sent_again() {
    let service = Http2::answering(|_, (request, mut respond)| {
        if request.uri().path() == "/" {
            respond.send_reset(Reason::INTERNAL_ERROR);
        } else {
            ok((request, respond));
        }
    })
    .await;
    let mut fine = service.request();
    fine.url = url(&format!(
        "https://localhost:{}/fine",
        service.server.address.port()
    ));
    service.client.send(&fine).await.expect("an answer");
    service.failure(FailureKind::Closed).await;
    assert_eq!((service.server.connections(), service.requests()), (1, 2));
}

#[tokio::test]
async fn r_call_4_closed_half_way_with_the_status() {
    let service = Http2::answering(|_, (_, mut respond)| {
        let answer = Response::builder().status(500).body(()).expect("a head");
        let mut stream = respond
            .send_response(answer, false)
            .expect("an open stream");
        stream
            .send_data("half".into(), false)
            .expect("an open stream");
        tokio::spawn(async move {
            // Reset at once, the stream would never show its head.
            let _ =
                tokio::time::timeout(Duration::from_millis(50), std::future::pending::<()>()).await;
            stream.send_reset(Reason::CANCEL);
        });
    })
    .await;
    assert_eq!(
        service.failure(FailureKind::Closed).await.status(),
        Some(500)
    );
}

#[tokio::test]
async fn r_call_4_protocol_when_what_comes_is_not_http_2() {
    let authority = Authority::new();
    let acceptor = authority.acceptor("localhost", &[b"h2"]);
    let server = Server::start(move |_, peer| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor
                .accept(peer.into_stream())
                .await
                .expect("a handshake");
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .await;
            let _ = stream.flush().await;
            while matches!(
                tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 1024]).await,
                Ok(1..)
            ) {}
        }
    })
    .await;
    let request = get(url(&format!(
        "https://localhost:{}/",
        server.address.port()
    )));
    let failure = authority
        .client()
        .send(&request)
        .await
        .expect_err("no HTTP/2");
    assert_eq!(failure.kind(), FailureKind::Protocol, "{failure}");
}

#[tokio::test]
async fn r_call_4_protocol_when_the_body_is_not_as_long_as_announced() {
    let service = Http2::answering(|_, (_, mut respond)| {
        let answer = Response::builder()
            .header("content-length", "9")
            .body(())
            .expect("a head");
        let mut stream = respond
            .send_response(answer, false)
            .expect("an open stream");
        stream
            .send_data("short".into(), true)
            .expect("an open stream");
    })
    .await;
    assert_eq!(
        service.failure(FailureKind::Protocol).await.status(),
        Some(200)
    );
}

#[tokio::test]
async fn r_call_4_a_head_has_at_most_64_kib() {
    let service = Http2::answering(|_, (_, mut respond)| {
        let mut answer = Response::builder();
        for number in 0..70 {
            answer = answer.header(format!("x-{number}"), "v".repeat(1024));
        }
        let _ = respond.send_response(answer.body(()).expect("a head"), true);
    })
    .await;
    service.failure(FailureKind::Protocol).await;
}

#[tokio::test]
async fn r_call_5_too_large_ends_the_stream_and_not_the_connection() {
    let service = Http2::answering(|number, (request, mut respond)| {
        if request.uri().path() == "/" {
            let mut stream = respond
                .send_response(Response::new(()), false)
                .expect("an open stream");
            stream
                .send_data(vec![b'x'; (1 << 20) + 1].into(), true)
                .expect("an open stream");
        } else {
            assert_eq!(number, 0);
            ok((request, respond));
        }
    })
    .await;
    assert_eq!(
        service.failure(FailureKind::TooLarge).await.status(),
        Some(200)
    );
    let mut fine = service.request();
    fine.url = url(&format!(
        "https://localhost:{}/fine",
        service.server.address.port()
    ));
    service.client.send(&fine).await.expect("an answer");
    assert_eq!(service.server.connections(), 1);
}

#[tokio::test]
async fn dropping_a_call_resets_its_stream() {
    let (told, reset) = tokio::sync::oneshot::channel();
    let told = Arc::new(Mutex::new(Some(told)));
    let service = Http2::answering(move |_, (request, mut respond)| {
        let told = told.lock().expect("no panic").take();
        let Some(told) = told else {
            return ok((request, respond));
        };
        tokio::spawn(async move {
            let reason = poll_fn(|cx| respond.poll_reset(cx)).await;
            told.send(reason.expect("a reset"))
                .expect("the test listens");
        });
    })
    .await;
    let request = service.request();
    let call = service.client.send(&request);
    tokio::select! {
        _ = call => panic!("there is no answer"),
        () = async { while service.requests() == 0 { tokio::task::yield_now().await } } => {}
    }
    assert_eq!(reset.await.expect("the service saw it"), Reason::CANCEL);
    service.ok().await;
    assert_eq!(service.server.connections(), 1);
}

#[tokio::test]
async fn r_call_1_timeout_and_a_silent_connection_is_not_used_again() {
    let service = Http2::start(
        server::Builder::new(),
        |number, mut connection, count| async move {
            serve_one(&mut connection, &count).await;
            if number == 0 {
                // The answer leaves, then nothing is read or written any more.
                let flushed =
                    tokio::time::timeout(Duration::from_millis(50), connection.accept()).await;
                assert!(flushed.is_err());
                std::future::pending::<()>().await;
            }
            while let Some(Ok(incoming)) = connection.accept().await {
                ok(incoming);
            }
        },
    )
    .await;
    service.ok().await;
    // Until the service has fallen silent.
    let _ = tokio::time::timeout(Duration::from_millis(100), std::future::pending::<()>()).await;
    let mut request = service.request();
    request.timeout = Duration::from_millis(100);
    let failure = service.client.send(&request).await.expect_err("silence");
    assert_eq!(
        (failure.kind(), failure.status()),
        (FailureKind::Timeout, None)
    );
    service.ok().await;
    assert_eq!(service.server.connections(), 2);
}

#[tokio::test]
async fn idle_connections_are_closed_without_another_call() {
    let authority = Authority::new();
    let acceptor = authority.acceptor("localhost", &[b"h2"]);
    let (told, closed) = tokio::sync::oneshot::channel();
    let told = Mutex::new(Some(told));
    let server = Server::start(move |_, peer| {
        let (acceptor, told) = (acceptor.clone(), told.lock().expect("no panic").take());
        async move {
            let stream = acceptor
                .accept(peer.into_stream())
                .await
                .expect("a handshake");
            let mut connection = server::handshake(stream).await.expect("a handshake");
            while let Some(Ok(incoming)) = connection.accept().await {
                ok(incoming);
            }
            told.expect("one connection")
                .send(())
                .expect("the test listens");
        }
    })
    .await;
    let client = builder()
        .idle_timeout(Duration::from_millis(50))
        .add_root_certificate_pem(authority.pem().as_bytes())
        .and_then(leadhook_http::Builder::build)
        .expect("a client");
    let request = get(url(&format!(
        "https://localhost:{}/",
        server.address.port()
    )));
    client.send(&request).await.expect("an answer");
    tokio::time::timeout(Duration::from_secs(5), closed)
        .await
        .expect("in time")
        .expect("closed");
}
