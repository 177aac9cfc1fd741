//! Lines of files and of standard input, plain or compressed, each of bounded length.

use flate2::read::MultiGzDecoder;
use nix::fcntl::{FcntlArg, fcntl};
use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::path::Path;

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With a newline.
    Newline,
    /// With the input: there may have been more of it.
    Cut,
    /// Beyond the limit: what is lent out is its beginning, the rest was skipped.
    TooLong,
}

/// One line, without its end.
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
    /// Lines that end with a newline each, of whatever length.
    Whole(&'a [u8]),
    /// One line.
    Line(Line<'a>),
}

/// Lines lent out of a buffer that rolls over the input.
///
/// `buffer[start..end]` is what was read and not yet lent out. A line longer than `limit` is given
/// cut to `limit` bytes, and `skipping` drops the rest of it, so memory stays at the buffer's size.
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    limit: usize,
    skipping: bool,
    ended: bool,
}

impl<R: Read> Lines<R> {
    /// Lines of `reader` of at most `limit` bytes each.
    pub fn new(reader: R, limit: usize) -> Self {
        Lines::in_buffer(Vec::new(), reader, limit)
    }

    /// The same, in the buffer of other lines that are done with.
    pub fn in_buffer(buffer: Vec<u8>, reader: R, limit: usize) -> Self {
        let size = (limit + 1).max(1 << 18);
        let buffer = if buffer.len() == size { buffer } else { vec![0; size] };
        Lines { reader, buffer, start: 0, end: 0, limit, skipping: false, ended: false }
    }

    /// The buffer, for other lines.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// The next line, or nothing at the end of the input.
    ///
    /// # Errors
    /// Those of the reader; the lines before the error have been given out.
    #[inline]
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut searched = 0;
        loop {
            let unread = self.buffer.get(self.start + searched..self.end).unwrap_or_default();
            if let Some(found) = memchr::memchr(b'\n', unread) {
                let length = searched + found;
                if !std::mem::take(&mut self.skipping) {
                    return Ok(Some(self.lend(length, 1, Ending::Newline)));
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
                return Ok(Some(self.lend(searched, 0, Ending::TooLong)));
            }
            if !self.fill()? {
                let left = self.end - self.start;
                return Ok((left > 0).then(|| self.lend(left, 0, Ending::Cut)));
            }
        }
    }

    /// The whole lines that have been read, or the next line, whose reading may bring more of them;
    /// nothing at the end of the input.
    ///
    /// # Errors
    /// Those of the reader; the lines before the error have been given out.
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

    /// Lends out `length` bytes and steps over them and over `end` bytes more.
    #[inline]
    fn lend(&mut self, length: usize, end: usize, ending: Ending) -> Line<'_> {
        let from = self.start;
        self.start += length + end;
        let line = self.buffer.get(from..from + length).unwrap_or_default();
        Line::new(line, self.limit, ending)
    }

    /// Reads more behind what is there; false at the end of the input.
    #[cold]
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
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
    /// A regular file that is not compressed: it can be read in pieces.
    File(File),
    /// Anything else, read from its beginning to its end.
    Stream(Box<dyn Read + Send>),
}

impl Source {
    /// Opens a file; one that begins as gzip does is read unpacked.
    ///
    /// # Errors
    /// The file cannot be opened or read, or is a directory.
    pub fn open(path: &Path) -> io::Result<Source> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Source::stream(file);
        }
        let mut magic = [0; 2];
        let count = std::os::unix::fs::FileExt::read_at(&file, &mut magic, 0)?;
        if count == 2 && magic == GZIP_MAGIC {
            Source::stream(file)
        } else {
            Ok(Source::File(file))
        }
    }

    /// Standard input, of any kind.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn stdin() -> io::Result<Source> {
        // A larger pipe needs fewer turns of writer and reader; what is none stays as it is.
        let _ = fcntl(io::stdin(), FcntlArg::F_SETPIPE_SZ(PIPE_SIZE));
        Source::stream(io::stdin())
    }

    fn stream(mut reader: impl Read + Send + 'static) -> io::Result<Source> {
        let mut magic = Vec::with_capacity(2);
        reader.by_ref().take(2).read_to_end(&mut magic)?;
        let is_gzip = magic == GZIP_MAGIC;
        let whole: Chain<Cursor<Vec<u8>>, _> = Cursor::new(magic).chain(reader);
        if is_gzip {
            let packed = BufReader::with_capacity(1 << 16, whole);
            return Ok(Source::Stream(Box::new(MultiGzDecoder::new(packed))));
        }
        Ok(Source::Stream(Box::new(whole)))
    }
}

/// What an unprivileged process may ask for (`/proc/sys/fs/pipe-max-size`), in bytes.
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
        assert_eq!(all, found, "both ways give the same lines");
        found
    }

    #[test]
    fn lines_are_the_same_however_the_input_comes() {
        let wanted = [
            (b"ab".to_vec(), Ending::Newline),
            (b"".to_vec(), Ending::Newline),
            (b"cdef".to_vec(), Ending::TooLong),
            (b"ghij".to_vec(), Ending::Newline),
            (b"k".to_vec(), Ending::Cut),
        ];
        for step in 1..20 {
            assert_eq!(lines(b"ab\n\ncdefX\nghij\nk", step, 4), wanted, "{step} bytes a read");
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
