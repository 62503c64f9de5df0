//! Leads and companies: sparse rows of typed values, and what is written to them.

use std::borrow::Cow;

use leadhook_field::{Datetime, FieldId, Value, full_name};

use crate::{CompanyId, LeadId};

/// The values of a row: in ascending field order, nothing where there is no value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Vec<(FieldId, Value)>);

impl Values {
    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: FieldId) -> Option<&Value> {
        let at = self.0.binary_search_by_key(&field, |(id, _)| *id).ok()?;
        Some(&self.0[at].1)
    }

    /// Sets a value, or with none takes it away; gives back what was there.
    pub fn set(&mut self, field: FieldId, value: Option<Value>) -> Option<Value> {
        match (self.0.binary_search_by_key(&field, |(id, _)| *id), value) {
            (Ok(at), Some(value)) => Some(std::mem::replace(&mut self.0[at].1, value)),
            (Ok(at), None) => Some(self.0.remove(at).1),
            (Err(at), Some(value)) => {
                self.0.insert(at, (field, value));
                None
            }
            (Err(_), None) => None,
        }
    }

    /// All, in ascending field order.
    pub fn iter(&self) -> impl Iterator<Item = (FieldId, &Value)> {
        self.0.iter().map(|(field, value)| (*field, value))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(FieldId, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (FieldId, Value)>>(pairs: I) -> Self {
        let mut values = Values::default();
        for (field, value) in pairs {
            values.set(field, Some(value));
        }
        values
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    /// Its id.
    pub id: LeadId,
    /// The company that it is linked to.
    pub company: Option<CompanyId>,
    /// When it was created.
    pub created: Datetime,
    /// When it last changed; each change makes it later by a microsecond at least, so that it serves as etag.
    pub updated: Datetime,
    /// Its own fields.
    pub values: Values,
}

impl Lead {
    /// The value of any lead field, those included that no row holds: Id, Created At, Updated At, Full Name (R-FLD-1).
    #[must_use]
    pub fn value(&self, field: FieldId) -> Option<Cow<'_, Value>> {
        let owned = |value| Some(Cow::Owned(value));
        match field {
            // An id beyond 32 bits is text: no number type of ours holds it.
            FieldId::ID => owned(match i32::try_from(self.id.0) {
                Ok(id) => Value::Integer(id),
                Err(_) => Value::Text(self.id.to_string().into()),
            }),
            FieldId::CREATED_AT => owned(Value::Datetime(self.created)),
            FieldId::UPDATED_AT => owned(Value::Datetime(self.updated)),
            FieldId::FULL_NAME => {
                let part = |field| self.values.get(field).and_then(Value::as_text);
                let name = full_name(
                    part(FieldId::FIRST_NAME),
                    part(FieldId::MIDDLE_NAME),
                    part(FieldId::LAST_NAME),
                )?;
                owned(Value::Text(name.into()))
            }
            field => self.values.get(field).map(Cow::Borrowed),
        }
    }
}

/// A company.
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its fields.
    pub values: Values,
}

/// A lead with its company.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadEntry {
    /// The lead.
    pub lead: Lead,
    /// Its company.
    pub company: Option<Company>,
}

/// One value to be written; none clears.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldWrite {
    /// Where.
    pub field: FieldId,
    /// What.
    pub value: Option<Value>,
}

/// What is written to a lead and to its company (R-LEAD-5). No field stands twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Writes {
    /// To lead fields.
    pub lead: Vec<FieldWrite>,
    /// To company fields.
    pub company: Vec<FieldWrite>,
}

/// One row of an upsert.
#[derive(Clone, Debug)]
pub struct LeadUpsert {
    /// Which lead.
    pub target: LeadTarget,
    /// What it gets.
    pub writes: Writes,
}

/// Which lead an upsert means (R-LEAD-1).
#[derive(Clone, Debug)]
pub enum LeadTarget {
    /// That one, which must be there.
    Lead(LeadId),
    /// The one updated last among those whose field has this value (text without regard to case), else a new one.
    Lookup {
        /// A lead field that a row holds.
        field: FieldId,
        /// Its value; also among the writes.
        value: Value,
    },
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadUpserted {
    /// A new lead.
    Created(LeadId),
    /// A lead that was there, changed or not.
    Updated(LeadId),
    /// The lead that was named is not there; nothing was written.
    NotFound,
}

/// One row of a company upsert.
#[derive(Clone, Debug)]
pub struct CompanyUpsert {
    /// Which company.
    pub target: CompanyTarget,
    /// What it gets.
    pub writes: Vec<FieldWrite>,
}

/// Which company an upsert means.
#[derive(Clone, Debug)]
pub enum CompanyTarget {
    /// That one, which must be there.
    Company(CompanyId),
    /// One whose field has this value (text without regard to case), else a new one.
    Lookup {
        /// A company field.
        field: FieldId,
        /// Its value; also among the writes.
        value: Value,
    },
}

/// What became of a company row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompanyUpserted {
    /// A new company.
    Created(CompanyId),
    /// A company that was there, changed or not.
    Updated(CompanyId),
    /// The company that was named is not there; nothing was written.
    NotFound,
    /// Another company bears the name already; nothing was written.
    NameTaken(CompanyId),
}

/// Which values a webhook needs of a lead: known when it is saved, so that a row is decoded straight into slots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    /// Lead fields, those included that no row holds ([`Lead::value`]): slots `0..lead.len()`.
    pub lead: Vec<FieldId>,
    /// Company fields: the slots after those.
    pub company: Vec<FieldId>,
}

/// The slots of a [`Projection`] for one lead.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// One value, or none, for each field of the projection, in its order.
    pub slots: Vec<Option<Value>>,
}

impl Projection {
    /// The slots of a lead that is at hand whole.
    #[must_use]
    pub fn of(&self, lead: &Lead, company: Option<&Company>) -> Subject {
        let lead_slots = self
            .lead
            .iter()
            .map(|field| lead.value(*field).map(Cow::into_owned));
        let company_slots = self.company.iter().map(|field| {
            company
                .and_then(|company| company.values.get(*field))
                .cloned()
        });
        Subject {
            slots: lead_slots.chain(company_slots).collect(),
        }
    }
}
