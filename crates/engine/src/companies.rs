//! Companies: written row by row and read back (R-LEAD-5). Most are made by their leads' `Company Name`; here they are
//! written by themselves.

use leadhook_field::{Object, Value};
use leadhook_store::{CompanyId, CompanyTarget, CompanyUpsert, CompanyUpserted, Store};

use crate::{
    engine::Engine,
    error::{Error, Kind, Violation},
    leads::{FieldFault, Input, MAX_ROWS, RowFault, Selection, lookup, named, read_company_inputs},
};

/// A row as a client gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompanyInput {
    /// `companies/{company}`: that company, which must be there; empty: the one that the lookup field finds, else a new one.
    pub name: String,
    /// Values by the names of company fields, each field once.
    pub fields: Vec<(String, Input)>,
}

/// A company that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpsertedCompany {
    /// Its id.
    pub id: CompanyId,
    /// Whether it is new.
    pub created: bool,
}

/// A company as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct CompanyView {
    /// Its id.
    pub id: CompanyId,
    /// All fields that have a value, by SOAP API name.
    pub fields: Vec<(String, Value)>,
}

impl<S: Store> Engine<S> {
    /// Updates or creates companies, row after row, in one commit; the answer has a result for each row, in their order.
    /// `lookup_field` is a company field in any of its names; empty: Company Name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more than 1,000 rows or a lookup field that is none, [`Error::Store`]. A row that is refused is
    /// no error, see [`RowFault`].
    pub async fn upsert_companies(
        &self,
        rows: Vec<CompanyInput>,
        lookup_field: &str,
    ) -> Result<Vec<Result<UpsertedCompany, RowFault>>, Error> {
        if rows.len() > MAX_ROWS {
            let message = format!(
                "has {} rows; a request takes at most {MAX_ROWS}",
                rows.len()
            );
            let violations = vec![Violation::new("companies", message)];
            return Err(Error::Invalid {
                subject: Kind::Request,
                violations,
            });
        }
        let snapshot = self.snapshot();
        let lookup = lookup(&snapshot.schema, Object::Company, lookup_field)?;
        let zone = &self.shared.settings.zone;
        let (mut upserts, mut refused) = (Vec::with_capacity(rows.len()), Vec::new());
        for (at, row) in rows.iter().enumerate() {
            let path = format!("companies[{at}].fields");
            let mut faults = Vec::new();
            let writes =
                read_company_inputs(&snapshot.schema, zone, &row.fields, &path, &mut faults);
            let id = named(&row.name, "companies").map(CompanyId);
            if id.is_none() && !row.name.is_empty() {
                faults.push(FieldFault::of_name(&row.name, "companies").at(&path));
            }
            let given = writes.iter().find(|write| write.field == lookup.id);
            let target = match (id, given.and_then(|write| write.value.clone())) {
                (Some(id), _) => Some(CompanyTarget::Company(id)),
                (None, Some(value)) => Some(CompanyTarget::Lookup {
                    field: lookup.id,
                    value,
                }),
                (None, None) => None,
            };
            if target.is_none() && faults.is_empty() {
                let message = format!(
                    "has no value in {}, by which companies are looked up; give one in each row",
                    lookup.api_name
                );
                faults.push(Violation::new(path, message));
            }
            match target {
                Some(target) if faults.is_empty() => upserts.push(CompanyUpsert { target, writes }),
                _ => refused.push((at, RowFault::Invalid(faults))),
            }
        }
        let written = self.shared.store.upsert_companies(upserts).await?;
        Ok(results(&rows, refused, written))
    }

    /// A company, with all its fields that have a value.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn get_company(&self, id: CompanyId) -> Result<CompanyView, Error> {
        let found = self.shared.store.company(id).await?;
        let company =
            found.ok_or_else(|| Error::not_found(Kind::Company, format!("companies/{id}")))?;
        let fields = Selection::all(&self.snapshot().schema, Object::Company).of_company(&company);
        Ok(CompanyView { id, fields })
    }
}

/// The results of all rows, from those of the rows that were written.
fn results(
    rows: &[CompanyInput],
    refused: Vec<(usize, RowFault)>,
    written: Vec<CompanyUpserted>,
) -> Vec<Result<UpsertedCompany, RowFault>> {
    let (mut refused, mut written) = (refused.into_iter().peekable(), written.into_iter());
    let result = |(at, row): (usize, &CompanyInput)| {
        if let Some((_, fault)) = refused.next_if(|(row, _)| *row == at) {
            return Err(fault);
        }
        let violation = match written
            .next()
            .expect("the store tells what became of each row")
        {
            CompanyUpserted::Created(id) => return Ok(UpsertedCompany { id, created: true }),
            CompanyUpserted::Updated(id) => return Ok(UpsertedCompany { id, created: false }),
            CompanyUpserted::NotFound => {
                return Err(RowFault::NotFound {
                    kind: Kind::Company,
                    name: row.name.clone(),
                });
            }
            CompanyUpserted::NameTaken(other) => {
                let message = format!(
                    "companies/{other} bears this Company Name already; a name belongs to one company"
                );
                Violation::new(format!("companies[{at}].fields[\"Company\"]"), message)
            }
        };
        Err(RowFault::Invalid(vec![violation]))
    };
    rows.iter().enumerate().map(result).collect()
}
