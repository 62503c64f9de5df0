//! Definitions: every fault of one that cannot work, what a preview shows, and secrets that are never told again.

use leadhook_proto::v1::authentication::Kind;
use leadhook_proto::v1::preview_webhook_request::Source;
use leadhook_proto::v1::{
    Authentication, BasicAuth, BearerAuth, ClientCertificate, CustomHeader, GetWebhookRequest,
    ListTokensRequest, OAuth2ClientCredentials, PreviewWebhookRequest,
    RequestTokenEncoding as Encoding, RequestType, SampleResponse, StandardWebhooks,
    UpdateWebhookRequest, Webhook,
};
use leadhook_tests::{Answer, Fault, Server, Target, make};
use prost_types::FieldMask;
use tonic::{Code, Status};

async fn get(server: &Server, name: &str) -> Result<Webhook, Fault> {
    let answer = server
        .webhooks()
        .get_webhook(GetWebhookRequest { name: name.into() })
        .await;
    Ok(answer.map_err(|status| Fault::of(&status))?.into_inner())
}

async fn update(server: &Server, webhook: Webhook, paths: &[&str]) -> Result<Webhook, Fault> {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let request = UpdateWebhookRequest {
        webhook: Some(webhook),
        update_mask: Some(FieldMask { paths }),
        allow_missing: false,
    };
    Ok(server
        .webhooks()
        .update_webhook(request)
        .await
        .map_err(|status| Fault::of(&status))?
        .into_inner())
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> Fault {
    Fault::of(&answer.expect_err("it should be refused"))
}

#[tokio::test]
async fn r_def_2_all_faults_are_told_at_once() {
    let server = Server::start().await;
    let webhook = Webhook {
        url: "https://example.com/{{lead.Email Adress}}".into(),
        request_type: RequestType::Get.into(),
        payload_template: "a payload with GET".into(),
        custom_headers: vec![
            make::header("bad name", "fine"),
            make::header("X-Company", "{{company.Company Name=edit me}}"),
            make::header("Content-Length", "3"),
        ],
        response_mappings: make::mappings(&[("id", "Id"), ("x", "No Such Field"), ("a[", "Title")]),
        timeout: Some(make::milliseconds(0)),
        ..Webhook::default()
    };
    let fault = server
        .try_create_webhook("broken", webhook)
        .await
        .unwrap_err();
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::InvalidArgument, "INVALID_WEBHOOK")
    );
    let mut fields = fault.fields();
    fields.sort_unstable();
    fields.dedup();
    assert_eq!(
        fields,
        [
            "webhook.custom_headers[0].key",
            "webhook.custom_headers[1].value",
            "webhook.custom_headers[2].key",
            "webhook.payload_template",
            "webhook.response_mappings[0].field",
            "webhook.response_mappings[1].field",
            "webhook.response_mappings[2].response_attribute",
            "webhook.timeout",
            "webhook.url",
        ]
    );
    let url = fault.violation("webhook.url");
    assert!(
        url.contains("line 1, column ") && url.contains("did you mean {{lead.Email Address}}?"),
        "{url}"
    );
    assert_eq!(
        get(&server, "webhooks/broken").await.unwrap_err().code,
        Code::NotFound,
        "nothing was saved"
    );
}

#[tokio::test]
async fn r_def_2_each_fault_has_its_place_and_a_suggestion() {
    let server = Server::start().await;
    let post = |payload: &str| make::post("https://example.com/", Encoding::Json, payload);
    for (webhook, field, says) in [
        (
            post("{\n  \"e\": {{lead.Emial Address}}}"),
            "webhook.payload_template",
            "line 2, column ",
        ),
        (
            post("{{lead.Industry}}"),
            "webhook.payload_template",
            "{{company.Industry}}",
        ),
        (
            post("{{lead.Email Address"),
            "webhook.payload_template",
            "line 1, column ",
        ),
        (
            post("{{lead.Email Address:default={{lead.Id}}}}"),
            "webhook.payload_template",
            "line 1, column ",
        ),
        (make::get("example.com/no-scheme"), "webhook.url", ""),
        (make::get("ftp://example.com/"), "webhook.url", ""),
        (make::get("https://example.com/a b"), "webhook.url", "%20"),
        (
            make::get("https://{{lead.Email Address}}/"),
            "webhook.url",
            "",
        ),
        (
            Webhook {
                request_type: 0,
                ..make::get("https://example.com/")
            },
            "webhook.request_type",
            "",
        ),
        (
            Webhook {
                timeout: Some(make::milliseconds(31_000)),
                ..make::get("https://example.com/")
            },
            "webhook.timeout",
            "",
        ),
        (
            Webhook {
                custom_headers: vec![make::header("X", "a\r\nb")],
                ..make::get("https://example.com/")
            },
            "webhook.custom_headers[0].value",
            "",
        ),
        (
            Webhook {
                marketo_escapes: true,
                ..post(r#"{"a": "\q"}"#)
            },
            "webhook.payload_template",
            "line 1, column ",
        ),
    ] {
        let shown = format!("{webhook:?}");
        let fault = server
            .try_create_webhook("", webhook)
            .await
            .expect_err(&shown);
        assert_eq!(
            (fault.code, fault.reason.as_str()),
            (Code::InvalidArgument, "INVALID_WEBHOOK"),
            "{shown}"
        );
        let description = fault.violation(field);
        assert!(description.contains(says), "{description} of {shown}");
    }
}

#[tokio::test]
async fn r_def_4_secrets_are_never_told_again_and_kept_by_their_placeholder() {
    let (server, target) = (Server::start().await, Target::start(Answer::empty()).await);
    let secret = CustomHeader {
        key: "X-Key".into(),
        value: "hush".into(),
        sensitive: true,
    };
    let basic = |password: &str| {
        let basic = BasicAuth {
            username: "ada".into(),
            password: password.into(),
        };
        Some(Authentication {
            kind: Some(Kind::Basic(basic)),
        })
    };
    let webhook = Webhook {
        custom_headers: vec![secret],
        authentication: basic("s3cret"),
        ..make::get(&target.url("/"))
    };
    let saved = server.create_webhook("secret", webhook).await;
    assert_eq!(saved.custom_headers[0].value, "[redacted]");
    assert_eq!(saved.authentication, basic("[redacted]"));

    // What was read goes back as it is: nothing is lost.
    let updated = update(
        &server,
        Webhook {
            description: "touched".into(),
            ..saved.clone()
        },
        &["*"],
    )
    .await;
    assert_eq!(
        updated.expect("it keeps its secrets").custom_headers[0].value,
        "[redacted]"
    );
    let call = server.call("webhooks/secret", make::nobody()).await;
    let request = target.request();
    assert_eq!(request.header("X-Key").as_deref(), Some("hush"));
    assert_eq!(
        request.header("Authorization").as_deref(),
        Some("Basic YWRhOnMzY3JldA==")
    );
    for call in [server.get_call(&call.name).await, call] {
        let shown = format!("{call:?}");
        assert!(
            !shown.contains("hush") && !shown.contains("YWRhOnMzY3JldA"),
            "{shown}"
        );
    }
    assert!(
        !server.log().contains("hush") && !server.log().contains("s3cret"),
        "{}",
        server.log()
    );

    // To another host secrets go only when they are given again.
    let moved = Webhook {
        url: "https://elsewhere.example/".into(),
        etag: String::new(),
        ..saved.clone()
    };
    assert_eq!(
        update(&server, moved, &["*"]).await.unwrap_err().reason,
        "INVALID_WEBHOOK"
    );
    let nothing_stored = Webhook {
        authentication: basic("[redacted]"),
        ..make::get("https://example.com/")
    };
    assert_eq!(
        server
            .try_create_webhook("", nothing_stored)
            .await
            .unwrap_err()
            .reason,
        "INVALID_WEBHOOK"
    );
}

#[tokio::test]
async fn a_preview_renders_and_maps_and_sends_nothing() {
    let (server, target) = (Server::start().await, Target::start(Answer::empty()).await);
    let webhook = make::json_webhook(
        &target.url("/p?e={{lead.Email Address}}"),
        r#"{"name": {{lead.First Name:default=edit me}}}"#,
        &[("title", "Title"), ("score", "LeadScore"), ("gone", "City")],
    );
    let mut request = PreviewWebhookRequest {
        source: Some(Source::Webhook(webhook)),
        subject: Some(make::inline([("Email", "a+b@example.com")])),
        sample_response: Some(SampleResponse {
            code: 200,
            body: r#"{"title": "CTO", "score": "42"}"#.into(),
        }),
        context: None,
    };
    let preview = server
        .webhooks()
        .preview_webhook(request.clone())
        .await
        .expect("it can be saved")
        .into_inner();
    let rendered = preview.request.expect("a request");
    assert_eq!(
        (rendered.method.as_str(), rendered.url),
        ("POST", target.url("/p?e=a%2Bb%40example.com"))
    );
    assert_eq!(rendered.body, r#"{"name": "edit me"}"#);
    let warning = preview
        .warnings
        .iter()
        .find(|warning| warning.location.starts_with("payload_template:1:"));
    assert!(
        warning.is_some_and(|warning| warning.message.contains("edit me")),
        "R-DEF-3: {:?}",
        preview.warnings
    );
    assert_eq!(preview.field_changes.len(), 1);
    let problems: Vec<_> = preview
        .mapping_problems
        .iter()
        .map(|problem| (problem.field.as_str(), problem.reason().as_str_name()))
        .collect();
    assert_eq!(
        problems,
        [
            ("LeadScore", "REASON_TYPE_MISMATCH"),
            ("City", "REASON_NOT_FOUND")
        ]
    );
    assert!(target.requests().is_empty() && server.list_calls("").await.is_empty());

    request.sample_response = Some(SampleResponse {
        code: 200,
        body: format!("<html>\t\"é\"{}", "x".repeat(100)),
    });
    let preview = server.webhooks().preview_webhook(request).await;
    for problem in preview
        .expect("it can be saved")
        .into_inner()
        .mapping_problems
    {
        assert_eq!(problem.reason().as_str_name(), "REASON_INVALID_RESPONSE");
        let quoted = format!(r#"begins with `<html>\t\"é\"{}...`"#, "x".repeat(30));
        assert!(
            problem.detail.contains(&quoted),
            "R-MAP-6: {}",
            problem.detail
        );
    }

    let broken = PreviewWebhookRequest {
        source: Some(Source::Webhook(make::get("no url"))),
        ..PreviewWebhookRequest::default()
    };
    assert_eq!(
        refused(server.webhooks().preview_webhook(broken).await).reason,
        "INVALID_WEBHOOK"
    );
}

#[tokio::test]
async fn list_tokens_finds_what_can_be_inserted() {
    let server = Server::start().await;
    let request = ListTokensRequest {
        query: "email".into(),
        page_size: 1_000,
        ..ListTokensRequest::default()
    };
    let tokens = server
        .webhooks()
        .list_tokens(request)
        .await
        .expect("tokens")
        .into_inner()
        .tokens;
    let email = tokens
        .iter()
        .find(|token| token.token == "{{lead.Email Address}}")
        .expect("it matches");
    assert_eq!(
        (email.scope.as_str(), email.r#type.as_str()),
        ("lead", "EMAIL")
    );
    assert!(
        tokens
            .iter()
            .all(|token| token.token.to_lowercase().contains("email")),
        "{tokens:?}"
    );
}

#[tokio::test]
async fn what_comes_later_is_refused_rather_than_ignored() {
    let server = Server::start().await;
    let with = |kind| Webhook {
        authentication: Some(Authentication { kind: Some(kind) }),
        ..make::get("https://example.com/")
    };
    let oauth2 = OAuth2ClientCredentials {
        token_url: "https://example.com/token".into(),
        client_id: "id".into(),
        client_secret: "secret".into(),
        scopes: Vec::new(),
    };
    for webhook in [
        with(Kind::Oauth2(oauth2)),
        with(Kind::StandardWebhooks(StandardWebhooks {
            secret: "whsec_AAAA".into(),
        })),
        Webhook {
            client_certificate: Some(ClientCertificate::default()),
            ..make::get("https://example.com/")
        },
    ] {
        let fault = server.try_create_webhook("", webhook).await.unwrap_err();
        assert_eq!(
            (fault.code, fault.reason.as_str()),
            (Code::Unimplemented, "NOT_IMPLEMENTED")
        );
        assert!(!fault.metadata["feature"].is_empty());
    }
    let bearer = with(Kind::Bearer(BearerAuth { token: "t".into() }));
    server
        .try_create_webhook("", bearer)
        .await
        .expect("bearer authentication works now");
}
