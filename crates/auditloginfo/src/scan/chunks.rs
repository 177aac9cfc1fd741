//! How a file is divided into chunks, and the queue from which threads take them.

use super::workers::Queue;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How a file is divided into chunks.
///
/// ```
/// use auditloginfo::scan::Chunking;
///
/// let one = Chunking { threads: 1, max_chunk: 1 << 24 };
/// assert!(Chunking::default().threads >= one.threads);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Chunking {
    /// The number of threads that read chunks in parallel.
    pub threads: usize,
    /// The approximate size of the largest chunk in bytes.
    pub max_chunk: u64,
}

/// The largest number of threads by default: each has its own table of names, and memory bandwidth
/// limits them.
const MAX_THREADS: usize = 4;

/// A chunk is at most the rest of the file divided by the threads and by this number, so that all
/// threads finish at about the same time.
const CHUNKS_PER_THREAD: u64 = 4;

/// The size from which a chunk is worth the merge at its end, in bytes.
const MIN_CHUNK: u64 = 1 << 18;

/// The approximate size of the largest chunk whose items are listed, in bytes.
const MAX_LISTED_CHUNK: u64 = 1 << 22;

impl Chunking {
    /// The whole file is one chunk.
    pub(super) const ONE_CHUNK: Chunking = Chunking { threads: 1, max_chunk: u64::MAX };

    /// The same with smaller chunks: the items of each are held until those before it are printed.
    #[must_use]
    pub(super) fn for_listing(self) -> Chunking {
        Chunking { max_chunk: self.max_chunk.min(MAX_LISTED_CHUNK), ..self }
    }

    /// Divides a file of `file_size` bytes into about `chunks` chunks, for at most three threads.
    #[must_use]
    pub fn with_chunks(chunks: u64, file_size: u64) -> Chunking {
        let threads = usize::try_from(chunks).unwrap_or(usize::MAX).min(3);
        Chunking { threads, max_chunk: file_size.div_ceil(chunks.max(1)) }
    }
}

impl Default for Chunking {
    /// One thread for each processor, up to four, and chunks of at most 16 MiB.
    fn default() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Chunking { threads: processors.min(MAX_THREADS), max_chunk: 1 << 24 }
    }
}

/// The chunks of a file that are not read yet.
pub(super) struct ChunkQueue<'a> {
    file: &'a File,
    chunking: Chunking,
    /// The size of the file when the queue was created.
    length: u64,
    /// The offset of each chunk that was taken, and that of the next one.
    starts: Mutex<Vec<u64>>,
    bytes_read: &'a AtomicU64,
}

impl<'a> ChunkQueue<'a> {
    /// All chunks of a file. Their readers add the number of bytes that they read to `bytes_read`.
    pub(super) fn new(file: &'a File, chunking: Chunking, bytes_read: &'a AtomicU64) -> Self {
        let length = match file.metadata().map_or(0, |metadata| metadata.len()) {
            // Files below /proc report no size and are read to their end.
            0 => u64::MAX,
            length => length,
        };
        ChunkQueue { file, chunking, length, starts: Mutex::new(vec![0]), bytes_read }
    }

    /// The next chunk. It ends at the end of a line.
    fn next_chunk(&self) -> Option<(usize, CountingReader<'a, ChunkReader<'a>>)> {
        let mut starts = self.starts.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, start) = (starts.len() - 1, starts.last().copied()?);
        let left = self.length.checked_sub(start).filter(|left| *left > 0)?;
        let size = self.chunk_size(start);
        let end =
            if size < left { line_end(self.file, start + size, self.length) } else { self.length };
        starts.push(end);
        let chunk = ChunkReader::new(self.file, start, end);
        Some((number, CountingReader::new(chunk, self.bytes_read)))
    }

    /// The file from the start of a chunk that was taken.
    pub(super) fn rest(&self, number: usize) -> Option<CountingReader<'a, ChunkReader<'a>>> {
        let starts = self.starts.lock().unwrap_or_else(PoisonError::into_inner);
        let at = starts.get(number).copied()?;
        let rest = ChunkReader::new(self.file, at, self.length);
        Some(CountingReader::new(rest, self.bytes_read))
    }

    /// The size of the chunk that starts at `start`.
    fn chunk_size(&self, start: u64) -> u64 {
        if self.chunking.threads <= 1 || self.length == u64::MAX {
            return self.length;
        }
        let left = self.length - start;
        let share = left / (self.chunking.threads as u64 * CHUNKS_PER_THREAD);
        self.chunking.max_chunk.min(share.max(MIN_CHUNK)).max(1)
    }
}

impl Queue for ChunkQueue<'_> {
    const HAS_WHOLE_LOGS: bool = false;

    fn next(&self) -> Option<(usize, impl Read)> {
        self.next_chunk()
    }

    fn threads(&self) -> usize {
        let chunks = self.length.div_ceil(self.chunk_size(0));
        usize::try_from(chunks).unwrap_or(usize::MAX).min(self.chunking.threads)
    }
}

/// The offset after the first newline at or after the byte before `from`, or `end`.
fn line_end(file: &File, from: u64, end: u64) -> u64 {
    let mut buffer = [0; 1 << 12];
    let mut at = from.saturating_sub(1);
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

/// The number of bytes after which a reader checks the size of the file. To check it at each read takes 2 %
/// of the time in which a log is read.
const CHECK_INTERVAL: u64 = 1 << 22;

/// Reads a range of a file, independently of the position of the file. The file must not become shorter.
pub(super) struct ChunkReader<'a> {
    file: &'a File,
    at: u64,
    end: u64,
    /// Where the size of the file is checked next.
    check_at: u64,
}

impl<'a> ChunkReader<'a> {
    fn new(file: &'a File, at: u64, end: u64) -> ChunkReader<'a> {
        ChunkReader { file, at, end, check_at: end.min(at + CHECK_INTERVAL) }
    }
}

impl Read for ChunkReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        let count = self.file.read_at(buffer.get_mut(..length).unwrap_or_default(), self.at)?;
        self.at += count as u64;
        if self.end != u64::MAX && (count < length || self.at >= self.check_at) {
            if self.file.metadata()?.len() < self.end {
                // The bytes read since the last check may belong to another log than those before.
                return Err(io::Error::other(
                    "the file was truncated while it was read; give a copy of it",
                ));
            }
            self.check_at = self.end.min(self.at + CHECK_INTERVAL);
        }
        Ok(count)
    }
}

/// A reader that counts the bytes read from it.
pub(super) struct CountingReader<'a, R> {
    inner: R,
    bytes_read: &'a AtomicU64,
}

impl<'a, R> CountingReader<'a, R> {
    pub(super) fn new(inner: R, bytes_read: &'a AtomicU64) -> Self {
        CountingReader { inner, bytes_read }
    }
}

impl<R: Read> Read for CountingReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes_read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::iter;

    fn file(name: &str, contents: &[u8]) -> (test_support::TempDir, File) {
        let folder = test_support::temp_dir();
        let path = folder.path().join(name);
        fs::write(&path, contents).expect("a file");
        let file = File::open(path).expect("the file");
        (folder, file)
    }

    #[test]
    fn chunks_begin_at_lines_and_cover_the_file() {
        let bytes = b"a\n\nbcd\nefghijklmnopqrstuvwxyz\n1";
        let (_folder, file) = file("log", bytes);
        for chunks in 1..40 {
            let count = AtomicU64::default();
            let chunking = Chunking::with_chunks(chunks, bytes.len() as u64);
            let queue = ChunkQueue::new(&file, chunking, &count);
            let taken: Vec<_> = iter::from_fn(|| queue.next()).collect();
            assert!((1..=chunks).contains(&(taken.len() as u64)), "{chunks}");
            assert_eq!(queue.threads() == 1, chunks == 1);
            let mut text = Vec::new();
            for (index, (number, mut chunk)) in taken.into_iter().enumerate() {
                let is_line_start = text.is_empty() || text.ends_with(b"\n");
                assert!(index == number && is_line_start, "{chunks}");
                chunk.read_to_end(&mut text).expect("the chunk");
            }
            assert_eq!(text, bytes, "{chunks}");
            assert_eq!(count.into_inner(), bytes.len() as u64);
        }
    }

    #[test]
    fn a_file_that_reports_no_size_is_one_chunk() {
        let count = AtomicU64::default();
        let file = File::open("/proc/self/status").expect("the file");
        let queue = ChunkQueue::new(&file, Chunking { threads: 3, max_chunk: 1 }, &count);
        let mut text = String::new();
        let (_, mut chunk) = queue.next().expect("a chunk");
        chunk.read_to_string(&mut text).expect("the chunk");
        assert!(queue.threads() == 1 && queue.next().is_none() && text.contains("VmRSS"));
    }

    #[test]
    fn a_chunk_of_a_file_that_was_truncated_and_written_again_is_an_error() {
        let (folder, file) = file("log", b"first\nsecond\n");
        let mut chunk = ChunkReader::new(&file, 0, 13);
        let mut half = [0; 8];
        assert_eq!(chunk.read(&mut half).expect("half of it"), 8);
        fs::write(folder.path().join("log"), "third\nsixth").expect("another log");
        assert!(chunk.read(&mut half).is_err());
    }

    #[test]
    fn a_file_that_is_truncated_and_grows_again_is_noticed_within_the_interval() {
        let (folder, file) = file("log", b"");
        let length = 3 * CHECK_INTERVAL;
        let writer = File::options().write(true).open(folder.path().join("log")).expect("the file");
        writer.set_len(length).expect("a length");
        let mut chunk = ChunkReader::new(&file, 0, length);
        let mut block = vec![0; 1 << 18];
        assert_eq!(chunk.read(&mut block).expect("the first block"), block.len());
        writer.set_len(0).and_then(|()| writer.set_len(length - 1)).expect("another length");
        let read: usize = iter::from_fn(|| chunk.read(&mut block).ok()).sum();
        assert!((read as u64) < CHECK_INTERVAL, "{read}");
    }
}
