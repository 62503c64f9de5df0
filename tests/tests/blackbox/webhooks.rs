//! Webhooks: saved, read, listed, changed, paused, deleted.

use std::collections::BTreeSet;

use leadhook_proto::v1::webhook::State;
use leadhook_proto::v1::{
    ClientCertificate, CreateWebhookRequest, CustomHeader, DeleteWebhookRequest, GetWebhookRequest,
    Limits, ListWebhooksRequest, PauseWebhookRequest, ResumeWebhookRequest, UpdateWebhookRequest,
    Webhook,
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
async fn r_def_1_a_webhook_reads_back_as_it_was_saved() {
    let server = Server::start().await;
    let given = Webhook {
        display_name: "Enrich".into(),
        description: "Asks who it is".into(),
        custom_headers: vec![
            make::header("X-Id", "{{lead.Id}}"),
            make::header("X-Id", ""),
        ],
        also_map_codes: vec![404, 422],
        timeout: Some(make::milliseconds(2_500)),
        ..make::json_webhook(
            "https://enrich.example/p?e={{lead.Email Address}}",
            r#"{"e": {{lead.Email Address}}}"#,
            &[("a[0].b", "Title")],
        )
    };
    let saved = server.create_webhook("enrich", given.clone()).await;
    assert_eq!(saved.name, "webhooks/enrich");
    assert_eq!(saved.state(), State::Active);
    assert!(
        !saved.etag.is_empty()
            && saved.create_time.is_some()
            && saved.update_time == saved.create_time
    );
    let output_only = Webhook {
        name: saved.name.clone(),
        etag: saved.etag.clone(),
        create_time: saved.create_time,
        update_time: saved.update_time,
        state: saved.state,
        ..given
    };
    assert_eq!(saved, output_only);
    assert_eq!(get(&server, "webhooks/enrich").await, Ok(saved));
}

#[tokio::test]
async fn r_def_1_an_empty_id_is_generated_and_a_taken_one_refused() {
    let server = Server::start().await;
    let webhook = make::get("https://example.com/");
    let one = server.create_webhook("", webhook.clone()).await;
    let other = server.create_webhook("", webhook.clone()).await;
    assert_ne!(one.name, other.name);
    assert!(one.name.starts_with("webhooks/"), "{}", one.name);

    server.create_webhook("taken", webhook.clone()).await;
    let fault = server
        .try_create_webhook("taken", webhook.clone())
        .await
        .unwrap_err();
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::AlreadyExists, "ALREADY_EXISTS")
    );
    assert_eq!(fault.resource, "webhooks/taken");
    for id in ["Upper", "1st", "a b", "under_score", &"a".repeat(64)] {
        let fault = server
            .try_create_webhook(id, webhook.clone())
            .await
            .unwrap_err();
        assert_eq!(fault.code, Code::InvalidArgument, "{id}");
    }
}

#[tokio::test]
async fn validate_only_saves_nothing() {
    let server = Server::start().await;
    let mut request = CreateWebhookRequest {
        webhook: Some(make::get("https://example.com/")),
        webhook_id: "checked".into(),
        validate_only: true,
    };
    let answer = server
        .webhooks()
        .create_webhook(request.clone())
        .await
        .expect("it would do")
        .into_inner();
    assert_eq!(answer.url, "https://example.com/");
    assert_eq!(
        get(&server, "webhooks/checked").await.unwrap_err().code,
        Code::NotFound
    );

    request.webhook = Some(make::get("no url"));
    assert_eq!(
        refused(server.webhooks().create_webhook(request).await).reason,
        "INVALID_WEBHOOK"
    );
}

#[tokio::test]
async fn an_update_changes_what_its_mask_names() {
    let server = Server::start().await;
    let saved = server
        .create_webhook(
            "x",
            Webhook {
                description: "kept".into(),
                ..make::get("https://example.com/")
            },
        )
        .await;
    let change = Webhook {
        name: saved.name.clone(),
        display_name: "New".into(),
        ..Webhook::default()
    };
    let changed = update(&server, change, &["display_name"])
        .await
        .expect("it is there");
    assert_eq!(
        (changed.display_name.as_str(), changed.description.as_str()),
        ("New", "kept")
    );
    assert_eq!(changed.url, "https://example.com/");
    assert_ne!(changed.etag, saved.etag);

    let stale = Webhook {
        name: saved.name,
        etag: saved.etag,
        display_name: "Lost".into(),
        ..Webhook::default()
    };
    let fault = update(&server, stale, &["display_name"]).await.unwrap_err();
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::Aborted, "ETAG_MISMATCH")
    );
    assert_eq!(
        get(&server, "webhooks/x")
            .await
            .expect("it is there")
            .display_name,
        "New"
    );

    let unknown = Webhook {
        name: "webhooks/x".into(),
        ..Webhook::default()
    };
    assert_eq!(
        update(&server, unknown, &["colour"])
            .await
            .unwrap_err()
            .code,
        Code::InvalidArgument
    );
}

#[tokio::test]
async fn r_def_2_a_name_at_fault_hides_no_fault_of_the_webhook() {
    let server = Server::start().await;
    let wrong = Webhook {
        request_type: 77,
        client_certificate: Some(ClientCertificate::default()),
        limits: Some(Limits {
            max_rate: -2.5,
            max_concurrency: -1,
        }),
        ..make::get("https://example.com/{{lead.Frist Name}}")
    };
    let at_fault = [
        "webhook.client_certificate",
        "webhook.limits.max_concurrency",
        "webhook.limits.max_rate",
        "webhook.request_type",
        "webhook.url",
    ];
    let told = |fault: Fault, name: &str| {
        let fields: BTreeSet<_> = fault
            .violations
            .into_iter()
            .map(|(field, _)| field)
            .collect();
        let expected = at_fault.iter().copied().chain([name]);
        assert_eq!(fault.code, Code::InvalidArgument);
        assert_eq!(fields, expected.map(str::to_owned).collect(), "{name}");
    };
    let fault = server.try_create_webhook("Upper Case", wrong.clone()).await;
    told(fault.unwrap_err(), "webhook_id");
    let named = |name: &str| Webhook {
        name: name.into(),
        ..wrong.clone()
    };
    let fault = server.try_create_webhook("", named("leads/1")).await;
    told(fault.unwrap_err(), "webhook.name");
    let update = UpdateWebhookRequest {
        webhook: Some(named("webhooks/Upper")),
        update_mask: None,
        allow_missing: true,
    };
    let fault = refused(server.webhooks().update_webhook(update).await);
    told(fault, "webhook_id");
}

#[tokio::test]
async fn an_update_that_changes_nothing_keeps_etag_and_update_time() {
    let server = Server::start().await;
    let webhook = Webhook {
        custom_headers: vec![CustomHeader {
            key: "X-Key".into(),
            value: "s3cret".into(),
            sensitive: true,
        }],
        ..make::get("https://user:pass@example.com/")
    };
    let saved = server.create_webhook("x", webhook.clone()).await;
    let same = update(&server, saved.clone(), &["*"]).await;
    assert_eq!(same.expect("it keeps its secrets"), saved);
    let given_again = Webhook {
        name: saved.name.clone(),
        ..webhook.clone()
    };
    let same = update(&server, given_again.clone(), &["url", "custom_headers"]).await;
    assert_eq!(same.expect("the secrets are the same"), saved);

    let mut other = given_again;
    other.custom_headers[0].value = "another".into();
    let changed = update(&server, other, &["custom_headers"]).await;
    assert_ne!(changed.expect("another secret").etag, saved.etag);
}

#[tokio::test]
async fn allow_missing_creates_what_is_not_there() {
    let server = Server::start().await;
    let webhook = Webhook {
        name: "webhooks/new".into(),
        ..make::get("https://example.com/")
    };
    let mut request = UpdateWebhookRequest {
        webhook: Some(webhook),
        update_mask: None,
        allow_missing: false,
    };
    let fault = refused(server.webhooks().update_webhook(request.clone()).await);
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::NotFound, "WEBHOOK_NOT_FOUND")
    );
    assert_eq!(fault.resource, "webhooks/new");

    request.allow_missing = true;
    let made = server
        .webhooks()
        .update_webhook(request)
        .await
        .expect("it may be missing")
        .into_inner();
    assert_eq!(made.name, "webhooks/new");
}

#[tokio::test]
async fn what_is_deleted_is_not_found() {
    let server = Server::start().await;
    let saved = server
        .create_webhook("x", make::get("https://example.com/"))
        .await;
    let delete = |etag: &str| DeleteWebhookRequest {
        name: "webhooks/x".into(),
        etag: etag.into(),
    };
    let fault = refused(server.webhooks().delete_webhook(delete("stale")).await);
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::Aborted, "ETAG_MISMATCH")
    );
    server
        .webhooks()
        .delete_webhook(delete(&saved.etag))
        .await
        .expect("its etag is current");
    for fault in [
        get(&server, "webhooks/x").await.unwrap_err(),
        refused(server.webhooks().delete_webhook(delete("")).await),
        server
            .try_call("webhooks/x", make::nobody())
            .await
            .unwrap_err(),
    ] {
        assert_eq!(
            (fault.code, fault.reason.as_str()),
            (Code::NotFound, "WEBHOOK_NOT_FOUND")
        );
    }
}

#[tokio::test]
async fn a_name_that_is_one_edit_away_is_suggested() {
    let server = Server::start().await;
    let webhook = make::get("https://example.com/");
    server.create_webhook("enrich", webhook).await;
    let called = server.try_call("webhooks/enrihc", make::nobody()).await;
    for fault in [
        get(&server, "webhooks/enrihc").await.unwrap_err(),
        called.unwrap_err(),
    ] {
        assert_eq!(fault.resource, "webhooks/enrihc");
        let near = "does not exist; did you mean `webhooks/enrich`?";
        assert!(fault.message.ends_with(near), "{}", fault.message);
    }
    let far = get(&server, "webhooks/enrichment").await.unwrap_err();
    assert!(far.message.ends_with("does not exist"), "{}", far.message);
}

#[tokio::test]
async fn r_lead_4_lists_page_oldest_first() {
    let server = Server::start().await;
    for number in 0..5 {
        let webhook = Webhook {
            display_name: format!("Number {number}"),
            ..make::get("https://example.com/")
        };
        server.create_webhook(&format!("w{number}"), webhook).await;
    }
    let list = |page_size, page_token: &str, filter: &str| {
        let request = ListWebhooksRequest {
            page_size,
            page_token: page_token.into(),
            filter: filter.into(),
        };
        let mut webhooks = server.webhooks();
        async move {
            webhooks
                .list_webhooks(request)
                .await
                .map(tonic::Response::into_inner)
        }
    };
    let mut names = Vec::new();
    let mut token = String::new();
    loop {
        let page = list(2, &token, "").await.expect("a page");
        assert!(page.webhooks.len() <= 2);
        names.extend(page.webhooks.into_iter().map(|webhook| webhook.name));
        if page.next_page_token.is_empty() {
            break;
        }
        token = page.next_page_token;
    }
    assert_eq!(
        names,
        [
            "webhooks/w0",
            "webhooks/w1",
            "webhooks/w2",
            "webhooks/w3",
            "webhooks/w4"
        ]
    );

    assert_eq!(
        list(0, "", "").await.expect("the default").webhooks.len(),
        5
    );
    assert_eq!(
        list(1_000_000, "", "")
            .await
            .expect("coerced")
            .webhooks
            .len(),
        5
    );
    assert_eq!(refused(list(-1, "", "").await).reason, "INVALID_PAGE_SIZE");
    let token = list(2, "", "").await.expect("a page").next_page_token;
    assert_eq!(
        refused(list(2, &token, "request_type = GET").await).reason,
        "INVALID_PAGE_TOKEN"
    );
    assert_eq!(
        refused(list(2, "made up", "").await).reason,
        "INVALID_PAGE_TOKEN"
    );
    let found = list(0, "", r#"display_name = "number 3" AND request_type = GET"#)
        .await
        .expect("R-FIL-2");
    assert_eq!(found.webhooks.len(), 1);
    let by_etag = format!("etag = \"{}\"", found.webhooks[0].etag);
    assert_eq!(list(0, "", &by_etag).await.expect("R-FIL-3"), found);
    let fault = refused(list(0, "", "display_nam = \"x\"").await);
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::InvalidArgument, "INVALID_FILTER")
    );
    let by_id = refused(list(0, "", "name = x").await);
    assert!(
        by_id.message.contains("did you mean \"webhooks/x\"?"),
        "R-FIL-2: {by_id:?}"
    );
    let mixed = refused(
        list(
            0,
            "",
            "display_name = \"a\" OR display_name = \"b\" AND state = ACTIVE",
        )
        .await,
    );
    assert_eq!(mixed.reason, "INVALID_FILTER", "R-FIL-1");
}

#[tokio::test]
async fn r_call_12_a_paused_webhook_takes_no_single_calls() {
    let (server, target) = (Server::start().await, Target::start(Answer::empty()).await);
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let name = || "webhooks/x".to_owned();
    let paused = server
        .webhooks()
        .pause_webhook(PauseWebhookRequest { name: name() })
        .await
        .expect("it is there");
    assert_eq!(paused.into_inner().state(), State::Paused);
    let fault = server
        .try_call("webhooks/x", make::nobody())
        .await
        .unwrap_err();
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::FailedPrecondition, "WEBHOOK_PAUSED")
    );
    assert!(server.list_calls("").await.is_empty() && target.requests().is_empty());

    let resumed = server
        .webhooks()
        .resume_webhook(ResumeWebhookRequest { name: name() })
        .await
        .expect("it is there");
    assert_eq!(resumed.into_inner().state(), State::Active);
    assert_eq!(
        server
            .call("webhooks/x", make::nobody())
            .await
            .response_code,
        200
    );
}
