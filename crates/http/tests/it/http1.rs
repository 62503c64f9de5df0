//! What goes out, and what is made of what comes in.

use leadhook_http::{
    FailureKind, HeaderName, HeaderValue, Method, RetryAfter, Version, registered_phrase,
};

use crate::server::{Server, call, client, failure, get, post, url};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

#[tokio::test]
async fn r_url_1_the_request_line_is_the_url_as_written() {
    let server = Server::always(OK).await;
    let client = client();
    let targets = [
        "/a/../b/./%7e%2F%2f?x=%26&y=&z&{a}|[b]^\\'",
        "//double//slash",
        "/?",
        "/a@b:c/;p=1,2!$&'()*+=~?/?@:%zz",
    ];
    for target in targets {
        client
            .send(&get(server.url(&format!("{target}#fragment"))))
            .await
            .expect("an answer");
        let request = server.requests().pop().expect("a request");
        let expected = format!("GET {target} HTTP/1.1\r\n");
        assert!(
            request.starts_with(&expected),
            "{request} does not begin with {expected}"
        );
    }
}

#[tokio::test]
async fn nothing_is_sent_but_what_was_given_and_host_and_framing() {
    let server = Server::always(OK).await;
    let client = client();
    let host = server.address;
    for (method, body, framing) in [
        (Method::Get, "", ""),
        (Method::Delete, "", ""),
        (Method::Post, "", "content-length: 0\r\n"),
        (Method::Put, "", "content-length: 0\r\n"),
        (Method::Patch, "", "content-length: 0\r\n"),
        (Method::Post, "{}", "content-length: 2\r\n"),
        (Method::Delete, "x", "content-length: 1\r\n"),
    ] {
        let mut request = post(server.url("/p"), body);
        request.method = method;
        client.send(&request).await.expect("an answer");
        assert_eq!(
            server.requests().pop().expect("a request"),
            format!("{method} /p HTTP/1.1\r\nhost: {host}\r\n{framing}\r\n{body}"),
        );
    }
}

#[tokio::test]
async fn r_hdr_1_headers_go_out_in_order_as_bytes_and_connection_headers_do_not() {
    let server = Server::always(OK).await;
    let mut request = get(server.url("/"));
    let header = |name: &'static str, value: &str| {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("no controls");
        (HeaderName::from_static(name), value)
    };
    request.headers = vec![
        header("x-name", "Zoë 渡辺"),
        header("x-twice", "1"),
        header("x-empty", ""),
        header("x-twice", "2"),
        header("host", "evil.example"),
        header("content-length", "77"),
        header("transfer-encoding", "chunked"),
        header("connection", "close"),
        header("expect", "100-continue"),
        header("keep-alive", "timeout=5"),
    ];
    client().send(&request).await.expect("an answer");
    assert_eq!(
        server.requests(),
        [format!(
            "GET / HTTP/1.1\r\nhost: {}\r\nx-name: Zoë 渡辺\r\nx-twice: 1\r\nx-twice: 2\r\nx-empty: \r\n\r\n",
            server.address
        )],
    );
}

#[tokio::test]
async fn r_url_4_userinfo_is_not_sent() {
    let server = Server::always(OK).await;
    let url = url(&format!("http://ada:s3cret@{}/x", server.address));
    client().send(&get(url)).await.expect("an answer");
    let requests = server.requests();
    assert_eq!(
        requests,
        [format!(
            "GET /x HTTP/1.1\r\nhost: {}\r\n\r\n",
            server.address
        )]
    );
}

#[tokio::test]
async fn r_call_4_the_reason_phrase_is_the_one_the_server_wrote() {
    let cases: [(&[u8], u16, Option<&str>); 9] = [
        (b"200 OK", 200, Some("OK")),
        (b"200 Fine by me", 200, Some("Fine by me")),
        (b"200 ", 200, None),
        (b"200", 200, None),
        (b"200 Gr\xfc\xdfe", 200, None),
        (b"299 Odd", 299, Some("Odd")),
        (b"299 ", 299, None),
        (b"413 Payload Too Large", 413, Some("Payload Too Large")),
        (b"418 I'm a teapot", 418, Some("I'm a teapot")),
    ];
    for (line, status, reason) in cases {
        let answer = [b"HTTP/1.1 ", line, b"\r\nContent-Length: 0\r\n\r\n"].concat();
        let exchange = call(&Server::once(answer).await).await.expect("an answer");
        assert_eq!(exchange.status, status);
        assert_eq!(
            exchange.reason.as_deref(),
            reason,
            "{}",
            line.escape_ascii()
        );
        assert_eq!(exchange.version, Version::Http1);
    }
    assert_eq!(registered_phrase(413), Some("Content Too Large"));
}

#[tokio::test]
async fn r_call_1_redirects_are_answers() {
    let server =
        Server::always("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(call(&server).await.expect("an answer").status, 302);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    let server = Server::always(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n\
         HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nhi",
    )
    .await;
    let exchange = call(&server).await.expect("an answer");
    assert_eq!((exchange.status, &exchange.body[..]), (201, &b"hi"[..]));
}

#[tokio::test]
async fn another_protocol_unasked_is_a_breach() {
    let server = Server::once(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nx",
    )
    .await;
    assert_eq!(
        failure(&server, FailureKind::Protocol).await.status(),
        Some(101)
    );
}

#[tokio::test]
async fn r_call_5_bodies_are_read_however_they_are_framed() {
    let cases = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;ext=1\r\nllo\r\n0\r\nTrailer: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ];
    for answer in cases {
        let exchange = call(&Server::once(answer).await).await.expect("an answer");
        assert_eq!(exchange.body, "hello", "{answer}");
    }
}

#[tokio::test]
async fn r_call_5_a_body_in_many_pieces_is_put_together() {
    let server = Server::start(|_, mut peer| async move {
        peer.request().await;
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await;
        for piece in 0..1_000 {
            peer.send(format!("5\r\n{piece:05}\r\n").as_bytes()).await;
            tokio::task::yield_now().await;
        }
        peer.send(b"0\r\n\r\n").await;
    })
    .await;
    let expected: String = (0..1_000).map(|piece| format!("{piece:05}")).collect();
    assert_eq!(call(&server).await.expect("an answer").body, expected);
}

#[tokio::test]
async fn answers_without_a_body_have_none_and_leave_the_connection_usable() {
    for status in ["204 No Content", "304 Not Modified"] {
        let server =
            Server::always(format!("HTTP/1.1 {status}\r\nContent-Length: 7\r\n\r\n")).await;
        let client = client();
        for _ in 0..2 {
            let exchange = client.send(&get(server.url("/"))).await.expect("an answer");
            assert!(exchange.body.is_empty());
        }
        assert_eq!(server.connections(), 1, "{status}");
    }
}

#[tokio::test]
async fn r_call_6_headers_of_the_answer_are_read() {
    let server = Server::always(
        "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Type: text/xml; charset=\"ISO-8859-1\"\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    let exchange = call(&server).await.expect("an answer");
    assert_eq!(
        exchange.retry_after,
        Some(RetryAfter::Delay(std::time::Duration::from_secs(7)))
    );
    assert_eq!(
        exchange.content_type.as_deref(),
        Some("text/xml; charset=\"ISO-8859-1\"")
    );
    assert_eq!(exchange.charset(), Some("ISO-8859-1"));
    assert!(exchange.timing.elapsed > std::time::Duration::ZERO);
}

#[tokio::test]
async fn an_answer_that_comes_before_the_request_is_sent_whole_counts() {
    let server = Server::start(|_, peer| async move {
        let mut stream = peer.into_stream();
        let mut some = [0; 1024];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut some)
            .await
            .expect("a request");
        let answer = b"HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
        tokio::io::AsyncWriteExt::write_all(&mut stream, answer)
            .await
            .expect("a client");
        // Read on, so that the kernel does not reset what it has not read.
        while matches!(
            tokio::io::AsyncReadExt::read(&mut stream, &mut some).await,
            Ok(1..)
        ) {}
    })
    .await;
    let request = post(server.url("/"), vec![b'x'; 16 << 20]);
    let exchange = client().send(&request).await.expect("an answer");
    assert_eq!(
        (exchange.status, exchange.reason.as_deref()),
        (413, Some("Too Much"))
    );
}
