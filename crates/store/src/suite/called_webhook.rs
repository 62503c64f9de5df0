//! Leads by their calls (R-CMP-4), held against all calls gone through for each lead; and the first of several filters that a lead matches.

use std::sync::Arc;

use leadhook_field::{Datetime, FieldId, Schema};
use leadhook_filter::{Call, Filter, Literal, Number, Value};

use super::make::{CITY, INDUSTRY, START, at, call, entry, lead, outcome, put, row, set, writes};
use crate::{
    CALLED_WEBHOOK, Effect, FirstMatch, LeadColumn, LeadId, LeadQuery, LeadSchema, NewCall,
    Outcome, Store, Webhook,
};

fn filter(text: &str) -> Filter<LeadColumn> {
    let schema = LeadSchema {
        fields: &Schema::standard(),
    };
    Filter::parse(text, &schema).unwrap()
}

/// Calls of two webhooks for 11 of 12 leads, and for nobody.
async fn record_many(store: &impl Store) -> (Vec<LeadId>, Vec<(String, NewCall)>) {
    let webhooks = [put(store, "first").await, put(store, "second").await];
    let mut leads = Vec::new();
    for n in 0..12 {
        let city = ["Oslo", "Köln", "Rom"][n % 3];
        let company = [set(FieldId::COMPANY, "Engines"), set(INDUSTRY, "Machines")];
        let row = row(&format!("{n}@example.com"), &[set(CITY, city)], company);
        leads.push(lead(store, row).await);
    }
    let mut recorded = Vec::new();
    for n in 0..150 {
        let webhook = &webhooks[n % 5 / 3];
        let new = nth(n as i64, webhook, &leads);
        recorded.push((webhook.name.clone(), new.clone()));
        store.record([new].into()).await.unwrap();
    }
    (leads, recorded)
}

fn nth(n: i64, webhook: &Webhook, leads: &[LeadId]) -> NewCall {
    let mut new = call(n + 1, webhook);
    // The shortest phrase that no table of phrases must hold, and one that only the case tells from others.
    new.outcome = match n % 7 {
        0 => outcome(503, "Service Unavailable"),
        1 => outcome(503, &format!("{n}{}", "long".repeat(100))),
        2 => outcome(422, ""),
        3 => outcome(0, "TIMEOUT"),
        _ => outcome(200, "OK"),
    };
    if let Some(lead) = leads.get(n as usize % 13).filter(|_| n % 13 != 11) {
        new.effect = Effect::Lead(*lead, writes([], []));
    }
    // Some waited for an hour, and some came from a clock that was set back.
    let late = [250_123, 3_600_000_000, -30_000_000][n as usize % 17 % 3];
    new.created = Datetime::from_micros((START + n + 1) * 1_000_000 - late);
    new
}

/// Whether the function holds by a call.
fn is_wanted(function: &Call, webhook: &str, call: &NewCall) -> bool {
    let Outcome {
        code, error_type, ..
    } = &call.outcome;
    let is = |parameter: &str, text: &str| match function.argument(parameter) {
        None => true,
        Some(Literal::Text(literal)) => literal.folded() == leadhook_filter::fold(text),
        other => panic!("{other:?}"),
    };
    let code_is = match function.argument("code") {
        None => true,
        Some(Literal::Number(number)) => *number == Number::Integer(i64::from(*code)),
        other => panic!("{other:?}"),
    };
    let is_since = match function.argument("since") {
        None => true,
        Some(Literal::Timestamp(micros)) => call.created.as_micros() >= *micros,
        other => panic!("{other:?}"),
    };
    is("webhook", &format!("webhooks/{webhook}"))
        && is("error_type", error_type)
        && code_is
        && is_since
}

const FILTERS: [&str; 21] = [
    "called_webhook()",
    "NOT called_webhook()",
    "called_webhook(webhook = webhooks/first)",
    "called_webhook(webhook = \"Webhooks/SECOND\")",
    "called_webhook(webhook = webhooks/first, code = 503)",
    "called_webhook(webhook = webhooks/first) AND called_webhook(webhook = webhooks/second, code = 422)",
    "called_webhook(code = 503) AND NOT called_webhook(code = 200)",
    "called_webhook(code = 404)",
    "called_webhook(error_type = timeout, code = 0)",
    "called_webhook(error_type = \"service unavailable\") AND City = Oslo",
    "called_webhook(since = \"2023-11-14T22:15:31Z\")",
    "called_webhook(since = \"2023-11-14T22:15:31.749877Z\", code = 422)",
    "NOT called_webhook(since = \"2023-11-14T22:15:20.749877Z\", code = 200)",
    "called_webhook(since = \"2023-11-14T22:16:11Z\")",
    "called_webhook(since = \"2030-01-01T00:00:00Z\")",
    "City = Oslo OR called_webhook(code = 422)",
    "(City = Oslo OR called_webhook(code = 422)) AND NOT (City = Rom OR called_webhook(code = 0, webhook = webhooks/second))",
    "name = leads/3 AND called_webhook(code = 503)",
    "Email = 4@example.com AND NOT called_webhook(code = 422)",
    "Industry = machines AND called_webhook(code = 422)",
    "Industry = trade OR NOT called_webhook(code = 422)",
];

pub async fn r_cmp_4_leads_are_selected_by_their_calls(store: &impl Store) {
    let (mut leads, recorded) = record_many(store).await;
    let long = format!("called_webhook(error_type = \"LONG{}\")", "long".repeat(99));
    let long = long.replace("LONG", "1LONG");
    let erased = leads.remove(6);
    assert!(store.delete_lead(erased, at(9)).await.unwrap());
    for text in FILTERS.into_iter().chain([long.as_str()]) {
        let filter = Arc::new(filter(text));
        let mut expected = Vec::new();
        for id in &leads {
            if is_match(store, &filter, *id, &recorded).await {
                expected.push(*id);
            }
        }
        for limit in [2, 1_000] {
            let (mut after, mut found) = (None, Vec::new());
            loop {
                let query = LeadQuery {
                    filter: Arc::clone(&filter),
                    after,
                    limit,
                    max_bytes: usize::MAX,
                    max_scanned: usize::MAX,
                };
                let page = store.list_leads(query).await.unwrap();
                found.extend(page.rows.iter().map(|entry| entry.lead.id));
                after = found.last().copied();
                if page.next.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected, "{text}, {limit} a page");
        }
    }
}

async fn is_match(
    store: &impl Store,
    filter: &Filter<LeadColumn>,
    id: LeadId,
    recorded: &[(String, NewCall)],
) -> bool {
    let entry = entry(store, id).await;
    let name = format!("leads/{id}");
    let text = |value: Option<&leadhook_field::Value>| match value {
        Some(leadhook_field::Value::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let company = entry.company.as_ref();
    let of_lead = |field| text(entry.lead.values.get(field)).unwrap_or_default();
    let (city, email) = (of_lead(CITY), of_lead(FieldId::EMAIL));
    let industry = text(company.and_then(|company| company.values.get(INDUSTRY)));
    filter.matches_with(
        |column| match column {
            LeadColumn::Name => Some(Value::Text(&name)),
            LeadColumn::Lead(FieldId::EMAIL) => Some(Value::Text(&email)),
            LeadColumn::Lead(_) => Some(Value::Text(&city)),
            _ => industry.as_deref().map(Value::Text),
        },
        |function| {
            assert_eq!(&*function.function, CALLED_WEBHOOK);
            recorded.iter().any(|(webhook, call)| {
                matches!(call.effect, Effect::Lead(lead, _) if lead == id)
                    && is_wanted(function, webhook, call)
            })
        },
    )
}

pub async fn r_cmp_2_the_first_filter_that_matches_is_told(store: &impl Store) {
    let (leads, recorded) = record_many(store).await;
    let filters: Arc<[_]> = [
        "called_webhook(code = 422, webhook = webhooks/second) AND Industry = machines",
        "City = Rom AND Industry = machines",
        "called_webhook(code = 0, since = \"2023-11-14T22:15:00Z\")",
        "City = Oslo",
    ]
    .map(filter)
    .into();
    let mut expectations = Vec::new();
    for id in &leads {
        let mut expected = None;
        for (at, filter) in filters.iter().enumerate() {
            if expected.is_none() && is_match(store, filter, *id, &recorded).await {
                expected = Some(at);
            }
        }
        expectations.push(expected.map_or(FirstMatch::Nothing, FirstMatch::At));
    }
    let told_apart = (0..4).map(FirstMatch::At).chain([FirstMatch::Nothing]);
    assert!(
        told_apart.filter(|one| expectations.contains(one)).count() >= 4,
        "the leads tell the filters apart: {expectations:?}"
    );
    // In the order asked, one of them twice, one that is not there.
    let mut asked = leads.clone();
    asked.reverse();
    expectations.reverse();
    asked.extend([LeadId(99), leads[0]]);
    expectations.extend([FirstMatch::Gone, expectations[leads.len() - 1]]);
    let first = store.first_matches(asked, filters).await.unwrap();
    assert_eq!(first, expectations);
    let empty: Arc<[_]> = [Filter::default()].into();
    let first = store.first_matches(vec![leads[0]], empty).await.unwrap();
    assert_eq!(first, [FirstMatch::At(0)], "an empty filter matches");
}
