//! What a call writes: R-MAP, R-CALL-11; and calls watched.

use leadhook_engine::{
    CallRequest, CallSubject, CallView, FieldChangeView, InlineLead, ListLeads, Settings,
    WatchCalls,
};
use leadhook_field::Value;
use leadhook_store::ResponseType;

use super::site::{Site, inline, mapping, stored};
use crate::world::text;

async fn answered(site: &mut Site, request: CallRequest, status: &str, body: &str) -> CallView {
    let (call, _) = tokio::join!(site.engine.call(request), site.service.answer(status, body));
    call.unwrap()
}

fn value(text: &str) -> Option<Value> {
    Some(Value::Text(text.into()))
}

fn change(field: &str, previous: Option<Value>, new: Option<Value>) -> FieldChangeView {
    FieldChangeView {
        field: field.to_owned(),
        previous,
        new,
    }
}

async fn enriching(site: &Site) {
    site.save(|draft| {
        draft.payload_template =
            "{\"name\":{{lead.Full Name}},\"of\":{{company.Company Name}}}".to_owned();
        draft.response_mappings = vec![
            mapping("city", "City"),
            mapping("country", "Country"),
            mapping("score", "Lead Score"),
            mapping("gone", "Department"),
            mapping("missing", "Job Title"),
            mapping("industry", "company.Industry"),
        ];
        draft.also_map_codes = vec![422];
    })
    .await;
}

const ANSWER: &str =
    r#"{"city":"Malmö","country":"Sweden","score":42,"gone":null,"industry":"Rail"}"#;

#[tokio::test]
async fn r_map_1_an_answer_is_written_to_the_stored_lead_and_the_record_says_what_was_there() {
    let mut site = Site::new().await;
    enriching(&site).await;
    let lead = site
        .lead(&[
            ("Email", "ada@example.com"),
            ("First Name", "Ada"),
            ("Last Name", "Example"),
            ("City", "Lund"),
            ("Country", "Sweden"),
            ("Department", "Sales"),
            ("Company Name", "Fjäll AB"),
        ])
        .await;
    let call = answered(&mut site, stored(lead), "200 OK", ANSWER).await;
    assert_eq!(
        call.request.as_ref().unwrap().body,
        r#"{"name":"Ada Example","of":"Fjäll AB"}"#
    );
    assert_eq!(call.lead, Some(lead));
    // R-MAP-10: Country was Sweden already.
    let mut changes = call.changes.clone();
    changes.sort_by(|a, b| a.field.cmp(&b.field));
    assert_eq!(
        changes,
        [
            change("City", value("Lund"), value("Malmö")),
            change("Department", value("Sales"), None),
            change("Industry", None, value("Rail")),
            change("LeadScore", None, Some(Value::Integer(42))),
        ]
    );
    assert_eq!(call.problems.len(), 1);
    assert_eq!(call.problems[0].response_attribute, "missing");
    assert_eq!(call.problems[0].field, "Title");

    let site = site.restart().await;
    assert_eq!(site.engine.get_call(call.id).await.unwrap(), call);
    let fields = [
        "City",
        "Country",
        "Department",
        "Lead Score",
        "company.Industry",
    ]
    .map(str::to_owned);
    let view = site.engine.get_lead(lead, &fields).await.unwrap();
    assert_eq!(
        view.fields,
        [
            ("City".to_owned(), value("Malmö").unwrap()),
            ("Country".to_owned(), value("Sweden").unwrap()),
            ("LeadScore".to_owned(), Value::Integer(42)),
            ("Industry".to_owned(), value("Rail").unwrap()),
        ]
    );
}

#[tokio::test]
async fn r_map_10_the_same_answer_again_changes_nothing() {
    let mut site = Site::new().await;
    enriching(&site).await;
    let lead = site.lead(&[("Email", "ada@example.com")]).await;
    let first = answered(&mut site, stored(lead), "200 OK", ANSWER).await;
    assert_eq!(first.changes.len(), 4);
    let second = answered(&mut site, stored(lead), "200 OK", ANSWER).await;
    assert_eq!(second.changes, []);
}

#[tokio::test]
async fn r_map_1_other_answers_leave_the_lead_as_it_is() {
    let mut site = Site::new().await;
    enriching(&site).await;
    let lead = site
        .lead(&[("Email", "ada@example.com"), ("City", "Lund")])
        .await;
    for (status, changes) in [
        ("301 Moved", 0),
        ("404 Not Found", 0),
        ("500 Oh", 0),
        ("422 Mapped", 4),
    ] {
        let call = answered(&mut site, stored(lead), status, ANSWER).await;
        assert_eq!(call.changes.len(), changes, "{status}");
        assert!(!call.outcome.succeeded, "{status}");
        assert_eq!(call.response.unwrap().0, ANSWER, "{status}");
    }
}

#[tokio::test]
async fn r_call_11_an_inline_leads_call_records_what_it_would_have_changed_and_writes_nothing() {
    let mut site = Site::new().await;
    enriching(&site).await;
    let named = |name: &str, value: &str| (name.to_owned(), text(value));
    let request = CallRequest {
        subject: CallSubject::Inline(InlineLead {
            fields: vec![
                named("First Name", "Ada"),
                named("Last Name", "Example"),
                named("City", "Lund"),
                named("Country", "Sweden"),
            ],
            company_fields: vec![named("Company Name", "Fjäll AB"), named("Industry", "Rail")],
        }),
        ..inline("")
    };
    let call = answered(&mut site, request, "200 OK", ANSWER).await;
    assert_eq!(
        call.request.as_ref().unwrap().body,
        r#"{"name":"Ada Example","of":"Fjäll AB"}"#
    );
    assert_eq!(call.lead, None);
    assert_eq!(
        call.changes,
        [
            change("City", value("Lund"), value("Malmö")),
            change("LeadScore", None, Some(Value::Integer(42))),
        ]
    );
    assert_eq!(site.engine.get_call(call.id).await.unwrap(), call);
    let leads = site.engine.list_leads(ListLeads::default()).await.unwrap();
    assert_eq!(leads.rows.len(), 0);
}

#[tokio::test]
async fn r_call_5_the_kept_payload_is_cut_but_all_of_it_is_mapped() {
    let mut site = Site::new().await;
    enriching(&site).await;
    let body = format!("{{\"x\":\"{}\",\"city\":\"Malmö\"}}", "y".repeat(100 << 10));
    let call = answered(&mut site, inline("Ada"), "200 OK", &body).await;
    let (kept, truncated) = call.response.clone().unwrap();
    assert!(truncated);
    assert_eq!(kept, body.as_bytes()[..64 << 10]);
    assert_eq!(call.changes, [change("City", None, value("Malmö"))]);
    assert_eq!(site.engine.get_call(call.id).await.unwrap(), call);
}

#[tokio::test]
async fn calls_are_watched_from_the_one_that_was_seen_last() {
    // Pages of one call that is looked at: a watch goes on behind those that are empty.
    let mut site = Site::with(Settings {
        max_scanned: 1,
        ..Settings::default()
    })
    .await;
    site.save(|draft| draft.response_type = ResponseType::None)
        .await;
    let mut calls = Vec::new();
    for name in ["a", "b", "c"] {
        calls.push(answered(&mut site, inline(name), "200 OK", "").await);
    }
    let watch = |after, filter: &str| {
        let watch = WatchCalls {
            filter: filter.to_owned(),
            full: true,
            after,
        };
        site.engine.watch_calls(&watch).unwrap()
    };
    let mut seen = watch(Some(calls[0].id), "");
    let mut filtered = watch(Some(calls[0].id), "code = 503");
    let mut fresh = watch(None, "");
    for call in &calls[1..] {
        assert_eq!(
            seen.next().await.unwrap().unwrap(),
            std::slice::from_ref(call)
        );
    }
    let next = answered(&mut site, inline("d"), "503 Busy", "").await;
    for watch in [&mut seen, &mut filtered, &mut fresh] {
        assert_eq!(
            watch.next().await.unwrap().unwrap(),
            std::slice::from_ref(&next)
        );
    }
    site.engine.stop();
    assert!(seen.next().await.unwrap().is_none());
}

#[tokio::test]
async fn r_map_7_what_a_call_wrote_is_there_for_the_next_one() {
    let mut site = Site::new().await;
    site.save(|draft| {
        draft.payload_template =
            "{\"score\":{{lead.Lead Score}},\"industry\":{{company.Industry}}}".to_owned();
        draft.response_mappings = vec![
            mapping("score", "Lead Score"),
            mapping("industry", "company.Industry"),
        ];
    })
    .await;
    let lead = site.lead(&[("Email", "ada@example.com")]).await;
    let answer = r#"{"score":42,"industry":"Rail"}"#;
    for sent in [
        r#"{"score":null,"industry":null}"#,
        r#"{"score":42,"industry":"Rail"}"#,
    ] {
        let call = answered(&mut site, stored(lead), "200 OK", answer).await;
        assert_eq!(call.request.unwrap().body, sent);
    }
}
