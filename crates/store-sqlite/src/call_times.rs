//! How far the times at which calls were accepted are from the times in their ids.
//!
//! An id tells when a call was recorded, which is a little after it was accepted, or before when the clock was set back meanwhile. The store
//! remembers the greatest distances to either side, so that a condition on the time bounds the ids that can fulfil it.

use leadhook_field::Datetime;
use leadhook_filter::{Expr, Filter, Literal, Op};
use leadhook_store::{CallField, CallId, Error};
use rusqlite::Connection;

use crate::error::sqlite;

/// The greatest distances in milliseconds; each is rounded up to a power of two, so that it seldom changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Distances {
    /// How long before the time in its id a call was accepted.
    before: i64,
    /// How long after it.
    after: i64,
}

impl Distances {
    /// Reads what is stored.
    pub(crate) fn read(connection: &Connection) -> Result<Distances, Error> {
        connection
            .prepare_cached("SELECT before, after FROM call_times")
            .and_then(|mut select| {
                select.query_row([], |row| {
                    Ok(Distances {
                        before: row.get(0)?,
                        after: row.get(1)?,
                    })
                })
            })
            .map_err(sqlite)
    }

    /// The first id that a call may have that was accepted at a time or later, and the first from which on all were.
    pub(crate) fn since(self, micros: i64) -> (i64, i64) {
        let millis = micros.div_euclid(1_000);
        let surely = millis.saturating_add(self.before).saturating_add(1);
        (id(millis.saturating_sub(self.after)), id(surely))
    }

    fn with(self, id: CallId, created: Datetime) -> Distances {
        let before = id
            .millis()
            .saturating_sub(created.as_micros().div_euclid(1_000));
        let room = |distance: i64| match u64::try_from(distance) {
            Ok(distance) if distance > 0 => {
                i64::try_from(distance.next_power_of_two()).unwrap_or(i64::MAX)
            }
            _ => 0,
        };
        Distances {
            before: self.before.max(room(before)),
            after: self.after.max(room(before.saturating_neg())),
        }
    }

    /// The first and the last id that a call may have whose time fulfils the filter.
    pub(crate) fn ids(self, filter: &Filter<CallField>) -> (i64, i64) {
        let (mut first, mut last) = (i64::MIN, i64::MAX);
        for expr in filter.conjuncts() {
            let Expr::Compare {
                field: CallField::CreateTime,
                op,
                literal: Literal::Timestamp(micros),
                ..
            } = expr
            else {
                continue;
            };
            let millis = micros.div_euclid(1_000);
            let earliest = millis.saturating_sub(self.after);
            let latest = millis.saturating_add(self.before);
            if matches!(op, Op::Eq | Op::Gt | Op::Ge) {
                first = first.max(id(earliest));
            }
            if matches!(op, Op::Eq | Op::Lt | Op::Le) {
                last = last.min(id(latest.saturating_add(1)));
            }
        }
        (first, last)
    }
}

/// The first id of a millisecond, within what ids can be.
fn id(millis: i64) -> i64 {
    millis.saturating_mul(1 << CallId::COUNTER_BITS)
}

/// The distances as the writer remembers them.
#[derive(Debug, Default)]
pub(crate) struct CallTimes {
    /// None: not read yet.
    stored: Option<Distances>,
    noted: Distances,
}

impl CallTimes {
    /// Notes a call that is being recorded.
    pub(crate) fn note(&mut self, id: CallId, created: Datetime) {
        self.noted = self.noted.with(id, created);
    }

    /// Writes them if they grew.
    pub(crate) fn flush(&mut self, connection: &Connection) -> Result<(), Error> {
        let stored = match self.stored {
            Some(stored) => stored,
            None => Distances::read(connection)?,
        };
        let grown = Distances {
            before: stored.before.max(self.noted.before),
            after: stored.after.max(self.noted.after),
        };
        if grown != stored {
            connection
                .prepare_cached("UPDATE call_times SET before = ?1, after = ?2")
                .and_then(|mut update| update.execute([grown.before, grown.after]))
                .map_err(sqlite)?;
        }
        self.stored = Some(grown);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
