//! Rows of calls that are recorded: new ones, and those that change because their calls waited.

use std::borrow::Cow;

use leadhook_store::{
    Attempt, Error, FieldChange, LeadId, MappingProblem, NewCall, RecordedResponse,
};
use rusqlite::{CachedStatement, Connection, params};

use crate::{
    codec::{Meta, put_changes, put_meta, put_request},
    error::sqlite,
};

/// A call as it is to stand in its row.
pub(crate) struct NewRow<'c> {
    pub(crate) call: &'c NewCall,
    pub(crate) lead: Option<LeadId>,
    /// Whether nothing of its lead is to be kept (R-LEAD-6).
    pub(crate) is_erased: bool,
    pub(crate) kind: i64,
    pub(crate) has_own_phrase: bool,
    /// What it changed.
    pub(crate) changes: &'c [FieldChange],
}

/// Writes the rows of a batch, one after the other.
pub(crate) struct NewRows<'a> {
    insert: CachedStatement<'a>,
    // What is bound, made anew for each row.
    meta: Vec<u8>,
    changes: Vec<u8>,
    request: Vec<u8>,
}

impl<'a> NewRows<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Result<NewRows<'a>, Error> {
        let insert = "INSERT INTO call VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        Ok(NewRows {
            insert: connection.prepare_cached(insert).map_err(sqlite)?,
            meta: Vec::new(),
            changes: Vec::new(),
            request: Vec::new(),
        })
    }

    /// Writes the row of a new call.
    pub(crate) fn insert(&mut self, row: &NewRow<'_>) -> Result<(), Error> {
        self.encode(row);
        self.request.clear();
        let request = row.call.request.as_ref().filter(|_| !row.is_erased);
        if let Some(request) = request {
            put_request(request, &mut self.request);
        }
        self.insert
            .execute(params![
                row.call.id.0,
                row.lead.map(|lead| lead.0),
                row.kind,
                self.meta,
                changes(&self.changes),
                request.map(|_| &*self.request),
                row.response().map(|response| &*response.body),
            ])
            .map_err(sqlite)?;
        Ok(())
    }

    /// Writes what became of a call that waited. Its request stays the one of its first attempt.
    pub(crate) fn update(
        &mut self,
        connection: &Connection,
        row: &NewRow<'_>,
    ) -> Result<(), Error> {
        self.encode(row);
        let sql = "UPDATE call SET kind = ?2, meta = ?3, changes = ?4, response = ?5 WHERE id = ?1";
        connection
            .prepare_cached(sql)
            .and_then(|mut update| {
                update.execute(params![
                    row.call.id.0,
                    row.kind,
                    self.meta,
                    changes(&self.changes),
                    row.response().map(|response| &*response.body),
                ])
            })
            .map_err(sqlite)?;
        Ok(())
    }

    fn encode(&mut self, row: &NewRow<'_>) {
        let call = row.call;
        let own_phrase = Some(Cow::Borrowed(&*call.outcome.error_type));
        let meta = Meta {
            created: call.created,
            ended: call.ended,
            attempts: row.attempts(),
            idempotency_key: call.idempotency_key,
            replay_of: call.replay_of,
            is_truncated: row.response().is_some_and(|response| response.truncated),
            phrase: own_phrase.filter(|_| row.has_own_phrase),
        };
        self.meta.clear();
        put_meta(&meta, call.id, &call.outcome, &mut self.meta);
        self.changes.clear();
        put_changes(row.changes, &row.problems(), &mut self.changes);
    }
}

/// Changes and problems as they are bound; none where there are neither.
fn changes(bytes: &[u8]) -> Option<&[u8]> {
    Some(bytes).filter(|bytes| !bytes.is_empty())
}

impl NewRow<'_> {
    /// What came back, of a call that waits too: it may end with it.
    fn response(&self) -> Option<&RecordedResponse> {
        self.call.response.as_ref().filter(|_| !self.is_erased)
    }

    fn attempts(&self) -> Cow<'_, [Attempt]> {
        let mut attempts = Cow::Borrowed(&*self.call.attempts);
        if self.is_erased {
            let attempts = attempts.to_mut().iter_mut();
            attempts.for_each(|attempt| attempt.detail.clear());
        }
        attempts
    }

    fn problems(&self) -> Cow<'_, [MappingProblem]> {
        let mut problems = Cow::Borrowed(&*self.call.problems);
        if self.is_erased {
            let problems = problems.to_mut().iter_mut();
            problems.for_each(|problem| problem.detail.clear());
        }
        problems
    }
}
