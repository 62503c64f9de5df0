//! Leads read: by id, as slots, and as filtered pages.

use leadhook_field::{Datetime, FieldId, Value};
use leadhook_filter::{Expr, Filter, Literal, Op, Value as Compared};
use leadhook_store::{
    Company, CompanyId, Error, Lead, LeadColumn, LeadEntry, LeadId, LeadQuery, Page, Projection,
    Subject,
};
use rusqlite::Connection;

use crate::{
    codec::{decode_projected, decode_values},
    error::{corrupt, sqlite},
    lookup::{self, Table},
    rows,
};

/// A lead with its company.
pub(crate) fn entry(connection: &Connection, id: LeadId) -> Result<Option<LeadEntry>, Error> {
    let Some(lead) = rows::lead(connection, id)? else {
        return Ok(None);
    };
    let company = match lead.company {
        Some(id) => rows::company(connection, id)?,
        None => None,
    };
    Ok(Some(LeadEntry { lead, company }))
}

/// The slots of a projection, decoded straight from the row; none when the lead is not there.
pub(crate) fn subject(
    connection: &Connection,
    id: LeadId,
    projection: &Projection,
) -> Result<Option<Subject>, Error> {
    let is_virtual = |field: &FieldId| {
        [
            FieldId::ID,
            FieldId::CREATED_AT,
            FieldId::UPDATED_AT,
            FieldId::FULL_NAME,
        ]
        .contains(field)
    };
    if projection.lead.iter().any(is_virtual) {
        let entry = entry(connection, id)?;
        return Ok(entry.map(|entry| projection.of(&entry.lead, entry.company.as_ref())));
    }
    let mut select = connection
        .prepare_cached("SELECT company, data FROM lead WHERE id = ?1")
        .map_err(sqlite)?;
    let mut rows = select.query([id.0]).map_err(sqlite)?;
    let Some(row) = rows.next().map_err(sqlite)? else {
        return Ok(None);
    };
    let company: Option<i64> = row.get(0).map_err(sqlite)?;
    let data = row
        .get_ref(1)
        .map_err(sqlite)?
        .as_blob()
        .map_err(|_| corrupt("lead", id.0))?;
    let mut slots = Vec::with_capacity(projection.lead.len() + projection.company.len());
    decode_projected(data, &projection.lead, &mut slots).ok_or_else(|| corrupt("lead", id.0))?;
    if !projection.company.is_empty() {
        company_slots(connection, company, projection, &mut slots)?;
    }
    Ok(Some(Subject { slots }))
}

fn company_slots(
    connection: &Connection,
    company: Option<i64>,
    projection: &Projection,
    slots: &mut Vec<Option<Value>>,
) -> Result<(), Error> {
    let Some(id) = company else {
        slots.resize(slots.len() + projection.company.len(), None);
        return Ok(());
    };
    let mut select = connection
        .prepare_cached("SELECT data FROM company WHERE id = ?1")
        .map_err(sqlite)?;
    let mut rows = select.query([id]).map_err(sqlite)?;
    let row = rows
        .next()
        .map_err(sqlite)?
        .ok_or_else(|| corrupt("company", id))?;
    let data = row
        .get_ref(0)
        .map_err(sqlite)?
        .as_blob()
        .map_err(|_| corrupt("company", id))?;
    decode_projected(data, &projection.company, slots).ok_or_else(|| corrupt("company", id))
}

/// A page of leads.
pub(crate) fn list(connection: &Connection, query: &LeadQuery) -> Result<Page<LeadEntry>, Error> {
    let after = query.after.map_or(i64::MIN, |id| id.0);
    if let Some(ids) = by_key(connection, &query.filter)? {
        let mut page = Filling::new(query);
        for id in ids.into_iter().filter(|id| *id > after) {
            if let Some(entry) = entry(connection, LeadId(id))?
                && !page.take(entry, 0)
            {
                break;
            }
        }
        return Ok(page.done());
    }
    scan(connection, query, after)
}

fn scan(connection: &Connection, query: &LeadQuery, after: i64) -> Result<Page<LeadEntry>, Error> {
    let sql = "SELECT lead.id, company, created, updated, lead.data, company.data FROM lead \
         LEFT JOIN company ON company.id = company WHERE lead.id > ?1 ORDER BY lead.id";
    let mut select = connection.prepare_cached(sql).map_err(sqlite)?;
    let mut rows = select.query([after]).map_err(sqlite)?;
    let mut page = Filling::new(query);
    while let Some(row) = rows.next().map_err(sqlite)? {
        let id: i64 = row.get(0).map_err(sqlite)?;
        let company: Option<i64> = row.get(1).map_err(sqlite)?;
        let data = row
            .get_ref(4)
            .map_err(sqlite)?
            .as_blob()
            .map_err(|_| corrupt("lead", id))?;
        let company_data = row
            .get_ref(5)
            .map_err(sqlite)?
            .as_blob_or_null()
            .map_err(|_| corrupt("lead", id))?;
        let lead = Lead {
            id: LeadId(id),
            company: company.map(CompanyId),
            created: Datetime::from_micros(row.get(2).map_err(sqlite)?),
            updated: Datetime::from_micros(row.get(3).map_err(sqlite)?),
            values: decode_values(data).ok_or_else(|| corrupt("lead", id))?,
        };
        let company = match (company, company_data) {
            (Some(company), Some(data)) => Some(Company {
                id: CompanyId(company),
                values: decode_values(data).ok_or_else(|| corrupt("company", company))?,
            }),
            _ => None,
        };
        let bytes = data.len() + company_data.map_or(0, <[u8]>::len);
        if !page.take(LeadEntry { lead, company }, bytes) {
            break;
        }
    }
    Ok(page.done())
}

/// A page that fills up.
struct Filling<'a> {
    query: &'a LeadQuery,
    entries: Vec<LeadEntry>,
    bytes: usize,
    more: bool,
}

impl Filling<'_> {
    fn new(query: &LeadQuery) -> Filling<'_> {
        Filling {
            query,
            entries: Vec::new(),
            bytes: 0,
            more: false,
        }
    }

    /// Takes a lead if it matches; whether to go on.
    fn take(&mut self, entry: LeadEntry, bytes: usize) -> bool {
        if !matches(&self.query.filter, &entry) {
            return true;
        }
        self.bytes += bytes;
        let is_full = self.entries.len() >= self.query.limit
            || (self.bytes > self.query.max_bytes && !self.entries.is_empty());
        if is_full {
            self.more = true;
        } else {
            self.entries.push(entry);
        }
        !is_full
    }

    fn done(self) -> Page<LeadEntry> {
        Page {
            rows: self.entries,
            more: self.more,
        }
    }
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
                    .raw()
                    .strip_prefix("leads/")
                    .and_then(|id| id.parse().ok());
                return Ok(Some(id.into_iter().collect()));
            }
            LeadColumn::Lead(FieldId::EMAIL) => {
                let email = Value::Text(text.raw().into());
                return lookup::find(connection, Table::Lead, FieldId::EMAIL, &email).map(Some);
            }
            _ => {}
        }
    }
    Ok(None)
}

fn matches(filter: &Filter<LeadColumn>, entry: &LeadEntry) -> bool {
    if filter.is_empty() {
        return true;
    }
    let LeadEntry { lead, company } = entry;
    let name = format!("leads/{}", lead.id);
    // The fields that no row holds are made on the way; they must outlive the comparison.
    let full_name = lead.value(FieldId::FULL_NAME);
    filter.matches(|column| match column {
        LeadColumn::Name => Some(Compared::Text(&name)),
        LeadColumn::CreateTime | LeadColumn::Lead(FieldId::CREATED_AT) => {
            Some(Compared::Timestamp(lead.created.as_micros()))
        }
        LeadColumn::UpdateTime | LeadColumn::Lead(FieldId::UPDATED_AT) => {
            Some(Compared::Timestamp(lead.updated.as_micros()))
        }
        LeadColumn::Lead(FieldId::ID) => Some(Compared::Integer(lead.id.0)),
        LeadColumn::Lead(FieldId::FULL_NAME) => full_name.as_deref().map(compared),
        LeadColumn::Lead(field) => lead.values.get(*field).map(compared),
        LeadColumn::Company(field) => company.as_ref()?.values.get(*field).map(compared),
    })
}

fn compared(value: &Value) -> Compared<'_> {
    match value {
        Value::Text(text) => Compared::Text(text),
        Value::Integer(number) => Compared::Integer(i64::from(*number)),
        Value::Float(number) => Compared::Float(*number),
        Value::Boolean(boolean) => Compared::Boolean(*boolean),
        Value::Date(date) => Compared::Date(date.days()),
        Value::Datetime(time) => Compared::Timestamp(time.as_micros()),
    }
}
