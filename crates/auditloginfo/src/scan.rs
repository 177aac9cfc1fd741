//! The bytes of the logs become records and go to the joiner.
//!
//! A large file is cut in pieces, which threads read side by side. The events that a piece leaves
//! open are taken over in the order of the pieces, so the counts are the same wherever the cuts are.

mod newlines;
mod pieces;
mod reading;
mod unfinished;

pub use pieces::Cut;
pub use reading::LINE_MAX;

use crate::event::Joiner;
use crate::filter::Query;
use crate::found::Found;
use crate::tally::Tally;
use foldhash::fast::RandomState;
use pieces::{Counted, Queue};
use reading::{Piece, read_piece};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use toolkit::input::Source;
use toolkit::progress::Progress;

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
                let stream = Counted::new(stream, self.bytes);
                let (joiner, tally) = (&mut self.joiner, &mut self.found.tally);
                let piece = read_piece(stream, &mut Vec::new(), joiner, tally);
                note(&mut self.found, path, vec![piece]);
            }
            Ok(Source::File(file)) => {
                let pieces = self.file(&file);
                note(&mut self.found, path, pieces);
            }
            Err(error) => self.found.unreadable.push((path.to_owned(), error)),
        }
    }

    /// Reads a file, in pieces side by side if that pays.
    fn file(&mut self, file: &File) -> Vec<Piece> {
        let queue = Queue::new(file, self.cut, self.bytes);
        let threads = queue.threads();
        let (joiner, tally) = (&mut self.joiner, &mut self.found.tally);
        if threads == 1 {
            let read = |(_, reader)| read_piece(reader, &mut Vec::new(), joiner, tally);
            return queue.next().map(read).into_iter().collect();
        }
        let row = Row { joiner, tally, pieces: Vec::new(), waiting: BTreeMap::new() };
        let team = Team { queue, query: self.query, nodes: &self.nodes, row: Mutex::new(row) };
        thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(|| team.work());
            }
            team.work();
        });
        team.row.into_inner().unwrap_or_else(PoisonError::into_inner).pieces
    }

    /// Closes every event; gives what was found.
    #[must_use]
    pub fn finish(mut self) -> Found {
        self.found.incomplete = self.joiner.finish(&mut self.found.tally);
        self.found
    }
}

/// Threads that read the pieces of a file.
struct Team<'t, 'a> {
    queue: Queue<'t>,
    query: &'a Query,
    nodes: &'t RandomState,
    row: Mutex<Row<'t, 'a>>,
}

impl<'t, 'a> Team<'t, 'a> {
    /// What each of the threads does.
    fn work(&self) {
        let mut tally = Tally::default();
        let mut buffer = Vec::new();
        while let Some((place, reader)) = self.queue.next() {
            let mut joiner = Joiner::new(self.query, self.nodes.clone(), true);
            let piece = read_piece(reader, &mut buffer, &mut joiner, &mut tally);
            self.row().put(place, (piece, joiner));
        }
        self.row().tally.merge(tally);
    }

    fn row(&self) -> MutexGuard<'_, Row<'t, 'a>> {
        self.row.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pieces of a file in order, each joined with those before it as soon as they are there.
struct Row<'r, 'a> {
    joiner: &'r mut Joiner<'a>,
    tally: &'r mut Tally,
    pieces: Vec<Piece>,
    /// Pieces by their places, with the events that are open at their ends.
    waiting: BTreeMap<usize, (Piece, Joiner<'a>)>,
}

impl<'a> Row<'_, 'a> {
    fn put(&mut self, place: usize, read: (Piece, Joiner<'a>)) {
        self.waiting.insert(place, read);
        while let Some((piece, joiner)) = self.waiting.remove(&self.pieces.len()) {
            self.joiner.absorb(joiner, self.tally);
            self.pieces.push(piece);
        }
    }
}

/// Adds up what the pieces of one log held.
fn note(found: &mut Found, path: &Path, pieces: Vec<Piece>) {
    let mut lines = 0;
    let mut records = 0;
    let mut error = None;
    for piece in pieces {
        if let Some((line, malformed)) = piece.damage {
            found.first_damage.get_or_insert((path.to_owned(), lines + line, malformed));
        }
        lines += piece.lines;
        records += piece.records + piece.damaged;
        found.damaged += piece.damaged;
        error = error.or(piece.error);
    }
    found.unreadable.extend(error.map(|error| (path.to_owned(), error)));
    if lines > 0 && records == 0 {
        found.not_audit_logs.push(path.to_owned());
    }
}

#[cfg(test)]
mod tests;
