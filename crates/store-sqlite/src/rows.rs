//! Leads and companies as rows: read one by one, or held while a piece of work changes them and written once, in key order.

use std::collections::{BTreeMap, btree_map::Entry};

use leadhook_field::{Datetime, FieldId, Value};
use leadhook_store::{Company, CompanyId, Error, Lead, LeadId, Values};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    codec::{decode_values, encode_values},
    error::{corrupt, sqlite},
    lookup::{self, Table},
    writer::Write,
};

/// Reads a lead.
pub(crate) fn lead(connection: &Connection, id: LeadId) -> Result<Option<Lead>, Error> {
    let sql = "SELECT company, created, updated, data FROM lead WHERE id = ?1";
    let row = connection
        .prepare_cached(sql)
        .and_then(|mut select| {
            select
                .query_row([id.0], |row| {
                    Ok((
                        row.get(0)?,
                        row.get(1)?,
                        row.get(2)?,
                        row.get::<_, Vec<u8>>(3)?,
                    ))
                })
                .optional()
        })
        .map_err(sqlite)?;
    let Some((company, created, updated, data)) = row else {
        return Ok(None);
    };
    Ok(Some(Lead {
        id,
        company: Option::<i64>::map(company, CompanyId),
        created: Datetime::from_micros(created),
        updated: Datetime::from_micros(updated),
        values: decode_values(&data).ok_or_else(|| corrupt("lead", id.0))?,
    }))
}

/// Reads a company.
pub(crate) fn company(connection: &Connection, id: CompanyId) -> Result<Option<Company>, Error> {
    let data: Option<Vec<u8>> = connection
        .prepare_cached("SELECT data FROM company WHERE id = ?1")
        .and_then(|mut select| select.query_row([id.0], |row| row.get(0)).optional())
        .map_err(sqlite)?;
    let Some(data) = data else { return Ok(None) };
    let values = decode_values(&data).ok_or_else(|| corrupt("company", id.0))?;
    Ok(Some(Company { id, values }))
}

/// The rows that a piece of work has touched. What is not flushed was never written.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    leads: BTreeMap<LeadId, TouchedLead>,
    companies: BTreeMap<CompanyId, TouchedCompany>,
}

#[derive(Debug)]
struct TouchedLead {
    /// Values as they are in the table.
    before: Values,
    is_changed: bool,
    lead: Lead,
}

#[derive(Debug)]
struct TouchedCompany {
    before: Values,
    company: Company,
}

impl Touched {
    /// The lead, read on its first touch; none when it is not there.
    pub(crate) fn lead(
        &mut self,
        connection: &Connection,
        id: LeadId,
    ) -> Result<Option<&mut Lead>, Error> {
        let touched = match self.leads.entry(id) {
            Entry::Occupied(touched) => touched.into_mut(),
            Entry::Vacant(place) => {
                let Some(lead) = lead(connection, id)? else {
                    return Ok(None);
                };
                let before = lead.values.clone();
                place.insert(TouchedLead {
                    before,
                    is_changed: false,
                    lead,
                })
            }
        };
        Ok(Some(&mut touched.lead))
    }

    /// Makes a lead; its row is there from now on.
    pub(crate) fn new_lead(
        &mut self,
        connection: &Connection,
        now: Datetime,
    ) -> Result<LeadId, Error> {
        let sql = "INSERT INTO lead(company, created, updated, data) VALUES (NULL, ?1, ?1, x'')";
        let id = connection
            .prepare_cached(sql)
            .and_then(|mut insert| insert.insert([now.as_micros()]))
            .map(LeadId)
            .map_err(sqlite)?;
        let lead = Lead {
            id,
            company: None,
            created: now,
            updated: now,
            values: Values::default(),
        };
        self.leads.insert(
            id,
            TouchedLead {
                before: Values::default(),
                is_changed: false,
                lead,
            },
        );
        Ok(id)
    }

    /// Notes that a lead's own row changed: it is later by a microsecond at least, so that its time serves as etag.
    pub(crate) fn changed(&mut self, id: LeadId, now: Datetime) {
        if let Some(touched) = self.leads.get_mut(&id) {
            touched.is_changed = true;
            let next = touched.lead.updated.as_micros() + 1;
            touched.lead.updated = Datetime::from_micros(now.as_micros().max(next));
        }
    }

    /// The company, read on its first touch.
    pub(crate) fn company(
        &mut self,
        connection: &Connection,
        id: CompanyId,
    ) -> Result<&mut Company, Error> {
        let touched = match self.companies.entry(id) {
            Entry::Occupied(touched) => touched.into_mut(),
            Entry::Vacant(place) => {
                let company = company(connection, id)?.ok_or_else(|| corrupt("company", id.0))?;
                let before = company.values.clone();
                place.insert(TouchedCompany { before, company })
            }
        };
        Ok(&mut touched.company)
    }

    /// Makes a company; its row is there from now on.
    pub(crate) fn new_company(&mut self, connection: &Connection) -> Result<CompanyId, Error> {
        let id = connection
            .prepare_cached("INSERT INTO company(data) VALUES (x'')")
            .and_then(|mut insert| insert.insert([]))
            .map(CompanyId)
            .map_err(sqlite)?;
        let company = Company {
            id,
            values: Values::default(),
        };
        self.companies.insert(
            id,
            TouchedCompany {
                before: Values::default(),
                company,
            },
        );
        Ok(id)
    }

    /// The company of a name, without regard to case; what is touched but not flushed counts.
    pub(crate) fn company_of_name(
        &mut self,
        write: &mut Write<'_>,
        name: &Value,
    ) -> Result<Option<CompanyId>, Error> {
        self.flush_companies(write)?;
        let ids = lookup::find(write.connection, Table::Company, FieldId::COMPANY, name)?;
        Ok(ids.first().map(|id| CompanyId(*id)))
    }

    /// Writes all that changed, in key order.
    pub(crate) fn flush(&mut self, write: &mut Write<'_>) -> Result<(), Error> {
        for (id, touched) in &mut self.leads {
            if !touched.is_changed {
                continue;
            }
            let Lead {
                company,
                updated,
                values,
                ..
            } = &touched.lead;
            let sql = "UPDATE lead SET company = ?2, updated = ?3, data = ?4 WHERE id = ?1";
            let company = company.map(|company| company.0);
            write
                .connection
                .prepare_cached(sql)
                .and_then(|mut update| {
                    update.execute(params![
                        id.0,
                        company,
                        updated.as_micros(),
                        encode_values(values)
                    ])
                })
                .map_err(sqlite)?;
            write
                .lookups
                .follow(write.connection, id.0, &touched.before, values)?;
            touched.before.clone_from(values);
            touched.is_changed = false;
        }
        self.flush_companies(write)
    }

    fn flush_companies(&mut self, write: &mut Write<'_>) -> Result<(), Error> {
        for (id, touched) in &mut self.companies {
            let values = &touched.company.values;
            if *values == touched.before {
                continue;
            }
            write
                .connection
                .prepare_cached("UPDATE company SET data = ?2 WHERE id = ?1")
                .and_then(|mut update| update.execute(params![id.0, encode_values(values)]))
                .map_err(sqlite)?;
            write
                .lookups
                .follow(write.connection, id.0, &touched.before, values)?;
            touched.before.clone_from(values);
        }
        Ok(())
    }
}
