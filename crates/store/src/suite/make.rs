//! What behaviours are shown with: invented leads, webhooks and calls, and short ways to ask for them.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use leadhook_field::{Datetime, FieldId, Value};
use leadhook_filter::Filter;

use crate::{
    Attempt, Authentication, CallId, CallQuery, CallSchema, CatalogChange, Company, CustomHeader,
    Definition, Effect, FieldChange, FieldWrite, HeaderText, IdempotencyKey, LeadEntry, LeadId,
    LeadTarget, LeadUpsert, LeadUpserted, Limits, MappingProblem, NewCall, Order, Origin, Outcome,
    ProblemReason, RecordedRequest, RecordedResponse, RequestTokenEncoding, RequestType,
    ResponseMapping, ResponseType, RetryPolicy, Revision, Sealed, Source, Store, Webhook,
    WebhookId, Writes,
};

/// Job Title, a text.
pub const TITLE: FieldId = FieldId(9);
/// Address, a text of up to 30,000 bytes.
pub const ADDRESS: FieldId = FieldId(15);
/// City, a text.
pub const CITY: FieldId = FieldId(16);
/// Lead Score, an integer.
pub const SCORE: FieldId = FieldId(22);
/// Industry, a text of companies.
pub const INDUSTRY: FieldId = FieldId(73);
/// Site, another.
pub const SITE: FieldId = FieldId(77);

/// A text.
#[must_use]
pub fn text(value: &str) -> Value {
    Value::Text(value.into())
}

/// A time, in seconds since the epoch.
#[must_use]
pub fn at(seconds: i64) -> Datetime {
    Datetime::from_micros(seconds * 1_000_000)
}

/// A text to be written.
#[must_use]
pub fn set(field: FieldId, value: &str) -> FieldWrite {
    let value = Some(text(value));
    FieldWrite { field, value }
}

/// A field to be cleared.
#[must_use]
pub fn clear(field: FieldId) -> FieldWrite {
    FieldWrite { field, value: None }
}

/// Writes to a lead and to its company.
#[must_use]
pub fn writes<const L: usize, const C: usize>(
    lead: [FieldWrite; L],
    company: [FieldWrite; C],
) -> Writes {
    Writes {
        lead: lead.into(),
        company: company.into(),
    }
}

/// A row of an upsert by e-mail address.
#[must_use]
pub fn row<const C: usize>(
    email: &str,
    lead: &[FieldWrite],
    company: [FieldWrite; C],
) -> LeadUpsert {
    let mut all = vec![set(FieldId::EMAIL, email)];
    all.extend_from_slice(lead);
    LeadUpsert {
        target: LeadTarget::Lookup {
            field: FieldId::EMAIL,
            value: text(email),
        },
        writes: Writes {
            lead: all,
            company: company.into(),
        },
    }
}

/// A row for one lead by its id.
#[must_use]
pub fn row_of<const L: usize, const C: usize>(
    id: LeadId,
    lead: [FieldWrite; L],
    company: [FieldWrite; C],
) -> LeadUpsert {
    LeadUpsert {
        target: LeadTarget::Lead(id),
        writes: writes(lead, company),
    }
}

/// Upserts rows at a time in seconds.
pub async fn upsert(store: &impl Store, seconds: i64, rows: Vec<LeadUpsert>) -> Vec<LeadUpserted> {
    store
        .upsert_leads(rows, Source::Api, at(seconds), None)
        .await
        .unwrap()
}

/// Upserts one row and gives its lead.
pub async fn lead(store: &impl Store, row: LeadUpsert) -> LeadId {
    match upsert(store, 1_000, vec![row]).await[..] {
        [LeadUpserted::Created(id) | LeadUpserted::Updated(id)] => id,
        ref other => panic!("{other:?}"),
    }
}

/// Reads a lead that is there.
pub async fn entry(store: &impl Store, id: LeadId) -> LeadEntry {
    let mut leads = store.leads(vec![id]).await.unwrap();
    leads.pop().flatten().expect("the lead is there")
}

/// The company of a lead that has one.
pub async fn company_of(store: &impl Store, id: LeadId) -> Company {
    let company = entry(store, id).await.company;
    company.expect("the lead has a company")
}

/// A definition in which nothing is left out.
#[must_use]
pub fn definition(url: &str) -> Definition<Sealed> {
    Definition {
        display_name: "Enrich".to_owned(),
        description: "Asks \"who?\" \u{1F600}".to_owned(),
        url: url.to_owned(),
        url_password: Some(Sealed("v1:abc".to_owned())),
        request_type: RequestType::Post,
        payload_template: "{\"a\": {{lead.Email Address}}}".to_owned(),
        request_token_encoding: RequestTokenEncoding::Json,
        response_type: ResponseType::Xml,
        custom_headers: vec![
            CustomHeader {
                key: "X-Plain".to_owned(),
                value: HeaderText::Plain("{{lead.City}}".to_owned()),
            },
            CustomHeader {
                key: "X-Key".to_owned(),
                value: HeaderText::Sensitive(Sealed("v1:def".to_owned())),
            },
        ],
        response_mappings: vec![ResponseMapping {
            response_attribute: "a.b[0]".to_owned(),
            field: CITY,
        }],
        timeout: Some(Duration::from_millis(1_500)),
        retry_policy: Some(RetryPolicy {
            max_attempts: 3,
            initial_backoff: Some(Duration::from_secs(2)),
            max_backoff: None,
            retry_codes: vec![503],
        }),
        limits: Limits {
            max_concurrency: 5,
            max_rate: 0.5,
        },
        authentication: Some(Authentication::Basic {
            username: "ada".to_owned(),
            password: Sealed("v1:ghi".to_owned()),
        }),
        marketo_escapes: true,
        also_map_codes: vec![404, 422],
    }
}

/// A webhook made by a revision, which is its id too.
#[must_use]
pub fn webhook(revision: i64, name: &str) -> Webhook {
    Webhook {
        id: WebhookId(revision),
        name: name.to_owned(),
        version: Revision(revision),
        created: at(revision),
        updated: at(revision),
        paused: false,
        definition: definition("https://example.com/"),
    }
}

/// Changes the catalog as it is.
pub async fn change(store: &impl Store, changes: Vec<CatalogChange>) -> Revision {
    let revision = store.catalog().await.unwrap().revision;
    store.change_catalog(revision, changes).await.unwrap()
}

/// Puts a new webhook.
pub async fn put(store: &impl Store, name: &str) -> Webhook {
    let revision = store.catalog().await.unwrap().revision;
    let webhook = webhook(revision.0 + 1, name);
    change(
        store,
        vec![CatalogChange::PutWebhook(Box::new(webhook.clone()))],
    )
    .await;
    webhook
}

/// When the invented calls begin, in seconds since the epoch.
pub const START: i64 = 1_700_000_000;

/// The id of the nth call: one a second.
#[must_use]
pub fn id(n: i64) -> CallId {
    CallId(((START + n) * 1_000) << CallId::COUNTER_BITS)
}

/// A call of a webhook that succeeded and does nothing to nobody; its id is `id(n)`.
#[must_use]
pub fn call(n: i64, webhook: &Webhook) -> NewCall {
    NewCall {
        id: id(n),
        has_waited: false,
        wait: None,
        origin: Origin {
            webhook: webhook.id,
            version: webhook.version,
            campaign: None,
            run: None,
        },
        outcome: outcome(200, "OK"),
        created: Datetime::from_micros((START + n) * 1_000_000 - 250_123),
        ended: Datetime::from_micros((START + n) * 1_000_000 - 17),
        attempts: Vec::new(),
        request: None,
        response: None,
        effect: Effect::Inline(Vec::new()),
        problems: Vec::new(),
        idempotency_key: IdempotencyKey([n.to_le_bytes()[0]; 16]),
        replay_of: None,
        request_mark: None,
        progress: None,
    }
}

/// A call in which nothing is left out, for a stored lead.
#[must_use]
pub fn whole_call(n: i64, webhook: &Webhook, lead: LeadId) -> NewCall {
    let attempt = |code, error_type: &str, detail: &str| Attempt {
        started: at(START + n),
        duration: Duration::from_micros(1_234_567),
        code,
        error_type: error_type.to_owned(),
        detail: detail.to_owned(),
    };
    NewCall {
        attempts: vec![
            attempt(503, "Busy", ""),
            attempt(
                0,
                "TIMEOUT",
                "5000 ms passed without an answer from crm.example",
            ),
            attempt(200, "OK", ""),
        ],
        request: Some(RecordedRequest {
            values: Bytes::from_static(b"\x00values of tokens\xff"),
            body: Bytes::from_static(b"{\"a\": \"ada@example.com\"}"),
        }),
        response: Some(RecordedResponse {
            body: Bytes::from_static(b"<a>Oslo\xff</a>"),
            truncated: true,
        }),
        effect: Effect::Lead(lead, writes([set(CITY, "Oslo")], [])),
        problems: vec![MappingProblem {
            mapping: 3,
            reason: ProblemReason::NotScalar,
            detail: "an object".to_owned(),
        }],
        replay_of: Some(id(-1)),
        ..call(n, webhook)
    }
}

/// How a call ended; 2xx is success.
#[must_use]
pub fn outcome(code: u16, error_type: &str) -> Outcome {
    Outcome {
        code,
        error_type: error_type.to_owned(),
        succeeded: (200..300).contains(&code),
    }
}

/// A change of a field.
#[must_use]
pub fn changed(field: FieldId, previous: Option<&str>, new: Option<&str>) -> FieldChange {
    FieldChange {
        field,
        previous: previous.map(text),
        new: new.map(text),
    }
}

/// The first page of calls that a filter leaves, newest first.
#[must_use]
pub fn calls(filter: &str) -> CallQuery {
    CallQuery {
        filter: Arc::new(Filter::parse(filter, &CallSchema).unwrap()),
        order: Order::NewestFirst,
        after: None,
        limit: 1_000,
        max_bytes: usize::MAX,
        max_scanned: usize::MAX,
        full: true,
    }
}

/// Carries out futures at the same time, and gives what they gave in their order.
pub async fn all<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<Pin<Box<_>>> = futures.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, output) in futures.iter_mut().zip(&mut outputs) {
            if output.is_none()
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *output = Some(value);
            }
        }
        match outputs.iter().all(Option::is_some) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
    outputs.into_iter().flatten().collect()
}
