//! Companies updated or created by themselves.

use leadhook_field::FieldId;
use leadhook_store::{CompanyId, CompanyTarget, CompanyUpsert, CompanyUpserted, Error, FieldWrite};

use crate::{touched::Touched, writer::Write};

pub(crate) fn upsert(
    write: &mut Write<'_>,
    rows: Vec<CompanyUpsert>,
) -> Result<Vec<CompanyUpserted>, Error> {
    let mut touched = Touched::new(write)?;
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        results.push(upsert_one(write, &mut touched, row)?);
    }
    touched.flush(write)?;
    Ok(results)
}

fn upsert_one(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    CompanyUpsert { target, writes }: CompanyUpsert,
) -> Result<CompanyUpserted, Error> {
    let found = find(write, touched, &target)?;
    if let (None, CompanyTarget::Company(_)) = (found, &target) {
        return Ok(CompanyUpserted::NotFound);
    }
    let name = writes.iter().find(|write| write.field == FieldId::COMPANY);
    if let Some(name) = name.and_then(|write| write.value.as_ref())
        && let Some(other) = touched.company_of_name(write, name)?
        && Some(other) != found
    {
        return Ok(CompanyUpserted::NameTaken(other));
    }
    let (id, result) = match found {
        Some(id) => (id, CompanyUpserted::Updated(id)),
        None => {
            let id = touched.new_company(write)?;
            (id, CompanyUpserted::Created(id))
        }
    };
    for FieldWrite { field, value } in writes {
        touched.set_company(write, id, field, value.as_ref())?;
    }
    Ok(result)
}

fn find(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    target: &CompanyTarget,
) -> Result<Option<CompanyId>, Error> {
    match target {
        CompanyTarget::Company(id) => Ok(touched.has_company(write, *id)?.then_some(*id)),
        // Companies have no time of change: the youngest is taken.
        CompanyTarget::Lookup { field, value } => {
            Ok(touched.companies_with(write, *field, value)?.pop())
        }
    }
}
