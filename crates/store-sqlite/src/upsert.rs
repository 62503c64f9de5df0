//! Leads updated or created (R-LEAD-1).

use leadhook_field::{Datetime, FieldId, Value};
use leadhook_store::{Error, LeadId, LeadTarget, LeadUpsert, LeadUpserted, Remember};

use crate::{
    leads::apply,
    lookup::{self, Table},
    requests,
    rows::{self, Touched},
    writer::Write,
};

pub(crate) fn upsert(
    write: &mut Write<'_>,
    rows: Vec<LeadUpsert>,
    now: Datetime,
    remember: Option<Remember>,
) -> Result<Vec<LeadUpserted>, Error> {
    let mut touched = Touched::default();
    let mut results = Vec::with_capacity(rows.len());
    for LeadUpsert { target, writes } in rows {
        let result = match target {
            LeadTarget::Lead(id) => match touched.lead(write.connection, id)? {
                Some(_) => LeadUpserted::Updated(id),
                None => LeadUpserted::NotFound,
            },
            LeadTarget::Lookup { field, value } => {
                match newest(write, &mut touched, field, &value)? {
                    Some(id) => LeadUpserted::Updated(id),
                    None => LeadUpserted::Created(touched.new_lead(write.connection, now)?),
                }
            }
        };
        if let LeadUpserted::Updated(id) | LeadUpserted::Created(id) = result {
            apply(write, &mut touched, id, writes, now)?;
        }
        results.push(result);
    }
    touched.flush(write)?;
    if let Some(Remember { mark, answer }) = remember {
        let answer = requests::Answer::Bytes(answer(&results));
        requests::remember(write.connection, &mark, &answer, now)?;
    }
    Ok(results)
}

/// Of the leads whose field has the value, the one updated last. Rows before this one in the same request count.
fn newest(
    write: &mut Write<'_>,
    touched: &mut Touched,
    field: FieldId,
    value: &Value,
) -> Result<Option<LeadId>, Error> {
    write.lookups.ensure(write.connection, Table::Lead, field)?;
    touched.flush(write)?;
    let ids = lookup::find(write.connection, Table::Lead, field, value)?;
    if let [id] = ids[..] {
        touched.lead(write.connection, LeadId(id))?;
        return Ok(Some(LeadId(id)));
    }
    let mut newest = None;
    for id in ids {
        if let Some(lead) = rows::lead(write.connection, LeadId(id))? {
            newest = newest.max(Some((lead.updated, lead.id)));
        }
    }
    if let Some((_, id)) = newest {
        touched.lead(write.connection, id)?;
    }
    Ok(newest.map(|(_, id)| id))
}
