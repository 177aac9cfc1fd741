//! The devices of a report and their figures.

use crate::budget::Budget;
use crate::rates::{Figures, FiguresByName, Printed, Requests};
use crate::topology::unescape;
use std::collections::HashMap;
use sysparse::ParseError;
use sysparse::iostat::{Column, Row};

/// The longest name of a device; device mapper accepts 127 characters, four bytes each if escaped.
const NAME_MAX: usize = 1024;

/// How many bytes the devices of a report can take: about 100,000 devices.
const BYTES_MAX: usize = 64 << 20;

const TOO_LONG: ParseError = ParseError { expected: "a name of at most 1024 bytes", at: NAME_MAX };
const TOO_MANY: ParseError = ParseError {
    expected: "devices of at most 64 MiB; the rest of the report is not read;",
    at: 0,
};

/// The devices of a report before it is complete.
#[derive(Debug)]
pub(super) struct Devices {
    found: HashMap<Vec<u8>, Partial>,
    budget: Budget,
    is_full: bool,
}

/// What is known of a device before all tables of the report are read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Partial {
    printed: Printed,
    /// Reads and writes per second, where they are not counted apart.
    ios: Option<f64>,
    /// KiB per second, likewise.
    kib: Option<f64>,
    discards: Option<f64>,
    flushes: Option<f64>,
}

impl Default for Devices {
    fn default() -> Devices {
        Devices { found: HashMap::new(), budget: Budget::new(BYTES_MAX), is_full: false }
    }
}

impl Devices {
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds the figures of a row.
    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), ParseError> {
        if let Some(partial) = self.device(row.name)? {
            for column in ALL_COLUMNS {
                partial.set(column, row.value(column));
            }
        }
        Ok(())
    }

    /// The device with a name, which may begin with `/dev/`. `None` if there is no room for it.
    pub(super) fn device(&mut self, name: &[u8]) -> Result<Option<&mut Partial>, ParseError> {
        let name = name.strip_prefix(b"/dev/").unwrap_or(name);
        let name = name.strip_prefix(b"mapper/").unwrap_or(name);
        if name.len() > NAME_MAX {
            return Err(TOO_LONG);
        }
        let name = unescape(name);
        if !self.found.contains_key(&name)
            && !self.budget.take(name.len() + size_of::<Partial>() + size_of::<Figures>() + 300)
        {
            return if std::mem::replace(&mut self.is_full, true) {
                Ok(None)
            } else {
                Err(TOO_MANY)
            };
        }
        Ok(Some(self.found.entry(name).or_default()))
    }

    /// The figures, and whether every device has some.
    pub(super) fn figures(self) -> (FiguresByName, bool) {
        let count = self.found.len();
        let figures = |(name, partial): (_, Partial)| Some((name, partial.figures()?));
        let found: FiguresByName = self.found.into_iter().filter_map(figures).collect();
        let is_complete = found.len() == count;
        (found, is_complete)
    }
}

const ALL_COLUMNS: [Column; 18] = [
    Column::Reads,
    Column::Writes,
    Column::ReadKib,
    Column::WrittenKib,
    Column::AwaitMs,
    Column::ReadAwaitMs,
    Column::WriteAwaitMs,
    Column::Ios,
    Column::TotalKib,
    Column::Discards,
    Column::DiscardAwaitMs,
    Column::Flushes,
    Column::FlushAwaitMs,
    Column::SizeKib,
    Column::ReadSizeKib,
    Column::WriteSizeKib,
    Column::Queue,
    Column::Util,
];

impl Partial {
    /// Sets the figure of a column, unless it is not there.
    pub(super) fn set(&mut self, column: Column, value: Option<f64>) {
        let printed = &mut self.printed;
        let place = match column {
            Column::Reads => &mut printed.reads,
            Column::Writes => &mut printed.writes,
            Column::ReadKib => &mut printed.read_kib,
            Column::WrittenKib => &mut printed.written_kib,
            Column::AwaitMs => &mut printed.await_ms,
            Column::ReadAwaitMs => &mut printed.read_await_ms,
            Column::WriteAwaitMs => &mut printed.write_await_ms,
            Column::Ios => &mut self.ios,
            Column::TotalKib => &mut self.kib,
            Column::Discards => &mut self.discards,
            Column::DiscardAwaitMs => &mut printed.discard_await_ms,
            Column::Flushes => &mut self.flushes,
            Column::FlushAwaitMs => &mut printed.flush_await_ms,
            Column::SizeKib => &mut printed.size_kib,
            Column::ReadSizeKib => &mut printed.read_size_kib,
            Column::WriteSizeKib => &mut printed.write_size_kib,
            Column::Queue => &mut printed.queue,
            Column::Util => &mut printed.util,
        };
        *place = value.or(*place);
    }

    /// The figures, unless no rate is known.
    fn figures(self) -> Option<Figures> {
        let mut printed = self.printed;
        let kib = printed.read_kib.or(printed.written_kib).or(self.kib);
        printed.reads.or(printed.writes).or(self.ios).or(kib)?;
        let (read, write) = (printed.read_await_ms, printed.write_await_ms);
        printed.await_ms = printed.await_ms.or_else(|| printed.average(read?, write?));
        let (read, write) = (printed.read_size_kib, printed.write_size_kib);
        printed.size_kib = printed.size_kib.or_else(|| printed.average(read?, write?));
        // Where reads and writes are not counted apart, all of them stand for reads.
        let reads = printed.reads.or(self.ios).unwrap_or(0.0);
        let writes = printed.writes.unwrap_or(0.0);
        let await_ms = printed.await_ms.unwrap_or(0.0);
        let ms = |own: Option<f64>, count: f64| own.unwrap_or(await_ms) * count;
        let requests = |count: Option<f64>, own: Option<f64>| {
            count.map(|count| Requests { count, ms: own.unwrap_or(0.0) * count })
        };
        Some(Figures {
            seconds: 1.0,
            reads,
            writes,
            read_kib: printed.read_kib.or(self.kib).unwrap_or(0.0),
            written_kib: printed.written_kib.unwrap_or(0.0),
            read_ms: ms(printed.read_await_ms, reads),
            write_ms: ms(printed.write_await_ms, writes),
            queued_ms: printed.queue.unwrap_or(0.0) * 1000.0,
            busy_ms: printed.util.unwrap_or(0.0) * 10.0,
            discards: requests(self.discards, printed.discard_await_ms),
            flushes: requests(self.flushes, printed.flush_await_ms),
            printed: Some(Box::new(printed)),
            ..Figures::default()
        })
    }
}

impl Printed {
    /// The average over reads and writes of what a version since sysstat 12.1 prints apart. With rates
    /// of zero nothing tells how many of each there were; then it is known only if there were none of
    /// one kind.
    fn average(&self, read: f64, write: f64) -> Option<f64> {
        let (reads, writes) = (self.reads?, self.writes?);
        match reads + writes {
            ios if ios > 0.0 => Some((read * reads + write * writes) / ios),
            _ if read == 0.0 => Some(write),
            _ if write == 0.0 => Some(read),
            _ => None,
        }
    }
}
