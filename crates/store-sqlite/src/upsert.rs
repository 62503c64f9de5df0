//! Leads updated or created (R-LEAD-1).

use leadhook_field::Datetime;
use leadhook_store::{Error, LeadTarget, LeadUpsert, LeadUpserted, Remember};

use crate::{leads::apply, requests, touched::Touched, writer::Write};

pub(crate) fn upsert(
    write: &mut Write<'_>,
    rows: Vec<LeadUpsert>,
    now: Datetime,
    remember: Option<Remember>,
) -> Result<Vec<LeadUpserted>, Error> {
    let mut touched = Touched::new(write)?;
    let mut results = Vec::with_capacity(rows.len());
    for LeadUpsert { target, writes } in rows {
        let result = find(write, &mut touched, &target, now)?;
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

/// The lead that a row means, made if need be.
fn find(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    target: &LeadTarget,
    now: Datetime,
) -> Result<LeadUpserted, Error> {
    match target {
        LeadTarget::Lead(id) => Ok(match touched.lead(*id)? {
            Some(_) => LeadUpserted::Updated(*id),
            None => LeadUpserted::NotFound,
        }),
        LeadTarget::Lookup { field, value } => match touched.newest_lead(write, *field, value)? {
            Some(id) => Ok(LeadUpserted::Updated(id)),
            None => touched.new_lead(write, now).map(LeadUpserted::Created),
        },
    }
}
