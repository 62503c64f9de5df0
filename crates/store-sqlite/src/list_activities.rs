//! What happened to a lead, page by page (R-CMP-5).
//!
//! Rows of activities and calls are merged by their ids, which ascend in the order of commits; the runs that the lead is in are put between
//! them by their times. Runs are looked into one by one, only those of a page's time, and no more than the query allows, so that a page in
//! the middle of a long history is read as fast as one at its end. Of one id a row has place 0, a call place 1, what it changed the places from 2 on, and runs those from
//! [`RUNS`] on.

use leadhook_field::{Datetime, Value};
use leadhook_store::{
    Activity, ActivityId, ActivityQuery, CallId, CallState, CampaignId, Error, Event, FieldChange,
    LeadId, Order, Page, RunId, Source,
};
use rusqlite::{Connection, OptionalExtension, Rows, params};

use crate::{
    call_rows::Head,
    codec::{decode_event, decode_leads},
    error::{corrupt, sqlite},
    kinds::Kinds,
    merge::Merge,
    rows,
    scan::{Abandoned, Scan},
};

/// Ids of a lead's calls, and of its rows, from one on, at most so many.
const CALLS: &str = "SELECT id FROM call WHERE lead = ?1 AND id >= ?2 ORDER BY id LIMIT ?3";
const ROWS: &str = "SELECT id FROM activity WHERE lead = ?1 AND id >= ?2 ORDER BY id LIMIT ?3";
/// Runs from a millisecond on.
const RUNS_SINCE: &str =
    "SELECT id, campaign, created FROM run WHERE created / 1000 >= ?1 ORDER BY created / 1000, id";
/// The only row of a run's leads that a lead may stand in.
const LEADS_OF_RUN: &str =
    "SELECT first, leads FROM run_leads WHERE run = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1";
/// A row, and a call without its request.
const ROW: &str = "SELECT type, data FROM activity WHERE lead = ?1 AND id = ?2";
const CALL: &str =
    "SELECT id, lead, kind, meta, changes, NULL, response FROM call WHERE id = ?1 AND lead = ?2";

/// The place of the run 0.
const RUNS: u32 = 1 << 31;

/// A page of a lead's activities; a lead that is not there has none (R-LEAD-6).
pub(crate) fn list(
    connection: &Connection,
    kinds: &Kinds,
    query: &ActivityQuery,
    abandoned: &Abandoned,
) -> Result<Page<Activity, ActivityId>, Error> {
    let mut page = Filling {
        connection,
        kinds,
        query,
        activities: Vec::new(),
        bytes: 0,
        scan: Scan::new(abandoned, query.max_scanned),
    };
    if rows::has_lead(connection, query.lead)? {
        page.fill()?;
    }
    Ok(Page {
        next: page.scan.next(),
        rows: page.activities,
    })
}

/// The runs of all leads, by their times.
struct Runs<'s> {
    rows: Rows<'s>,
    next: Option<Run>,
}

struct Run {
    id: RunId,
    campaign: CampaignId,
    created: Datetime,
}

impl<'s> Runs<'s> {
    fn new(rows: Rows<'s>) -> Result<Runs<'s>, Error> {
        let mut runs = Runs { rows, next: None };
        runs.advance()?;
        Ok(runs)
    }

    /// The next one, if it comes before a record; any, if there is none.
    fn before(&mut self, record: Option<i64>) -> Result<Option<Run>, Error> {
        let comes_before =
            |run: &mut Run| record.is_none_or(|record| run.activity_id().record < record);
        match self.next.take_if(comes_before) {
            None => Ok(None),
            Some(run) => {
                self.advance()?;
                Ok(Some(run))
            }
        }
    }

    fn advance(&mut self) -> Result<(), Error> {
        self.next = match self.rows.next().map_err(sqlite)? {
            None => None,
            Some(row) => Some(Run {
                id: RunId(row.get(0).map_err(sqlite)?),
                campaign: CampaignId(row.get(1).map_err(sqlite)?),
                created: Datetime::from_micros(row.get(2).map_err(sqlite)?),
            }),
        };
        Ok(())
    }
}

impl Run {
    fn activity_id(&self) -> ActivityId {
        // As SQL divides, so that the order is that of the index.
        let millis = self.created.as_micros() / 1_000;
        ActivityId {
            record: millis << CallId::COUNTER_BITS,
            place: RUNS.saturating_add(u32::try_from(self.id.0).unwrap_or(u32::MAX)),
        }
    }

    fn activity(&self, lead: LeadId) -> Activity {
        Activity {
            id: self.activity_id(),
            lead,
            time: self.created,
            event: Event::RequestCampaign {
                campaign: self.campaign,
                source: Source::Api,
            },
        }
    }
}

/// Whether a lead is in a run.
fn is_in(connection: &Connection, run: RunId, lead: LeadId) -> Result<bool, Error> {
    let row: Option<(i64, Vec<u8>)> = connection
        .prepare_cached(LEADS_OF_RUN)
        .and_then(|mut select| {
            select
                .query_row([run.0, lead.0], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .map_err(sqlite)?;
    let Some((first, leads)) = row else {
        return Ok(false);
    };
    let leads = decode_leads(LeadId(first), &leads).ok_or_else(|| corrupt("run_leads", run.0))?;
    Ok(leads.binary_search(&lead).is_ok())
}

/// A page that fills up.
struct Filling<'a> {
    connection: &'a Connection,
    kinds: &'a Kinds,
    query: &'a ActivityQuery,
    activities: Vec<Activity>,
    bytes: usize,
    scan: Scan<'a, ActivityId>,
}

impl Filling<'_> {
    /// Takes records and runs in order until the page ends.
    fn fill(&mut self) -> Result<(), Error> {
        let (connection, lead) = (self.connection, self.query.lead);
        let first = self.query.after.map_or(0, |after| after.record);
        let mut calls = connection.prepare_cached(CALLS).map_err(sqlite)?;
        let mut rows = connection.prepare_cached(ROWS).map_err(sqlite)?;
        let mut records = Merge::new(Order::OldestFirst, 0..2, |list, after, count| {
            let from = after.map_or(first, |id| id.saturating_add(1));
            let select = if list == 0 { &mut calls } else { &mut rows };
            select
                .query_map(params![lead.0, from, count], |row| row.get(0))
                .and_then(Iterator::collect)
                .map_err(sqlite)
        })?;
        let mut runs = connection.prepare_cached(RUNS_SINCE).map_err(sqlite)?;
        let runs = runs
            .query([first >> CallId::COUNTER_BITS])
            .map_err(sqlite)?;
        let mut runs = Runs::new(runs)?;
        let mut last = None;
        loop {
            let record = records.next()?;
            while let Some(run) = runs.before(record)? {
                if !self.run(&run)? {
                    return Ok(());
                }
            }
            let Some(record) = record else { return Ok(()) };
            // A row and a call may have one id, which then comes twice.
            if last.replace(record) != Some(record) && !self.record(record)? {
                return Ok(());
            }
        }
    }

    /// Takes an activity, unless it was on the page before; whether to go on.
    fn push(&mut self, activity: Activity, bytes: usize) -> bool {
        if self.query.after.is_some_and(|after| activity.id <= after) {
            return true;
        }
        self.bytes += bytes;
        let is_full = self.activities.len() >= self.query.limit
            || (self.bytes > self.query.max_bytes && !self.activities.is_empty());
        if is_full {
            self.scan.cut();
        } else {
            self.scan.pass(activity.id);
            self.activities.push(activity);
        }
        !is_full
    }

    /// Takes the entry into a run, if the lead is in it.
    fn run(&mut self, run: &Run) -> Result<bool, Error> {
        let (id, lead) = (run.activity_id(), self.query.lead);
        if self.query.after.is_some_and(|after| id <= after) {
            return Ok(true);
        }
        if !self.scan.may_look()? {
            return Ok(false);
        }
        if is_in(self.connection, run.id, lead)? {
            return Ok(self.push(run.activity(lead), 0));
        }
        self.scan.pass(id);
        Ok(true)
    }

    /// Takes what is told by a row, and by a call. The record that the page begins within was looked at before.
    fn record(&mut self, record: i64) -> Result<bool, Error> {
        let is_new = self.query.after.is_none_or(|after| record > after.record);
        if is_new && !self.scan.may_look()? {
            return Ok(false);
        }
        Ok(self.row(record)? && self.call(record)?)
    }

    fn row(&mut self, record: i64) -> Result<bool, Error> {
        let row: Option<(i64, Vec<u8>)> = self
            .connection
            .prepare_cached(ROW)
            .and_then(|mut select| {
                select
                    .query_row([self.query.lead.0, record], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })
                    .optional()
            })
            .map_err(sqlite)?;
        let Some((kind, data)) = row else {
            return Ok(true);
        };
        let event = decode_event(kind, &data).ok_or_else(|| corrupt("activity", record))?;
        Ok(self.push(self.activity(record, 0, event), data.len()))
    }

    /// Takes a call that has ended, and what it changed.
    fn call(&mut self, record: i64) -> Result<bool, Error> {
        let connection = self.connection;
        let mut select = connection.prepare_cached(CALL).map_err(sqlite)?;
        let mut rows = select.query([record, self.query.lead.0]).map_err(sqlite)?;
        let Some(row) = rows.next().map_err(sqlite)? else {
            return Ok(true);
        };
        let mut head = Head::read(row)?;
        let Some(kind) = self.kinds.get(connection, head.kind)? else {
            return Err(head.damaged());
        };
        if kind.state == CallState::Waiting {
            self.scan.pass(ActivityId { record, place: 1 });
            return Ok(true);
        }
        head.decode(&kind)?;
        let (call, bytes) = head.call(connection, row, &kind)?;
        let source = Source::Webhook(call.origin.webhook);
        let changes = call.changes.clone();
        let called = Event::CallWebhook(Box::new(call));
        if !self.push(self.activity(record, 1, called), bytes) {
            return Ok(false);
        }
        for (place, change) in (2..).zip(changes) {
            let bytes = bytes_of(&change);
            let event = Event::ChangeDataValue { change, source };
            if !self.push(self.activity(record, place, event), bytes) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn activity(&self, record: i64, place: u32, event: Event) -> Activity {
        Activity {
            id: ActivityId { record, place },
            lead: self.query.lead,
            time: Datetime::from_micros(CallId(record).millis().saturating_mul(1_000)),
            event,
        }
    }
}

fn bytes_of(change: &FieldChange) -> usize {
    let values = [&change.previous, &change.new].into_iter().flatten();
    values
        .map(|value| match value {
            Value::Text(text) => text.len(),
            _ => 8,
        })
        .sum()
}

#[cfg(test)]
mod tests;
