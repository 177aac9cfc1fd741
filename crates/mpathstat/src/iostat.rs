//! Figures in the text that `iostat` or `sar -d` printed, one report after the other.

mod clock;
mod devices;
mod json;
mod likeness;
mod partial_report;
mod prefix;
#[cfg(test)]
mod tests;

use crate::rates::FiguresByName;
use crate::topology::text::OTHER_HOST;
use clock::{TextClock, UNREAD_TIME};
use json::JsonReader;
use likeness::{has_word, looks_like_row, looks_like_time};
use partial_report::PartialReport;
use prefix::{Line, Prefix};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::time::SystemTime;
use sysparse::ParseError;
use sysparse::iostat::Header;
use sysparse::text::strip_codes;
use sysparse::timestamp::{self, Timestamp};
use toolkit::input::Lines;

/// The longest line that is read as a whole: JSON may be in one line.
const LINE_MAX: usize = 1 << 20;

/// What grep prints where it leaves out lines.
const LINES_LEFT_OUT: &[u8] = b"--";

/// The most tables of a report; `iostat --pretty` prints four.
const TABLES_MAX: usize = 16;

/// What is wrong with a column whose name has a unit that is not known.
const UNKNOWN_AMOUNT: ParseError = ParseError {
    expected: "amounts in kB, MB, GB or sectors per second; others are unknown,",
    at: 0,
};

/// One report of a text.
#[derive(Debug, Default)]
pub struct TextReport {
    /// Its time of day, if the text has it.
    pub wall: Option<SystemTime>,
    /// When its interval begins, if the text has that apart from the time of the report before.
    pub begin: Option<SystemTime>,
    /// What each device did.
    pub figures: FiguresByName,
}

/// A text of `iostat`, in any of its formats, or of `sar -d`.
///
/// ```
/// use mpathstat::iostat::IostatText;
///
/// let text = "Device r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\nsda 1.0 2.0 8.0 16.0 0.5 1.5 0.01 3.0\n";
/// let mut text = IostatText::new(text.as_bytes());
/// let report = text.next_report(|line, bad| eprintln!("{line}: {bad}"))?.unwrap_or_default();
/// let sda = report.figures.get(&b"sda"[..]);
/// assert_eq!(sda.map(|figures| figures.reads), Some(1.0));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct IostatText<R> {
    lines: Lines<R>,
    reports: ReportReader,
}

/// How many bytes of the text are kept to say what it is.
const HEAD_MAX: usize = 1 << 14;

/// Makes reports of lines.
#[derive(Default)]
struct ReportReader {
    number: usize,
    /// The beginning of the text.
    head: Vec<u8>,
    /// Whether the beginning was examined for what precedes each line.
    has_prefix: bool,
    /// Whether any line was not empty, and the format follows from the first one.
    has_begun: bool,
    json: Option<JsonReader>,
    prefix: Prefix,
    /// How many times precede each line of the table.
    times: usize,
    clock: TextClock,
    current: PartialReport,
    /// Reports that are complete.
    complete: VecDeque<TextReport>,
    /// Whether any report had a header.
    has_header: bool,
    /// Which of the errors that many lines can have were reported.
    reported: Vec<ParseError>,
}

impl<R: Read> IostatText<R> {
    /// The text that `input` reads.
    pub fn new(input: R) -> IostatText<R> {
        IostatText { lines: Lines::new(input, LINE_MAX), reports: ReportReader::default() }
    }

    /// Also reports a date of which it is uncertain whether the month comes first, because the times are
    /// printed.
    #[must_use]
    pub fn with_times(mut self) -> IostatText<R> {
        self.reports.clock.need_order();
        self
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
    ) -> io::Result<Option<TextReport>> {
        let reports = &mut self.reports;
        while reports.complete.is_empty() {
            let Some(line) = self.lines.next_line()? else {
                reports.end(&mut on_damage);
                break;
            };
            reports.number += 1;
            reports.line(strip_codes(line.bytes).trim_ascii_end(), &mut on_damage);
        }
        Ok(reports.complete.pop_front())
    }
}

impl<R> IostatText<R> {
    /// The beginning of the text, as far as it was read.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.reports.head
    }
}

impl ReportReader {
    /// Takes a line. Those before the first header wait for it, because it tells what precedes them.
    fn line(&mut self, line: &[u8], on_damage: &mut impl FnMut(usize, ParseError)) {
        let is_first = !self.has_begun && !line.is_empty();
        self.has_begun |= is_first;
        let may_be_json = self.json.is_none() && !self.has_prefix;
        if may_be_json && (is_first && line.starts_with(b"{") || self.prefix.begins_json(line)) {
            self.json = Some(JsonReader::default());
        }
        let is_kept = self.head.len() + line.len() < HEAD_MAX && !self.has_prefix;
        if let Some(json) = &mut self.json {
            let line = self.prefix.split(line).text;
            let read = json.line(line, &mut self.clock, &mut self.complete);
            if let Err(bad) = read.and_then(|()| self.clock.check_order()) {
                on_damage(self.number, bad);
            }
        } else if self.has_prefix {
            return self.text_line(line, on_damage);
        } else if let (found, Some(_)) = self.prefix.read(line) {
            self.times = found.times;
            self.end_head(on_damage);
            return self.text_line(line, on_damage);
        }
        if is_kept {
            self.head.extend_from_slice(line);
            self.head.push(b'\n');
        } else if self.json.is_none() {
            self.end_head(on_damage);
            self.text_line(line, on_damage);
        }
    }

    /// Takes the lines that waited.
    fn end_head(&mut self, on_damage: &mut impl FnMut(usize, ParseError)) {
        self.has_prefix = true;
        let (head, number) = (std::mem::take(&mut self.head), self.number);
        for (line, number) in head.split(|byte| *byte == b'\n').zip(1..) {
            self.number = number;
            self.text_line(line, on_damage);
        }
        (self.head, self.number) = (head, number);
    }

    fn text_line(&mut self, line: &[u8], on_damage: &mut impl FnMut(usize, ParseError)) {
        let (line, header) = self.prefix.read(line);
        let is_in_table = self.current.header.is_some() && line.text != LINES_LEFT_OUT;
        if line.lacks_name && is_in_table || Prefix::is_other_header(&line) {
            return self.once(OTHER_HOST, on_damage);
        }
        // Without empty lines, the next thing after a table is the CPU of the next report.
        let is_cpu = self.current.header.is_some() && line.text.starts_with(b"avg-cpu");
        if let Some(header) = header {
            self.begin_table(&header, &line, on_damage);
        } else if let Some(time) = self.time_line(&line) {
            self.finish(on_damage);
            self.current.set_time(Some(time), self.number);
        } else if is_cpu || matches!(line.text, b"" | LINES_LEFT_OUT) {
            if self.current.end_table() {
                self.finish(on_damage);
            }
        } else if self.current.header.is_none() && has_word(line.text, b"Linux ") {
            self.finish(on_damage);
            self.clock.set_date(timestamp::date_in(line.text));
        } else if self.current.is_sar && line.times < self.times {
            // The averages at the end, after which other tables follow.
            self.current.header = None;
        } else {
            self.row(&line, on_damage);
        }
    }

    /// Reports what is wrong with the line, unless it was reported for another one.
    fn once(&mut self, bad: ParseError, on_damage: &mut impl FnMut(usize, ParseError)) {
        if !self.reported.contains(&bad) {
            self.reported.push(bad);
            on_damage(self.number, bad);
        }
    }

    /// The time that a line is. After a header, a line with nothing but the times that precede each
    /// line is empty.
    fn time_line(&self, line: &Line<'_>) -> Option<Timestamp> {
        let has_own = line.times > self.times;
        timestamp::whole_line(if has_own { line.from_time } else { line.text })
    }

    /// Reports the line before this one, with which a report begins, if it should be the time.
    fn check_time(&mut self, on_damage: &mut impl FnMut(usize, ParseError)) {
        let before = self.number - 1;
        if before > 0 && self.current.odd_line == before && self.current.time.is_none() {
            if let Err(bad) = self.clock.report(UNREAD_TIME) {
                on_damage(before, bad);
            }
        }
    }

    /// Takes a line of a table, or one outside of the tables.
    fn row(&mut self, line: &Line<'_>, on_damage: &mut impl FnMut(usize, ParseError)) {
        let is_next = self.current.is_sar && line.time != self.current.time;
        if is_next && !self.current.devices.is_empty() {
            let header = self.current.header;
            self.finish(on_damage);
            (self.current.header, self.current.is_sar) = (header, true);
            self.current.tables.extend(header);
        }
        if line.text.starts_with(b"avg-cpu") {
            self.check_time(on_damage);
        }
        let current = &mut self.current;
        if current.is_sar || current.time.is_none() {
            current.set_time(line.time, self.number);
        }
        if current.header.is_none() && looks_like_time(line.text) {
            current.odd_line = self.number;
        }
        let is_stray = !self.has_header && looks_like_row(line.text);
        current.row(line.text, self.number, is_stray, on_damage);
    }

    fn begin_table(
        &mut self,
        header: &Header,
        line: &Line<'_>,
        on_damage: &mut impl FnMut(usize, ParseError),
    ) {
        self.check_time(on_damage);
        if header.has_unknown_amount() {
            self.once(UNKNOWN_AMOUNT, on_damage);
        }
        let is_sar = Header::is_sar(line.text);
        (self.has_header, self.times) = (true, line.times);
        let PartialReport { tables, devices, time, .. } = &self.current;
        let is_next = if is_sar {
            *time != line.time && !devices.is_empty()
        } else {
            tables.len() >= TABLES_MAX || tables.contains(header)
        };
        if is_next {
            self.finish(on_damage);
        }
        if let Some(begin) = line.time.filter(|_| is_sar) {
            self.current.begin = self.clock.begin_interval(&begin);
        }
        let current = &mut self.current;
        (current.header, current.is_sar) = (Some(*header), is_sar);
        if !is_sar && current.time.is_none() {
            current.set_time(line.time, self.number);
        }
        if current.tables.is_empty() || !is_sar {
            current.tables.push(*header);
        }
    }

    /// Completes the current report, if it has begun. The next one begins.
    fn finish(&mut self, on_damage: &mut impl FnMut(usize, ParseError)) {
        let mut current = std::mem::take(&mut self.current);
        current.report_name(on_damage);
        if current.tables.is_empty() {
            self.current.set_time(current.time, current.time_line);
            return;
        }
        let (figures, is_complete) = current.devices.figures();
        if !is_complete {
            let expected = "a report of iostat or sar with rates before this,";
            on_damage(self.number, ParseError { expected, at: 0 });
        }
        // Only the times of reports count: those of other tables of sar begin at midnight again.
        let wall = current.time.map_or(Ok(None), |time| self.clock.wall(&time));
        let wall = wall.unwrap_or_else(|bad| {
            on_damage(current.time_line, bad);
            None
        });
        if let Err(bad) = self.clock.check_order() {
            on_damage(current.time_line, bad);
        }
        self.complete.push_back(TextReport { wall, begin: current.begin, figures });
    }

    /// Takes the end of the text.
    fn end(&mut self, on_damage: &mut impl FnMut(usize, ParseError)) {
        if let Some(json) = &mut self.json {
            if let Err(bad) = json.end(&mut self.complete) {
                on_damage(self.number, bad);
            }
        } else if !self.has_prefix {
            self.end_head(on_damage);
        }
        self.finish(on_damage);
    }
}
