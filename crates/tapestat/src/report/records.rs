//! One drive in one round a line, for programs: as JSON or as tab-separated values.

use crate::args::Layout;
use crate::rates::{Round, Row, Scale};
use crate::report::Report;
use std::io::{self, Write};
use toolkit::datetime::{self, Stamp, Time};
use toolkit::escape::Escape;
use toolkit::look::Format;
use toolkit::records::{Fixed, Value, json, tsv};

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
    fn values<'a>(&self, round: &Round, row: &'a Row, time: &'a str) -> Vec<Value<'a>> {
        let fixed = |scaled| Value::Fixed(Fixed { scaled, decimals: self.decimals, mark: "." });
        let time = if self.is_epoch {
            Value::Number(datetime::epoch(round.wall))
        } else {
            Value::Text(time.as_bytes())
        };
        let millis = u64::try_from(round.interval.as_millis()).unwrap_or(u64::MAX);
        let seconds = Value::Fixed(Fixed { scaled: millis, decimals: 3, mark: "." });
        let drive = row.drive.as_ref().map_or("total", |drive| &drive.kernel);
        let mut values = Vec::with_capacity(KEYS.len());
        values.extend([time, seconds, Value::Text(drive.as_bytes())]);
        values.push(Value::Text(row.name().as_bytes()));
        values.extend(row.figures.map(fixed));
        values.extend(row.extended(".").map(|value| value.map_or(Value::Null, Value::Fixed)));
        values.push(row.state().map_or(Value::Null, |state| Value::Text(state.as_bytes())));
        values.extend(row.growth.values().map(Value::Number));
        values
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
            let values = self.values(round, row, &time);
            if self.is_json {
                let named: Vec<_> = KEYS.into_iter().zip(values).collect();
                json(&named, &mut out)?;
                writeln!(out)?;
            } else {
                tsv(&values, Escape::Tty, b'\n', &mut out)?;
            }
        }
        Ok(())
    }
}
