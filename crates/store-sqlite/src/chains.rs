//! Chains of entries that caused one another, and where they end (R-CMP-10).

use leadhook_store::{Chain, ChainEnd, ChainId, Error, MAX_CHAIN_DEPTH, MAX_CHAIN_ENTRIES};
use rusqlite::Connection;

use crate::error::sqlite;

/// The place in the chain of an entry that another one causes, which is counted and open from now on; or why there is none. The causing entry is
/// part of the chain from now on, too.
pub(crate) fn extend(
    connection: &Connection,
    cause: &mut Chain,
) -> Result<Result<Chain, ChainEnd>, Error> {
    let depth = cause.depth + 1;
    if depth >= MAX_CHAIN_DEPTH {
        return Ok(Err(ChainEnd::TooDeep));
    }
    let id = match cause.id {
        None => begin(connection)?,
        Some(id) => {
            let sql = "UPDATE chain SET entries = entries + 1, open = open + 1 WHERE id = ?1 AND entries < ?2";
            let counted = connection
                .prepare_cached(sql)
                .and_then(|mut count| count.execute([id.0, i64::from(MAX_CHAIN_ENTRIES)]))
                .map_err(sqlite)?;
            if counted == 0 {
                return Ok(Err(ChainEnd::TooMany));
            }
            id
        }
    };
    let id = Some(id);
    cause.id = id;
    Ok(Ok(Chain { id, depth }))
}

/// Whether it is the first time that the chain ends: then its lead is told.
pub(crate) fn is_first_end(connection: &Connection, chain: &Chain) -> Result<bool, Error> {
    let Some(ChainId(id)) = chain.id else {
        return Ok(true);
    };
    let told = connection
        .prepare_cached("UPDATE chain SET told = 1 WHERE id = ?1 AND told = 0")
        .and_then(|mut tell| tell.execute([id]))
        .map_err(sqlite)?;
    Ok(told > 0)
}

/// A chain of two, of which the second is open.
fn begin(connection: &Connection) -> Result<ChainId, Error> {
    connection
        .prepare_cached("INSERT INTO chain(entries, open) VALUES (2, 1)")
        .and_then(|mut insert| insert.insert([]))
        .map(ChainId)
        .map_err(sqlite)
}

/// A row that was part of one chain is part of another from now on; none: of no chain, or there is no row.
pub(crate) fn change(
    connection: &Connection,
    before: Option<ChainId>,
    after: Option<ChainId>,
) -> Result<(), Error> {
    if before == after {
        return Ok(());
    }
    let execute = |sql: &str, ChainId(id)| {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([id]))
            .map_err(sqlite)
    };
    if let Some(id) = after {
        execute("UPDATE chain SET open = open + 1 WHERE id = ?1", id)?;
    }
    if let Some(id) = before {
        execute("UPDATE chain SET open = open - 1 WHERE id = ?1", id)?;
        execute("DELETE FROM chain WHERE id = ?1 AND open = 0", id)?;
    }
    Ok(())
}
