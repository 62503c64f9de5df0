//! What happened to a lead, page by page (R-CMP-5).
//!
//! Rows of activities and calls are merged by their ids, which ascend in the order of commits; the runs that the lead is in are put between
//! them by their times. Only as many runs are looked into as a page has time for, so that a page in the middle of a long history is read
//! as fast as one at its end. Of one id a row has place 0, a call place 1, what it changed the places from 2 on, and runs those from
//! [`RUNS`] on.

use leadhook_field::{Datetime, Value};
use leadhook_store::{
    Activity, ActivityId, ActivityQuery, CallId, CampaignId, Error, Event, FieldChange, LeadId,
    Order, Page, RunId, Source,
};
use rusqlite::{Connection, OptionalExtension, Rows, params};

use crate::{
    call_rows::Head,
    codec::{decode_event, decode_leads},
    error::{corrupt, sqlite},
    kinds::Kinds,
    merge::Merge,
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
) -> Result<Page<Activity, ActivityId>, Error> {
    let mut page = Filling {
        query,
        activities: Vec::new(),
        bytes: 0,
        more: false,
    };
    let is_there = connection
        .prepare_cached("SELECT 1 FROM lead WHERE id = ?1")
        .and_then(|mut select| select.exists([query.lead.0]))
        .map_err(sqlite)?;
    if is_there {
        fill(connection, kinds, &mut page)?;
    }
    let last = page.activities.last().map(|activity| activity.id);
    Ok(Page {
        next: last.filter(|_| page.more),
        rows: page.activities,
    })
}

fn fill(connection: &Connection, kinds: &Kinds, page: &mut Filling<'_>) -> Result<(), Error> {
    let lead = page.query.lead;
    let first = page.query.after.map_or(0, |after| after.record);
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
            if is_in(connection, run.id, lead)? && !page.push(run.activity(lead), 0) {
                return Ok(());
            }
        }
        let Some(record) = record else { return Ok(()) };
        // A row and a call may have one id, which then comes twice.
        if last.replace(record) != Some(record)
            && !(page.row(connection, record)? && page.call(connection, kinds, record)?)
        {
            return Ok(());
        }
    }
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
    query: &'a ActivityQuery,
    activities: Vec<Activity>,
    bytes: usize,
    more: bool,
}

impl Filling<'_> {
    /// Takes an activity, unless it was on the page before; whether to go on.
    fn push(&mut self, activity: Activity, bytes: usize) -> bool {
        if self.query.after.is_some_and(|after| activity.id <= after) {
            return true;
        }
        self.bytes += bytes;
        let is_full = self.activities.len() >= self.query.limit
            || (self.bytes > self.query.max_bytes && !self.activities.is_empty());
        if is_full {
            self.more = true;
        } else {
            self.activities.push(activity);
        }
        !is_full
    }

    /// Takes a row, if the record has one.
    fn row(&mut self, connection: &Connection, record: i64) -> Result<bool, Error> {
        let row: Option<(i64, Vec<u8>)> = connection
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

    /// Takes a call and what it changed, if the record is one.
    fn call(&mut self, connection: &Connection, kinds: &Kinds, record: i64) -> Result<bool, Error> {
        let mut select = connection.prepare_cached(CALL).map_err(sqlite)?;
        let mut rows = select.query([record, self.query.lead.0]).map_err(sqlite)?;
        let Some(row) = rows.next().map_err(sqlite)? else {
            return Ok(true);
        };
        let mut head = Head::read(row)?;
        let Some(kind) = kinds.get(connection, head.kind)? else {
            return Err(head.damaged());
        };
        head.decode(&kind)?;
        let (call, bytes) = head.call(row, &kind)?;
        let source = Source::Webhook(call.origin.webhook);
        let changes = call.changes.clone();
        if !self.push(
            self.activity(record, 1, Event::CallWebhook(Box::new(call))),
            bytes,
        ) {
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
