//! What webhooks need of leads, decoded straight from the rows into slots.

use leadhook_field::{Datetime, FieldId, Value};
use leadhook_store::{CompanyId, Error, Lead, LeadId, Projection, Subject, Values};
use rusqlite::{CachedStatement, Connection};

use crate::{
    codec::{Places, decode_places},
    error::{corrupt, sqlite},
};

/// The fields that no row holds, and those that Full Name is made of.
const MADE: [FieldId; 4] = [
    FieldId::ID,
    FieldId::CREATED_AT,
    FieldId::UPDATED_AT,
    FieldId::FULL_NAME,
];
const NAME: [FieldId; 3] = [
    FieldId::FIRST_NAME,
    FieldId::MIDDLE_NAME,
    FieldId::LAST_NAME,
];

/// Subjects in the order of the ids; none where a lead is not there.
pub(crate) fn read(
    connection: &Connection,
    ids: &[LeadId],
    projection: &Projection,
) -> Result<Vec<Option<Subject>>, Error> {
    let plan = Plan::of(projection);
    let mut leads = connection
        .prepare_cached("SELECT company, created, updated, data FROM lead WHERE id = ?1")
        .map_err(sqlite)?;
    let mut companies = connection
        .prepare_cached("SELECT data FROM company WHERE id = ?1")
        .map_err(sqlite)?;
    ids.iter()
        .map(|id| plan.read(&mut leads, &mut companies, *id))
        .collect()
}

/// A projection, and which slots its fields go to.
struct Plan {
    lead: Places,
    company: Places,
    /// Fields that are made once the row is read.
    made: Vec<(FieldId, usize)>,
    slots: usize,
    /// Whether the parts of the name stand in three slots behind the others.
    has_name: bool,
}

impl Plan {
    fn of(projection: &Projection) -> Plan {
        let slots = projection.lead.len() + projection.company.len();
        let lead = || projection.lead.iter().copied().zip(0..);
        let has_name = projection.lead.contains(&FieldId::FULL_NAME);
        let name = NAME.into_iter().zip(slots..).filter(|_| has_name);
        let in_row = lead().filter(|(field, _)| !MADE.contains(field));
        Plan {
            lead: Places::new(in_row.chain(name)),
            company: Places::new(
                projection
                    .company
                    .iter()
                    .copied()
                    .zip(projection.lead.len()..),
            ),
            made: lead().filter(|(field, _)| MADE.contains(field)).collect(),
            slots,
            has_name,
        }
    }

    fn read(
        &self,
        leads: &mut CachedStatement<'_>,
        companies: &mut CachedStatement<'_>,
        id: LeadId,
    ) -> Result<Option<Subject>, Error> {
        let mut rows = leads.query([id.0]).map_err(sqlite)?;
        let Some(row) = rows.next().map_err(sqlite)? else {
            return Ok(None);
        };
        let damaged = || corrupt("lead", id.0);
        let name = if self.has_name { NAME.len() } else { 0 };
        let mut slots = vec![None; self.slots + name];
        let data = row.get_ref(3).map_err(sqlite)?.as_blob();
        let data = data.map_err(|_| damaged())?;
        decode_places(data, &self.lead, &mut slots).ok_or_else(damaged)?;
        let company: Option<i64> = row.get(0).map_err(sqlite)?;
        if let Some(company) = company.filter(|_| !self.company.is_empty()) {
            self.read_company(companies, company, &mut slots)?;
        }
        if !self.made.is_empty() {
            let lead = Lead {
                id,
                company: company.map(CompanyId),
                created: Datetime::from_micros(row.get(1).map_err(sqlite)?),
                updated: Datetime::from_micros(row.get(2).map_err(sqlite)?),
                values: parts_of_name(slots.drain(self.slots..)),
            };
            for (field, slot) in &self.made {
                slots[*slot] = lead.value(*field).map(std::borrow::Cow::into_owned);
            }
        }
        Ok(Some(Subject { slots }))
    }

    fn read_company(
        &self,
        companies: &mut CachedStatement<'_>,
        id: i64,
        slots: &mut [Option<Value>],
    ) -> Result<(), Error> {
        let damaged = || corrupt("company", id);
        let mut rows = companies.query([id]).map_err(sqlite)?;
        let row = rows.next().map_err(sqlite)?.ok_or_else(damaged)?;
        let data = row.get_ref(0).map_err(sqlite)?.as_blob();
        let data = data.map_err(|_| damaged())?;
        decode_places(data, &self.company, slots).ok_or_else(damaged)
    }
}

fn parts_of_name(parts: impl Iterator<Item = Option<Value>>) -> Values {
    let parts = NAME.into_iter().zip(parts);
    parts
        .filter_map(|(field, part)| Some((field, part?)))
        .collect()
}
