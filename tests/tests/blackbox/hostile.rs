//! Data that means harm: bodies that are deep, huge or malformed, values that look like markup. Each is data and nothing else, or a
//! named error; nobody panics and memory stays bounded.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use leadhook_proto::v1::mapping_problem::Reason;
use leadhook_proto::v1::{
    Call, CallContext, CallWebhookRequest, MyToken, RequestTokenEncoding as Encoding, ResponseType,
    Webhook,
};
use leadhook_tests::{Answer, Server, Target, make};
use tonic::Code;

const MEBIBYTE: usize = 1 << 20;

fn outcome(call: &Call) -> (i32, &str, bool) {
    (call.response_code, &call.error_type, call.succeeded)
}

/// What the mappings of a call ran into, in order.
fn problems(call: &Call) -> Vec<Reason> {
    call.mapping_problems
        .iter()
        .map(leadhook_proto::v1::MappingProblem::reason)
        .collect()
}

/// A call of a service that answers like this; `title` is mapped to a text field.
async fn call(server: &Server, answer: Answer) -> (Call, Target) {
    let target = Target::start(answer).await;
    let webhook = make::json_webhook(&target.url("/"), "{}", &[("title", "Title")]);
    (
        server
            .call_once(
                Webhook {
                    timeout: Some(make::milliseconds(5_000)),
                    ..webhook
                },
                make::nobody(),
            )
            .await,
        target,
    )
}

#[tokio::test]
async fn r_map_6_bodies_that_are_not_well_formed_are_invalid() {
    let server = Server::start().await;
    for (what, body) in [
        ("trailing text", &br#"{"title": "CTO"} x"#[..]),
        ("cut", br#"{"title": "CTO""#),
        (
            "not UTF-8, in a value nobody reads",
            b"{\"other\": \"\xff\", \"title\": \"CTO\"}",
        ),
        ("HTML", b"<!doctype html><title>Sorry</title>"),
    ] {
        let (call, _target) = call(
            &server,
            Answer::full(200, "OK", &[("Content-Type", "application/json")], body),
        )
        .await;
        assert_eq!(outcome(&call), (200, "OK", true), "{what}");
        assert_eq!(problems(&call), [Reason::InvalidResponse], "{what}");
        assert_eq!(
            call.response, body,
            "{what}: the payload is kept as it came"
        );
    }
}

#[tokio::test]
async fn json_nested_100_000_deep_is_walked_past() {
    let server = Server::start().await;
    let body = format!(
        r#"{{"deep": {}{}, "title": "CTO"}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let (call, _target) = call(&server, Answer::json(&body)).await;
    assert_eq!(outcome(&call), (200, "OK", true));
    assert_eq!(
        call.field_changes[0].new_value,
        Some(make::value("CTO")),
        "{:?}",
        call.mapping_problems
    );
    let (call, _target) = self::call(&server, Answer::json(&"[".repeat(100_000))).await;
    assert_eq!(problems(&call), [Reason::InvalidResponse]);
}

#[tokio::test]
async fn r_map_3_dtds_are_skipped_and_entity_bombs_are_invalid() {
    let server = Server::start().await;
    let attributes: String = (0..10_000)
        .map(|number| format!(" a{number}=\"\""))
        .collect();
    let bomb = "<!DOCTYPE p [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><p><title>&b;</title></p>";
    for (what, body, expected) in [
        (
            "a DTD",
            "<!DOCTYPE p SYSTEM \"http://127.0.0.1:1/x.dtd\"><p><title>CTO</title></p>".to_owned(),
            vec![],
        ),
        (
            "an entity bomb",
            bomb.to_owned(),
            vec![Reason::InvalidResponse],
        ),
        (
            "10,000 attributes",
            format!("<p{attributes}><title>CTO</title></p>"),
            vec![Reason::InvalidResponse],
        ),
        (
            "100,000 levels",
            "<p>".repeat(100_000),
            vec![Reason::InvalidResponse],
        ),
    ] {
        let target = Target::start(Answer::xml(&body)).await;
        let webhook = Webhook {
            response_type: ResponseType::Xml.into(),
            response_mappings: make::mappings(&[("p.title", "Title")]),
            ..make::get(&target.url("/"))
        };
        let call = server.call_once(webhook, make::nobody()).await;
        assert_eq!(outcome(&call), (200, "OK", true), "{what}");
        assert_eq!(problems(&call), expected, "{what}");
    }
}

#[tokio::test]
async fn r_call_5_what_is_kept_is_cut_and_what_is_mapped_is_not() {
    let server = Server::start().await;
    let body = format!(
        r#"{{"padding": "{}", "title": "CTO"}}"#,
        "x".repeat(100_000)
    );
    let (call, _target) = call(&server, Answer::json(&body)).await;
    assert!(call.response_truncated);
    assert_eq!(call.response, &body.as_bytes()[..64 << 10]);
    assert_eq!(call.field_changes[0].new_value, Some(make::value("CTO")));
}

#[tokio::test]
async fn r_call_5_100_mb_are_too_large_compressed_or_not_and_memory_stays_bounded() {
    let server = Server::start().await;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let mut plain = Answer::promising(100 * MEBIBYTE, "");
    for _ in 0..100 {
        encoder
            .write_all(&[b' '; MEBIBYTE])
            .expect("memory takes it");
        plain = plain.then([b' '; MEBIBYTE]);
    }
    let bomb = encoder.finish().expect("memory takes it");
    let bomb = Answer::full(200, "OK", &[("Content-Encoding", "gzip")], bomb);
    for answer in [plain, bomb] {
        let (call, _target) = call(&server, answer).await;
        assert_eq!(outcome(&call), (0, "TOO_LARGE", false));
        assert_eq!(call.attempts[0].response_code, 200);
    }
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", server.process())).expect("Linux tells");
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("a peak");
    let peak: usize = peak
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number of kB");
    assert!(peak < 100 << 10, "{peak} kB resident at most");
}

#[tokio::test]
async fn r_call_4_a_payload_over_1_mib_is_not_sent() {
    let (server, target) = (Server::start().await, Target::start(Answer::empty()).await);
    let webhook = make::post(
        &target.url("/"),
        Encoding::None,
        &"{{lead.Address}}".repeat(40),
    );
    let call = server
        .call_once(webhook, make::inline([("Address", "x".repeat(30_000))]))
        .await;
    assert_eq!(outcome(&call), (0, "TOO_LARGE", false));
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn a_message_of_100_mb_is_resource_exhausted() {
    let server = Server::start().await;
    let answer = server.import_csv(vec![b'x'; 100 * MEBIBYTE]).await;
    let fault = answer.unwrap_err();
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::ResourceExhausted, "MESSAGE_TOO_LARGE")
    );
    server
        .create_webhook("still-here", make::get("https://example.com/"))
        .await;
}

#[tokio::test]
async fn r_hdr_1_a_line_break_in_a_lead_breaks_no_header() {
    let (server, target) = (Server::start().await, Target::start(Answer::empty()).await);
    let webhook = Webhook {
        custom_headers: vec![make::header("X-Name", "{{lead.First Name}}")],
        ..make::get(&target.url("/"))
    };
    server
        .call_once(
            webhook,
            make::inline([("FirstName", "Eve\r\nX-Injected: 1\r\n\r\nGET /other")]),
        )
        .await;
    let request = target.request();
    assert_eq!(
        request.header("X-Name").as_deref(),
        Some("Eve X-Injected: 1 GET /other")
    );
    assert_eq!(request.header("X-Injected"), None);
}

#[tokio::test]
async fn r_tok_5_a_value_that_looks_like_a_token_is_data() {
    let (server, target) = (Server::start().await, Target::start(Answer::empty()).await);
    let payload = r#"{"lead": {{lead.First Name}}, "mine": {{my.note}}}"#;
    server
        .create_webhook("x", make::post(&target.url("/"), Encoding::Json, payload))
        .await;
    let token = |key: &str, value: &str| MyToken {
        key: key.into(),
        value: value.into(),
        ..MyToken::default()
    };
    let context = CallContext {
        my_tokens: vec![
            token("secret", "hush"),
            token("note", "for {{lead.First Name}}"),
        ],
        ..CallContext::default()
    };
    let request = CallWebhookRequest {
        webhook: "webhooks/x".into(),
        subject: Some(make::inline([("FirstName", "{{my.secret}}")])),
        context: Some(context),
        request_id: String::new(),
    };
    server.calls().call_webhook(request).await.expect("a call");
    assert_eq!(
        target.request().text(),
        r#"{"lead": "{{my.secret}}", "mine": "for {{my.secret}}"}"#
    );
}

#[tokio::test]
async fn r_url_1_what_is_typed_goes_out_as_typed() {
    let (server, target) = (Server::start().await, Target::start(Answer::empty()).await);
    let path = "/a/../b/%7e/%26?x=1&y=%26&&z";
    server
        .call_once(
            make::get(&format!("{}#fragment", target.url(path))),
            make::nobody(),
        )
        .await;
    assert_eq!(target.request().path(), path);
}

#[tokio::test]
async fn r_url_2_values_climb_out_of_no_path() {
    let (server, target) = (Server::start().await, Target::start(Answer::empty()).await);
    let webhook = make::get(&target.url("/people/{{lead.First Name}}/card"));
    server
        .create_webhook(
            "x",
            Webhook {
                request_token_encoding: Encoding::FormUrl.into(),
                ..webhook
            },
        )
        .await;
    for name in ["..", ".", "%2e%2e"] {
        let call = server
            .call("webhooks/x", make::inline([("FirstName", name)]))
            .await;
        if name == "%2e%2e" {
            // Encoded again, it is a name like any other.
            assert_eq!(target.request().path(), "/people/%252e%252e/card");
        } else {
            assert_eq!(outcome(&call), (0, "INVALID_URL", false), "{name}");
            assert!(call.request.is_none(), "{name}");
        }
    }
}
