//! Figures out of the text that `iostat -x` printed, a report after the other.

use crate::rates::Figures;
use crate::topology::unescaped;
use std::collections::HashMap;
use std::io::{self, Read};
use sysparse::ParseError;
use sysparse::iostat::{Column, Header, Row};
use toolkit::input::Lines;

/// The longest line that is read whole.
const LINE_MAX: usize = 1 << 16;

/// How many devices of a report are kept at most.
const DEVICES_MAX: usize = 1 << 18;

/// The figures of a report, by the names it gives the devices: the kernel's, or those of maps.
pub type Report = HashMap<Vec<u8>, Figures>;

/// The reports of a text.
pub struct Reports<R> {
    lines: Lines<R>,
    number: usize,
    /// The table that lines belong to.
    header: Option<Header>,
    /// A header that was read but belongs to the next report.
    pending: Option<Header>,
    /// Whether a header was ever seen.
    begun: bool,
    /// What the report has so far, and of how many tables.
    report: HashMap<Vec<u8>, Partial>,
    tables: Vec<Header>,
}

/// What is known of a device before all tables of a report are read.
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

impl<R: Read> Reports<R> {
    /// The reports of `input`.
    pub fn new(input: R) -> Reports<R> {
        Reports {
            lines: Lines::new(input, LINE_MAX),
            number: 0,
            header: None,
            pending: None,
            begun: false,
            report: HashMap::new(),
            tables: Vec::new(),
        }
    }

    /// The next report; nothing at the end. `tell` hears of lines that cannot be read, by their
    /// number; the others are used.
    ///
    /// A report has ended when the blank line behind its last table comes: with `--pretty` it has
    /// several tables, the one with `%util` last.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn next_report(
        &mut self,
        mut tell: impl FnMut(usize, ParseError),
    ) -> io::Result<Option<Report>> {
        if let Some(header) = self.pending.take() {
            self.open(&header);
        }
        while let Some(line) = self.lines.next_line()? {
            self.number += 1;
            let line = line.bytes.trim_ascii_end();
            if line.is_empty() {
                if self.header.take().is_some_and(|header| header.has(Column::Util)) {
                    return Ok(Some(self.close(&mut tell)));
                }
            } else if let Some(header) = Header::of(line) {
                self.begun = true;
                if self.tables.contains(&header) {
                    self.pending = Some(header);
                    return Ok(Some(self.close(&mut tell)));
                }
                self.open(&header);
            } else if let Err(bad) = row(self.header.as_ref(), self.begun, line, &mut self.report) {
                tell(self.number, bad);
            }
        }
        self.header = None;
        Ok((!self.tables.is_empty()).then(|| self.close(&mut tell)))
    }

    fn open(&mut self, header: &Header) {
        self.header = Some(*header);
        self.tables.push(*header);
    }

    /// Gives out the report that has ended.
    fn close(&mut self, tell: &mut impl FnMut(usize, ParseError)) -> Report {
        self.tables.clear();
        let count = self.report.len();
        let report: Report = self
            .report
            .drain()
            .filter_map(|(name, partial)| Some((name, partial.figures()?)))
            .collect();
        if report.len() < count {
            let expected = "a report of iostat -x with r/s, w/s and await before this,";
            tell(self.number, ParseError { expected, at: 0 });
        }
        report
    }
}

/// Takes in the line of a device. What stands outside of a table is not ours, but the line of a
/// device before any header is.
fn row(
    header: Option<&Header>,
    begun: bool,
    line: &[u8],
    report: &mut HashMap<Vec<u8>, Partial>,
) -> Result<(), ParseError> {
    let Some(header) = header else {
        let stray = !begun && looks_like_row(line);
        return if stray {
            Err(ParseError { expected: "a header before this", at: 0 })
        } else {
            Ok(())
        };
    };
    let row = header.row(line)?;
    let name = unescaped(row.name);
    if report.len() < DEVICES_MAX || report.contains_key(&name) {
        report.entry(name).or_default().take(&row);
    }
    Ok(())
}

/// Whether this looks like a device with its figures: a name and five or more numbers.
fn looks_like_row(line: &[u8]) -> bool {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).skip(1);
    let is_number = |word: &[u8]| sysparse::text::decimal(word).is_some();
    words.clone().count() >= 5 && words.all(is_number) && !line.starts_with(b" ")
}

impl Partial {
    /// Adds what a row has.
    fn take(&mut self, row: &Row<'_>) {
        let add = |place: &mut Option<f64>, figure| *place = row.figure(figure).or(*place);
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

    /// The figures, if those are there that make a row. Before sysstat 10.1 there was one await for
    /// reads and writes together, and each gets its share of it.
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
