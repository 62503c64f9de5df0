//! Compiled flows of the versions with which entries began (R-CMP-6). A current version is the snapshot's; an older one is compiled when it is
//! first needed, and anew when the catalog changed: a field that it names may be gone.

use std::sync::Arc;

use leadhook_store::{CampaignId, CampaignVersion, Revision, Store};

use crate::{
    campaign::{CompiledCampaign, compile},
    engine::Shared,
    error::Error,
    kept::Kept,
    snapshot::Snapshot,
};

/// Older versions of campaigns.
pub(crate) type FlowVersions = Kept<(CampaignId, Revision), Old>;

/// How many are kept.
pub(crate) const MAX_FLOWS: usize = 1_000;

#[derive(Clone, Debug)]
pub(crate) struct Old {
    compiled: Arc<CompiledCampaign>,
    /// The catalog that it was compiled for.
    of: Revision,
}

impl<S: Store> Shared<S> {
    /// The flow of a campaign as it was at a version.
    pub(crate) async fn flow(
        &self,
        snapshot: &Snapshot,
        campaign: CampaignId,
        version: Revision,
    ) -> Result<Arc<CompiledCampaign>, Error> {
        if let Some(live) = snapshot.campaigns.get(campaign)
            && live.campaign.version == version
        {
            return Ok(Arc::clone(&live.compiled));
        }
        let key = (campaign, version);
        let of = snapshot.revision;
        if let Some(old) = self.flows.get(&key).filter(|old| old.of == of) {
            return Ok(old.compiled);
        }
        let compiled = match self.store.campaign_versions(vec![key]).await {
            Ok(read) => match read.into_iter().flatten().next() {
                Some(CampaignVersion { name, definition }) => {
                    let (schema, zone) = (&snapshot.schema, &self.settings.zone);
                    compile(campaign, version, &name, &definition, schema, zone).0
                }
                None => unreadable(key, &"it is not in the store"),
            },
            Err(damage) if damage.is_lasting() => unreadable(key, &damage),
            Err(error) => return Err(error.into()),
        };
        let compiled = Arc::new(compiled);
        let old = self.flows.put(key, Old { compiled, of });
        Ok(old.compiled)
    }
}

fn unreadable(
    (campaign, version): (CampaignId, Revision),
    fault: &dyn std::fmt::Display,
) -> CompiledCampaign {
    let (of, at) = (campaign.0, version.0);
    tracing::error!(campaign = of, version = at, %fault, "a flow cannot be read, and leads in it fail");
    CompiledCampaign::unreadable(campaign, version, fault.to_string())
}
