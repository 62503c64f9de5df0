//! Calls read: one, and filtered pages.
//!
//! A filter that names a lead is answered by the index of leads. Otherwise the conditions on what calls share are decided once per kind:
//! where few kinds are left their calls are merged from the index of kinds, else all calls are gone through in the order of their ids.
//! What is left of the filter is decided call by call.

use std::collections::HashMap;

use bytes::Bytes;
use leadhook_filter::{Expr, Filter, Literal, Op, Value};
use leadhook_store::{
    Call, CallField, CallId, CallQuery, Error, LeadId, Order, Page, RecordedResponse,
};
use rusqlite::{Connection, Row, params};

use crate::{
    codec::{decode_changes, decode_meta, split_request},
    error::{corrupt, sqlite},
    kinds::{self, Kind},
};

/// Kinds that are merged at most; beyond it a scan is cheaper.
const MAX_MERGED: usize = 256;
/// Ids that are merged at a time.
const MERGED: usize = 256;

const FULL: &str = "call.id, lead, call.kind, meta, changes, request, response";
const BASIC: &str = "call.id, lead, call.kind, meta, changes, NULL, NULL";

/// One call, whole.
pub(crate) fn get(connection: &Connection, id: CallId) -> Result<Option<Call>, Error> {
    let (shared, join) = (kinds::COLUMNS, kinds::JOIN);
    let sql = format!(
        "SELECT {FULL}, {shared} FROM {join} JOIN call ON call.kind = kind.id WHERE call.id = ?1"
    );
    let mut select = connection.prepare_cached(&sql).map_err(sqlite)?;
    let mut rows = select.query([id.0]).map_err(sqlite)?;
    let Some(row) = rows.next().map_err(sqlite)? else {
        return Ok(None);
    };
    let kind = Kind::read(row, 7).map_err(sqlite)?;
    decode(row, id, &kind).map(|(call, _)| Some(call))
}

/// A page of calls.
pub(crate) fn list(connection: &Connection, query: &CallQuery) -> Result<Page<Call>, Error> {
    let all = kinds::all(connection)?;
    let total = all.len();
    let kinds: HashMap<i64, Kind> = all
        .into_iter()
        .filter(|(_, kind)| may_match(&query.filter, kind))
        .collect();
    let mut page = Filling {
        query,
        kinds,
        calls: Vec::new(),
        bytes: 0,
        more: false,
    };
    if page.kinds.is_empty() {
        return Ok(page.done());
    }
    let columns = if query.full { FULL } else { BASIC };
    let (beyond, order, first) = match query.order {
        Order::NewestFirst => ("<", "DESC", i64::MAX),
        Order::OldestFirst => (">", "ASC", i64::MIN),
    };
    let after = query.after.map_or(first, |id| id.0);
    if let Some(LeadId(lead)) = lead(&query.filter) {
        let sql = format!(
            "SELECT {columns} FROM call WHERE lead = ?1 AND id {beyond} ?2 ORDER BY id {order}"
        );
        page.scan(connection, &sql, params![lead, after])?;
    } else if page.kinds.len() < total && page.kinds.len() <= MAX_MERGED {
        let ids = format!(
            "SELECT id FROM call WHERE kind = ?1 AND id {beyond} ?2 ORDER BY id {order} LIMIT {MERGED}"
        );
        let row = format!("SELECT {columns} FROM call WHERE id = ?1");
        page.merge(connection, &ids, &row, after)?;
    } else {
        let sql = format!("SELECT {columns} FROM call WHERE id {beyond} ?1 ORDER BY id {order}");
        page.scan(connection, &sql, params![after])?;
    }
    Ok(page.done())
}

/// A page that fills up.
struct Filling<'a> {
    query: &'a CallQuery,
    /// Those that a matching call may have.
    kinds: HashMap<i64, Kind>,
    calls: Vec<Call>,
    bytes: usize,
    more: bool,
}

impl Filling<'_> {
    /// Takes rows until the page is full; whether there is room left.
    fn scan(
        &mut self,
        connection: &Connection,
        sql: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<bool, Error> {
        let mut select = connection.prepare_cached(sql).map_err(sqlite)?;
        let mut rows = select.query(values).map_err(sqlite)?;
        while let Some(row) = rows.next().map_err(sqlite)? {
            if !self.take(row)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes the calls of all kinds in the order of their ids: the first of each kind's next ids are the next of all.
    fn merge(
        &mut self,
        connection: &Connection,
        ids: &str,
        row: &str,
        mut after: i64,
    ) -> Result<(), Error> {
        let mut select = connection.prepare_cached(ids).map_err(sqlite)?;
        loop {
            let mut next: Vec<i64> = Vec::new();
            for kind in self.kinds.keys() {
                let rows = select
                    .query_map([*kind, after], |row| row.get(0))
                    .map_err(sqlite)?;
                for id in rows {
                    next.push(id.map_err(sqlite)?);
                }
            }
            match self.query.order {
                Order::NewestFirst => next.sort_unstable_by(|a, b| b.cmp(a)),
                Order::OldestFirst => next.sort_unstable(),
            }
            next.truncate(MERGED);
            let Some(last) = next.last() else {
                return Ok(());
            };
            after = *last;
            for id in next {
                if !self.scan(connection, row, params![id])? {
                    return Ok(());
                }
            }
        }
    }

    fn take(&mut self, row: &Row<'_>) -> Result<bool, Error> {
        let id = CallId(row.get(0).map_err(sqlite)?);
        let kind: i64 = row.get(2).map_err(sqlite)?;
        let Some(kind) = self.kinds.get(&kind) else {
            return Ok(true);
        };
        let (call, bytes) = decode(row, id, kind)?;
        if !matches(&self.query.filter, &call, &kind.webhook) {
            return Ok(true);
        }
        self.bytes += bytes;
        let is_full = self.calls.len() >= self.query.limit
            || (self.bytes > self.query.max_bytes && !self.calls.is_empty());
        if is_full {
            self.more = true;
        } else {
            self.calls.push(call);
        }
        Ok(!is_full)
    }

    fn done(self) -> Page<Call> {
        Page {
            rows: self.calls,
            more: self.more,
        }
    }
}

/// A call of columns as in [`FULL`], and how many bytes it has.
fn decode(row: &Row<'_>, id: CallId, kind: &Kind) -> Result<(Call, usize), Error> {
    let damaged = || corrupt("call", id.0);
    let mut outcome = kind.outcome.clone();
    let meta: Vec<u8> = row.get(3).map_err(sqlite)?;
    let meta_len = meta.len();
    let meta = decode_meta(&meta, id, &mut outcome).ok_or_else(damaged)?;
    let changes: Option<Vec<u8>> = row.get(4).map_err(sqlite)?;
    let request: Option<Vec<u8>> = row.get(5).map_err(sqlite)?;
    let response: Option<Vec<u8>> = row.get(6).map_err(sqlite)?;
    let len = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
    let bytes = meta_len + len(&changes) + len(&request) + len(&response);
    let (changes, problems) = match changes {
        Some(changes) => decode_changes(&changes).ok_or_else(damaged)?,
        None => (Vec::new(), Vec::new()),
    };
    let request = match request {
        Some(request) => Some(split_request(request).ok_or_else(damaged)?),
        None => None,
    };
    let call = Call {
        id,
        origin: kind.origin,
        lead: row.get::<_, Option<i64>>(1).map_err(sqlite)?.map(LeadId),
        outcome,
        state: kind.state,
        created: meta.created,
        ended: meta.ended,
        attempts: meta.attempts,
        request,
        response: response.map(|body| RecordedResponse {
            body: Bytes::from(body),
            truncated: meta.is_truncated,
        }),
        changes,
        problems,
        idempotency_key: meta.idempotency_key,
        replay_of: meta.replay_of,
    };
    Ok((call, bytes))
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

/// Whether calls of a kind may match: decided by those conditions that name only what the kind tells.
fn may_match(filter: &Filter<CallField>, kind: &Kind) -> bool {
    let webhook = format!("webhooks/{}", kind.webhook);
    let names = Names::of(kind);
    filter.conjuncts().all(|expr| {
        !is_decided(expr, kind) || expr.matches(|field| shared(*field, kind, &webhook, &names))
    })
}

/// Whether an expression names only what a kind tells.
fn is_decided(expr: &Expr<CallField>, kind: &Kind) -> bool {
    let is_shared = |field: &CallField| match field {
        CallField::Lead | CallField::CreateTime => false,
        CallField::ErrorType => !kind.has_own_phrase,
        CallField::Webhook
        | CallField::Campaign
        | CallField::Run
        | CallField::Code
        | CallField::Succeeded => true,
    };
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().all(|part| is_decided(part, kind)),
        Expr::Not(part) => is_decided(part, kind),
        Expr::Compare { field, .. } | Expr::Has { field, .. } | Expr::HasNone { field, .. } => {
            is_shared(field)
        }
        Expr::Call(_) => false,
    }
}

/// Names that are made of a kind's ids.
struct Names {
    campaign: Option<String>,
    run: Option<String>,
}

impl Names {
    fn of(kind: &Kind) -> Names {
        Names {
            campaign: kind.origin.campaign.map(|id| format!("campaigns/{id}")),
            run: kind.origin.run.map(|id| format!("runs/{id}")),
        }
    }
}

fn shared<'a>(
    field: CallField,
    kind: &'a Kind,
    webhook: &'a str,
    names: &'a Names,
) -> Option<Value<'a>> {
    let text = |text: &'a str| (!text.is_empty()).then_some(Value::Text(text));
    match field {
        CallField::Webhook => text(webhook),
        CallField::Campaign => names.campaign.as_deref().and_then(text),
        CallField::Run => names.run.as_deref().and_then(text),
        CallField::Code => Some(Value::Integer(i64::from(kind.outcome.code))),
        CallField::ErrorType => text(&kind.outcome.error_type),
        CallField::Succeeded => Some(Value::Boolean(kind.outcome.succeeded)),
        CallField::Lead | CallField::CreateTime => None,
    }
}

fn matches(filter: &Filter<CallField>, call: &Call, webhook: &str) -> bool {
    if filter.is_empty() {
        return true;
    }
    let kind = Kind {
        origin: call.origin,
        state: call.state,
        outcome: call.outcome.clone(),
        has_own_phrase: false,
        webhook: String::new(),
    };
    let (webhook, names) = (format!("webhooks/{webhook}"), Names::of(&kind));
    let lead = call.lead.map(|lead| format!("leads/{lead}"));
    filter.matches(|field| match field {
        CallField::Lead => lead.as_deref().map(Value::Text),
        CallField::CreateTime => Some(Value::Timestamp(call.created.as_micros())),
        field => shared(*field, &kind, &webhook, &names),
    })
}
