//! Metrics in the text format of Prometheus: the counters of each drive.

use crate::args::Args;
use crate::rates::{IntervalRates, Row};
use crate::sample::Counters;
use std::io::{self, Write};
use toolkit::records::{Fixed, Metric, MetricKind, Value};
use toolkit::sampling::Report;

pub(super) struct Metrics {
    has_names: bool,
}

/// A metric of a drive: name, help, and the value.
type DriveMetric = (&'static str, &'static str, fn(&Counters) -> Value<'static>);

const COUNTERS: [DriveMetric; 9] = [
    ("tapestat_reads_total", "Reads completed.", |done| Value::Number(done.reads)),
    ("tapestat_writes_total", "Writes completed.", |done| Value::Number(done.writes)),
    (
        "tapestat_other_operations_total",
        "Operations completed that neither read nor write.",
        |done| Value::Number(done.others),
    ),
    (
        "tapestat_residuals_total",
        "Reads and writes that transferred less than requested.",
        |done| Value::Number(done.residuals),
    ),
    ("tapestat_read_bytes_total", "Bytes read.", |done| Value::Number(done.read_bytes)),
    ("tapestat_written_bytes_total", "Bytes written.", |done| Value::Number(done.write_bytes)),
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

/// Exactly the nanoseconds of a counter.
fn seconds(ns: u64) -> Value<'static> {
    Value::Fixed(Fixed { scaled: ns, decimals: 9, mark: "." })
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
        let mut labels = vec![("drive", row.kernel().as_bytes())];
        if self.has_names {
            labels.push(("name", row.name().as_bytes()));
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
