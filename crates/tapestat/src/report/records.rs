//! One record per drive and interval, for programs: as JSON or as tab-separated values.

use crate::args::Args;
use crate::rates::{IntervalRates, Row};
use std::io::{self, Write};
use toolkit::datetime::{self, DateTimeFormat, TimeFormat};
use toolkit::escape::Escape;
use toolkit::records::{Fixed, Value, json, tsv};
use toolkit::sampling::{Format, Report};

/// The keys of a record.
const KEYS: [&str; 31] = [
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
    "gap_pct",
    "gaps",
];

/// The keys that only `--gaps` adds, which are the last ones.
const GAP_KEYS: usize = 2;

#[allow(clippy::struct_excessive_bools, reason = "each one is a choice of its own")]
pub(super) struct Records {
    decimals: usize,
    is_json: bool,
    has_heading: bool,
    is_epoch: bool,
    has_gaps: bool,
}

impl Records {
    pub(super) fn new(args: &Args) -> Records {
        Records {
            decimals: args.scale().decimals,
            is_json: args.sampling.output.format == Format::JsonLines,
            has_heading: args.sampling.output.format == Format::Tsv
                && !args.sampling.output.no_heading,
            is_epoch: args.sampling.output.time == Some(TimeFormat::Epoch),
            has_gaps: args.columns.gaps,
        }
    }

    fn keys(&self) -> &'static [&'static str] {
        let hidden = if self.has_gaps { 0 } else { GAP_KEYS };
        KEYS.get(..KEYS.len() - hidden).unwrap_or_default()
    }

    /// The values of [`Records::keys`].
    fn values<'a>(&self, rates: &IntervalRates, row: &'a Row, time: &'a str) -> Vec<Value<'a>> {
        let fixed = |scaled: Option<u64>| {
            let fixed = |scaled| Fixed { scaled, decimals: self.decimals, mark: "." };
            scaled.map_or(Value::Null, |scaled| Value::Fixed(fixed(scaled)))
        };
        let number = |count: Option<u64>| count.map_or(Value::Null, Value::Number);
        let time = match rates.wall {
            Some(wall) if self.is_epoch => Value::Number(datetime::epoch(wall)),
            Some(_) => Value::Text(time.as_bytes()),
            None => Value::Null,
        };
        let seconds = rates.interval.map_or(Value::Null, |interval| {
            let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
            Value::Fixed(Fixed { scaled: millis, decimals: 3, mark: "." })
        });
        let mut values = Vec::with_capacity(KEYS.len());
        values.extend([time, seconds, Value::Text(row.name.kernel().as_bytes())]);
        values.push(Value::Text(row.name.shown().as_bytes()));
        values.extend(row.figures.map(fixed));
        values.extend(row.extended(".").map(|value| value.map_or(Value::Null, Value::Fixed)));
        values.push(row.state().map_or(Value::Null, |state| Value::Text(state.as_bytes())));
        values.extend(row.increase.values().map(number));
        values.extend([fixed(row.gap_percent), number(row.gaps)]);
        values.truncate(self.keys().len());
        values
    }
}

impl Report<IntervalRates> for Records {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.has_heading { writeln!(out, "{}", self.keys().join("\t")) } else { Ok(()) }
    }

    fn interval(&mut self, rates: &IntervalRates, mut out: &mut dyn Write) -> io::Result<()> {
        let time = rates.wall.map(|wall| DateTimeFormat::Iso.date_time(wall)).unwrap_or_default();
        for row in rates.rows.iter().chain(&rates.total) {
            let values = self.values(rates, row, &time);
            if self.is_json {
                let pairs: Vec<_> = self.keys().iter().copied().zip(values).collect();
                json(&pairs, &mut out)?;
                writeln!(out)?;
            } else {
                tsv(&values, Escape::Tty, b'\n', &mut out)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::KEYS;

    #[test]
    fn every_field_is_documented_and_no_other() {
        let path = test_support::repository("docs/formats.md");
        let text = std::fs::read_to_string(path).expect("the document");
        let part = text.split("\n## ").find(|part| part.starts_with("tapestat -o jsonl"));
        let rows = part.expect("a section").lines().filter_map(|line| line.strip_prefix("| "));
        let cells = rows.skip(1).filter_map(|row| row.split(" |").next());
        let mut documented: Vec<_> = cells.flat_map(|names| names.split(", ")).collect();
        let mut keys = KEYS.to_vec();
        documented.sort_unstable();
        keys.sort_unstable();
        assert_eq!(documented, keys);
    }
}
