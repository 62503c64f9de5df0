//! Runs: made, entered, cancelled, and read.

use leadhook_field::Datetime;
use leadhook_store::{
    CampaignId, Chain, Ending, Error, NewRun, Page, Qualification, Revision, Run, RunCounts, RunId,
    RunLead, RunQuery, RunState,
};
use rusqlite::{Connection, Row, params};

use crate::{
    codec::decode_codes,
    entries::{self, NewRow, Place, Until},
    error::{corrupt, sqlite},
    qualification::Entrance,
    requests::{self, Answer},
    retries, rows,
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
    get(connection, id)?.ok_or_else(|| corrupt("run", id.0))
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

/// Gives leads of a run rows of their own while their first steps are under way.
pub(crate) fn detach(
    write: &mut Write<'_>,
    run: RunId,
    leads: &[RunLead],
    now: Datetime,
) -> Result<(), Error> {
    let connection = write.connection;
    let (campaign, version) = connection
        .prepare_cached("SELECT campaign, version FROM run WHERE id = ?1")
        .and_then(|mut select| select.query_row([run.0], |row| Ok((row.get(0)?, row.get(1)?))))
        .map_err(sqlite)?;
    for RunLead { position, lead } in leads {
        let Some(progress) = write.memory.runs.get(connection, run)? else {
            continue;
        };
        if !progress.open_row(*position)? {
            continue;
        }
        let row = NewRow {
            campaign: CampaignId(campaign),
            version: Revision(version),
            lead: *lead,
            run: Some(run),
            trigger: &Vec::new(),
            place: Place {
                step: 0,
                due: now,
                until: Until::Recorded,
                waits: false,
                has_failed: false,
                chain: Chain::default(),
            },
        };
        entries::insert(write, &row)?;
    }
    write.memory.last_ids.flush(connection)?;
    write.memory.runs.flush(connection)
}

pub(crate) fn cancel(write: &mut Write<'_>, id: RunId) -> Result<(), Error> {
    if let Some(progress) = write.memory.runs.get(write.connection, id)? {
        progress.cancel();
    }
    write.memory.runs.flush(write.connection)
}

/// Entries, or calls, of a cancelled run that one piece of work takes away: a run may have a million of them.
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
    let is_all = retries::end_of_run(write, id, CANCELLED)? < CANCELLED
        && entries::delete_of_run(write, id, CANCELLED, now)? < CANCELLED;
    if is_all && let Some(progress) = write.memory.runs.get(connection, id)? {
        progress.end_cancelled(now);
    }
    write.memory.runs.flush(connection)?;
    Ok(is_all)
}

const SELECT: &str = "SELECT run.id, campaign, version, created, my_tokens, total, state, ended, succeeded, failed, skipped, \
     cancelled, codes, open, retrying, waiting FROM run JOIN run_progress ON run_progress.run = run.id";

/// A run.
pub(crate) fn get(connection: &Connection, id: RunId) -> Result<Option<Run>, Error> {
    let sql = format!("{SELECT} WHERE run.id = ?1");
    let mut select = connection.prepare_cached(&sql).map_err(sqlite)?;
    let mut rows = select.query([id.0]).map_err(sqlite)?;
    rows.next().map_err(sqlite)?.map(read).transpose()
}

/// A page of runs, oldest first.
pub(crate) fn list(connection: &Connection, query: &RunQuery) -> Result<Page<Run, RunId>, Error> {
    let sql = format!("{SELECT} WHERE run.id > ?1 ORDER BY run.id");
    let after = query.after.map_or(0, |run| run.0);
    let mut select = connection.prepare_cached(&sql).map_err(sqlite)?;
    let mut rows = select.query([after]).map_err(sqlite)?;
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
pub(crate) fn open(connection: &Connection) -> Result<Vec<Run>, Error> {
    let sql = format!(
        "{SELECT} WHERE run.id IN (SELECT run FROM run_progress WHERE ended IS NULL) ORDER BY run.id"
    );
    let mut select = connection.prepare_cached(&sql).map_err(sqlite)?;
    let mut rows = select.query([]).map_err(sqlite)?;
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
            open: count(13)?,
            retrying: count(14)?,
            waiting: count(15)?,
            codes: decode_codes(&codes).ok_or_else(damaged)?,
        },
    })
}
