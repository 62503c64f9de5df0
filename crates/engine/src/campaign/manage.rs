//! Campaigns created, read, changed, activated and deleted.

use leadhook_store::{
    Campaign, CampaignDefinition, CampaignId, CampaignType, CatalogChange, ErrorKind, Revision,
    Store,
};

use super::{check::check, draft::CampaignDraft, view::CampaignView};
use crate::{
    engine::{Edit, Engine},
    error::{Error, Kind, Violation},
    resource_id,
    snapshot::Snapshot,
};

impl<S: Store> Engine<S> {
    /// Creates a campaign of the resource id `name`, inactive; empty: one is made of its display name. With `validate_only` nothing is saved.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all faults (R-DEF-2), [`Error::AlreadyExists`], [`Error::Store`].
    pub async fn create_campaign(
        &self,
        name: &str,
        draft: CampaignDraft,
        validate_only: bool,
    ) -> Result<CampaignView, Error> {
        self.edit(|snapshot, revision| {
            let name = if name.is_empty() {
                resource_id::made_of(&draft.display_name, Kind::Campaign, revision)
            } else {
                name.to_owned()
            };
            if snapshot.campaigns.named(&name).is_some() {
                return Err(Error::AlreadyExists {
                    kind: Kind::Campaign,
                    name: resource(&name),
                });
            }
            let campaign = self.new_campaign(name, draft.clone(), snapshot, revision)?;
            Ok(saved(&campaign, snapshot, validate_only))
        })
        .await
    }

    /// Changes a campaign: `change` makes a draft of what is stored. Entries that have begun keep their flow (R-CMP-6). With `create`, a
    /// campaign that is not there is created of a draft that `change` makes of nothing.
    ///
    /// # Errors
    /// As [`create_campaign`](Self::create_campaign), [`Error::NotFound`]. An active campaign is not changed into
    /// one that could not be activated.
    pub async fn update_campaign(
        &self,
        name: &str,
        create: bool,
        change: impl Fn(Option<CampaignView>) -> CampaignDraft,
    ) -> Result<CampaignView, Error> {
        self.edit(|snapshot, revision| {
            let Some(live) = snapshot.campaigns.named(name) else {
                if !create {
                    return Err(snapshot.campaigns.not_found(name));
                }
                let (name, draft) = (name.to_owned(), change(None));
                let campaign = self.new_campaign(name, draft, snapshot, revision)?;
                return Ok(saved(&campaign, snapshot, false));
            };
            let stored = &live.campaign;
            let draft = change(Some(CampaignView::new(stored, snapshot)));
            let definition = self.checked_campaign(&draft, (name, stored.id), snapshot)?;
            if let Some(why) = obstacle(&definition).filter(|_| stored.active) {
                let message = format!("the campaign is active, and {why}; or deactivate it first");
                return Err(invalid(vec![Violation::new("campaign.triggers", message)]));
            }
            let campaign = Campaign {
                version: revision,
                updated: self.now(),
                definition,
                ..stored.clone()
            };
            Ok(saved(&campaign, snapshot, false))
        })
        .await
    }

    /// A campaign.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn get_campaign(&self, name: &str) -> Result<CampaignView, Error> {
        let snapshot = self.snapshot();
        let live = snapshot.campaigns.required(name)?;
        Ok(CampaignView::new(&live.campaign, &snapshot))
    }

    /// Lets its triggers fire; an active one stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotActivatable`] for a batch campaign and for one without triggers (R-CMP-1), [`Error::Store`].
    pub async fn activate_campaign(&self, name: &str) -> Result<CampaignView, Error> {
        self.set_active(name, true).await
    }

    /// Stops new entries; those inside go on (R-CMP-6). An inactive one stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn deactivate_campaign(&self, name: &str) -> Result<CampaignView, Error> {
        self.set_active(name, false).await
    }

    async fn set_active(&self, name: &str, active: bool) -> Result<CampaignView, Error> {
        self.edit(|snapshot, _| {
            let stored = &snapshot.campaigns.required(name)?.campaign;
            if let Some(why) = obstacle(&stored.definition).filter(|_| active) {
                return Err(Error::NotActivatable {
                    name: resource(name),
                    why,
                });
            }
            let campaign = Campaign {
                active,
                ..stored.clone()
            };
            Ok(saved(&campaign, snapshot, stored.active == active))
        })
        .await
    }

    /// Deletes a campaign. Its runs and calls stay.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::InUse`] naming other campaigns that request it, [`Error::HasEntries`] (R-DEF-5); [`Error::Store`].
    pub async fn delete_campaign(&self, name: &str) -> Result<(), Error> {
        let deleted = self
            .edit(|snapshot, _| {
                let id = snapshot.campaigns.required(name)?.campaign.id;
                let users = snapshot
                    .campaigns
                    .users(|it| it.campaign.id != id && it.requests(id));
                Error::unless_free(Kind::Campaign, resource(name), users)?;
                Ok(Edit {
                    changes: vec![CatalogChange::DeleteCampaign(id)],
                    answer: (),
                })
            })
            .await;
        deleted.map_err(|error| match error {
            Error::Store(error) if error.kind() == ErrorKind::InUse => Error::HasEntries {
                name: resource(name),
            },
            error => error,
        })
    }

    fn new_campaign(
        &self,
        name: String,
        mut draft: CampaignDraft,
        snapshot: &Snapshot,
        revision: Revision,
    ) -> Result<Campaign, Error> {
        let id = CampaignId(revision.0);
        draft
            .refused
            .extend(resource_id::fault(&name, "campaign_id"));
        let definition = self.checked_campaign(&draft, (&name, id), snapshot)?;
        let now = self.now();
        Ok(Campaign {
            id,
            name,
            version: revision,
            created: now,
            updated: now,
            active: false,
            definition,
        })
    }

    fn checked_campaign(
        &self,
        draft: &CampaignDraft,
        own: (&str, CampaignId),
        snapshot: &Snapshot,
    ) -> Result<CampaignDefinition, Error> {
        check(draft, own, snapshot, &self.shared.settings.zone).map_err(invalid)
    }
}

/// What keeps a campaign from being active (R-CMP-1), with the way out.
fn obstacle(definition: &CampaignDefinition) -> Option<&'static str> {
    if definition.campaign_type == CampaignType::Batch {
        return Some("a batch campaign has no triggers: run it with RequestCampaign");
    }
    definition
        .triggers
        .is_empty()
        .then_some("a campaign without triggers lets nobody in: give it one")
}

fn saved(campaign: &Campaign, snapshot: &Snapshot, nothing: bool) -> Edit<CampaignView> {
    let changes = if nothing {
        vec![]
    } else {
        vec![CatalogChange::PutCampaign(Box::new(campaign.clone()))]
    };
    Edit {
        changes,
        answer: CampaignView::new(campaign, snapshot),
    }
}

fn invalid(violations: Vec<Violation>) -> Error {
    Error::Invalid {
        subject: Kind::Campaign,
        violations,
    }
}

fn resource(name: &str) -> String {
    format!("campaigns/{name}")
}
