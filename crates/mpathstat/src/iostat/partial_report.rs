//! A report before all of its tables are read.

use super::devices::Devices;
use super::likeness::numbers;
use std::time::SystemTime;
use sysparse::ParseError;
use sysparse::iostat::{Column, Header, Row};
use sysparse::timestamp::Timestamp;

/// A report before all of its tables are read.
#[derive(Default)]
pub(super) struct PartialReport {
    pub(super) time: Option<Timestamp>,
    /// When its interval begins, by the header of sar.
    pub(super) begin: Option<SystemTime>,
    /// The number of the line with the time.
    pub(super) time_line: usize,
    /// The number of a line that may be a time in another language.
    pub(super) odd_line: usize,
    /// The header of the current table.
    pub(super) header: Option<Header>,
    /// Whether the rows have times, and those of another time belong to another report.
    pub(super) is_sar: bool,
    /// The headers of all tables.
    pub(super) tables: Vec<Header>,
    pub(super) devices: Devices,
    /// A line that may be the name of a device whose figures follow, and its number.
    name: Option<(usize, Vec<u8>)>,
}

impl PartialReport {
    pub(super) fn set_time(&mut self, time: Option<Timestamp>, line: usize) {
        if self.time != time {
            (self.time, self.time_line) = (time, line);
        }
    }

    /// Ends the current table. Returns whether it is the last one of the report: that of sar ends where
    /// the time of the rows changes.
    pub(super) fn end_table(&mut self) -> bool {
        let header = self.header.take().filter(|_| !self.is_sar);
        header.is_some_and(|header| header.has(Column::Util))
    }

    /// Adds the line of a device. A line outside of a table is ignored, except for one of a device
    /// before the first header, which is stray.
    pub(super) fn row(
        &mut self,
        line: &[u8],
        number: usize,
        is_stray: bool,
        on_damage: &mut impl FnMut(usize, ParseError),
    ) {
        let Some(header) = self.header else {
            if is_stray {
                on_damage(number, ParseError { expected: "a header before this", at: 0 });
            }
            return;
        };
        let name = self.name.as_ref().filter(|_| line.starts_with(b" "));
        if let Some(Ok(row)) = name.map(|(_, name)| header.figures(name, line)) {
            let added = self.devices.add(&row);
            self.name = None;
            return added.unwrap_or_else(|bad| on_damage(number, bad));
        }
        self.report_name(on_damage);
        let added = header.row(line).and_then(|row: Row<'_>| self.devices.add(&row));
        match added {
            // With `iostat -h` of old versions, a long name has a line of its own.
            Err(_) if !line.starts_with(b" ") && numbers(line) == 0 => {
                self.name = Some((number, line.to_vec()));
            }
            Err(bad) => on_damage(number, bad),
            Ok(()) => {}
        }
    }

    /// Reports a line that turned out to be no name of a device.
    pub(super) fn report_name(&mut self, on_damage: &mut impl FnMut(usize, ParseError)) {
        if let (Some((number, name)), Some(header)) = (self.name.take(), self.header) {
            if let Err(bad) = header.row(&name) {
                on_damage(number, bad);
            }
        }
    }
}
