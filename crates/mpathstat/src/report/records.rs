//! One record per path and interval, for programs: as JSON or as tab-separated values.

use crate::args::Args;
use crate::rates::{Figures, IntervalRates, MapRates, PathRates, Sum};
use crate::topology::{Change, Map};
use std::io::{self, Write};
use toolkit::datetime::{self, DateTimeFormat, TimeFormat};
use toolkit::escape::Escape;
use toolkit::records::{Value, json, tsv};
use toolkit::sampling::{Format, Report};

/// The keys of the interval, the path and its place.
const PLACE: [&str; 16] = [
    "time",
    "seconds",
    "map",
    "wwid",
    "device",
    "path",
    "hctl",
    "host",
    "target",
    "controller",
    "group",
    "priority",
    "state",
    "access",
    "multipathd",
    "mark",
];

/// The keys of the interval and the sum.
const SUM: [&str; 6] = ["time", "seconds", "map", "wwid", "sum", "paths"];

/// The keys of the figures.
const FIGURES: [&str; 15] = [
    "reads_per_s",
    "writes_per_s",
    "read_kb_per_s",
    "written_kb_per_s",
    "await_ms",
    "read_await_ms",
    "write_await_ms",
    "kb_per_read",
    "kb_per_write",
    "in_flight",
    "queue",
    "util_pct",
    "errors_per_s",
    "timeouts_per_s",
    "share_pct",
];

pub(super) struct Records<'a> {
    args: &'a Args,
    is_json: bool,
}

impl<'a> Records<'a> {
    pub(super) fn new(args: &'a Args) -> Records<'a> {
        Records { args, is_json: args.sampling.output.format == Format::JsonLines }
    }

    fn keys(&self) -> impl Iterator<Item = &'static str> {
        let place = if self.args.by.is_some() { &SUM[..] } else { &PLACE[..] };
        place.iter().chain(&FIGURES).copied()
    }

    fn write(&self, values: &[Value<'_>], mut out: &mut dyn Write) -> io::Result<()> {
        if !self.is_json {
            return tsv(values, Escape::Tty, b'\n', &mut out);
        }
        let pairs: Vec<_> = self.keys().zip(values.iter().copied()).collect();
        json(&pairs, &mut out)?;
        out.write_all(b"\n")
    }

    fn path(
        &self,
        time: &[Value<'_>; 2],
        map: &Map,
        rates: &PathRates<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let path = rates.path;
        let group = path.multipathd.group.map_or(Vec::new(), |_| path.group());
        let words = [
            &map.name,
            &map.wwid,
            &map.device.kernel,
            &path.device.kernel,
            &path.hctl,
            &path.endpoints.host,
            &path.endpoints.target,
            &path.endpoints.controller,
            &group,
            &path.multipathd.priority,
            &path.state,
            &path.access,
            &path.multipathd.states,
        ];
        let mut values = time.to_vec();
        values.extend(words.map(|word| text(word)));
        values.push(mark(rates));
        values.extend(figures(rates.figures.as_ref()));
        values.push(percent(rates.share_percent));
        self.write(&values, out)
    }

    fn sum(&self, time: &[Value<'_>; 2], sum: &Sum<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut values = time.to_vec();
        values.push(sum.map.map_or(Value::Null, |map| text(&map.name)));
        values.push(sum.map.map_or(Value::Null, |map| text(&map.wwid)));
        values.extend([text(&sum.name), Value::Number(sum.paths as u64)]);
        values.extend(figures(sum.figures.as_ref()));
        values.push(Value::Null);
        self.write(&values, out)
    }

    fn change(time: Value<'_>, change: &Change, mut out: &mut dyn Write) -> io::Result<()> {
        let event = change.kind.to_string();
        let pairs = [
            ("time", time),
            ("event", Value::Text(event.as_bytes())),
            ("map", Value::Text(&change.map)),
            ("wwid", Value::Text(&change.wwid)),
            ("path", change.path.as_deref().map_or(Value::Null, Value::Text)),
            ("running", Value::Number(change.running as u64)),
            ("paths", Value::Number(change.paths as u64)),
        ];
        json(&pairs, &mut out)?;
        out.write_all(b"\n")
    }
}

/// A word; an empty one is unknown.
pub(super) fn text(word: &[u8]) -> Value<'_> {
    if word.is_empty() { Value::Null } else { Value::Text(word) }
}

/// The figure by which a path is out of line.
pub(super) fn mark<'a>(rates: &'a PathRates<'_>) -> Value<'a> {
    rates.mark.as_ref().map_or(Value::Null, |mark| Value::Text(mark.what.as_bytes()))
}

/// The values of [`FIGURES`], except for the last.
pub(super) fn figures(figures: Option<&Figures>) -> [Value<'static>; 14] {
    let Some(it) = figures else {
        return [Value::Null; 14];
    };
    let known =
        |value: Option<f64>, decimals| value.map_or(Value::Null, |it| Value::Float(it, decimals));
    [
        Value::Float(it.rate(it.reads), 2),
        Value::Float(it.rate(it.writes), 2),
        Value::Float(it.rate(it.read_kib), 2),
        Value::Float(it.rate(it.written_kib), 2),
        Value::Float(it.await_ms(), 2),
        Value::Float(it.read_await_ms(), 2),
        Value::Float(it.write_await_ms(), 2),
        Value::Float(it.read_size_kib(), 2),
        Value::Float(it.write_size_kib(), 2),
        known(it.in_flight, 0),
        Value::Float(it.queue(), 2),
        Value::Float(it.util_percent(), 2),
        known(it.errors.map(|errors| it.rate(errors)), 2),
        known(it.timeouts.map(|timeouts| it.rate(timeouts)), 2),
    ]
}

/// A percentage, if known.
pub(super) fn percent(value: Option<f64>) -> Value<'static> {
    value.map_or(Value::Null, |value| Value::Float(value, 2))
}

impl Report<IntervalRates<'_>> for Records<'_> {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.is_json {
            return Ok(());
        }
        writeln!(out, "{}", self.keys().collect::<Vec<_>>().join("\t"))
    }

    fn interval(&mut self, rates: &IntervalRates<'_>, out: &mut dyn Write) -> io::Result<()> {
        let iso = rates.wall.map(|wall| DateTimeFormat::Iso.date_time(wall)).unwrap_or_default();
        let time = match rates.wall {
            Some(wall) if self.args.sampling.output.time == Some(TimeFormat::Epoch) => {
                Value::Number(datetime::epoch(wall))
            }
            _ => text(iso.as_bytes()),
        };
        if self.is_json {
            rates.changes.iter().try_for_each(|change| Self::change(time, change, out))?;
        }
        let time = [time, Value::Float(rates.seconds, 3)];
        if let Some(sums) = &rates.sums {
            return sums.iter().try_for_each(|sum| self.sum(&time, sum, out));
        }
        for MapRates { map, paths, .. } in &rates.maps {
            paths.iter().try_for_each(|path| self.path(&time, map, path, out))?;
        }
        Ok(())
    }
}
