//! `/proc/diskstats`: what each block device has done since it appeared, a device a line.
//!
//! ```text
//!    8      16 sdb 219 0 6550 277 1 0 0 0 0 260 278 0 0 0 0 1 0
//!  253       0 dm-0 48 0 1310 76 0 0 0 0 0 68 76 0 0 0 0 0 0
//! ```
//!
//! After major, minor and name stand 11 numbers; Linux 4.18 added four on discards, 5.5 two on
//! flushes, and more may come: they are left unread. Partitions had four numbers before 2.6.25.
//! Source: `Documentation/admin-guide/iostats.rst` of Linux.

use crate::{ParseError, text};

/// A block device's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk<'a> {
    /// Major number: the driver.
    pub major: u64,
    /// Minor number: the device of that driver.
    pub minor: u64,
    /// The kernel's name; where sysfs has `!`, this has `/`.
    pub name: &'a [u8],
    /// What it has done.
    pub io: Io,
}

/// What a device has done since it appeared. A kernel of 32 bits, and an older one in its times,
/// counts modulo 2^32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Io {
    /// Reads completed.
    pub reads: u64,
    /// Reads that were merged into one before them.
    pub reads_merged: u64,
    /// Sectors of 512 bytes read, whatever the device's own sectors are.
    pub sectors_read: u64,
    /// Milliseconds that reads took, summed over the reads.
    pub read_ms: u64,
    /// Writes completed.
    pub writes: u64,
    /// Writes that were merged into one before them.
    pub writes_merged: u64,
    /// Sectors of 512 bytes written.
    pub sectors_written: u64,
    /// Milliseconds that writes took, summed over the writes.
    pub write_ms: u64,
    /// Requests under way at this moment; the one number that is no count.
    pub in_flight: u64,
    /// Milliseconds with at least one request under way.
    pub busy_ms: u64,
    /// Milliseconds times requests under way.
    pub queued_ms: u64,
}

/// The devices of a whole `/proc/diskstats`, each with the number of its line from 1.
///
/// A damaged line is an error, and the next one is read all the same. So is a last line without an
/// end: a number that was cut short looks like any other.
#[derive(Debug, Clone)]
pub struct Disks<'a> {
    rest: &'a [u8],
    line: usize,
}

/// Reads the text of `/proc/diskstats`.
#[must_use]
pub fn disks(text: &[u8]) -> Disks<'_> {
    Disks { rest: text, line: 0 }
}

impl<'a> Iterator for Disks<'a> {
    type Item = (usize, Result<Disk<'a>, ParseError>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while let [b'\n', rest @ ..] = self.rest {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return None;
        }
        self.line += 1;
        let Some((line, rest)) = text::split_line(self.rest) else {
            let at = core::mem::take(&mut self.rest).len();
            return Some((self.line, Err(ParseError { expected: "the rest of a line", at })));
        };
        self.rest = rest;
        Some((self.line, disk(line)))
    }
}

/// Reads one line, without its end.
///
/// # Errors
/// Something else than a number where one belongs, or fewer numbers than any kernel wrote.
#[inline]
pub fn disk(line: &[u8]) -> Result<Disk<'_>, ParseError> {
    let mut numbers = Numbers { line, rest: line };
    let (major, minor) = (numbers.next("a major number")?, numbers.next("a minor number")?);
    let name = numbers.word();
    let first = [
        numbers.next("a number of reads")?,
        numbers.next("a number of reads")?,
        numbers.next("a number of sectors")?,
        numbers.next("a number of milliseconds or sectors")?,
    ];
    let io = if numbers.at_end() { Io::of_partition(first) } else { numbers.io(first)? };
    Ok(Disk { major, minor, name, io })
}

impl Io {
    /// The four numbers of a partition before 2.6.25: reads, sectors, writes, sectors.
    fn of_partition([reads, sectors_read, writes, sectors_written]: [u64; 4]) -> Io {
        Io { reads, sectors_read, writes, sectors_written, ..Io::default() }
    }
}

/// The numbers of a line from left to right.
struct Numbers<'a> {
    line: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Numbers<'a> {
    /// The numbers after the first four.
    #[inline]
    fn io(
        &mut self,
        [reads, reads_merged, sectors_read, read_ms]: [u64; 4],
    ) -> Result<Io, ParseError> {
        Ok(Io {
            reads,
            reads_merged,
            sectors_read,
            read_ms,
            writes: self.next("a number of writes")?,
            writes_merged: self.next("a number of writes")?,
            sectors_written: self.next("a number of sectors")?,
            write_ms: self.next("a number of milliseconds")?,
            in_flight: self.next("a number of requests")?,
            busy_ms: self.next("a number of milliseconds")?,
            queued_ms: self.next("a number of milliseconds")?,
        })
    }

    #[inline]
    fn next(&mut self, expected: &'static str) -> Result<u64, ParseError> {
        self.skip_blanks();
        match text::number(self.rest) {
            Ok((rest, value)) if matches!(rest, [] | [b' ', ..]) => {
                self.rest = rest;
                Ok(value)
            }
            _ => Err(ParseError { expected, at: self.line.len() - self.rest.len() }),
        }
    }

    #[inline]
    fn word(&mut self) -> &'a [u8] {
        self.skip_blanks();
        let end = self.rest.iter().position(|byte| *byte == b' ').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn at_end(&self) -> bool {
        self.rest.iter().all(|byte| *byte == b' ')
    }

    #[inline]
    fn skip_blanks(&mut self) {
        while let [b' ', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn every_number_of_columns_is_read() {
        let line = " 253       0 dm-0 48 1 1310 76 5 6 7 8 9 68 77";
        for more in ["", " 0 0 0 0", " 0 0 0 0 1 2", " 0 0 0 0 1 2 3 4", " later"] {
            let line = format!("{line}{more}");
            let disk = disk(line.as_bytes()).expect("well-formed");
            assert_eq!((disk.major, disk.minor, disk.name), (253, 0, &b"dm-0"[..]));
            let io = disk.io;
            let numbers = [
                io.reads,
                io.reads_merged,
                io.sectors_read,
                io.read_ms,
                io.writes,
                io.writes_merged,
                io.sectors_written,
                io.write_ms,
                io.in_flight,
                io.busy_ms,
                io.queued_ms,
            ];
            assert_eq!(numbers, [48, 1, 1310, 76, 5, 6, 7, 8, 9, 68, 77]);
        }
        let partition = disk(b"   8    1 sda1 248 508 2 5 ").expect("well-formed").io;
        let four =
            [partition.reads, partition.sectors_read, partition.writes, partition.sectors_written];
        assert_eq!(four, [248, 508, 2, 5]);
    }

    #[test]
    fn damage_is_told_with_its_place_and_the_rest_is_read() {
        let text = b" 8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n 8 16 sdb 1 2 x 4\n 8 32 sdc 1 2 3 4 5\n \
                     8 48 sdd 1 2 3 4 5 6 7 8 9 10 11\n 8 64 sde 1 2 3 4 5 6 7 8 9 10 1";
        let mut found = disks(text);
        assert_eq!(found.next().map(|(line, disk)| (line, disk.is_ok())), Some((1, true)));
        let bad = ParseError { expected: "a number of sectors", at: 14 };
        assert_eq!(found.next(), Some((2, Err(bad))));
        let cut = ParseError { expected: "a number of writes", at: 19 };
        assert_eq!(found.next(), Some((3, Err(cut))));
        assert_eq!(found.next().map(|(line, disk)| (line, disk.is_ok())), Some((4, true)));
        assert_eq!(found.next().map(|(line, disk)| (line, disk.is_ok())), Some((5, false)));
        assert_eq!(found.next(), None);
    }
}
