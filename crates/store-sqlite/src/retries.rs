//! Calls between two attempts: a row beside the call's own, as long as more is to come.

use leadhook_field::Datetime;
use leadhook_store::{
    CallId, EntryId, Error, LeadId, NewCall, RunId, Wait, Waiting, WaitingCall, WebhookId,
};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    entries,
    error::{corrupt, sqlite},
    kinds::{self, Kinds},
    lines::{Line, Spot},
    list_calls,
    writer::Write,
};

/// Whether a call waits.
pub(crate) fn waits(connection: &Connection, call: CallId) -> Result<bool, Error> {
    connection
        .prepare_cached("SELECT 1 FROM retry WHERE call = ?1")
        .and_then(|mut select| select.exists([call.0]))
        .map_err(sqlite)
}

/// When the next attempt of a call is due.
pub(crate) fn due(connection: &Connection, call: CallId) -> Result<Option<Datetime>, Error> {
    connection
        .prepare_cached("SELECT due FROM retry WHERE call = ?1")
        .and_then(|mut select| select.query_row([call.0], |row| row.get(0)).optional())
        .map(|due| due.map(Datetime::from_micros))
        .map_err(sqlite)
}

/// A call that waits from now on, or once more.
pub(crate) fn put(
    write: &mut Write<'_>,
    call: &NewCall,
    wait: &Wait,
    entry: Option<EntryId>,
) -> Result<(), Error> {
    let sql = "INSERT INTO retry VALUES (?1, ?2, NULL, ?3, ?4, ?5, ?6) \
         ON CONFLICT(call) DO UPDATE SET due = ?2, held = NULL, kept = ?3, entry = ?4, sealed = ?6";
    write
        .connection
        .prepare_cached(sql)
        .and_then(|mut put| {
            put.execute(params![
                call.id.0,
                wait.due.as_micros(),
                wait.is_claimed,
                entry.map(|entry| entry.0),
                call.origin.run.map(|run| run.0),
                &*wait.sealed
            ])
        })
        .map_err(sqlite)?;
    if call.has_waited {
        write.waiting.freed.push(Waiting::Call(call.id));
    }
    if !wait.is_claimed {
        write.waiting.placed.push(Spot {
            line: Line::Due,
            due: wait.due,
            what: Waiting::Call(call.id),
        });
    }
    Ok(())
}

/// Holds back a call that waits.
pub(crate) fn hold(write: &mut Write<'_>, call: CallId, webhook: WebhookId) -> Result<(), Error> {
    let due: Option<i64> = write
        .connection
        .prepare_cached("UPDATE retry SET held = ?2 WHERE call = ?1 RETURNING due")
        .and_then(|mut hold| {
            hold.query_row([call.0, webhook.0], |row| row.get(0))
                .optional()
        })
        .map_err(sqlite)?;
    write.waiting.freed.push(Waiting::Call(call));
    write.waiting.placed.extend(due.map(|due| Spot {
        line: Line::HeldBy(webhook),
        due: Datetime::from_micros(due),
        what: Waiting::Call(call),
    }));
    Ok(())
}

/// Nothing more is to come of a call.
pub(crate) fn delete(write: &mut Write<'_>, call: CallId) -> Result<(), Error> {
    write
        .connection
        .prepare_cached("DELETE FROM retry WHERE call = ?1")
        .and_then(|mut delete| delete.execute([call.0]))
        .map_err(sqlite)?;
    write.waiting.freed.push(Waiting::Call(call));
    Ok(())
}

/// A call that waits, with what its next attempt needs.
pub(crate) fn get(
    connection: &Connection,
    kinds: &Kinds,
    id: CallId,
) -> Result<Option<WaitingCall>, Error> {
    let row: Option<(Option<i64>, Vec<u8>)> = connection
        .prepare_cached("SELECT entry, sealed FROM retry WHERE call = ?1")
        .and_then(|mut select| {
            select
                .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .map_err(sqlite)?;
    let Some((entry, sealed)) = row else {
        return Ok(None);
    };
    let call = list_calls::get(connection, kinds, id)?;
    Ok(Some(WaitingCall {
        call: call.ok_or_else(|| corrupt("retry", id.0))?,
        sealed: sealed.into(),
        entry: match entry {
            Some(entry) => entries::get(connection, EntryId(entry))?,
            None => None,
        },
    }))
}

/// The calls of a lead that wait, and those of a run.
const OF_LEAD: &str = "SELECT call FROM retry WHERE call IN (SELECT id FROM call WHERE lead = ?1)";
const OF_RUN: &str = "SELECT call FROM retry WHERE run = ?1 LIMIT ?2";

/// The calls of a lead that wait have ended with their last attempt.
pub(crate) fn end_of_lead(write: &mut Write<'_>, lead: LeadId) -> Result<(), Error> {
    let calls: Vec<i64> = write
        .connection
        .prepare_cached(OF_LEAD)
        .and_then(|mut select| select.query_map([lead.0], |row| row.get(0))?.collect())
        .map_err(sqlite)?;
    calls
        .into_iter()
        .try_for_each(|call| end(write, CallId(call)))
}

/// The same for calls of a run, at most so many; gives how many.
pub(crate) fn end_of_run(write: &mut Write<'_>, run: RunId, limit: u32) -> Result<u32, Error> {
    let calls: Vec<i64> = write
        .connection
        .prepare_cached(OF_RUN)
        .and_then(|mut select| {
            select
                .query_map(params![run.0, limit], |row| row.get(0))?
                .collect()
        })
        .map_err(sqlite)?;
    let count = u32::try_from(calls.len()).unwrap_or(limit);
    calls
        .into_iter()
        .try_for_each(|call| end(write, CallId(call)))?;
    Ok(count)
}

fn end(write: &mut Write<'_>, call: CallId) -> Result<(), Error> {
    let connection = write.connection;
    let kind = connection
        .prepare_cached("SELECT kind FROM call WHERE id = ?1")
        .and_then(|mut select| select.query_row([call.0], |row| row.get(0)).optional())
        .map_err(sqlite)?;
    let ended = kinds::ended(connection, kind.ok_or_else(|| corrupt("retry", call.0))?)?;
    let ended = ended.ok_or_else(|| corrupt("call", call.0))?;
    connection
        .prepare_cached("UPDATE call SET kind = ?2 WHERE id = ?1")
        .and_then(|mut update| update.execute([call.0, ended.id]))
        .map_err(sqlite)?;
    delete(write, call)?;
    if let Some(run) = ended.run
        && let Some(run) = write.memory.runs.get(connection, run)?
    {
        run.count_call(ended.code);
    }
    Ok(())
}

/// Whoever kept calls to themselves is no more: the process that did so has ended.
pub(crate) fn let_go_all(connection: &Connection) -> Result<(), Error> {
    connection.execute(LET_GO, []).map(|_| ()).map_err(sqlite)
}

const LET_GO: &str = "UPDATE retry SET kept = 0 WHERE kept = 1";

#[cfg(test)]
mod tests;
