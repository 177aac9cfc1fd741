//! The lines of a chunk, and the records in them.

use super::journal::{self, Entry, Field};
use super::limits::{JSON_LINE_MAX, LINE_MAX};
use super::{json, truncated_line};
use crate::event::{EventAssembler, Sink};
use crate::syslog_tags::{Elsewhere, TrustedTags};
use std::io::{self, BufReader, Read};
use sysparse::ParseError;
use sysparse::audit::{self, Following, Place, RecordHeader};
use toolkit::input::{Block, Ending, Line, Lines};

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
    /// The records that stand where anybody can write them.
    pub(super) elsewhere: Elsewhere,
    /// The number of journal entries whose message `journalctl -o json` left out.
    pub(super) cut_entries: u64,
    /// The error at which reading ended early.
    pub(super) error: Option<io::Error>,
}

/// Reads the lines of a chunk and passes their records to `assembler`. `buffer` can be reused for
/// the next chunk.
pub(super) fn read_chunk(
    reader: impl Read,
    buffer: &mut Vec<u8>,
    tags: &TrustedTags,
    assembler: &mut EventAssembler<'_>,
    sink: &mut Sink,
) -> ChunkStats {
    let mut lines = Lines::in_growing_buffer(std::mem::take(buffer), reader, JSON_LINE_MAX);
    let mut records = RecordReader::new(tags, assembler, sink);
    let result = records.read_lines(&mut lines);
    *buffer = lines.into_buffer();
    records.finish(result)
}

/// Reads the output of `journalctl -o export`, which has no lines that could be read alone.
pub(super) fn read_export(
    reader: impl Read,
    tags: &TrustedTags,
    assembler: &mut EventAssembler<'_>,
    sink: &mut Sink,
) -> ChunkStats {
    let mut records = RecordReader::new(tags, assembler, sink);
    let result = records.read_entries(BufReader::with_capacity(1 << 18, reader));
    records.finish(result)
}

struct RecordReader<'r, 'a> {
    tags: &'r TrustedTags,
    assembler: &'r mut EventAssembler<'a>,
    sink: &'r mut Sink,
    first_place: u64,
    stats: ChunkStats,
    /// A string without its escapes, or a line that is put together from fields.
    text: Vec<u8>,
    entry: Entry,
}

impl<'r, 'a> RecordReader<'r, 'a> {
    fn new(
        tags: &'r TrustedTags,
        assembler: &'r mut EventAssembler<'a>,
        sink: &'r mut Sink,
    ) -> Self {
        let (first_place, stats) = (assembler.place(), ChunkStats::default());
        let (text, entry) = (Vec::new(), Entry::default());
        RecordReader { tags, assembler, sink, first_place, stats, text, entry }
    }

    fn finish(mut self, result: io::Result<()>) -> ChunkStats {
        self.stats.error = result.err();
        self.stats.has_records =
            self.stats.damaged > 0 || self.assembler.place() > self.first_place;
        self.stats
    }

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
        while let Some((line, rest)) = split_line(block) {
            block = rest;
            self.stats.lines += 1;
            match audit::plain_header(line) {
                Some(header) if header.ends_line() => self.read_record(header),
                _ if line.is_empty() => {}
                _ => self.read_unusual_line(line),
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn read_line(&mut self, line: Line<'_>) {
        self.stats.lines += 1;
        match line.ending {
            Ending::Newline => self.read_unusual_line(line.bytes),
            Ending::Cut if json::is_object(line.bytes) => self.read_json(line.bytes),
            Ending::Cut => self.read_truncated_line(line.bytes),
            Ending::TooLong => self.stats.add_damaged(LINE_TOO_LONG),
        }
    }

    /// Reads a line that is not just one record of the commonest types.
    #[cold]
    #[inline(never)]
    fn read_unusual_line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if json::is_object(line) {
            self.read_json(line);
        } else {
            self.read_text_line(line);
        }
    }

    /// Reads the records of a line; returns whether there are any.
    fn read_text_line(&mut self, line: &[u8]) -> bool {
        if line.len() > LINE_MAX {
            self.stats.add_damaged(LINE_TOO_LONG);
            return true;
        }
        let header = audit::plain_header(line).or_else(|| self.header_behind_prefix(line));
        self.read_records(header, |header| Ok(header));
        header.is_some()
    }

    fn read_truncated_line(&mut self, line: &[u8]) {
        if line.len() > LINE_MAX {
            return self.stats.add_damaged(LINE_TOO_LONG);
        }
        let line = truncated_line::drop_truncated_field(line);
        let header = audit::plain_header(line).or_else(|| self.header_behind_prefix(line));
        self.read_records(header, truncated_line::complete);
    }

    /// The record of a line with a prefix. A record that stands where anybody can write one is
    /// counted as such.
    fn header_behind_prefix<'l>(&mut self, line: &'l [u8]) -> Option<RecordHeader<'l>> {
        let tag = match audit::place(line) {
            Place::Here(header) => return Some(header),
            Place::Tagged(tag, Some(header)) if self.tags.contains(tag) => return Some(header),
            Place::Tagged(tag, _) => tag,
            Place::Nowhere => b"",
        };
        self.count_elsewhere(tag, line);
        None
    }

    fn count_elsewhere(&mut self, tag: &[u8], text: &[u8]) {
        if audit::mentions_record(text) {
            self.stats.elsewhere.add(tag);
        }
    }

    /// Reads the record and those of the same event behind it; the last must pass `check`.
    fn read_records<'l>(
        &mut self,
        mut next: Option<RecordHeader<'l>>,
        check: impl Fn(RecordHeader<'l>) -> Result<RecordHeader<'l>, ParseError>,
    ) {
        while let Some(header) = next {
            let (record, following) = header.split();
            next = match following {
                Following::Nothing => match check(record) {
                    Ok(record) => return self.read_record(record),
                    Err(error) => return self.stats.add_damaged(error),
                },
                Following::Record(record) => Some(record),
                Following::Stamp(error) => {
                    self.stats.add_damaged(error);
                    None
                }
            };
            self.read_record(record);
        }
    }

    #[inline(always)]
    fn read_record(&mut self, header: RecordHeader<'_>) {
        if let Err(error) = self.assembler.add_record(header, self.sink) {
            self.stats.add_damaged(error);
        }
    }

    /// Reads an object: an entry of the journal, or the first of its strings that holds records.
    fn read_json(&mut self, line: &[u8]) {
        let strings = match json::read(line, &mut self.entry) {
            Ok(strings) => strings,
            Err(error) if audit::mentions_record(line) => return self.stats.add_damaged(error),
            Err(_) => return,
        };
        if !self.entry.get(Field::Transport).is_empty() {
            return self.read_entry();
        }
        let mut text = std::mem::take(&mut self.text);
        for string in strings.iter() {
            text.clear();
            json::unescape(string, &mut text);
            if self.read_text(&text) {
                break;
            }
        }
        self.text = text;
    }

    /// Reads the lines of a string up to the first that holds no record: whoever chose that line may
    /// have chosen the newline and what follows it. Returns whether a record was found.
    fn read_text(&mut self, text: &[u8]) -> bool {
        let mut has_records = false;
        let mut rest = text;
        while !rest.is_empty() {
            let (line, behind) = split_line(rest).unwrap_or((rest, &[]));
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if self.read_text_line(line) {
                has_records = true;
            } else if !is_separator(line) {
                self.count_elsewhere(b"", behind);
                break;
            }
            rest = behind;
        }
        has_records
    }

    fn read_entries(&mut self, mut reader: BufReader<impl Read>) -> io::Result<()> {
        let mut name = Vec::new();
        while journal::read_export(&mut reader, &mut name, &mut self.entry, &mut self.stats.lines)?
        {
            self.read_entry();
        }
        Ok(())
    }

    /// Reads the record of a journal entry.
    fn read_entry(&mut self) {
        let message = self.entry.get(Field::Message);
        match self.entry.get(Field::Transport) {
            b"audit" | b"kernel" if self.entry.is_cut => self.stats.cut_entries += 1,
            b"audit" | b"kernel" if message.len() > LINE_MAX => {
                self.stats.add_damaged(LINE_TOO_LONG);
            }
            b"audit" => self.read_audit_entry(),
            b"kernel" => self.read_kernel_entry(),
            transport if audit::mentions_record(message) => {
                self.stats.elsewhere.add(&[b"_TRANSPORT=", transport].concat());
            }
            _ => {}
        }
    }

    fn read_audit_entry(&mut self) {
        let mut line = std::mem::take(&mut self.text);
        line.clear();
        match self.entry.write_record(&mut line).and_then(|()| audit::plain_header(&line)) {
            Some(header) => self.read_record(header),
            None => self.stats.add_damaged(NO_STAMP),
        }
        self.text = line;
    }

    /// Reads a message of the kernel, which is a record only if it begins as one.
    fn read_kernel_entry(&mut self) {
        let mut line = std::mem::take(&mut self.text);
        line.clear();
        self.entry.write_node(&mut line);
        line.extend_from_slice(self.entry.get(Field::Message));
        if let Place::Here(header) = audit::place(&line) {
            self.read_record(header);
        }
        self.text = line;
    }
}

/// The error for a journal entry without the time or the number of its event.
const NO_STAMP: ParseError = ParseError {
    expected: "an entry with _AUDIT_TYPE, _AUDIT_ID and _SOURCE_REALTIME_TIMESTAMP",
    at: 0,
};

/// Whether a line may stand between records: an empty one, or those of ausearch.
fn is_separator(line: &[u8]) -> bool {
    line.trim_ascii().is_empty() || line.starts_with(b"----") || line.starts_with(b"time->")
}

/// The first line without its newline, and what follows it.
#[inline]
fn split_line(block: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, rest) = block.split_at_checked(memchr::memchr(b'\n', block)?)?;
    Some((line, rest.get(1..)?))
}

impl ChunkStats {
    /// Counts a damaged record in the latest line.
    fn add_damaged(&mut self, error: ParseError) {
        self.damaged += 1;
        self.first_damage.get_or_insert((self.lines, error));
    }
}
