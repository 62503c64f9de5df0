//! Rows of entries: made, brought on, held back, and gone.

use leadhook_field::Datetime;
use leadhook_store::{
    CallId, CampaignId, Chain, ChainId, Entry, EntryId, Error, LeadId, Revision, RunId,
    TriggerTokens, Waiting, WebhookId,
};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use crate::{
    chains,
    codec::{decode_tokens, encode_tokens},
    error::{corrupt, sqlite},
    last_ids::Numbered,
    lines::{Line, Spot},
    run_progress::{Left, Standing},
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
    pub(crate) until: Until,
    /// Whether it waits, for its time or held back; what is due at once does not.
    pub(crate) waits: bool,
    pub(crate) has_failed: bool,
    pub(crate) chain: Chain,
}

/// What an entry waits for before it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// Its time.
    Due,
    /// A webhook that holds it back.
    Held(WebhookId),
    /// The end of its call.
    Called(CallId),
    /// A record that names its position: its step is under way.
    Recorded,
}

impl Place {
    /// Where it may be claimed; none: it may not.
    fn spot(&self, id: EntryId) -> Option<Spot> {
        let line = match self.until {
            Until::Due => Line::Due,
            Until::Held(webhook) => Line::HeldBy(webhook),
            Until::Called(_) | Until::Recorded => return None,
        };
        Some(Spot {
            line,
            due: self.due,
            what: Waiting::Entry(id),
        })
    }

    /// How it counts in its run.
    pub(crate) fn standing(&self) -> Standing {
        standing(self.call().is_some(), self.waits)
    }

    fn held(&self) -> Option<i64> {
        match self.until {
            Until::Held(webhook) => Some(webhook.0),
            _ => None,
        }
    }

    fn call(&self) -> Option<i64> {
        match self.until {
            Until::Called(call) => Some(call.0),
            _ => None,
        }
    }
}

fn standing(is_retrying: bool, waits: bool) -> Standing {
    match (is_retrying, waits) {
        (true, _) => Standing::Retrying,
        (false, true) => Standing::Waiting,
        (false, false) => Standing::OnTheWay,
    }
}

/// An entry's row, as its next step finds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) id: EntryId,
    pub(crate) run: Option<RunId>,
    pub(crate) chain: Chain,
    pub(crate) standing: Standing,
    /// Whether it was given out, and is not until its step is recorded: it stood where it may be claimed, so who records its step claimed it.
    pub(crate) is_given_out: bool,
}

pub(crate) fn insert(write: &mut Write<'_>, row: &NewRow<'_>) -> Result<EntryId, Error> {
    let connection = write.connection;
    let id = write.memory.last_ids.next(connection, Numbered::Entry)?;
    let Place {
        step,
        due,
        has_failed,
        chain,
        until,
        waits,
    } = row.place;
    let sql = "INSERT INTO entry(id, campaign, version, lead, run, step, due, has_failed, held, chain, depth, trigger, call, \
         detached, waits) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    connection
        .prepare_cached(sql)
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
                row.place.held(),
                chain.id.map(|chain| chain.0),
                chain.depth,
                encode_tokens(row.trigger),
                row.place.call(),
                until == Until::Recorded,
                waits,
            ])
        })
        .map_err(sqlite)?;
    let id = EntryId(id);
    write.waiting.placed.extend(row.place.spot(id));
    Ok(id)
}

/// The row of an entry.
pub(crate) fn find(write: &Write<'_>, id: EntryId) -> Result<Option<Found>, Error> {
    find_by(write, "id = ?1", &[id.0])
}

/// The row that a lead of a run got while its first step was under way, which is not on record yet.
pub(crate) fn find_detached(
    write: &Write<'_>,
    run: RunId,
    lead: LeadId,
) -> Result<Option<Found>, Error> {
    find_by(write, DETACHED, &[run.0, lead.0])
}

const DETACHED: &str = "run = ?1 AND lead = ?2 AND detached = 1";

fn find_by(write: &Write<'_>, condition: &str, values: &[i64]) -> Result<Option<Found>, Error> {
    let read = |row: &Row<'_>| {
        Ok(Found {
            id: EntryId(row.get(0)?),
            run: row.get::<_, Option<i64>>(1)?.map(RunId),
            chain: Chain {
                id: row.get::<_, Option<i64>>(2)?.map(ChainId),
                depth: row.get(3)?,
            },
            standing: standing(row.get(4)?, row.get(6)?),
            is_given_out: row.get(5)?,
        })
    };
    let sql = format!(
        "SELECT id, run, chain, depth, call IS NOT NULL, call IS NULL AND detached = 0, waits FROM entry WHERE {condition}"
    );
    write
        .connection
        .prepare_cached(&sql)
        .and_then(|mut select| select.query_row(params_from_iter(values), read).optional())
        .map_err(sqlite)
}

/// Brings an entry on, which was given out or was not.
pub(crate) fn update(
    write: &mut Write<'_>,
    id: EntryId,
    is_given_out: bool,
    place: Place,
) -> Result<(), Error> {
    let sql = "UPDATE entry SET step = ?2, due = ?3, has_failed = ?4, held = ?5, chain = ?6, depth = ?7, call = ?8, \
         detached = 0, waits = ?9 WHERE id = ?1";
    write
        .connection
        .prepare_cached(sql)
        .and_then(|mut update| {
            update.execute(params![
                id.0,
                place.step,
                place.due.as_micros(),
                place.has_failed,
                place.held(),
                place.chain.id.map(|chain| chain.0),
                place.chain.depth,
                place.call(),
                place.waits,
            ])
        })
        .map_err(sqlite)?;
    // One that was not may be as soon as this is durable, which is before this is told: then it must stay given out.
    if is_given_out {
        write.waiting.freed.push(Waiting::Entry(id));
    }
    write.waiting.placed.extend(place.spot(id));
    Ok(())
}

/// Holds back an entry that waits for its time.
pub(crate) fn hold(write: &mut Write<'_>, id: EntryId, webhook: WebhookId) -> Result<(), Error> {
    if let Some(found) = find(write, id)?.filter(|found| found.is_given_out)
        && let Some(run) = found.run
        && let Some(progress) = write.memory.runs.get(write.connection, run)?
    {
        progress.move_row(found.standing, Standing::Waiting);
    }
    let sql = "UPDATE entry SET held = ?2, waits = 1 WHERE id = ?1 AND call IS NULL AND detached = 0 RETURNING due";
    let due: Option<i64> = write
        .connection
        .prepare_cached(sql)
        .and_then(|mut hold| {
            hold.query_row([id.0, webhook.0], |row| row.get(0))
                .optional()
        })
        .map_err(sqlite)?;
    write.waiting.freed.push(Waiting::Entry(id));
    write.waiting.placed.extend(due.map(|due| Spot {
        line: Line::HeldBy(webhook),
        due: Datetime::from_micros(due),
        what: Waiting::Entry(id),
    }));
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
    write.waiting.freed.push(Waiting::Entry(id));
    Ok(())
}

/// Takes the entries of a lead away; those of runs have left them.
pub(crate) fn delete_of_lead(
    write: &mut Write<'_>,
    lead: LeadId,
    how: Left,
    now: Datetime,
) -> Result<(), Error> {
    delete_all(write, OF_LEAD, lead.0, u32::MAX, how, now).map(|_| ())
}

/// Takes entries of a run that is being cancelled away, at most so many; gives how many.
pub(crate) fn delete_of_run(
    write: &mut Write<'_>,
    run: RunId,
    limit: u32,
    now: Datetime,
) -> Result<u32, Error> {
    delete_all(write, OF_RUN, run.0, limit, Left::Cancelled, now)
}

const OF_LEAD: &str = "lead = ?1 LIMIT ?2";
const OF_RUN: &str = "run = ?1 LIMIT ?2";

fn delete_all(
    write: &mut Write<'_>,
    condition: &str,
    of: i64,
    limit: u32,
    how: Left,
    now: Datetime,
) -> Result<u32, Error> {
    let sql =
        format!("SELECT id, run, chain, call IS NOT NULL, waits FROM entry WHERE {condition}");
    let entries: Vec<(i64, Option<i64>, Option<i64>, Standing)> = write
        .connection
        .prepare_cached(&sql)
        .and_then(|mut select| {
            select
                .query_map(params![of, limit], |row| {
                    let standing = standing(row.get(3)?, row.get(4)?);
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, standing))
                })?
                .collect()
        })
        .map_err(sqlite)?;
    let count = u32::try_from(entries.len()).unwrap_or(limit);
    for (id, run, chain, standing) in entries {
        delete(write, EntryId(id), chain.map(ChainId))?;
        if let Some(run) = run.map(RunId)
            && let Some(run) = write.memory.runs.get(write.connection, run)?
        {
            run.close_row(standing, how, now);
        }
    }
    Ok(count)
}

/// An entry, whole.
pub(crate) fn get(connection: &Connection, id: EntryId) -> Result<Option<Entry>, Error> {
    let sql = "SELECT id, campaign, version, lead, run, step, due, has_failed, chain, depth, trigger, waits FROM entry WHERE id = ?1";
    let mut select = connection.prepare_cached(sql).map_err(sqlite)?;
    let mut rows = select.query([id.0]).map_err(sqlite)?;
    rows.next().map_err(sqlite)?.map(read).transpose()
}

fn read(row: &Row<'_>) -> Result<Entry, Error> {
    let number = |at: usize| row.get::<_, i64>(at).map_err(sqlite);
    let given = |at: usize| row.get::<_, Option<i64>>(at).map_err(sqlite);
    let id = number(0)?;
    let trigger: Vec<u8> = row.get(10).map_err(sqlite)?;
    Ok(Entry {
        id: EntryId(id),
        campaign: CampaignId(number(1)?),
        version: Revision(number(2)?),
        lead: LeadId(number(3)?),
        run: given(4)?.map(RunId),
        step: row.get(5).map_err(sqlite)?,
        due: Datetime::from_micros(number(6)?),
        waits: row.get(11).map_err(sqlite)?,
        has_failed: row.get(7).map_err(sqlite)?,
        trigger: decode_tokens(&trigger).ok_or_else(|| corrupt("entry", id))?,
        chain: Chain {
            id: given(8)?.map(ChainId),
            depth: row.get(9).map_err(sqlite)?,
        },
    })
}

/// Nobody knows the positions any more whose rows were to be found by them: the process that did has ended.
pub(crate) fn attach_all(connection: &Connection) -> Result<(), Error> {
    connection.execute(ATTACH, []).map(|_| ()).map_err(sqlite)
}

const ATTACH: &str = "UPDATE entry SET detached = 0 WHERE detached = 1";

#[cfg(test)]
mod tests;
