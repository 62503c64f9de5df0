//! Which entries were given out, and entries given out: each once, until its next step is durable.
//!
//! What is given out is remembered by the process alone: a store that is opened anew gives it out anew.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use leadhook_field::Datetime;
use leadhook_store::{
    CampaignId, Chain, ChainId, Claimed, Entry, EntryId, Error, LeadId, Revision, RunId,
};
use rusqlite::{Connection, Row};

use crate::{
    codec::decode_tokens,
    error::{corrupt, sqlite},
};

/// Entries that were given out.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<HashSet<EntryId>>);

impl Claims {
    fn lock(&self) -> MutexGuard<'_, HashSet<EntryId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// They may be given out once more; the commit that allows it is durable.
    pub(crate) fn free(&self, entries: &[EntryId]) {
        if entries.is_empty() {
            return;
        }
        let mut claimed = self.lock();
        for entry in entries {
            claimed.remove(entry);
        }
    }
}

/// Entries of a run that is being cancelled go no further.
const SELECT: &str = "SELECT id, campaign, version, lead, run, step, due, has_failed, chain, depth, trigger FROM entry \
     WHERE held IS NULL AND NOT EXISTS(SELECT 1 FROM run_progress WHERE run_progress.run = entry.run AND state = 4) \
     ORDER BY due, id";

/// Gives out entries that are due, at most so many.
pub(crate) fn claim(
    connection: &Connection,
    claims: &Claims,
    now: Datetime,
    limit: usize,
) -> Result<Claimed, Error> {
    // Before the first statement, which decides what is seen: an entry that is freed meanwhile must be seen as it is then.
    let mut claimed = claims.lock();
    let mut select = connection.prepare_cached(SELECT).map_err(sqlite)?;
    let mut rows = select.query([]).map_err(sqlite)?;
    let mut entries = Vec::new();
    let mut next_due = None;
    while let Some(row) = rows.next().map_err(sqlite)? {
        if claimed.contains(&EntryId(row.get(0).map_err(sqlite)?)) {
            continue;
        }
        let due = Datetime::from_micros(row.get(6).map_err(sqlite)?);
        if due > now || entries.len() >= limit {
            next_due = Some(due);
            break;
        }
        entries.push(read(row)?);
    }
    claimed.extend(entries.iter().map(|entry| entry.id));
    Ok(Claimed { entries, next_due })
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
        has_failed: row.get(7).map_err(sqlite)?,
        trigger: decode_tokens(&trigger).ok_or_else(|| corrupt("entry", id))?,
        chain: Chain {
            id: given(8)?.map(ChainId),
            depth: row.get(9).map_err(sqlite)?,
        },
    })
}
