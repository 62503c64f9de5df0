use proptest::prelude::*;

use super::{CsvReader, Fault, MAX_CELL, MAX_CELLS, MAX_RECORD};

type Row = (u64, Result<Vec<String>, Fault>);

fn read(chunks: &[&[u8]]) -> Vec<Row> {
    let own = |record: super::Record<'_>| {
        (
            record.line,
            record
                .cells
                .map(|cells| cells.iter().map(str::to_owned).collect()),
        )
    };
    let mut reader = CsvReader::new();
    let mut rows = Vec::new();
    for chunk in chunks {
        let mut rest = *chunk;
        while let Some(record) = reader.read(&mut rest) {
            rows.push(own(record));
        }
        assert!(rest.is_empty(), "a chunk is used up");
    }
    rows.extend(reader.finish().map(own));
    rows
}

fn cells(cells: &[&str]) -> Result<Vec<String>, Fault> {
    Ok(cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn reads_what_rfc_4180_shows() {
    type Rows<'a> = &'a [(u64, &'a [&'a str])];
    let cases: [(&str, Rows<'_>); 15] = [
        ("", &[]),
        ("\u{FEFF}", &[]),
        ("\n\r\n\n", &[]),
        ("a,b", &[(1, &["a", "b"])]),
        ("a,b\r\nc,d\r\n", &[(1, &["a", "b"]), (2, &["c", "d"])]),
        (
            "a\n\nb\n\r\n\r\nc",
            &[(1, &["a"]), (3, &["b"]), (6, &["c"])],
        ),
        ("a\rb\r", &[(1, &["a"]), (2, &["b"])]),
        (",\n", &[(1, &["", ""])]),
        ("\"\"\n", &[(1, &[""])]),
        ("\"a,b\",\"c\"\"d\"\"\"\n", &[(1, &["a,b", "c\"d\""])]),
        (
            "\"a\nb\r\nc\",d\ne\n",
            &[(1, &["a\nb\r\nc", "d"]), (4, &["e"])],
        ),
        ("5\" pipe,x\n", &[(1, &["5\" pipe", "x"])]),
        ("a, b ,\tc\n", &[(1, &["a", " b ", "\tc"])]),
        ("\u{FEFF}a,\u{FEFF}b\n", &[(1, &["a", "\u{FEFF}b"])]),
        ("\u{FEFF}\u{FEFF}a\n", &[(1, &["\u{FEFF}a"])]),
    ];
    for (text, expected) in cases {
        let expected: Vec<Row> = expected
            .iter()
            .map(|(line, row)| (*line, cells(row)))
            .collect();
        assert_eq!(read(&[text.as_bytes()]), expected, "{text:?}");
    }
}

#[test]
fn a_quote_left_open_is_reported_with_the_line_where_it_began() {
    let cases = [
        ("a\n\"b\nc\n", 2, Fault::OpenQuote { cell: 0, line: 2 }),
        (
            "a\n\"x\ny\",\"b\nc\n",
            2,
            Fault::OpenQuote { cell: 1, line: 3 },
        ),
        ("a\nb,\"", 2, Fault::OpenQuote { cell: 1, line: 2 }),
    ];
    for (text, line, fault) in cases {
        assert_eq!(
            read(&[text.as_bytes()]).pop(),
            Some((line, Err(fault))),
            "{text:?}"
        );
    }
    assert_eq!(
        read(&[b"a,\"b\""]),
        [(1, cells(&["a", "b"]))],
        "a closed one is none"
    );
}

#[test]
fn malformed_utf_8_is_reported_with_cell_and_byte() {
    let cases: [(&[u8], Fault); 4] = [
        (b"ok,ab\xFFc\nnext\n", Fault::NotUtf8 { cell: 1, byte: 3 }),
        // The two bytes would be one character if they stood in one cell.
        (b"\xC3,\xA9\nnext\n", Fault::NotUtf8 { cell: 0, byte: 1 }),
        (b"\xED\xA0\x80\nnext\n", Fault::NotUtf8 { cell: 0, byte: 1 }),
        (b"\xEF\xBBx\nnext\n", Fault::NotUtf8 { cell: 0, byte: 1 }),
    ];
    for (text, fault) in cases {
        assert_eq!(
            read(&[text]),
            [(1, Err(fault)), (2, cells(&["next"]))],
            "{text:?}"
        );
    }
    assert_eq!(
        read(&[b"\xEF\xBB"]),
        [(1, Err(Fault::NotUtf8 { cell: 0, byte: 1 }))]
    );
}

#[test]
fn what_is_too_large_is_read_past() {
    let of = |cells: usize, length: usize| vec!["x".repeat(length); cells].join(",");
    let cases = [
        (of(2, MAX_CELL), None),
        (of(1, MAX_CELL + 1), Some(Fault::CellTooLong { cell: 0 })),
        (
            format!("a,{},b", of(1, MAX_CELL + 1)),
            Some(Fault::CellTooLong { cell: 1 }),
        ),
        (of(5, MAX_CELL - 1), Some(Fault::RecordTooLong)),
        (of(4, MAX_RECORD / 4 - 1), None),
        (of(MAX_CELLS, 1), None),
        (of(MAX_CELLS + 1, 1), Some(Fault::TooManyCells)),
    ];
    for (text, fault) in cases {
        let start = &text[..20];
        let text = format!("{text}\nnext\n");
        for chunk in [text.len(), 65_536, 4_099] {
            let chunks: Vec<_> = text.as_bytes().chunks(chunk).collect();
            let rows = read(&chunks);
            assert_eq!(
                rows[0].1.as_ref().err(),
                fault.as_ref(),
                "{start} in {chunk}"
            );
            assert_eq!(rows[1..], [(2, cells(&["next"]))], "{start} in {chunk}");
        }
    }
}

#[test]
fn memory_stays_bounded() {
    let mut reader = CsvReader::new();
    let chunk = vec![b'x'; 1 << 20];
    assert!(reader.read(&mut &b"a\n"[..]).is_some());
    assert!(reader.read(&mut &b"\""[..]).is_none());
    for _ in 0..64 {
        assert!(reader.read(&mut &chunk[..]).is_none());
    }
    assert!(
        reader.buffer.len() <= MAX_RECORD + 1,
        "{}",
        reader.buffer.len()
    );
    let last = reader.finish().unwrap();
    assert_eq!(last.cells, Err(Fault::OpenQuote { cell: 0, line: 2 }));
}

/// Text in which what matters to CSV is frequent.
fn csv() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: [&str; 7] = [",", "\"", "\n", "\r", "\r\n", "a", "é"];
    let pieces: Vec<&[u8]> = PIECES
        .iter()
        .map(|piece| piece.as_bytes())
        .chain([&b"\xEF"[..], b"\xBB", b"\xBF"])
        .collect();
    let piece = prop::sample::select(pieces);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn chunks_may_break_anywhere(text in csv(), sizes in prop::collection::vec(1..9_usize, 60 * 2)) {
        let mut chunks = Vec::new();
        let mut rest = &text[..];
        for size in sizes {
            let (chunk, left) = rest.split_at(size.min(rest.len()));
            chunks.push(chunk);
            rest = left;
        }
        prop_assert!(rest.is_empty());
        prop_assert_eq!(read(&chunks), read(&[&text]));
    }

    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec(".{0,8}|\r?\n", 1..4), 0..6)) {
        let text: String = rows
            .iter()
            .map(|row| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n")
            .collect();
        let read: Vec<_> = read(&[text.as_bytes()]).into_iter().map(|(_, cells)| cells.unwrap()).collect();
        prop_assert_eq!(read, rows);
    }

    #[test]
    fn agrees_with_the_csv_crate_on_plain_text(text in "[ab\",\n]{0,40}") {
        let theirs = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes())
            .into_records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>();
        let ours = read(&[text.as_bytes()]);
        if !matches!(ours.last(), Some((_, Err(Fault::OpenQuote { .. })))) {
            let ours: Vec<_> = ours.into_iter().map(|(_, cells)| cells.unwrap()).collect();
            prop_assert_eq!(ours, theirs);
        }
    }
}
