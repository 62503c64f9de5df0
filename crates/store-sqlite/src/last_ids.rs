//! Ids of leads and companies: 1, 2, 3 ..., never given twice.

use leadhook_store::Error;
use rusqlite::Connection;

use crate::{error::sqlite, lookup::Table};

/// The last ids that were given, as the writer remembers them.
#[derive(Debug, Default)]
pub(crate) struct LastIds {
    /// None: not read yet.
    ids: Option<Ids>,
    is_changed: bool,
}

#[derive(Clone, Copy, Debug)]
struct Ids {
    lead: i64,
    company: i64,
}

impl LastIds {
    /// The next id, given from now on.
    pub(crate) fn next(&mut self, connection: &Connection, table: Table) -> Result<i64, Error> {
        let mut ids = match self.ids {
            Some(ids) => ids,
            None => read(connection)?,
        };
        let last = match table {
            Table::Lead => &mut ids.lead,
            Table::Company => &mut ids.company,
        };
        *last += 1;
        let next = *last;
        self.ids = Some(ids);
        self.is_changed = true;
        Ok(next)
    }

    /// Writes them, if any was given since.
    pub(crate) fn flush(&mut self, connection: &Connection) -> Result<(), Error> {
        if let (Some(ids), true) = (self.ids, self.is_changed) {
            connection
                .prepare_cached("UPDATE last_id SET lead = ?1, company = ?2")
                .and_then(|mut update| update.execute([ids.lead, ids.company]))
                .map_err(sqlite)?;
            self.is_changed = false;
        }
        Ok(())
    }
}

fn read(connection: &Connection) -> Result<Ids, Error> {
    connection
        .prepare_cached("SELECT lead, company FROM last_id")
        .and_then(|mut select| {
            select.query_row([], |row| {
                Ok(Ids {
                    lead: row.get(0)?,
                    company: row.get(1)?,
                })
            })
        })
        .map_err(sqlite)
}
