//! Metrics in the text format of Prometheus: the counters of each drive.

use crate::args::Args;
use crate::rates::{IntervalRates, Row};
use crate::sample::Increase;
use std::io::{self, Write};
use toolkit::records::{Fixed, Metric, MetricKind, Value};
use toolkit::sampling::Report;

pub(super) struct Metrics {
    has_names: bool,
}

/// A metric of a drive: name, help, and the value.
type DriveMetric = (&'static str, &'static str, fn(&Increase) -> Value<'static>);

const COUNTERS: [DriveMetric; 9] = [
    ("tapestat_reads_total", "Reads completed.", |done| number(done.reads)),
    ("tapestat_writes_total", "Writes completed.", |done| number(done.writes)),
    (
        "tapestat_other_operations_total",
        "Operations completed that neither read nor write.",
        |done| number(done.others),
    ),
    (
        "tapestat_residuals_total",
        "Reads and writes that transferred less than requested.",
        |done| number(done.residuals),
    ),
    ("tapestat_read_bytes_total", "Bytes read.", |done| number(done.read_bytes)),
    ("tapestat_written_bytes_total", "Bytes written.", |done| number(done.write_bytes)),
    ("tapestat_read_time_seconds_total", "Time that completed reads took.", |done| {
        seconds(done.read_ns)
    }),
    ("tapestat_write_time_seconds_total", "Time that completed writes took.", |done| {
        seconds(done.write_ns)
    }),
    ("tapestat_io_time_seconds_total", "Time that all completed operations took.", |done| {
        seconds(done.io_ns)
    }),
];

fn number(count: Option<u64>) -> Value<'static> {
    count.map_or(Value::Null, Value::Number)
}

/// Exactly the nanoseconds of a counter.
fn seconds(ns: Option<u64>) -> Value<'static> {
    let fixed = |ns| Value::Fixed(Fixed { scaled: ns, decimals: 9, mark: "." });
    ns.map_or(Value::Null, fixed)
}

impl Metrics {
    pub(super) fn new(args: &Args) -> Metrics {
        Metrics { has_names: args.naming.is_some() }
    }

    fn write(
        &self,
        metric: Metric<'_>,
        rows: &[Row],
        value: impl Fn(&Row) -> Value<'static>,
        mut out: &mut dyn Write,
    ) -> io::Result<()> {
        let labels: Vec<_> = rows.iter().map(|row| self.labels(row)).collect();
        let samples = labels.iter().zip(rows).map(|(labels, row)| (&labels[..], value(row)));
        metric.write(samples, &mut out)
    }

    fn labels<'a>(&self, row: &'a Row) -> Vec<(&'static str, &'a [u8])> {
        let mut labels = vec![("drive", row.name.kernel().as_bytes())];
        if self.has_names {
            labels.push(("name", row.name.shown().as_bytes()));
        }
        labels
    }
}

impl Report<IntervalRates> for Metrics {
    fn interval(&mut self, rates: &IntervalRates, mut out: &mut dyn Write) -> io::Result<()> {
        let drives = Metric {
            name: "tapestat_drives",
            help: "Tape drives with statistics that are shown.",
            kind: MetricKind::Gauge,
        };
        let count = u64::try_from(rates.rows.len()).unwrap_or(u64::MAX);
        drives.write([(&[][..], Value::Number(count))], &mut out)?;
        for (name, help, value) in COUNTERS {
            let metric = Metric { name, help, kind: MetricKind::Counter };
            self.write(metric, &rates.rows, |row| value(&row.increase), out)?;
        }
        let in_flight = Metric {
            name: "tapestat_requests_in_flight",
            help: "Requests in flight.",
            kind: MetricKind::Gauge,
        };
        let value = |row: &Row| row.in_flight.map_or(Value::Null, Value::Number);
        self.write(in_flight, &rates.rows, value, out)
    }
}

#[cfg(test)]
mod tests {
    use super::COUNTERS;
    use std::collections::BTreeSet;

    #[test]
    fn every_metric_is_documented_and_no_other() {
        let path = test_support::repository("docs/formats.md");
        let text = std::fs::read_to_string(path).expect("the document");
        let documented = text.split('`').filter(|word| word.starts_with("tapestat_"));
        let mut names: BTreeSet<_> = COUNTERS.iter().map(|(name, ..)| *name).collect();
        names.extend(["tapestat_drives", "tapestat_requests_in_flight"]);
        assert_eq!(documented.collect::<BTreeSet<_>>(), names);
    }
}
