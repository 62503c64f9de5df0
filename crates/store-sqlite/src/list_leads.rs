//! Leads read with their companies: by id, and as filtered pages.
//!
//! A filter that names a lead or its e-mail address is answered by key. Otherwise leads are gone through in id order; of each row only what
//! the filter names is read, and the rest once it matches.

use std::cell::{Cell, OnceCell};

use leadhook_field::{self as field, Datetime, FieldId, Value};
use leadhook_filter::{Expr, Filter, Literal, Op, Value as Compared};
use leadhook_store::{
    Company, CompanyId, Error, Lead, LeadColumn, LeadEntry, LeadId, LeadQuery, Page,
};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    codec::{Damaged, decode_values, find_value},
    error::{corrupt, sqlite},
    lookup, rows,
    scan::{Abandoned, Scan},
};

/// A lead with its company.
pub(crate) fn entry(connection: &Connection, id: LeadId) -> Result<Option<LeadEntry>, Error> {
    let mut select = connection
        .prepare_cached(rows::SELECT_LEAD)
        .map_err(sqlite)?;
    let Some(lead) = rows::lead(&mut select, id)? else {
        return Ok(None);
    };
    let company = match lead.company {
        Some(id) => {
            let company = rows::company(connection, id)?;
            Some(company.ok_or_else(|| corrupt("company", id.0))?)
        }
        None => None,
    };
    Ok(Some(LeadEntry { lead, company }))
}

/// A page of leads.
pub(crate) fn list(
    connection: &Connection,
    query: &LeadQuery,
    abandoned: &Abandoned,
) -> Result<Page<LeadEntry, LeadId>, Error> {
    let after = query.after.map_or(i64::MIN, |id| id.0);
    let mut page = Filling::new(connection, query, abandoned);
    match by_key(connection, &query.filter)? {
        Some(ids) => page.read(ids.into_iter().filter(|id| *id > after))?,
        None => page.scan(after)?,
    }
    Ok(page.done())
}

const COLUMNS: &str = "id, company, created, updated, data FROM lead";

/// A page that fills up.
struct Filling<'a> {
    connection: &'a Connection,
    query: &'a LeadQuery,
    /// Whether the filter names a field of companies.
    names_company: bool,
    entries: Vec<LeadEntry>,
    bytes: usize,
    scan: Scan<'a>,
}

impl<'a> Filling<'a> {
    fn new(
        connection: &'a Connection,
        query: &'a LeadQuery,
        abandoned: &'a Abandoned,
    ) -> Filling<'a> {
        let mut fields = query.filter.fields();
        Filling {
            connection,
            query,
            names_company: fields.any(|field| matches!(field, LeadColumn::Company(_))),
            entries: Vec::new(),
            bytes: 0,
            scan: Scan::new(abandoned, query.max_scanned),
        }
    }

    /// Takes leads by their ids.
    fn read(&mut self, ids: impl Iterator<Item = i64>) -> Result<(), Error> {
        let sql = format!("SELECT {COLUMNS} WHERE id = ?1");
        let mut select = self.connection.prepare_cached(&sql).map_err(sqlite)?;
        for id in ids {
            let mut rows = select.query([id]).map_err(sqlite)?;
            if let Some(row) = rows.next().map_err(sqlite)?
                && !self.take(row)?
            {
                break;
            }
        }
        Ok(())
    }

    /// Goes through the leads behind an id.
    fn scan(&mut self, after: i64) -> Result<(), Error> {
        let sql = format!("SELECT {COLUMNS} WHERE id > ?1 ORDER BY id");
        let mut select = self.connection.prepare_cached(&sql).map_err(sqlite)?;
        let mut rows = select.query([after]).map_err(sqlite)?;
        while let Some(row) = rows.next().map_err(sqlite)? {
            if !self.take(row)? {
                break;
            }
        }
        Ok(())
    }

    /// Takes a lead if it matches; whether to go on.
    fn take(&mut self, row: &Row<'_>) -> Result<bool, Error> {
        if !self.scan.may_look()? {
            return Ok(false);
        }
        let lead = LeadRow::read(row)?;
        let mut company = None;
        if self.names_company {
            company = self.company(&lead)?;
        }
        if !lead.matches(&self.query.filter, company.as_deref())? {
            self.scan.pass(lead.id.0);
            return Ok(true);
        }
        if !self.names_company {
            company = self.company(&lead)?;
        }
        let bytes = lead.data.len() + company.as_ref().map_or(0, Vec::len);
        self.bytes += bytes;
        let is_full = self.entries.len() >= self.query.limit
            || (self.bytes > self.query.max_bytes && !self.entries.is_empty());
        if is_full {
            self.scan.cut();
        } else {
            self.entries.push(lead.decode(company.as_deref())?);
            self.scan.pass(lead.id.0);
        }
        Ok(!is_full)
    }

    /// The row of a lead's company.
    fn company(&self, lead: &LeadRow<'_>) -> Result<Option<Vec<u8>>, Error> {
        let Some(CompanyId(id)) = lead.company else {
            return Ok(None);
        };
        self.connection
            .prepare_cached("SELECT data FROM company WHERE id = ?1")
            .and_then(|mut select| select.query_row([id], |row| row.get(0)).optional())
            .map_err(sqlite)
    }

    fn done(self) -> Page<LeadEntry, LeadId> {
        Page {
            rows: self.entries,
            next: self.scan.next().map(LeadId),
        }
    }
}

/// A lead's row, its values not read yet.
struct LeadRow<'a> {
    id: LeadId,
    company: Option<CompanyId>,
    created: Datetime,
    updated: Datetime,
    data: &'a [u8],
}

impl<'a> LeadRow<'a> {
    fn read(row: &'a Row<'_>) -> Result<LeadRow<'a>, Error> {
        let id: i64 = row.get(0).map_err(sqlite)?;
        let data = row.get_ref(4).map_err(sqlite)?.as_blob();
        Ok(LeadRow {
            id: LeadId(id),
            company: row.get::<_, Option<i64>>(1).map_err(sqlite)?.map(CompanyId),
            created: Datetime::from_micros(row.get(2).map_err(sqlite)?),
            updated: Datetime::from_micros(row.get(3).map_err(sqlite)?),
            data: data.map_err(|_| corrupt("lead", id))?,
        })
    }

    /// Whether it matches; only the values that the filter names are read.
    fn matches(&self, filter: &Filter<LeadColumn>, company: Option<&[u8]>) -> Result<bool, Error> {
        // What no row holds is made where it is named, and outlives the comparison.
        let (name, full_name) = (OnceCell::new(), OnceCell::new());
        let is_damaged = Cell::new(false);
        let text = |field| match find(self.data, field, &is_damaged) {
            Some(Compared::Text(text)) => Some(text),
            _ => None,
        };
        let full_name = || {
            let made = full_name.get_or_init(|| {
                field::full_name(
                    text(FieldId::FIRST_NAME),
                    text(FieldId::MIDDLE_NAME),
                    text(FieldId::LAST_NAME),
                )
            });
            made.as_deref().map(Compared::Text)
        };
        let is_match = filter.matches(|column| match column {
            LeadColumn::Name => {
                let name = name.get_or_init(|| format!("leads/{}", self.id));
                Some(Compared::Text(name))
            }
            LeadColumn::CreateTime | LeadColumn::Lead(FieldId::CREATED_AT) => {
                Some(Compared::Timestamp(self.created.as_micros()))
            }
            LeadColumn::UpdateTime | LeadColumn::Lead(FieldId::UPDATED_AT) => {
                Some(Compared::Timestamp(self.updated.as_micros()))
            }
            LeadColumn::Lead(FieldId::ID) => Some(Compared::Integer(self.id.0)),
            LeadColumn::Lead(FieldId::FULL_NAME) => full_name(),
            LeadColumn::Lead(field) => find(self.data, *field, &is_damaged),
            LeadColumn::Company(field) => company.and_then(|data| find(data, *field, &is_damaged)),
        });
        if is_damaged.get() {
            return Err(corrupt("lead", self.id.0));
        }
        Ok(is_match)
    }

    fn decode(&self, company: Option<&[u8]>) -> Result<LeadEntry, Error> {
        let company = match (self.company, company) {
            (Some(id), Some(data)) => Some(Company {
                id,
                values: decode_values(data).ok_or_else(|| corrupt("company", id.0))?,
            }),
            (Some(id), None) => return Err(corrupt("company", id.0)),
            (None, _) => None,
        };
        let lead = Lead {
            id: self.id,
            company: self.company,
            created: self.created,
            updated: self.updated,
            values: decode_values(self.data).ok_or_else(|| corrupt("lead", self.id.0))?,
        };
        Ok(LeadEntry { lead, company })
    }
}

/// The value of a field; damage is told apart, since a filter knows no errors.
fn find<'a>(data: &'a [u8], field: FieldId, is_damaged: &Cell<bool>) -> Option<Compared<'a>> {
    find_value(data, field).unwrap_or_else(|Damaged| {
        is_damaged.set(true);
        None
    })
}

/// The ids that a filter leaves by a name or an e-mail address; none where it names neither.
fn by_key(connection: &Connection, filter: &Filter<LeadColumn>) -> Result<Option<Vec<i64>>, Error> {
    for expr in filter.conjuncts() {
        let Expr::Compare {
            field,
            op: Op::Eq,
            literal: Literal::Text(text),
            ..
        } = expr
        else {
            continue;
        };
        match field {
            LeadColumn::Name => {
                let id = text
                    .folded()
                    .strip_prefix("leads/")
                    .and_then(|id| id.parse().ok());
                return Ok(Some(id.into_iter().collect()));
            }
            LeadColumn::Lead(FieldId::EMAIL) => {
                let email = Value::Text(text.raw().into());
                let found = lookup::find(connection, FieldId::EMAIL, &email)?;
                return Ok(Some(found.ids));
            }
            _ => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
