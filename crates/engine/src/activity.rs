//! Activities: what happened to a lead, as it is shown and filtered (R-CMP-5, R-FIL-3).

mod filter;
mod view;

use leadhook_store::{ActivityId, ActivityQuery, LeadId, Page, Store};

pub use self::view::ActivityView;
use self::{filter::activity_filter, view::Writer};
use crate::{engine::Engine, error::Error, leads::lead_not_found};

/// Which activities are listed.
#[derive(Clone, Debug)]
pub struct ListActivities {
    /// Whose.
    pub lead: LeadId,
    /// R-FIL-3; empty: all.
    pub filter: String,
    /// Only those after this one.
    pub after: Option<ActivityId>,
    /// At most so many; 0 counts as 1.
    pub limit: usize,
    /// The page ends early at this size, in bytes.
    pub max_bytes: usize,
}

/// Activities that are read at a time where a filter picks some.
const BATCH: usize = 1_000;
/// Batches that one page goes through at most.
const MAX_BATCHES: usize = 16;

impl<S: Store> Engine<S> {
    /// A page of a lead's activities, oldest first. There may be none on it although more follow, when many were gone through in vain.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the lead; [`Error::Invalid`] for the filter; [`Error::Store`].
    pub async fn list_activities(
        &self,
        list: ListActivities,
    ) -> Result<Page<ActivityView, ActivityId>, Error> {
        let filter = activity_filter(&list.filter)?;
        let store = &self.shared.store;
        if store
            .leads(vec![list.lead])
            .await?
            .pop()
            .flatten()
            .is_none()
        {
            return Err(lead_not_found(list.lead));
        }
        let limit = list.limit.max(1);
        let (mut rows, mut bytes, mut after) = (Vec::new(), 0, list.after);
        for _ in 0..MAX_BATCHES {
            let query = ActivityQuery {
                lead: list.lead,
                after,
                limit: if filter.is_empty() { limit } else { BATCH },
                max_bytes: list.max_bytes,
                max_scanned: self.shared.settings.max_scanned,
            };
            let read = store.list_activities(query).await?;
            let mut left = read.rows.len();
            for view in self.activity_views(read.rows).await? {
                left -= 1;
                let next = view.id;
                if view.matches(&filter) {
                    bytes += view.bytes();
                    if bytes > list.max_bytes && !rows.is_empty() {
                        return Ok(Page { rows, next: after });
                    }
                    rows.push(view);
                }
                after = Some(next);
                if rows.len() == limit {
                    let has_more = left > 0 || read.next.is_some();
                    let next = after.filter(|_| has_more);
                    return Ok(Page { rows, next });
                }
            }
            // A page may end without a row.
            after = read.next;
            if after.is_none() {
                return Ok(Page { rows, next: None });
            }
        }
        Ok(Page { rows, next: after })
    }

    /// Shows activities, in their order.
    async fn activity_views(
        &self,
        activities: Vec<leadhook_store::Activity>,
    ) -> Result<Vec<ActivityView>, Error> {
        let versions = activities
            .iter()
            .filter_map(|activity| match &activity.event {
                leadhook_store::Event::CallWebhook(call) => {
                    Some((call.origin.webhook, call.origin.version))
                }
                _ => None,
            });
        let snapshot = self.snapshot();
        let writer = Writer {
            versions: &self.versions(&snapshot, versions).await?,
            snapshot: &snapshot,
            zone: &self.shared.settings.zone,
        };
        Ok(activities
            .into_iter()
            .map(|activity| writer.view(activity))
            .collect())
    }
}

#[cfg(test)]
mod tests;
