//! Leads and companies as rows, read one by one. How they are written stands in [`crate::touched`].

use leadhook_field::Datetime;
use leadhook_store::{Company, CompanyId, Error, Lead, LeadId};
use rusqlite::{Connection, OptionalExtension, Statement};

use crate::{
    codec::decode_values,
    error::{corrupt, sqlite},
};

/// Selects a lead by its id, for [`lead`].
pub(crate) const SELECT_LEAD: &str =
    "SELECT company, created, updated, data FROM lead WHERE id = ?1";

/// Reads a lead with [`SELECT_LEAD`].
pub(crate) fn lead(select: &mut Statement<'_>, id: LeadId) -> Result<Option<Lead>, Error> {
    let mut rows = select.query([id.0]).map_err(sqlite)?;
    let Some(row) = rows.next().map_err(sqlite)? else {
        return Ok(None);
    };
    let damaged = || corrupt("lead", id.0);
    let data = row.get_ref(3).map_err(sqlite)?.as_blob();
    Ok(Some(Lead {
        id,
        company: row.get::<_, Option<i64>>(0).map_err(sqlite)?.map(CompanyId),
        created: Datetime::from_micros(row.get(1).map_err(sqlite)?),
        updated: Datetime::from_micros(row.get(2).map_err(sqlite)?),
        values: decode_values(data.map_err(|_| damaged())?).ok_or_else(damaged)?,
    }))
}

/// Whether a lead is there.
pub(crate) fn has_lead(connection: &Connection, id: LeadId) -> Result<bool, Error> {
    connection
        .prepare_cached("SELECT 1 FROM lead WHERE id = ?1")
        .and_then(|mut select| select.exists([id.0]))
        .map_err(sqlite)
}

/// Reads a company.
pub(crate) fn company(connection: &Connection, id: CompanyId) -> Result<Option<Company>, Error> {
    let data: Option<Vec<u8>> = connection
        .prepare_cached("SELECT data FROM company WHERE id = ?1")
        .and_then(|mut select| select.query_row([id.0], |row| row.get(0)).optional())
        .map_err(sqlite)?;
    let Some(data) = data else { return Ok(None) };
    let values = decode_values(&data).ok_or_else(|| corrupt("company", id.0))?;
    Ok(Some(Company { id, values }))
}
