//! What waits, given out: in which order, and once.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    flow::{
        CAMPAIGN, DONE, LATE, On, claim, due, go, held_by, into, left, people, place, react, read,
        run_of, then, wait,
    },
    make::{all, at, call, put},
    waiting::{again, waits},
};
use crate::{
    Claim, Claimed, Entry, EntryId, Hold, Next, Passage, Qualification, Store, Waiting, WebhookId,
};

const EVERY: Qualification = Qualification::EveryTime;

fn ids(entries: &[Entry]) -> Vec<EntryId> {
    entries.iter().map(|entry| entry.id).collect()
}

fn hold(entry: EntryId, webhook: WebhookId) -> Hold {
    let what = Waiting::Entry(entry);
    Hold { what, webhook }
}

pub async fn each_entry_is_given_out_once_until_its_next_step(store: &impl Store) {
    let run = run_of(store, &people(store, 4).await).await;
    let leads = left(store, &run).await;
    let mut entries = Vec::new();
    for (lead, due) in leads.iter().zip([30, 10, 20, 40]) {
        entries.push(wait(store, &run, *lead, due).await);
    }
    let [a, b, c, d] = entries[..] else {
        panic!("{entries:?}");
    };
    let none = claim(store, 9).await;
    assert_eq!((none.entries.len(), none.next_due), (0, Some(at(10))));
    let first = store.claim(Claim::Due(at(30)), 2).await.unwrap();
    assert_eq!(ids(&first.entries), [b, c], "oldest due first");
    assert_eq!(first.next_due, Some(at(30)), "it is due, too");
    let second = claim(store, 30).await;
    assert_eq!(
        (ids(&second.entries), second.next_due),
        (vec![a], Some(at(40)))
    );
    assert_eq!(claim(store, 30).await.entries, []);
    let goes_on = Next::Step {
        step: 5,
        due: at(25),
        has_failed: true,
        new_chain: false,
    };
    let stepped = go(store, leads[1].lead, Passage::Row(b), goes_on).await;
    assert_eq!(stepped.entry, Some(b));
    go(store, leads[2].lead, Passage::Row(c), DONE).await;
    let third = claim(store, 30).await.entries;
    assert_eq!(ids(&third), [b]);
    assert_eq!((third[0].step, third[0].has_failed), (5, true));
    assert_eq!((third[0].run, third[0].lead), (Some(run.id), leads[1].lead));
    assert_eq!(ids(&due(store).await), [d]);
    assert_eq!(claim(store, LATE).await, Default::default());
}

pub async fn claims_at_once_share_no_entry(store: &impl Store) {
    react(store, &[(On::Created, into(CAMPAIGN, EVERY))]);
    people(store, 200).await;
    let claims = (0..20).map(|_| store.claim(Claim::Due(at(LATE)), 15));
    let mut claimed: Vec<_> = all(claims.collect())
        .await
        .into_iter()
        .flat_map(|claimed| ids(&claimed.unwrap().entries))
        .collect();
    claimed.sort_unstable();
    assert_eq!(claimed, (1..=200).map(EntryId).collect::<Vec<_>>());
}

pub async fn r_call_12_what_is_held_back_is_given_to_who_asks_for_it(store: &impl Store) {
    let run = run_of(store, &people(store, 4).await).await;
    let leads = left(store, &run).await;
    for (lead, due) in leads.iter().zip([10, 9, 8]) {
        wait(store, &run, *lead, due).await;
    }
    let claimed = ids(&claim(store, 10).await.entries);
    let [mine, yours] = [WebhookId(7), WebhookId(5)];
    assert!(store.holding().await.unwrap().is_empty());
    let mut changed = store.waiting_changed();
    changed.borrow_and_update();
    let holds = vec![
        hold(claimed[2], mine),
        hold(claimed[1], yours),
        hold(claimed[0], mine),
        hold(EntryId(99), mine),
    ];
    store.hold(holds).await.unwrap();
    // A step that comes to a webhook whose lane is closed, as a lead's first one.
    let held = Next::Held {
        step: 0,
        has_failed: false,
        webhook: mine,
    };
    let last = go(store, leads[3].lead, place(run.id, 3), held).await;
    assert!(
        !changed.has_changed().unwrap(),
        "nothing waits for its time"
    );
    assert_eq!(claim(store, LATE).await, Default::default());
    assert_eq!(read(store, &run).await.counts.open, 4);
    assert_eq!(store.holding().await.unwrap(), [yours, mine]);
    let first = store.claim(Claim::HeldBy(mine), 2).await.unwrap();
    let expected = [claimed[0], claimed[2]];
    assert_eq!(ids(&first.entries), expected, "oldest due first");
    assert_eq!(first.next_due, None);
    let second = held_by(store, mine).await.entries;
    assert_eq!(ids(&second), [last.entry.unwrap()]);
    assert_eq!((second[0].step, second[0].lead), (0, leads[3].lead));
    assert_eq!(ids(&held_by(store, yours).await.entries), [claimed[1]]);
    assert_eq!(held_by(store, mine).await, Claimed::default());
    // Held back once more, by another one; and gone.
    store.hold(vec![hold(claimed[0], yours)]).await.unwrap();
    go(store, leads[0].lead, Passage::Row(claimed[2]), DONE).await;
    assert_eq!(ids(&held_by(store, yours).await.entries), [claimed[0]]);
    assert_eq!(held_by(store, mine).await, Claimed::default());
    // It goes on: nobody holds it back any more.
    go(store, leads[1].lead, Passage::Row(claimed[1]), then(1, 5)).await;
    assert_eq!(ids(&due(store).await), [claimed[1]]);
    assert!(changed.has_changed().unwrap());
}

pub async fn entries_and_calls_stand_in_one_line(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 2).await).await;
    let leads = left(store, &run).await;
    let (first, second) = (
        wait(store, &run, leads[0], 10).await,
        wait(store, &run, leads[1], 30).await,
    );
    let calls = [waits(call(1, &webhook), 20), waits(call(2, &webhook), 40)];
    store.record(calls.into()).await.unwrap();
    let next = async |what, limit| {
        let claimed = store.claim(what, limit).await.unwrap();
        let calls: Vec<_> = claimed.calls.iter().map(|waits| waits.call.id).collect();
        (ids(&claimed.entries), calls, claimed.next_due)
    };
    let id = super::make::id;
    let late = Claim::Due(at(LATE));
    let expected = (vec![first], vec![id(1)], Some(at(30)));
    assert_eq!(next(late, 2).await, expected);
    let expected = (vec![second], vec![], Some(at(40)));
    assert_eq!(next(Claim::Due(at(30)), 2).await, expected);
    assert_eq!(next(late, 2).await, (vec![], vec![id(2)], None));
    let holds = [Waiting::Call(id(2)), Waiting::Entry(first)].map(|what| Hold {
        what,
        webhook: webhook.id,
    });
    store.hold(holds.into()).await.unwrap();
    assert_eq!(store.holding().await.unwrap(), [webhook.id]);
    let held = Claim::HeldBy(webhook.id);
    assert_eq!(next(held, 1).await, (vec![first], vec![], None));
    assert_eq!(next(held, 1).await, (vec![], vec![id(2)], None));
    assert_eq!(next(late, 9).await, (vec![], vec![], None));
    // It waits once more, and for its time alone.
    let more = waits(again(call(2, &webhook)), 50);
    store.record([more].into()).await.unwrap();
    assert_eq!(store.holding().await.unwrap(), [webhook.id]);
    assert_eq!(next(held, 9).await, (vec![], vec![], None));
    assert_eq!(next(late, 9).await, (vec![], vec![id(2)], None));
}

/// Numbers that look random, the same in every test.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Whatever is made, held back, brought on and taken away between claims: each claim gives what a plain list of all that waits would give.
pub async fn nothing_is_lost_and_nothing_given_out_twice(store: &impl Store) {
    let run = run_of(store, &people(store, 300).await).await;
    let mut leads = left(store, &run).await.into_iter();
    let mut dice = Dice(7);
    // Lines of what waits by (due, id); none: for its time. What is given out stands in none.
    let mut lines: BTreeMap<Option<WebhookId>, BTreeSet<(i64, EntryId)>> = BTreeMap::new();
    let mut out = Vec::new();
    let mut who = BTreeMap::new();
    for _ in 0..1_500 {
        let due = 10 * dice.roll(30) as i64;
        match dice.roll(6) {
            0 => {
                let Some(lead) = leads.next() else { continue };
                let id = wait(store, &run, lead, due).await;
                who.insert(id, lead.lead);
                lines.entry(None).or_default().insert((due, id));
            }
            1 if !out.is_empty() => {
                let (_, id) = out.swap_remove(dice.roll(out.len() as u64) as usize);
                go(store, who[&id], Passage::Row(id), then(1, due)).await;
                lines.entry(None).or_default().insert((due, id));
            }
            2 if !out.is_empty() => {
                let (due, id) = out.swap_remove(dice.roll(out.len() as u64) as usize);
                let webhook = WebhookId(1 + dice.roll(2) as i64);
                store.hold(vec![hold(id, webhook)]).await.unwrap();
                lines.entry(Some(webhook)).or_default().insert((due, id));
            }
            3 if !out.is_empty() && dice.roll(4) == 0 => {
                let (_, id) = out.swap_remove(dice.roll(out.len() as u64) as usize);
                go(store, who[&id], Passage::Row(id), DONE).await;
            }
            _ => {
                let webhook = [None, Some(WebhookId(1)), Some(WebhookId(2))][dice.roll(3) as usize];
                let (what, until) = match webhook {
                    None => (Claim::Due(at(due)), due),
                    Some(webhook) => (Claim::HeldBy(webhook), i64::MAX),
                };
                let limit = 1 + dice.roll(4) as usize;
                let claimed = store.claim(what, limit).await.unwrap();
                let line = lines.entry(webhook).or_default();
                let expected: Vec<_> = line
                    .iter()
                    .copied()
                    .take_while(|(due, _)| *due <= until)
                    .take(limit)
                    .collect();
                let given: Vec<_> = claimed
                    .entries
                    .iter()
                    .map(|entry| (entry.due.as_micros() / 1_000_000, entry.id))
                    .collect();
                assert_eq!(given, expected);
                line.retain(|spot| !given.contains(spot));
                let next = line.first().filter(|_| webhook.is_none());
                assert_eq!(claimed.next_due, next.map(|(due, _)| at(*due)));
                out.extend(given);
            }
        }
    }
    assert!(leads.next().is_none() || who.len() > 200, "{}", who.len());
}
