//! The lines of a chunk, and the records in them.

use super::newlines::Newlines;
use super::truncated_line;
use crate::contents::Contents;
use crate::event::{EventAssembler, Sink};
use std::io::{self, Read};
use sysparse::ParseError;
use sysparse::audit::{self, RecordHeader};
use toolkit::input::{Block, Ending, Line, Lines};

/// The longest line that is read as a record, in bytes. The limit of auditd itself is below 9,000;
/// other programs write longer lines.
pub const LINE_MAX: usize = 1 << 16;

/// The error for a longer line.
const LINE_TOO_LONG: ParseError = ParseError { expected: "the end of the line", at: LINE_MAX };

/// The statistics of one chunk.
#[derive(Debug, Default)]
pub(super) struct ChunkStats {
    /// The number of lines.
    pub(super) lines: u64,
    /// Whether a line holds a record.
    pub(super) has_records: bool,
    /// The number of damaged records.
    pub(super) damaged: u64,
    /// The line, from 1, of the first damaged record, and the error.
    pub(super) first_damage: Option<(u64, ParseError)>,
    /// What the chunk holds, if that was asked for.
    pub(super) contents: Option<Contents>,
    /// The error at which reading ended early.
    pub(super) error: Option<io::Error>,
}

/// Reads the lines of a chunk and passes their records to `assembler`. `buffer` can be reused for
/// the next chunk.
pub(super) fn read_chunk(
    reader: impl Read,
    buffer: &mut Vec<u8>,
    assembler: &mut EventAssembler<'_>,
    sink: &mut Sink,
) -> ChunkStats {
    let first_place = assembler.place();
    let mut lines = Lines::in_buffer(std::mem::take(buffer), reader, LINE_MAX);
    let contents = sink.collect.contents.then(Contents::default);
    let stats = ChunkStats { contents, ..ChunkStats::default() };
    let mut records = RecordReader { assembler, sink, stats };
    records.stats.error = records.read_lines(&mut lines).err();
    *buffer = lines.into_buffer();
    let mut stats = records.stats;
    stats.has_records = stats.damaged > 0 || assembler.place() > first_place;
    stats
}

struct RecordReader<'r, 'a> {
    assembler: &'r mut EventAssembler<'a>,
    sink: &'r mut Sink,
    stats: ChunkStats,
}

impl RecordReader<'_, '_> {
    fn read_lines(&mut self, lines: &mut Lines<impl Read>) -> io::Result<()> {
        while let Some(block) = lines.next_block()? {
            match block {
                Block::Whole(lines) => self.read_block(lines),
                Block::Line(line) => self.read_line(line),
            }
        }
        Ok(())
    }

    /// Reads lines that all end with a newline.
    fn read_block(&mut self, mut block: &[u8]) {
        let newlines = Newlines::new();
        while let Some((line, rest)) = newlines.split(block) {
            block = rest;
            if line.len() > LINE_MAX {
                self.read_line(Line { bytes: line, ending: Ending::TooLong });
                continue;
            }
            self.stats.lines += 1;
            if let Some(header) = audit::header(line) {
                self.read_record(header);
            }
        }
    }

    #[inline(never)]
    fn read_line(&mut self, line: Line<'_>) {
        self.stats.lines += 1;
        let header = match line.ending {
            Ending::Newline => Ok(audit::header(line.bytes)),
            Ending::Cut => truncated_line::header(line.bytes),
            Ending::TooLong => Err(LINE_TOO_LONG),
        };
        match header {
            Ok(Some(header)) => self.read_record(header),
            Ok(None) => {}
            Err(error) => self.stats.add_damaged(error),
        }
    }

    #[inline(always)]
    fn read_record(&mut self, header: RecordHeader<'_>) {
        if let Err(error) = self.assembler.add_record(header, self.sink) {
            self.stats.add_damaged(error);
        } else if let Some(contents) = &mut self.stats.contents {
            add_contents(contents, header);
        }
    }
}

#[cold]
fn add_contents(contents: &mut Contents, header: RecordHeader<'_>) {
    if let Ok(record) = header.record() {
        contents.add(&record);
    }
}

impl ChunkStats {
    /// Counts a damaged record in the latest line.
    fn add_damaged(&mut self, error: ParseError) {
        self.damaged += 1;
        self.first_damage.get_or_insert((self.lines, error));
    }
}
