//! BatchUpsertLeads: rows that go in or are refused one by one (R-LEAD-1, -2), once for each `request_id` (R-CALL-9).

use leadhook_field::{Field, FieldId, Object, Schema, Zone};
use leadhook_store::{
    Answered, LeadId, LeadTarget, LeadUpsert, LeadUpserted, Mark, Method, Remember, RequestKey,
    Source, Store,
};

use serde::{Deserialize, Serialize};

use super::{FieldFault, Input, InputReader, Names, ReadOnly, lookup, shown};
use crate::{
    engine::Engine,
    error::{Error, Kind, Violation},
    requests::{Begun, Canonical, Digest, digest},
};

/// Most rows of a request.
pub(crate) const MAX_ROWS: usize = 1_000;

/// A row as a client gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeadInput {
    /// `leads/{lead}`: that lead, which must be there; empty: the one that the lookup field finds, else a new one.
    pub name: String,
    /// Values by the names of their fields (R-LEAD-3), each field once.
    pub fields: Vec<(String, Input)>,
}

/// A lead that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpsertedLead {
    /// Its id.
    pub id: LeadId,
    /// Whether it is new.
    pub created: bool,
}

/// A row that was refused and changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// All that is wrong with it, with fields such as `leads[3].fields["Email"]`.
    Invalid(Vec<Violation>),
    /// It names what does not exist.
    NotFound {
        /// What kind of thing.
        kind: Kind,
        /// Its resource name.
        name: String,
    },
}

impl RowFault {
    /// What is wrong with the row; empty where it names what does not exist.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            RowFault::Invalid(violations) => violations,
            RowFault::NotFound { .. } => &[],
        }
    }
}

/// What became of a row.
pub type RowResult = Result<UpsertedLead, RowFault>;

/// How rows become upserts.
#[derive(Debug)]
pub(super) struct RowReader<'a> {
    inputs: InputReader<'a>,
    lookup: FieldId,
    lookup_name: &'a str,
}

impl<S: Store> Engine<S> {
    /// Updates or creates leads, row after row, in one commit; the answer has a result for each row, in their order.
    /// `lookup_field` is a lead field in any of its names; empty: Email. With a `request_id` a repetition gets the first
    /// answer.
    ///
    /// ```no_run
    /// # async fn example<S: leadhook_store::Store>(engine: leadhook_engine::Engine<S>) -> Result<(), leadhook_engine::Error> {
    /// use leadhook_engine::{Input, LeadInput};
    ///
    /// let ada = LeadInput {
    ///     name: String::new(),
    ///     fields: vec![
    ///         ("Email Address".to_owned(), Input::Text("ada@example.com".to_owned())),
    ///         ("leadScore".to_owned(), Input::Number(42.0)),
    ///         ("Company Name".to_owned(), Input::Text("Analytical Engines".to_owned())),
    ///     ],
    /// };
    /// for row in engine.upsert_leads(vec![ada], "", "request-1").await? {
    ///     match row {
    ///         Ok(lead) => println!("leads/{}", lead.id),
    ///         Err(fault) => println!("{fault:?}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for more than 1,000 rows or a lookup field that is none, [`Error::RequestIdReused`],
    /// [`Error::Store`]. A row that is refused is no error, see [`RowFault`].
    pub async fn upsert_leads(
        &self,
        rows: Vec<LeadInput>,
        lookup_field: &str,
        request_id: &str,
    ) -> Result<Vec<RowResult>, Error> {
        if rows.len() > MAX_ROWS {
            let message = format!(
                "has {} rows; a request takes at most {MAX_ROWS}",
                rows.len()
            );
            let violations = vec![Violation::new("leads", message)];
            return Err(Error::Invalid {
                subject: Kind::Request,
                violations,
            });
        }
        if request_id.is_empty() {
            return self.write_leads(&rows, lookup_field, None).await;
        }
        let payload = digest(&Payload {
            rows: &rows,
            lookup_field,
        });
        let key = RequestKey {
            method: Method::BatchUpsertLeads,
            id: request_id.to_owned(),
        };
        let (engine, lookup_field) = (self.clone(), lookup_field.to_owned());
        // A task of its own: a client that goes away and comes back finds the request under way or answered, never half done.
        let task = self.shared.calls.tasks.spawn(async move {
            engine
                .upsert_leads_once(&rows, &lookup_field, Mark { key, payload })
                .await
        });
        task.await.unwrap_or(Err(Error::ShuttingDown))
    }

    async fn upsert_leads_once(
        &self,
        rows: &[LeadInput],
        lookup_field: &str,
        mark: Mark,
    ) -> Result<Vec<RowResult>, Error> {
        let reused = || Error::RequestIdReused {
            request_id: mark.key.id.clone(),
        };
        let guard = match self.shared.upserts.begin(&mark.key, mark.payload).await {
            Begun::First(guard) => guard,
            Begun::Done(answer) => return Ok(answer),
            Begun::OtherPayload => return Err(reused()),
        };
        let remembered = self
            .shared
            .store
            .remembered(mark.key.clone(), self.now())
            .await?;
        let answer = match remembered {
            Some(first) if first.payload != mark.payload => return Err(reused()),
            Some(first) => recall(first.answer)?,
            None => self.write_leads(rows, lookup_field, Some(mark)).await?,
        };
        guard.done(answer.clone());
        Ok(answer)
    }

    async fn write_leads(
        &self,
        rows: &[LeadInput],
        lookup_field: &str,
        mark: Option<Mark>,
    ) -> Result<Vec<RowResult>, Error> {
        let snapshot = self.snapshot();
        let lookup = lookup(&snapshot.schema, Object::Lead, lookup_field)?;
        let reader = RowReader::new(&snapshot.schema, &self.shared.settings.zone, lookup);
        let (mut upserts, mut refused) = (Vec::with_capacity(rows.len()), Vec::new());
        for (at, row) in rows.iter().enumerate() {
            match reader.read(row) {
                Ok(upsert) => upserts.push(upsert),
                Err(faults) => {
                    let path = format!("leads[{at}].fields");
                    let violations = faults.into_iter().map(|fault| fault.at(&path)).collect();
                    refused.push((at, RowFault::Invalid(violations)));
                }
            }
        }
        let names: Vec<_> = rows.iter().map(|row| row.name.clone()).collect();
        let answer = {
            let refused = refused.clone();
            move |written: &[LeadUpserted]| results(&names, refused, written)
        };
        let remember = mark.map(|mark| {
            let answer = answer.clone();
            Remember {
                mark,
                answer: Box::new(move |written| keep(&answer(written))),
            }
        });
        let written = self
            .shared
            .store
            .upsert_leads(upserts, Source::Api, self.now(), remember)
            .await?;
        Ok(answer(&written))
    }
}

impl<'a> RowReader<'a> {
    pub(super) fn new(schema: &'a Schema, zone: &'a Zone, lookup: &'a Field) -> RowReader<'a> {
        let names = Names::new(schema, None);
        let inputs = InputReader {
            names,
            zone,
            read_only: ReadOnly::Refused,
        };
        RowReader {
            inputs,
            lookup: lookup.id,
            lookup_name: &lookup.api_name,
        }
    }

    /// What a row writes, or all that is wrong with it.
    pub(super) fn read(&self, row: &LeadInput) -> Result<LeadUpsert, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let writes = self.inputs.read(&row.fields, |fault| faults.push(fault));
        if !row.name.is_empty() {
            let Some(id) = named(&row.name, "leads") else {
                faults.push(FieldFault::of_name(&row.name, "leads"));
                return Err(faults);
            };
            let id = LeadId(id);
            let upsert = LeadUpsert {
                target: LeadTarget::Lead(id),
                writes,
            };
            return if faults.is_empty() {
                Ok(upsert)
            } else {
                Err(faults)
            };
        }
        let write = writes.lead.iter().find(|write| write.field == self.lookup);
        match write.and_then(|write| write.value.clone()) {
            Some(value) if faults.is_empty() => {
                let target = LeadTarget::Lookup {
                    field: self.lookup,
                    value,
                };
                Ok(LeadUpsert { target, writes })
            }
            // A lookup value that is there but wrong is told already.
            None if write.is_some() || faults.is_empty() => {
                faults.push(FieldFault::without_lookup(self.lookup_name));
                Err(faults)
            }
            _ => Err(faults),
        }
    }
}

/// The id of a row's own name, `leads/5`.
pub(crate) fn named(name: &str, collection: &str) -> Option<i64> {
    let id = name.strip_prefix(collection)?.strip_prefix('/')?;
    let is_id = id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0');
    is_id.then(|| id.parse().ok()).flatten()
}

impl FieldFault {
    /// R-LEAD-2: a row whose name is none is a bad row among good ones.
    pub(crate) fn of_name(name: &str, collection: &str) -> FieldFault {
        let message = format!(
            "`{}` is no name of the form `{collection}/...`; leave `name` out to look it up",
            shown(name)
        );
        FieldFault::new("", message)
    }

    /// R-LEAD-1: a row without the lookup value is refused.
    pub(super) fn without_lookup(name: &str) -> FieldFault {
        let message = "has no value, but leads are looked up by it; give one in each row";
        FieldFault::new(name, message.to_owned())
    }
}

/// The results of all rows, from those of the rows that were written.
fn results(
    names: &[String],
    refused: Vec<(usize, RowFault)>,
    written: &[LeadUpserted],
) -> Vec<RowResult> {
    let (mut refused, mut written) = (refused.into_iter().peekable(), written.iter());
    let result = |(at, name): (usize, &String)| {
        if let Some((_, fault)) = refused.next_if(|(row, _)| *row == at) {
            return Err(fault);
        }
        match written
            .next()
            .expect("the store tells what became of each row")
        {
            LeadUpserted::Created(id) => Ok(UpsertedLead {
                id: *id,
                created: true,
            }),
            LeadUpserted::Updated(id) => Ok(UpsertedLead {
                id: *id,
                created: false,
            }),
            LeadUpserted::NotFound => Err(RowFault::NotFound {
                kind: Kind::Lead,
                name: name.clone(),
            }),
        }
    };
    names.iter().enumerate().map(result).collect()
}

/// A result as it is kept.
#[derive(Serialize, Deserialize)]
enum Kept {
    /// The id, and whether it is new.
    Ok(i64, bool),
    /// The violations.
    Err(Vec<(String, String, String)>),
    /// The name of no lead.
    NotFound(String),
}

fn keep(results: &[RowResult]) -> Vec<u8> {
    let violation = |it: &Violation| (it.field.clone(), it.message.clone(), it.suggestion.clone());
    let kept: Vec<Kept> = results
        .iter()
        .map(|result| match result {
            Ok(lead) => Kept::Ok(lead.id.0, lead.created),
            Err(RowFault::Invalid(violations)) => {
                Kept::Err(violations.iter().map(violation).collect())
            }
            Err(RowFault::NotFound { name, .. }) => Kept::NotFound(name.clone()),
        })
        .collect();
    serde_json::to_vec(&kept).expect("numbers and texts are always written")
}

fn recall(answer: Answered) -> Result<Vec<RowResult>, Error> {
    let Answered::Bytes(bytes) = answer else {
        return Err(corrupt(None));
    };
    let kept: Vec<Kept> = serde_json::from_slice(&bytes).map_err(|error| corrupt(Some(error)))?;
    let violation = |(field, message, suggestion)| Violation {
        field,
        message,
        suggestion,
    };
    let results = kept.into_iter().map(|kept| match kept {
        Kept::Ok(id, created) => Ok(UpsertedLead {
            id: LeadId(id),
            created,
        }),
        Kept::Err(violations) => Err(RowFault::Invalid(
            violations.into_iter().map(violation).collect(),
        )),
        Kept::NotFound(name) => Err(RowFault::NotFound {
            kind: Kind::Lead,
            name,
        }),
    });
    Ok(results.collect())
}

fn corrupt(cause: Option<serde_json::Error>) -> Error {
    use leadhook_store as store;
    let message = "the remembered answer to a BatchUpsertLeads does not read; repeat the request with another request_id";
    let error = store::Error::new(store::ErrorKind::Corrupt, message);
    Error::Store(match cause {
        Some(cause) => error.with_source(cause),
        None => error,
    })
}

/// What makes two requests one.
struct Payload<'a> {
    rows: &'a [LeadInput],
    lookup_field: &'a str,
}

impl Canonical for Payload<'_> {
    fn write(&self, digest: &mut Digest) {
        digest.part(self.lookup_field).part(self.rows);
    }
}

impl Canonical for LeadInput {
    fn write(&self, digest: &mut Digest) {
        digest.part(&self.name).named(&self.fields);
    }
}

#[cfg(test)]
mod tests;
