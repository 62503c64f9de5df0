//! Leads updated or created (R-LEAD-1).

use leadhook_field::{Datetime, FieldId, Value};
use leadhook_store::{
    Cause, Error, Event, Lead, LeadTarget, LeadUpsert, LeadUpserted, Remember, Source,
};

use crate::{
    activities,
    leads::apply,
    react::{react, react_to_changes},
    requests,
    touched::Touched,
    writer::Write,
};

pub(crate) fn upsert(
    write: &mut Write<'_>,
    rows: Vec<LeadUpsert>,
    source: Source,
    now: Datetime,
    remember: Option<Remember>,
) -> Result<Vec<LeadUpserted>, Error> {
    let mut touched = Touched::new(write)?;
    let mut results = Vec::with_capacity(rows.len());
    for LeadUpsert { target, writes } in rows {
        let result = find(write, &mut touched, &target, now)?;
        match result {
            LeadUpserted::Created(id) => {
                apply(write, &mut touched, id, &writes, now)?;
                if let Some(lead) = touched.lead(id)? {
                    created(write, lead, source, now)?;
                }
            }
            LeadUpserted::Updated(id) => {
                let changes = apply(write, &mut touched, id, &writes, now)?;
                activities::note_changes(write, id, &changes, source, now)?;
                react_to_changes(write, id, &changes, now, None)?;
            }
            LeadUpserted::NotFound => {}
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

/// What follows from a new lead.
fn created(write: &mut Write<'_>, lead: &Lead, source: Source, now: Datetime) -> Result<(), Error> {
    let email = lead.values.get(FieldId::EMAIL).and_then(Value::as_text);
    let email = email.unwrap_or_default().to_owned();
    activities::note(write, lead.id, now, &Event::NewPerson { email, source })?;
    react(write, lead.id, &Cause::Created(lead), now, None)
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
