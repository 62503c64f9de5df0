//! A lead erased (R-LEAD-6): its row, and in its calls all but time, code and counts.

use leadhook_store::{Error, LeadId, Values};
use rusqlite::params;

use crate::{
    codec::erase_changes,
    error::{corrupt, sqlite},
    rows,
    writer::Write,
};

/// Whether the lead was there.
pub(crate) fn erase(write: &mut Write<'_>, id: LeadId) -> Result<bool, Error> {
    let connection = write.connection;
    let Some(lead) = rows::lead(connection, id)? else {
        return Ok(false);
    };
    write
        .lookups
        .follow(connection, id.0, &lead.values, &Values::default())?;
    connection
        .execute("DELETE FROM lead WHERE id = ?1", [id.0])
        .map_err(sqlite)?;
    let changed: Vec<(i64, Vec<u8>)> = connection
        .prepare_cached("SELECT id, changes FROM call WHERE lead = ?1 AND changes IS NOT NULL")
        .and_then(|mut select| {
            select
                .query_map([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .map_err(sqlite)?;
    for (call, changes) in changed {
        let erased = erase_changes(&changes).ok_or_else(|| corrupt("call", call))?;
        connection
            .prepare_cached("UPDATE call SET changes = ?2 WHERE id = ?1")
            .and_then(|mut update| update.execute(params![call, erased]))
            .map_err(sqlite)?;
    }
    connection
        .prepare_cached("UPDATE call SET request = NULL, response = NULL WHERE lead = ?1")
        .and_then(|mut update| update.execute([id.0]))
        .map_err(sqlite)?;
    Ok(true)
}
