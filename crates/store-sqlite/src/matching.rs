//! Leads that match a filter.
//!
//! A filter that names a lead or its e-mail address is answered by key, one that demands a call of which there are few by those. Otherwise
//! leads are gone through in id order; of each row only what the filter names is read, and the rest once it matches.

use std::cell::{Cell, OnceCell};

use leadhook_field::{self as field, Datetime, FieldId, Value};
use leadhook_filter::{Expr, Filter, Literal, Op, Value as Compared};
use leadhook_store::{Company, CompanyId, Error, FirstMatch, Lead, LeadColumn, LeadEntry, LeadId};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    called::{Beside, Called},
    codec::{Damaged, decode_values, find_value},
    error::{corrupt, sqlite},
    kinds::Kinds,
    lookup,
    scan::Scan,
};

const ONE: &str = "SELECT id, company, created, updated, data FROM lead WHERE id = ?1";
const BEHIND: &str =
    "SELECT id, company, created, updated, data FROM lead WHERE id > ?1 ORDER BY id";

/// Which of some filters is the first that each of some leads matches.
pub(crate) fn first(
    connection: &Connection,
    kinds: &Kinds,
    leads: &[LeadId],
    filters: &[Filter<LeadColumn>],
) -> Result<Vec<FirstMatch>, Error> {
    let mut select = connection.prepare_cached(ONE).map_err(sqlite)?;
    let mut choices = filters
        .iter()
        .map(|filter| Matching::new(connection, kinds, filter))
        .collect::<Result<Vec<_>, _>>()?;
    let mut first = |lead: &LeadId| {
        let mut rows = select.query([lead.0]).map_err(sqlite)?;
        let Some(row) = rows.next().map_err(sqlite)? else {
            return Ok(FirstMatch::Gone);
        };
        let row = LeadRow::read(row)?;
        for (at, choice) in choices.iter_mut().enumerate() {
            choice.called.look_at(lead.0)?;
            if choice.find(&row)?.is_some() {
                return Ok(FirstMatch::At(at));
            }
        }
        Ok(FirstMatch::Nothing)
    };
    leads.iter().map(&mut first).collect()
}

/// Leads that match a filter, in id order.
pub(crate) struct Matching<'a> {
    connection: &'a Connection,
    filter: &'a Filter<LeadColumn>,
    /// Whether the filter names a field of companies.
    names_company: bool,
    called: Called<'a>,
}

/// A lead that matches.
pub(crate) struct Found<'a> {
    connection: &'a Connection,
    lead: &'a LeadRow<'a>,
    /// The row of its company; none: it was not read yet.
    company: Option<Option<Vec<u8>>>,
}

impl<'a> Matching<'a> {
    pub(crate) fn new(
        connection: &'a Connection,
        kinds: &Kinds,
        filter: &'a Filter<LeadColumn>,
    ) -> Result<Matching<'a>, Error> {
        let mut fields = filter.fields();
        Ok(Matching {
            connection,
            filter,
            names_company: fields.any(|field| matches!(field, LeadColumn::Company(_))),
            called: Called::new(connection, kinds, filter)?,
        })
    }

    /// Hands the leads behind one to `take`, as long as that, and the scan, say to go on; the scan learns where the page ends.
    pub(crate) fn each(
        &mut self,
        after: Option<LeadId>,
        scan: &mut Scan<'_>,
        mut take: impl FnMut(Found<'_>) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let after = after.map_or(i64::MIN, |id| id.0);
        let by_key = match by_key(self.connection, self.filter)? {
            Some(ids) => Some(ids),
            None => self.called.few(self.filter)?,
        };
        match by_key {
            Some(ids) => self.read(ids.into_iter().filter(|id| *id > after), scan, &mut take),
            None => self.scan(after, scan, &mut take),
        }
    }

    /// Takes leads by their ids.
    fn read(
        &mut self,
        ids: impl Iterator<Item = i64>,
        scan: &mut Scan<'_>,
        take: &mut impl FnMut(Found<'_>) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut select = self.connection.prepare_cached(ONE).map_err(sqlite)?;
        for id in ids {
            let mut rows = select.query([id]).map_err(sqlite)?;
            let Some(row) = rows.next().map_err(sqlite)? else {
                continue;
            };
            if !scan.may_look()? {
                break;
            }
            self.called.look_at(id)?;
            if !self.hand(&LeadRow::read(row)?, scan, take)? {
                break;
            }
        }
        Ok(())
    }

    /// Goes through the leads behind an id, and through their calls beside them.
    fn scan(
        &mut self,
        after: i64,
        scan: &mut Scan<'_>,
        take: &mut impl FnMut(Found<'_>) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut calls = self
            .connection
            .prepare_cached(Beside::SQL)
            .map_err(sqlite)?;
        let mut beside = match self.called.is_empty() {
            true => None,
            false => Some(Beside::new(calls.query([after]).map_err(sqlite)?)?),
        };
        let mut select = self.connection.prepare_cached(BEHIND).map_err(sqlite)?;
        let mut rows = select.query([after]).map_err(sqlite)?;
        while let Some(row) = rows.next().map_err(sqlite)? {
            if !scan.may_look()? {
                break;
            }
            let lead = LeadRow::read(row)?;
            if let Some(beside) = &mut beside {
                beside.look_at(&mut self.called, lead.id.0)?;
            }
            if !self.hand(&lead, scan, take)? {
                break;
            }
        }
        Ok(())
    }

    /// Hands a lead on if it matches; whether to go on.
    fn hand(
        &self,
        lead: &LeadRow<'_>,
        scan: &mut Scan<'_>,
        take: &mut impl FnMut(Found<'_>) -> Result<bool, Error>,
    ) -> Result<bool, Error> {
        if let Some(found) = self.find(lead)?
            && !take(found)?
        {
            scan.cut();
            return Ok(false);
        }
        scan.pass(lead.id.0);
        Ok(true)
    }

    /// A lead, if it matches; its calls were looked at.
    fn find<'r>(&'r self, lead: &'r LeadRow<'r>) -> Result<Option<Found<'r>>, Error> {
        let connection = self.connection;
        let company = match self.names_company {
            true => Some(lead.company(connection)?),
            false => None,
        };
        let row = company.as_ref().and_then(|row| row.as_deref());
        let is_match = lead.matches(self.filter, row, &self.called)?;
        Ok(is_match.then_some(Found {
            connection,
            lead,
            company,
        }))
    }
}

impl Found<'_> {
    /// Which.
    pub(crate) fn id(&self) -> LeadId {
        self.lead.id
    }

    /// All of it, and how many bytes its row and that of its company have.
    pub(crate) fn read(self) -> Result<(LeadEntry, usize), Error> {
        let company = match self.company {
            Some(company) => company,
            None => self.lead.company(self.connection)?,
        };
        let bytes = self.lead.data.len() + company.as_ref().map_or(0, Vec::len);
        Ok((self.lead.decode(company.as_deref())?, bytes))
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
    fn matches(
        &self,
        filter: &Filter<LeadColumn>,
        company: Option<&[u8]>,
        called: &Called<'_>,
    ) -> Result<bool, Error> {
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
        let value = |column: &LeadColumn| match column {
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
        };
        let is_match = filter.matches_with(value, |call| called.holds(call));
        if is_damaged.get() {
            return Err(corrupt("lead", self.id.0));
        }
        Ok(is_match)
    }

    /// The row of its company.
    fn company(&self, connection: &Connection) -> Result<Option<Vec<u8>>, Error> {
        let Some(CompanyId(id)) = self.company else {
            return Ok(None);
        };
        connection
            .prepare_cached("SELECT data FROM company WHERE id = ?1")
            .and_then(|mut select| select.query_row([id], |row| row.get(0)).optional())
            .map_err(sqlite)
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
