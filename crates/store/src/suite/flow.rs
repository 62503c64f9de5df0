//! What behaviours of campaigns are shown with: campaigns, runs and steps, and short ways to ask for them.

use std::sync::Arc;

use leadhook_field::{FieldId, Schema};
use leadhook_filter::Filter;

use super::make::{at, row, upsert};
use crate::{
    Campaign, CampaignDefinition, CampaignId, CampaignType, Cause, Claim, Claimed, Ending, Entry,
    EntryId, LeadColumn, LeadId, LeadSchema, LeadUpserted, NewEntry, NewRun, NewStep, Next,
    Passage, Progress, Qualification, Reactions, Revision, Run, RunId, RunLead, RunLeads,
    StepEffect, Stepped, Store, Trigger, WebhookId,
};

/// The campaign that most entries are in.
pub const CAMPAIGN: CampaignId = CampaignId(50);
/// The version of every campaign here.
pub const VERSION: Revision = Revision(60);

/// What makes an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A new lead.
    Created,
    /// Another value of a field.
    Changed(FieldId),
    /// A call that ended with a code.
    Called(u16),
}

/// Reactions that are told beforehand.
#[derive(Debug)]
pub struct Told(pub Vec<(On, NewEntry)>);

impl Reactions for Told {
    fn entries(&self, cause: &Cause<'_>) -> Vec<NewEntry> {
        let on = match cause {
            Cause::Created(_) => On::Created,
            Cause::Changed(change) => On::Changed(change.field),
            Cause::Called(call) => On::Called(call.outcome.code),
        };
        let told = self.0.iter().filter(|(told, _)| *told == on);
        told.map(|(_, entry)| entry.clone()).collect()
    }
}

/// Says what entries are made of what.
pub fn react(store: &impl Store, told: &[(On, NewEntry)]) {
    store.react(Arc::new(Told(told.to_vec())));
}

/// An entry into a campaign.
#[must_use]
pub fn into(campaign: CampaignId, qualification: Qualification) -> NewEntry {
    NewEntry {
        campaign,
        version: VERSION,
        qualification,
        trigger: vec![("Trigger Name".to_owned(), "\u{1F600}".to_owned())],
    }
}

/// A campaign that a revision made, which is its id too.
#[must_use]
pub fn campaign(revision: i64, name: &str) -> Campaign {
    Campaign {
        id: CampaignId(revision),
        name: name.to_owned(),
        version: Revision(revision),
        created: at(revision),
        updated: at(revision),
        active: true,
        definition: CampaignDefinition {
            display_name: name.to_uppercase(),
            description: "\"Why?\"".to_owned(),
            program: None,
            campaign_type: CampaignType::Trigger,
            triggers: vec![Trigger::PersonIsCreated, Trigger::CampaignIsRequested],
            flow: Vec::new(),
            qualification: Qualification::Once,
        },
    }
}

/// So many new leads.
pub async fn people(store: &impl Store, count: usize) -> Vec<LeadId> {
    let rows = (0..count).map(|n| row(&format!("{n}@example.com"), &[], []));
    let upserted = upsert(store, 1_000, rows.collect()).await;
    let ids = upserted.into_iter().map(|upserted| match upserted {
        LeadUpserted::Created(id) => id,
        other => panic!("{other:?}"),
    });
    ids.collect()
}

/// Leads that match a filter.
#[must_use]
pub fn matching(filter: &str) -> Arc<Filter<LeadColumn>> {
    let fields = Schema::standard();
    let schema = LeadSchema { fields: &fields };
    Arc::new(Filter::parse(filter, &schema).unwrap())
}

/// A run of [`CAMPAIGN`] to be made.
#[must_use]
pub fn new_run(leads: RunLeads) -> NewRun {
    NewRun {
        campaign: CAMPAIGN,
        version: VERSION,
        leads,
        my_tokens: b"\x00tokens\xff".to_vec(),
        created: at(2_000),
        mark: None,
    }
}

/// A run of some leads.
pub async fn run_of(store: &impl Store, leads: &[LeadId]) -> Run {
    let run = new_run(RunLeads::Named(leads.to_vec()));
    store.create_run(run).await.unwrap()
}

/// A run as it is.
pub async fn read(store: &impl Store, run: &Run) -> Run {
    let read = store.run(run.id).await.unwrap();
    read.expect("the run is there")
}

/// All leads of a run that have not ended.
pub async fn left(store: &impl Store, run: &Run) -> Vec<RunLead> {
    let page = store.run_leads(run.id, 0, usize::MAX).await.unwrap();
    assert_eq!(page.next, None);
    page.leads
}

/// A lead of a run without a row.
#[must_use]
pub fn place(run: RunId, position: u32) -> Passage {
    Passage::Position {
        run,
        position,
        campaign: CAMPAIGN,
        version: VERSION,
    }
}

/// Going on with a step at a time in seconds.
#[must_use]
pub fn then(step: u32, due: i64) -> Next {
    Next::Step {
        step,
        due: at(due),
        has_failed: false,
        new_chain: false,
    }
}

/// The end of the flow.
pub const DONE: Next = Next::End(Ending::Succeeded);

/// A step that does something.
#[must_use]
pub fn doing(lead: LeadId, effect: StepEffect, passage: Passage, next: Next) -> NewStep {
    NewStep {
        lead,
        campaign: CAMPAIGN,
        effect,
        at: at(3_000),
        progress: Progress { passage, next },
    }
}

/// Records a step.
pub async fn step(store: &impl Store, step: NewStep) -> Stepped {
    store.step(vec![step]).await.unwrap()[0]
}

/// Records a step that does nothing.
pub async fn go(store: &impl Store, lead: LeadId, passage: Passage, next: Next) -> Stepped {
    step(store, doing(lead, StepEffect::Nothing, passage, next)).await
}

/// The row that a lead of a run gets when it goes on.
pub async fn wait(store: &impl Store, run: &Run, lead: RunLead, due: i64) -> EntryId {
    let passage = place(run.id, lead.position);
    let stepped = go(store, lead.lead, passage, then(1, due)).await;
    stepped.entry.expect("it goes on")
}

/// What may be claimed at a time in seconds.
pub async fn claim(store: &impl Store, seconds: i64) -> Claimed {
    store.claim(Claim::Due(at(seconds)), 10_000).await.unwrap()
}

/// The entries that may be claimed at a time far from now.
pub async fn due(store: &impl Store) -> Vec<Entry> {
    claim(store, LATE).await.entries
}

/// What may be claimed of that which a webhook holds back.
pub async fn held_by(store: &impl Store, webhook: WebhookId) -> Claimed {
    store.claim(Claim::HeldBy(webhook), 10_000).await.unwrap()
}

/// Later than any test, in seconds since the epoch.
pub const LATE: i64 = 100_000_000_000;
