//! Entries: what makes them, who gets them, and where chains of them end.

use std::time::Duration;

use leadhook_field::FieldId;

use super::{
    flow::{
        CAMPAIGN, DONE, LATE, On, VERSION, doing, due, go, into, left, people, react, read, run_of,
        step, then,
    },
    make::{
        CITY, SCORE, TITLE, at, call, entry, lead, outcome, put, row, row_of, set, text, upsert,
        writes,
    },
};
use crate::{
    CampaignId, Chain, Effect, Ending, Entry, EntryId, LeadId, MAX_CHAIN_DEPTH, MAX_CHAIN_ENTRIES,
    NewCall, Next, Passage, Progress, Qualification, Store,
};

const EVERY: Qualification = Qualification::EveryTime;

/// A campaign beside the usual one.
const fn other(n: i64) -> CampaignId {
    CampaignId(CAMPAIGN.0 + n)
}

fn campaigns(entries: &[Entry]) -> Vec<CampaignId> {
    entries.iter().map(|entry| entry.campaign).collect()
}

fn ids(entries: &[Entry]) -> Vec<EntryId> {
    entries.iter().map(|entry| entry.id).collect()
}

pub async fn r_cmp_3_an_entry_is_written_with_its_cause(store: &impl Store) {
    react(
        store,
        &[
            (On::Created, into(CAMPAIGN, EVERY)),
            (On::Changed(CITY), into(other(1), EVERY)),
            (On::Called(503), into(other(2), EVERY)),
            (On::Called(200), into(other(3), EVERY)),
        ],
    );
    let webhook = put(store, "enrich").await;
    let made = store.waiting_changed();
    // A new lead: its first values are no changes.
    let lead = lead(store, row("a@example.com", &[set(CITY, "Bonn")], [])).await;
    assert!(made.has_changed().unwrap());
    let entries = due(store).await;
    let expected = Entry {
        id: EntryId(1),
        campaign: CAMPAIGN,
        version: VERSION,
        lead,
        run: None,
        step: 0,
        due: at(1_000),
        waits: false,
        has_failed: false,
        trigger: into(CAMPAIGN, EVERY).trigger,
        chain: Chain::default(),
    };
    assert_eq!(entries, [expected]);
    // An upsert that changes, and one that does not.
    for city in ["Oslo", "Oslo"] {
        upsert(store, 2_000, vec![row_of(lead, [set(CITY, city)], [])]).await;
    }
    assert_eq!(campaigns(&due(store).await), [other(1)]);
    // A call that did not succeed, and maps.
    let failed = NewCall {
        outcome: outcome(503, "Busy"),
        effect: Effect::Lead(lead, writes([set(CITY, "Rome")], [])),
        ..call(1, &webhook)
    };
    store.record([failed].into()).await.unwrap();
    assert_eq!(campaigns(&due(store).await), [other(2), other(1)]);
    // A call that is not recorded.
    let late = NewCall {
        effect: Effect::Lead(lead, writes([set(CITY, "Bonn")], [])),
        ..call(1, &webhook)
    };
    assert!(store.record([late].into()).await.is_err());
    assert!(due(store).await.is_empty());
}

pub async fn r_call_11_a_call_for_an_inline_lead_makes_no_entry(store: &impl Store) {
    react(store, &[(On::Called(200), into(CAMPAIGN, EVERY))]);
    let webhook = put(store, "enrich").await;
    let gone = lead(store, row("a@example.com", &[], [])).await;
    assert!(store.delete_lead(gone, at(9)).await.unwrap());
    let erased = NewCall {
        effect: Effect::Lead(gone, writes([set(CITY, "Rome")], [])),
        ..call(2, &webhook)
    };
    let made = store.waiting_changed();
    store
        .record([call(1, &webhook), erased].into())
        .await
        .unwrap();
    assert!(due(store).await.is_empty(), "nor one for an erased lead");
    assert!(!made.has_changed().unwrap());
}

pub async fn r_cmp_8_who_does_not_qualify_is_passed_over(store: &impl Store) {
    let minute = Qualification::OncePer(Duration::from_secs(60));
    react(
        store,
        &[
            (On::Changed(CITY), into(CAMPAIGN, Qualification::Once)),
            (On::Changed(CITY), into(other(1), minute)),
            (On::Changed(CITY), into(other(2), EVERY)),
        ],
    );
    let ids = people(store, 2).await;
    let mut expected = Vec::new();
    for (seconds, city, per_minute) in [
        (1_000, "Oslo", true),
        (1_059, "Rome", false),
        (1_060, "Bonn", true),
        (1_061, "Bern", false),
    ] {
        upsert(store, seconds, vec![row_of(ids[0], [set(CITY, city)], [])]).await;
        let once = (seconds == 1_000).then_some(CAMPAIGN);
        expected.extend(once);
        expected.extend(per_minute.then_some(other(1)));
        expected.push(other(2));
    }
    assert_eq!(campaigns(&due(store).await), expected);
    upsert(store, 1_062, vec![row_of(ids[1], [set(CITY, "Oslo")], [])]).await;
    let others = campaigns(&due(store).await);
    assert_eq!(
        others,
        [CAMPAIGN, other(1), other(2)],
        "each lead for itself"
    );
}

pub async fn r_cmp_8_a_lead_that_entered_when_it_was_new_has_entered(store: &impl Store) {
    let once = into(CAMPAIGN, Qualification::Once);
    react(
        store,
        &[(On::Created, once.clone()), (On::Changed(CITY), once)],
    );
    let lead = people(store, 1).await[0];
    upsert(store, 2_000, vec![row_of(lead, [set(CITY, "Oslo")], [])]).await;
    assert_eq!(due(store).await.len(), 1);
}

pub async fn r_cmp_3_steps_write_and_make_entries(store: &impl Store) {
    react(store, &[(On::Changed(CITY), into(other(1), EVERY))]);
    let run = run_of(store, &people(store, 3).await).await;
    let leads = left(store, &run).await;
    let place = |at: usize| super::flow::place(run.id, leads[at].position);
    let write = crate::StepEffect::Write(writes([set(CITY, "Oslo")], []));
    step(store, doing(leads[0].lead, write, place(0), DONE)).await;
    let read_back = entry(store, leads[0].lead).await.lead;
    assert_eq!(read_back.values.get(CITY), Some(&text("Oslo")));
    let request = crate::StepEffect::Request(into(other(2), EVERY));
    step(store, doing(leads[1].lead, request.clone(), place(1), DONE)).await;
    // What a step does is done with it, so not twice.
    step(store, doing(leads[1].lead, request, place(1), DONE)).await;
    let misfit = crate::StepEffect::Misfit {
        field: SCORE,
        text: "many".to_owned(),
        error: "not a number".to_owned(),
    };
    let before = entry(store, leads[2].lead).await;
    let failed = Next::End(Ending::Failed);
    step(store, doing(leads[2].lead, misfit, place(2), failed)).await;
    assert_eq!(entry(store, leads[2].lead).await, before);
    let entries = due(store).await;
    assert_eq!(campaigns(&entries), [other(1), other(2)]);
    let of = |entry: &Entry| (entry.lead, entry.run, entry.chain.depth);
    // The run's lead stands before them in the chain; they are no part of the run.
    assert_eq!(of(&entries[0]), (leads[0].lead, None, 1));
    assert_eq!(of(&entries[1]), (leads[1].lead, None, 1));
    let counts = read(store, &run).await.counts;
    assert_eq!((counts.succeeded, counts.failed), (2, 1));
}

/// A step that requests another campaign and ends.
fn requesting(entry: &Entry, next: Next) -> crate::NewStep {
    let request = crate::StepEffect::Request(into(CAMPAIGN, EVERY));
    doing(entry.lead, request, Passage::Row(entry.id), next)
}

async fn first_entry(store: &impl Store) -> Entry {
    people(store, 1).await;
    let mut entries = due(store).await;
    assert_eq!(entries.len(), 1);
    entries.remove(0)
}

pub async fn r_cmp_10_a_chain_ends_after_ten_campaigns(store: &impl Store) {
    react(store, &[(On::Created, into(CAMPAIGN, EVERY))]);
    let mut entry = first_entry(store).await;
    for depth in 1..MAX_CHAIN_DEPTH {
        step(store, requesting(&entry, DONE)).await;
        let mut entries = due(store).await;
        assert_eq!(entries.len(), 1, "{depth}");
        entry = entries.remove(0);
        assert_eq!(entry.chain.depth, depth);
        assert!(entry.chain.id.is_some());
    }
    step(store, requesting(&entry, DONE)).await;
    assert!(due(store).await.is_empty(), "the eleventh is not made");
}

pub async fn r_cmp_10_a_chain_ends_after_a_thousand_entries(store: &impl Store) {
    react(store, &[(On::Created, into(CAMPAIGN, EVERY))]);
    let root = first_entry(store).await;
    // The first is one of them.
    for n in 1..MAX_CHAIN_ENTRIES + 5 {
        step(store, requesting(&root, then(n, LATE))).await;
    }
    let entries = due(store).await;
    let caused = entries.iter().filter(|entry| entry.id != root.id);
    assert_eq!(caused.count(), MAX_CHAIN_ENTRIES as usize - 1);
    assert!(
        entries
            .iter()
            .all(|entry| entry.chain.id == entries[0].chain.id)
    );
}

pub async fn r_cmp_10_a_long_wait_begins_a_new_chain(store: &impl Store) {
    react(store, &[(On::Created, into(CAMPAIGN, EVERY))]);
    let root = first_entry(store).await;
    step(store, requesting(&root, DONE)).await;
    let caused = due(store).await.remove(0);
    assert_eq!(caused.chain.depth, 1);
    let waits = Next::Step {
        step: 1,
        due: at(9_000),
        has_failed: false,
        new_chain: true,
    };
    go(store, caused.lead, Passage::Row(caused.id), waits).await;
    let after = due(store).await.remove(0);
    assert_eq!((after.id, after.chain), (caused.id, Chain::default()));
    step(store, requesting(&after, DONE)).await;
    assert_eq!(due(store).await[0].chain.depth, 1);
}

pub async fn r_cmp_10_a_call_hands_its_entrys_chain_on(store: &impl Store) {
    react(
        store,
        &[
            (On::Created, into(CAMPAIGN, EVERY)),
            (On::Called(200), into(other(1), EVERY)),
        ],
    );
    let webhook = put(store, "enrich").await;
    let root = first_entry(store).await;
    let call_of = |n, progress| NewCall {
        effect: Effect::Lead(root.lead, writes([], [])),
        progress,
        ..call(n, &webhook)
    };
    let progress = Progress {
        passage: Passage::Row(root.id),
        next: then(1, LATE - 1),
    };
    store
        .record([call_of(1, Some(progress))].into())
        .await
        .unwrap();
    let entries = due(store).await;
    let [caused, root] = &entries[..] else {
        panic!("{entries:?}");
    };
    assert_eq!((caused.campaign, caused.chain.depth), (other(1), 1));
    assert_eq!((root.step, root.chain.depth), (1, 0));
    assert_eq!(caused.chain.id, root.chain.id);
    // A single call is nobody's step.
    store.record([call_of(2, None)].into()).await.unwrap();
    assert_eq!(due(store).await[0].chain, Chain::default());
}

pub async fn r_lead_6_an_erased_lead_leaves_every_flow(store: &impl Store) {
    react(
        store,
        &[
            (On::Created, into(CAMPAIGN, Qualification::Once)),
            (On::Changed(TITLE), into(other(1), EVERY)),
        ],
    );
    let ids = people(store, 2).await;
    let entries = due(store).await;
    for lead in &ids {
        upsert(store, 2, vec![row_of(*lead, [set(TITLE, "CTO")], [])]).await;
    }
    assert!(store.delete_lead(ids[0], at(9)).await.unwrap());
    let left = due(store).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].lead, ids[1]);
    let gone = go(store, ids[0], Passage::Row(entries[0].id), then(1, 5)).await;
    assert_eq!((gone.entry, gone.is_gone), (None, true));
    let there = go(store, ids[1], Passage::Row(entries[1].id), then(1, 5)).await;
    assert_eq!(there.entry, Some(entries[1].id));
}

pub async fn r_cmp_6_a_lead_may_be_in_one_campaign_twice(store: &impl Store) {
    react(
        store,
        &[(On::Changed(FieldId::EMAIL), into(CAMPAIGN, EVERY))],
    );
    let lead: LeadId = people(store, 1).await[0];
    for email in ["a@example.com", "b@example.com"] {
        let write = [set(FieldId::EMAIL, email)];
        upsert(store, 5, vec![row_of(lead, write, [])]).await;
    }
    let entries: Vec<Entry> = due(store).await;
    assert_eq!(campaigns(&entries), [CAMPAIGN; 2]);
    go(store, lead, Passage::Row(entries[0].id), DONE).await;
    go(store, lead, Passage::Row(entries[1].id), then(1, 5)).await;
    assert_eq!(ids(&due(store).await), [entries[1].id]);
}
