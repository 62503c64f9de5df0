//! Leads read back: one, or a page of them; and deleted.

use std::sync::Arc;

use leadhook_field::{Datetime, Value};
use leadhook_store::{CompanyId, Lead, LeadEntry, LeadId, LeadQuery, Page, Store};

use super::{Selection, lead_filter};
use crate::{
    engine::Engine,
    error::{Error, Kind},
    undropped::Undropped,
};

/// A lead as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadView {
    /// Its id.
    pub id: LeadId,
    /// The company that it is linked to.
    pub company: Option<CompanyId>,
    /// When it was created.
    pub created: Datetime,
    /// When it last changed.
    pub updated: Datetime,
    /// Another one after each change.
    pub etag: String,
    /// Those that were asked for and have a value, by SOAP API name. When none were asked for: all lead fields that have
    /// one, Id, Created At, Updated At and Full Name among them (R-LEAD-5).
    pub fields: Vec<(String, Value)>,
}

/// Which leads are listed; by default all, a page as R-LEAD-4 has it.
#[derive(Clone, Debug)]
pub struct ListLeads {
    /// R-FIL-3; empty: all.
    pub filter: String,
    /// Which fields are shown, in any of their names; empty: all lead fields that have a value.
    pub fields: Vec<String>,
    /// Only those after this one.
    pub after: Option<LeadId>,
    /// At most so many; 0 counts as 1.
    pub limit: usize,
    /// The page ends early at this size, in bytes.
    pub max_bytes: usize,
}

impl Default for ListLeads {
    fn default() -> ListLeads {
        ListLeads {
            filter: String::new(),
            fields: Vec::new(),
            after: None,
            limit: 100,
            max_bytes: 3 << 20,
        }
    }
}

impl<S: Store> Engine<S> {
    /// A lead, with the fields that are named, in any of their names (R-LEAD-3).
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for names that no field bears; [`Error::Store`].
    pub async fn get_lead(&self, id: LeadId, fields: &[String]) -> Result<LeadView, Error> {
        let selection = Selection::named(&self.snapshot().schema, fields)?;
        let found = self.shared.store.leads(vec![id]).await?.pop().flatten();
        let entry = found.ok_or_else(|| lead_not_found(id))?;
        Ok(LeadView::new(entry, &selection))
    }

    /// A page of leads, in id order.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the filter, or for names that no field bears; [`Error::Store`].
    pub async fn list_leads(&self, list: ListLeads) -> Result<Page<LeadView, LeadId>, Error> {
        let snapshot = self.snapshot();
        let selection = Selection::named(&snapshot.schema, &list.fields)?;
        let filter = lead_filter(&list.filter, &snapshot).map_err(Error::filter)?;
        let query = LeadQuery {
            filter: Arc::new(filter),
            after: list.after,
            limit: list.limit.max(1),
            max_bytes: list.max_bytes,
            max_scanned: self.shared.settings.max_scanned,
        };
        let page = self.shared.store.list_leads(query).await?;
        Ok(page.map(|entry| LeadView::new(entry, &selection)))
    }

    /// Erases a lead and what its calls tell of it (R-LEAD-6).
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn delete_lead(&self, id: LeadId) -> Result<(), Error> {
        let (shared, now) = (Arc::clone(&self.shared), self.now());
        // Also when who asked for it goes away meanwhile: the lead may have been the last of a run.
        let erased = async move {
            let was_there = shared.store.delete_lead(id, now).await;
            if let Ok(true) = was_there {
                shared.erasures.tell(id);
            }
            shared.runs.changed();
            was_there
        };
        if Undropped::new(erased, &self.shared.calls.tasks).await? {
            Ok(())
        } else {
            Err(lead_not_found(id))
        }
    }
}

pub(crate) fn lead_not_found(id: LeadId) -> Error {
    Error::not_found(Kind::Lead, format!("leads/{id}"))
}

impl LeadView {
    fn new(entry: LeadEntry, selection: &Selection) -> LeadView {
        let LeadEntry { lead, company } = entry;
        let fields = selection.of_lead(&lead, company.as_ref());
        let Lead {
            id,
            company,
            created,
            updated,
            ..
        } = lead;
        let etag = updated.as_micros().to_string();
        LeadView {
            id,
            company,
            created,
            updated,
            etag,
            fields,
        }
    }
}
