//! Lines of files and of standard input, each of bounded length.
//!
//! With the feature `gzip`, input that is compressed with gzip is decompressed.
//!
//! ```
//! use toolkit::input::Lines;
//!
//! let mut lines = Lines::new(&b"one\ntwo\n"[..], 80);
//! let first = lines.next_line()?.map(|line| line.bytes.to_vec());
//! assert_eq!(first.as_deref(), Some(&b"one"[..]));
//! # Ok::<(), std::io::Error>(())
//! ```

use nix::fcntl::{FcntlArg, fcntl};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

#[cfg(feature = "gzip")]
mod gzip;

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With a newline.
    Newline,
    /// With the end of the input: the line may have been cut.
    Cut,
    /// Beyond the limit: `bytes` holds its beginning, the rest is skipped.
    TooLong,
}

/// One line, without its newline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// The line's bytes.
    pub bytes: &'a [u8],
    /// How it ends.
    pub ending: Ending,
}

impl<'a> Line<'a> {
    /// A line, cut to `limit` bytes.
    #[inline]
    fn new(bytes: &'a [u8], limit: usize, ending: Ending) -> Line<'a> {
        match bytes.get(..limit) {
            Some(kept) if bytes.len() > limit => Line { bytes: kept, ending: Ending::TooLong },
            _ => Line { bytes, ending },
        }
    }
}

/// Some lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block<'a> {
    /// Lines of any length that each end with a newline.
    Whole(&'a [u8]),
    /// One line.
    Line(Line<'a>),
}

/// Lines borrowed from a buffer that moves over the input.
///
/// `buffer[start..end]` has been read but not returned. A line longer than `limit` is returned cut
/// to `limit` bytes, and `skipping` drops the rest of it, so the buffer never grows.
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    limit: usize,
    skipping: bool,
    ended: bool,
}

/// The size of a buffer that grows, at first.
const BUFFER_SIZE: usize = 1 << 18;

impl<R: Read> Lines<R> {
    /// Lines of `reader` of at most `limit` bytes each.
    pub fn new(reader: R, limit: usize) -> Self {
        Lines::in_buffer(Vec::new(), reader, limit)
    }

    /// Like [`Lines::new`], in a buffer that is reused.
    pub fn in_buffer(buffer: Vec<u8>, reader: R, limit: usize) -> Self {
        let size = (limit + 1).max(BUFFER_SIZE);
        Lines::with_size(buffer, reader, limit, size)
    }

    /// Like [`Lines::in_buffer`], in a buffer that becomes larger only when a line needs it.
    pub fn in_growing_buffer(buffer: Vec<u8>, reader: R, limit: usize) -> Self {
        Lines::with_size(buffer, reader, limit, BUFFER_SIZE)
    }

    fn with_size(buffer: Vec<u8>, reader: R, limit: usize, size: usize) -> Self {
        let buffer = if buffer.len() == size { buffer } else { vec![0; size] };
        Lines { reader, buffer, start: 0, end: 0, limit, skipping: false, ended: false }
    }

    /// The buffer, to be reused.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// The next line, or `None` at the end of the input.
    ///
    /// # Errors
    /// Those of the reader, after all lines before the error.
    #[inline]
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut searched = 0;
        loop {
            let unread = self.buffer.get(self.start + searched..self.end).unwrap_or_default();
            if let Some(found) = memchr::memchr(b'\n', unread) {
                let length = searched + found;
                if !std::mem::take(&mut self.skipping) {
                    return Ok(Some(self.take_line(length, 1, Ending::Newline)));
                }
                self.start += length + 1;
                searched = 0;
                continue;
            }
            searched += unread.len();
            if self.skipping {
                self.start = self.end;
                searched = 0;
            } else if searched > self.limit {
                self.skipping = true;
                return Ok(Some(self.take_line(searched, 0, Ending::TooLong)));
            }
            if !self.fill()? {
                let left = self.end - self.start;
                return Ok((left > 0).then(|| self.take_line(left, 0, Ending::Cut)));
            }
        }
    }

    /// All whole lines in the buffer; if there is none, the next line, which may fill the buffer;
    /// `None` at the end of the input.
    ///
    /// # Errors
    /// Those of the reader, after all lines before the error.
    pub fn next_block(&mut self) -> io::Result<Option<Block<'_>>> {
        let unread = self.buffer.get(self.start..self.end).unwrap_or_default();
        match memchr::memrchr(b'\n', unread).filter(|_| !self.skipping) {
            Some(last) => {
                let from = self.start;
                self.start += last + 1;
                Ok(self.buffer.get(from..self.start).map(Block::Whole))
            }
            None => Ok(self.next_line()?.map(Block::Line)),
        }
    }

    /// Returns the next `length` bytes, and moves past them and past the `newline` bytes after them.
    #[inline]
    fn take_line(&mut self, length: usize, newline: usize, ending: Ending) -> Line<'_> {
        let from = self.start;
        self.start += length + newline;
        let line = self.buffer.get(from..from + length).unwrap_or_default();
        Line::new(line, self.limit, ending)
    }

    /// Appends input to the buffer; false at the end of the input.
    #[cold]
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            let size = (2 * self.end).min(self.limit + 1);
            self.buffer.resize(size, 0);
        }
        loop {
            match self.reader.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(count) => {
                    self.end += count;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Where input comes from.
pub enum Source {
    /// A regular file that is not compressed: any part of it can be read.
    File(File),
    /// Anything else, to be read from its beginning to its end.
    Stream(Box<dyn Read + Send>),
}

impl Source {
    /// Opens a file.
    ///
    /// # Errors
    /// The file cannot be opened or read, or is a directory; it is compressed, and the feature
    /// `gzip` is off.
    pub fn open(path: &Path) -> io::Result<Source> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() || has_gzip_magic(&file)? {
            return Source::stream(file);
        }
        Ok(Source::File(file))
    }

    /// Whether a file is a regular file that is compressed with gzip, as far as it can be read.
    #[must_use]
    pub fn is_gzip(path: &Path) -> bool {
        path.is_file() && File::open(path).and_then(|file| has_gzip_magic(&file)).unwrap_or(false)
    }

    /// Standard input, whatever it is.
    ///
    /// # Errors
    /// It cannot be read; it is compressed, and the feature `gzip` is off.
    pub fn stdin() -> io::Result<Source> {
        // With a larger pipe, writer and reader switch less often. It fails, and need not succeed,
        // where standard input is not a pipe.
        let _ = fcntl(io::stdin(), FcntlArg::F_SETPIPE_SZ(PIPE_SIZE));
        Source::stream(io::stdin())
    }

    fn stream(mut reader: impl Read + Send + 'static) -> io::Result<Source> {
        let mut start = Vec::with_capacity(GZIP_MAGIC.len());
        reader.by_ref().take(2).read_to_end(&mut start)?;
        let is_gzip = start == GZIP_MAGIC;
        let whole = Cursor::new(start).chain(reader);
        Ok(Source::Stream(if is_gzip { decompress(whole)? } else { Box::new(whole) }))
    }
}

fn has_gzip_magic(file: &File) -> io::Result<bool> {
    let mut start = [0; GZIP_MAGIC.len()];
    Ok(file.read_at(&mut start, 0)? == start.len() && start == GZIP_MAGIC)
}

#[cfg(feature = "gzip")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature `gzip` it fails")]
fn decompress(input: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(gzip::Decoder::new(io::BufReader::with_capacity(1 << 16, input))))
}

#[cfg(not(feature = "gzip"))]
fn decompress(_: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "compressed with gzip; decompress it first"))
}

/// The largest pipe in bytes that an unprivileged process gets by default
/// (`/proc/sys/fs/pipe-max-size`).
const PIPE_SIZE: i32 = 1 << 20;

/// The first two bytes of a gzip file (RFC 1952).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives one byte at a time, or whatever `step` is.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn lines(input: &[u8], step: usize, limit: usize) -> Vec<(Vec<u8>, Ending)> {
        let mut lines = Lines::new(Slow(input, step), limit);
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().expect("no error") {
            found.push((line.bytes.to_vec(), line.ending));
        }
        let mut all = Vec::new();
        let mut lines = Lines::new(Slow(input, step), limit);
        while let Some(block) = lines.next_block().expect("no error") {
            match block {
                Block::Line(line) => all.push((line.bytes.to_vec(), line.ending)),
                Block::Whole(whole) => {
                    let whole = whole.strip_suffix(b"\n").expect("a newline");
                    let lines = whole.split(|byte| *byte == b'\n');
                    let lines = lines.map(|line| Line::new(line, limit, Ending::Newline));
                    all.extend(lines.map(|line| (line.bytes.to_vec(), line.ending)));
                }
            }
        }
        assert_eq!(all, found, "next_line and next_block return the same lines");
        found
    }

    #[test]
    fn lines_do_not_depend_on_the_size_of_reads() {
        let wanted = [
            (b"ab".to_vec(), Ending::Newline),
            (b"".to_vec(), Ending::Newline),
            (b"cdef".to_vec(), Ending::TooLong),
            (b"ghij".to_vec(), Ending::Newline),
            (b"k".to_vec(), Ending::Cut),
        ];
        for step in 1..20 {
            assert_eq!(lines(b"ab\n\ncdefX\nghij\nk", step, 4), wanted, "{step} bytes per read");
        }
        assert!(lines(b"", 1, 4).is_empty());
    }

    #[test]
    fn a_line_larger_than_the_buffer_is_one_line_too_long() {
        let mut input = vec![b'x'; 3 << 20];
        input.extend_from_slice(b"\nnext\n");
        let found = lines(&input, usize::MAX, 100);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], (vec![b'x'; 100], Ending::TooLong));
        assert_eq!(found[1], (b"next".to_vec(), Ending::Newline));
        input.truncate(2 << 20);
        assert_eq!(lines(&input, usize::MAX, 100).len(), 1);
    }
}
