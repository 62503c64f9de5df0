//! The heading of a CSV: what its columns mean, found once for all rows (R-LEAD-2, -3).

use leadhook_field::{Field, FieldId, FieldType, Object, Schema, Zone};
use leadhook_store::{FieldWrite, LeadTarget, LeadUpsert, Writes};

use super::Record;
use crate::{
    error::{Error, Kind, Violation},
    leads::{
        FieldFault, Names, ReadOnly,
        csv::{Cells, Fault, MAX_CELL, MAX_CELLS, MAX_RECORD},
        shown,
    },
};

/// The columns, and which of them leads are looked up by.
#[derive(Debug)]
pub(super) struct Heading {
    columns: Vec<Column>,
    lookup: usize,
}

#[derive(Debug)]
struct Column {
    /// As the heading has it.
    name: String,
    field: FieldId,
    field_type: FieldType,
    object: Object,
}

impl Heading {
    /// Finds the field of each column.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming every column that cannot be, or saying that the one of the lookup field is missing.
    pub(super) fn new(
        record: &Record<'_>,
        schema: &Schema,
        lookup: &Field,
    ) -> Result<Heading, Error> {
        let violation = |column: usize, message: &str| {
            let place = format!("line {}, column {}", record.line, column + 1);
            Violation::new("csv", format!("{place} of the heading: {message}"))
        };
        let invalid = |violations| Error::Invalid {
            subject: Kind::Lead,
            violations,
        };
        let cells = match &record.cells {
            Ok(cells) => cells,
            Err(fault) => {
                let (cell, message) = describe(*fault);
                return Err(invalid(vec![violation(cell.unwrap_or(0), &message)]));
            }
        };
        let (columns, faults) = Heading::columns(cells, schema);
        if !faults.is_empty() {
            let told = faults.into_iter().map(|(at, fault)| {
                violation(at, &fault.message).suggest(fault.suggestion.unwrap_or_default())
            });
            return Err(invalid(told.collect()));
        }
        let Some(lookup) = columns.iter().position(|column| column.field == lookup.id) else {
            let message = format!(
                "line {}: the heading lacks {}, by which leads are looked up; add that column, or name another `lookup_field`",
                record.line, lookup.api_name
            );
            return Err(invalid(vec![Violation::new("csv", message)]));
        };
        Ok(Heading { columns, lookup })
    }

    fn columns(cells: &Cells<'_>, schema: &Schema) -> (Vec<Column>, Vec<(usize, FieldFault)>) {
        let names = Names::new(schema, None);
        let (mut columns, mut faults) = (Vec::<Column>::new(), Vec::new());
        for (at, name) in cells.iter().enumerate() {
            if name.trim().is_empty() {
                let message = "has no name; a column bears the name of a field".to_owned();
                faults.push((at, FieldFault::new(name, message)));
                continue;
            }
            let fault = match names.writable(name, ReadOnly::Refused) {
                Ok(field) => match columns.iter().find(|column| column.field == field.id) {
                    None => {
                        columns.push(Column {
                            name: name.to_owned(),
                            field: field.id,
                            field_type: field.field_type,
                            object: field.object,
                        });
                        continue;
                    }
                    Some(first) => {
                        let message = format!(
                            "`{}` is the field {}, as `{}` is; a field has one column",
                            shown(name),
                            field.api_name,
                            shown(&first.name)
                        );
                        FieldFault::new(name, message)
                    }
                },
                // What spreadsheets write where the comma is the decimal sign.
                Err(fault) if name.contains([';', '\t']) => {
                    let message = format!("{}; columns are separated by commas", fault.message);
                    FieldFault::new(name, message)
                }
                Err(fault) => fault,
            };
            faults.push((at, fault));
        }
        (columns, faults)
    }

    /// What a row writes, or all that is wrong with it.
    pub(super) fn read(
        &self,
        record: &Record<'_>,
        zone: &Zone,
        empty_clears: bool,
    ) -> Result<LeadUpsert, Vec<FieldFault>> {
        let cells = match &record.cells {
            Ok(cells) => cells,
            Err(fault) => {
                let (cell, message) = describe(*fault);
                let column = cell.and_then(|cell| self.columns.get(cell));
                let name = column
                    .map(|column| column.name.as_str())
                    .unwrap_or_default();
                return Err(vec![FieldFault::new(name, message)]);
            }
        };
        if cells.len() != self.columns.len() {
            let (has, columns) = (cells.len(), self.columns.len());
            let message = format!(
                "the row has {has} cells, the heading {columns}; is a quote or a comma missing?"
            );
            return Err(vec![FieldFault::new("", message)]);
        }
        let mut writes = Writes::default();
        let (mut faults, mut target) = (Vec::new(), None);
        for (at, (column, cell)) in self.columns.iter().zip(cells.iter()).enumerate() {
            match column.field_type.read(cell, zone) {
                Ok(None) if !empty_clears && at != self.lookup => {}
                Ok(None) if at == self.lookup => {
                    faults.push(FieldFault::without_lookup(&column.name));
                }
                Ok(value) => {
                    if at == self.lookup {
                        target = value.clone();
                    }
                    let writes = match column.object {
                        Object::Lead => &mut writes.lead,
                        Object::Company => &mut writes.company,
                    };
                    writes.push(FieldWrite {
                        field: column.field,
                        value,
                    });
                }
                Err(error) => faults.push(FieldFault::new(&column.name, error.to_string())),
            }
        }
        match target {
            Some(value) if faults.is_empty() => {
                let field = self.columns[self.lookup].field;
                Ok(LeadUpsert {
                    target: LeadTarget::Lookup { field, value },
                    writes,
                })
            }
            _ => Err(faults),
        }
    }
}

/// Where a record cannot be read, and why.
fn describe(fault: Fault) -> (Option<usize>, String) {
    match fault {
        Fault::CellTooLong { cell } => (
            Some(cell),
            format!("the cell has more than {} MiB", MAX_CELL >> 20),
        ),
        Fault::RecordTooLong => (
            None,
            format!(
                "the row has more than {} MiB; is a quote missing?",
                MAX_RECORD >> 20
            ),
        ),
        Fault::TooManyCells => (None, format!("the row has more than {MAX_CELLS} cells")),
        Fault::NotUtf8 { cell, byte } => (
            Some(cell),
            format!("the cell is not valid UTF-8 from its byte {byte} on; save the file as UTF-8"),
        ),
        Fault::OpenQuote { cell, line } => (
            Some(cell),
            format!("the quote that opens in line {line} is not closed before the end"),
        ),
    }
}
