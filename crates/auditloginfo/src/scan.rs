//! The bytes of the logs become records and go to the joiner.
//!
//! A large file is cut in pieces at line ends, which threads read side by side. The first piece
//! goes on with the events that are open from the file before; those that the other pieces leave
//! open are taken over in order, so the counts are the same wherever the cuts are.

mod cut;

use crate::event::Joiner;
use crate::subject::Query;
use crate::tally::Tally;
use foldhash::fast::RandomState;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use sysparse::Malformed;
use sysparse::audit::{self, Start};
use sysparse::text;
use toolkit::input::{Block, Ending, Line, Lines, Source};
use toolkit::progress::Progress;

/// The longest line that is read as a record, in bytes; auditd's own limit is below 9,000, but
/// other writers join more.
pub const LINE_MAX: usize = 1 << 16;

/// How a file is cut.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// How many pieces a file is cut into at most.
    pub pieces: usize,
    /// The least size of a piece in bytes.
    pub least: u64,
}

impl Default for Cut {
    /// One piece for each processor, none so small that a thread does not pay.
    fn default() -> Self {
        Cut { pieces: thread::available_parallelism().map_or(1, usize::from), least: 1 << 22 }
    }
}

/// What the logs held.
#[derive(Debug, Default)]
pub struct Found {
    /// The counts.
    pub tally: Tally,
    /// Events that lack a record; what they hold is counted.
    pub incomplete: u64,
    /// How many damaged records were left out.
    pub damaged: u64,
    /// The first of them: its log, its line, what is wrong with it.
    pub damage: Option<(PathBuf, u64, Malformed)>,
    /// Logs that could not be read, or not to their end.
    pub unreadable: Vec<(PathBuf, io::Error)>,
    /// Logs that hold lines but not one record.
    pub strange: Vec<PathBuf>,
}

/// What one piece of a log held beside records.
#[derive(Debug, Default)]
struct Piece {
    lines: u64,
    records: u64,
    damaged: u64,
    damage: Option<(u64, Malformed)>,
    error: Option<io::Error>,
}

/// Reads the logs in the order given, `-` being standard input, and counts what is asked for.
#[must_use]
pub fn read(logs: &[PathBuf], query: &Query, cut: Cut) -> Found {
    let progress = Progress::start(total(logs));
    let mut scanner = Scanner::new(query, cut, progress.read());
    for path in logs {
        scanner.log(path, open(path));
    }
    scanner.finish()
}

/// The size of the logs together; nothing if one is no file, or compressed.
fn total(logs: &[PathBuf]) -> Option<u64> {
    let is_plain = |log: &&PathBuf| log.extension().is_none_or(|end| end != "gz");
    let size = |log| fs::metadata(Some(log).filter(is_plain)?).ok().filter(fs::Metadata::is_file);
    logs.iter().map(|log| size(log).map(|metadata| metadata.len())).sum()
}

fn open(path: &Path) -> io::Result<Source> {
    if path.as_os_str() == OsStr::new("-") { Source::stdin() } else { Source::open(path) }
}

/// Reads logs one after another.
pub struct Scanner<'a> {
    query: &'a Query,
    cut: Cut,
    nodes: RandomState,
    joiner: Joiner<'a>,
    found: Found,
    bytes: &'a AtomicU64,
}

impl<'a> Scanner<'a> {
    /// A scanner that has read nothing, and will count the bytes that it reads.
    #[must_use]
    pub fn new(query: &'a Query, cut: Cut, bytes: &'a AtomicU64) -> Self {
        let nodes = RandomState::default();
        let joiner = Joiner::new(query, nodes.clone(), false);
        Scanner { query, cut, nodes, joiner, found: Found::default(), bytes }
    }

    /// Reads the next log, told of as `path`.
    pub fn log(&mut self, path: &Path, source: io::Result<Source>) {
        match source {
            Ok(Source::Stream(stream)) => {
                let stream = Counted { inner: stream, bytes: self.bytes };
                let piece = read_piece(stream, &mut self.joiner, &mut self.found.tally);
                self.found.note(path, vec![piece]);
            }
            Ok(Source::File(file)) => {
                let pieces = self.file(&file);
                self.found.note(path, pieces);
            }
            Err(error) => self.found.unreadable.push((path.to_owned(), error)),
        }
    }

    /// Reads a file in pieces, side by side.
    fn file(&mut self, file: &File) -> Vec<Piece> {
        let mut ranges = ranges(file, self.cut).into_iter();
        let first = ranges.next().unwrap_or((0, u64::MAX));
        let tally = &mut self.found.tally;
        let range = |range| Counted { inner: Range::new(file, range), bytes: self.bytes };
        thread::scope(|scope| {
            let threads: Vec<_> = ranges
                .map(|places| {
                    let mut joiner = Joiner::new(self.query, self.nodes.clone(), true);
                    scope.spawn(move || {
                        let mut tally = Tally::default();
                        let piece = read_piece(range(places), &mut joiner, &mut tally);
                        (piece, joiner, tally)
                    })
                })
                .collect();
            let mut pieces = vec![read_piece(range(first), &mut self.joiner, tally)];
            for thread in threads {
                let (piece, next, counts) =
                    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                tally.absorb(counts);
                self.joiner.absorb(next, tally);
                pieces.push(piece);
            }
            pieces
        })
    }

    /// Closes every event; gives what was found.
    #[must_use]
    pub fn finish(mut self) -> Found {
        self.found.incomplete = self.joiner.finish(&mut self.found.tally);
        self.found
    }
}

/// Where to cut a file: ranges of bytes, each beginning where a line does.
fn ranges(file: &File, cut: Cut) -> Vec<(u64, u64)> {
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let pieces = (length / cut.least.max(1)).clamp(1, cut.pieces.max(1) as u64);
    let mut starts = vec![0];
    for piece in 1..pieces {
        let start = line_start(file, length / pieces * piece, length);
        if starts.last().is_some_and(|last| *last < start) && start < length {
            starts.push(start);
        }
    }
    // A file whose length is not told, as below /proc, is read to its end.
    let end = if length == 0 { u64::MAX } else { length };
    let ends: Vec<_> = starts.iter().skip(1).copied().chain([end]).collect();
    starts.into_iter().zip(ends).collect()
}

/// The place behind the first newline at or after `from`, or `end`.
fn line_start(file: &File, from: u64, end: u64) -> u64 {
    let mut buffer = [0; 1 << 12];
    let mut at = from;
    while at < end {
        let count = file.read_at(&mut buffer, at).unwrap_or(0);
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        if let Some(newline) = memchr::memchr(b'\n', bytes) {
            return at + newline as u64 + 1;
        }
        at += count as u64;
    }
    end
}

/// A range of a file, read without moving the file's own position.
struct Range<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl<'a> Range<'a> {
    fn new(file: &'a File, (at, end): (u64, u64)) -> Self {
        Range { file, at, end }
    }
}

impl Read for Range<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        let count = self.file.read_at(buffer.get_mut(..length).unwrap_or_default(), self.at)?;
        self.at += count as u64;
        if self.end != u64::MAX && self.file.metadata()?.len() < self.end {
            // What was just read may be of another log than what was read before.
            return Err(io::Error::other("truncated while it was read; give a copy of it"));
        }
        Ok(count)
    }
}

/// A reader whose bytes are counted.
struct Counted<'a, R> {
    inner: R,
    bytes: &'a AtomicU64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Reads lines and hands their records on.
fn read_piece(reader: impl Read, joiner: &mut Joiner<'_>, tally: &mut Tally) -> Piece {
    let mut reading = Reading { joiner, tally, piece: Piece::default() };
    let result = reading.all(Lines::new(reader, LINE_MAX));
    Piece { error: result.err(), ..reading.piece }
}

/// A piece that is read.
struct Reading<'r, 'q> {
    joiner: &'r mut Joiner<'q>,
    tally: &'r mut Tally,
    piece: Piece,
}

impl Reading<'_, '_> {
    fn all(&mut self, mut lines: Lines<impl Read>) -> io::Result<()> {
        while let Some(block) = lines.next_block()? {
            match block {
                Block::Whole(lines) => self.whole(lines),
                Block::Line(line) => self.line(line),
            }
        }
        Ok(())
    }

    /// Lines with their newlines. This is what is waited for: it looks no further into a line than
    /// whether it is of use.
    fn whole(&mut self, mut lines: &[u8]) {
        while let Some((line, rest)) = text::split_line(lines) {
            lines = rest;
            match audit::start(line) {
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

    fn line(&mut self, line: Line<'_>) {
        let start = match line.ending {
            Ending::Newline => Ok(audit::start(line.bytes)),
            Ending::Cut => cut::start(line.bytes),
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

    #[inline(never)]
    fn record(&mut self, start: Start<'_>) {
        match self.joiner.record(start, self.tally) {
            Ok(()) => self.piece.records += 1,
            Err(malformed) => self.piece.damage(malformed),
        }
    }
}

const TOO_LONG: Malformed = Malformed { expected: "the end of the line", at: LINE_MAX };

impl Piece {
    /// Counts a damaged record, in the line behind those that are done with.
    fn damage(&mut self, malformed: Malformed) {
        self.damaged += 1;
        self.damage.get_or_insert((self.lines + 1, malformed));
    }
}

impl Found {
    /// Adds up what the pieces of one log held.
    fn note(&mut self, path: &Path, pieces: Vec<Piece>) {
        let mut lines = 0;
        let mut records = 0;
        let mut error = None;
        for piece in pieces {
            if let Some((line, malformed)) = piece.damage {
                self.damage.get_or_insert((path.to_owned(), lines + line, malformed));
            }
            lines += piece.lines;
            records += piece.records + piece.damaged;
            self.damaged += piece.damaged;
            error = error.or(piece.error);
        }
        self.unreadable.extend(error.map(|error| (path.to_owned(), error)));
        if lines > 0 && records == 0 {
            self.strange.push(path.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
