//! The lines of a piece of a log, and the records in them.

use super::newlines::Newlines;
use super::unfinished;
use crate::event::Joiner;
use crate::tally::Tally;
use std::io::{self, Read};
use sysparse::ParseError;
use sysparse::audit::{self, RecordHeader};
use toolkit::input::{Block, Ending, Line, Lines};

/// The longest line that is read as a record, in bytes; auditd's own limit is below 9,000, but
/// other writers join more.
pub const LINE_MAX: usize = 1 << 16;

/// What one piece of a log held beside records.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) lines: u64,
    pub(super) records: u64,
    pub(super) damaged: u64,
    pub(super) damage: Option<(u64, ParseError)>,
    pub(super) error: Option<io::Error>,
}

/// Reads lines and hands their records on; `buffer` is used again for the next piece.
pub(super) fn read_piece(
    reader: impl Read,
    buffer: &mut Vec<u8>,
    joiner: &mut Joiner<'_>,
    tally: &mut Tally,
) -> Piece {
    let mut lines = Lines::in_buffer(std::mem::take(buffer), reader, LINE_MAX);
    let mut reading = Reading { joiner, tally, piece: Piece::default() };
    let result = reading.all(&mut lines);
    *buffer = lines.into_buffer();
    Piece { error: result.err(), ..reading.piece }
}

/// A piece that is read.
struct Reading<'r, 'q> {
    joiner: &'r mut Joiner<'q>,
    tally: &'r mut Tally,
    piece: Piece,
}

impl Reading<'_, '_> {
    fn all(&mut self, lines: &mut Lines<impl Read>) -> io::Result<()> {
        let newlines = Newlines::new();
        while let Some(block) = lines.next_block()? {
            match block {
                Block::Whole(lines) => self.whole(lines, &newlines),
                Block::Line(line) => self.line(line),
            }
        }
        Ok(())
    }

    /// Lines with their newlines. This is what is waited for: it looks no further into a line than
    /// whether it is of use.
    fn whole(&mut self, mut lines: &[u8], newlines: &Newlines) {
        while let Some((line, rest)) = newlines.split(lines) {
            lines = rest;
            match audit::header(line) {
                _ if line.len() > LINE_MAX => {
                    self.line(Line { bytes: line, ending: Ending::TooLong });
                    continue;
                }
                Some(start) if self.joiner.passes(start.kind) => self.piece.records += 1,
                Some(start) => self.record(start),
                None => {}
            }
            self.piece.lines += 1;
        }
    }

    #[inline(never)]
    fn line(&mut self, line: Line<'_>) {
        let start = match line.ending {
            Ending::Newline => Ok(audit::header(line.bytes)),
            Ending::Cut => unfinished::start(line.bytes),
            Ending::TooLong => Err(TOO_LONG),
        };
        match start {
            Ok(Some(start)) if self.joiner.passes(start.kind) => self.piece.records += 1,
            Ok(Some(start)) => self.record(start),
            Ok(None) => {}
            Err(malformed) => self.piece.damage(malformed),
        }
        self.piece.lines += 1;
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "most of the time is spent in it")]
    fn record(&mut self, start: RecordHeader<'_>) {
        match self.joiner.record(start, self.tally) {
            Ok(()) => self.piece.records += 1,
            Err(malformed) => self.piece.damage(malformed),
        }
    }
}

const TOO_LONG: ParseError = ParseError { expected: "the end of the line", at: LINE_MAX };

impl Piece {
    /// Counts a damaged record, in the line behind those that are done with.
    fn damage(&mut self, malformed: ParseError) {
        self.damaged += 1;
        self.damage.get_or_insert((self.lines + 1, malformed));
    }
}
