//! Leads read with their companies: by id, and as filtered pages.

use leadhook_store::{Error, LeadEntry, LeadId, LeadQuery, Page};
use rusqlite::Connection;

use crate::{
    error::{corrupt, sqlite},
    kinds::Kinds,
    matching::{Found, Matching},
    rows,
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
) -> Result<Page<LeadEntry>, Error> {
    let (mut rows, mut bytes, mut more) = (Vec::new(), 0, false);
    let take = |found: Found<'_>| {
        let (entry, read) = found.read()?;
        bytes += read;
        more = rows.len() >= query.limit || (bytes > query.max_bytes && !rows.is_empty());
        if !more {
            rows.push(entry);
        }
        Ok(!more)
    };
    Matching::new(connection, kinds, &query.filter)?.each(query.after, take)?;
    Ok(Page { rows, more })
}
