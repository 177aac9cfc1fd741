//! One drive in one round a line, for programs: as JSON or as tab-separated values.

use crate::args::Layout;
use crate::rates::{Round, Row, Scale};
use crate::report::Report;
use std::io::{self, Write};
use toolkit::look::Format;
use toolkit::paint::Escape;
use toolkit::rows::{Cell, Fixed, json, tsv};
use toolkit::stamp::{self, Stamp, Time};

/// The keys of a record, which are the heading of `tsv`.
const KEYS: [&str; 29] = [
    "time",
    "seconds",
    "drive",
    "name",
    "reads_per_s",
    "writes_per_s",
    "read_kb_per_s",
    "written_kb_per_s",
    "read_pct",
    "write_pct",
    "all_pct",
    "residuals_per_s",
    "others_per_s",
    "kb_per_read",
    "kb_per_write",
    "read_ms",
    "write_ms",
    "other_ms",
    "in_flight",
    "state",
    "read_ns",
    "write_ns",
    "io_ns",
    "read_bytes",
    "write_bytes",
    "reads",
    "writes",
    "others",
    "residuals",
];

pub(super) struct Records {
    decimals: usize,
    is_json: bool,
    is_epoch: bool,
}

impl Records {
    pub(super) fn new(layout: &Layout) -> Records {
        Records {
            decimals: Scale::of(layout).decimals,
            is_json: layout.look.format == Format::JsonLines,
            is_epoch: layout.look.time == Some(Time::Epoch),
        }
    }

    /// The values of [`KEYS`].
    fn cells<'a>(&self, round: &Round, row: &'a Row, time: &'a str) -> Vec<Cell<'a>> {
        let fixed = |scaled| Cell::Fixed(Fixed { scaled, decimals: self.decimals, mark: "." });
        let time = if self.is_epoch {
            Cell::Number(stamp::epoch(round.wall))
        } else {
            Cell::Text(time.as_bytes())
        };
        let millis = u64::try_from(round.interval.as_millis()).unwrap_or(u64::MAX);
        let seconds = Cell::Fixed(Fixed { scaled: millis, decimals: 3, mark: "." });
        let drive = row.drive.as_ref().map_or("total", |drive| &drive.kernel);
        let mut cells = Vec::with_capacity(KEYS.len());
        cells.extend([time, seconds, Cell::Text(drive.as_bytes())]);
        cells.push(Cell::Text(row.name().as_bytes()));
        cells.extend(row.figures.map(fixed));
        cells.extend(row.extended(".").map(|value| value.map_or(Cell::Null, Cell::Fixed)));
        cells.push(row.state().map_or(Cell::Null, |state| Cell::Text(state.as_bytes())));
        cells.extend(row.growth.values().map(Cell::Number));
        cells
    }
}

impl Report for Records {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.is_json { Ok(()) } else { writeln!(out, "{}", KEYS.join("\t")) }
    }

    fn skip(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn round(&mut self, round: &Round, mut out: &mut dyn Write) -> io::Result<()> {
        let time = Stamp::Iso.date_time(round.wall);
        for row in round.rows.iter().chain(&round.total) {
            let cells = self.cells(round, row, &time);
            if self.is_json {
                let named: Vec<_> = KEYS.into_iter().zip(cells).collect();
                json(&named, &mut out)?;
                writeln!(out)?;
            } else {
                tsv(&cells, Escape::Tty, b'\n', &mut out)?;
            }
        }
        Ok(())
    }
}
