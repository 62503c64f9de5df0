//! Leads read with their companies: by id, and as filtered pages.

use leadhook_store::{Error, LeadEntry, LeadId, LeadQuery, Page};
use rusqlite::Connection;

use crate::{
    error::{corrupt, sqlite},
    kinds::Kinds,
    matching::{Found, Matching},
    rows,
    scan::{Abandoned, Scan},
};

/// A lead with its company.
pub(crate) fn entry(connection: &Connection, id: LeadId) -> Result<Option<LeadEntry>, Error> {
    let mut select = connection
        .prepare_cached(rows::SELECT_LEAD)
        .map_err(sqlite)?;
    let Some(lead) = rows::lead(&mut select, id)? else {
        return Ok(None);
    };
    let company = match lead.company {
        Some(id) => {
            let company = rows::company(connection, id)?;
            Some(company.ok_or_else(|| corrupt("company", id.0))?)
        }
        None => None,
    };
    Ok(Some(LeadEntry { lead, company }))
}

/// A page of leads.
pub(crate) fn list(
    connection: &Connection,
    kinds: &Kinds,
    query: &LeadQuery,
    abandoned: &Abandoned,
) -> Result<Page<LeadEntry, LeadId>, Error> {
    let (mut rows, mut bytes) = (Vec::new(), 0);
    let take = |found: Found<'_>| {
        let (entry, read) = found.read()?;
        bytes += read;
        let is_full = rows.len() >= query.limit || (bytes > query.max_bytes && !rows.is_empty());
        if !is_full {
            rows.push(entry);
        }
        Ok(!is_full)
    };
    let mut scan = Scan::new(abandoned, query.max_scanned);
    Matching::new(connection, kinds, &query.filter)?.each(query.after, &mut scan, take)?;
    let next = scan.next().map(LeadId);
    Ok(Page { rows, next })
}

#[cfg(test)]
mod tests;
