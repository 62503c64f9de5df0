//! Ids of leads, companies and entries, which are 1, 2, 3 ..., and of activities: none is given twice.

use leadhook_field::Datetime;
use leadhook_store::{CallId, Error};
use rusqlite::Connection;

use crate::error::sqlite;

/// What has ids 1, 2, 3 ...
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbered {
    Lead,
    Company,
    Entry,
}

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
    entry: i64,
    activity: i64,
}

impl LastIds {
    /// The next id, given from now on.
    pub(crate) fn next(&mut self, connection: &Connection, of: Numbered) -> Result<i64, Error> {
        let ids = self.ids(connection)?;
        let last = match of {
            Numbered::Lead => &mut ids.lead,
            Numbered::Company => &mut ids.company,
            Numbered::Entry => &mut ids.entry,
        };
        *last += 1;
        Ok(*last)
    }

    /// The id of an activity at a time: later than the last one, and than a call.
    pub(crate) fn next_activity(
        &mut self,
        connection: &Connection,
        at: Datetime,
        call: CallId,
    ) -> Result<i64, Error> {
        let ids = self.ids(connection)?;
        let last = CallId(ids.activity).max(call);
        ids.activity = CallId::next(last, at.as_micros().div_euclid(1_000)).0;
        Ok(ids.activity)
    }

    fn ids(&mut self, connection: &Connection) -> Result<&mut Ids, Error> {
        let ids = match self.ids {
            Some(ids) => ids,
            None => read(connection)?,
        };
        self.is_changed = true;
        Ok(self.ids.insert(ids))
    }

    /// Writes them, if any was given since.
    pub(crate) fn flush(&mut self, connection: &Connection) -> Result<(), Error> {
        if let (Some(ids), true) = (self.ids, self.is_changed) {
            connection
                .prepare_cached(
                    "UPDATE last_id SET lead = ?1, company = ?2, entry = ?3, activity = ?4",
                )
                .and_then(|mut update| {
                    update.execute([ids.lead, ids.company, ids.entry, ids.activity])
                })
                .map_err(sqlite)?;
            self.is_changed = false;
        }
        Ok(())
    }
}

fn read(connection: &Connection) -> Result<Ids, Error> {
    connection
        .prepare_cached("SELECT lead, company, entry, activity FROM last_id")
        .and_then(|mut select| {
            select.query_row([], |row| {
                Ok(Ids {
                    lead: row.get(0)?,
                    company: row.get(1)?,
                    entry: row.get(2)?,
                    activity: row.get(3)?,
                })
            })
        })
        .map_err(sqlite)
}
