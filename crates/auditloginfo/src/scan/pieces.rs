//! Where a large file is cut, and who reads which piece of it.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How a file is cut.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// How many threads read side by side.
    pub threads: usize,
    /// The size of a piece in bytes, about, at most.
    pub size: u64,
}

/// More threads would wait for memory more than they read, and each has names of its own to count.
const THREADS: usize = 4;

/// In how many pieces for each thread the rest of a log would be cut, anywhere in it.
const SHARES: u64 = 4;

/// A piece that pays for its joint, in bytes.
const LEAST: u64 = 1 << 18;

impl Cut {
    /// Cuts a file of `length` bytes into so many pieces, for threads fewer than that.
    #[must_use]
    pub fn in_pieces(pieces: u64, length: u64) -> Cut {
        let threads = usize::try_from(pieces).unwrap_or(usize::MAX).min(3);
        Cut { threads, size: length.div_ceil(pieces.max(1)) }
    }
}

impl Default for Cut {
    /// A thread for each processor; pieces so large that their joints cost nothing, so small that no
    /// thread waits long for another.
    fn default() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Cut { threads: processors.min(THREADS), size: 1 << 24 }
    }
}

/// The pieces of a file, cut off and taken by threads one after another.
pub(super) struct Queue<'a> {
    file: &'a File,
    cut: Cut,
    /// The length of the file, as it was at first.
    length: u64,
    /// Where the next piece begins, and its place in the row.
    next: Mutex<(u64, usize)>,
    bytes: &'a AtomicU64,
}

impl<'a> Queue<'a> {
    /// The pieces of a file; all that is read of it will be added to `bytes`.
    pub(super) fn new(file: &'a File, cut: Cut, bytes: &'a AtomicU64) -> Self {
        let length = match file.metadata().map_or(0, |metadata| metadata.len()) {
            // A file whose length is not told, as below /proc, is read to its end.
            0 => u64::MAX,
            length => length,
        };
        Queue { file, cut, length, next: Mutex::default(), bytes }
    }

    /// How many threads there is work for: one at least.
    pub(super) fn threads(&self) -> usize {
        let pieces = self.length.div_ceil(self.size(0));
        usize::try_from(pieces).unwrap_or(usize::MAX).min(self.cut.threads)
    }

    /// The next piece and its place in the row. It ends where a line does.
    pub(super) fn next(&self) -> Option<(usize, Counted<'a, Range<'a>>)> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, place) = *next;
        let left = self.length.checked_sub(at).filter(|left| *left > 0)?;
        let size = self.size(at);
        let end =
            if size < left { line_end(self.file, at + size, self.length) } else { self.length };
        *next = (end, place + 1);
        Some((place, Counted::new(Range { file: self.file, at, end }, self.bytes)))
    }

    /// The size of the piece that begins at `at`: the less is left, the shorter, for at the end
    /// threads wait for the last one.
    fn size(&self, at: u64) -> u64 {
        if self.cut.threads <= 1 || self.length == u64::MAX {
            return self.length;
        }
        let share = (self.length - at) / (self.cut.threads as u64 * SHARES);
        self.cut.size.min(share.max(LEAST)).max(1)
    }
}

/// The place behind the first newline from the byte before `from` on, or `end`.
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

/// A range of a file, read without moving the file's own position.
pub(super) struct Range<'a> {
    file: &'a File,
    at: u64,
    end: u64,
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
pub(super) struct Counted<'a, R> {
    inner: R,
    bytes: &'a AtomicU64,
}

impl<'a, R> Counted<'a, R> {
    pub(super) fn new(inner: R, bytes: &'a AtomicU64) -> Self {
        Counted { inner, bytes }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Log;
    use super::*;
    use std::fs;
    use std::iter;

    #[test]
    fn pieces_begin_where_lines_do_and_leave_nothing_out() {
        let bytes = b"a\n\nbcd\nefghijklmnopqrstuvwxyz\n1";
        let log = Log::new("ranges", bytes);
        let file = File::open(&log.0).expect("the file");
        for pieces in 1..40 {
            let count = AtomicU64::default();
            let queue = Queue::new(&file, Cut::in_pieces(pieces, bytes.len() as u64), &count);
            let taken: Vec<_> = iter::from_fn(|| queue.next()).collect();
            assert!((1..=pieces).contains(&(taken.len() as u64)), "{pieces}");
            assert_eq!(queue.threads() == 1, pieces == 1);
            let mut text = Vec::new();
            for (index, (place, mut piece)) in taken.into_iter().enumerate() {
                assert!(index == place && (text.is_empty() || text.ends_with(b"\n")), "{pieces}");
                piece.read_to_end(&mut text).expect("the piece");
            }
            assert_eq!(text, bytes, "{pieces}");
        }
    }

    #[test]
    fn a_file_that_tells_no_length_is_one_piece() {
        let count = AtomicU64::default();
        let file = File::open("/proc/self/status").expect("the file");
        let queue = Queue::new(&file, Cut { threads: 3, size: 1 }, &count);
        let mut text = String::new();
        let (_, mut piece) = queue.next().expect("a piece");
        piece.read_to_string(&mut text).expect("the piece");
        assert!(queue.threads() == 1 && queue.next().is_none() && text.contains("VmRSS"));
    }

    #[test]
    fn what_a_truncated_log_holds_next_is_not_joined_with_what_was_read() {
        let log = Log::new("truncated", b"first\nsecond\n");
        let file = File::open(&log.0).expect("the file");
        let mut range = Range { file: &file, at: 0, end: 13 };
        let mut half = [0; 8];
        assert_eq!(range.read(&mut half).expect("half of it"), 8);
        fs::write(&log.0, "third\nsixth").expect("another log");
        assert!(range.read(&mut half).is_err());
    }
}
