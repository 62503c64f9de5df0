//! Requests that were answered (R-CALL-9).

use leadhook_field::Datetime;
use leadhook_store::{Answered, CallId, Error, Mark, Method, Remembered, RequestKey, RunId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{corrupt, sqlite};

/// How long an answer is kept, in microseconds.
const KEPT: i64 = 24 * 60 * 60 * 1_000_000;
/// Expired rows that one remembering takes away: more than it adds, so that none pile up.
const SWEPT: i64 = 4;

/// What a request was answered with.
pub(crate) enum Answer {
    Call(CallId),
    Run(RunId),
    Bytes(Vec<u8>),
}

/// Remembers an answer.
pub(crate) fn remember(
    connection: &Connection,
    mark: &Mark,
    answer: &Answer,
    now: Datetime,
) -> Result<(), Error> {
    let (call, run, bytes) = match answer {
        Answer::Call(id) => (Some(id.0), None, None),
        Answer::Run(id) => (None, Some(id.0), None),
        Answer::Bytes(bytes) => (None, None, Some(bytes)),
    };
    let now = now.as_micros();
    let sweep = "DELETE FROM request WHERE (method, id) IN \
         (SELECT method, id FROM request WHERE at < ?1 ORDER BY at LIMIT ?2)";
    connection
        .prepare_cached(sweep)
        .and_then(|mut sweep| sweep.execute([now - KEPT, SWEPT]))
        .map_err(sqlite)?;
    let RequestKey { method, id } = &mark.key;
    connection
        .prepare_cached("INSERT OR REPLACE INTO request VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .and_then(|mut insert| {
            insert.execute(params![
                number(*method),
                id,
                mark.payload,
                call,
                bytes,
                now,
                run
            ])
        })
        .map_err(sqlite)?;
    Ok(())
}

/// The answer to a request, unless it is too old.
pub(crate) fn remembered(
    connection: &Connection,
    key: &RequestKey,
    now: Datetime,
) -> Result<Option<Remembered>, Error> {
    let sql = "SELECT payload, call, answer, at, run FROM request WHERE method = ?1 AND id = ?2";
    let row = connection
        .prepare_cached(sql)
        .and_then(|mut select| {
            select
                .query_row(params![number(key.method), key.id], |row| {
                    let at: i64 = row.get(3)?;
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, at, row.get(4)?))
                })
                .optional()
        })
        .map_err(sqlite)?;
    let Some((payload, call, bytes, at, run)) = row else {
        return Ok(None);
    };
    if at < now.as_micros() - KEPT {
        return Ok(None);
    }
    let answer = match (call, run, bytes) {
        (Some(id), _, _) => Answered::Call(CallId(id)),
        (_, Some(id), _) => Answered::Run(RunId(id)),
        (_, _, Some(bytes)) => Answered::Bytes(bytes),
        (None, None, None) => return Err(corrupt("request", at)),
    };
    Ok(Some(Remembered {
        payload,
        answer,
        at: Datetime::from_micros(at),
    }))
}

/// Stored, so never changed.
fn number(method: Method) -> i64 {
    match method {
        Method::CallWebhook => 1,
        Method::BatchUpsertLeads => 2,
        Method::RequestCampaign => 3,
    }
}
