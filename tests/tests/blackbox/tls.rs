//! Calls over TLS, HTTP/1.1 and HTTP/2, with certificates made on the spot.

use hyper::Version;
use leadhook_tests::{Authority, Protocol, Server, TlsTarget, make};

async fn server(authority: &Authority) -> Server {
    Server::options()
        .flag("--ca-certificate", authority.certificate())
        .start()
        .await
}

#[tokio::test]
async fn the_handshake_decides_which_http_is_spoken() {
    let authority = Authority::new();
    let server = server(&authority).await;
    for (protocol, version) in [
        (Protocol::Http1, Version::HTTP_11),
        (Protocol::Http2, Version::HTTP_2),
        (Protocol::Either, Version::HTTP_2),
    ] {
        let target = TlsTarget::start(&authority, protocol, r#"{"title": "CTO"}"#).await;
        let webhook = make::json_webhook(
            &target.url("/a%2fb/%7e?q=%26"),
            r#"{"e": {{lead.Email Address}}}"#,
            &[("title", "Title")],
        );
        let call = server
            .call_once(webhook, make::inline([("Email", "ada@example.com")]))
            .await;
        assert_eq!(
            (call.response_code, call.error_type.as_str(), call.succeeded),
            (200, "OK", true),
            "{protocol:?}"
        );
        assert_eq!(
            call.field_changes[0].new_value,
            Some(make::value("CTO")),
            "{protocol:?}"
        );

        let request = &target.requests()[0];
        assert_eq!(request.version, version, "{protocol:?}");
        assert_eq!(
            request
                .uri
                .path_and_query()
                .map(hyper::http::uri::PathAndQuery::as_str),
            Some("/a%2fb/%7e?q=%26")
        );
        assert_eq!(request.body, r#"{"e": "ada@example.com"}"#);
        assert_eq!(
            request.headers["idempotency-key"],
            call.idempotency_key.as_str()
        );
    }
}

#[tokio::test]
async fn http_2_calls_share_a_connection() {
    let authority = Authority::new();
    let server = server(&authority).await;
    let target = TlsTarget::start(&authority, Protocol::Http2, "{}").await;
    server
        .create_webhook("shared", make::get(&target.url("/")))
        .await;
    for _ in 0..5 {
        assert_eq!(
            server
                .call("webhooks/shared", make::nobody())
                .await
                .response_code,
            200
        );
    }
    let connections: Vec<_> = target
        .requests()
        .iter()
        .map(|request| request.connection)
        .collect();
    assert_eq!(connections, [1; 5]);
}

#[tokio::test]
async fn r_call_4_tls_an_authority_that_nobody_vouches_for() {
    let server = Server::start().await;
    let target = TlsTarget::start(&Authority::new(), Protocol::Either, "{}").await;
    let call = server
        .call_once(make::get(&target.url("/")), make::nobody())
        .await;
    assert_eq!(
        (call.response_code, call.error_type.as_str(), call.succeeded),
        (0, "TLS", false)
    );
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn r_call_4_tls_a_certificate_for_another_name() {
    let authority = Authority::new();
    let server = server(&authority).await;
    let target = TlsTarget::named(&authority, Protocol::Either, "elsewhere.example", "{}").await;
    let call = server
        .call_once(make::get(&target.url("/")), make::nobody())
        .await;
    assert_eq!((call.response_code, call.error_type.as_str()), (0, "TLS"));
    assert!(target.requests().is_empty());
}
