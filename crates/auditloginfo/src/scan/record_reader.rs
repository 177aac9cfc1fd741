//! The lines of a chunk, and the records in them.

mod wrapped;

use super::journal::{self, Entry};
use super::json::{self, Provenance};
use super::limits::{JSON_LINE_MAX, LINE_MAX, LOG_START};
use super::newlines::{self, split_line};
use super::truncated_line;
use crate::event::{EventAssembler, Sink};
use crate::file_kind;
use crate::found::Losses;
use crate::journal_text;
use crate::trust::{self, Origin, TrustedTags, UntrustedRecords};
use std::io::{self, BufReader, Cursor, Read};
use sysparse::ParseError;
use sysparse::audit::{self, Following, Place, RecordHeader, StampByte};
use toolkit::input::{Block, Ending, Line, Lines};

/// The error for a longer line.
const LINE_TOO_LONG: ParseError = ParseError { expected: "the end of the line", at: LINE_MAX };

/// The error for a longer line of JSON.
const JSON_LINE_TOO_LONG: ParseError = ParseError { at: JSON_LINE_MAX, ..LINE_TOO_LONG };

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
    pub(super) untrusted: UntrustedRecords,
    /// The number of journal entries whose message `journalctl -o json` left out.
    pub(super) cut_entries: u64,
    /// The number of records that journalctl printed without the serial numbers of their events.
    pub(super) unnumbered: u64,
    /// The number of events in the JSON of laurel or go-audit.
    pub(super) events_in_json: u64,
    /// The records that are missing, as the log says.
    pub(super) losses: Losses,
    /// The error at which reading ended early.
    pub(super) error: Option<io::Error>,
}

/// Whether a log that begins so cannot be divided at the ends of its lines: the output of `journalctl
/// -o export`, or what is not read.
pub(super) fn is_undivided(start: &[u8]) -> bool {
    journal::is_export(start) || is_unreadable(start)
}

/// Whether nothing is read of a log that begins so: an archive, whose files do not begin where lines do, or
/// records that would be misread.
fn is_unreadable(start: &[u8]) -> bool {
    file_kind::is_archive(start) || file_kind::has_escaped_quotes(start)
}

/// Reads a log from its beginning, as [`read_chunk`] does, or as the output of `journalctl -o export`.
pub(super) fn read_log(
    mut reader: impl Read,
    buffer: &mut Vec<u8>,
    tags: &TrustedTags,
    assembler: &mut EventAssembler<'_>,
    sink: &mut Sink,
) -> ChunkStats {
    let mut start = Vec::new();
    let result = reader.by_ref().take(LOG_START as u64).read_to_end(&mut start);
    if is_unreadable(&start) {
        return ChunkStats { lines: 1, ..ChunkStats::default() };
    }
    let is_export = journal::is_export(&start);
    // A decoder reports an error only once.
    let reader = Cursor::new(start).chain(Unreadable(result.err())).chain(reader);
    if is_export {
        read_export(reader, tags, assembler, sink)
    } else {
        read_chunk(reader, buffer, tags, assembler, sink)
    }
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
fn read_export(
    reader: impl Read,
    tags: &TrustedTags,
    assembler: &mut EventAssembler<'_>,
    sink: &mut Sink,
) -> ChunkStats {
    let mut records = RecordReader::new(tags, assembler, sink);
    let result = records.read_entries(BufReader::with_capacity(1 << 18, reader));
    records.finish(result)
}

/// What cannot be read, if there is an error; else nothing.
pub(super) struct Unreadable(pub(super) Option<io::Error>);

impl Read for Unreadable {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

struct RecordReader<'r, 'a> {
    tags: &'r TrustedTags,
    assembler: &'r mut EventAssembler<'a>,
    sink: &'r mut Sink,
    first_place: u64,
    stats: ChunkStats,
    /// A string without its escapes, or a line that is put together from fields.
    text: Vec<u8>,
    /// A line of a string, with the name of its host.
    line: Vec<u8>,
    entry: Entry,
    provenance: Provenance,
}

impl<'r, 'a> RecordReader<'r, 'a> {
    fn new(
        tags: &'r TrustedTags,
        assembler: &'r mut EventAssembler<'a>,
        sink: &'r mut Sink,
    ) -> Self {
        let first_place = assembler.place();
        let stats = ChunkStats::default();
        let (text, line, entry) = (Vec::new(), Vec::new(), Entry::default());
        let provenance = Provenance::default();
        RecordReader { tags, assembler, sink, first_place, stats, text, line, entry, provenance }
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
            if self.sink.is_listing() && !self.print_listed() {
                break;
            }
        }
        Ok(())
    }

    /// Prints the items that can be printed. Returns false if there is nobody to read more.
    #[cold]
    fn print_listed(&mut self) -> bool {
        self.assembler.print_listed(self.sink);
        !self.sink.is_closed()
    }

    /// Reads lines that all end with a newline.
    fn read_block(&mut self, block: &[u8]) {
        #[cfg(target_arch = "x86_64")]
        if let Some(vectors) = newlines::Vectors::new() {
            return self.read_block_by(block, |byte, text| vectors.find(byte, text));
        }
        self.read_block_by(block, newlines::find);
    }

    /// Reads lines whose ends and marks `find` finds.
    #[inline(never)]
    fn read_block_by(
        &mut self,
        mut block: &[u8],
        find: impl Fn(StampByte, &[u8]) -> Option<usize> + Copy,
    ) {
        while !block.is_empty() {
            block = self.read_usual_lines(block, find);
            if !block.is_empty() {
                block = self.read_first_line(block);
            }
        }
    }

    /// Reads the lines of a block before the first that is not just one record of auditd. Returns the
    /// others.
    #[inline(always)]
    fn read_usual_lines<'l>(
        &mut self,
        mut block: &'l [u8],
        find: impl Fn(StampByte, &[u8]) -> Option<usize> + Copy,
    ) -> &'l [u8] {
        let (assembler, sink, stats) = (&mut *self.assembler, &mut *self.sink, &mut self.stats);
        let mut lines = stats.lines;
        while let Some((header, rest)) = audit::fast_line(block, LINE_MAX, find) {
            lines += 1;
            if let Err(error) = assembler.add_record(header, sink) {
                stats.lines = lines;
                stats.add_damaged(error);
            }
            block = rest;
        }
        stats.lines = lines;
        block
    }

    /// Reads the first line of a block. Returns the others.
    #[inline(never)]
    fn read_first_line<'l>(&mut self, block: &'l [u8]) -> &'l [u8] {
        self.stats.lines += 1;
        let (line, rest) = split_line(block);
        self.read_unusual_line(line);
        rest
    }

    #[cold]
    #[inline(never)]
    fn read_line(&mut self, line: Line<'_>) {
        self.stats.lines += 1;
        match line.ending {
            Ending::Newline => self.read_unusual_line(line.bytes),
            // The CR of a line end shows that the line is complete, as the last bracket does in JSON.
            Ending::Cut if line.bytes.ends_with(b"\r") || json::is_object(line.bytes) => {
                self.read_unusual_line(line.bytes);
            }
            Ending::Cut => self.read_truncated_line(line.bytes),
            Ending::TooLong if json::is_object(line.bytes) => {
                self.stats.add_damaged(JSON_LINE_TOO_LONG);
            }
            Ending::TooLong => self.stats.add_damaged(LINE_TOO_LONG),
        }
    }

    /// Reads a line that is not just one record of auditd.
    #[cold]
    #[inline(never)]
    fn read_unusual_line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if json::is_object(line) {
            // An element of an array, one on each line.
            self.read_json(line.strip_suffix(b",").unwrap_or(line));
        } else if !line.is_empty() {
            self.read_text_line(line);
        }
    }

    fn read_text_line(&mut self, line: &[u8]) {
        if let Some(header) = self.header(line) {
            self.read_records_of(line, header);
        }
    }

    /// Reads the records of a line, the first of which is known. Returns the last one. What passed a record
    /// on with a prefix may have cut it.
    fn read_records_of<'l>(&mut self, line: &[u8], first: RecordHeader<'l>) -> RecordHeader<'l> {
        if line.starts_with(b"type=") || line.starts_with(b"node=") {
            return self.read_records(first, Ok);
        }
        let last = self.read_records(first, truncated_line::passed_on);
        if truncated_line::is_cut(last) {
            self.assembler.add_cut_record();
        }
        last
    }

    fn read_truncated_line(&mut self, line: &[u8]) {
        if let Some(header) = self.header(truncated_line::drop_truncated_field(line)) {
            self.read_records(header, truncated_line::complete);
        }
    }

    /// The first record of a line. One that stands where anybody can write it is counted as such, and
    /// so is one without a stamp.
    fn header<'l>(&mut self, line: &'l [u8]) -> Option<RecordHeader<'l>> {
        if line.len() > LINE_MAX {
            self.stats.add_damaged(LINE_TOO_LONG);
            return None;
        }
        if let Some(header) = audit::plain_header(line) {
            return Some(header);
        }
        let (origin, syslog) = match audit::place(line) {
            Place::Here(record) => return Some(record),
            Place::Tagged(syslog, Some(record)) if self.tags.contains(syslog.tag) => {
                return Some(record);
            }
            Place::Tagged(syslog, Some(_)) => (Origin::Tag(syslog.tag.to_vec()), Some(syslog)),
            Place::Tagged(syslog, None) if trust::is_program_name(syslog.tag) => {
                (Origin::Message(syslog.tag.to_vec()), Some(syslog))
            }
            _ if json::may_hold_record(line) => (Origin::Json, None),
            Place::Tagged(syslog, None) => (Origin::Text, Some(syslog)),
            Place::Nowhere => (Origin::Text, None),
        };
        if audit::mentions_record(line) {
            self.stats.untrusted.add(origin);
        } else if journal_text::is_record(line, syslog) {
            self.stats.unnumbered += 1;
        } else if let Some(loss) = audit::loss(line, syslog) {
            self.stats.losses.add(loss);
        } else if file_kind::is_event_in_json(syslog.map_or(line, |header| header.message)) {
            self.stats.events_in_json += 1;
        }
        None
    }

    fn count_untrusted(&mut self, origin: Origin, text: &[u8]) {
        if audit::mentions_record(text) {
            self.stats.untrusted.add(origin);
        }
    }

    /// Reads a record and those of the same event after it; the last, which is returned, must pass
    /// `check`.
    fn read_records<'l>(
        &mut self,
        first: RecordHeader<'l>,
        check: impl Fn(RecordHeader<'l>) -> Result<RecordHeader<'l>, ParseError>,
    ) -> RecordHeader<'l> {
        let (mut record, mut following) = first.split();
        while let Following::Record(next) = following {
            self.read_record(record);
            (record, following) = next.split();
        }
        match following {
            Following::Stamp(error) => {
                self.read_record(record);
                self.stats.add_damaged(error);
            }
            _ => match check(record) {
                Ok(record) => self.read_record(record),
                Err(error) => self.stats.add_damaged(error),
            },
        }
        record
    }

    fn read_record(&mut self, header: RecordHeader<'_>) {
        if let Err(error) = self.assembler.add_record(header, self.sink) {
            self.stats.add_damaged(error);
        }
    }
}

impl ChunkStats {
    /// Counts a damaged record in the latest line.
    fn add_damaged(&mut self, error: ParseError) {
        self.damaged += 1;
        self.first_damage.get_or_insert((self.lines, error));
    }
}
