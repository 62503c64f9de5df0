//! What a write does to a lead and its company (R-LEAD-5, R-MAP-10).

use leadhook_field::{Datetime, FieldId, Value};
use leadhook_store::{CompanyId, Error, FieldChange, FieldWrite, LeadId, Writes};

use crate::{rows::Touched, writer::Write};

/// Writes to a lead that is touched, and gives what changed. A value that is there already is no change.
pub(crate) fn apply(
    write: &mut Write<'_>,
    touched: &mut Touched,
    id: LeadId,
    writes: Writes,
    now: Datetime,
) -> Result<Vec<FieldChange>, Error> {
    let mut changes = Vec::new();
    let connection = write.connection;
    let lead = touched
        .lead(connection, id)?
        .expect("whoever writes has touched the lead");
    let company_before = lead.company;
    for FieldWrite { field, value } in writes.lead {
        if lead.values.get(field) != value.as_ref() {
            let previous = lead.values.set(field, value.clone());
            changes.push(FieldChange {
                field,
                previous,
                new: value,
            });
        }
    }
    let mut company = company_before;
    if !writes.company.is_empty() {
        company = apply_company(write, touched, company, writes.company, &mut changes)?;
    }
    if !changes.is_empty() || company != company_before {
        if let Some(lead) = touched.lead(connection, id)? {
            lead.company = company;
        }
        touched.changed(id, now);
    }
    Ok(changes)
}

/// Writes company fields; gives the company that the lead is linked to from now on.
///
/// The name is looked at first: it decides which company the other fields are of.
fn apply_company(
    write: &mut Write<'_>,
    touched: &mut Touched,
    linked: Option<CompanyId>,
    mut writes: Vec<FieldWrite>,
    changes: &mut Vec<FieldChange>,
) -> Result<Option<CompanyId>, Error> {
    let connection = write.connection;
    let name = writes
        .iter()
        .position(|write| write.field == FieldId::COMPANY);
    let name = name.map(|at| writes.swap_remove(at).value);
    let before = match linked {
        Some(id) => touched
            .company(connection, id)?
            .values
            .get(FieldId::COMPANY)
            .cloned(),
        None => None,
    };
    let mut company = match name {
        None => linked,
        // Clearing the name of a nameless company changes nothing; of a named one, the lead leaves it.
        Some(None) if before.is_none() => linked,
        Some(None) => {
            changes.push(FieldChange {
                field: FieldId::COMPANY,
                previous: before,
                new: None,
            });
            None
        }
        Some(Some(name)) => Some(named(
            write,
            touched,
            linked,
            before.as_ref(),
            name,
            changes,
        )?),
    };
    for FieldWrite { field, value } in writes {
        if company.is_none() && value.is_none() {
            continue;
        }
        let id = match company {
            Some(id) => id,
            None => touched.new_company(connection)?,
        };
        company = Some(id);
        let values = &mut touched.company(connection, id)?.values;
        if values.get(field) != value.as_ref() {
            let previous = values.set(field, value.clone());
            changes.push(FieldChange {
                field,
                previous,
                new: value,
            });
        }
    }
    Ok(company)
}

/// The company that a lead has by a name: the one that bears it, else its own nameless one, else a new one.
fn named(
    write: &mut Write<'_>,
    touched: &mut Touched,
    linked: Option<CompanyId>,
    before: Option<&Value>,
    name: Value,
    changes: &mut Vec<FieldChange>,
) -> Result<CompanyId, Error> {
    let connection = write.connection;
    let found = touched.company_of_name(write, &name)?;
    let id = match (found, linked) {
        (Some(id), _) => id,
        (None, Some(id)) if before.is_none() => id,
        (None, _) => touched.new_company(connection)?,
    };
    let values = &mut touched.company(connection, id)?.values;
    if values.get(FieldId::COMPANY).is_none() {
        values.set(FieldId::COMPANY, Some(name));
    }
    // A company keeps the spelling that it was made with.
    let after = values.get(FieldId::COMPANY).cloned();
    if before != after.as_ref() {
        changes.push(FieldChange {
            field: FieldId::COMPANY,
            previous: before.cloned(),
            new: after,
        });
    }
    Ok(id)
}
