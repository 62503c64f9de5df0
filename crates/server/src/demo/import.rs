//! Leads into the server by the ImportLeads stream, and their names back out.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    path::PathBuf,
};

use anyhow::{Context, bail};
use leadhook_proto::v1::{
    ImportLeadsProgress, ImportLeadsRequest, ListLeadsRequest, RowError,
    lead_service_client::LeadServiceClient,
};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

use super::{columns::is_email, explain::explain};

/// The leads that come with leadhook: in the binary, so that the demo runs from anywhere.
pub(crate) const LEADS: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../examples/leads.csv"
));

/// Bytes of CSV in one message.
const CHUNK: usize = 64 << 10;
/// Messages on their way at most: a file of any size goes through.
const CHUNKS: usize = 4;
/// Faults that are kept to be shown; the others are counted.
const SHOWN_ERRORS: usize = 10;
/// Columns of a heading that are shown, and characters of each.
const SHOWN_COLUMNS: usize = 20;
const SHOWN_NAME: usize = 60;
/// The most leads that a page has.
const PAGE: i32 = 1_000;

/// A CSV, opened, its heading looked at.
pub(crate) struct Source {
    what: String,
    columns: Vec<String>,
    csv: Box<dyn Read + Send>,
}

/// What became of an import.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    pub(crate) what: String,
    pub(crate) read: i64,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) failed: i64,
    /// The first of what was wrong.
    pub(crate) errors: Vec<RowError>,
}

impl Source {
    /// The user's file, else the leads that come with leadhook.
    pub(crate) fn open(path: Option<PathBuf>) -> anyhow::Result<Source> {
        let Some(path) = path else {
            return Ok(Source {
                what: "examples/leads.csv".to_owned(),
                columns: columns(LEADS)?,
                csv: Box::new(LEADS),
            });
        };
        let what = path.display().to_string();
        let mut file =
            File::open(&path).with_context(|| format!("the leads in {what} cannot be read"))?;
        let columns = columns(BufReader::new(&mut file))
            .with_context(|| format!("the heading of {what} cannot be read"))?;
        if !columns.iter().any(|column| is_email(column)) {
            bail!("{}", without_addresses(&what, &columns));
        }
        file.rewind().with_context(|| {
            format!("{what} cannot be read twice; give a file rather than a pipe")
        })?;
        Ok(Source {
            what,
            columns,
            csv: Box::new(file),
        })
    }

    /// The names in the heading line.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }
}

fn columns(csv: impl Read) -> anyhow::Result<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv);
    let heading = reader.byte_headers()?;
    // What is no UTF-8 the import refuses with its position.
    let names = heading.iter().filter_map(|name| str::from_utf8(name).ok());
    Ok(names.map(str::to_owned).collect())
}

/// Why there is nothing to begin with: leads are looked up by their e-mail addresses.
fn without_addresses(what: &str, columns: &[String]) -> String {
    let shown = |column: &String| {
        let beginning: String = column.chars().take(SHOWN_NAME).collect();
        format!("`{}`", beginning.escape_debug())
    };
    let mut found: Vec<String> = columns.iter().take(SHOWN_COLUMNS).map(shown).collect();
    if columns.len() > SHOWN_COLUMNS {
        found.push(format!("{} more", columns.len() - SHOWN_COLUMNS));
    }
    let names = found.join(", ");
    let found = match columns {
        [] => "the file is empty".to_owned(),
        // What spreadsheets write where the comma is the decimal sign.
        [only] if only.contains([';', '\t']) => {
            format!("its heading line is {names}; columns are separated by commas")
        }
        _ => format!("the columns in its heading line are {names}"),
    };
    format!("{what} lacks a column `Email Address` (or `Email`): {found}")
}

/// Imports all of it.
pub(crate) async fn run(channel: &Channel, source: Source) -> anyhow::Result<Imported> {
    let Source { what, csv, .. } = source;
    let (sender, chunks) = mpsc::channel(CHUNKS);
    let reading = tokio::task::spawn_blocking(move || read(csv, &sender));
    let imported = send(channel, &what, chunks).await;
    finish(reading, &what).await?;
    let imported = imported?;
    if imported.created + imported.updated == 0 {
        let faults = imported
            .errors
            .iter()
            .map(|error| format!("\n{}", fault(error)));
        bail!(
            "no lead of {what} went in; it needs rows with e-mail addresses{}",
            faults.collect::<String>()
        );
    }
    Ok(imported)
}

/// Reads in a thread of its own; ends early when nobody takes the chunks any more.
fn read(
    mut csv: Box<dyn Read + Send>,
    chunks: &mpsc::Sender<ImportLeadsRequest>,
) -> std::io::Result<()> {
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        let read = csv.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
        let message = ImportLeadsRequest {
            csv: chunk.into(),
            ..ImportLeadsRequest::default()
        };
        if read == 0 || chunks.blocking_send(message).is_err() {
            return Ok(());
        }
    }
}

async fn send(
    channel: &Channel,
    what: &str,
    chunks: mpsc::Receiver<ImportLeadsRequest>,
) -> anyhow::Result<Imported> {
    let refused = |status| explain(&format!("the import of {what}"), &status);
    let mut progress = LeadServiceClient::new(channel.clone())
        .import_leads(ReceiverStream::new(chunks))
        .await
        .map_err(refused)?
        .into_inner();
    let mut imported = Imported {
        what: what.to_owned(),
        ..Imported::default()
    };
    while let Some(message) = progress.message().await.map_err(refused)? {
        imported.add(message);
    }
    Ok(imported)
}

async fn finish(reading: JoinHandle<std::io::Result<()>>, what: &str) -> anyhow::Result<()> {
    let read = reading
        .await
        .context("the reading of the leads broke off")?;
    read.with_context(|| format!("the leads in {what} cannot be read to their end"))
}

impl Imported {
    fn add(&mut self, progress: ImportLeadsProgress) {
        let ImportLeadsProgress {
            read,
            created,
            updated,
            failed,
            errors,
            ..
        } = progress;
        (self.read, self.created, self.updated, self.failed) = (read, created, updated, failed);
        let room = SHOWN_ERRORS.saturating_sub(self.errors.len());
        self.errors.extend(errors.into_iter().take(room));
    }
}

/// One line about a row that did not go in.
pub(crate) fn fault(error: &RowError) -> String {
    let field = match error.field.as_str() {
        "" => String::new(),
        field => format!(", {field}"),
    };
    format!(
        "  row {} (line {}){field}: {}",
        error.row, error.line, error.message
    )
}

/// The resource names of all leads, oldest first.
pub(crate) async fn names(channel: &Channel) -> anyhow::Result<Vec<String>> {
    let mut leads = LeadServiceClient::new(channel.clone());
    let mut names = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListLeadsRequest {
            page_size: PAGE,
            page_token,
            fields: vec!["Email".to_owned()],
            ..ListLeadsRequest::default()
        };
        let page = leads
            .list_leads(request)
            .await
            .map_err(|status| explain("the list of leads", &status))?
            .into_inner();
        names.extend(page.leads.into_iter().map(|lead| lead.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(names);
        }
    }
}

#[cfg(test)]
mod tests;
