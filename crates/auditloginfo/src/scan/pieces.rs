//! Where a large file is cut, and who reads which piece of it.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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

/// The pieces of a file, taken by threads one after another.
pub(super) struct Queue<'a> {
    file: &'a File,
    ranges: Vec<(u64, u64)>,
    next: AtomicUsize,
    bytes: &'a AtomicU64,
}

impl<'a> Queue<'a> {
    /// Cuts a file; all that is read of it will be added to `bytes`.
    pub(super) fn new(file: &'a File, cut: Cut, bytes: &'a AtomicU64) -> Self {
        Queue { file, ranges: ranges(file, cut), next: AtomicUsize::new(0), bytes }
    }

    /// How many pieces there are: one at least.
    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// The next piece and its place in the row.
    pub(super) fn next(&self) -> Option<(usize, Counted<'a, Range<'a>>)> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        self.ranges.get(place).map(|range| (place, self.reader(*range)))
    }

    fn reader(&self, (at, end): (u64, u64)) -> Counted<'a, Range<'a>> {
        Counted::new(Range { file: self.file, at, end }, self.bytes)
    }
}

/// Where to cut a file: ranges of bytes, each beginning where a line does.
fn ranges(file: &File, cut: Cut) -> Vec<(u64, u64)> {
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let threads = cut.threads.max(1) as u64;
    let mut starts = vec![0];
    let mut last = 0;
    while threads > 1 && last < length {
        // The less is left, the shorter the pieces: at the end threads wait for the last one.
        let share = ((length - last) / (threads * SHARES)).max(LEAST);
        last = line_start(file, last + cut.size.min(share).max(1), length);
        starts.extend(Some(last).filter(|start| *start < length));
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

    #[test]
    fn ranges_begin_where_lines_do_and_leave_nothing_out() {
        let bytes = b"a\n\nbcd\nefghijklmnopqrstuvwxyz\n1";
        let log = Log::new("ranges", bytes);
        let file = File::open(&log.0).expect("the file");
        for pieces in 1..40 {
            let ranges = ranges(&file, Cut::in_pieces(pieces, bytes.len() as u64));
            assert!(ranges.len() as u64 <= pieces);
            assert_eq!((ranges[0].0, ranges[ranges.len() - 1].1), (0, bytes.len() as u64));
            for pair in ranges.windows(2) {
                assert_eq!(pair[0].1, pair[1].0);
                assert_eq!(bytes[usize::try_from(pair[1].0).expect("small") - 1], b'\n');
            }
        }
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
