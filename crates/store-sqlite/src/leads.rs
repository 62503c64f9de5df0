//! What a write does to a lead and its company (R-LEAD-5, R-MAP-10).

use leadhook_field::{Datetime, FieldId, Value};
use leadhook_store::{CompanyId, Error, FieldChange, FieldWrite, LeadId, Writes};

use crate::{touched::Touched, writer::Write};

/// Writes to a lead that is touched, and gives what changed. A value that is there already is no change.
pub(crate) fn apply(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    id: LeadId,
    writes: &Writes,
    now: Datetime,
) -> Result<Vec<FieldChange>, Error> {
    let mut changes = Vec::new();
    for FieldWrite { field, value } in &writes.lead {
        changes.extend(touched.set_lead(write, id, *field, value.as_ref())?);
    }
    let mut is_relinked = false;
    if !writes.company.is_empty() {
        let linked = touched.lead(id)?.and_then(|lead| lead.company);
        let company = apply_company(write, touched, linked, &writes.company, &mut changes)?;
        is_relinked = touched.link(id, company);
    }
    if is_relinked || !changes.is_empty() {
        touched.touch(id, now);
    }
    Ok(changes)
}

/// Writes company fields; gives the company that the lead is linked to from now on.
///
/// The name is looked at first: it decides which company the other fields are of.
fn apply_company(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    linked: Option<CompanyId>,
    writes: &[FieldWrite],
    changes: &mut Vec<FieldChange>,
) -> Result<Option<CompanyId>, Error> {
    let name = writes.iter().find(|write| write.field == FieldId::COMPANY);
    let mut company = match name {
        None => linked,
        Some(name) => rename(write, touched, linked, name.value.as_ref(), changes)?,
    };
    let others = writes
        .iter()
        .filter(|write| write.field != FieldId::COMPANY);
    for FieldWrite { field, value } in others {
        let id = match (company, value) {
            (Some(id), _) => id,
            // Nothing is cleared where nothing is.
            (None, None) => continue,
            (None, Some(_)) => touched.new_company(write)?,
        };
        company = Some(id);
        changes.extend(touched.set_company(write, id, *field, value.as_ref())?);
    }
    Ok(company)
}

/// The company that a lead has by a name, or by none: then it leaves a named company, and keeps a nameless one.
fn rename(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    linked: Option<CompanyId>,
    name: Option<&Value>,
    changes: &mut Vec<FieldChange>,
) -> Result<Option<CompanyId>, Error> {
    let before = name_of(write, touched, linked)?;
    let company = match name {
        None if before.is_none() => linked,
        None => None,
        Some(name) => Some(named(write, touched, linked, before.as_ref(), name)?),
    };
    let after = name_of(write, touched, company)?;
    if before != after {
        changes.push(FieldChange {
            field: FieldId::COMPANY,
            previous: before,
            new: after,
        });
    }
    Ok(company)
}

/// The company that bears the name, in the spelling that it was made with; else the lead's own nameless one, else a new one.
fn named(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    linked: Option<CompanyId>,
    before: Option<&Value>,
    name: &Value,
) -> Result<CompanyId, Error> {
    if let Some(id) = touched.company_of_name(write, name)? {
        return Ok(id);
    }
    let id = match linked {
        Some(id) if before.is_none() => id,
        _ => touched.new_company(write)?,
    };
    touched.set_company(write, id, FieldId::COMPANY, Some(name))?;
    Ok(id)
}

fn name_of(
    write: &Write<'_>,
    touched: &mut Touched<'_>,
    company: Option<CompanyId>,
) -> Result<Option<Value>, Error> {
    let Some(id) = company else { return Ok(None) };
    let company = touched.company(write, id)?;
    Ok(company.values.get(FieldId::COMPANY).cloned())
}
