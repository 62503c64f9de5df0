//! What happened to leads (R-CMP-5), in time order and page by page.

use leadhook_field::FieldId;

use super::make::{
    ADDRESS, CITY, TITLE, at, call, changed, clear, lead, put, row, set, whole_call, writes,
};
use super::{
    flow::{people, run_of},
    waiting::waits,
};
use crate::{
    Activity, ActivityId, ActivityQuery, Effect, Event, FieldChange, LeadId, NewCall, Source,
    Store, WebhookId,
};

fn query(lead: LeadId) -> ActivityQuery {
    ActivityQuery {
        lead,
        after: None,
        limit: 1_000,
        max_bytes: usize::MAX,
        max_scanned: usize::MAX,
    }
}

/// What calls did to a lead: its other activities depend on how it was made.
fn of_calls(activities: Vec<Activity>) -> Vec<Activity> {
    let is_of_call = |event: &Event| match event {
        Event::CallWebhook(_) => true,
        Event::ChangeDataValue { source, .. } => matches!(source, Source::Webhook(_)),
        _ => false,
    };
    activities
        .into_iter()
        .filter(|activity| is_of_call(&activity.event))
        .collect()
}

fn change(activity: &Activity) -> (&FieldChange, WebhookId) {
    match &activity.event {
        Event::ChangeDataValue {
            change,
            source: Source::Webhook(webhook),
        } => (change, *webhook),
        other => panic!("{other:?}"),
    }
}

pub async fn r_map_7_a_call_is_followed_by_what_it_changed(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let (ada, grace) = (
        lead(store, row("ada@example.com", &[], [])).await,
        lead(store, row("grace@example.com", &[], [])).await,
    );
    let first = NewCall {
        effect: Effect::Lead(ada, writes([set(CITY, "Oslo"), set(TITLE, "CTO")], [])),
        ..whole_call(1, &webhook, ada)
    };
    let other = whole_call(2, &webhook, grace);
    let inline = call(3, &webhook);
    let second = NewCall {
        effect: Effect::Lead(
            ada,
            writes([clear(CITY)], [set(FieldId::COMPANY, "Engines")]),
        ),
        ..call(4, &webhook)
    };
    for call in [&first, &other, &inline, &second] {
        store.record([call.clone()].into()).await.unwrap();
    }
    let page = store.list_activities(query(ada)).await.unwrap();
    assert!(page.next.is_none());
    let activities = of_calls(page.rows);
    assert!(activities.iter().all(|activity| activity.lead == ada));
    let [called, city, title, again, cleared, named] = &activities[..] else {
        panic!("{activities:?}");
    };
    let Event::CallWebhook(told) = &called.event else {
        panic!("{called:?}");
    };
    let recorded = store.call(first.id).await.unwrap().unwrap();
    assert_eq!((told.id, &told.outcome), (recorded.id, &recorded.outcome));
    assert_eq!(told.response, recorded.response);
    let Event::CallWebhook(told) = &again.event else {
        panic!("{again:?}");
    };
    assert_eq!(told.id, second.id);
    for (activity, expected) in [
        (city, changed(CITY, None, Some("Oslo"))),
        (title, changed(TITLE, None, Some("CTO"))),
        (cleared, changed(CITY, Some("Oslo"), None)),
        (named, changed(FieldId::COMPANY, None, Some("Engines"))),
    ] {
        assert_eq!(change(activity), (&expected, webhook.id));
    }
    let millis = |activity: &Activity| activity.time.as_micros() / 1_000;
    assert_eq!(millis(called), first.id.millis(), "the time of its commit");
    assert_eq!(millis(city), first.id.millis());
    assert_eq!(millis(named), second.id.millis());
}

pub async fn r_lead_4_pages_of_activities_go_on_anywhere(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let ada = lead(store, row("ada@example.com", &[], [])).await;
    for n in 1..=40 {
        let effect = match n % 3 {
            0 => writes([], []),
            _ => writes([set(CITY, &n.to_string()), set(TITLE, &n.to_string())], []),
        };
        let effect = Effect::Lead(ada, effect);
        let call = NewCall {
            effect,
            ..call(n, &webhook)
        };
        store.record([call].into()).await.unwrap();
    }
    let whole = store.list_activities(query(ada)).await.unwrap();
    assert!(whole.next.is_none());
    assert_eq!(of_calls(whole.rows.clone()).len(), 40 + 2 * 27);
    let ids: Vec<ActivityId> = whole.rows.iter().map(|activity| activity.id).collect();
    assert!(
        ids.is_sorted() && ids.windows(2).all(|two| two[0] != two[1]),
        "{ids:?}"
    );
    for limit in [1, 7] {
        let (mut after, mut pages) = (None, Vec::new());
        loop {
            let query = ActivityQuery {
                after,
                limit,
                ..query(ada)
            };
            let page = store.list_activities(query).await.unwrap();
            assert!(!page.rows.is_empty() && page.rows.len() <= limit);
            pages.extend(page.rows);
            assert!(pages.len() <= whole.rows.len(), "no page repeats another");
            after = pages.last().map(|activity: &Activity| activity.id);
            if page.next.is_none() {
                break;
            }
        }
        assert!(pages == whole.rows, "{limit} a page");
    }
    for (at, id) in ids.iter().enumerate() {
        let query = ActivityQuery {
            after: Some(*id),
            limit: 1,
            ..query(ada)
        };
        let page = store.list_activities(query).await.unwrap();
        assert_eq!(page.rows.first(), whole.rows.get(at + 1), "behind {id}");
    }
}

pub async fn r_lead_4_pages_of_activities_end_where_enough_was_looked_at(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let people = people(store, 2).await;
    let [ada, grace] = people[..] else {
        panic!("{people:?}");
    };
    for n in 1..=5 {
        let effect = Effect::Lead(ada, writes([set(CITY, &n.to_string())], []));
        let call = NewCall {
            effect,
            ..call(n, &webhook)
        };
        // Two of them wait for an attempt, and are none of its activities yet.
        let call = match n {
            2 | 5 => waits(call, 9),
            _ => call,
        };
        store.record([call].into()).await.unwrap();
    }
    for _ in 0..5 {
        run_of(store, &[grace]).await;
    }
    run_of(store, &[ada]).await;
    let whole = store.list_activities(query(ada)).await.unwrap().rows;
    assert_eq!(of_calls(whole.clone()).len(), 6);
    for max_scanned in [0, 1, 3] {
        let (mut after, mut found, mut pages) = (None, Vec::new(), 0);
        loop {
            let query = ActivityQuery {
                after,
                max_scanned,
                ..query(ada)
            };
            let page = store.list_activities(query).await.unwrap();
            found.extend(page.rows);
            pages += 1;
            assert!(page.next.is_none() || page.next > after, "it goes on");
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, whole);
        // That it was made, five calls, six runs.
        assert_eq!(
            pages,
            12_usize.div_ceil(max_scanned.max(1)),
            "{max_scanned}"
        );
    }
}

pub async fn pages_of_activities_end_at_their_bytes(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let ada = lead(store, row("ada@example.com", &[], [])).await;
    for n in 1..=3 {
        let long = n.to_string().repeat(10_000);
        let effect = Effect::Lead(ada, writes([set(ADDRESS, &long)], []));
        store
            .record(
                [NewCall {
                    effect,
                    ..call(n, &webhook)
                }]
                .into(),
            )
            .await
            .unwrap();
    }
    let page = async |max_bytes| {
        let query = ActivityQuery {
            max_bytes,
            ..query(ada)
        };
        let page = store.list_activities(query).await.unwrap();
        (page.rows.len(), page.next.is_some())
    };
    let (all, more) = page(usize::MAX).await;
    assert!(all >= 6 && !more);
    assert_eq!(page(1).await, (1, true), "one row at least");
    let (some, more) = page(25_000).await;
    assert!(some < all && some > 1 && more, "{some}");
}

pub async fn r_lead_6_an_erased_lead_has_no_activities(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let ada = lead(store, row("ada@example.com", &[], [])).await;
    store
        .record([whole_call(1, &webhook, ada)].into())
        .await
        .unwrap();
    let before = store.list_activities(query(ada)).await.unwrap();
    assert!(before.rows.len() >= 2, "{before:?}");
    assert!(store.delete_lead(ada, at(9)).await.unwrap());
    for id in [ada, LeadId(99)] {
        let page = store.list_activities(query(id)).await.unwrap();
        assert_eq!(
            (page.rows, page.next.is_some()),
            (Vec::new(), false),
            "leads/{id}"
        );
    }
}
