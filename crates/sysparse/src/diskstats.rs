//! `/proc/diskstats`: what each block device has done since it appeared, one device on each line.
//!
//! ```text
//!    8      16 sdb 219 0 6550 277 1 0 0 0 0 260 278 0 0 0 0 1 0
//!  253       0 dm-0 48 0 1310 76 0 0 0 0 0 68 76 0 0 0 0 0 0
//! ```
//!
//! After major, minor and name stand 11 numbers; Linux 4.18 added four on discards, 5.5 two on
//! flushes. Further ones are left unread. Partitions had four numbers before 2.6.25: reads, writes and
//! their sectors.
//! Source: `Documentation/admin-guide/iostats.rst` of Linux.

use crate::ParseError;
use crate::grammar::{Parsed, blanks, expect, line, literal, number, parse};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take_till;
use nom::combinator::{eof, map, opt, peek, value};
use nom::multi::many0_count;
use nom::sequence::{preceded, terminated};

/// A block device's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk<'a> {
    /// Major number: the driver.
    pub major: u64,
    /// Minor number: the device of that driver.
    pub minor: u64,
    /// The kernel's name; it has `/` where sysfs has `!`.
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
    /// Writes completed.
    pub writes: u64,
    /// Writes that were merged into one before them.
    pub writes_merged: u64,
    /// Sectors of 512 bytes written.
    pub sectors_written: u64,
    /// How long the requests took; unknown of partitions before Linux 2.6.25, as is what was merged.
    pub times: Option<Times>,
    /// Discards; unknown before Linux 4.18.
    pub discards: Option<Discards>,
    /// Flushes; unknown before Linux 5.5.
    pub flushes: Option<Flushes>,
}

/// How long the reads and writes of a device took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times {
    /// Milliseconds that reads took, summed over the reads.
    pub read_ms: u64,
    /// Milliseconds that writes took, summed over the writes.
    pub write_ms: u64,
    /// Requests in flight now; the only value that is not a count.
    pub in_flight: u64,
    /// Milliseconds with at least one request in flight.
    pub busy_ms: u64,
    /// Milliseconds times requests in flight, summed.
    pub queued_ms: u64,
}

/// The discards of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Discards {
    /// Discards completed.
    pub count: u64,
    /// Discards that were merged into one before them.
    pub merged: u64,
    /// Sectors of 512 bytes discarded.
    pub sectors: u64,
    /// Milliseconds that discards took, summed over the discards.
    pub ms: u64,
}

/// The flushes of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flushes {
    /// Flushes completed.
    pub count: u64,
    /// Milliseconds that flushes took, summed over the flushes.
    pub ms: u64,
}

/// The devices of a whole `/proc/diskstats`, each with the number of its line from 1.
///
/// A damaged line is an error, and the next one is read all the same. A last line without its end
/// is an error too: a number that was cut short looks like any other.
#[derive(Debug, Clone)]
pub struct Disks<'a> {
    rest: &'a [u8],
    line: usize,
}

/// Reads the text of `/proc/diskstats`.
///
/// ```
/// use sysparse::diskstats::disks;
///
/// let text = b" 8 0 sda 9 0 72 4 1 0 8 2 0 6 6\n 8 1 sda1 x\n";
/// let mut disks = disks(text);
/// let (line, disk) = disks.next().expect("a line");
/// assert_eq!((line, disk?.name), (1, &b"sda"[..]));
/// let (line, disk) = disks.next().expect("a line");
/// assert_eq!((line, disk.is_err()), (2, true));
/// # Ok::<(), sysparse::ParseError>(())
/// ```
#[must_use]
pub fn disks(text: &[u8]) -> Disks<'_> {
    Disks { rest: text, line: 0 }
}

impl<'a> Iterator for Disks<'a> {
    type Item = (usize, Result<Disk<'a>, ParseError>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (input, empty_lines) = many0_count(literal(b"\n")).parse(self.rest).ok()?;
        if input.is_empty() {
            return None;
        }
        self.line += empty_lines + 1;
        let cut = ParseError { expected: "the rest of a line", at: input.len() };
        let (rest, disk) =
            line(input).map_or((&[][..], Err(cut)), |(rest, line)| (rest, disk(line)));
        self.rest = rest;
        Some((self.line, disk))
    }
}

/// Reads one line, without its end.
///
/// ```
/// let disk = sysparse::diskstats::disk(b" 8 16 sdb 219 0 6550 277 1 0 8 2 0 260 278 0 0 0 0")?;
/// assert_eq!((disk.major, disk.minor, disk.name), (8, 16, &b"sdb"[..]));
/// assert_eq!((disk.io.sectors_read, disk.io.times.map(|it| it.busy_ms)), (6550, Some(260)));
/// # Ok::<(), sysparse::ParseError>(())
/// ```
///
/// # Errors
/// Something else than a number where one belongs, or fewer numbers than any kernel wrote.
#[inline]
pub fn disk(line: &[u8]) -> Result<Disk<'_>, ParseError> {
    parse(line, device)
}

/// `   8      16 sdb 219 0 6550 277 1 0 0 0 0 260 278 0 0 0 0 1 0`
#[inline]
fn device(input: &[u8]) -> Parsed<'_, Disk<'_>> {
    let numbers = (column("a major number"), column("a minor number"));
    let name = preceded(blanks, take_till(|byte| byte == b' '));
    let (rest, ((major, minor), name, io)) =
        (numbers, name, alt((disk_io, partition_io))).parse(input)?;
    Ok((rest, Disk { major, minor, name, io }))
}

/// ` 219 0 6550 277 1 0 0 0 0 260 278`: reads, writes, and time.
#[inline]
fn disk_io(input: &[u8]) -> Parsed<'_, Io> {
    let reads = (
        column("a number of reads"),
        column("a number of reads"),
        column("a number of sectors"),
        column("a number of milliseconds or sectors"),
    );
    let writes = (
        column("a number of writes"),
        column("a number of writes"),
        column("a number of sectors"),
        column("a number of milliseconds"),
    );
    let time = (
        column("a number of requests"),
        column("a number of milliseconds"),
        column("a number of milliseconds"),
    );
    let (rest, (reads, writes, time)) = (reads, writes, time).parse(input)?;
    let (reads, reads_merged, sectors_read, read_ms) = reads;
    let (writes, writes_merged, sectors_written, write_ms) = writes;
    let (in_flight, busy_ms, queued_ms) = time;
    let times = Some(Times { read_ms, write_ms, in_flight, busy_ms, queued_ms });
    let io = Io { reads, reads_merged, sectors_read, times, ..Io::default() };
    let io = Io { writes, writes_merged, sectors_written, ..io };
    let (rest, discards) = opt(discards).parse(rest)?;
    let (rest, flushes) = if discards.is_some() { opt(flushes).parse(rest)? } else { (rest, None) };
    Ok((rest, Io { discards, flushes, ..io }))
}

/// ` 3 0 24 5`
#[inline]
fn discards(input: &[u8]) -> Parsed<'_, Discards> {
    let numbers = (column(""), column(""), column(""), column(""));
    let discards = |(count, merged, sectors, ms)| Discards { count, merged, sectors, ms };
    map(numbers, discards).parse(input)
}

/// ` 1 0`
#[inline]
fn flushes(input: &[u8]) -> Parsed<'_, Flushes> {
    map((column(""), column("")), |(count, ms)| Flushes { count, ms }).parse(input)
}

/// ` 248 508 2 5`: the reads, sectors, writes and sectors of a partition before Linux 2.6.25.
fn partition_io(input: &[u8]) -> Parsed<'_, Io> {
    let numbers = (column(""), column(""), column(""), column(""));
    map(terminated(numbers, (blanks, eof)), |(reads, sectors_read, writes, sectors_written)| {
        let io = Io { reads, sectors_read, ..Io::default() };
        Io { writes, sectors_written, ..io }
    })
    .parse(input)
}

/// ` 6550`: a number after blanks, up to a blank or the end.
#[inline]
fn column<'a>(expected: &'static str) -> impl Parser<&'a [u8], Output = u64, Error = ParseError> {
    preceded(blanks, expect(expected, terminated(number, word_end)))
}

/// A blank, which stays, or the end.
#[inline]
fn word_end(input: &[u8]) -> Parsed<'_, ()> {
    alt((peek(literal(b" ")), value((), eof))).parse(input)
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
            let times = io.times.expect("a disk has times");
            let numbers = [
                io.reads,
                io.reads_merged,
                io.sectors_read,
                times.read_ms,
                io.writes,
                io.writes_merged,
                io.sectors_written,
                times.write_ms,
                times.in_flight,
                times.busy_ms,
                times.queued_ms,
            ];
            assert_eq!(numbers, [48, 1, 1310, 76, 5, 6, 7, 8, 9, 68, 77]);
        }
        let more = |more: &str| {
            let line = format!("{line}{more}");
            let io = disk(line.as_bytes()).expect("well-formed").io;
            (io.discards, io.flushes)
        };
        let discards = Some(Discards { count: 1, merged: 2, sectors: 3, ms: 4 });
        assert_eq!(more(" 1 2 3"), (None, None));
        assert_eq!(more(" 1 2 3 4"), (discards, None));
        assert_eq!(more(" 1 2 3 4 5"), (discards, None));
        assert_eq!(more(" 1 2 3 4 5 6 7"), (discards, Some(Flushes { count: 5, ms: 6 })));
        let partition = disk(b"   8    1 sda1 248 508 2 5 ").expect("well-formed").io;
        let four =
            [partition.reads, partition.sectors_read, partition.writes, partition.sectors_written];
        assert_eq!((four, partition.times), ([248, 508, 2, 5], None));
    }

    #[test]
    fn an_error_has_its_place_and_the_rest_is_read() {
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
