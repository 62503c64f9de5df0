//! What many calls share, and the phrases that services end them with.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use leadhook_store::{CallState, CampaignId, Error, Origin, Outcome, Revision, RunId, WebhookId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::sqlite;

/// Phrases that the table holds at most; what comes later stands with its call.
const MAX_PHRASES: i64 = 10_000;
/// The longest phrase that the table holds, in bytes.
const MAX_PHRASE: usize = 256;
/// Phrase of a call whose error type stands with it.
const OWN_PHRASE: i64 = -1;

/// What a call shares with others.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) origin: Origin,
    pub(crate) state: CallState,
    /// Its error type is empty where the phrase is the call's own.
    pub(crate) outcome: Outcome,
    pub(crate) has_own_phrase: bool,
    /// `webhooks/{webhook}`, by the name that it has or had.
    pub(crate) webhook: String,
    /// `campaigns/{campaign}`, by the name that it has or had.
    pub(crate) campaign: Option<String>,
    /// `runs/{run}`.
    pub(crate) run: Option<String>,
}

const SELECT: &str = "SELECT kind.id, kind.webhook, kind.version, kind.campaign, kind.run, kind.state, kind.code, \
     kind.succeeded, kind.phrase, coalesce(phrase.text, ''), coalesce(webhook.name, ''), \
     coalesce(campaign.name, CAST(kind.campaign AS TEXT)) FROM kind LEFT JOIN webhook ON webhook.id = kind.webhook \
     LEFT JOIN campaign ON campaign.id = kind.campaign LEFT JOIN phrase ON phrase.id = kind.phrase \
     WHERE kind.id > ?1 ORDER BY kind.id";

impl Kind {
    fn read(row: &Row<'_>) -> rusqlite::Result<(i64, Arc<Kind>)> {
        let number = |at: usize| row.get::<_, i64>(at);
        let given = |number: i64| (number != 0).then_some(number);
        let (campaign, run) = (given(number(3)?), given(number(4)?));
        let name: String = row.get(10)?;
        let campaign_name: String = row.get(11)?;
        let kind = Kind {
            origin: Origin {
                webhook: WebhookId(number(1)?),
                version: Revision(number(2)?),
                campaign: campaign.map(CampaignId),
                run: run.map(RunId),
            },
            state: if number(5)? == 0 {
                CallState::Waiting
            } else {
                CallState::Ended
            },
            outcome: Outcome {
                code: row.get(6)?,
                succeeded: row.get(7)?,
                error_type: row.get(9)?,
            },
            has_own_phrase: number(8)? == OWN_PHRASE,
            webhook: format!("webhooks/{name}"),
            campaign: campaign.map(|_| format!("campaigns/{campaign_name}")),
            run: run.map(|id| format!("runs/{id}")),
        };
        Ok((number(0)?, Arc::new(kind)))
    }
}

/// All kinds, as readers share them. Kinds are only ever added, and webhooks and campaigns keep their names, so what was read once is true for good.
#[derive(Debug, Default)]
pub(crate) struct Kinds(RwLock<Arc<Numbered>>);

/// Kinds with their ids, in id order.
pub(crate) type Numbered = Vec<(i64, Arc<Kind>)>;

impl Kinds {
    /// All that there are, in id order.
    pub(crate) fn all(&self, connection: &Connection) -> Result<Arc<Numbered>, Error> {
        let known = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        let last = known.last().map_or(0, |(id, _)| *id);
        let added: Vec<_> = connection
            .prepare_cached(SELECT)
            .and_then(|mut select| select.query_map([last], Kind::read)?.collect())
            .map_err(sqlite)?;
        if added.is_empty() {
            return Ok(known);
        }
        let all = Arc::new(known.iter().cloned().chain(added).collect::<Numbered>());
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < all.len() {
            *known = Arc::clone(&all);
        }
        Ok(all)
    }

    /// One of them.
    pub(crate) fn get(&self, connection: &Connection, id: i64) -> Result<Option<Arc<Kind>>, Error> {
        let all = self.all(connection)?;
        let at = all.binary_search_by_key(&id, |(id, _)| *id);
        Ok(at.ok().map(|at| Arc::clone(&all[at].1)))
    }
}

/// What the writer remembers of both tables.
#[derive(Debug, Default)]
pub(crate) struct KindCache {
    kinds: HashMap<(Origin, CallState, u16, bool, i64), i64>,
    phrases: HashMap<String, i64>,
}

/// Entries of either map at most; then they are forgotten, and read again.
const MAX_CACHED: usize = 20_000;

impl KindCache {
    /// The id of a kind, made when it is new, and whether its phrase is the call's own.
    pub(crate) fn id(
        &mut self,
        connection: &Connection,
        origin: Origin,
        state: CallState,
        outcome: &Outcome,
    ) -> Result<(i64, bool), Error> {
        let phrase = self.phrase(connection, &outcome.error_type)?;
        let key = (origin, state, outcome.code, outcome.succeeded, phrase);
        if let Some(id) = self.kinds.get(&key) {
            return Ok((*id, phrase == OWN_PHRASE));
        }
        let state = match state {
            CallState::Waiting => 0,
            CallState::Ended => 1,
        };
        let values = params![
            origin.webhook.0,
            origin.version.0,
            origin.campaign.map_or(0, |id| id.0),
            origin.run.map_or(0, |id| id.0),
            state,
            outcome.code,
            outcome.succeeded,
            phrase
        ];
        let find = "SELECT id FROM kind WHERE webhook = ?1 AND version = ?2 AND campaign = ?3 AND run = ?4 AND state = ?5 \
             AND code = ?6 AND succeeded = ?7 AND phrase = ?8";
        let make = "INSERT INTO kind(webhook, version, campaign, run, state, code, succeeded, phrase) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let id = find_or_make(connection, find, make, values)?;
        if self.kinds.len() >= MAX_CACHED {
            self.kinds.clear();
        }
        self.kinds.insert(key, id);
        Ok((id, phrase == OWN_PHRASE))
    }

    fn phrase(&mut self, connection: &Connection, text: &str) -> Result<i64, Error> {
        if text.is_empty() {
            return Ok(0);
        }
        if text.len() > MAX_PHRASE {
            return Ok(OWN_PHRASE);
        }
        if let Some(id) = self.phrases.get(text) {
            return Ok(*id);
        }
        let found: Option<i64> = connection
            .prepare_cached("SELECT id FROM phrase WHERE text = ?1")
            .and_then(|mut find| find.query_row([text], |row| row.get(0)).optional())
            .map_err(sqlite)?;
        let id = match found {
            Some(id) => id,
            None => {
                let count: i64 = connection
                    .prepare_cached("SELECT coalesce(max(id), 0) FROM phrase")
                    .and_then(|mut count| count.query_row([], |row| row.get(0)))
                    .map_err(sqlite)?;
                if count >= MAX_PHRASES {
                    return Ok(OWN_PHRASE);
                }
                connection
                    .prepare_cached("INSERT INTO phrase(text) VALUES (?1)")
                    .and_then(|mut make| make.insert([text]))
                    .map_err(sqlite)?
            }
        };
        if self.phrases.len() >= MAX_CACHED {
            self.phrases.clear();
        }
        self.phrases.insert(text.to_owned(), id);
        Ok(id)
    }
}

/// The kind of calls that have ended as those of a kind whose calls wait did with their last attempts.
pub(crate) struct EndedKind {
    pub(crate) id: i64,
    pub(crate) run: Option<RunId>,
    pub(crate) code: u16,
}

/// None: there is no such kind.
pub(crate) fn ended(connection: &Connection, waiting: i64) -> Result<Option<EndedKind>, Error> {
    let make = "INSERT OR IGNORE INTO kind(webhook, version, campaign, run, state, code, succeeded, phrase) \
         SELECT webhook, version, campaign, run, 1, code, succeeded, phrase FROM kind WHERE id = ?1";
    let find = "SELECT ended.id, ended.run, ended.code FROM kind AS waiting CROSS JOIN kind AS ended \
         USING (webhook, version, campaign, run, code, succeeded, phrase) WHERE waiting.id = ?1 AND ended.state = 1";
    connection
        .prepare_cached(make)
        .and_then(|mut make| make.execute([waiting]))
        .map_err(sqlite)?;
    let read = |row: &Row<'_>| {
        let run: i64 = row.get(1)?;
        Ok(EndedKind {
            id: row.get(0)?,
            run: (run != 0).then_some(RunId(run)),
            code: row.get(2)?,
        })
    };
    connection
        .prepare_cached(find)
        .and_then(|mut find| find.query_row([waiting], read).optional())
        .map_err(sqlite)
}

fn find_or_make(
    connection: &Connection,
    find: &str,
    make: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<i64, Error> {
    let found = connection
        .prepare_cached(find)
        .and_then(|mut find| find.query_row(values, |row| row.get(0)).optional())
        .map_err(sqlite)?;
    match found {
        Some(id) => Ok(id),
        None => connection
            .prepare_cached(make)
            .and_then(|mut make| make.insert(values))
            .map_err(sqlite),
    }
}

#[cfg(test)]
mod tests;
