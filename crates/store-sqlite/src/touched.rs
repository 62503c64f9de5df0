//! The rows that a piece of work reads and changes: each is read once, held, and written once, in key order.
//!
//! The keys by which rows are looked up follow each change at once, so that a later row of the same work finds what an earlier one wrote.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use leadhook_field::{Datetime, FieldId, Value};
use leadhook_store::{Company, CompanyId, Error, FieldChange, Lead, LeadId, Values};
use rusqlite::{CachedStatement, OptionalExtension, params};

use crate::{
    codec::put_values,
    error::{corrupt, sqlite},
    last_ids::Numbered,
    lookup::{self, Table, is_same},
    rows,
    writer::Write,
};

/// What is held. What is not flushed was never written.
pub(crate) struct Touched<'a> {
    select_lead: CachedStatement<'a>,
    leads: BTreeMap<LeadId, Row<Lead>>,
    companies: BTreeMap<CompanyId, Row<Company>>,
    /// Companies that a lead was linked to: without name and leads they go.
    left: BTreeSet<CompanyId>,
}

#[derive(Debug)]
struct Row<T> {
    row: T,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Stored,
    Changed,
    /// Changed, and linked to another company.
    Relinked,
    New,
}

impl<T> Row<T> {
    fn change(&mut self) {
        if self.state == State::Stored {
            self.state = State::Changed;
        }
    }
}

impl<'a> Touched<'a> {
    pub(crate) fn new(write: &Write<'a>) -> Result<Touched<'a>, Error> {
        Ok(Touched {
            select_lead: write
                .connection
                .prepare_cached(rows::SELECT_LEAD)
                .map_err(sqlite)?,
            leads: BTreeMap::new(),
            companies: BTreeMap::new(),
            left: BTreeSet::new(),
        })
    }

    /// The lead, read on its first touch; none when it is not there.
    pub(crate) fn lead(&mut self, id: LeadId) -> Result<Option<&mut Lead>, Error> {
        let row = match self.leads.entry(id) {
            Entry::Occupied(row) => row.into_mut(),
            Entry::Vacant(place) => {
                let Some(row) = rows::lead(&mut self.select_lead, id)? else {
                    return Ok(None);
                };
                let state = State::Stored;
                place.insert(Row { row, state })
            }
        };
        Ok(Some(&mut row.row))
    }

    /// The company, read on its first touch.
    pub(crate) fn company(
        &mut self,
        write: &Write<'_>,
        id: CompanyId,
    ) -> Result<&mut Company, Error> {
        let row = match self.companies.entry(id) {
            Entry::Occupied(row) => row.into_mut(),
            Entry::Vacant(place) => {
                let row = rows::company(write.connection, id)?;
                let row = row.ok_or_else(|| corrupt("company", id.0))?;
                let state = State::Stored;
                place.insert(Row { row, state })
            }
        };
        Ok(&mut row.row)
    }

    /// Whether there is such a company.
    pub(crate) fn has_company(&mut self, write: &Write<'_>, id: CompanyId) -> Result<bool, Error> {
        Ok(self.companies.contains_key(&id) || rows::company(write.connection, id)?.is_some())
    }

    /// Makes a lead.
    pub(crate) fn new_lead(
        &mut self,
        write: &mut Write<'_>,
        now: Datetime,
    ) -> Result<LeadId, Error> {
        let id = LeadId(
            write
                .memory
                .last_ids
                .next(write.connection, Numbered::Lead)?,
        );
        let row = Lead {
            id,
            company: None,
            created: now,
            updated: now,
            values: Values::default(),
        };
        let state = State::New;
        self.leads.insert(id, Row { row, state });
        Ok(id)
    }

    /// Makes a company.
    pub(crate) fn new_company(&mut self, write: &mut Write<'_>) -> Result<CompanyId, Error> {
        let id = CompanyId(
            write
                .memory
                .last_ids
                .next(write.connection, Numbered::Company)?,
        );
        let row = Company {
            id,
            values: Values::default(),
        };
        let state = State::New;
        self.companies.insert(id, Row { row, state });
        Ok(id)
    }

    /// Writes a field of a lead that is touched; none when it has that value already (R-MAP-10).
    pub(crate) fn set_lead(
        &mut self,
        write: &mut Write<'_>,
        id: LeadId,
        field: FieldId,
        value: Option<&Value>,
    ) -> Result<Option<FieldChange>, Error> {
        let Some(row) = self.leads.get_mut(&id) else {
            return Ok(None);
        };
        let change = set(write, &mut row.row.values, id.0, field, value)?;
        if change.is_some() {
            row.change();
        }
        Ok(change)
    }

    /// Writes a field of a company; none when it has that value already.
    pub(crate) fn set_company(
        &mut self,
        write: &mut Write<'_>,
        id: CompanyId,
        field: FieldId,
        value: Option<&Value>,
    ) -> Result<Option<FieldChange>, Error> {
        self.company(write, id)?;
        let Some(row) = self.companies.get_mut(&id) else {
            return Ok(None);
        };
        let change = set(write, &mut row.row.values, id.0, field, value)?;
        if change.is_some() {
            row.change();
        }
        Ok(change)
    }

    /// Links a lead that is touched to another company, or to none; whether it was linked otherwise.
    pub(crate) fn link(&mut self, id: LeadId, company: Option<CompanyId>) -> bool {
        let Some(row) = self.leads.get_mut(&id) else {
            return false;
        };
        let before = std::mem::replace(&mut row.row.company, company);
        if before == company {
            return false;
        }
        self.left.extend(before);
        if row.state != State::New {
            row.state = State::Relinked;
        }
        true
    }

    /// Makes a changed lead later by a microsecond at least, so that its time serves as etag.
    pub(crate) fn touch(&mut self, id: LeadId, now: Datetime) {
        if let Some(row) = self.leads.get_mut(&id) {
            row.change();
            if row.state != State::New {
                let next = row.row.updated.as_micros() + 1;
                row.row.updated = Datetime::from_micros(now.as_micros().max(next));
            }
        }
    }

    /// The company of a name, without regard to case.
    pub(crate) fn company_of_name(
        &mut self,
        write: &mut Write<'_>,
        name: &Value,
    ) -> Result<Option<CompanyId>, Error> {
        let ids = self.companies_with(write, FieldId::COMPANY, name)?;
        Ok(ids.first().copied())
    }

    /// The companies whose field has a value (text without regard to case), in id order.
    pub(crate) fn companies_with(
        &mut self,
        write: &mut Write<'_>,
        field: FieldId,
        value: &Value,
    ) -> Result<Vec<CompanyId>, Error> {
        self.ensure(write, Table::Company, field)?;
        let found = lookup::find(write.connection, field, value)?;
        let mut companies = Vec::with_capacity(found.ids.len());
        for id in found.ids.into_iter().map(CompanyId) {
            let is_it = |found: Option<&Value>| found.is_some_and(|found| is_same(found, value));
            if !found.is_cut || is_it(self.company(write, id)?.values.get(field)) {
                companies.push(id);
            }
        }
        Ok(companies)
    }

    /// Of the leads whose field has a value (text without regard to case), the one updated last (R-LEAD-1). It is touched.
    pub(crate) fn newest_lead(
        &mut self,
        write: &mut Write<'_>,
        field: FieldId,
        value: &Value,
    ) -> Result<Option<LeadId>, Error> {
        self.ensure(write, Table::Lead, field)?;
        let found = lookup::find(write.connection, field, value)?;
        if let ([id], false) = (&found.ids[..], found.is_cut) {
            return Ok(self.lead(LeadId(*id))?.map(|lead| lead.id));
        }
        let mut newest = None;
        for id in found.ids.into_iter().map(LeadId) {
            let matching = |lead: &Lead| {
                let value_there = lead.values.get(field);
                let is_it = !found.is_cut || value_there.is_some_and(|it| is_same(it, value));
                is_it.then_some((lead.updated, lead.id))
            };
            // A field that many leads share must not bring all of them into memory.
            let lead = match self.leads.get(&id) {
                Some(row) => matching(&row.row),
                None => rows::lead(&mut self.select_lead, id)?
                    .as_ref()
                    .and_then(matching),
            };
            newest = newest.max(lead);
        }
        let Some((_, id)) = newest else {
            return Ok(None);
        };
        Ok(self.lead(id)?.map(|lead| lead.id))
    }

    /// Makes sure that rows can be found by a field: on its first use all of them are gone through.
    fn ensure(&mut self, write: &mut Write<'_>, table: Table, field: FieldId) -> Result<(), Error> {
        if write.memory.lookups.contains(write.connection, field)? {
            return Ok(());
        }
        self.flush_rows(write)?;
        write.memory.lookups.build(write.connection, table, field)
    }

    /// Writes all that changed.
    pub(crate) fn flush(mut self, write: &mut Write<'_>) -> Result<(), Error> {
        self.flush_rows(write)?;
        let left = std::mem::take(&mut self.left);
        for id in left {
            self.let_go(write, id)?;
        }
        write.memory.last_ids.flush(write.connection)
    }

    /// Takes away a nameless company that no lead is linked to: nobody can find it, and it may tell of a lead that is erased.
    pub(crate) fn let_go(&mut self, write: &mut Write<'_>, id: CompanyId) -> Result<(), Error> {
        let connection = write.connection;
        let is_linked = connection
            .prepare_cached("SELECT 1 FROM lead WHERE company = ?1 LIMIT 1")
            .and_then(|mut select| select.query_row([id.0], |_| Ok(())).optional())
            .map_err(sqlite)?
            .is_some();
        let company = self.company(write, id)?;
        if is_linked || company.values.get(FieldId::COMPANY).is_some() {
            return Ok(());
        }
        for (field, value) in company.values.iter() {
            let lookups = &mut write.memory.lookups;
            lookups.follow(connection, field, id.0, Some(value), None)?;
        }
        self.companies.remove(&id);
        connection
            .prepare_cached("DELETE FROM company WHERE id = ?1")
            .and_then(|mut delete| delete.execute([id.0]))
            .map_err(sqlite)?;
        Ok(())
    }

    fn flush_rows(&mut self, write: &mut Write<'_>) -> Result<(), Error> {
        flush_leads(write, &mut self.leads)?;
        for (id, row) in &mut self.companies {
            write_company(write, *id, row)?;
            row.state = State::Stored;
        }
        Ok(())
    }
}

fn set(
    write: &mut Write<'_>,
    values: &mut Values,
    id: i64,
    field: FieldId,
    value: Option<&Value>,
) -> Result<Option<FieldChange>, Error> {
    if values.get(field) == value {
        return Ok(None);
    }
    let previous = values.set(field, value.cloned());
    let lookups = &mut write.memory.lookups;
    lookups.follow(write.connection, field, id, previous.as_ref(), value)?;
    Ok(Some(FieldChange {
        field,
        previous,
        new: value.cloned(),
    }))
}

/// Each statement is taken out once; the index of companies is left alone where it can be.
fn flush_leads(write: &Write<'_>, leads: &mut BTreeMap<LeadId, Row<Lead>>) -> Result<(), Error> {
    let prepare = |sql| write.connection.prepare_cached(sql).map_err(sqlite);
    let mut change = prepare("UPDATE lead SET updated = ?2, data = ?3 WHERE id = ?1")?;
    let mut relink =
        prepare("UPDATE lead SET updated = ?2, data = ?3, company = ?4 WHERE id = ?1")?;
    let mut insert = prepare(
        "INSERT INTO lead(id, updated, data, company, created) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let mut data = Vec::with_capacity(256);
    for (LeadId(id), Row { row, state }) in leads {
        if *state == State::Stored {
            continue;
        }
        data.clear();
        put_values(&row.values, &mut data);
        let (created, updated) = (row.created.as_micros(), row.updated.as_micros());
        let company = row.company.map(|company| company.0);
        match state {
            State::Stored | State::Changed => change.execute(params![id, updated, data]),
            State::Relinked => relink.execute(params![id, updated, data, company]),
            State::New => insert.execute(params![id, updated, data, company, created]),
        }
        .map_err(sqlite)?;
        *state = State::Stored;
    }
    Ok(())
}

fn write_company(write: &Write<'_>, id: CompanyId, row: &Row<Company>) -> Result<(), Error> {
    let sql = match row.state {
        State::Stored => return Ok(()),
        State::Changed | State::Relinked => "UPDATE company SET data = ?2 WHERE id = ?1",
        State::New => "INSERT INTO company(id, data) VALUES (?1, ?2)",
    };
    let mut data = Vec::new();
    put_values(&row.row.values, &mut data);
    write
        .connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute(params![id.0, data]))
        .map_err(sqlite)?;
    Ok(())
}
