//! Calls read: one, and filtered pages.
//!
//! A filter that names a lead is answered by the index of leads. Otherwise the conditions on what calls share are decided once per kind.
//! Where few kinds are left, their calls are merged from the index of kinds; where many are, calls are gone through in the order of their
//! ids, and merged once that turned out to find little. What is left of the filter is decided call by call, before its bodies are read. A
//! condition on the time leaves a range of ids.

use std::{cell::OnceCell, collections::HashMap, sync::Arc};

use leadhook_filter::{Expr, Filter, Literal, Op, Value};
use leadhook_store::{Call, CallField, CallId, CallQuery, Error, LeadId, Order, Page};
use rusqlite::{Connection, Row, params};

use crate::{
    call_rows::{BASIC, FULL, Head},
    call_times::Distances,
    error::sqlite,
    kinds::{Kind, Kinds},
    merge::Merge,
    scan::{Abandoned, Scan},
};

/// Kinds that are merged at once. The others are first looked for among so many calls:
const FEW_KINDS: usize = 64;
const PROBE: usize = 4_096;

/// One call, whole.
pub(crate) fn get(
    connection: &Connection,
    kinds: &Kinds,
    id: CallId,
) -> Result<Option<Call>, Error> {
    let sql = format!("SELECT {FULL} FROM call WHERE id = ?1");
    let mut select = connection.prepare_cached(&sql).map_err(sqlite)?;
    let mut rows = select.query([id.0]).map_err(sqlite)?;
    let Some(row) = rows.next().map_err(sqlite)? else {
        return Ok(None);
    };
    let mut head = Head::read(row)?;
    let Some(kind) = kinds.get(connection, head.kind)? else {
        return Err(head.damaged());
    };
    head.decode(&kind)?;
    head.call(connection, row, &kind)
        .map(|(call, _)| Some(call))
}

/// A page of calls.
pub(crate) fn list(
    connection: &Connection,
    kinds: &Kinds,
    query: &CallQuery,
    abandoned: &Abandoned,
) -> Result<Page<Call, CallId>, Error> {
    let all = kinds.all(connection)?;
    let mut page = Filling {
        query,
        kinds: all
            .iter()
            .filter_map(|(id, kind)| Some((*id, Wanted::of(kind, &query.filter)?)))
            .collect(),
        calls: Vec::new(),
        bytes: 0,
        scan: Scan::new(abandoned, query.max_scanned),
        connection,
    };
    let (first, last) = Distances::read(connection)?.ids(&query.filter);
    let range = Range::of(query, first, last);
    if page.kinds.is_empty() || range.is_empty() {
        return Ok(page.done());
    }
    if let Some(LeadId(lead)) = lead(&query.filter) {
        let sql = range.sql(query, "lead = ?3");
        page.scan(&sql, params![range.first, range.last, lead])?;
    } else if page.kinds.len() == all.len() {
        let sql = range.sql(query, "true");
        page.scan(&sql, params![range.first, range.last])?;
    } else if page.kinds.len() <= FEW_KINDS {
        page.merge(range)?;
    } else {
        let sql = range.sql(query, "true") + &format!(" LIMIT {PROBE}");
        let end = page.scan(&sql, params![range.first, range.last])?;
        if let End::NoMore {
            last: Some(last), ..
        } = end
        {
            page.merge(range.behind(last))?;
        }
    }
    Ok(page.done())
}

/// Ids that a page may have, both ends included.
#[derive(Clone, Copy)]
struct Range {
    first: i64,
    last: i64,
    order: Order,
}

impl Range {
    fn of(query: &CallQuery, first: i64, last: i64) -> Range {
        let order = query.order;
        let range = Range { first, last, order };
        match query.after {
            Some(CallId(after)) => range.behind(after),
            None => range,
        }
    }

    /// What comes after an id.
    fn behind(self, id: i64) -> Range {
        match self.order {
            Order::NewestFirst => Range {
                last: self.last.min(id.saturating_sub(1)),
                ..self
            },
            Order::OldestFirst => Range {
                first: self.first.max(id.saturating_add(1)),
                ..self
            },
        }
    }

    fn is_empty(self) -> bool {
        self.first > self.last
    }

    /// Its calls in order; the parameters 1 and 2 are its ends.
    fn sql(self, query: &CallQuery, condition: &str) -> String {
        let columns = if query.full { FULL } else { BASIC };
        let order = direction(self.order);
        format!(
            "SELECT {columns} FROM call WHERE {condition} AND id BETWEEN ?1 AND ?2 ORDER BY id {order}"
        )
    }
}

/// The ids of a kind's calls in order; the parameters are the kind, both ends, and how many.
fn ids_of_kind(order: Order) -> String {
    let order = direction(order);
    format!(
        "SELECT id FROM call WHERE kind = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id {order} LIMIT ?4"
    )
}

fn direction(order: Order) -> &'static str {
    match order {
        Order::NewestFirst => "DESC",
        Order::OldestFirst => "ASC",
    }
}

/// A kind that a matching call may have.
pub(crate) struct Wanted {
    pub(crate) kind: Arc<Kind>,
    /// Whether its calls all match.
    pub(crate) is_decided: bool,
}

impl Wanted {
    pub(crate) fn of(kind: &Arc<Kind>, filter: &Filter<CallField>) -> Option<Wanted> {
        let mut wanted = Wanted {
            kind: Arc::clone(kind),
            is_decided: true,
        };
        for expr in filter.conjuncts() {
            if !is_decided(expr, kind) {
                wanted.is_decided = false;
            } else if !expr.matches(|field| shared(*field, kind, &kind.outcome.error_type)) {
                return None;
            }
        }
        Some(wanted)
    }
}

/// How going through rows ended.
enum End {
    /// The page ended first.
    Cut,
    /// There are no more rows behind the last.
    NoMore { last: Option<i64> },
}

/// A page that fills up.
struct Filling<'a> {
    connection: &'a Connection,
    query: &'a CallQuery,
    kinds: HashMap<i64, Wanted>,
    calls: Vec<Call>,
    bytes: usize,
    scan: Scan<'a>,
}

impl Filling<'_> {
    /// Takes rows until the page ends.
    fn scan(&mut self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<End, Error> {
        let mut select = self.connection.prepare_cached(sql).map_err(sqlite)?;
        let mut rows = select.query(values).map_err(sqlite)?;
        let mut last = None;
        while let Some(row) = rows.next().map_err(sqlite)? {
            let head = Head::read(row)?;
            last = Some(head.id.0);
            if !self.take(row, head)? {
                return Ok(End::Cut);
            }
        }
        Ok(End::NoMore { last })
    }

    /// Takes the calls of all kinds in the order of their ids.
    fn merge(&mut self, range: Range) -> Result<(), Error> {
        let ids = ids_of_kind(range.order);
        let mut select = self.connection.prepare_cached(&ids).map_err(sqlite)?;
        let kinds = self.kinds.keys().copied();
        let abandoned = self.scan.abandoned();
        let mut merge = Merge::new(range.order, kinds, |kind, after, count| {
            abandoned.check()?;
            let range = after.map_or(range, |id| range.behind(id));
            select
                .query_map(params![kind, range.first, range.last, count], |row| {
                    row.get(0)
                })
                .and_then(Iterator::collect)
                .map_err(sqlite)
        })?;
        let columns = if self.query.full { FULL } else { BASIC };
        let row = format!("SELECT {columns} FROM call WHERE id = ?1");
        while let Some(id) = merge.next()? {
            if let End::Cut = self.scan(&row, params![id])? {
                break;
            }
        }
        Ok(())
    }

    /// Takes a call if it matches; whether to go on.
    fn take(&mut self, row: &Row<'_>, mut head: Head) -> Result<bool, Error> {
        if !self.scan.may_look()? {
            return Ok(false);
        }
        let id = head.id.0;
        let Some(Wanted { kind, is_decided }) = self.kinds.get(&head.kind) else {
            self.scan.pass(id);
            return Ok(true);
        };
        if *is_decided && self.calls.len() >= self.query.limit {
            self.scan.cut();
            return Ok(false);
        }
        head.decode(kind)?;
        if !is_decided && !matches(&self.query.filter, &head, kind) {
            self.scan.pass(id);
            return Ok(true);
        }
        let (call, bytes) = head.call(self.connection, row, kind)?;
        self.bytes += bytes;
        let is_full = self.calls.len() >= self.query.limit
            || (self.bytes > self.query.max_bytes && !self.calls.is_empty());
        if is_full {
            self.scan.cut();
        } else {
            self.calls.push(call);
            self.scan.pass(id);
        }
        Ok(!is_full)
    }

    fn done(self) -> Page<Call, CallId> {
        Page {
            rows: self.calls,
            next: self.scan.next().map(CallId),
        }
    }
}

/// The lead that a filter leaves.
fn lead(filter: &Filter<CallField>) -> Option<LeadId> {
    filter.conjuncts().find_map(|expr| match expr {
        Expr::Compare {
            field: CallField::Lead,
            op: Op::Eq,
            literal: Literal::Text(text),
            ..
        } => {
            // A name that is none leaves no lead; no lead has the id 0.
            let id = text
                .folded()
                .strip_prefix("leads/")
                .and_then(|id| id.parse().ok());
            Some(LeadId(id.unwrap_or(0)))
        }
        _ => None,
    })
}

/// Whether an expression names only what a kind tells.
fn is_decided(expr: &Expr<CallField>, kind: &Kind) -> bool {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().all(|part| is_decided(part, kind)),
        Expr::Not(part) => is_decided(part, kind),
        Expr::Compare { field, .. } | Expr::Has { field, .. } | Expr::HasNone { field, .. } => {
            match field {
                CallField::Lead | CallField::CreateTime => false,
                CallField::ErrorType => !kind.has_own_phrase,
                CallField::Webhook
                | CallField::Campaign
                | CallField::Run
                | CallField::Code
                | CallField::Succeeded
                | CallField::State => true,
            }
        }
        Expr::Call(_) => false,
    }
}

fn shared<'a>(field: CallField, kind: &'a Kind, error_type: &'a str) -> Option<Value<'a>> {
    match field {
        CallField::Webhook => Some(Value::Text(&kind.webhook)),
        CallField::Campaign => kind.campaign.as_deref().map(Value::Text),
        CallField::Run => kind.run.as_deref().map(Value::Text),
        CallField::Code => Some(Value::Integer(i64::from(kind.outcome.code))),
        CallField::ErrorType => Some(Value::Text(error_type)),
        CallField::Succeeded => Some(Value::Boolean(kind.outcome.succeeded)),
        CallField::State => Some(CallField::state(kind.state)),
        CallField::Lead | CallField::CreateTime => None,
    }
}

/// Whether a call matches, once its head is decoded.
pub(crate) fn matches(filter: &Filter<CallField>, head: &Head, kind: &Kind) -> bool {
    let lead = OnceCell::new();
    filter.matches(|field| match field {
        CallField::Lead => {
            let lead = lead.get_or_init(|| head.lead.map(|lead| format!("leads/{lead}")));
            lead.as_deref().map(Value::Text)
        }
        CallField::CreateTime => Some(Value::Timestamp(head.created()?.as_micros())),
        field => shared(*field, kind, head.error_type(kind)),
    })
}

#[cfg(test)]
mod tests;
