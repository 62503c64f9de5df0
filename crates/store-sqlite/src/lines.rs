//! Lines in which things wait: those that are due first stand first.
//!
//! A line has two parts, entries and calls, each in the order of an index of its table.

use std::collections::HashSet;

use leadhook_field::Datetime;
use leadhook_store::{CallId, EntryId, Error, Waiting, WebhookId};
use rusqlite::{Connection, Rows};

use crate::error::sqlite;

/// A line of things that wait; who is due first stands first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Line {
    /// For their time.
    Due,
    /// For a webhook that holds them back.
    HeldBy(WebhookId),
}

/// What waits where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) line: Line,
    pub(crate) due: Datetime,
    pub(crate) what: Waiting,
}

impl Spot {
    /// In which table, and where in its part of the line.
    pub(crate) fn stands(&self) -> (Table, Key) {
        let (table, id) = match self.what {
            Waiting::Entry(EntryId(id)) => (Table::Entry, id),
            Waiting::Call(CallId(id)) => (Table::Retry, id),
        };
        (table, (self.due.as_micros(), id))
    }
}

/// Where something stands in its table's part of a line: when it is due, and its id.
pub(crate) type Key = (i64, i64);

/// Where things that wait have their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Table {
    Entry,
    Retry,
}

impl Table {
    /// Its part of a line behind a place, in order.
    pub(crate) fn sql(self, line: Line) -> String {
        let (table, id) = match self {
            Table::Entry => ("entry", "id"),
            Table::Retry => ("retry", "call"),
        };
        let condition = match (line, self) {
            (Line::Due, Table::Entry) => "held IS NULL AND call IS NULL AND detached = 0",
            (Line::Due, Table::Retry) => "held IS NULL AND kept = 0",
            (Line::HeldBy(_), _) => "held = ?3",
        };
        // Two parts, each of which is a range of the index; a comparison of rows would go through all that are due at once.
        format!(
            "SELECT due, {id}, run FROM {table} WHERE {condition} AND due = ?1 AND {id} > ?2 \
             UNION ALL SELECT due, {id}, run FROM {table} WHERE {condition} AND due > ?1 ORDER BY 1, 2"
        )
    }

    fn waiting(self, id: i64) -> Waiting {
        match self {
            Table::Entry => Waiting::Entry(EntryId(id)),
            Table::Retry => Waiting::Call(CallId(id)),
        }
    }
}

/// What is stepped over.
pub(crate) struct Skipped<'a> {
    out: &'a HashSet<Waiting>,
    /// Runs that are being cancelled: nothing of them goes on any more.
    runs: HashSet<i64>,
}

const CANCELLED: &str = "SELECT run FROM run_progress WHERE ended IS NULL AND state = 4";

impl Skipped<'_> {
    pub(crate) fn new<'a>(
        connection: &Connection,
        out: &'a HashSet<Waiting>,
    ) -> Result<Skipped<'a>, Error> {
        let runs = connection
            .prepare_cached(CANCELLED)
            .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
            .map_err(sqlite)?;
        Ok(Skipped { out, runs })
    }
}

/// A table's part of a line.
pub(crate) struct Part<'s> {
    pub(crate) table: Table,
    rows: Rows<'s>,
    /// Everything up to here is taken, or stepped over.
    pub(crate) behind: Key,
    /// The first that is neither.
    pub(crate) next: Option<Key>,
}

impl<'s> Part<'s> {
    pub(crate) fn new(
        table: Table,
        behind: Key,
        rows: Rows<'s>,
        skipped: &Skipped<'_>,
    ) -> Result<Part<'s>, Error> {
        let mut part = Part {
            table,
            rows,
            behind,
            next: None,
        };
        part.advance(skipped)?;
        Ok(part)
    }

    /// Takes the first.
    pub(crate) fn take(
        &mut self,
        line: Line,
        skipped: &Skipped<'_>,
    ) -> Result<Option<Spot>, Error> {
        let Some((due, id)) = self.next else {
            return Ok(None);
        };
        self.behind = (due, id);
        self.advance(skipped)?;
        Ok(Some(Spot {
            line,
            due: Datetime::from_micros(due),
            what: self.table.waiting(id),
        }))
    }

    fn advance(&mut self, skipped: &Skipped<'_>) -> Result<(), Error> {
        self.next = None;
        while let Some(row) = self.rows.next().map_err(sqlite)? {
            let key @ (_, id) = (row.get(0).map_err(sqlite)?, row.get(1).map_err(sqlite)?);
            let run: Option<i64> = row.get(2).map_err(sqlite)?;
            if skipped.out.contains(&self.table.waiting(id))
                || run.is_some_and(|run| skipped.runs.contains(&run))
            {
                self.behind = key;
                continue;
            }
            self.next = Some(key);
            break;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
