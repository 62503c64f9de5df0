//! Calls that nothing was sent for, and what records show: R-CALL-3, -4, R-DEF-4.

use leadhook_engine::{CallContext, DraftHeader, Error, Kind, MyToken, Secret};
use leadhook_store::{Authentication, LeadId};

use super::site::{Site, inline, stored};
use crate::world::text;

fn my(key: &str, value: &str) -> CallContext {
    CallContext {
        my_tokens: vec![MyToken {
            key: key.to_owned(),
            kind: None,
            value: value.to_owned(),
        }],
        ..CallContext::default()
    }
}

#[tokio::test]
async fn r_call_4_what_cannot_be_sent_is_recorded_without_a_request() {
    let mut site = Site::new().await;
    site.save(|draft| draft.payload_template = "{{my.Long}}".to_owned())
        .await;
    let mut elsewhere = site.draft();
    elsewhere.url = "{{my.Endpoint}}".to_owned();
    site.engine
        .create_webhook("elsewhere", elsewhere, false)
        .await
        .unwrap();
    let mut too_large = inline("Ada");
    too_large.context = my("Long", &"x".repeat(1 << 20));
    let mut no_url = inline("Ada");
    no_url.webhook = "elsewhere".to_owned();
    no_url.context = my("Endpoint", "https://{{lead.First Name}}/");
    for (request, word) in [(too_large, "TOO_LARGE"), (no_url, "INVALID_URL")] {
        let call = site.engine.call(request).await.unwrap();
        assert_eq!((call.outcome.code, &*call.outcome.error_type), (0, word));
        assert_eq!(
            (call.attempts.len(), &call.request, &call.response),
            (0, &None, &None)
        );
        assert_eq!(site.engine.get_call(call.id).await.unwrap(), call);
    }
    assert!(site.service.is_idle().await);
}

#[tokio::test]
async fn r_call_3_an_answer_that_breaks_keeps_its_status_on_the_attempt() {
    let mut site = Site::new().await;
    site.save(|_| ()).await;
    let service = &mut site.service;
    let (call, ()) = tokio::join!(site.engine.call(inline("Ada")), async {
        // The body that was promised does not come.
        let received = service.next().await;
        received.answer("200 OK\r\nTransfer-Encoding: chunked", "zz\r\n");
    });
    let call = call.unwrap();
    assert_eq!(
        (call.outcome.code, &*call.outcome.error_type),
        (0, "PROTOCOL")
    );
    assert_eq!(call.attempts.len(), 1);
    assert_eq!(call.response, None);
    // A connection that ends before any answer.
    let service = &mut site.service;
    let (call, ()) = tokio::join!(site.engine.call(inline("Ada")), async {
        drop(service.next().await);
    });
    let call = call.unwrap();
    assert_eq!(
        (call.outcome.code, &*call.outcome.error_type),
        (0, "CLOSED")
    );
    assert_eq!(call.attempts[0].code, 0);
}

#[tokio::test]
async fn a_lead_or_webhook_that_does_not_exist_is_not_found_and_not_recorded() {
    let mut site = Site::new().await;
    site.save(|_| ()).await;
    let nobody = site.engine.call(stored(LeadId(999))).await.unwrap_err();
    assert!(
        matches!(nobody, Error::NotFound { kind: Kind::Lead, ref name, .. } if name == "leads/999"),
        "{nobody}"
    );
    let mut nothing = inline("Ada");
    nothing.webhook = "nothing".to_owned();
    let nothing = site.engine.call(nothing).await.unwrap_err();
    assert!(
        matches!(
            nothing,
            Error::NotFound {
                kind: Kind::Webhook,
                ..
            }
        ),
        "{nothing}"
    );
    assert_eq!(site.calls().await, []);
    assert!(site.service.is_idle().await);
}

#[tokio::test]
async fn r_def_4_secrets_are_sent_and_shown_nowhere() {
    let site = Site::new().await;
    site.save(|draft| {
        draft.authentication = Some(Authentication::Bearer {
            token: Secret::new("hunter2-token"),
        });
        draft.custom_headers = vec![
            DraftHeader {
                key: "X-Key".to_owned(),
                value: Secret::new("hunter2-{{lead.First Name}}"),
                sensitive: true,
            },
            DraftHeader {
                key: "X-Open".to_owned(),
                value: Secret::new("open {{lead.First Name}}"),
                sensitive: false,
            },
        ];
    })
    .await;
    let mut site = site.restart().await;
    let service = &mut site.service;
    let (call, ()) = tokio::join!(site.engine.call(inline("Ada")), async {
        let received = service.next().await;
        assert_eq!(received.header("X-Key"), Some("hunter2-Ada"));
        assert_eq!(
            received.header("Authorization"),
            Some("Bearer hunter2-token")
        );
        received.answer("200 OK", "{}");
    });
    let call = call.unwrap();
    let shown = &call.request.as_ref().unwrap().headers;
    for (name, value) in [
        ("x-key", "[redacted]"),
        ("authorization", "[redacted]"),
        ("x-open", "open Ada"),
    ] {
        assert!(
            shown.contains(&(name.to_owned(), value.to_owned())),
            "{shown:?}"
        );
    }
    let webhook = site.engine.get_webhook("enrich").unwrap();
    for told in [format!("{call:?}"), format!("{webhook:?}")] {
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[tokio::test]
async fn inline_values_that_do_not_fit_are_refused_with_their_places() {
    let site = Site::new().await;
    site.save(|_| ()).await;
    let mut request = inline("Ada");
    if let leadhook_engine::CallSubject::Inline(lead) = &mut request.subject {
        lead.fields.push(("Priority".to_owned(), text("seven")));
        lead.company_fields
            .push(("Industri".to_owned(), text("Rail")));
    }
    let Err(Error::Invalid { violations, .. }) = site.engine.call(request).await else {
        panic!("it does not fit")
    };
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert!(
        violations[0].field.starts_with("subject.inline.fields"),
        "{violations:?}"
    );
    assert!(
        violations[1]
            .field
            .starts_with("subject.inline.company_fields"),
        "{violations:?}"
    );
    assert_eq!(site.calls().await, []);
}
