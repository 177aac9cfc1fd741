//! Device reports of `iostat -x`. Columns are found by name, for they differ between versions.
//!
//! ```text
//! Device:         rrqm/s   wrqm/s     r/s     w/s    rkB/s    wkB/s avgrq-sz avgqu-sz   await ...
//! sda               0.44     2.58    5.79    2.84   105.53   639.03   172.57     0.17   19.38 ...
//!
//! Device            r/s     rkB/s   rrqm/s  %rrqm r_await rareq-sz     w/s     wkB/s   wrqm/s ...
//! mpatha           7,92    261,39     0,00   0,00    1,88    33,00    2,97    158,42     0,00 ...
//!
//!      r/s     rkB/s   rrqm/s  %rrqm r_await rareq-sz Device
//!    29.65      2.7M     5.12  14.7%    1.36    94.3k vda
//! ```
//!
//! The first is of sysstat 10, the second of 12 with a decimal comma, the third of 12 with
//! `--pretty --human`, which gives a report as several tables. Source: iostat(1).

use crate::ParseError;
use crate::grammar::{Parsed, decimal, escape_sequence, expect, finish, literal, whole};
use crate::text::strip_codes;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{take_till1, take_while1};
use nom::combinator::{eof, map, not, opt, recognize, success, value, verify};
use nom::multi::{fold, fold_many1, many0_count};
use nom::sequence::{preceded, terminated};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Reads per second.
    Reads,
    /// Writes per second.
    Writes,
    /// KiB read per second.
    ReadKib,
    /// KiB written per second.
    WrittenKib,
    /// Milliseconds that a read or write took, on average.
    AwaitMs,
    /// Milliseconds that a read took, on average.
    ReadAwaitMs,
    /// Milliseconds that a write took, on average.
    WriteAwaitMs,
    /// Reads and writes per second.
    Ios,
    /// KiB read or written per second.
    TotalKib,
    /// Discards per second.
    Discards,
    /// Milliseconds that a discard took, on average.
    DiscardAwaitMs,
    /// Flushes per second.
    Flushes,
    /// Milliseconds that a flush took, on average.
    FlushAwaitMs,
    /// KiB per read or write.
    SizeKib,
    /// KiB per read.
    ReadSizeKib,
    /// KiB per write.
    WriteSizeKib,
    /// Requests in flight, on average.
    Queue,
    /// Percentage of the time in which a request was in flight.
    Util,
}

/// How many KiB a GiB is.
const GIB: f64 = 1024.0 * 1024.0;

/// The names of columns, and how many of our units one of theirs is.
const COLUMNS: [(&[u8], Column, f64); 38] = [
    (b"r/s", Column::Reads, 1.0),
    (b"w/s", Column::Writes, 1.0),
    (b"rkB/s", Column::ReadKib, 1.0),
    (b"rMB/s", Column::ReadKib, 1024.0),
    (b"rGB/s", Column::ReadKib, GIB),
    (b"rsec/s", Column::ReadKib, 0.5),
    (b"kB_read/s", Column::ReadKib, 1.0),
    (b"MB_read/s", Column::ReadKib, 1024.0),
    (b"GB_read/s", Column::ReadKib, GIB),
    (b"wkB/s", Column::WrittenKib, 1.0),
    (b"wMB/s", Column::WrittenKib, 1024.0),
    (b"wGB/s", Column::WrittenKib, GIB),
    (b"wsec/s", Column::WrittenKib, 0.5),
    (b"kB_wrtn/s", Column::WrittenKib, 1.0),
    (b"MB_wrtn/s", Column::WrittenKib, 1024.0),
    (b"GB_wrtn/s", Column::WrittenKib, GIB),
    (b"await", Column::AwaitMs, 1.0),
    (b"r_await", Column::ReadAwaitMs, 1.0),
    (b"w_await", Column::WriteAwaitMs, 1.0),
    (b"tps", Column::Ios, 1.0),
    (b"kB/s", Column::TotalKib, 1.0),
    (b"MB/s", Column::TotalKib, 1024.0),
    (b"GB/s", Column::TotalKib, GIB),
    (b"sec/s", Column::TotalKib, 0.5),
    (b"rd_sec/s", Column::ReadKib, 0.5),
    (b"wr_sec/s", Column::WrittenKib, 0.5),
    (b"d/s", Column::Discards, 1.0),
    (b"d_await", Column::DiscardAwaitMs, 1.0),
    (b"f/s", Column::Flushes, 1.0),
    (b"f_await", Column::FlushAwaitMs, 1.0),
    (b"avgrq-sz", Column::SizeKib, 0.5),
    (b"areq-sz", Column::SizeKib, 1.0),
    (b"rareq-sz", Column::ReadSizeKib, 1.0),
    (b"wareq-sz", Column::WriteSizeKib, 1.0),
    (b"avgqu-sz", Column::Queue, 1.0),
    (b"aqu-sz", Column::Queue, 1.0),
    (b"%util", Column::Util, 1.0),
    (b"util", Column::Util, 1.0),
];

/// The column with a name in a header or in the output of `iostat -o JSON`, and how many of our units
/// one of its is.
///
/// ```
/// use sysparse::iostat::{Column, column};
///
/// assert_eq!(column(b"rMB/s"), Some((Column::ReadKib, 1024.0)));
/// assert_eq!(column(b"svctm"), None);
/// ```
#[must_use]
pub fn column(name: &[u8]) -> Option<(Column, f64)> {
    let known = COLUMNS.iter().find(|(known, ..)| *known == name);
    known.map(|(_, column, unit)| (*column, *unit))
}

/// Whether a name is that of a column with the data that is read or written per second, but in a unit
/// that is not known. What is discarded does not count.
///
/// ```
/// use sysparse::iostat::is_unknown_amount;
///
/// assert!(is_unknown_amount(b"rTB/s") && !is_unknown_amount(b"rMB/s"));
/// ```
#[must_use]
pub fn is_unknown_amount(name: &[u8]) -> bool {
    let is_amount =
        name.ends_with(b"B/s") || name.ends_with(b"B_read/s") || name.ends_with(b"B_wrtn/s");
    is_amount && !name.starts_with(b"d") && column(name).is_none()
}

/// The most columns that are read; iostat has 22.
const COLUMNS_MAX: usize = 40;

/// The header of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Header {
    columns: Columns,
    /// Whether the device stands before its figures.
    name_first: bool,
}

/// The columns of a table without that of the devices; those that are not known are empty.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Columns {
    known: [Option<(Column, f64)>; COLUMNS_MAX],
    count: usize,
    has_unknown_amount: bool,
}

/// The line of a device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// The device's name; with `iostat -N` that of a map, and it may hold blanks.
    pub name: &'a [u8],
    header: &'a Header,
    figures: &'a [u8],
}

impl Header {
    /// Reads a header; nothing if `line` is not one. `Device` stands first in it, or last, and at least
    /// one column is known.
    ///
    /// ```
    /// use sysparse::iostat::{Column, Header};
    ///
    /// let header = Header::parse(b"Device            r/s     rkB/s").expect("a header");
    /// assert!(header.has(Column::Reads) && !header.has(Column::Util));
    /// assert_eq!(Header::parse(b"avg-cpu:  %user   %nice"), None);
    /// ```
    #[must_use]
    pub fn parse(line: &[u8]) -> Option<Header> {
        let first = map(preceded(device, columns), |columns| Header { columns, name_first: true });
        let last =
            map(terminated(columns, device), |columns| Header { columns, name_first: false });
        let header = whole(terminated(alt((first, last)), gap), line)?;
        header.columns.known.iter().any(Option::is_some).then_some(header)
    }

    /// Whether a line is the header of a table of `sar -d`.
    ///
    /// ```
    /// use sysparse::iostat::Header;
    ///
    /// assert!(Header::is_sar(b"DEV tps rkB/s"));
    /// ```
    #[must_use]
    pub fn is_sar(line: &[u8]) -> bool {
        line.split(u8::is_ascii_whitespace).any(|word| word == b"DEV")
    }

    /// Whether the table has this column.
    #[must_use]
    pub fn has(&self, column: Column) -> bool {
        self.find(column).is_some()
    }

    /// Whether a column of the table [is an amount](is_unknown_amount) in a unit that is not known.
    #[must_use]
    pub fn has_unknown_amount(&self) -> bool {
        self.columns.has_unknown_amount
    }

    /// Reads a line below this header.
    ///
    /// ```
    /// use sysparse::iostat::{Column, Header};
    ///
    /// let header = Header::parse(b"Device            r/s     rMB/s").expect("a header");
    /// let row = header.row(b"mpatha           7,92      0,50")?;
    /// assert_eq!(row.name, b"mpatha");
    /// assert_eq!(row.value(Column::Reads), Some(7.92));
    /// assert_eq!(row.value(Column::ReadKib), Some(512.0));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// Fewer words than the header has columns, or something else than a number among the figures.
    pub fn row<'a>(&'a self, line: &'a [u8]) -> Result<Row<'a>, ParseError> {
        let line = line.trim_ascii_end();
        let count = self.columns.count;
        let (name, figures) = if self.name_first {
            line.split_at(last_words(line, count).unwrap_or(0))
        } else {
            let (figures, name) = line.split_at(first_words(line, count).unwrap_or(line.len()));
            (name, figures)
        };
        let name = strip_codes(name.trim_ascii()).trim_ascii();
        if name.is_empty() {
            let expected = "a device and as many figures as the header has";
            return Err(ParseError { expected, at: 0 });
        }
        // Places count from where the figures end, if the name stands after them.
        let end = if self.name_first { line } else { figures };
        finish(end, times(count, next_figure).parse(figures))?;
        Ok(Row { name, header: self, figures })
    }

    /// Reads the line of figures below a line with the name of their device, as `iostat -h` of
    /// sysstat 9 to 11 prints them.
    ///
    /// # Errors
    /// Anything else than as many numbers as the header has columns.
    pub fn figures<'a>(&'a self, name: &'a [u8], line: &'a [u8]) -> Result<Row<'a>, ParseError> {
        let mut figures = terminated(times(self.columns.count, next_figure), (gap, eof));
        finish(line, figures.parse(line))?;
        Ok(Row { name: strip_codes(name.trim_ascii()), header: self, figures: line })
    }

    /// The text before the header in `line`, which is the same before each line of the table; nothing
    /// if there is no header.
    ///
    /// ```
    /// use sysparse::iostat::Header;
    ///
    /// let found = Header::after_prefix(b"db1: Device  r/s w/s");
    /// assert_eq!(found.map(|(prefix, _)| prefix), Some(&b"db1: "[..]));
    /// ```
    #[must_use]
    pub fn after_prefix(line: &[u8]) -> Option<(&[u8], Header)> {
        let at =
            memchr::memmem::find(line, b"Device").or_else(|| memchr::memmem::find(line, b"DEV"))?;
        let (prefix, rest) = line.split_at_checked(at)?;
        let header = Header::parse(rest).filter(|_| at > 0)?;
        let is_known = header.columns.known.iter().flatten().count() > 1;
        is_known.then_some((prefix, header))
    }

    fn find(&self, column: Column) -> Option<(usize, f64)> {
        let mut columns = self.columns.known.iter().enumerate();
        columns.find_map(|(at, known)| {
            known.filter(|(kind, _)| *kind == column).map(|(_, unit)| (at, unit))
        })
    }
}
impl Row<'_> {
    /// A figure in the unit of `column`, whatever the unit of the table; nothing if the table does
    /// not have it or it is no number.
    #[must_use]
    pub fn value(&self, column: Column) -> Option<f64> {
        let (before, unit) = self.header.find(column)?;
        let (_, (value, letter)) =
            preceded(times(before, next_figure), next_figure).parse(self.figures).ok()?;
        Some(value? * letter.unwrap_or(unit))
    }
}

/// `Device:`
fn device(input: &[u8]) -> Parsed<'_, &[u8]> {
    preceded(gap, verify(cell, is_device)).parse(input)
}

fn is_device(word: &[u8]) -> bool {
    matches!(word, b"Device" | b"Device:" | b"DEV")
}

/// `  r/s     rkB/s   rrqm/s  %rrqm `
fn columns(input: &[u8]) -> Parsed<'_, Columns> {
    let other = preceded(gap, verify(cell, |word: &[u8]| !is_device(word)));
    let empty = || Columns { known: [None; COLUMNS_MAX], count: 0, has_unknown_amount: false };
    let push = |mut columns: Columns, word: &[u8]| {
        if let Some(place) = columns.known.get_mut(columns.count) {
            *place = column(word);
        }
        columns.count += 1;
        columns.has_unknown_amount |= is_unknown_amount(word);
        columns
    };
    let columns = fold_many1(other, empty, push);
    verify(columns, |columns: &Columns| columns.count <= COLUMNS_MAX).parse(input)
}

/// ` 14.7%`
fn next_figure(input: &[u8]) -> Parsed<'_, Figure> {
    preceded(gap, expect("a number", figure)).parse(input)
}

/// A number, if it is known, and how many KiB its letter stands for.
type Figure = (Option<f64>, Option<f64>);

/// `14.7%` or, with `--human`, `94.3k`. Some versions print `-nan`, `inf` or a negative number where
/// counters were reset; that is unknown.
fn figure(input: &[u8]) -> Parsed<'_, Figure> {
    let zero = |number: f64| (number == 0.0).then_some(number);
    let negative = map(preceded(literal(b"-"), decimal), zero);
    let unknown = (opt(literal(b"-")), alt((literal(b"nan"), literal(b"inf"))));
    let number = alt((map(decimal, Some), negative, value(None, unknown)));
    let letter = alt((
        value(None, literal(b"%")),
        value(Some(0.5), literal(b"s")),
        value(Some(1.0 / 1024.0), literal(b"B")),
        value(Some(1.0), literal(b"k")),
        value(Some(1024.0), literal(b"M")),
        value(Some(GIB), literal(b"G")),
        value(Some(1024.0 * 1024.0 * 1024.0), literal(b"T")),
        success(None),
    ));
    let end = (many0_count(escape_sequence), not(cell));
    terminated((number, letter), end).parse(input)
}

/// A word; it may be in color.
fn cell(input: &[u8]) -> Parsed<'_, &[u8]> {
    map(take_till1(|byte: u8| byte.is_ascii_whitespace()), strip_codes).parse(input)
}

/// What stands between words: blanks, and the escape sequence that sets the color of the next one.
fn gap(input: &[u8]) -> Parsed<'_, ()> {
    let blanks = take_while1(|byte: u8| byte.is_ascii_whitespace());
    value((), many0_count(alt((blanks, escape_sequence)))).parse(input)
}

/// `count` times `parser`.
fn times<'a, T>(
    count: usize,
    parser: impl Parser<&'a [u8], Output = T, Error = ParseError>,
) -> impl Parser<&'a [u8], Output = (), Error = ParseError> {
    fold(count, parser, || (), |(), _| ())
}

/// Where the last `count` words begin. A color is set before the blanks that lead a figure.
///
/// A name may hold blanks and even numbers, so the words are counted from the end.
fn last_words(line: &[u8], count: usize) -> Option<usize> {
    let (mut at, mut left) = (line.len(), count);
    while left > 0 {
        let rest = line.get(..at)?.trim_ascii_end();
        at = rest.iter().rposition(u8::is_ascii_whitespace)? + 1;
        left -= usize::from(!strip_codes(rest.get(at..)?).is_empty());
    }
    Some(at)
}

/// Where the first `count` words end.
fn first_words(line: &[u8], count: usize) -> Option<usize> {
    let words = recognize(times(count, preceded(gap, cell))).parse(line).ok();
    words.map(|(_, words)| words.len())
}

#[cfg(test)]
mod tests;
