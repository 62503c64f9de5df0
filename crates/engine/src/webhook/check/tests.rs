use leadhook_store::{Authentication, RequestTokenEncoding, RequestType, ResponseType};

use crate::{
    vault::Secret,
    webhook::{
        draft::{Draft, DraftMapping, DraftRetryPolicy},
        fixture::Stage,
    },
};

fn mapping(response_attribute: &str, field: &str) -> DraftMapping {
    DraftMapping {
        response_attribute: response_attribute.to_owned(),
        field: field.to_owned(),
    }
}

#[test]
fn r_def_2_all_faults_are_told_at_once() {
    let stage = Stage::url(
        RequestTokenEncoding::Json,
        "https://example.com/{{lead.Frist Name}}",
    )
    .header("bad name", "x")
    .header("X-Ok", "a\n{{lead.Emial Address}}")
    .header("Host", "x")
    .with(|draft| {
        draft.display_name = "a\u{7}b".to_owned();
        draft.request_type = None;
        draft.payload_template =
            "{\n \"a\": {{company.Company Name=edit me}},\n \"b\": {{lead.City".to_owned();
        draft.response_type = ResponseType::Json;
        draft.response_mappings = vec![
            mapping("ok", "City"),
            mapping("a[", "Cty"),
            mapping("id", "Created At"),
        ];
        draft.timeout_micros = Some(0);
        draft.max_concurrency = -1;
        draft.also_map_codes = vec![404, 99, 600];
        draft.retry_policy = Some(DraftRetryPolicy {
            max_attempts: 21,
            initial_backoff_micros: Some(-1),
            max_backoff_micros: Some(0),
            retry_codes: vec![0],
        });
        draft.authentication = Some(Authentication::Basic {
            username: "a:b".to_owned(),
            password: Secret::new("p"),
        });
    });
    let mut fields = stage.faulty_fields();
    fields.sort();
    assert_eq!(
        fields,
        [
            "webhook.also_map_codes[1]",
            "webhook.also_map_codes[2]",
            "webhook.authentication.basic.username",
            "webhook.custom_headers[0].key",
            "webhook.custom_headers[1].value",
            "webhook.custom_headers[1].value",
            "webhook.custom_headers[2].key",
            "webhook.display_name",
            "webhook.limits.max_concurrency",
            "webhook.payload_template",
            "webhook.payload_template",
            "webhook.request_type",
            "webhook.response_mappings[1].field",
            "webhook.response_mappings[1].response_attribute",
            "webhook.response_mappings[2].field",
            "webhook.retry_policy.initial_backoff",
            "webhook.retry_policy.max_attempts",
            "webhook.retry_policy.max_backoff",
            "webhook.retry_policy.retry_codes[0]",
            "webhook.timeout",
            "webhook.url",
        ]
    );
    let faults = stage.faults();
    let of = |field: &str| {
        faults
            .iter()
            .filter(|fault| fault.field == field)
            .collect::<Vec<_>>()
    };
    let payload = of("webhook.payload_template");
    assert!(
        payload[0].message.starts_with("line 2, column 7"),
        "{}",
        payload[0].message
    );
    assert!(
        payload[1].message.starts_with("line 3, column 7"),
        "{}",
        payload[1].message
    );
    assert_eq!(
        payload[0].suggestion,
        "{{company.Company Name:default=edit me}}"
    );
    assert_eq!(of("webhook.url")[0].suggestion, "{{lead.First Name}}");
    assert_eq!(
        of("webhook.custom_headers[1].value")[1].suggestion,
        "{{lead.Email Address}}"
    );
    assert!(
        of("webhook.custom_headers[1].value")[0]
            .message
            .starts_with("line 1, column 2")
    );
    assert!(
        of("webhook.custom_headers[1].value")[1]
            .message
            .starts_with("line 2, column 1")
    );
    assert_eq!(
        of("webhook.response_mappings[1].field")[0].suggestion,
        "City"
    );
}

#[test]
fn r_def_2_each_fault_by_itself() {
    type Change = fn(&mut Draft);
    let cases: [(&str, Change, &str); 18] = [
        ("fine", |_| (), ""),
        (
            "a GET with a payload",
            |draft| {
                draft.request_type = Some(RequestType::Get);
                draft.payload_template = "x".to_owned();
            },
            "webhook.payload_template",
        ),
        (
            "no request type",
            |draft| draft.request_type = None,
            "webhook.request_type",
        ),
        ("no URL", |draft| draft.url.clear(), "webhook.url"),
        (
            "no scheme",
            |draft| draft.url = "example.com/x".to_owned(),
            "webhook.url",
        ),
        (
            "a timeout of zero",
            |draft| draft.timeout_micros = Some(0),
            "webhook.timeout",
        ),
        (
            "a negative timeout",
            |draft| draft.timeout_micros = Some(-1),
            "webhook.timeout",
        ),
        (
            "the longest timeout",
            |draft| draft.timeout_micros = Some(30_000_000),
            "",
        ),
        (
            "too long a timeout",
            |draft| draft.timeout_micros = Some(30_000_001),
            "webhook.timeout",
        ),
        (
            "a default with braces",
            |draft| draft.payload_template = "{{lead.City:default={{x}}".to_owned(),
            "webhook.payload_template",
        ),
        (
            "a bearer token with a space",
            |draft| {
                draft.authentication = Some(Authentication::Bearer {
                    token: Secret::new("a b"),
                });
            },
            "webhook.authentication.bearer.token",
        ),
        (
            "a bearer token that is empty",
            |draft| {
                draft.authentication = Some(Authentication::Bearer {
                    token: Secret::new(""),
                });
            },
            "webhook.authentication.bearer.token",
        ),
        (
            "a mapping to an unknown field",
            |draft| {
                draft.response_mappings = vec![mapping("a", "Nobody Knows")];
            },
            "webhook.response_mappings[0].field",
        ),
        (
            "a mapping to a formula",
            |draft| {
                draft.response_mappings = vec![mapping("a", "Full Name")];
            },
            "webhook.response_mappings[0].field",
        ),
        (
            "a mapping to a company field",
            |draft| {
                draft.response_type = ResponseType::Json;
                draft.response_mappings = vec![mapping("a", "company.Industry")];
            },
            "",
        ),
        (
            "a path that does not parse",
            |draft| {
                draft.response_mappings = vec![mapping("a..b", "City")];
            },
            "webhook.response_mappings[0].response_attribute",
        ),
        (
            "too long a display name",
            |draft| draft.display_name = "é".repeat(256),
            "webhook.display_name",
        ),
        (
            "the longest display name",
            |draft| draft.display_name = "é".repeat(255),
            "",
        ),
    ];
    for (what, change, field) in cases {
        let fields = Stage::new().with(change).faulty_fields();
        let expected: &[&str] = if field.is_empty() { &[] } else { &[field] };
        assert_eq!(fields, expected, "{what}");
    }
}

#[test]
fn r_hdr_1_headers_that_are_not_the_webhooks_to_set() {
    for name in [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "Connection",
        "TE",
        "Trailer",
        "UPGRADE",
        "Expect",
        "Keep-Alive",
        "Proxy-Connection",
        "Idempotency-Key",
    ] {
        let stage = Stage::new().header("X-Ok", "").header(name, "x");
        assert_eq!(
            stage.faulty_fields(),
            ["webhook.custom_headers[1].key"],
            "{name}"
        );
    }
    for name in ["", "a b", "a:b", "é", "a\n", "(x)", "\"x\""] {
        let stage = Stage::new().header(name, "x");
        assert_eq!(
            stage.faulty_fields(),
            ["webhook.custom_headers[0].key"],
            "{name:?}"
        );
    }
    for name in [
        "X-Api_Key",
        "Cookie",
        "Content-Type",
        "User-Agent",
        "a!#$%&'*+-.^_`|~9",
    ] {
        assert_eq!(Stage::new().header(name, "x").faults(), [], "{name}");
    }
}

#[test]
fn r_hdr_1_controls_in_the_templates_own_text_are_refused() {
    for (value, place) in [
        ("a\rb", "line 1, column 2"),
        ("a\n", "line 1, column 2"),
        ("é{{lead.City:default=\n}}\u{7f}", "line 2, column 3"),
        ("\t", "line 1, column 1"),
    ] {
        let faults = Stage::new().header("X", value).faults();
        assert_eq!(faults.len(), 1, "{value:?}: {faults:?}");
        assert_eq!(faults[0].field, "webhook.custom_headers[0].value");
        assert!(
            faults[0].message.starts_with(place),
            "{value:?}: {}",
            faults[0].message
        );
    }
    assert_eq!(
        Stage::new()
            .header("X", "{{lead.City:default=\n}}")
            .faults(),
        []
    );
}

#[test]
fn r_hdr_1_ways_of_authorization_exclude_each_other() {
    let basic = Authentication::Basic {
        username: "u".to_owned(),
        password: Secret::new("p"),
    };
    let bearer = Authentication::Bearer {
        token: Secret::new("t"),
    };
    let url = |stage: Stage| stage.with(|draft| draft.url = "https://a:b@example.com/".to_owned());
    let auth = |stage: Stage, authentication: &Authentication<Secret>| {
        stage.with(|draft| draft.authentication = Some(authentication.clone()))
    };
    let header = |stage: Stage| stage.header("AUTHORIZATION", "x");
    for (stage, sent) in [
        (auth(Stage::new(), &basic), "Basic dTpw"),
        (auth(Stage::new(), &bearer), "Bearer t"),
        (url(Stage::new()), "Basic YTpi"),
        (header(Stage::new()), "x"),
    ] {
        assert_eq!(stage.sent("authorization"), [sent]);
        let shown = stage.shown().headers;
        let authorization: Vec<_> = shown
            .iter()
            .filter(|(name, _)| name == "authorization")
            .collect();
        assert_eq!(
            authorization,
            [&("authorization".to_owned(), "[redacted]".to_owned())]
        );
    }
    for stage in [
        header(auth(Stage::new(), &basic)),
        header(auth(Stage::new(), &bearer)),
        header(url(Stage::new())),
        url(auth(Stage::new(), &basic)),
        url(auth(Stage::new(), &bearer)),
        header(url(auth(Stage::new(), &basic))),
    ] {
        assert_eq!(stage.faults().len(), 1, "{:?}", stage.faults());
        assert!(stage.faults()[0].message.contains("exclude each other"));
    }
}

#[test]
fn r_hdr_2_default_headers() {
    use RequestTokenEncoding::{FormUrl, Json, None as Unencoded, Xml};
    for (encoding, content_type) in [
        (Json, "application/json"),
        (FormUrl, "application/x-www-form-urlencoded"),
        (Xml, "application/xml"),
        (Unencoded, "text/plain; charset=utf-8"),
    ] {
        let stage = Stage::payload(encoding, "x");
        assert_eq!(stage.sent("content-type"), [content_type]);
        assert_eq!(Stage::payload(encoding, "").sent("content-type"), [""; 0]);
        // A payload that renders to nothing is no body; under JSON no value is `null`, which is one.
        let empty = Stage::payload(encoding, "{{my.x}}");
        match encoding {
            Json => assert_eq!(empty.sent("content-type"), [content_type]),
            _ => assert_eq!(empty.sent("content-type"), [""; 0]),
        }
    }
    for (response_type, accept) in [
        (ResponseType::Json, "application/json"),
        (ResponseType::Xml, "application/xml, text/xml"),
        (ResponseType::None, "*/*"),
    ] {
        let stage = Stage::new().with(|draft| draft.response_type = response_type);
        assert_eq!(stage.sent("accept"), [accept]);
    }
    let stage = Stage::new();
    assert_eq!(stage.sent("accept-encoding"), ["gzip, deflate, br, zstd"]);
    assert_eq!(
        stage.sent("user-agent"),
        [concat!("leadhook/", env!("CARGO_PKG_VERSION"))]
    );
    assert_eq!(stage.sent("idempotency-key").len(), 1);
}

#[test]
fn r_hdr_1_a_custom_header_replaces_a_default_one_and_two_of_a_name_are_both_sent() {
    let stage = Stage::payload(RequestTokenEncoding::Json, "{}")
        .header("CONTENT-type", "application/vnd.api+json")
        .header("Accept", "a/b")
        .header("accept", "c/d")
        .header("User-Agent", "");
    assert_eq!(stage.sent("content-type"), ["application/vnd.api+json"]);
    assert_eq!(stage.sent("accept"), ["a/b", "c/d"]);
    assert_eq!(stage.sent("user-agent"), [""]);
}

#[test]
fn r_call_6_a_policys_defaults() {
    let stage = Stage::new().with(|draft| draft.retry_policy = Some(DraftRetryPolicy::default()));
    let retry = stage.save().unwrap().1.retry.unwrap();
    assert_eq!(retry.max_attempts, 5);
    assert_eq!(
        (retry.initial_backoff.as_secs(), retry.max_backoff.as_secs()),
        (1, 600)
    );
    assert_eq!(retry.codes, [408, 425, 429, 500, 502, 503, 504]);
    assert_eq!(Stage::new().save().unwrap().1.retry, None);
}
