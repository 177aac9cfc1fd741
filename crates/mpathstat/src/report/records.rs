//! One record per path and interval, for programs: as JSON or as tab-separated values.

use super::cells::value;
use crate::args::Args;
use crate::columns::{FIGURES, FigureColumn};
use crate::counters::COUNTERS;
use crate::rates::{Figures, IntervalRates, MapRates, Mark, PathRates, Sum};
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

/// The keys that follow the figures of sums.
const USABLE: [&str; 2] = ["usable", "mark"];

/// The key of the share, which is unknown of a sum.
const SHARE: &str = "share_pct";

/// The figures that follow the share.
const MORE_FIGURES: [&str; 7] = [
    "kb_per_io",
    "discards_per_s",
    "discard_await_ms",
    "flushes_per_s",
    "flush_await_ms",
    "retries_per_s",
    "failovers_per_s",
];

/// The keys that follow the figures of maps and paths, and precede the counters.
const KIND: [&str; 3] = ["kind", "usable", "paths"];

pub(super) struct Records<'a> {
    args: &'a Args,
    is_json: bool,
}

/// The figures before the share, and those after it.
fn figures(is_more: bool) -> impl Iterator<Item = &'static FigureColumn> {
    FIGURES.iter().filter(move |column| MORE_FIGURES.contains(&column.record_key) == is_more)
}

impl<'a> Records<'a> {
    pub(super) fn new(args: &'a Args) -> Records<'a> {
        Records { args, is_json: args.sampling.output.format == Format::JsonLines }
    }

    fn keys(&self) -> Vec<&'static str> {
        let has_sums = !self.args.by.is_empty();
        let place = if has_sums { &SUM[..] } else { &PLACE[..] };
        let mut keys = place.to_vec();
        keys.extend(figures(false).map(|column| column.record_key));
        keys.push(SHARE);
        keys.extend(figures(true).map(|column| column.record_key));
        if has_sums {
            keys.extend(USABLE);
        } else {
            keys.extend(KIND);
            keys.extend(COUNTERS.iter().map(|counter| counter.record_key));
        }
        keys
    }

    fn write(&self, values: &[Value<'_>], mut out: &mut dyn Write) -> io::Result<()> {
        if !self.is_json {
            return tsv(values, Escape::Tty, b'\n', &mut out);
        }
        let pairs: Vec<_> = self.keys().into_iter().zip(values.iter().copied()).collect();
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
        let marks = marks(&rates.marks);
        values.push(text(&marks));
        add_figures(rates.figures.as_ref(), percent(rates.share_percent), &mut values);
        values.push(Value::Text(b"path"));
        values.push(Value::Number(u64::from(path.is_usable())));
        values.push(Value::Null);
        values.extend(COUNTERS.iter().map(|counter| counter.raw(rates.reading)));
        self.write(&values, out)
    }

    fn map(
        &self,
        time: &[Value<'_>; 2],
        rates: &MapRates<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let map = rates.map;
        let names = [&map.name, &map.wwid, &map.device.kernel];
        let mut values = time.to_vec();
        values.extend(names.map(|word| text(word)));
        // What follows, up to the mark, are the attributes of a path.
        values.resize(PLACE.len() - 1, Value::Null);
        let marks = marks(&rates.marks);
        values.push(text(&marks));
        add_figures(rates.figures.as_ref(), Value::Null, &mut values);
        values.push(Value::Text(b"map"));
        values.push(Value::Number(map.usable() as u64));
        values.push(Value::Number(map.paths.len() as u64));
        values.extend(COUNTERS.iter().map(|counter| counter.raw(rates.reading)));
        self.write(&values, out)
    }

    fn sum(&self, time: &[Value<'_>; 2], sum: &Sum<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut values = time.to_vec();
        values.push(sum.map.map_or(Value::Null, |map| text(&map.name)));
        values.push(sum.map.map_or(Value::Null, |map| text(&map.wwid)));
        values.extend([text(&sum.name), Value::Number(sum.paths as u64)]);
        add_figures(sum.figures.as_ref(), Value::Null, &mut values);
        let marks = marks(&sum.marks);
        values.extend([Value::Number(sum.usable as u64), text(&marks)]);
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
            ("running", Value::Number(change.usable as u64)),
            ("paths", Value::Number(change.paths as u64)),
        ];
        json(&pairs, &mut out)?;
        out.write_all(b"\n")
    }
}

/// Adds figures in the order of their keys.
fn add_figures(own: Option<&Figures>, share: Value<'static>, values: &mut Vec<Value<'_>>) {
    values.extend(figures(false).map(|column| value(column, own)));
    values.push(share);
    values.extend(figures(true).map(|column| value(column, own)));
}

/// A word; an empty one is unknown.
pub(super) fn text(word: &[u8]) -> Value<'_> {
    if word.is_empty() { Value::Null } else { Value::Text(word) }
}

/// The words for marks, with commas between them.
pub(super) fn marks(marks: &[Mark]) -> Vec<u8> {
    marks.iter().map(Mark::key).collect::<Vec<_>>().join(",").into_bytes()
}

/// A percentage, if known.
pub(super) fn percent(value: Option<f64>) -> Value<'static> {
    value.map_or(Value::Null, |value| Value::Float(value, 2))
}

impl Report<IntervalRates<'_>> for Records<'_> {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.is_json || self.args.sampling.output.no_heading {
            return Ok(());
        }
        writeln!(out, "{}", self.keys().join("\t"))
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
        for rates in &rates.maps {
            self.map(&time, rates, out)?;
            rates.paths.iter().try_for_each(|path| self.path(&time, rates.map, path, out))?;
        }
        Ok(())
    }
}
