//! Device reports of `iostat -x`, read by the names in their headers: columns came, went and moved.
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

use crate::{ParseError, text};

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Reads a second.
    Reads,
    /// Writes a second.
    Writes,
    /// KiB read a second.
    ReadKib,
    /// KiB written a second.
    WrittenKib,
    /// Milliseconds a read or write took.
    AwaitMs,
    /// Milliseconds a read took.
    ReadAwaitMs,
    /// Milliseconds a write took.
    WriteAwaitMs,
    /// KiB of a read.
    ReadSizeKib,
    /// KiB of a write.
    WriteSizeKib,
    /// Requests under way, on average.
    Queue,
    /// Percentage of the time in which a request was under way.
    Util,
}

/// The columns' names and how many of their units make one of ours.
const COLUMNS: [(&[u8], Column, f64); 20] = [
    (b"r/s", Column::Reads, 1.0),
    (b"w/s", Column::Writes, 1.0),
    (b"rkB/s", Column::ReadKib, 1.0),
    (b"rMB/s", Column::ReadKib, 1024.0),
    (b"rsec/s", Column::ReadKib, 0.5),
    (b"kB_read/s", Column::ReadKib, 1.0),
    (b"MB_read/s", Column::ReadKib, 1024.0),
    (b"wkB/s", Column::WrittenKib, 1.0),
    (b"wMB/s", Column::WrittenKib, 1024.0),
    (b"wsec/s", Column::WrittenKib, 0.5),
    (b"kB_wrtn/s", Column::WrittenKib, 1.0),
    (b"MB_wrtn/s", Column::WrittenKib, 1024.0),
    (b"await", Column::AwaitMs, 1.0),
    (b"r_await", Column::ReadAwaitMs, 1.0),
    (b"w_await", Column::WriteAwaitMs, 1.0),
    (b"rareq-sz", Column::ReadSizeKib, 1.0),
    (b"wareq-sz", Column::WriteSizeKib, 1.0),
    (b"avgqu-sz", Column::Queue, 1.0),
    (b"aqu-sz", Column::Queue, 1.0),
    (b"%util", Column::Util, 1.0),
];

/// The most columns that are read; iostat has 22.
const COLUMNS_MAX: usize = 40;

/// The header of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Header {
    columns: [Option<(Column, f64)>; COLUMNS_MAX],
    count: usize,
    /// Whether the device stands before its figures.
    name_first: bool,
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
    /// Reads a header; nothing if `line` is none. `Device` stands first in it, or last.
    #[must_use]
    pub fn of(line: &[u8]) -> Option<Header> {
        let is_name = |word: &[u8]| matches!(word, b"Device" | b"Device:");
        let name_first = words(line).next().is_some_and(is_name);
        if !name_first && !words(line).last().is_some_and(is_name) {
            return None;
        }
        let mut header = Header { columns: [None; COLUMNS_MAX], count: 0, name_first };
        for word in words(line).filter(|word| !is_name(word)) {
            let known = COLUMNS.iter().find(|(name, ..)| *name == word);
            *header.columns.get_mut(header.count)? =
                known.map(|(_, figure, unit)| (*figure, *unit));
            header.count += 1;
        }
        (header.count > 0).then_some(header)
    }

    /// Whether the table has this figure.
    #[must_use]
    pub fn has(&self, figure: Column) -> bool {
        self.column(figure).is_some()
    }

    /// Reads a line below this header.
    ///
    /// # Errors
    /// Fewer words than the header has columns, or something else than a number among the figures.
    pub fn row<'a>(&'a self, line: &'a [u8]) -> Result<Row<'a>, ParseError> {
        let line = line.trim_ascii_end();
        let (name, figures) = if self.name_first {
            line.split_at(last_words(line, self.count).unwrap_or(0))
        } else {
            let (figures, name) =
                line.split_at(first_words(line, self.count).unwrap_or(line.len()));
            (name, figures)
        };
        let name = text::uncoloured(name.trim_ascii());
        if name.is_empty() {
            let expected = "a device and as many figures as the header has";
            return Err(ParseError { expected, at: 0 });
        }
        match words(figures).find(|word| scaled(word, 1.0).is_none()) {
            None => Ok(Row { name, header: self, figures }),
            Some(word) => {
                let at = word.as_ptr() as usize - line.as_ptr() as usize;
                Err(ParseError { expected: "a number", at })
            }
        }
    }

    fn column(&self, figure: Column) -> Option<(usize, f64)> {
        let columns = self.columns.iter().enumerate();
        let mut found =
            columns.filter_map(|(at, column)| column.map(|(kind, unit)| (at, kind, unit)));
        found.find(|(_, kind, _)| *kind == figure).map(|(at, _, unit)| (at, unit))
    }
}

impl Row<'_> {
    /// A figure in its own unit, whatever the column's; nothing if the table does not have it.
    #[must_use]
    pub fn figure(&self, figure: Column) -> Option<f64> {
        let (at, unit) = self.header.column(figure)?;
        scaled(words(self.figures).nth(at)?, unit)
    }
}

/// Words between blanks, without colour escapes.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).map(text::uncoloured).filter(|word| !word.is_empty())
}

/// Where the last `count` words begin. A colour is set before the blanks that lead a figure.
fn last_words(line: &[u8], count: usize) -> Option<usize> {
    let (mut at, mut left) = (line.len(), count);
    while left > 0 {
        let rest = line.get(..at)?.trim_ascii_end();
        at = rest.iter().rposition(u8::is_ascii_whitespace)? + 1;
        left -= usize::from(!text::uncoloured(rest.get(at..)?).is_empty());
    }
    Some(at)
}

/// Where the first `count` words end.
fn first_words(line: &[u8], count: usize) -> Option<usize> {
    let (mut at, mut left) = (0, count);
    while left > 0 {
        let rest = line.get(at..)?.trim_ascii_start();
        let end = rest.iter().position(u8::is_ascii_whitespace)?;
        at = line.len() - rest.len() + end;
        left -= usize::from(!text::uncoloured(rest.get(..end)?).is_empty());
    }
    Some(at)
}

/// A number in `unit`s, or, with a letter behind it as `--human` prints them, in those of the
/// letter: bytes, KiB, MiB and so on.
fn scaled(word: &[u8], unit: f64) -> Option<f64> {
    let (value, letter) = text::decimal(word)?;
    let unit = match letter {
        b"" | b"%" => unit,
        b"s" => 0.5,
        b"B" => 1.0 / 1024.0,
        b"k" => 1.0,
        b"M" => 1024.0,
        b"G" => 1024.0 * 1024.0,
        b"T" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(value * unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    fn figures(header: &str, row: &str) -> [Option<f64>; 4] {
        let header = Header::of(header.as_bytes()).expect("a header");
        let row = header.row(row.as_bytes()).expect("a row");
        assert_eq!(row.name, b"odd name");
        [Column::Reads, Column::ReadKib, Column::AwaitMs, Column::Util].map(|kind| row.figure(kind))
    }

    #[test]
    fn columns_are_found_by_name_whatever_their_place_and_unit() {
        let wanted = [Some(2.0), Some(1536.0), None, Some(7.5)];
        for (header, row) in [
            ("Device: r/s rkB/s svctm %util", "odd name 2.00 1536.00 0.1 7.50"),
            ("Device %util rMB/s new r/s", "odd name   7,50 1,50 0,00    2,00  "),
            ("  r/s rsec/s %util Device", "  2 3072.0  7.5 odd name"),
            ("r/s rkB/s  %util Device", "2.00 1.5M 7.5% odd name"),
            (
                "Device r/s rMB/s %util",
                "\x1b[32;22modd name\x1b[0m 2 \x1b[34;1m 1536.0k\x1b[0m 7.5",
            ),
        ] {
            assert_eq!(figures(header, row), wanted, "{header}");
        }
    }

    #[test]
    fn no_other_line_is_a_header() {
        for line in
            ["", "avg-cpu:  %user   %nice", "device r/s w/s", "Device", "Linux 6.1 Device x"]
        {
            assert_eq!(Header::of(line.as_bytes()), None, "{line}");
        }
        let wide = format!("Device {}", "x ".repeat(COLUMNS_MAX + 1));
        assert_eq!(Header::of(wide.as_bytes()), None);
    }

    #[test]
    fn a_damaged_row_is_told_with_its_place() {
        let header = Header::of(b"Device r/s w/s").expect("a header");
        let expected = "a device and as many figures as the header has";
        for row in ["", "sda", "sda 1.0", "1.0 2.0"] {
            assert_eq!(header.row(row.as_bytes()), Err(ParseError { expected, at: 0 }), "{row}");
        }
        let bad = Err(ParseError { expected: "a number", at: 8 });
        assert_eq!(header.row(b"sda 1.0 nan"), bad);
        assert_eq!(header.row(b"sda 1.0 1.2.3"), bad);
    }
}
