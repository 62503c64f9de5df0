//! ImportLeads: rows of any number, from CSV and from messages, in batches; memory stays flat (R-LEAD-1 to -3).
//!
//! A batch is written when it is full, and only what is written counts in the progress that is told. Its memory is bounded
//! by rows, by bytes and by errors, whichever comes first.

use std::{collections::VecDeque, vec};

use bytes::Bytes;
use leadhook_field::{Field, Object};
use leadhook_store::{LeadUpserted, Source, Store};

use self::{batch::Batch, heading::Heading};
use super::{
    csv::{CsvReader, Record},
    lookup,
    upsert::{LeadInput, RowReader},
};
use crate::{
    engine::Engine,
    error::{Error, Kind, Violation},
};

mod batch;
mod heading;

/// What holds for all rows of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// A lead field in any of its names; empty: Email.
    pub lookup_field: String,
    /// Whether an empty CSV cell clears its field; else it leaves the field as it is (R-LEAD-1).
    pub empty_clears: bool,
}

/// How far an import is. All that it counts is durable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Rows read, in all.
    pub read: u64,
    /// Of those: new leads.
    pub created: u64,
    /// Of those: leads that were there.
    pub updated: u64,
    /// Of those: refused.
    pub failed: u64,
    /// What was wrong with rows since the progress before, in their order; a few thousand at most.
    pub errors: Vec<RowError>,
    /// Whether this is the last.
    pub done: bool,
}

/// What is wrong with a row, which therefore changed nothing (R-LEAD-2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The first lead of the import is 1.
    pub row: u64,
    /// The line of the CSV in which the row begins, the heading's being 1; 0 for a row that did not come as CSV.
    pub line: u64,
    /// The field at fault, as the heading or the row names it; empty where it is the row as a whole.
    pub field: String,
    /// What is wrong, and what may have been meant.
    pub message: String,
}

/// An import under way: push what comes, then ask for [`next`](Importer::next) until there is none.
///
/// ```no_run
/// # async fn example<S: leadhook_store::Store>(engine: leadhook_engine::Engine<S>) -> Result<(), leadhook_engine::Error> {
/// use leadhook_engine::ImportOptions;
///
/// let mut import = engine.import_leads(&ImportOptions::default())?;
/// import.push_csv("Email Address,First Name\nada@example.com,Ada\n");
/// import.finish();
/// while let Some(progress) = import.next().await? {
///     println!("{} created, {} failed", progress.created, progress.failed);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Importer<S> {
    engine: Engine<S>,
    input: VecDeque<Piece>,
    stage: Stage,
    csv: CsvReader,
    /// Whether any CSV came.
    has_csv: bool,
    rows: Rows,
    totals: ImportProgress,
}

/// What was pushed and is not worked off.
#[derive(Debug)]
enum Piece {
    Csv(Bytes),
    Leads(vec::IntoIter<LeadInput>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// More input may come.
    Open,
    /// No more comes.
    Finishing,
    /// All is read; what is in the batch is to be written.
    Read,
    Done,
}

/// The rows that are read, and what is needed to read them.
#[derive(Debug)]
struct Rows {
    empty_clears: bool,
    lookup: Field,
    /// Known from the first CSV record on.
    heading: Option<Heading>,
    count: u64,
    batch: Batch,
}

impl<S: Store> Engine<S> {
    /// Begins an import.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a lookup field that is none.
    pub fn import_leads(&self, options: &ImportOptions) -> Result<Importer<S>, Error> {
        let snapshot = self.snapshot();
        let lookup = lookup(&snapshot.schema, Object::Lead, &options.lookup_field)?.clone();
        let empty_clears = options.empty_clears;
        Ok(Importer {
            engine: self.clone(),
            input: VecDeque::new(),
            stage: Stage::Open,
            csv: CsvReader::new(),
            has_csv: false,
            rows: Rows {
                empty_clears,
                lookup,
                heading: None,
                count: 0,
                batch: Batch::default(),
            },
            totals: ImportProgress::default(),
        })
    }
}

impl<S: Store> Importer<S> {
    /// Adds a piece of CSV: RFC 4180 with commas, UTF-8 with or without byte order mark, a heading line first. Pieces may
    /// break anywhere. Blank lines are passed over; a quote within a cell that does not begin with one is text.
    pub fn push_csv(&mut self, piece: impl Into<Bytes>) {
        let piece = piece.into();
        self.has_csv |= !piece.is_empty();
        self.input.push_back(Piece::Csv(piece));
    }

    /// Adds leads that come as messages.
    pub fn push_leads(&mut self, leads: Vec<LeadInput>) {
        self.input.push_back(Piece::Leads(leads.into_iter()));
    }

    /// Says that nothing more comes. The progress after it ends with one that is done.
    pub fn finish(&mut self) {
        if self.stage == Stage::Open {
            self.stage = Stage::Finishing;
        }
    }

    /// Works off what was pushed, up to one batch, and says how far it is; none when all is worked off, save for what
    /// waits for its batch to fill.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a heading that is refused, before any row of the CSV is written: unknown, read-only and
    /// doubled names, all of them, or a missing lookup field. [`Error::Store`]. The import is over then; what the progress so far has counted is durable.
    pub async fn next(&mut self) -> Result<Option<ImportProgress>, Error> {
        let progress = self.advance().await;
        if progress.is_err() {
            self.stage = Stage::Done;
        }
        progress
    }

    async fn advance(&mut self) -> Result<Option<ImportProgress>, Error> {
        if self.stage == Stage::Done {
            return Ok(None);
        }
        self.fill()?;
        if self.stage != Stage::Read && !self.rows.batch.is_full() {
            return Ok(None);
        }
        self.write().await?;
        if self.stage == Stage::Read {
            self.stage = Stage::Done;
            self.totals.done = true;
        }
        let errors = std::mem::take(&mut self.totals.errors);
        Ok(Some(ImportProgress {
            errors,
            ..self.totals.clone()
        }))
    }

    /// Reads rows until the batch is full or all that was pushed is read.
    fn fill(&mut self) -> Result<(), Error> {
        while !self.rows.batch.is_full() {
            match self.input.pop_front() {
                Some(Piece::Csv(piece)) => {
                    let rest = self.read_csv(&piece)?;
                    if rest > 0 {
                        self.input
                            .push_front(Piece::Csv(piece.slice(piece.len() - rest..)));
                    }
                }
                Some(Piece::Leads(mut leads)) => {
                    self.read_leads(&mut leads);
                    if leads.len() > 0 {
                        self.input.push_front(Piece::Leads(leads));
                    }
                }
                None if self.stage == Stage::Finishing => {
                    self.end_csv()?;
                    self.stage = Stage::Read;
                    return Ok(());
                }
                None => return Ok(()),
            }
        }
        Ok(())
    }

    /// Gives how many bytes are left for the next batch.
    fn read_csv(&mut self, mut piece: &[u8]) -> Result<usize, Error> {
        while !self.rows.batch.is_full()
            && let Some(record) = self.csv.read(&mut piece)
        {
            self.rows.add(&record, &self.engine)?;
        }
        Ok(piece.len())
    }

    /// The last record, if no line end follows it. A file without heading is none.
    fn end_csv(&mut self) -> Result<(), Error> {
        if let Some(record) = self.csv.finish() {
            self.rows.add(&record, &self.engine)?;
        }
        if self.has_csv && self.rows.heading.is_none() {
            let message = "has no heading; its first line names the fields of the columns";
            let violations = vec![Violation::new("csv", message)];
            return Err(Error::Invalid {
                subject: Kind::Lead,
                violations,
            });
        }
        Ok(())
    }

    fn read_leads(&mut self, leads: &mut vec::IntoIter<LeadInput>) {
        let snapshot = self.engine.snapshot();
        let zone = &self.engine.shared.settings.zone;
        let Rows {
            lookup,
            count,
            batch,
            ..
        } = &mut self.rows;
        let reader = RowReader::new(&snapshot.schema, zone, lookup);
        while !batch.is_full()
            && let Some(lead) = leads.next()
        {
            *count += 1;
            batch.add(*count, 0, reader.read(&lead));
        }
    }

    /// Makes the batch durable, then counts it.
    async fn write(&mut self) -> Result<(), Error> {
        let batch = std::mem::take(&mut self.rows.batch);
        let store = &self.engine.shared.store;
        let written = if batch.upserts.is_empty() {
            Vec::new()
        } else {
            store
                .upsert_leads(batch.upserts, Source::Import, self.engine.now(), None)
                .await?
        };
        self.totals.read = self.rows.count;
        self.totals.failed += batch.failed;
        self.totals.errors = batch.errors;
        for (outcome, place) in written.into_iter().zip(batch.places) {
            match outcome {
                LeadUpserted::Created(_) => self.totals.created += 1,
                LeadUpserted::Updated(_) => self.totals.updated += 1,
                LeadUpserted::NotFound => {
                    self.totals.failed += 1;
                    self.totals.errors.push(place.not_found());
                }
            }
        }
        self.totals.errors.sort_by_key(|error| error.row);
        Ok(())
    }
}

impl Rows {
    /// The first record is the heading, the others are rows.
    fn add<S: Store>(&mut self, record: &Record<'_>, engine: &Engine<S>) -> Result<(), Error> {
        match &self.heading {
            None => {
                let schema = &engine.snapshot().schema;
                self.heading = Some(Heading::new(record, schema, &self.lookup)?);
            }
            Some(heading) => {
                self.count += 1;
                let row = heading.read(record, &engine.shared.settings.zone, self.empty_clears);
                self.batch.add(self.count, record.line, row);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
