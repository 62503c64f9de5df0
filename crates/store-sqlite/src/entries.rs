//! Rows of entries: made, brought on, held back, released, and gone.

use leadhook_field::Datetime;
use leadhook_store::{
    CampaignId, Chain, ChainId, EntryId, Error, Hold, LeadId, Revision, RunId, TriggerTokens,
    WebhookId,
};
use rusqlite::{OptionalExtension, params};

use crate::{
    chains, codec::encode_tokens, error::sqlite, last_ids::Numbered, run_progress::Left,
    writer::Write,
};

/// An entry that gets a row.
#[derive(Debug)]
pub(crate) struct NewRow<'a> {
    pub(crate) campaign: CampaignId,
    pub(crate) version: Revision,
    pub(crate) lead: LeadId,
    pub(crate) run: Option<RunId>,
    pub(crate) trigger: &'a TriggerTokens,
    pub(crate) place: Place,
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) step: u32,
    pub(crate) due: Datetime,
    pub(crate) has_failed: bool,
    pub(crate) chain: Chain,
}

/// What the row of an entry tells of its surroundings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings {
    pub(crate) run: Option<RunId>,
    pub(crate) chain: Chain,
}

pub(crate) fn insert(write: &mut Write<'_>, row: &NewRow<'_>) -> Result<EntryId, Error> {
    let connection = write.connection;
    let id = write.memory.last_ids.next(connection, Numbered::Entry)?;
    let Place {
        step,
        due,
        has_failed,
        chain,
    } = row.place;
    connection
        .prepare_cached(
            "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, ?9, ?10, ?11)",
        )
        .and_then(|mut insert| {
            insert.execute(params![
                id,
                row.campaign.0,
                row.version.0,
                row.lead.0,
                row.run.map(|run| run.0),
                step,
                due.as_micros(),
                has_failed,
                chain.id.map(|chain| chain.0),
                chain.depth,
                encode_tokens(row.trigger),
            ])
        })
        .map_err(sqlite)?;
    write.entries.are_made = true;
    Ok(EntryId(id))
}

pub(crate) fn find(write: &Write<'_>, id: EntryId) -> Result<Option<Surroundings>, Error> {
    write
        .connection
        .prepare_cached("SELECT run, chain, depth FROM entry WHERE id = ?1")
        .and_then(|mut select| {
            select
                .query_row([id.0], |row| {
                    Ok(Surroundings {
                        run: row.get::<_, Option<i64>>(0)?.map(RunId),
                        chain: Chain {
                            id: row.get::<_, Option<i64>>(1)?.map(ChainId),
                            depth: row.get(2)?,
                        },
                    })
                })
                .optional()
        })
        .map_err(sqlite)
}

/// Brings an entry on. It may be claimed once more.
pub(crate) fn update(write: &mut Write<'_>, id: EntryId, place: Place) -> Result<(), Error> {
    let Place {
        step,
        due,
        has_failed,
        chain,
    } = place;
    let sql = "UPDATE entry SET step = ?2, due = ?3, has_failed = ?4, chain = ?5, depth = ?6 WHERE id = ?1";
    write
        .connection
        .prepare_cached(sql)
        .and_then(|mut update| {
            update.execute(params![
                id.0,
                step,
                due.as_micros(),
                has_failed,
                chain.id.map(|chain| chain.0),
                chain.depth
            ])
        })
        .map_err(sqlite)?;
    write.entries.freed.push(id);
    write.entries.are_made = true;
    Ok(())
}

/// Takes an entry away.
pub(crate) fn delete(
    write: &mut Write<'_>,
    id: EntryId,
    chain: Option<ChainId>,
) -> Result<(), Error> {
    write
        .connection
        .prepare_cached("DELETE FROM entry WHERE id = ?1")
        .and_then(|mut delete| delete.execute([id.0]))
        .map_err(sqlite)?;
    chains::change(write.connection, chain, None)?;
    write.entries.freed.push(id);
    Ok(())
}

/// Takes the entries of a lead away; those of runs have left them.
pub(crate) fn delete_of_lead(
    write: &mut Write<'_>,
    lead: LeadId,
    how: Left,
    now: Datetime,
) -> Result<(), Error> {
    let entries: Vec<(i64, Option<i64>, Option<i64>)> = write
        .connection
        .prepare_cached("SELECT id, run, chain FROM entry WHERE lead = ?1")
        .and_then(|mut select| {
            select
                .query_map([lead.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        })
        .map_err(sqlite)?;
    for (id, run, chain) in entries {
        delete(write, EntryId(id), chain.map(ChainId))?;
        if let Some(run) = run.map(RunId)
            && let Some(run) = write.memory.runs.get(write.connection, run)?
        {
            run.close_row(how, now);
        }
    }
    write.memory.runs.flush(write.connection)
}

/// Takes entries of a run away, at most so many; gives how many.
pub(crate) fn delete_of_run(write: &mut Write<'_>, run: RunId, limit: u32) -> Result<u32, Error> {
    let entries: Vec<(i64, Option<i64>)> = write
        .connection
        .prepare_cached("SELECT id, chain FROM entry WHERE run = ?1 LIMIT ?2")
        .and_then(|mut select| {
            select
                .query_map(params![run.0, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .map_err(sqlite)?;
    for (id, chain) in &entries {
        delete(write, EntryId(*id), chain.map(ChainId))?;
    }
    Ok(u32::try_from(entries.len()).unwrap_or(limit))
}

/// Holds entries back that were claimed, as far as their webhooks still are paused.
pub(crate) fn hold(write: &mut Write<'_>, holds: &[Hold]) -> Result<(), Error> {
    let sql = "UPDATE entry SET held = ?2 \
         WHERE id = ?1 AND EXISTS (SELECT 1 FROM webhook WHERE id = ?2 AND paused = 1 AND deleted = 0)";
    let mut update = write.connection.prepare_cached(sql).map_err(sqlite)?;
    for Hold { entry, webhook } in holds {
        let held = update.execute([entry.0, webhook.0]).map_err(sqlite)?;
        write.entries.are_made |= held == 0;
        write.entries.freed.push(*entry);
    }
    Ok(())
}

/// Lets what a webhook held back go on. It was due before it was held: it is due now, even if the clock was set back since.
pub(crate) fn release(write: &mut Write<'_>, webhook: WebhookId) -> Result<(), Error> {
    let released = write
        .connection
        .prepare_cached("UPDATE entry SET held = NULL, due = 0 WHERE held = ?1")
        .and_then(|mut update| update.execute([webhook.0]))
        .map_err(sqlite)?;
    write.entries.are_made |= released > 0;
    Ok(())
}
