//! What the tables of a store take on the disk, once its write-ahead log is in the file.

use std::collections::BTreeMap;
use std::path::Path;

use leadhook_tests::Server;
use rusqlite::{Connection, OpenFlags};

use crate::{bare, say};

/// The table of leads: what it grows by is not counted, and that of its own indexes is.
const LEADS: &str = "lead";

/// Bytes of every table and index; free pages belong to none.
#[derive(Debug)]
pub(crate) struct Tables(BTreeMap<String, i64>);

impl Tables {
    /// Reads the store of a server that was stopped.
    pub(crate) fn read(data: &Path) -> Tables {
        let path = data.join("leadhook.db");
        let database = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .expect("the store is there");
        let mut query = database
            .prepare("SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = TRUE GROUP BY name")
            .expect("SQLite was built with dbstat");
        let tables = query
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .and_then(Iterator::collect);
        Tables(tables.expect("the store can be read"))
    }

    /// Bytes that were added, those of the leads' table aside; tells which tables grew.
    pub(crate) fn growth_since(&self, before: &Tables, calls: f64) -> f64 {
        let mut sum = 0.0;
        for (name, bytes) in &self.0 {
            let grown = (bytes - before.0.get(name).unwrap_or(&0)) as f64;
            if grown.abs() / calls >= 0.5 {
                say(&format!(
                    "{:>79} {:>12.2} bytes a call",
                    name,
                    grown / calls
                ));
            }
            if name != LEADS {
                sum += grown;
            }
        }
        sum
    }
}

/// Bytes of the payload and the response that the newest call has on record: they are the same for all.
///
/// # Panics
///
/// Where the bare reference sends anything that is longer or shorter: then the two cannot be compared.
pub(crate) async fn kept_per_call(server: &Server) -> f64 {
    let calls = server.list_calls("code = 200").await;
    let call = server.get_call(&calls[0].name).await;
    let request = call.request.expect("something was sent");
    let sizes = |name: &str, value: &str| (name.to_owned(), value.len());
    let ours = request.headers.iter();
    let ours: Vec<_> = ours
        .map(|header| sizes(&header.name, &header.value))
        .collect();
    let bare = bare::HEADERS.map(|(name, value)| sizes(name, value));
    assert_eq!(ours, bare, "the headers of the bare reference");
    assert_eq!(request.body.len(), bare::PAYLOAD.len(), "its payload");
    (request.body.len() + call.response.len()) as f64
}
