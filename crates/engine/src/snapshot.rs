//! The catalog, ready to work with: names resolved, webhooks and campaigns compiled. A snapshot never changes; a change makes the next.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use leadhook_field::Schema;
use leadhook_store::{Catalog, CatalogChange, Definition, Revision, Sealed, Webhook, WebhookId};
use tokio::sync::watch;

use crate::{
    call::ShownVersion,
    campaign::Campaigns,
    compile::{Compiled, compile},
    environment::Settings,
    error::{Error, Kind, Violation},
    programs::{LiveProgram, Programs},
    vault::InstallationKey,
};

/// Everything that is defined, as of one revision.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) revision: Revision,
    pub(crate) schema: Schema,
    pub(crate) campaigns: Campaigns,
    pub(crate) programs: Programs,
    webhooks: BTreeMap<WebhookId, Arc<Live>>,
    by_name: HashMap<String, WebhookId>,
}

/// A webhook as it is saved, and as it is called.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) webhook: Webhook,
    /// Faults only where the data was written under other rules or with another key: such a webhook is not called, but it can be
    /// read, and mended by an update.
    pub(crate) compiled: Result<Arc<Compiled>, Vec<Violation>>,
    /// What its calls are shown with.
    pub(crate) shown: Arc<ShownVersion>,
}

impl Snapshot {
    /// Compiles what a store holds.
    pub(crate) fn load(catalog: Catalog, key: &InstallationKey, settings: &Settings) -> Snapshot {
        let empty = Snapshot {
            revision: Revision::default(),
            schema: Schema::standard(),
            campaigns: Campaigns::default(),
            programs: Programs::default(),
            webhooks: BTreeMap::new(),
            by_name: HashMap::new(),
        };
        let fields = catalog.fields.into_iter().map(CatalogChange::PutField);
        let webhooks = catalog
            .webhooks
            .into_iter()
            .map(|webhook| CatalogChange::PutWebhook(Box::new(webhook)));
        let programs = catalog
            .programs
            .into_iter()
            .map(|program| CatalogChange::PutProgram(Box::new(program)));
        let campaigns = catalog
            .campaigns
            .into_iter()
            .map(|campaign| CatalogChange::PutCampaign(Box::new(campaign)));
        let changes: Vec<_> = fields
            .chain(webhooks)
            .chain(programs)
            .chain(campaigns)
            .collect();
        empty.after(changes, catalog.revision, key, settings)
    }

    /// This snapshot after the changes that made `revision`.
    pub(crate) fn after(
        &self,
        changes: Vec<CatalogChange>,
        revision: Revision,
        key: &InstallationKey,
        settings: &Settings,
    ) -> Snapshot {
        let mut next = self.clone();
        next.revision = revision;
        for change in changes {
            match change {
                CatalogChange::PutWebhook(webhook) => next.put_webhook(*webhook, key, settings),
                CatalogChange::DeleteWebhook(id) => {
                    if let Some(live) = next.webhooks.remove(&id) {
                        next.by_name.remove(&live.webhook.name);
                    }
                }
                CatalogChange::PutCampaign(campaign) => {
                    next.campaigns.put(*campaign, &next.schema, &settings.zone);
                }
                CatalogChange::DeleteCampaign(id) => next.campaigns.remove(id),
                CatalogChange::PutField(field) => {
                    let id = field.id;
                    if let Err(error) = next.schema.add(field) {
                        tracing::error!(%id, %error, "a stored custom field is left out");
                    }
                    next.campaigns.recompile(&next.schema, &settings.zone);
                }
                CatalogChange::DeleteField(id) => {
                    next.schema.remove(id);
                    next.campaigns.recompile(&next.schema, &settings.zone);
                }
                CatalogChange::PutProgram(program) => {
                    let (live, faults) = LiveProgram::new(*program, &next.schema);
                    if let Some(fault) = faults.first() {
                        let program = &*live.program.name;
                        tracing::error!(program, %fault, "a stored My Token is left out");
                    }
                    next.programs.put(live);
                }
                CatalogChange::DeleteProgram(id) => next.programs.remove(id),
            }
        }
        next.campaigns.index();
        next
    }

    fn put_webhook(&mut self, webhook: Webhook, key: &InstallationKey, settings: &Settings) {
        let same = self
            .webhooks
            .get(&webhook.id)
            .filter(|live| live.webhook.version == webhook.version);
        let (compiled, shown) = match same {
            Some(live) => (live.compiled.clone(), Arc::clone(&live.shown)),
            None => (
                self.compile(webhook.definition.clone(), key, settings),
                Arc::new(ShownVersion::new(&webhook.name, &webhook.definition)),
            ),
        };
        if let Err(faults) = &compiled {
            tracing::error!(webhook = webhook.name, fault = %faults[0], "a stored webhook cannot be called");
        }
        self.by_name.insert(webhook.name.clone(), webhook.id);
        let live = Live {
            compiled,
            shown,
            webhook,
        };
        self.webhooks.insert(live.webhook.id, Arc::new(live));
    }

    /// Compiles a definition for the fields that there are.
    pub(crate) fn compile(
        &self,
        definition: Definition<Sealed>,
        key: &InstallationKey,
        settings: &Settings,
    ) -> Result<Arc<Compiled>, Vec<Violation>> {
        match definition.try_map_secrets(|sealed| key.open(&sealed)) {
            Ok(definition) => compile(&definition, &self.schema, settings).map(Arc::new),
            Err(error) => Err(vec![Violation::new("webhook", error.to_string())]),
        }
    }

    /// The webhook of this resource id.
    pub(crate) fn webhook(&self, name: &str) -> Option<&Arc<Live>> {
        self.webhooks.get(self.by_name.get(name)?)
    }

    /// The same, where it has to be there.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub(crate) fn required_webhook(&self, name: &str) -> Result<&Arc<Live>, Error> {
        self.webhook(name)
            .ok_or_else(|| self.webhook_not_found(name))
    }

    /// That no webhook has this resource id.
    pub(crate) fn webhook_not_found(&self, name: &str) -> Error {
        let known = self.webhooks().map(|live| &*live.webhook.name);
        Error::not_found_among(Kind::Webhook, name, known)
    }

    /// The webhook of this id.
    pub(crate) fn webhook_by_id(&self, id: WebhookId) -> Option<&Arc<Live>> {
        self.webhooks.get(&id)
    }

    /// All, oldest first.
    pub(crate) fn webhooks(&self) -> impl Iterator<Item = &Arc<Live>> {
        self.webhooks.values()
    }
}

/// The snapshot of now.
#[derive(Debug)]
pub(crate) struct Current(watch::Sender<Arc<Snapshot>>);

impl Current {
    pub(crate) fn new(snapshot: Snapshot) -> Current {
        Current(watch::Sender::new(Arc::new(snapshot)))
    }

    pub(crate) fn get(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.borrow())
    }

    pub(crate) fn set(&self, snapshot: Snapshot) {
        self.0.send_replace(Arc::new(snapshot));
    }

    /// Waits until the snapshot of now is as it is hoped to be.
    pub(crate) async fn until(&self, is_so: impl Fn(&Snapshot) -> bool) {
        // The sender lives as long as this.
        let _ = self
            .0
            .subscribe()
            .wait_for(|snapshot| is_so(snapshot))
            .await;
    }
}
