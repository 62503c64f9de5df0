//! Companies updated or created by themselves.

use leadhook_field::FieldId;
use leadhook_store::{CompanyId, CompanyTarget, CompanyUpsert, CompanyUpserted, Error, FieldWrite};

use crate::{
    lookup::{self, Table},
    rows::{self, Touched},
    writer::Write,
};

pub(crate) fn upsert(
    write: &mut Write<'_>,
    rows: Vec<CompanyUpsert>,
) -> Result<Vec<CompanyUpserted>, Error> {
    let mut touched = Touched::default();
    let mut results = Vec::with_capacity(rows.len());
    for CompanyUpsert { target, writes } in rows {
        let found = find(write, &mut touched, &target)?;
        if let (None, CompanyTarget::Company(_)) = (found, &target) {
            results.push(CompanyUpserted::NotFound);
            continue;
        }
        let name = writes.iter().find(|write| write.field == FieldId::COMPANY);
        let taken = match name.and_then(|write| write.value.as_ref()) {
            Some(name) => touched
                .company_of_name(write, name)?
                .filter(|id| Some(*id) != found),
            None => None,
        };
        if let Some(other) = taken {
            results.push(CompanyUpserted::NameTaken(other));
            continue;
        }
        let (id, result) = match found {
            Some(id) => (id, CompanyUpserted::Updated(id)),
            None => {
                let id = touched.new_company(write.connection)?;
                (id, CompanyUpserted::Created(id))
            }
        };
        let values = &mut touched.company(write.connection, id)?.values;
        for FieldWrite { field, value } in writes {
            values.set(field, value);
        }
        results.push(result);
    }
    touched.flush(write)?;
    Ok(results)
}

fn find(
    write: &mut Write<'_>,
    touched: &mut Touched,
    target: &CompanyTarget,
) -> Result<Option<CompanyId>, Error> {
    match target {
        CompanyTarget::Company(id) => {
            Ok(rows::company(write.connection, *id)?.map(|company| company.id))
        }
        CompanyTarget::Lookup { field, value } => {
            write
                .lookups
                .ensure(write.connection, Table::Company, *field)?;
            touched.flush(write)?;
            let ids = lookup::find(write.connection, Table::Company, *field, value)?;
            // Companies have no time of change: the youngest is taken.
            Ok(ids.last().map(|id| CompanyId(*id)))
        }
    }
}
