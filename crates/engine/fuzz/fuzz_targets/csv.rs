//! The CSV reader never panics, gives the same rows wherever chunks break, and its lines only rise.

#![no_main]

use libfuzzer_sys::fuzz_target;

// The reader is private to the engine and knows nothing of it: here it is built by itself, in seconds.
#[path = "../../src/leads/csv.rs"]
#[expect(dead_code, reason = "the engine uses all of it, this target does not")]
mod csv;

use csv::{CsvReader, Fault};

type Row = (u64, Result<Vec<String>, Fault>);

fn read<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Vec<Row> {
    let own = |record: csv::Record<'_>| {
        let cells = record.cells.map(|cells| {
            assert_eq!(cells.len(), cells.iter().count());
            cells.iter().map(str::to_owned).collect()
        });
        (record.line, cells)
    };
    let mut reader = CsvReader::new();
    let mut rows = Vec::new();
    for mut chunk in chunks {
        while let Some(record) = reader.read(&mut chunk) {
            rows.push(own(record));
        }
        assert!(chunk.is_empty(), "a chunk is used up");
    }
    rows.extend(reader.finish().map(own));
    rows
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, text) = input;
    let whole = read(std::iter::once(text));
    assert_eq!(whole, read(text.chunks(usize::from(size).max(1))));
    assert!(whole.is_sorted_by(|(one, _), (next, _)| one < next));
});
