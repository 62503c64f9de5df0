//! Campaigns that people define.

use super::{
    flow::{CAMPAIGN, DONE, campaign, go, left, people, read, run_of, wait},
    make::{at, call, calls, change, put},
};
use crate::{
    Campaign, CampaignId, CampaignVersion, CatalogChange, ErrorKind, NewCall, Origin, Passage,
    Revision, RunState, Store,
};

fn put_change(campaign: &Campaign) -> CatalogChange {
    CatalogChange::PutCampaign(Box::new(campaign.clone()))
}

async fn campaigns(store: &impl Store) -> Vec<Campaign> {
    store.catalog().await.unwrap().campaigns
}

async fn delete(store: &impl Store, id: CampaignId) -> Result<Revision, ErrorKind> {
    let revision = store.catalog().await.unwrap().revision;
    let deletion = vec![CatalogChange::DeleteCampaign(id)];
    let deleted = store.change_catalog(revision, deletion).await;
    deleted.map_err(|error| error.kind())
}

pub async fn campaigns_come_back_in_id_order(store: &impl Store) {
    let (first, second) = (campaign(1, "welcome"), campaign(2, "nurture"));
    change(store, [&second, &first].map(put_change).into()).await;
    assert_eq!(campaigns(store).await, [first.clone(), second.clone()]);
    let stopped = Campaign {
        active: false,
        ..first
    };
    change(store, vec![put_change(&stopped)]).await;
    assert_eq!(campaigns(store).await, [stopped, second]);
}

pub async fn r_cmp_6_definitions_are_kept_for_good(store: &impl Store) {
    let first = campaign(1, "welcome");
    let mut second = first.clone();
    second.version = Revision(2);
    second.definition.description.clear();
    // What bears a version that is there already changes no definition.
    let mut altered = second.clone();
    altered.definition.display_name.push('!');
    for campaign in [&first, &second, &altered] {
        change(store, vec![put_change(campaign)]).await;
    }
    assert_eq!(campaigns(store).await, [second.clone()]);
    delete(store, first.id).await.unwrap();
    assert!(campaigns(store).await.is_empty());
    let asked = [(1, 2), (7, 1), (1, 1), (1, 3)];
    let asked = asked.map(|(id, version)| (CampaignId(id), Revision(version)));
    let version = |campaign: Campaign| {
        Some(CampaignVersion {
            name: campaign.name,
            definition: campaign.definition,
        })
    };
    let versions = store.campaign_versions(asked.into()).await.unwrap();
    assert_eq!(versions, [version(second), None, version(first), None]);
    change(store, vec![put_change(&campaign(9, "welcome"))]).await;
    assert_eq!(campaigns(store).await.len(), 1, "its name is free");
}

pub async fn r_def_5_a_campaign_that_leads_are_in_is_not_deleted(store: &impl Store) {
    let used = Campaign {
        id: CAMPAIGN,
        ..campaign(1, "welcome")
    };
    change(store, vec![put_change(&used)]).await;
    let run = run_of(store, &people(store, 1).await).await;
    assert_eq!(delete(store, CAMPAIGN).await, Err(ErrorKind::InUse));
    // A run whose only lead waits.
    let lead = left(store, &run).await[0];
    let entry = wait(store, &run, lead, 9_000).await;
    assert_eq!(delete(store, CAMPAIGN).await, Err(ErrorKind::InUse));
    assert_eq!(campaigns(store).await, [used], "nothing of it was done");
    go(store, lead.lead, Passage::Row(entry), DONE).await;
    assert_eq!(read(store, &run).await.state, RunState::Completed);
    delete(store, CAMPAIGN).await.unwrap();
    // A run that is being cancelled.
    let run = run_of(store, &people_again(store).await).await;
    store.cancel_run(run.id).await.unwrap();
    assert_eq!(delete(store, CAMPAIGN).await, Err(ErrorKind::InUse));
    store.end_cancelled_run(run.id, at(9)).await.unwrap();
    delete(store, CAMPAIGN).await.unwrap();
}

async fn people_again(store: &impl Store) -> Vec<crate::LeadId> {
    let row = super::make::row("again@example.com", &[], []);
    vec![super::make::lead(store, row).await]
}

pub async fn r_fil_3_calls_are_found_by_their_campaigns_name(store: &impl Store) {
    let webhook = put(store, "enrich").await;
    for (n, name) in [(2, "welcome"), (3, "nurture")] {
        change(store, vec![put_change(&campaign(n, name))]).await;
        let of_campaign = NewCall {
            origin: Origin {
                campaign: Some(CampaignId(n)),
                ..call(n, &webhook).origin
            },
            ..call(n, &webhook)
        };
        store.record([of_campaign].into()).await.unwrap();
    }
    delete(store, CampaignId(3)).await.unwrap();
    let found = store
        .list_calls(calls("campaign = campaigns/nurture"))
        .await;
    let found = found.unwrap().rows;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].origin.campaign, Some(CampaignId(3)));
}
