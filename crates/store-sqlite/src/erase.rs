//! A lead erased (R-LEAD-6): its row, its entries, memberships and activities, and in its calls all but time, code and counts.
//!
//! SQLite overwrites what is deleted (`secure_delete`), and the writer checkpoints after the commit, so that the write-ahead log does not
//! keep it either.

use leadhook_field::Datetime;
use leadhook_store::{Ending, Error, LeadId};
use rusqlite::{Connection, params};

use crate::{
    codec::{erase_changes, erase_meta},
    entries,
    error::sqlite,
    members, retries,
    run_progress::Left,
    touched::Touched,
    writer::Write,
};

/// Whether the lead was there.
pub(crate) fn erase(write: &mut Write<'_>, id: LeadId, now: Datetime) -> Result<bool, Error> {
    let connection = write.connection;
    let mut touched = Touched::new(write)?;
    let Some(lead) = touched.lead(id)?.cloned() else {
        return Ok(false);
    };
    for (field, value) in lead.values.iter() {
        let lookups = &mut write.memory.lookups;
        lookups.follow(connection, field, id.0, Some(value), None)?;
    }
    connection
        .prepare_cached("DELETE FROM lead WHERE id = ?1")
        .and_then(|mut delete| delete.execute([id.0]))
        .map_err(sqlite)?;
    if let Some(company) = lead.company {
        touched.let_go(write, company)?;
    }
    retries::end_of_lead(write, id)?;
    entries::delete_of_lead(write, id, Left::Ended(Ending::Skipped), now)?;
    write.memory.runs.flush(connection)?;
    for sql in ["DELETE FROM activity WHERE lead = ?1", FORGET_ENTERED] {
        connection
            .prepare_cached(sql)
            .and_then(|mut delete| delete.execute([id.0]))
            .map_err(sqlite)?;
    }
    members::erase_lead(connection, id)?;
    erase_calls(connection, id)?;
    *write.has_erased = true;
    Ok(true)
}

/// When it entered campaigns: looked for in each that has such rows.
const FORGET_ENTERED: &str = "WITH RECURSIVE each(campaign) AS (SELECT min(campaign) FROM entered UNION ALL \
     SELECT (SELECT min(campaign) FROM entered WHERE campaign > each.campaign) FROM each WHERE each.campaign IS NOT NULL) \
     DELETE FROM entered WHERE lead = ?1 AND campaign IN (SELECT campaign FROM each)";

/// Calls that are erased at a time: a lead may have any number of them.
const BATCH: i64 = 256;

/// One of them: its id, `meta` and `changes`.
type Row = (i64, Vec<u8>, Option<Vec<u8>>);

fn erase_calls(connection: &Connection, id: LeadId) -> Result<(), Error> {
    let mut select = connection
        .prepare_cached(
            "SELECT id, meta, changes FROM call WHERE lead = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        )
        .map_err(sqlite)?;
    let mut update = connection
        .prepare_cached(
            "UPDATE call SET meta = ?2, changes = ?3, request = NULL, response = NULL WHERE id = ?1",
        )
        .map_err(sqlite)?;
    let mut after = i64::MIN;
    loop {
        let batch: Vec<Row> = select
            .query_map(params![id.0, after, BATCH], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .and_then(Iterator::collect)
            .map_err(sqlite)?;
        let Some((last, ..)) = batch.last() else {
            break Ok(());
        };
        after = *last;
        for (call, meta, changes) in batch {
            // What is damaged is erased whole.
            let meta = erase_meta(&meta).unwrap_or_default();
            let changes = changes.and_then(|changes| erase_changes(&changes).flatten());
            update
                .execute(params![call, meta, changes])
                .map_err(sqlite)?;
        }
    }
}

#[cfg(test)]
mod tests;
