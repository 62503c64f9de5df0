//! The rows that go to the store together.

use leadhook_field::Value;
use leadhook_store::{LeadTarget, LeadUpsert};

use super::RowError;
use crate::leads::{FieldFault, shown};

/// Most rows of a batch, good and bad.
const MAX_ROWS: u64 = 1_000;
/// Bytes of values at which a batch is full.
const MAX_BYTES: usize = 4 << 20;
/// Errors at which a batch is full.
const MAX_ERRORS: usize = 1_000;
/// Most errors that are told of one row.
const MAX_ROW_ERRORS: usize = 100;

/// Rows that were read and are not written.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) upserts: Vec<LeadUpsert>,
    /// Where each of them came from.
    pub(super) places: Vec<Place>,
    pub(super) failed: u64,
    pub(super) errors: Vec<RowError>,
    bytes: usize,
}

/// Where a row came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    row: u64,
    line: u64,
    /// Id of the lead that it names, or 0.
    id: i64,
}

impl Batch {
    pub(super) fn is_full(&self) -> bool {
        self.upserts.len() as u64 + self.failed >= MAX_ROWS
            || self.bytes >= MAX_BYTES
            || self.errors.len() >= MAX_ERRORS
    }

    pub(super) fn add(&mut self, row: u64, line: u64, read: Result<LeadUpsert, Vec<FieldFault>>) {
        match read {
            Ok(upsert) => {
                let id = match &upsert.target {
                    LeadTarget::Lead(id) => id.0,
                    LeadTarget::Lookup { .. } => 0,
                };
                self.bytes += bytes(&upsert);
                self.upserts.push(upsert);
                self.places.push(Place { row, line, id });
            }
            Err(faults) => {
                self.failed += 1;
                let errors = faults
                    .into_iter()
                    .take(MAX_ROW_ERRORS)
                    .map(|fault| RowError {
                        row,
                        line,
                        field: shown(&fault.name).into_owned(),
                        message: match fault.suggestion {
                            Some(name) => format!("{}; did you mean `{name}`?", fault.message),
                            None => fault.message,
                        },
                    });
                self.errors.extend(errors);
            }
        }
    }
}

impl Place {
    /// The error of a row whose lead is not there.
    pub(super) fn not_found(self) -> RowError {
        let message = format!(
            "leads/{} does not exist; leave `name` out to look leads up",
            self.id
        );
        RowError {
            row: self.row,
            line: self.line,
            field: String::new(),
            message,
        }
    }
}

/// About how much memory a row takes.
fn bytes(upsert: &LeadUpsert) -> usize {
    const WRITE: usize = 32;
    let writes = upsert.writes.lead.iter().chain(&upsert.writes.company);
    writes
        .map(|write| {
            WRITE
                + write
                    .value
                    .as_ref()
                    .and_then(Value::as_text)
                    .map_or(0, str::len)
        })
        .sum()
}
