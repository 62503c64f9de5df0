//! Requests and responses as a third party sees them: httpbin under gunicorn.

use leadhook_proto::v1::authentication::Kind;
use leadhook_proto::v1::{
    Authentication, BasicAuth, BearerAuth, Call, RequestTokenEncoding as Encoding, RequestType,
    ResponseType, Webhook,
};
use leadhook_tests::{Httpbin, Server, make};
use serde_json::{Value, json};

/// What httpbin says about the request.
fn echoed(call: &Call) -> Value {
    assert_eq!(call.response_code, 200, "{call:?}");
    serde_json::from_slice(&call.response).expect("httpbin answers with JSON")
}

fn outcome(call: &Call) -> (i32, &str, bool) {
    (call.response_code, &call.error_type, call.succeeded)
}

#[tokio::test]
async fn r_def_1_every_request_type_arrives_as_its_method() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    for (request_type, method, payload) in [
        (RequestType::Get, "GET", ""),
        (RequestType::Post, "POST", "body"),
        (RequestType::Put, "PUT", "body"),
        (RequestType::Patch, "PATCH", "body"),
        (RequestType::Delete, "DELETE", "body"),
    ] {
        let webhook = Webhook {
            request_type: request_type.into(),
            payload_template: payload.into(),
            ..make::get(&httpbin.url("/anything"))
        };
        let echoed = echoed(&server.call_once(webhook, make::nobody()).await);
        assert_eq!(
            (&echoed["method"], &echoed["data"]),
            (&json!(method), &json!(payload))
        );
    }
}

#[tokio::test]
async fn r_hdr_2_default_headers_go_with_encoding_and_response_type() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    for (encoding, payload, content_type) in [
        (Encoding::None, "x", "text/plain; charset=utf-8"),
        (Encoding::Json, "{}", "application/json"),
        (
            Encoding::FormUrl,
            "a=b",
            "application/x-www-form-urlencoded",
        ),
        (Encoding::Xml, "<a/>", "application/xml"),
    ] {
        for (response_type, accept) in [
            (ResponseType::None, "*/*"),
            (ResponseType::Json, "application/json"),
            (ResponseType::Xml, "application/xml, text/xml"),
        ] {
            let webhook = Webhook {
                response_type: response_type.into(),
                ..make::post(&httpbin.url("/anything"), encoding, payload)
            };
            let call = server.call_once(webhook, make::nobody()).await;
            let headers = &echoed(&call)["headers"];
            assert_eq!(headers["Content-Type"], content_type);
            assert_eq!(headers["Accept"], accept);
            assert_eq!(headers["Accept-Encoding"], "gzip, deflate, br, zstd");
            assert_eq!(headers["Idempotency-Key"], call.idempotency_key.as_str());
            assert!(
                headers["User-Agent"]
                    .as_str()
                    .is_some_and(|agent| agent.starts_with("leadhook/")),
                "{headers}"
            );
        }
    }
}

#[tokio::test]
async fn r_hdr_1_custom_headers_carry_tokens_and_replace_default_ones() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    let webhook = Webhook {
        custom_headers: vec![
            make::header("X-Email", "<{{lead.Email Address}}>"),
            make::header("User-Agent", "{{lead.First Name:default=nobody}}"),
        ],
        ..make::get(&httpbin.url("/anything"))
    };
    let echoed = echoed(
        &server
            .call_once(webhook, make::inline([("Email", "ada@example.com")]))
            .await,
    );
    assert_eq!(echoed["headers"]["X-Email"], "<ada@example.com>");
    assert_eq!(echoed["headers"]["User-Agent"], "nobody");
}

/// Texts that an encoding could lose.
const TEXTS: [&str; 6] = [
    "Ada & Söns",
    "a+b=c%20d",
    "\"quoted\" \\ back",
    "line\none\ttab",
    "Ærøskøbing 東京 עברית 🦊",
    "<b>&amp;</b>",
];

#[tokio::test]
async fn r_enc_5_form_bodies_are_parsed_back_to_the_values() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    let url = httpbin.url("/anything?q={{lead.First Name}}");
    server
        .create_webhook(
            "form",
            make::post(&url, Encoding::FormUrl, "name={{lead.First Name}}&fixed=1"),
        )
        .await;
    for text in TEXTS {
        let echoed = echoed(
            &server
                .call("webhooks/form", make::inline([("FirstName", text)]))
                .await,
        );
        assert_eq!(echoed["form"], json!({"name": text, "fixed": "1"}));
        assert_eq!(echoed["args"], json!({"q": text}), "R-URL-2");
    }
}

#[tokio::test]
async fn r_enc_4_json_bodies_are_parsed_back_to_the_values() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    let payload = r#"{"name": {{lead.First Name}}, "greeting": "Hi {{lead.First Name}}!", "none": {{lead.Last Name}}, "score": {{lead.Lead Score}}}"#;
    server
        .create_webhook(
            "json",
            make::post(&httpbin.url("/anything"), Encoding::Json, payload),
        )
        .await;
    for text in TEXTS {
        let lead = make::inline([
            ("FirstName", make::value(text)),
            ("LeadScore", make::value(42.0)),
        ]);
        let echoed = echoed(&server.call("webhooks/json", lead).await);
        let expected =
            json!({"name": text, "greeting": format!("Hi {text}!"), "none": null, "score": 42});
        assert_eq!(echoed["json"], expected);
    }
}

#[tokio::test]
async fn r_enc_6_xml_bodies_arrive_escaped() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    let webhook = make::post(
        &httpbin.url("/anything"),
        Encoding::Xml,
        "<n>{{lead.First Name}}</n>",
    );
    let echoed = echoed(
        &server
            .call_once(webhook, make::inline([("FirstName", "<b>'&\"")]))
            .await,
    );
    assert_eq!(echoed["data"], "<n>&lt;b&gt;&apos;&amp;&quot;</n>");
}

#[tokio::test]
async fn r_call_7_content_codings_are_decoded() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    for (path, member) in [
        ("/gzip", "gzipped"),
        ("/deflate", "deflated"),
        ("/brotli", "brotli"),
    ] {
        let webhook = Webhook {
            response_type: ResponseType::Json.into(),
            response_mappings: make::mappings(&[(member, "Title")]),
            ..make::get(&httpbin.url(path))
        };
        let call = server.call_once(webhook, make::nobody()).await;
        assert_eq!(outcome(&call), (200, "OK", true), "{path}");
        assert_eq!(
            echoed(&call)[member],
            true,
            "{path}: the record keeps what was decoded"
        );
        assert_eq!(
            call.field_changes[0].new_value,
            Some(make::value("true")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_chunked_answer_is_read_to_its_end() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    let call = server
        .call_once(make::get(&httpbin.url("/stream/20")), make::nobody())
        .await;
    assert_eq!(outcome(&call), (200, "OK", true));
    let lines: Vec<Value> = serde_json::Deserializer::from_slice(&call.response)
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!((lines.len(), &lines[19]["id"]), (20, &json!(19)));
}

#[tokio::test]
async fn r_map_3_xml_is_mapped_from_the_root_on() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    let webhook = Webhook {
        response_type: ResponseType::Xml.into(),
        response_mappings: make::mappings(&[
            ("slideshow.slide[1].title", "Title"),
            ("slideshow.@author", "Salutation"),
        ]),
        ..make::get(&httpbin.url("/xml"))
    };
    let call = server.call_once(webhook, make::nobody()).await;
    let written: Vec<_> = call
        .field_changes
        .iter()
        .map(|change| (change.field.as_str(), change.new_value.clone()))
        .collect();
    assert_eq!(
        written,
        [
            ("Title", Some(make::value("Overview"))),
            ("Salutation", Some(make::value("Yours Truly")))
        ],
        "{:?}",
        call.mapping_problems
    );
}

#[tokio::test]
async fn r_call_1_redirects_are_answers() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    for (code, reason) in [
        (301, "MOVED PERMANENTLY"),
        (302, "FOUND"),
        (303, "SEE OTHER"),
        (307, "TEMPORARY REDIRECT"),
        (308, "PERMANENT REDIRECT"),
    ] {
        let url = httpbin.url(&format!("/redirect-to?url=/get&status_code={code}"));
        let call = server.call_once(make::get(&url), make::nobody()).await;
        assert_eq!(outcome(&call), (code, reason, false));
        assert_eq!(call.attempts.len(), 1);
    }
}

#[tokio::test]
async fn r_call_1_a_late_answer_is_a_timeout() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    let webhook = Webhook {
        timeout: Some(make::milliseconds(1_000)),
        ..make::get(&httpbin.url("/delay/8"))
    };
    let call = server.call_once(webhook, make::nobody()).await;
    assert_eq!(outcome(&call), (0, "TIMEOUT", false));
    let duration = call.attempts[0]
        .duration
        .as_ref()
        .expect("an attempt that ended has a duration");
    assert!((1..8).contains(&duration.seconds), "{duration:?}");
}

#[tokio::test]
async fn r_call_3_every_status_code_with_its_own_words() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    for (code, reason) in [
        (200, "OK"),
        (201, "CREATED"),
        (202, "ACCEPTED"),
        (204, "NO CONTENT"),
        (300, "MULTIPLE CHOICES"),
        (304, "NOT MODIFIED"),
        (400, "BAD REQUEST"),
        (401, "UNAUTHORIZED"),
        (402, "PAYMENT REQUIRED"),
        (403, "FORBIDDEN"),
        (404, "NOT FOUND"),
        (405, "METHOD NOT ALLOWED"),
        (406, "NOT ACCEPTABLE"),
        (408, "REQUEST TIMEOUT"),
        (409, "CONFLICT"),
        (410, "GONE"),
        (418, "I'M A TEAPOT"),
        (422, "UNPROCESSABLE ENTITY"),
        (429, "TOO MANY REQUESTS"),
        (500, "INTERNAL SERVER ERROR"),
        (502, "BAD GATEWAY"),
        (503, "SERVICE UNAVAILABLE"),
        (504, "GATEWAY TIMEOUT"),
    ] {
        let call = server
            .call_once(
                make::get(&httpbin.url(&format!("/status/{code}"))),
                make::nobody(),
            )
            .await;
        assert_eq!(outcome(&call), (code, reason, (200..300).contains(&code)));
    }
}

#[tokio::test]
async fn r_call_3_an_empty_answer_is_none_where_one_is_read() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    for code in [200, 204] {
        for response_type in [ResponseType::Json, ResponseType::Xml] {
            let webhook = Webhook {
                response_type: response_type.into(),
                ..make::get(&httpbin.url(&format!("/status/{code}")))
            };
            let call = server.call_once(webhook, make::nobody()).await;
            assert_eq!(
                outcome(&call),
                (1001, "EMPTY_RESPONSE", false),
                "{code} {response_type:?}"
            );
            assert_eq!(
                call.attempts[0].response_code, code,
                "the attempt keeps the status"
            );
        }
    }
}

#[tokio::test]
async fn httpbin_lets_in_who_has_the_password() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    let basic = |password: &str| {
        Kind::Basic(BasicAuth {
            username: "ada".into(),
            password: password.into(),
        })
    };
    let bearer = Kind::Bearer(BearerAuth {
        token: "t0ken".into(),
    });
    for (path, kind, code) in [
        ("/basic-auth/ada/s3cret", basic("s3cret"), 200),
        ("/basic-auth/ada/s3cret", basic("guess"), 401),
        ("/bearer", bearer, 200),
    ] {
        let authentication = Some(Authentication { kind: Some(kind) });
        let webhook = Webhook {
            authentication,
            ..make::get(&httpbin.url(path))
        };
        let call = server.call_once(webhook, make::nobody()).await;
        assert_eq!(call.response_code, code, "{path}");
        let request = call.request.expect("it was sent");
        let header = request
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case("authorization"));
        assert_eq!(
            header.map(|header| header.value.as_str()),
            Some("[redacted]"),
            "R-DEF-4"
        );
    }
}

#[tokio::test]
async fn r_url_4_userinfo_becomes_a_basic_header_and_is_recorded_nowhere() {
    let (server, httpbin) = (Server::start().await, Httpbin::shared());
    let url = httpbin.url("/basic-auth/ada/p%40ss");
    let call = server
        .call_once(
            make::get(&url.replace("http://", "http://ada:p%40ss@")),
            make::nobody(),
        )
        .await;
    assert_eq!(call.response_code, 200);
    assert_eq!(call.request.expect("it was sent").url, url);
}
