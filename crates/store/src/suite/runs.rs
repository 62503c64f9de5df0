//! Runs: whose leads they have, how far they are, and how they end.

use std::{collections::BTreeMap, time::Duration};

use super::{
    flow::{
        CAMPAIGN, DONE, LATE, VERSION, claim, due, go, left, matching, new_run, people, place,
        read, run_of, step, then, wait,
    },
    make::{CITY, at, call, id, lead, outcome, put, row, set, upsert, writes},
};
use crate::{
    Answered, Effect, Ending, LeadId, Mark, Method, NewCall, Next, Origin, Page, Passage, Progress,
    Qualification, RequestKey, Run, RunCounts, RunId, RunLead, RunLeads, RunQuery, RunState, Store,
    Webhook,
};

fn leads_at(leads: &[RunLead]) -> Vec<(u32, LeadId)> {
    leads.iter().map(|at| (at.position, at.lead)).collect()
}

/// The nth call of a run's lead.
fn call_of(n: i64, webhook: &Webhook, run: &Run, lead: RunLead, code: u16, next: Next) -> NewCall {
    NewCall {
        origin: Origin {
            campaign: Some(run.campaign),
            run: Some(run.id),
            ..call(n, webhook).origin
        },
        outcome: outcome(code, ""),
        effect: Effect::Lead(lead.lead, writes([], [])),
        progress: Some(Progress {
            passage: place(run.id, lead.position),
            next,
        }),
        ..call(n, webhook)
    }
}

pub async fn a_run_has_the_leads_of_its_moment(store: &impl Store) {
    let mut ids = people(store, 5).await;
    assert!(store.delete_lead(ids.remove(1), at(9)).await.unwrap());
    let named = [ids[2], ids[0], LeadId(99), ids[2], ids[1]];
    let run = run_of(store, &named).await;
    assert_eq!(
        run,
        Run {
            id: RunId(1),
            campaign: CAMPAIGN,
            version: VERSION,
            state: RunState::Running,
            created: at(2_000),
            ended: None,
            my_tokens: b"\x00tokens\xff".to_vec(),
            counts: RunCounts {
                total: 3,
                ..RunCounts::default()
            },
        }
    );
    assert_eq!(read(store, &run).await, run);
    let expected = [(0, ids[0]), (1, ids[1]), (2, ids[2])];
    assert_eq!(leads_at(&left(store, &run).await), expected);
    // By a filter: who comes to match later is not in it.
    let oslo = |n: usize| row(&format!("{n}@oslo.example"), &[set(CITY, "Oslo")], []);
    upsert(store, 1, (0..3).map(oslo).collect()).await;
    let run = new_run(RunLeads::Matching(matching("City = oslo")));
    let run = store.create_run(run).await.unwrap();
    upsert(store, 2, vec![oslo(3)]).await;
    let leads = left(store, &run).await;
    let expected = [(0, LeadId(6)), (1, LeadId(7)), (2, LeadId(8))];
    assert_eq!((run.id, &leads_at(&leads)[..]), (RunId(2), &expected[..]));
    let all = new_run(RunLeads::Matching(matching("")));
    let all = store.create_run(all).await.unwrap();
    assert_eq!(all.counts.total, 8);
}

pub async fn leads_of_a_run_come_by_pages(store: &impl Store) {
    // More than any row or page of a backend is likely to hold.
    let ids = people(store, 9_000).await;
    let run = run_of(store, &ids).await;
    let (mut read, mut from) = (Vec::new(), Some(0));
    while let Some(at) = from {
        let page = store.run_leads(run.id, at, 1_700).await.unwrap();
        assert_eq!(page.leads.len(), 1_700.min(9_000 - at as usize));
        read.extend(page.leads);
        from = page.next;
    }
    let expected: Vec<_> = (0..).zip(ids).collect();
    assert_eq!(leads_at(&read), expected);
    let page = store.run_leads(run.id, 8_999, 5).await.unwrap();
    assert_eq!(leads_at(&page.leads), expected[8_999..]);
    let page = store.run_leads(run.id, 9_000, 5).await.unwrap();
    assert_eq!((page.leads.len(), page.next), (0, None));
    let page = store.run_leads(RunId(99), 0, 5).await.unwrap();
    assert_eq!((page.leads.len(), page.next), (0, None));
}

pub async fn r_call_9_a_run_is_remembered_with_its_request(store: &impl Store) {
    let key = RequestKey {
        method: Method::RequestCampaign,
        id: "again".to_owned(),
    };
    let run = crate::NewRun {
        mark: Some(Mark {
            key: key.clone(),
            payload: [7; 32],
        }),
        ..new_run(RunLeads::Named(people(store, 1).await))
    };
    let made = store.create_run(run).await.unwrap();
    let remembered = store.remembered(key, at(2_001)).await.unwrap();
    let remembered = remembered.expect("it is remembered");
    assert_eq!(remembered.answer, Answered::Run(made.id));
    assert_eq!((remembered.payload, remembered.at), ([7; 32], at(2_000)));
}

pub async fn r_cmp_9_a_run_counts_what_became_of_its_leads(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 5).await).await;
    let leads = left(store, &run).await;
    // In another order than they stand in.
    let ends = [
        (4, 503, Ending::Failed),
        (1, 200, Ending::Succeeded),
        (3, 503, Ending::Failed),
        (0, 200, Ending::Succeeded),
    ];
    let ended = (1..).zip(ends).map(|(n, (lead, code, ending))| {
        call_of(n, &webhook, &run, leads[lead], code, Next::End(ending))
    });
    let recorded = store.record(ended.collect()).await.unwrap();
    assert!(
        recorded
            .iter()
            .all(|call| call.stepped == Default::default())
    );
    let expected = RunCounts {
        total: 5,
        succeeded: 2,
        failed: 2,
        codes: BTreeMap::from([(200, 2), (503, 2)]),
        ..RunCounts::default()
    };
    let running = read(store, &run).await;
    assert_eq!(running.counts, expected);
    assert_eq!((running.state, running.ended), (RunState::Running, None));
    assert_eq!(left(store, &run).await, [leads[2]]);
    let skipped = go(
        store,
        leads[2].lead,
        place(run.id, 2),
        Next::End(Ending::Skipped),
    );
    skipped.await;
    let over = read(store, &run).await;
    assert_eq!(over.counts.skipped, 1);
    assert_eq!(
        (over.state, over.ended),
        (RunState::Completed, Some(at(3_000)))
    );
    assert!(left(store, &run).await.is_empty());
}

pub async fn r_cmp_9_a_run_is_not_over_while_a_lead_waits(store: &impl Store) {
    let run = run_of(store, &people(store, 3).await).await;
    let leads = left(store, &run).await;
    go(store, leads[0].lead, place(run.id, 0), DONE).await;
    let first = wait(store, &run, leads[1], LATE).await;
    let second = wait(store, &run, leads[2], LATE).await;
    assert!(left(store, &run).await.is_empty(), "they have rows instead");
    for (waiting, entry, lead) in [(2, first, leads[1]), (1, second, leads[2])] {
        let running = read(store, &run).await;
        assert_eq!(running.state, RunState::Running);
        assert_eq!(running.counts.open, waiting);
        let failed = Next::End(Ending::Failed);
        go(store, lead.lead, Passage::Row(entry), failed).await;
    }
    let over = read(store, &run).await;
    let counts = over.counts;
    assert_eq!(over.state, RunState::Completed);
    assert_eq!((counts.succeeded, counts.failed, counts.open), (1, 2, 0));
}

pub async fn a_run_without_leads_is_completed_at_once(store: &impl Store) {
    let run = run_of(store, &[LeadId(7)]).await;
    assert_eq!(
        (run.state, run.ended),
        (RunState::Completed, Some(at(2_000)))
    );
    assert_eq!(run.counts, RunCounts::default());
    assert_eq!(read(store, &run).await, run);
    assert!(store.open_runs().await.unwrap().is_empty());
}

pub async fn recording_an_end_twice_counts_once(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 3).await).await;
    let leads = left(store, &run).await;
    let first = call_of(1, &webhook, &run, leads[1], 200, DONE);
    store.record([first].into()).await.unwrap();
    let again = call_of(2, &webhook, &run, leads[1], 200, then(1, 5));
    let recorded = store.record([again].into()).await.unwrap();
    assert_eq!(recorded[0].stepped, Default::default());
    let entry = wait(store, &run, leads[0], 5).await;
    for _ in 0..2 {
        go(store, leads[0].lead, Passage::Row(entry), DONE).await;
        go(store, leads[0].lead, place(run.id, 0), then(1, 5)).await;
    }
    // A place that the run does not have.
    go(store, leads[0].lead, place(run.id, 3), DONE).await;
    let counts = read(store, &run).await.counts;
    assert_eq!((counts.succeeded, counts.codes[&200]), (2, 2));
    assert_eq!(left(store, &run).await, [leads[2]]);
    assert!(due(store).await.is_empty());
    assert!(
        store.call(id(2)).await.unwrap().is_some(),
        "the call is kept"
    );
}

pub async fn r_cmp_8_who_does_not_qualify_is_skipped(store: &impl Store) {
    let ids = people(store, 3).await;
    let first = run_of(store, &ids[..2]).await;
    let second = run_of(store, &ids).await;
    let enter = |run: &Run, leads, qualification, seconds| {
        store.enter_run(run.id, leads, qualification, at(seconds))
    };
    let (firsts, seconds) = (left(store, &first).await, left(store, &second).await);
    let hour = Qualification::OncePer(Duration::from_secs(3_600));
    for _ in 0..2 {
        // Who entered before, in the same run, may.
        let may = enter(&first, firsts.clone(), hour, 1_000).await;
        assert_eq!(may.unwrap(), [true, true]);
    }
    let may = enter(&second, seconds[..1].to_vec(), hour, 4_599).await;
    assert_eq!(may.unwrap(), [false], "a second too early");
    let may = enter(&second, seconds[1..].to_vec(), hour, 4_600).await;
    assert_eq!(may.unwrap(), [true, true]);
    assert_eq!(left(store, &second).await, seconds[1..]);
    assert_eq!(read(store, &second).await.counts.skipped, 1);
    let third = run_of(store, &ids).await;
    let thirds = left(store, &third).await;
    let may = enter(&third, thirds.clone(), Qualification::EveryTime, 4_601).await;
    assert_eq!(may.unwrap(), [true; 3]);
    let may = enter(&third, thirds, Qualification::Once, LATE).await;
    assert_eq!(may.unwrap(), [false; 3]);
    let over = read(store, &third).await;
    assert_eq!((over.state, over.counts.skipped), (RunState::Completed, 3));
}

pub async fn r_cmp_9_a_cancelled_run_lets_calls_in_flight_finish(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 6).await).await;
    let leads = left(store, &run).await;
    let (_waits, flies) = (
        wait(store, &run, leads[0], 5).await,
        wait(store, &run, leads[1], 5).await,
    );
    let cancelling = store.cancel_run(run.id).await.unwrap();
    let cancelling = cancelling.expect("the run is there");
    assert_eq!(
        (cancelling.state, cancelling.ended),
        (RunState::Cancelling, None)
    );
    assert!(due(store).await.is_empty(), "nothing of it begins");
    assert_eq!(store.open_runs().await.unwrap().len(), 1);
    // What was under way ends; who has steps left is cancelled.
    go(store, leads[1].lead, Passage::Row(flies), DONE).await;
    let calls = vec![
        call_of(1, &webhook, &run, leads[2], 200, DONE),
        call_of(2, &webhook, &run, leads[3], 200, then(1, 5)),
    ];
    let recorded = store.record(calls.into()).await.unwrap();
    assert_eq!(recorded[1].stepped.entry, None);
    assert_eq!(read(store, &run).await.counts.cancelled, 1);
    store.end_cancelled_run(run.id, at(9)).await.unwrap();
    let over = read(store, &run).await;
    assert_eq!((over.state, over.ended), (RunState::Cancelled, Some(at(9))));
    let expected = RunCounts {
        total: 6,
        succeeded: 2,
        cancelled: 4,
        codes: BTreeMap::from([(200, 2)]),
        ..RunCounts::default()
    };
    assert_eq!(over.counts, expected);
    assert!(due(store).await.is_empty());
    assert!(left(store, &run).await.is_empty());
    // Whatever is said of it afterwards changes nothing.
    store.cancel_run(run.id).await.unwrap();
    store.end_cancelled_run(run.id, at(10)).await.unwrap();
    go(store, leads[4].lead, place(run.id, 4), DONE).await;
    assert_eq!(read(store, &run).await, over);
    assert_eq!(store.cancel_run(RunId(99)).await.unwrap(), None);
}

pub async fn a_run_that_is_over_or_running_is_not_ended_as_cancelled(store: &impl Store) {
    let run = run_of(store, &people(store, 1).await).await;
    store.end_cancelled_run(run.id, at(9)).await.unwrap();
    assert_eq!(read(store, &run).await, run);
    let lead = left(store, &run).await[0];
    go(store, lead.lead, place(run.id, 0), DONE).await;
    let over = read(store, &run).await;
    let cancelled = store.cancel_run(run.id).await.unwrap();
    assert_eq!(cancelled, Some(over));
}

pub async fn r_lead_6_an_erased_lead_leaves_its_run(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 3).await).await;
    let leads = left(store, &run).await;
    let entry = wait(store, &run, leads[0], 5).await;
    for lead in &leads {
        assert!(store.delete_lead(lead.lead, at(9)).await.unwrap());
    }
    assert_eq!(read(store, &run).await.counts.skipped, 1);
    assert!(due(store).await.is_empty());
    let flown = call_of(1, &webhook, &run, leads[1], 200, DONE);
    let recorded = store.record([flown].into()).await.unwrap();
    assert!(recorded[0].stepped.is_gone);
    let stepped = [
        go(store, leads[0].lead, Passage::Row(entry), then(2, 5)).await,
        go(store, leads[2].lead, place(run.id, 2), then(1, 5)).await,
    ];
    for stepped in stepped {
        assert_eq!((stepped.entry, stepped.is_gone), (None, true));
    }
    let over = read(store, &run).await;
    assert_eq!((over.state, over.counts.skipped), (RunState::Completed, 3));
    assert_eq!(over.counts.succeeded, 0);
}

pub async fn runs_are_listed_oldest_first(store: &impl Store) {
    let id = lead(store, row("a@example.com", &[], [])).await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(run_of(store, &[id]).await);
    }
    let list = |after, limit| store.list_runs(RunQuery { after, limit });
    let page = |rows: &[Run], next| Page {
        rows: rows.to_vec(),
        next,
    };
    let first = page(&runs[..2], Some(runs[1].id));
    assert_eq!(list(None, 2).await.unwrap(), first);
    let rest = list(first.next, 2).await.unwrap();
    assert_eq!(rest, page(&runs[2..], None));
    go(store, id, place(runs[1].id, 0), DONE).await;
    let open = store.open_runs().await.unwrap();
    assert_eq!(open, [runs[0].clone(), runs[2].clone()]);
}

pub async fn a_step_that_fails_leaves_the_run_alone(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    let run = run_of(store, &people(store, 2).await).await;
    let leads = left(store, &run).await;
    // The second call bears the id of the first.
    let batch = vec![
        call_of(1, &webhook, &run, leads[0], 200, DONE),
        call_of(1, &webhook, &run, leads[1], 200, then(1, 5)),
    ];
    assert!(store.record(batch.into()).await.is_err());
    assert_eq!(read(store, &run).await, run);
    assert_eq!(left(store, &run).await, leads);
    assert_eq!(claim(store, LATE).await, Default::default());
    step(
        store,
        super::flow::doing(
            leads[0].lead,
            crate::StepEffect::Nothing,
            place(run.id, 0),
            DONE,
        ),
    )
    .await;
    assert_eq!(left(store, &run).await, leads[1..]);
}
