//! Pages of calls (R-FIL-3), held against a filter that is asked call by call.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use leadhook_filter::{Filter, Value};

use super::make::{
    START, at, call, calls, change, id, lead, outcome, put, row, whole_call, writes,
};
use crate::{
    Call, CallField, CallId, CallQuery, CallSchema, CampaignId, CatalogChange, Effect, LeadId,
    NewCall, Order, Origin, RunId, Store, Wait, Webhook, WebhookId,
};

/// 240 calls that differ in all that a filter may name; every eleventh waits for an attempt.
async fn record_many(store: &impl Store, webhooks: &[Webhook; 3], leads: &[LeadId; 3]) {
    let new = |n: i64| {
        let pick = |of: i64| usize::try_from(n % of).unwrap_or_default();
        let webhook = &webhooks[pick(3)];
        let given = |every: i64| (n % every == 0).then_some(n % 7 + 1);
        NewCall {
            origin: Origin {
                campaign: given(4).map(CampaignId),
                run: given(8).map(RunId),
                ..call(n, webhook).origin
            },
            outcome: match n % 10 {
                0 => outcome(503, "Service Unavailable"),
                1 => outcome(0, "TIMEOUT"),
                2 => outcome(404, ""),
                3 => outcome(503, &format!("Own phrase {n}")),
                _ => outcome(200, "OK"),
            },
            wait: (n % 11 == 0).then(|| Wait {
                due: at(START + 1_000),
                sealed: Bytes::new(),
                is_claimed: false,
            }),
            effect: match pick(5) {
                lead @ 0..3 => Effect::Lead(leads[lead], writes([], [])),
                _ => Effect::Inline(Vec::new()),
            },
            ..call(n, webhook)
        }
    };
    for n in 0..8 {
        let batch = (n * 30 + 1..=(n + 1) * 30).map(new);
        store.record(batch.collect()).await.unwrap();
    }
}

const FILTERS: [&str; 39] = [
    "",
    "webhook = webhooks/first",
    "webhook = \"WEBHOOKS/SECOND\"",
    "webhook != webhooks/first",
    "webhook:first OR webhook:second",
    "lead = leads/1",
    "lead = \"LEADS/2\"",
    "lead = leads/01",
    "lead = leads/9",
    "lead = leads/nonsense",
    "lead:*",
    "lead = \"\"",
    "lead != leads/1",
    "NOT lead = leads/1",
    "lead = leads/1 AND code = 200",
    "(lead = leads/1 OR lead = leads/2) AND succeeded = false",
    "campaign = campaigns/3",
    "campaign:*",
    "campaign = \"\" AND run = \"\"",
    "run = runs/5",
    "code = 200",
    "code != 200",
    "code >= 404 AND code < 503",
    "code = 503 AND webhook = webhooks/second",
    "error_type = \"service unavailable\"",
    "error_type:\"phrase 1\"",
    "error_type = \"\"",
    "error_type = \"own phrase 13\" OR error_type = timeout",
    "succeeded = true",
    "succeeded != true AND campaign:*",
    "state = WAITING",
    "state != WAITING AND code = 503",
    "state = ENDED AND lead = leads/1",
    "create_time >= \"2023-11-14T22:14:59.749877Z\"",
    "create_time > \"2023-11-14T22:14:59.749877Z\" AND create_time <= \"2023-11-14T22:15:31Z\"",
    "create_time <= \"2023-11-14T22:14:59.749877Z\"",
    "create_time = \"2023-11-14T22:14:59.749877Z\"",
    "create_time < \"2023-11-14T22:13:29Z\" AND code = 200",
    "create_time > \"2030-01-01T00:00:00Z\"",
];

fn is_match(filter: &Filter<CallField>, call: &Call, names: &BTreeMap<WebhookId, String>) -> bool {
    let webhook = format!("webhooks/{}", names[&call.origin.webhook]);
    let lead = call.lead.map(|id| format!("leads/{id}"));
    let campaign = call.origin.campaign.map(|id| format!("campaigns/{id}"));
    let run = call.origin.run.map(|id| format!("runs/{id}"));
    filter.matches(|field| match field {
        CallField::Webhook => Some(Value::Text(&webhook)),
        CallField::Lead => lead.as_deref().map(Value::Text),
        CallField::Campaign => campaign.as_deref().map(Value::Text),
        CallField::Run => run.as_deref().map(Value::Text),
        CallField::Code => Some(Value::Integer(i64::from(call.outcome.code))),
        CallField::ErrorType => Some(Value::Text(&call.outcome.error_type)),
        CallField::Succeeded => Some(Value::Boolean(call.outcome.succeeded)),
        CallField::State => Some(CallField::state(call.state)),
        CallField::CreateTime => Some(Value::Timestamp(call.created.as_micros())),
    })
}

async fn all_pages(store: &impl Store, mut query: CallQuery) -> Vec<Call> {
    let mut calls = Vec::new();
    loop {
        let page = store.list_calls(query.clone()).await.unwrap();
        assert!(page.rows.len() <= query.limit);
        query.after = page.next;
        calls.extend(page.rows);
        if page.next.is_none() {
            return calls;
        }
    }
}

pub async fn r_fil_3_pages_are_what_the_filter_leaves(store: &impl Store) {
    let webhooks = [
        put(store, "first").await,
        put(store, "second").await,
        put(store, "third").await,
    ];
    let names = webhooks
        .iter()
        .map(|webhook| (webhook.id, webhook.name.clone()));
    let names: BTreeMap<_, _> = names.collect();
    let leads = [
        lead(store, row("a", &[], [])).await,
        lead(store, row("b", &[], [])).await,
        lead(store, row("c", &[], [])).await,
    ];
    record_many(store, &webhooks, &leads).await;
    let mut recorded = Vec::new();
    for n in 1..=240 {
        recorded.push(store.call(id(n)).await.unwrap().expect("it was recorded"));
    }
    for text in FILTERS {
        let filter = Filter::parse(text, &CallSchema).unwrap();
        let matching = recorded
            .iter()
            .filter(|call| is_match(&filter, call, &names));
        let oldest_first: Vec<_> = matching.cloned().collect();
        let newest_first: Vec<_> = oldest_first.iter().rev().cloned().collect();
        let filter = Arc::new(filter);
        for limit in [1_000, 7] {
            let query = |order| CallQuery {
                filter: Arc::clone(&filter),
                order,
                limit,
                ..calls("")
            };
            let pages = all_pages(store, query(Order::NewestFirst)).await;
            assert!(
                pages == newest_first,
                "{text}, newest first, {limit} a page"
            );
            let pages = all_pages(store, query(Order::OldestFirst)).await;
            assert!(
                pages == oldest_first,
                "{text}, oldest first, {limit} a page"
            );
        }
    }
}

fn ids(calls: &[Call]) -> Vec<CallId> {
    calls.iter().map(|call| call.id).collect()
}

pub async fn r_fil_3_webhooks_match_by_the_name_that_they_had(store: &impl Store) {
    let first = put(store, "enrich").await;
    store.record([call(1, &first)].into()).await.unwrap();
    let asked = async || {
        let page = store.list_calls(calls("webhook = webhooks/enrich")).await;
        ids(&page.unwrap().rows)
    };
    assert_eq!(asked().await, [id(1)]);
    change(store, vec![CatalogChange::DeleteWebhook(first.id)]).await;
    assert_eq!(asked().await, [id(1)], "deleted");
    let (second, other) = (put(store, "enrich").await, put(store, "other").await);
    store
        .record([call(2, &other), call(3, &second)].into())
        .await
        .unwrap();
    assert_eq!(asked().await, [id(3), id(1)], "another of that name");
}

pub async fn r_fil_3_nothing_matches_what_nobody_called(store: &impl Store) {
    for filter in [
        "",
        "code = 200",
        "lead = leads/1",
        "create_time > \"2020-01-01T00:00:00Z\"",
    ] {
        let page = store.list_calls(calls(filter)).await.unwrap();
        assert!(page.rows.is_empty() && page.next.is_none(), "{filter}");
    }
}

pub async fn pages_end_at_their_bytes(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let lead = lead(store, row("a", &[], [])).await;
    let batch = (1..=4).map(|n| {
        let mut call = whole_call(n, &webhook, lead);
        call.response = call.response.map(|mut response| {
            response.body = vec![b'x'; 10_000].into();
            response
        });
        call
    });
    store.record(batch.collect()).await.unwrap();
    for filter in [
        "",
        "code = 200",
        "lead = leads/1",
        "lead:leads AND code = 200",
    ] {
        let page = async |max_bytes| {
            let query = CallQuery {
                max_bytes,
                ..calls(filter)
            };
            let page = store.list_calls(query).await.unwrap();
            (ids(&page.rows), page.next.is_some())
        };
        assert_eq!(
            page(1).await,
            (vec![id(4)], true),
            "{filter}: one row at least"
        );
        assert_eq!(page(25_000).await, (vec![id(4), id(3)], true), "{filter}");
        assert!(!page(50_000).await.1, "{filter}: all");
    }
}

pub async fn bodies_are_there_only_when_asked_for(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let lead = lead(store, row("a", &[], [])).await;
    store
        .record([whole_call(1, &webhook, lead)].into())
        .await
        .unwrap();
    let whole = store.call(id(1)).await.unwrap().expect("it was recorded");
    let listed = store.list_calls(calls("")).await.unwrap().rows;
    assert_eq!(listed[0], whole);
    let basic = CallQuery {
        full: false,
        ..calls("")
    };
    let without = Call {
        request: None,
        response: None,
        ..whole
    };
    assert_eq!(store.list_calls(basic).await.unwrap().rows, [without]);
}

pub async fn r_lead_4_pages_end_where_enough_was_looked_at(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let lead = lead(store, row("a", &[], [])).await;
    let batch = (1..=10).map(|n| NewCall {
        effect: match n {
            3 => Effect::Lead(lead, writes([], [])),
            _ => Effect::Inline(Vec::new()),
        },
        // Every other one is of the kind that is looked for.
        outcome: outcome(if n % 2 == 1 { 200 } else { 500 }, ""),
        ..call(n, &webhook)
    });
    store.record(batch.collect()).await.unwrap();
    let page = async |filter, after, max_scanned| {
        let query = CallQuery {
            after,
            max_scanned,
            ..calls(filter)
        };
        let page = store.list_calls(query).await.unwrap();
        (ids(&page.rows), page.next)
    };
    let any = "lead != \"\"";
    assert_eq!(page(any, None, 4).await, (vec![], Some(id(7))));
    assert_eq!(page(any, Some(id(7)), 4).await, (vec![id(3)], Some(id(3))));
    assert_eq!(page(any, Some(id(3)), 4).await, (vec![], None));
    assert_eq!(page(any, None, 0).await, (vec![], Some(id(10))));
    let of_kind = "lead != \"\" AND code = 200";
    assert_eq!(page(of_kind, None, 3).await, (vec![], Some(id(5))));
    assert_eq!(page(of_kind, Some(id(5)), 3).await, (vec![id(3)], None));
}
