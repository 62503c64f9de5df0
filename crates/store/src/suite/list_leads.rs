//! Pages of leads (R-FIL-3), held against a filter that is asked lead by lead.

use std::sync::Arc;

use leadhook_field::{Date, FieldId, Schema, Value};
use leadhook_filter::{Filter, Value as Compared};

use super::make::{ADDRESS, CITY, INDUSTRY, SCORE, at, entry, row, row_of, set, upsert};
use crate::{FieldWrite, LeadColumn, LeadEntry, LeadId, LeadQuery, LeadSchema, LeadUpsert, Store};

fn filter(text: &str) -> Arc<Filter<LeadColumn>> {
    let fields = Schema::standard();
    let schema = LeadSchema { fields: &fields };
    Arc::new(Filter::parse(text, &schema).unwrap())
}

fn nth(n: i32) -> LeadUpsert {
    let value = |field, value| FieldWrite {
        field: FieldId(field),
        value: Some(value),
    };
    let mut lead = vec![
        set(
            CITY,
            ["Köln", "Oslo", "oslo", "Straßburg"][(n % 4) as usize],
        ),
        value(SCORE.0, Value::Integer(n - 20)),
        value(26, Value::Float(f64::from(n) / 4.0)),
        value(28, Value::Boolean(n % 2 == 0)),
        value(
            11,
            Value::Date(Date::from_ymd(2000, 1, 1 + (n % 28) as u8).unwrap()),
        ),
        value(45, Value::Datetime(super::make::at(i64::from(n)))),
    ];
    if n % 3 == 0 {
        lead.push(set(FieldId::FIRST_NAME, "Ada"));
    }
    if n % 5 == 0 {
        lead.push(set(FieldId::LAST_NAME, "Lovelace"));
    }
    let company = match n % 7 {
        0 => [set(FieldId::COMPANY, "Engines"), set(INDUSTRY, "Machines")],
        _ => [set(FieldId::COMPANY, "Other"), set(INDUSTRY, "Trade")],
    };
    // Two leads in forty share each address.
    let mut row = row(&format!("lead{}@example.com", n / 2), &lead, company);
    if n % 6 == 1 {
        row.writes.company.clear();
    }
    row
}

const FILTERS: [&str; 30] = [
    "",
    "name = leads/5",
    "name = \"LEADS/5\"",
    "name = leads/05",
    "name = leads/99",
    "name = leads/nonsense",
    "name != leads/5",
    "name = leads/5 AND name = leads/6",
    "Email = lead3@example.com",
    "\"Email Address\" = \"LEAD3@Example.com\" AND City:*",
    "Email = nobody@example.com",
    "Email:lead1",
    "Email = \"\"",
    "City = oslo",
    "City = STRASSBURG AND \"Lead Score\" > 0",
    "\"Lead Score\" <= -15 OR \"Lead Score\" = 19",
    "Urgency > 4.75 AND Unsubscribed = true",
    "\"Date of Birth\" < 2000-01-05",
    "\"Acquisition Date\" >= \"1970-01-01T00:00:31Z\"",
    "\"Full Name\" = \"ada lovelace\"",
    "\"Full Name\" = Ada",
    "\"Full Name\" = \"\"",
    "Id >= 30 AND Id < 33",
    "Industry = machines",
    "Industry != machines",
    "company.Company:engine AND City = Oslo",
    "Company = \"\"",
    "create_time = \"1970-01-01T00:00:01Z\" AND CreatedAt < \"1970-01-01T00:00:02Z\"",
    "update_time > \"1970-01-01T00:00:01Z\"",
    "NOT (City = Oslo OR Industry:*)",
];

fn is_match(filter: &Filter<LeadColumn>, entry: &LeadEntry) -> bool {
    let LeadEntry { lead, company } = entry;
    let name = format!("leads/{}", lead.id);
    let full_name = lead.value(FieldId::FULL_NAME);
    filter.matches(|column| match column {
        LeadColumn::Name => Some(Compared::Text(&name)),
        LeadColumn::CreateTime | LeadColumn::Lead(FieldId::CREATED_AT) => {
            Some(Compared::Timestamp(lead.created.as_micros()))
        }
        LeadColumn::UpdateTime | LeadColumn::Lead(FieldId::UPDATED_AT) => {
            Some(Compared::Timestamp(lead.updated.as_micros()))
        }
        LeadColumn::Lead(FieldId::ID) => Some(Compared::Integer(lead.id.0)),
        LeadColumn::Lead(FieldId::FULL_NAME) => full_name.as_deref().map(compared),
        LeadColumn::Lead(field) => lead.values.get(*field).map(compared),
        LeadColumn::Company(field) => company.as_ref()?.values.get(*field).map(compared),
    })
}

fn compared(value: &Value) -> Compared<'_> {
    match value {
        Value::Text(text) => Compared::Text(text),
        Value::Integer(number) => Compared::Integer(i64::from(*number)),
        Value::Float(number) => Compared::Float(*number),
        Value::Boolean(boolean) => Compared::Boolean(*boolean),
        Value::Date(date) => Compared::Date(date.days()),
        Value::Datetime(time) => Compared::Timestamp(time.as_micros()),
    }
}

async fn all_pages(store: &impl Store, mut query: LeadQuery) -> Vec<LeadEntry> {
    let mut leads = Vec::new();
    loop {
        let page = store.list_leads(query.clone()).await.unwrap();
        assert!(page.rows.len() <= query.limit);
        query.after = page.next;
        leads.extend(page.rows);
        if page.next.is_none() {
            return leads;
        }
    }
}

pub async fn r_fil_3_pages_are_what_the_filter_leaves(store: &impl Store) {
    for n in 0..40 {
        // By no key, so that e-mail addresses are shared.
        let LeadUpsert { writes, .. } = nth(n);
        let made = upsert(store, 1, vec![row(&format!("new{n}@example.com"), &[], [])]).await;
        let crate::LeadUpserted::Created(id) = made[0] else {
            panic!("{made:?}");
        };
        let row = LeadUpsert {
            writes,
            ..row_of(id, [], [])
        };
        upsert(store, i64::from(n % 2), vec![row]).await;
    }
    assert!(store.delete_lead(LeadId(9), at(9)).await.unwrap());
    let mut stored = Vec::new();
    for id in (1..=40).filter(|id| *id != 9).map(LeadId) {
        stored.push(entry(store, id).await);
    }
    for text in FILTERS {
        let filter = filter(text);
        let matching = stored.iter().filter(|entry| is_match(&filter, entry));
        let expected: Vec<_> = matching.cloned().collect();
        for limit in [1_000, 3] {
            let query = LeadQuery {
                filter: Arc::clone(&filter),
                after: None,
                limit,
                max_bytes: usize::MAX,
                max_scanned: usize::MAX,
            };
            let pages = all_pages(store, query).await;
            assert!(pages == expected, "{text}, {limit} a page");
        }
    }
}

pub async fn pages_end_at_their_bytes(store: &impl Store) {
    let long = set(ADDRESS, &"x".repeat(10_000));
    let rows = (0..4).map(|n| row(&n.to_string(), std::slice::from_ref(&long), []));
    upsert(store, 1, rows.collect()).await;
    let same = (1..=4).map(|id| row_of(LeadId(id), [set(FieldId::EMAIL, "same@example.com")], []));
    upsert(store, 2, same.collect()).await;
    for text in ["", "Email = same@example.com"] {
        let page = async |max_bytes| {
            let query = LeadQuery {
                filter: filter(text),
                after: None,
                limit: 100,
                max_bytes,
                max_scanned: usize::MAX,
            };
            let page = store.list_leads(query).await.unwrap();
            (page.rows.len(), page.next.is_some())
        };
        assert_eq!(page(1).await, (1, true), "{text}: one row at least");
        assert_eq!(page(25_000).await, (2, true), "{text}");
        assert_eq!(page(50_000).await, (4, false), "{text}: all");
    }
}

pub async fn r_lead_4_pages_end_where_enough_was_looked_at(store: &impl Store) {
    let rows = (0..10).map(|n| {
        let city = if n == 7 { "Oslo" } else { "Kiruna" };
        row(&format!("lead{n}@example.com"), &[set(CITY, city)], [])
    });
    upsert(store, 1, rows.collect()).await;
    let page = async |after, max_scanned| {
        let query = LeadQuery {
            filter: filter("City = Oslo"),
            after,
            limit: 100,
            max_bytes: usize::MAX,
            max_scanned,
        };
        let page = store.list_leads(query).await.unwrap();
        let ids: Vec<_> = page.rows.iter().map(|entry| entry.lead.id.0).collect();
        (ids, page.next)
    };
    assert_eq!(page(None, 4).await, (vec![], Some(LeadId(4))));
    assert_eq!(page(Some(LeadId(4)), 4).await, (vec![8], Some(LeadId(8))));
    assert_eq!(page(Some(LeadId(8)), 4).await, (vec![], None));
    assert_eq!(page(None, 10).await, (vec![8], None), "all were looked at");
    assert_eq!(page(None, 0).await, (vec![], Some(LeadId(1))));
}
