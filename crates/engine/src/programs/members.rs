//! BatchUpsertMembers: rows that go in or are refused one by one.

use leadhook_field::Value;
use leadhook_store::{LeadId, MemberUpsert, MemberUpserted, MemberWrite, Store};
use leadhook_token::{check_name, name_key};

use crate::{
    engine::Engine,
    error::{Error, Kind, Violation},
    leads::{FieldFault, Input, MAX_ROWS, RowFault, RowResult, UpsertedLead, named, shown},
};

/// A row as a client gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberInput {
    /// `leads/{lead}`, which must be there.
    pub lead: String,
    /// What `{{member.name}}` gives, by that name: at most 100 in all, names of at most 255 characters, texts of at most 30,000 bytes. Null
    /// and the empty text clear.
    pub fields: Vec<(String, Input)>,
}

const MAX_NAME: usize = 255;
const MAX_TEXT: usize = 30_000;

impl<S: Store> Engine<S> {
    /// Makes leads members of a program, or changes what their memberships hold, row after row, in one commit; the answer has a result for
    /// each row, in their order.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the program, [`Error::Invalid`] for more than 1,000 rows, [`Error::Store`]. A row that is refused is no
    /// error, see [`RowFault`].
    pub async fn upsert_members(
        &self,
        program: &str,
        rows: Vec<MemberInput>,
    ) -> Result<Vec<RowResult>, Error> {
        if rows.len() > MAX_ROWS {
            let message = format!(
                "has {} rows; a request takes at most {MAX_ROWS}",
                rows.len()
            );
            let violations = vec![Violation::new("members", message)];
            return Err(Error::Invalid {
                subject: Kind::Request,
                violations,
            });
        }
        let snapshot = self.snapshot();
        let id = snapshot.programs.required(program)?.program.id;
        let (mut read, mut upserts) = (Vec::with_capacity(rows.len()), Vec::new());
        for (at, row) in rows.into_iter().enumerate() {
            let row = read_row(&format!("members[{at}]"), row);
            read.push(row.map(|upsert| {
                upserts.push(upsert);
                upserts[upserts.len() - 1].lead
            }));
        }
        let written = self.shared.store.upsert_members(id, upserts).await?;
        let mut written = written
            .ok_or_else(|| snapshot.programs.not_found(program))?
            .into_iter();
        let results = read.into_iter().enumerate().map(|(at, row)| {
            let lead = row?;
            let upserted = written
                .next()
                .expect("each row that is written has a result");
            result(at, lead, upserted)
        });
        Ok(results.collect())
    }
}

fn result(at: usize, lead: LeadId, upserted: MemberUpserted) -> RowResult {
    match upserted {
        MemberUpserted::Created => Ok(UpsertedLead {
            id: lead,
            created: true,
        }),
        MemberUpserted::Updated => Ok(UpsertedLead {
            id: lead,
            created: false,
        }),
        MemberUpserted::LeadNotFound => Err(RowFault::NotFound {
            kind: Kind::Lead,
            name: format!("leads/{lead}"),
        }),
        MemberUpserted::TooManyFields => {
            let message = format!(
                "the membership would have more than {} fields; clear some with null",
                MemberUpsert::MAX_FIELDS
            );
            let field = format!("members[{at}].fields");
            Err(RowFault::Invalid(vec![Violation::new(field, message)]))
        }
    }
}

fn read_row(path: &str, row: MemberInput) -> Result<MemberUpsert, RowFault> {
    let mut faults = Vec::new();
    let lead = named(&row.lead, "leads").map(LeadId);
    if lead.is_none() {
        let message = format!("`{}` is no name of the form `leads/...`", shown(&row.lead));
        faults.push(Violation::new(format!("{path}.lead"), message));
    }
    let fields = format!("{path}.fields");
    let count = row.fields.len();
    let mut writes: Vec<MemberWrite> = Vec::new();
    if count > MemberUpsert::MAX_FIELDS {
        let message = format!(
            "has {count} fields; a membership has at most {}",
            MemberUpsert::MAX_FIELDS
        );
        faults.push(Violation::new(fields, message));
    } else {
        // Maps have no order: sorted, faults come out the same each time.
        let mut inputs = row.fields;
        inputs.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (name, input) in inputs {
            match read_field(&name, input, &writes) {
                Ok(write) => writes.push(write),
                Err(message) => faults.push(FieldFault::new(&name, message).at(&fields)),
            }
        }
    }
    match lead {
        Some(lead) if faults.is_empty() => Ok(MemberUpsert { lead, writes }),
        _ => Err(RowFault::Invalid(faults)),
    }
}

fn read_field(name: &str, input: Input, before: &[MemberWrite]) -> Result<MemberWrite, String> {
    check_name(name).map_err(|error| error.to_string())?;
    let length = name.chars().count();
    if length > MAX_NAME {
        return Err(format!(
            "has a name of {length} characters; at most {MAX_NAME} are taken"
        ));
    }
    let key = name_key(name).into_boxed_str();
    if before.iter().any(|write| write.key == key) {
        return Err("is given twice, in two spellings".to_owned());
    }
    let value = match input {
        Input::Null => None,
        Input::Text(text) if text.is_empty() => None,
        Input::Text(text) if text.len() > MAX_TEXT => {
            return Err(format!(
                "has {} bytes; at most {MAX_TEXT} are taken",
                text.len()
            ));
        }
        Input::Text(text) => Some(Value::Text(text.into())),
        Input::Number(number) if number.is_finite() => Some(Value::Float(number)),
        Input::Number(number) => return Err(format!("{number} is no number that could be sent")),
        Input::Boolean(boolean) => Some(Value::Boolean(boolean)),
        Input::Other => {
            return Err(
                "is a list or an object; a field holds one text, number or Boolean".to_owned(),
            );
        }
    };
    Ok(MemberWrite { key, value })
}

#[cfg(test)]
mod tests;
