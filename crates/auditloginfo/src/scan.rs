//! Reads the logs: finds the records in the lines and passes them to the event assembler.
//!
//! A large file is divided into chunks, which worker threads read in parallel. The open events at
//! the ends of the chunks are merged in the order of the chunks, so the counts do not depend on where
//! the chunks begin.

mod chunks;
mod journal;
mod json;
mod limits;
mod record_reader;
#[cfg(test)]
mod tests;
mod truncated_line;
mod workers;

pub use chunks::Chunking;
pub use limits::LINE_MAX;

use crate::event::{EventAssembler, Sink};
use crate::filter::Query;
use crate::found::Found;
use chunks::{ChunkQueue, CountingReader};
use foldhash::fast::RandomState;
use record_reader::{ChunkStats, read_chunk, read_export};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use toolkit::input::Source;
use toolkit::progress::Progress;

/// Reads the logs in order, `-` being standard input, and counts what the query asks for.
#[must_use]
pub fn read(logs: &[PathBuf], query: &Query, chunking: Chunking) -> Found {
    let progress = Progress::start(total_size(logs));
    let mut scanner = Scanner::new(query, chunking, progress.read());
    for path in logs {
        scanner.read_log(path, open(path));
    }
    scanner.finish()
}

/// The size of all logs in bytes; `None` if one of them is compressed or not a file.
fn total_size(logs: &[PathBuf]) -> Option<u64> {
    let is_plain = |log: &&PathBuf| log.extension().is_none_or(|end| end != "gz");
    let size = |log| fs::metadata(Some(log).filter(is_plain)?).ok().filter(fs::Metadata::is_file);
    logs.iter().map(|log| size(log).map(|metadata| metadata.len())).sum()
}

fn open(path: &Path) -> io::Result<Source> {
    if path.as_os_str() == OsStr::new("-") { Source::stdin() } else { Source::open(path) }
}

/// How many bytes tell the output of `journalctl -o export` from other logs.
const EXPORT_START: usize = 32;

/// Reads logs one after another as if they were one log.
pub struct Scanner<'a> {
    query: &'a Query,
    chunking: Chunking,
    node_seed: RandomState,
    assembler: EventAssembler<'a>,
    sink: Sink,
    found: Found,
    bytes_read: &'a AtomicU64,
}

impl<'a> Scanner<'a> {
    /// A scanner that has read nothing. It adds the number of bytes that it reads to `bytes_read`.
    #[must_use]
    pub fn new(query: &'a Query, chunking: Chunking, bytes_read: &'a AtomicU64) -> Self {
        let node_seed = RandomState::default();
        let assembler = EventAssembler::new(query, node_seed.clone());
        let sink = Sink::new(query.collect);
        let found = Found::default();
        Scanner { query, chunking, node_seed, assembler, sink, found, bytes_read }
    }

    /// Reads the next log. Problems are recorded under the name `path`.
    pub fn read_log(&mut self, path: &Path, source: io::Result<Source>) {
        let chunks = match source {
            Ok(Source::Stream(stream)) => {
                vec![self.read_whole(CountingReader::new(stream, self.bytes_read))]
            }
            Ok(Source::File(file)) => self.read_file(&file),
            Err(error) => return self.found.unreadable.push((path.to_owned(), error)),
        };
        add_log(&mut self.found, path, chunks);
    }

    /// Reads a file, in several threads if it is large enough.
    fn read_file(&mut self, file: &File) -> Vec<ChunkStats> {
        let mut start = [0; EXPORT_START];
        let length = file.read_at(&mut start, 0).unwrap_or(0);
        if journal::is_export(start.get(..length).unwrap_or_default()) {
            return vec![self.read_whole(CountingReader::new(file, self.bytes_read))];
        }
        let queue = ChunkQueue::new(file, self.chunking, self.bytes_read);
        if queue.threads() == 1 {
            return queue.next().map(|(_, chunk)| self.read_whole(chunk)).into_iter().collect();
        }
        let (assembler, sink) = (&mut self.assembler, &mut self.sink);
        workers::read_chunks(&queue, self.query, &self.node_seed, assembler, sink)
    }

    fn read_whole(&mut self, mut reader: impl Read) -> ChunkStats {
        let (tags, assembler) = (&self.query.tags, &mut self.assembler);
        let mut start = Vec::new();
        // An error comes again where the lines are read.
        let _ = reader.by_ref().take(EXPORT_START as u64).read_to_end(&mut start);
        let is_export = journal::is_export(&start);
        let reader = Cursor::new(start).chain(reader);
        if is_export {
            read_export(reader, tags, assembler, &mut self.sink)
        } else {
            read_chunk(reader, &mut Vec::new(), tags, assembler, &mut self.sink)
        }
    }

    /// Ends the input and returns what was found.
    #[must_use]
    pub fn finish(mut self) -> Found {
        self.found.incomplete = self.assembler.flush(&mut self.sink);
        Found { tally: self.sink.tally, ..self.found }
    }
}

/// Adds the statistics of the chunks of one log.
fn add_log(found: &mut Found, path: &Path, chunks: Vec<ChunkStats>) {
    let mut lines = 0;
    let mut has_records = false;
    let mut error = None;
    for chunk in chunks {
        if let Some((line, damage)) = chunk.first_damage {
            found.first_damage.get_or_insert((path.to_owned(), lines + line, damage));
        }
        lines += chunk.lines;
        has_records |= chunk.has_records;
        found.damaged += chunk.damaged;
        found.elsewhere.merge(&chunk.elsewhere);
        found.cut_entries += chunk.cut_entries;
        error = error.or(chunk.error);
    }
    found.unreadable.extend(error.map(|error| (path.to_owned(), error)));
    if lines > 0 && !has_records {
        found.not_audit_logs.push(path.to_owned());
    }
}
