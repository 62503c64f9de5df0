//! Compiled flows of the versions with which entries began (R-CMP-6). A current version is the snapshot's; an older one is compiled when it is
//! first needed, and anew when the catalog changed: a field that it names may be gone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use leadhook_store::{CampaignId, CampaignVersion, Revision, Store};

use crate::{
    campaign::{CompiledCampaign, compile},
    engine::Shared,
    error::Error,
    snapshot::Snapshot,
};

/// Versions that are kept at most; beyond that all are forgotten, and read again.
const MAX_KEPT: usize = 1_000;

/// Older versions of campaigns.
#[derive(Debug, Default)]
pub(crate) struct FlowVersions(Mutex<HashMap<(CampaignId, Revision), Old>>);

#[derive(Clone, Debug)]
struct Old {
    compiled: Arc<CompiledCampaign>,
    /// The catalog that it was compiled for.
    of: Revision,
}

impl<S: Store> Shared<S> {
    /// The flow of a campaign as it was at a version; none where the store does not know it.
    pub(crate) async fn flow(
        &self,
        snapshot: &Snapshot,
        campaign: CampaignId,
        version: Revision,
    ) -> Result<Option<Arc<CompiledCampaign>>, Error> {
        if let Some(live) = snapshot.campaigns.get(campaign)
            && live.campaign.version == version
        {
            return Ok(Some(Arc::clone(&live.compiled)));
        }
        let key = (campaign, version);
        if let Some(old) = self.flows.get(key, snapshot.revision) {
            return Ok(Some(old));
        }
        let read = self.store.campaign_versions(vec![key]).await?;
        let Some(CampaignVersion { name, definition }) = read.into_iter().flatten().next() else {
            return Ok(None);
        };
        let (schema, zone) = (&snapshot.schema, &self.settings.zone);
        let (compiled, _) = compile(campaign, version, &name, &definition, schema, zone);
        let compiled = Arc::new(compiled);
        self.flows.put(key, &compiled, snapshot.revision);
        Ok(Some(compiled))
    }
}

impl FlowVersions {
    fn get(&self, key: (CampaignId, Revision), of: Revision) -> Option<Arc<CompiledCampaign>> {
        let old = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let old = old.get(&key).filter(|old| old.of == of)?;
        Some(Arc::clone(&old.compiled))
    }

    fn put(&self, key: (CampaignId, Revision), compiled: &Arc<CompiledCampaign>, of: Revision) {
        let mut old = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if old.len() >= MAX_KEPT {
            old.clear();
        }
        let compiled = Arc::clone(compiled);
        old.insert(key, Old { compiled, of });
    }
}
