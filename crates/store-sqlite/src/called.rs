//! Leads by their calls: the function `called_webhook` in filters (R-CMP-4).
//!
//! What its arguments demand is a filter of calls, decided once per kind. A lead's calls then come with their kinds out of one index, and
//! only where a kind does not tell (its phrase is the call's own), or the time in an id is too near to `since`, the call itself is looked at.

use std::{collections::HashMap, sync::Arc};

use leadhook_filter::{Call, Expr, Filter, Literal, Op};
use leadhook_store::{CallField, CallState, Error, LeadColumn};
use rusqlite::{Connection, Row, Rows, params};

use crate::{
    call_rows::Head,
    call_times::Distances,
    error::sqlite,
    kinds::{Kind, Kinds, Numbered},
    list_calls::{Wanted, matches},
};

/// The calls of a lead from an id on.
const OF_LEAD: &str = "SELECT lead, id, kind FROM call WHERE lead = ?1 AND id >= ?2";
/// The calls of all leads behind one, in the order of leads.
const BEHIND_LEAD: &str = "SELECT lead, id, kind FROM call WHERE lead > ?1 ORDER BY lead";
/// The calls of a kind from an id on, at most so many.
const OF_KIND: &str = "SELECT id FROM call WHERE kind = ?1 AND id >= ?2 LIMIT ?3";
/// The lead of a call.
const LEAD: &str = "SELECT lead FROM call WHERE id = ?1";
/// A call, to be looked at.
const CALL: &str = "SELECT id, lead, kind, meta FROM call WHERE id = ?1";

/// A function's calls are looked up one by one when they are so few. They are a few pages each on the disk, so many more would take longer
/// than the index of all calls.
const FEW: usize = 16_384;

/// The functions of a filter, and for which of them a lead has a call.
pub(crate) struct Called<'a> {
    connection: &'a Connection,
    functions: Vec<Function<'a>>,
    /// The first id that a call may have which any of them wants.
    since: i64,
}

impl<'a> Called<'a> {
    /// The functions that a filter calls.
    pub(crate) fn new(
        connection: &'a Connection,
        kinds: &Kinds,
        filter: &'a Filter<LeadColumn>,
    ) -> Result<Called<'a>, Error> {
        let mut functions = Vec::new();
        let mut calls = filter.calls().peekable();
        if calls.peek().is_some() {
            let kinds = kinds.all(connection)?;
            let distances = Distances::read(connection)?;
            functions.extend(calls.map(|call| Function::new(call, &kinds, distances)));
        }
        let since = functions.iter().map(|function| function.since.0).min();
        Ok(Called {
            connection,
            functions,
            since: since.unwrap_or(i64::MIN),
        })
    }

    /// Whether the filter calls none.
    pub(crate) fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// Whether a function held for the lead that was looked at last.
    pub(crate) fn holds(&self, call: &Call) -> bool {
        let function = self
            .functions
            .iter()
            .find(|function| std::ptr::eq(function.call, call));
        function.is_some_and(|function| function.holds)
    }

    /// Looks at one lead.
    pub(crate) fn look_at(&mut self, lead: i64) -> Result<(), Error> {
        self.begin();
        if self.is_empty() {
            return Ok(());
        }
        let mut select = self.connection.prepare_cached(OF_LEAD).map_err(sqlite)?;
        let mut rows = select.query([lead, self.since]).map_err(sqlite)?;
        while let Some(row) = rows.next().map_err(sqlite)?
            && !self.functions.iter().all(|function| function.holds)
        {
            self.note(&LeadCall::read(row)?)?;
        }
        Ok(())
    }

    fn begin(&mut self) {
        for function in &mut self.functions {
            function.holds = false;
        }
    }

    fn note(&mut self, call: &LeadCall) -> Result<(), Error> {
        for function in &mut self.functions {
            if !function.holds {
                function.holds = function.wants(self.connection, call.id, call.kind)?;
            }
        }
        Ok(())
    }

    /// The leads for which a function holds that must hold, where its calls are few; in order.
    pub(crate) fn few(&mut self, filter: &Filter<LeadColumn>) -> Result<Option<Vec<i64>>, Error> {
        for expr in filter.conjuncts() {
            let Expr::Call(call) = expr else { continue };
            for function in &mut self.functions {
                if std::ptr::eq(function.call, call)
                    && let Some(leads) = function.few(self.connection)?
                {
                    return Ok(Some(leads));
                }
            }
        }
        Ok(None)
    }
}

/// A call of a lead, as the index has it.
struct LeadCall {
    lead: i64,
    id: i64,
    kind: i64,
}

impl LeadCall {
    fn read(row: &Row<'_>) -> Result<LeadCall, Error> {
        Ok(LeadCall {
            lead: row.get(0).map_err(sqlite)?,
            id: row.get(1).map_err(sqlite)?,
            kind: row.get(2).map_err(sqlite)?,
        })
    }
}

/// The calls of leads, gone through once beside the leads.
pub(crate) struct Beside<'s> {
    rows: Rows<'s>,
    /// The first call that was not looked at yet.
    next: Option<LeadCall>,
}

impl<'s> Beside<'s> {
    /// The statement that it goes through; the parameter is the lead behind which it begins.
    pub(crate) const SQL: &'static str = BEHIND_LEAD;

    pub(crate) fn new(mut rows: Rows<'s>) -> Result<Beside<'s>, Error> {
        let next = next(&mut rows)?;
        Ok(Beside { rows, next })
    }

    /// Looks at a lead that comes behind the one before.
    pub(crate) fn look_at(&mut self, called: &mut Called<'_>, lead: i64) -> Result<(), Error> {
        called.begin();
        while let Some(call) = self.next.take_if(|call| call.lead <= lead) {
            if call.lead == lead {
                called.note(&call)?;
            }
            self.next = next(&mut self.rows)?;
        }
        Ok(())
    }
}

fn next(rows: &mut Rows<'_>) -> Result<Option<LeadCall>, Error> {
    let row = rows.next().map_err(sqlite)?;
    row.map(LeadCall::read).transpose()
}

/// One call of the function in a filter.
struct Function<'a> {
    call: &'a Call,
    /// What it demands of a call.
    filter: Filter<CallField>,
    /// What of it all calls of a kind share.
    shared: Filter<CallField>,
    kinds: Arc<Numbered>,
    /// The kinds that were asked for so far; none: no call of the kind is wanted.
    decided: HashMap<i64, Option<Wanted>>,
    /// The first id that such a call may have, and the first from which on none is too early.
    since: (i64, i64),
    /// Whether it holds for the lead that was looked at last.
    holds: bool,
}

impl<'a> Function<'a> {
    fn new(call: &'a Call, kinds: &Arc<Numbered>, distances: Distances) -> Function<'a> {
        let condition = |parameter: &str, field, op| {
            call.argument(parameter).map(|literal| Expr::Compare {
                field,
                name: parameter.into(),
                op,
                literal: literal.clone(),
            })
        };
        let shared = [
            condition("webhook", CallField::Webhook, Op::Eq),
            condition("code", CallField::Code, Op::Eq),
            condition("error_type", CallField::ErrorType, Op::Eq),
        ];
        let shared = Filter::all(shared.into_iter().flatten());
        let (since, time) = match call.argument("since") {
            Some(Literal::Timestamp(micros)) => (
                distances.since(*micros),
                condition("since", CallField::CreateTime, Op::Ge),
            ),
            _ => ((i64::MIN, i64::MIN), None),
        };
        Function {
            call,
            filter: Filter::all(shared.conjuncts().cloned().chain(time)),
            shared,
            kinds: Arc::clone(kinds),
            decided: HashMap::new(),
            since,
            holds: false,
        }
    }

    /// What it wants of a kind's calls, of which those that wait for an attempt have not been made yet.
    fn decide(kind: &Arc<Kind>, shared: &Filter<CallField>) -> Option<Wanted> {
        match kind.state {
            CallState::Waiting => None,
            CallState::Ended => Wanted::of(kind, shared),
        }
    }

    /// Whether it holds by a call.
    fn wants(&mut self, connection: &Connection, id: i64, kind: i64) -> Result<bool, Error> {
        let (first, surely) = self.since;
        if id < first {
            return Ok(false);
        }
        let (kinds, shared) = (&self.kinds, &self.shared);
        let wanted = self.decided.entry(kind).or_insert_with(|| {
            let at = kinds.binary_search_by_key(&kind, |(id, _)| *id).ok()?;
            Function::decide(&kinds[at].1, shared)
        });
        let Some(wanted) = wanted else {
            return Ok(false);
        };
        if wanted.is_decided && id >= surely {
            return Ok(true);
        }
        let mut select = connection.prepare_cached(CALL).map_err(sqlite)?;
        let mut rows = select.query([id]).map_err(sqlite)?;
        let Some(row) = rows.next().map_err(sqlite)? else {
            return Ok(false);
        };
        let mut head = Head::read(row)?;
        head.decode(&wanted.kind)?;
        Ok(matches(&self.filter, &head, &wanted.kind))
    }

    /// The leads for which it holds, in order; none where they may be more than few.
    fn few(&mut self, connection: &Connection) -> Result<Option<Vec<i64>>, Error> {
        let mut select = connection.prepare_cached(OF_KIND).map_err(sqlite)?;
        let mut calls = Vec::new();
        for (kind, shares) in &*self.kinds {
            if Function::decide(shares, &self.shared).is_none() {
                continue;
            }
            let room = FEW + 1 - calls.len();
            let ids = select
                .query_map(params![kind, self.since.0, room as i64], |row| row.get(0))
                .map_err(sqlite)?;
            for id in ids {
                calls.push((id.map_err(sqlite)?, *kind));
            }
            if calls.len() > FEW {
                return Ok(None);
            }
        }
        let mut lead = connection.prepare_cached(LEAD).map_err(sqlite)?;
        let mut leads: Vec<i64> = Vec::new();
        for (id, kind) in calls {
            let of: Option<i64> = lead.query_row([id], |row| row.get(0)).map_err(sqlite)?;
            if let Some(lead) = of
                && self.wants(connection, id, kind)?
            {
                leads.push(lead);
            }
        }
        leads.sort_unstable();
        leads.dedup();
        Ok(Some(leads))
    }
}

#[cfg(test)]
mod tests;
