//! The leads of runs: about a byte each, 4,096 a row.

use leadhook_store::{Error, ErrorKind, LeadId, RunId, RunLead, RunLeads, RunLeadsPage};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    codec::{decode_leads, put_lead},
    ended::Ended,
    error::{corrupt, sqlite},
    kinds::Kinds,
    matching::{Found, Matching},
    scan::{Abandoned, Scan},
};

/// Leads of a row.
const CHUNK: u32 = 4_096;

/// The leads of a run that is made, in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    chunks: Vec<Chunk>,
    total: u32,
    last: Option<LeadId>,
}

#[derive(Debug)]
struct Chunk {
    position: u32,
    first: LeadId,
    leads: Vec<u8>,
}

impl Chosen {
    /// Leads as they are now.
    pub(crate) fn read(
        connection: &Connection,
        kinds: &Kinds,
        leads: RunLeads,
        abandoned: &Abandoned,
    ) -> Result<Chosen, Error> {
        let mut chosen = Chosen::default();
        match leads {
            RunLeads::Named(mut ids) => {
                ids.sort_unstable();
                ids.dedup();
                let mut select = connection
                    .prepare_cached("SELECT 1 FROM lead WHERE id = ?1")
                    .map_err(sqlite)?;
                for id in ids {
                    if select.exists([id.0]).map_err(sqlite)? {
                        chosen.push(id)?;
                    }
                }
            }
            RunLeads::Matching(filter) => {
                let take = |found: Found<'_>| {
                    chosen.push(found.id())?;
                    Ok(true)
                };
                let mut scan = Scan::new(abandoned, usize::MAX);
                Matching::new(connection, kinds, &filter)?.each(None, &mut scan, take)?;
            }
        }
        Ok(chosen)
    }

    /// Adds a lead behind the last one.
    fn push(&mut self, lead: LeadId) -> Result<(), Error> {
        let position = self.total;
        self.total = position.checked_add(1).ok_or_else(|| {
            Error::new(
                ErrorKind::Other,
                format!("a run has {} leads at most; split it", u32::MAX),
            )
        })?;
        match (self.chunks.last_mut(), self.last) {
            (Some(chunk), Some(last)) if !position.is_multiple_of(CHUNK) => {
                put_lead(last, lead, &mut chunk.leads);
            }
            _ => self.chunks.push(Chunk {
                position,
                first: lead,
                leads: Vec::new(),
            }),
        }
        self.last = Some(lead);
        Ok(())
    }

    /// How many they are.
    pub(crate) fn total(&self) -> u32 {
        self.total
    }

    /// How many rows they take.
    pub(crate) fn rows(&self) -> usize {
        self.chunks.len()
    }

    /// Writes them as the leads of a run.
    pub(crate) fn write(&self, connection: &Connection, run: RunId) -> Result<(), Error> {
        let mut insert = connection
            .prepare_cached("INSERT INTO run_leads VALUES (?1, ?2, ?3, ?4)")
            .map_err(sqlite)?;
        for chunk in &self.chunks {
            insert
                .execute(params![run.0, chunk.position, chunk.first.0, chunk.leads])
                .map_err(sqlite)?;
        }
        Ok(())
    }
}

/// Leads of a run that have not ended, from a position on.
pub(crate) fn read(
    connection: &Connection,
    run: RunId,
    from: u32,
    limit: usize,
) -> Result<RunLeadsPage, Error> {
    let mut page = RunLeadsPage::default();
    let Some(ended) = ended(connection, run)? else {
        return Ok(page);
    };
    let from = from.max(ended.low());
    let mut select = connection
        .prepare_cached(
            "SELECT position, first, leads FROM run_leads WHERE run = ?1 AND position >= ?2 ORDER BY position",
        )
        .map_err(sqlite)?;
    let mut rows = select
        .query([run.0, i64::from(from - from % CHUNK)])
        .map_err(sqlite)?;
    while let Some(row) = rows.next().map_err(sqlite)? {
        let first: u32 = row.get(0).map_err(sqlite)?;
        let bytes = row.get_ref(2).map_err(sqlite)?.as_blob();
        let leads = bytes
            .ok()
            .and_then(|bytes| decode_leads(LeadId(row.get(1).ok()?), bytes));
        let leads = leads.ok_or_else(|| corrupt("run_leads", run.0))?;
        for (position, lead) in (first..).zip(leads) {
            if position < from || ended.contains(position) {
                continue;
            }
            if page.leads.len() >= limit {
                page.next = Some(position);
                return Ok(page);
            }
            page.leads.push(RunLead { position, lead });
        }
    }
    Ok(page)
}

fn ended(connection: &Connection, run: RunId) -> Result<Option<Ended>, Error> {
    let ended = connection
        .prepare_cached("SELECT low, ahead FROM run_progress WHERE run = ?1")
        .and_then(|mut select| {
            select
                .query_row([run.0], |row| {
                    Ok(Ended::read(row.get(0)?, row.get_ref(1)?.as_blob()?))
                })
                .optional()
        })
        .map_err(sqlite)?;
    match ended {
        None => Ok(None),
        Some(None) => Err(corrupt("run_progress", run.0)),
        Some(ended) => Ok(ended),
    }
}
