//! Reads CSV from chunks that may break anywhere: RFC 4180 with commas, LF as well as CRLF, UTF-8 with or without byte order
//! mark. What the cells mean is not known here.
//!
//! Memory is bounded whatever comes: a record that is too large is read past and reported, its content is not kept. Lines
//! are those of the file, so that a person finds the row in an editor; line ends within quotes count.

use csv_core::{ReadFieldResult, Reader};

/// Largest cell, in bytes.
pub(crate) const MAX_CELL: usize = 1 << 20;
/// Largest record, in bytes; a cell counts one for its separator.
pub(crate) const MAX_RECORD: usize = 4 << 20;
/// Most cells of a record.
pub(crate) const MAX_CELLS: usize = 10_000;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads records one after the other.
#[derive(Debug)]
pub(crate) struct CsvReader {
    core: Reader,
    /// The cells of the record so far, end to end, in `buffer[..len]`.
    buffer: Vec<u8>,
    len: usize,
    ends: Vec<usize>,
    /// The cell that is being read; also where `ends` are no longer kept.
    cell: usize,
    /// Why the record's content is no longer kept.
    fault: Option<Fault>,
    /// Line of the next byte, from 1.
    line: u64,
    after_cr: bool,
    record_line: u64,
    cell_line: u64,
    progress: Progress,
    /// Bytes of the byte order mark seen at the start of the stream; none: it is past.
    mark: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Between,
    Within,
    /// The record was handed out; its memory is free with the next call.
    Complete,
}

/// One record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// Line in which it begins, from 1.
    pub(crate) line: u64,
    pub(crate) cells: Result<Cells<'a>, Fault>,
}

/// The cells of a record, one at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cells<'a> {
    text: &'a str,
    ends: &'a [usize],
}

/// Why a record cannot be read. Cells count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    CellTooLong {
        cell: usize,
    },
    RecordTooLong,
    TooManyCells,
    /// `byte` counts from 1, in the cell.
    NotUtf8 {
        cell: usize,
        byte: usize,
    },
    /// The quote that was opened in this line is still open at the end of the file.
    OpenQuote {
        cell: usize,
        line: u64,
    },
}

impl CsvReader {
    pub(crate) fn new() -> CsvReader {
        let mut core = Reader::new();
        // csv-core skips a byte order mark of its own accord, but only where the first chunk holds all of it: this line end,
        // which means nothing before the first record, takes that chance away.
        core.read_field(b"\n", &mut [0]);
        CsvReader {
            core,
            buffer: Vec::new(),
            len: 0,
            ends: Vec::new(),
            cell: 0,
            fault: None,
            line: 1,
            after_cr: false,
            record_line: 1,
            cell_line: 1,
            progress: Progress::Between,
            mark: Some(0),
        }
    }

    /// The next record, taken from the front of `input`; none when `input` is used up before one is complete. Blank lines are
    /// passed over.
    pub(crate) fn read(&mut self, input: &mut &[u8]) -> Option<Record<'_>> {
        self.skip_mark(input);
        if self.mark.is_none() && self.read_cells(input) {
            Some(self.record())
        } else {
            None
        }
    }

    /// The last record, when the file does not end with a line end.
    pub(crate) fn finish(&mut self) -> Option<Record<'_>> {
        if let Some(seen) = self.mark.take()
            && seen < BYTE_ORDER_MARK.len()
        {
            let complete = self.read_cells(&mut &BYTE_ORDER_MARK[..seen]);
            debug_assert!(!complete, "there is no line end in it");
        }
        if self.progress != Progress::Within {
            return None;
        }
        // A line end ends a record everywhere but within quotes.
        if !self.read_cells(&mut &b"\n"[..]) {
            // Also where the cell was too long: the open quote is why.
            self.fault = Some(Fault::OpenQuote {
                cell: self.cell,
                line: self.cell_line,
            });
            self.progress = Progress::Complete;
        }
        Some(self.record())
    }

    fn skip_mark(&mut self, input: &mut &[u8]) {
        while let (Some(seen), Some(next)) = (self.mark, input.first()) {
            if BYTE_ORDER_MARK.get(seen) == Some(next) {
                *input = &input[1..];
                self.mark = Some(seen + 1);
                continue;
            }
            self.mark = None;
            if seen < BYTE_ORDER_MARK.len() {
                self.read_cells(&mut &BYTE_ORDER_MARK[..seen]);
            }
        }
    }

    /// Whether the record is complete.
    fn read_cells(&mut self, input: &mut &[u8]) -> bool {
        if self.progress == Progress::Complete {
            self.len = 0;
            self.ends.clear();
            self.cell = 0;
            self.fault = None;
            self.progress = Progress::Between;
        }
        if self.progress == Progress::Between {
            let blank = input
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
            self.take(input, blank);
            if input.is_empty() {
                return false;
            }
            self.progress = Progress::Within;
            self.record_line = self.line;
            self.cell_line = self.line;
        }
        while !input.is_empty() {
            let Some(is_last) = self.read_cell(input) else {
                return false;
            };
            self.end_cell();
            if is_last {
                self.progress = Progress::Complete;
                return true;
            }
        }
        false
    }

    /// Reads on in a cell; none when the input ends before it, else whether it is the record's last.
    fn read_cell(&mut self, input: &mut &[u8]) -> Option<bool> {
        while !input.is_empty() {
            let mut past;
            let room = if self.fault.is_some() {
                past = [0; 1 << 10];
                &mut past[..]
            } else {
                if self.len == self.buffer.len() {
                    let more = (2 * self.len).clamp(8 << 10, MAX_RECORD + 1);
                    self.buffer.resize(more, 0);
                }
                &mut self.buffer[self.len..]
            };
            let (result, read, written) = self.core.read_field(input, room);
            self.take(input, read);
            if self.fault.is_none() {
                self.len += written;
                self.check_length();
            }
            match result {
                ReadFieldResult::Field { record_end } => return Some(record_end),
                ReadFieldResult::OutputFull => {}
                ReadFieldResult::InputEmpty | ReadFieldResult::End => return None,
            }
        }
        None
    }

    /// Where a chunk breaks does not decide which of the two limits a cell is said to be beyond.
    fn check_length(&mut self) {
        let start = self.ends.last().copied().unwrap_or(0);
        let of_record = MAX_RECORD.saturating_sub(start + self.ends.len());
        if self.len - start > MAX_CELL.min(of_record) {
            self.fault = Some(if MAX_CELL <= of_record {
                Fault::CellTooLong { cell: self.cell }
            } else {
                Fault::RecordTooLong
            });
        }
    }

    fn end_cell(&mut self) {
        self.cell_line = self.line;
        self.cell += 1;
        if self.fault.is_some() {
            return;
        }
        if self.ends.len() == MAX_CELLS {
            self.fault = Some(Fault::TooManyCells);
        } else {
            self.ends.push(self.len);
        }
    }

    /// Takes bytes off the front and counts the lines that end in them, by LF, CR LF or CR.
    fn take(&mut self, input: &mut &[u8], count: usize) {
        let (taken, rest) = input.split_at(count);
        for byte in taken {
            self.line += u64::from(*byte == b'\r' || (*byte == b'\n' && !self.after_cr));
            self.after_cr = *byte == b'\r';
        }
        *input = rest;
    }

    fn record(&self) -> Record<'_> {
        let cells = match self.fault {
            Some(fault) => Err(fault),
            None => Cells::new(&self.buffer[..self.len], &self.ends),
        };
        Record {
            line: self.record_line,
            cells,
        }
    }
}

impl<'a> Cells<'a> {
    fn new(bytes: &'a [u8], ends: &'a [usize]) -> Result<Cells<'a>, Fault> {
        if let Ok(text) = std::str::from_utf8(bytes)
            && ends.iter().all(|end| text.is_char_boundary(*end))
        {
            return Ok(Cells { text, ends });
        }
        let mut start = 0;
        for (cell, end) in ends.iter().enumerate() {
            if let Err(error) = std::str::from_utf8(&bytes[start..*end]) {
                return Err(Fault::NotUtf8 {
                    cell,
                    byte: error.valid_up_to() + 1,
                });
            }
            start = *end;
        }
        unreachable!("what is malformed as a whole is malformed in a cell: {ends:?}")
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Their texts, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a str> {
        let Cells { text, ends } = *self;
        let mut start = 0;
        ends.iter().map(move |end| {
            let cell = &text[start..*end];
            start = *end;
            cell
        })
    }
}

#[cfg(test)]
mod tests;
