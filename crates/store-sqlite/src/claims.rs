//! What waits, given out: each once, until a record says how it goes on, or it is held back.
//!
//! What is given out is remembered by the process alone: a store that is opened anew gives it out anew. Each line remembers behind which place
//! everything is given out, and is read from there on; it goes back only for what is put in before that place.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use leadhook_field::Datetime;
use leadhook_store::{CallId, Claim, Claimed, Error, ErrorKind, RunId, Waiting, WebhookId};
use rusqlite::{Connection, params};

use crate::{
    entries,
    error::sqlite,
    kinds::Kinds,
    lines::{Key, Line, Part, Skipped, Spot, Table},
    retries,
};

/// What a transaction did to what waits: told once it is durable.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// What is not given out any more: it waits again, or is gone.
    pub(crate) freed: Vec<Waiting>,
    /// What waits now.
    pub(crate) placed: Vec<Spot>,
}

impl News {
    /// Whether anything waits for its time.
    pub(crate) fn is_due(&self) -> bool {
        self.placed.iter().any(|spot| spot.line == Line::Due)
    }
}

/// What was given out.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<Given>);

#[derive(Debug, Default)]
struct Given {
    out: HashSet<Waiting>,
    /// Everything up to here is given out, or never will be.
    behind: HashMap<(Table, Line), Key>,
}

impl Claims {
    fn lock(&self) -> MutexGuard<'_, Given> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a commit did, once it is durable.
    pub(crate) fn learn(&self, news: &News) {
        if news.freed.is_empty() && news.placed.is_empty() {
            return;
        }
        let mut given = self.lock();
        for what in &news.freed {
            given.out.remove(what);
        }
        for spot in &news.placed {
            given.go_back(spot);
        }
    }
}

impl Given {
    fn go_back(&mut self, spot: &Spot) {
        let (table, (due, id)) = spot.stands();
        if let Some(behind) = self.behind.get_mut(&(table, spot.line)) {
            *behind = (*behind).min((due, id - 1));
        }
    }
}

/// Gives out what may go on, at most so many.
pub(crate) fn claim(
    connection: &Connection,
    kinds: &Kinds,
    claims: &Claims,
    what: Claim,
    limit: usize,
) -> Result<Claimed, Error> {
    // Before the first statement, which decides what is seen: what is freed meanwhile must be seen as it is then.
    let mut given = claims.lock();
    let (spots, next_due) = match what {
        Claim::Due(now) => given.take(connection, Line::Due, now, limit)?,
        Claim::HeldBy(webhook) => {
            let ever = Datetime::from_micros(i64::MAX);
            let held = given.take(connection, Line::HeldBy(webhook), ever, limit)?;
            (held.0, None)
        }
        Claim::CallsOf(RunId(run)) => (given.take_calls(connection, OF_RUN, run, limit)?, None),
        Claim::Call(CallId(call)) => (given.take_calls(connection, ONE, call, limit)?, None),
    };
    drop(given);
    read(connection, kinds, &spots, next_due).inspect_err(|_| {
        // They are not given out after all.
        claims.learn(&News {
            freed: spots.iter().map(|spot| spot.what).collect(),
            placed: spots,
        });
    })
}

fn read(
    connection: &Connection,
    kinds: &Kinds,
    spots: &[Spot],
    next_due: Option<Datetime>,
) -> Result<Claimed, Error> {
    let mut claimed = Claimed {
        next_due,
        ..Claimed::default()
    };
    for spot in spots {
        let read = match spot.what {
            Waiting::Entry(id) => {
                entries::get(connection, id).map(|entry| claimed.entries.extend(entry))
            }
            Waiting::Call(id) => {
                retries::get(connection, kinds, id).map(|call| claimed.calls.extend(call))
            }
        };
        match read {
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                claimed.damaged.push(error.to_string());
            }
            read => read?,
        }
    }
    Ok(claimed)
}

/// The calls of a run that wait, and one that waits, wherever they stand.
const OF_RUN: &str = "SELECT due, call, held FROM retry WHERE run = ?1 ORDER BY due, call";
const ONE: &str = "SELECT due, call, held FROM retry WHERE call = ?1";

impl Given {
    /// Takes what stands first in a line and is due, and tells when the next is.
    fn take(
        &mut self,
        connection: &Connection,
        line: Line,
        now: Datetime,
        limit: usize,
    ) -> Result<(Vec<Spot>, Option<Datetime>), Error> {
        let skipped = Skipped::new(connection, &self.out)?;
        let prepare = |table: Table| connection.prepare_cached(&table.sql(line)).map_err(sqlite);
        let (mut entries, mut retries) = (prepare(Table::Entry)?, prepare(Table::Retry)?);
        let mut parts = Vec::with_capacity(2);
        for (table, select) in [(Table::Entry, &mut entries), (Table::Retry, &mut retries)] {
            let behind = self.behind.get(&(table, line)).copied();
            let behind @ (due, id) = behind.unwrap_or((i64::MIN, i64::MIN));
            let rows = match line {
                Line::Due => select.query([due, id]),
                Line::HeldBy(webhook) => select.query([due, id, webhook.0]),
            };
            parts.push(Part::new(table, behind, rows.map_err(sqlite)?, &skipped)?);
        }
        let mut spots = Vec::new();
        while spots.len() < limit {
            let due =
                |part: &&mut Part<'_>| part.next.is_some_and(|(due, _)| due <= now.as_micros());
            let Some(part) = parts.iter_mut().filter(due).min_by_key(|part| part.next) else {
                break;
            };
            spots.extend(part.take(line, &skipped)?);
        }
        let next_due = parts.iter().filter_map(|part| part.next).min();
        let behind: Vec<_> = parts.iter().map(|part| (part.table, part.behind)).collect();
        for (table, behind) in behind {
            self.behind.insert((table, line), behind);
        }
        self.out.extend(spots.iter().map(|spot| spot.what));
        Ok((spots, next_due.map(|(due, _)| Datetime::from_micros(due))))
    }

    /// Takes calls that a statement selects.
    fn take_calls(
        &mut self,
        connection: &Connection,
        sql: &str,
        id: i64,
        limit: usize,
    ) -> Result<Vec<Spot>, Error> {
        let mut select = connection.prepare_cached(sql).map_err(sqlite)?;
        let mut rows = select.query(params![id]).map_err(sqlite)?;
        let mut spots = Vec::new();
        while spots.len() < limit
            && let Some(row) = rows.next().map_err(sqlite)?
        {
            let held: Option<i64> = row.get(2).map_err(sqlite)?;
            let spot = Spot {
                line: held.map_or(Line::Due, |webhook| Line::HeldBy(WebhookId(webhook))),
                due: Datetime::from_micros(row.get(0).map_err(sqlite)?),
                what: Waiting::Call(CallId(row.get(1).map_err(sqlite)?)),
            };
            if !self.out.contains(&spot.what) {
                spots.push(spot);
            }
        }
        self.out.extend(spots.iter().map(|spot| spot.what));
        Ok(spots)
    }
}

/// The webhooks that hold something back, in id order: the lines are not gone through for that.
pub(crate) fn holding(connection: &Connection) -> Result<Vec<WebhookId>, Error> {
    let mut holding = BTreeSet::new();
    for sql in HOLDING {
        let mut select = connection.prepare_cached(sql).map_err(sqlite)?;
        let mut last = i64::MIN;
        loop {
            let next: Option<i64> = select.query_row([last], |row| row.get(0)).map_err(sqlite)?;
            let Some(next) = next else { break };
            holding.insert(WebhookId(next));
            last = next;
        }
    }
    Ok(holding.into_iter().collect())
}

/// The next webhook behind one that holds entries, or calls, back.
const HOLDING: [&str; 2] = [
    "SELECT min(held) FROM entry WHERE held > ?1",
    "SELECT min(held) FROM retry WHERE held > ?1",
];

#[cfg(test)]
mod tests;
