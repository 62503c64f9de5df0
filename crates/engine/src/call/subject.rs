//! Whom a call is for: a stored lead, or one that comes with the call.

use std::sync::Arc;

use leadhook_field::{FieldId, Value, full_name};
use leadhook_store::{FieldChange, FieldWrite, LeadId, Projection, Store, Subject, Values, Writes};

use crate::{
    engine::Shared,
    error::{Error, Kind},
    leads::{Input, ReadOnly, read_company_inputs, read_inputs},
    render::{Answers, Context, Needs},
    snapshot::Snapshot,
};

/// Whom a call is for.
#[derive(Clone, Debug, PartialEq)]
pub enum CallSubject {
    /// A stored lead: what the answer maps is written to it.
    Lead(LeadId),
    /// A lead that comes with the call: nothing is written (R-CALL-11).
    Inline(InlineLead),
}

/// A lead that comes with a call. Fields are named in any of their ways (R-LEAD-3).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InlineLead {
    /// Of the lead.
    pub fields: Vec<(String, Input)>,
    /// Of its company.
    pub company_fields: Vec<(String, Input)>,
}

/// The same, typed.
#[derive(Clone, Debug)]
pub(crate) enum CallSubjectData {
    Stored(LeadId),
    Inline { lead: Values, company: Values },
}

impl CallSubjectData {
    /// Types what came with a call.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all faults.
    pub(crate) fn new(
        subject: &CallSubject,
        snapshot: &Snapshot,
        zone: &leadhook_field::Zone,
    ) -> Result<CallSubjectData, Error> {
        let inline = match subject {
            CallSubject::Lead(id) => return Ok(CallSubjectData::Stored(*id)),
            CallSubject::Inline(inline) => inline,
        };
        let mut faults = Vec::new();
        let mut writes = read_inputs(
            &snapshot.schema,
            zone,
            &inline.fields,
            "subject.inline.fields",
            ReadOnly::Identity,
            &mut faults,
        );
        writes.company.extend(read_company_inputs(
            &snapshot.schema,
            zone,
            &inline.company_fields,
            "subject.inline.company_fields",
            &mut faults,
        ));
        Error::unless_valid(Kind::Request, faults)?;
        let Writes { lead, company } = writes;
        Ok(CallSubjectData::Inline {
            lead: values(lead),
            company: values(company),
        })
    }

    /// The slots of a projection; none when the stored lead is not there.
    pub(crate) async fn slots<S: Store>(
        &self,
        shared: &Shared<S>,
        projection: &Arc<Projection>,
    ) -> Result<Option<Subject>, Error> {
        match self {
            CallSubjectData::Stored(id) => {
                let mut subjects = shared
                    .store
                    .subjects(vec![*id], Arc::clone(projection))
                    .await?;
                Ok(subjects.pop().flatten())
            }
            CallSubjectData::Inline { lead, company } => {
                let lead = projection
                    .lead
                    .iter()
                    .map(|field| inline_value(lead, *field));
                let company = projection
                    .company
                    .iter()
                    .map(|field| company.get(*field).cloned());
                Ok(Some(Subject {
                    slots: lead.chain(company).collect(),
                }))
            }
        }
    }
}

impl CallSubjectData {
    /// What a call's context needs of the lead and of its membership; none when the stored lead is not there. Without needs nothing is read.
    pub(crate) async fn answers<S: Store>(
        &self,
        shared: &Shared<S>,
        context: &Context,
        needs: &Needs<'_>,
    ) -> Result<Option<Answers>, Error> {
        let mut answers = Answers::default();
        let Projection { lead, company } = &needs.projection;
        if !lead.is_empty() || !company.is_empty() {
            let projection = Arc::new(needs.projection.clone());
            match self.slots(shared, &projection).await? {
                Some(subject) => answers.subject = subject,
                None => return Ok(None),
            }
        }
        if let (CallSubjectData::Stored(lead), Some(program)) = (self, context.program())
            && !needs.member.is_empty()
        {
            let keys = needs.member.iter().map(|key| (*key).into()).collect();
            let mut found = shared.store.members(program.id, vec![*lead], keys).await?;
            answers.member = found.pop().unwrap_or_default();
        }
        Ok(Some(answers))
    }
}

impl<S: Store> Shared<S> {
    /// The slots of stored leads, and what the context of their calls needs of them and of their memberships, in the order of the ids; none where a
    /// lead is not there. Without needs nothing is read for them.
    pub(crate) async fn subjects_and_answers(
        &self,
        ids: &[LeadId],
        projection: &Arc<Projection>,
        context: &Context,
        needs: &Needs<'_>,
    ) -> Result<Vec<Option<(Subject, Answers)>>, Error> {
        let store = &self.store;
        let subjects = store.subjects(ids.to_vec(), Arc::clone(projection)).await?;
        let mut found: Vec<_> = subjects
            .into_iter()
            .map(|subject| Some((subject?, Answers::default())))
            .collect();
        let Projection { lead, company } = &needs.projection;
        if !lead.is_empty() || !company.is_empty() {
            let projection = Arc::new(needs.projection.clone());
            let needed = store.subjects(ids.to_vec(), projection).await?;
            for (found, needed) in found.iter_mut().zip(needed) {
                *found = found
                    .take()
                    .zip(needed)
                    .map(|((subject, mut answers), needed)| {
                        answers.subject = needed;
                        (subject, answers)
                    });
            }
        }
        if let Some(program) = context.program()
            && !needs.member.is_empty()
        {
            let keys = needs.member.iter().map(|key| (*key).into()).collect();
            let members = store.members(program.id, ids.to_vec(), keys).await?;
            for (found, member) in found.iter_mut().zip(members) {
                if let Some((_, answers)) = found {
                    answers.member = member;
                }
            }
        }
        Ok(found)
    }
}

/// What an answer would have changed of an inline lead (R-CALL-11, R-MAP-10).
pub(super) fn inline_changes(lead: &Values, company: &Values, writes: Writes) -> Vec<FieldChange> {
    let pairs = writes
        .lead
        .into_iter()
        .map(|write| (lead.get(write.field).cloned(), write))
        .chain(
            writes
                .company
                .into_iter()
                .map(|write| (company.get(write.field).cloned(), write)),
        );
    pairs
        .filter(|(previous, write)| *previous != write.value)
        .map(|(previous, FieldWrite { field, value })| FieldChange {
            field,
            previous,
            new: value,
        })
        .collect()
}

fn inline_value(lead: &Values, field: FieldId) -> Option<Value> {
    if field != FieldId::FULL_NAME {
        return lead.get(field).cloned();
    }
    let part = |field| lead.get(field).and_then(Value::as_text);
    let name = full_name(
        part(FieldId::FIRST_NAME),
        part(FieldId::MIDDLE_NAME),
        part(FieldId::LAST_NAME),
    )?;
    Some(Value::Text(name.into()))
}

fn values(writes: Vec<FieldWrite>) -> Values {
    writes
        .into_iter()
        .filter_map(|write| Some((write.field, write.value?)))
        .collect()
}

#[cfg(test)]
mod tests;
