//! Runs: made, entered, cancelled, and read.

use leadhook_field::Datetime;
use leadhook_store::{
    CampaignId, Ending, Error, NewRun, Page, Qualification, Revision, Run, RunCounts, RunId,
    RunLead, RunQuery, RunState,
};
use rusqlite::{Connection, Row, params};

use crate::{
    codec::decode_codes,
    entries,
    error::{corrupt, sqlite},
    qualification::Entrance,
    requests::{self, Answer},
    rows,
    run_leads::Chosen,
    run_progress::{Left, RunProgress, state_of},
    writer::Write,
};

/// Makes a run of leads that were chosen before.
pub(crate) fn create(write: &mut Write<'_>, run: &NewRun, leads: &Chosen) -> Result<Run, Error> {
    let connection = write.connection;
    let sql =
        "INSERT INTO run(campaign, version, created, my_tokens, total) VALUES (?1, ?2, ?3, ?4, ?5)";
    let id = connection
        .prepare_cached(sql)
        .and_then(|mut insert| {
            insert.insert(params![
                run.campaign.0,
                run.version.0,
                run.created.as_micros(),
                run.my_tokens,
                leads.total()
            ])
        })
        .map(RunId)
        .map_err(sqlite)?;
    leads.write(connection, id)?;
    let progress = RunProgress::new(id, leads.total(), run.created);
    write.memory.runs.add(progress);
    write.memory.runs.flush(connection)?;
    if let Some(mark) = &run.mark {
        requests::remember(connection, mark, &Answer::Run(id), run.created)?;
    }
    get(connection, id, run.created)?.ok_or_else(|| corrupt("run", id.0))
}

/// Says that leads of a run enter its flow, and which of them may.
pub(crate) fn enter(
    write: &mut Write<'_>,
    run: RunId,
    leads: &[RunLead],
    qualification: Qualification,
    now: Datetime,
) -> Result<Vec<bool>, Error> {
    let connection = write.connection;
    let campaign = connection
        .prepare_cached("SELECT campaign FROM run WHERE id = ?1")
        .and_then(|mut select| select.query_row([run.0], |row| row.get(0)))
        .map(CampaignId)
        .map_err(sqlite)?;
    let mut may = Vec::with_capacity(leads.len());
    for RunLead { position, lead } in leads {
        let entrance = Entrance {
            lead: *lead,
            campaign,
            run: Some(run),
            at: now,
        };
        let is_open = entrance.is_open(connection, qualification)?;
        if is_open {
            // Of a lead that was erased nothing is kept; its end is told when its first step is.
            if rows::has_lead(connection, *lead)? {
                entrance.pass(connection, qualification)?;
            }
        } else if let Some(progress) = write.memory.runs.get(connection, run)? {
            let skipped = Left::Ended(Ending::Skipped);
            progress.end_position(*position, skipped, now)?;
        }
        may.push(is_open);
    }
    write.memory.runs.flush(connection)?;
    Ok(may)
}

pub(crate) fn cancel(write: &mut Write<'_>, id: RunId) -> Result<(), Error> {
    if let Some(progress) = write.memory.runs.get(write.connection, id)? {
        progress.cancel();
    }
    write.memory.runs.flush(write.connection)
}

/// Entries of a cancelled run that one piece of work takes away: a run may have a million of them.
pub(crate) const CANCELLED: u32 = 4_000;

/// Ends a run that is being cancelled, or takes a part of its entries away; whether that was all.
pub(crate) fn end_cancelled(
    write: &mut Write<'_>,
    id: RunId,
    now: Datetime,
) -> Result<bool, Error> {
    let connection = write.connection;
    let state = |progress: &mut RunProgress| progress.state;
    if write.memory.runs.get(connection, id)?.map(state) != Some(RunState::Cancelling) {
        return Ok(true);
    }
    let gone = entries::delete_of_run(write, id, CANCELLED)?;
    let is_all = gone < CANCELLED;
    if let Some(progress) = write.memory.runs.get(connection, id)? {
        if is_all {
            progress.end_cancelled(now);
        } else {
            (0..gone).for_each(|_| progress.close_row(Left::Cancelled, now));
        }
    }
    write.memory.runs.flush(connection)?;
    Ok(is_all)
}

const SELECT: &str = "SELECT run.id, campaign, version, created, my_tokens, total, state, ended, succeeded, failed, skipped, \
     cancelled, codes, (SELECT count(*) FROM entry WHERE entry.run = run.id AND (due > ?1 OR held IS NOT NULL)) \
     FROM run JOIN run_progress ON run_progress.run = run.id";

/// A run; what waits is told as of `now`.
pub(crate) fn get(connection: &Connection, id: RunId, now: Datetime) -> Result<Option<Run>, Error> {
    let sql = format!("{SELECT} WHERE run.id = ?2");
    let mut select = connection.prepare_cached(&sql).map_err(sqlite)?;
    let mut rows = select.query([now.as_micros(), id.0]).map_err(sqlite)?;
    rows.next().map_err(sqlite)?.map(read).transpose()
}

/// A page of runs, oldest first.
pub(crate) fn list(
    connection: &Connection,
    query: &RunQuery,
    now: Datetime,
) -> Result<Page<Run, RunId>, Error> {
    let sql = format!("{SELECT} WHERE run.id > ?2 ORDER BY run.id");
    let after = query.after.map_or(0, |run| run.0);
    let mut select = connection.prepare_cached(&sql).map_err(sqlite)?;
    let mut rows = select.query([now.as_micros(), after]).map_err(sqlite)?;
    let mut page: Page<Run, RunId> = Page {
        rows: Vec::new(),
        next: None,
    };
    while let Some(row) = rows.next().map_err(sqlite)? {
        if page.rows.len() >= query.limit {
            page.next = page.rows.last().map(|run| run.id);
            break;
        }
        page.rows.push(read(row)?);
    }
    Ok(page)
}

/// The runs that are not over, oldest first.
pub(crate) fn open(connection: &Connection, now: Datetime) -> Result<Vec<Run>, Error> {
    let sql = format!(
        "{SELECT} WHERE run.id IN (SELECT run FROM run_progress WHERE ended IS NULL) ORDER BY run.id"
    );
    let mut select = connection.prepare_cached(&sql).map_err(sqlite)?;
    let mut rows = select.query([now.as_micros()]).map_err(sqlite)?;
    let mut runs = Vec::new();
    while let Some(row) = rows.next().map_err(sqlite)? {
        runs.push(read(row)?);
    }
    Ok(runs)
}

fn read(row: &Row<'_>) -> Result<Run, Error> {
    let number = |at: usize| row.get::<_, i64>(at).map_err(sqlite);
    let count = |at: usize| row.get::<_, u32>(at).map(u64::from).map_err(sqlite);
    let id = number(0)?;
    let damaged = || corrupt("run_progress", id);
    let codes: Vec<u8> = row.get(12).map_err(sqlite)?;
    let ended: Option<i64> = row.get(7).map_err(sqlite)?;
    Ok(Run {
        id: RunId(id),
        campaign: CampaignId(number(1)?),
        version: Revision(number(2)?),
        state: state_of(number(6)?).ok_or_else(damaged)?,
        created: Datetime::from_micros(number(3)?),
        ended: ended.map(Datetime::from_micros),
        my_tokens: row.get(4).map_err(sqlite)?,
        counts: RunCounts {
            total: count(5)?,
            succeeded: count(8)?,
            failed: count(9)?,
            skipped: count(10)?,
            cancelled: count(11)?,
            waiting: count(13)?,
            codes: decode_codes(&codes).ok_or_else(damaged)?,
        },
    })
}
