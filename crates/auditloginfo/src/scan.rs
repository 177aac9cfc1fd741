//! Reads the logs: finds the records in the lines and passes them to the event assembler.
//!
//! A large file is divided into chunks, which worker threads read in parallel. The open events at
//! the ends of the chunks are merged in the order of the chunks, so the counts do not depend on where
//! the chunks begin.

mod chunks;
mod gzip_queue;
mod journal;
mod json;
mod limits;
mod newlines;
mod record_reader;
#[cfg(test)]
mod tests;
mod truncated_line;
mod workers;

pub use chunks::Chunking;
pub use limits::LINE_MAX;

use crate::event::{EventAssembler, EventPrinter, Sink};
use crate::file_kind::{FileKind, HEAD_MAX};
use crate::filter::Query;
use crate::found::Found;
use chunks::{ChunkQueue, CountingReader};
use foldhash::fast::RandomState;
use gzip_queue::GzipQueue;
use limits::LOG_START;
use record_reader::{ChunkStats, is_undivided, read_chunk, read_log};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use toolkit::input::Source;
use toolkit::progress::Progress;
use workers::Queue;

/// Reads the logs in order, `-` being standard input, and counts what the query asks for.
#[must_use]
pub fn read(logs: &[PathBuf], query: &Query, chunking: Chunking) -> Found {
    let progress = Progress::start(total_size(logs));
    let mut scanner = Scanner::new(query, chunking, progress.read());
    let mut left = logs;
    while let Some((path, rest)) = left.split_first() {
        let side_by_side = left.iter().take_while(|log| Source::is_gzip(log));
        let compressed = if chunking.threads > 1 { side_by_side.count() } else { 0 };
        if compressed > 1 {
            let (logs, rest) = left.split_at(compressed);
            scanner.read_compressed(logs);
            left = rest;
        } else {
            scanner.read_log(path, open(path));
            left = rest;
        }
    }
    scanner.finish()
}

/// Reads the logs in order, as [`read`] does, and has the items printed one by one, event by event,
/// in the order of the logs. Stops when there is nobody to read more.
#[must_use]
pub fn list(
    logs: &[PathBuf],
    query: &Query,
    chunking: Chunking,
    printer: Box<dyn EventPrinter>,
) -> Found {
    let bytes_read = AtomicU64::new(0);
    let mut scanner = Scanner::new(query, chunking.for_listing(), &bytes_read);
    scanner.sink.set_printer(printer);
    for log in logs {
        if !scanner.sink.is_closed() {
            scanner.read_log(log, open(log));
        }
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
        let head = Mutex::default();
        let chunks = match source {
            Ok(Source::Stream(stream)) => {
                let reader = HeadReader { inner: stream, head: &head };
                vec![self.read_whole(CountingReader::new(reader, self.bytes_read))]
            }
            Ok(Source::File(file)) => {
                // If it fails, the file is of an unknown kind.
                let _ = HeadReader { inner: &file, head: &head }.read(&mut vec![0; HEAD_MAX]);
                self.read_file(&file)
            }
            Err(error) => return self.found.unreadable.push((path.to_owned(), error)),
        };
        let head = head.into_inner().unwrap_or_else(PoisonError::into_inner);
        add_log(&mut self.found, path, chunks, &head);
    }

    /// Reads a file, in several threads if it is large enough.
    fn read_file(&mut self, file: &File) -> Vec<ChunkStats> {
        let mut start = [0; LOG_START];
        let length = file.read_at(&mut start, 0).unwrap_or(0);
        if !is_undivided(start.get(..length).unwrap_or_default()) {
            let queue = ChunkQueue::new(file, self.chunking, self.bytes_read);
            if self.sink.is_listing() {
                return self.list_file(&queue);
            }
            if let Some(chunks) = self.read_in_parallel(&queue) {
                return chunks;
            }
        }
        let whole = ChunkQueue::new(file, Chunking::ONE_CHUNK, self.bytes_read);
        whole.next().map(|(_, chunk)| self.read_whole(chunk)).into_iter().collect()
    }

    /// Reads a file whose items are listed. What is printed cannot be taken back, so where a chunk
    /// conflicts with those before it one thread reads on.
    fn list_file(&mut self, queue: &ChunkQueue<'_>) -> Vec<ChunkStats> {
        let (mut chunks, mut is_left) = (Vec::new(), true);
        if queue.threads() > 1 && !self.assembler.is_half_full() {
            let (query, seed) = (self.query, &self.node_seed);
            (chunks, is_left) =
                workers::read_chunks(queue, query, seed, &mut self.assembler, &mut self.sink);
        }
        if let Some(rest) = queue.rest(chunks.len()).filter(|_| is_left) {
            let (tags, assembler) = (&self.query.tags, &mut self.assembler);
            chunks.push(read_chunk(rest, &mut Vec::new(), tags, assembler, &mut self.sink));
        }
        chunks
    }

    /// Reads what can be read in several threads; `None` if one thread must read it, in order, because
    /// records are doubled over the ends of chunks or too much is pending.
    fn read_in_parallel(&mut self, queue: &impl Queue) -> Option<Vec<ChunkStats>> {
        if queue.threads() == 1 || self.assembler.is_half_full() {
            return None;
        }
        let bytes_before = self.bytes_read.load(Ordering::Relaxed);
        let mut assembler = EventAssembler::for_next_chunk(self.query, self.node_seed.clone());
        let mut sink = Sink::new(self.query.collect);
        let seed = &self.node_seed;
        let (chunks, has_conflict) =
            workers::read_chunks(queue, self.query, seed, &mut assembler, &mut sink);
        if has_conflict || self.assembler.conflicts_with(&assembler) {
            self.bytes_read.store(bytes_before, Ordering::Relaxed);
            return None;
        }
        self.assembler.merge(assembler, &mut self.sink);
        self.sink.tally.merge(sink.tally);
        Some(chunks)
    }

    /// Reads logs compressed with gzip, side by side if possible.
    fn read_compressed(&mut self, logs: &[PathBuf]) {
        let queue = GzipQueue::new(logs, self.chunking, self.bytes_read);
        let Some(chunks) = self.read_in_parallel(&queue) else {
            return logs.iter().for_each(|log| self.read_log(log, open(log)));
        };
        for ((path, chunk), head) in logs.iter().zip(chunks).zip(queue.into_heads()) {
            add_log(&mut self.found, path, vec![chunk], &head);
        }
    }

    fn read_whole(&mut self, reader: impl io::Read) -> ChunkStats {
        let (tags, assembler) = (&self.query.tags, &mut self.assembler);
        read_log(reader, &mut Vec::new(), tags, assembler, &mut self.sink)
    }

    /// Ends the input and returns what was found.
    #[must_use]
    pub fn finish(mut self) -> Found {
        self.found.ended_early = self.assembler.ended_early();
        self.found.doubled = self.assembler.doubled();
        self.found.has_possibly_doubled = self.assembler.has_possibly_doubled();
        self.found.incomplete = self.assembler.flush(&mut self.sink);
        self.found.listed_in_parts = self.sink.listed_in_parts();
        Found { tally: self.sink.tally, ..self.found }
    }
}

/// Adds the statistics of the chunks of one log that begins with `head`.
fn add_log(found: &mut Found, path: &Path, chunks: Vec<ChunkStats>, head: &[u8]) {
    let mut log = ChunkStats::default();
    for chunk in chunks {
        let first_damage = chunk.first_damage.map(|(line, damage)| (log.lines + line, damage));
        log.first_damage = log.first_damage.or(first_damage);
        log.lines += chunk.lines;
        log.has_records |= chunk.has_records;
        log.damaged += chunk.damaged;
        log.error = log.error.or(chunk.error);
        log.untrusted.merge(&chunk.untrusted);
        log.unnumbered += chunk.unnumbered;
        log.events_in_json += chunk.events_in_json;
        found.losses.merge(chunk.losses);
        found.cut_entries += chunk.cut_entries;
    }
    let is_doubtful = log.lines > 0 && (log.damaged > 0 || !log.has_records);
    let kind = is_doubtful.then(|| kind(&log, head));
    if kind != Some(FileKind::JournalFile) {
        found.untrusted.merge(&log.untrusted);
    }
    // Files of these kinds can hold text that looks like damaged records.
    let is_certain =
        |kind: &FileKind| matches!(kind, FileKind::Interpreted | FileKind::JournalFile);
    if let Some(kind) = kind.filter(|kind| is_certain(kind) || !log.has_records) {
        return found.not_audit_logs.push((path.to_owned(), kind));
    }
    if log.lines == 0 && log.error.is_none() {
        found.empty_logs.push(path.to_owned());
    }
    let first_damage = log.first_damage.map(|(line, error)| (path.to_owned(), line, error));
    found.first_damage = found.first_damage.take().or(first_damage);
    found.damaged += log.damaged;
    found.unnumbered += log.unnumbered;
    found.events_in_json += log.events_in_json;
    found.has_records |= log.has_records;
    found.unreadable.extend(log.error.map(|error| (path.to_owned(), error)));
}

/// What a log is that begins with `head` and may hold no record that counts.
fn kind(log: &ChunkStats, head: &[u8]) -> FileKind {
    match FileKind::detect(head) {
        FileKind::Json | FileKind::Other if log.unnumbered > 0 => FileKind::Journal,
        FileKind::Json | FileKind::Other if log.untrusted.total() > 0 => FileKind::Untrusted,
        kind => kind,
    }
}

/// A reader that keeps what it reads first.
struct HeadReader<'h, R> {
    inner: R,
    head: &'h Mutex<Vec<u8>>,
}

impl<R: Read> Read for HeadReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        let left = HEAD_MAX.saturating_sub(head.len()).min(count);
        head.extend_from_slice(buffer.get(..left).unwrap_or_default());
        Ok(count)
    }
}
