//! Metrics in the text format of Prometheus, version 0.0.4.
//!
//! ```text
//! # HELP tape_read_bytes_total Bytes read since the drive was added.
//! # TYPE tape_read_bytes_total counter
//! tape_read_bytes_total{drive="st0"} 4096
//! ```
//!
//! Source: "Exposition formats" in the documentation of Prometheus. There are no time stamps, because
//! the textfile collector of `node_exporter` refuses them.

use super::{Value, write_number};
use crate::escape::escape_control;
use std::io::{self, Write};

/// A metric: its name, its kind, and what it counts.
///
/// Names follow the rules that `promtool check metrics` enforces: base units, and `_total` at the end
/// of a counter and of nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Metric<'a> {
    /// The name, such as `tape_read_bytes_total`.
    pub name: &'a str,
    /// One sentence.
    pub help: &'a str,
    /// Counter or gauge.
    pub kind: MetricKind,
}

/// The kind of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// It only increases, until it is reset.
    Counter,
    /// It increases and decreases.
    Gauge,
}

/// The labels of a sample: names and values. A value can be any bytes.
pub type Labels<'a> = [(&'a str, &'a [u8])];

impl Metric<'_> {
    /// Writes the metric with its samples. Samples whose value is unknown are left out, and so is a
    /// metric without samples.
    ///
    /// ```
    /// use toolkit::records::{Metric, MetricKind, Value};
    ///
    /// let help = "Requests in flight.";
    /// let metric = Metric { name: "tape_requests", help, kind: MetricKind::Gauge };
    /// let (labels, mut out) = ([("drive", &b"st0"[..])], Vec::new());
    /// metric.write([(&labels[..], Value::Number(1))], &mut out)?;
    /// assert!(out.ends_with(b"# TYPE tape_requests gauge\ntape_requests{drive=\"st0\"} 1\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write<'l>(
        &self,
        samples: impl IntoIterator<Item = (&'l Labels<'l>, Value<'l>)>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let mut has_head = false;
        for (labels, value) in samples {
            let mut number = Vec::new();
            write_number(value, b"", &mut number)?;
            if number.is_empty() {
                continue;
            }
            if !has_head {
                self.write_head(out)?;
                has_head = true;
            }
            out.write_all(self.name.as_bytes())?;
            write_labels(labels, out)?;
            out.write_all(b" ")?;
            out.write_all(&number)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn write_head(&self, out: &mut impl Write) -> io::Result<()> {
        let Metric { name, help, kind } = self;
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        let kind = match kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
        };
        writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
    }
}

/// Writes labels. Control characters and bytes that are not UTF-8 become the text of a backslash and
/// three octal digits.
fn write_labels(labels: &Labels<'_>, out: &mut impl Write) -> io::Result<()> {
    for (index, (name, value)) in labels.iter().enumerate() {
        let value = escape_control(value).replace('\\', "\\\\").replace('"', "\\\"");
        write!(out, "{}{name}=\"{value}\"", if index == 0 { "{" } else { "," })?;
    }
    if labels.is_empty() { Ok(()) } else { out.write_all(b"}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Fixed;

    #[test]
    fn a_label_holds_any_bytes_and_cannot_forge_a_sample() {
        let labels = [("drive", &b"a\"} 1\nx{y=\"\\\xff\x1b"[..]), ("name", b"")];
        let metric =
            Metric { name: "m_total", help: "One\nof \\ them.", kind: MetricKind::Counter };
        let seconds = Value::Fixed(Fixed { scaled: 1_500_000_000, decimals: 9, mark: "." });
        let mut out = Vec::new();
        metric.write([(&labels[..], seconds), (&[], Value::Number(2))], &mut out).unwrap();
        let expected = "# HELP m_total One\\nof \\\\ them.\n# TYPE m_total counter\n\
            m_total{drive=\"a\\\"} 1\\\\012x{y=\\\"\\\\\\\\377\\\\033\",name=\"\"} 1.500000000\n\
            m_total 2\n";
        assert_eq!(String::from_utf8(out).as_deref(), Ok(expected));
    }

    #[test]
    fn an_unknown_value_is_no_sample() {
        let metric = Metric { name: "m", help: "None.", kind: MetricKind::Gauge };
        let mut out = Vec::new();
        metric.write([(&[][..], Value::Null), (&[], Value::Float(f64::NAN, 1))], &mut out).unwrap();
        assert_eq!(out, b"");
    }
}
