//! Figures in the text that `iostat -x` printed, one report after the other.

#[cfg(test)]
mod tests;

use crate::rates::{Figures, FiguresByName};
use crate::topology::unescape;
use std::collections::HashMap;
use std::io::{self, Read};
use sysparse::ParseError;
use sysparse::iostat::{Column, Header, Row};
use toolkit::input::Lines;

/// The longest line that is read as a whole.
const LINE_MAX: usize = 1 << 16;

/// How many devices of a report are kept.
const DEVICES_MAX: usize = 1 << 18;

/// A text of `iostat -x`.
///
/// ```
/// use mpathstat::iostat::IostatText;
///
/// let text = "Device r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\nsda 1.0 2.0 8.0 16.0 0.5 1.5 0.01 3.0\n";
/// let mut text = IostatText::new(text.as_bytes());
/// let report = text.next_report(|line, bad| eprintln!("{line}: {bad}"))?;
/// let sda = report.as_ref().and_then(|report| report.get(&b"sda"[..]));
/// assert_eq!(sda.map(|figures| figures.reads), Some(1.0));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct IostatText<R> {
    lines: Lines<R>,
    number: usize,
    current: PartialReport,
    /// A header that was read and belongs to the next report.
    next: Option<Header>,
}

/// A report before all of its tables are read.
#[derive(Default)]
struct PartialReport {
    /// The header of the current table.
    header: Option<Header>,
    /// The headers of all tables.
    tables: Vec<Header>,
    devices: HashMap<Vec<u8>, Partial>,
    /// Whether this or an earlier report had a header.
    has_header: bool,
}

/// What is known of a device before all tables of the report are read.
#[derive(Debug, Clone, Copy, Default)]
struct Partial {
    reads: Option<f64>,
    writes: Option<f64>,
    read_kib: Option<f64>,
    written_kib: Option<f64>,
    await_ms: Option<f64>,
    read_await_ms: Option<f64>,
    write_await_ms: Option<f64>,
    queue: Option<f64>,
    util: Option<f64>,
}

impl<R: Read> IostatText<R> {
    /// The text that `input` reads.
    pub fn new(input: R) -> IostatText<R> {
        let lines = Lines::new(input, LINE_MAX);
        IostatText { lines, number: 0, current: PartialReport::default(), next: None }
    }

    /// The next report; `None` at the end. A line that cannot be parsed is passed to `on_damage`,
    /// with its number, and left out.
    ///
    /// A report ends with the empty line after its last table. With `--pretty` it has several
    /// tables, and the last one has `%util`.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn next_report(
        &mut self,
        mut on_damage: impl FnMut(usize, ParseError),
    ) -> io::Result<Option<FiguresByName>> {
        let current = &mut self.current;
        if let Some(header) = self.next.take() {
            current.begin_table(&header);
        }
        let mut is_complete = false;
        while !is_complete {
            let Some(line) = self.lines.next_line()? else { break };
            self.number += 1;
            let line = line.bytes.trim_ascii_end();
            if line.is_empty() {
                is_complete = current.header.take().is_some_and(|header| header.has(Column::Util));
            } else if let Some(header) = Header::parse(line) {
                if current.tables.contains(&header) {
                    self.next = Some(header);
                    is_complete = true;
                } else {
                    current.begin_table(&header);
                }
            } else if let Err(bad) = current.add_row(line) {
                on_damage(self.number, bad);
            }
        }
        let has_report = !current.tables.is_empty();
        Ok(has_report.then(|| current.finish(|bad| on_damage(self.number, bad))))
    }
}

impl PartialReport {
    fn begin_table(&mut self, header: &Header) {
        self.has_header = true;
        self.header = Some(*header);
        self.tables.push(*header);
    }

    /// Adds the line of a device. A line outside of a table is ignored, except for one of a device
    /// before the first header.
    fn add_row(&mut self, line: &[u8]) -> Result<(), ParseError> {
        let Some(header) = &self.header else {
            let is_stray = !self.has_header && looks_like_row(line);
            let error = ParseError { expected: "a header before this", at: 0 };
            return if is_stray { Err(error) } else { Ok(()) };
        };
        let row = header.row(line)?;
        let name = unescape(row.name);
        if self.devices.len() < DEVICES_MAX || self.devices.contains_key(&name) {
            self.devices.entry(name).or_default().add(&row);
        }
        Ok(())
    }

    /// The figures of the report, which has ended.
    fn finish(&mut self, on_damage: impl FnOnce(ParseError)) -> FiguresByName {
        (self.header, self.tables) = (None, Vec::new());
        let count = self.devices.len();
        let devices = self.devices.drain();
        let figures: FiguresByName =
            devices.filter_map(|(name, partial)| Some((name, partial.figures()?))).collect();
        if figures.len() < count {
            let expected = "a report of iostat -x with r/s, w/s and await before this,";
            on_damage(ParseError { expected, at: 0 });
        }
        figures
    }
}

/// Whether a line looks like that of a device: a name and five or more numbers.
fn looks_like_row(line: &[u8]) -> bool {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).skip(1);
    let is_number = |word: &[u8]| sysparse::text::decimal(word).is_some();
    words.clone().count() >= 5 && words.all(is_number) && !line.starts_with(b" ")
}

impl Partial {
    /// Adds the figures of a row.
    fn add(&mut self, row: &Row<'_>) {
        let add = |place: &mut Option<f64>, figure| *place = row.value(figure).or(*place);
        add(&mut self.reads, Column::Reads);
        add(&mut self.writes, Column::Writes);
        add(&mut self.read_kib, Column::ReadKib);
        add(&mut self.written_kib, Column::WrittenKib);
        add(&mut self.await_ms, Column::AwaitMs);
        add(&mut self.read_await_ms, Column::ReadAwaitMs);
        add(&mut self.write_await_ms, Column::WriteAwaitMs);
        add(&mut self.queue, Column::Queue);
        add(&mut self.util, Column::Util);
    }

    /// The figures, unless some that each report has are missing. Before sysstat 10.1, reads and
    /// writes had a common await.
    fn figures(self) -> Option<Figures> {
        let (reads, writes) = (self.reads?, self.writes?);
        let read_await = self.read_await_ms.or(self.await_ms)?;
        let write_await = self.write_await_ms.or(self.await_ms)?;
        Some(Figures {
            seconds: 1.0,
            reads,
            writes,
            read_kib: self.read_kib?,
            written_kib: self.written_kib?,
            read_ms: read_await * reads,
            write_ms: write_await * writes,
            queued_ms: self.queue.unwrap_or(0.0) * 1000.0,
            busy_ms: self.util.unwrap_or(0.0) * 10.0,
            ..Figures::default()
        })
    }
}
