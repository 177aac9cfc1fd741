//! The bytes of the logs become records and go to the joiner.
//!
//! A large file is cut in pieces, which threads read side by side. The first piece goes on with the
//! events that are open from the file before; those that the other pieces leave open are taken over
//! in order, so the counts are the same wherever the cuts are.

mod pieces;
mod reading;
mod unfinished;

pub use pieces::Cut;
pub use reading::LINE_MAX;

use crate::event::Joiner;
use crate::subject::Query;
use crate::tally::Tally;
use foldhash::fast::RandomState;
use pieces::{Counted, Queue};
use reading::{Piece, read_piece};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{self, SyncSender};
use std::thread;
use sysparse::Malformed;
use toolkit::input::Source;
use toolkit::progress::Progress;

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

    /// Reads a file in pieces, side by side. This thread begins with the first, which goes on from
    /// the file before.
    fn file(&mut self, file: &File) -> Vec<Piece> {
        let queue = Queue::new(file, self.cut, self.bytes);
        let threads = self.cut.threads.min(queue.len());
        let team = &Team { queue, query: self.query, nodes: &self.nodes };
        let tally = &mut self.found.tally;
        let (pieces, waiting) = (Vec::new(), BTreeMap::new());
        let mut row = Row { joiner: &mut self.joiner, pieces, waiting };
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(threads);
            let work = |sender| scope.spawn(move || team.work(&sender));
            let workers: Vec<_> = (1..threads).map(|_| work(sender.clone())).collect();
            drop(sender);
            row.pieces.push(read_piece(team.queue.first(), row.joiner, tally));
            while let Some(read) = team.next(tally) {
                row.extend(receiver.try_iter().chain([read]), tally);
            }
            row.extend(receiver, tally);
            for worker in workers {
                tally.absorb(worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
        });
        row.pieces
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
}

impl<'a> Team<'_, 'a> {
    /// Reads the next piece.
    fn next(&self, tally: &mut Tally) -> Option<Read<'a>> {
        let (place, reader) = self.queue.next()?;
        let mut joiner = Joiner::new(self.query, self.nodes.clone(), true);
        Some(Read { place, piece: read_piece(reader, &mut joiner, tally), joiner })
    }

    /// What one of the threads does.
    fn work(&self, sender: &SyncSender<Read<'a>>) -> Tally {
        let mut tally = Tally::default();
        while self.next(&mut tally).is_some_and(|read| sender.send(read).is_ok()) {}
        tally
    }
}

/// A piece that was read: its place in the row, and the events that are open at its ends.
struct Read<'a> {
    place: usize,
    piece: Piece,
    joiner: Joiner<'a>,
}

/// The pieces of a file in order, each joined with those before it as soon as they are there.
struct Row<'r, 'a> {
    joiner: &'r mut Joiner<'a>,
    pieces: Vec<Piece>,
    waiting: BTreeMap<usize, Read<'a>>,
}

impl<'a> Row<'_, 'a> {
    fn extend(&mut self, pieces: impl IntoIterator<Item = Read<'a>>, tally: &mut Tally) {
        for read in pieces {
            self.waiting.insert(read.place, read);
            while let Some(read) = self.waiting.remove(&self.pieces.len()) {
                self.joiner.absorb(read.joiner, tally);
                self.pieces.push(read.piece);
            }
        }
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
