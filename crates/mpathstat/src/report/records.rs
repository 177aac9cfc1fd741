//! One record per path and interval, for programs: as JSON or as tab-separated values.

use super::cells::value;
use crate::args::Args;
use crate::columns::FIGURES;
use crate::rates::{IntervalRates, MapRates, Mark, PathRates, Sum};
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

/// The key of the last figure, which is unknown of a sum.
const SHARE: &str = "share_pct";

pub(super) struct Records<'a> {
    args: &'a Args,
    is_json: bool,
}

impl<'a> Records<'a> {
    pub(super) fn new(args: &'a Args) -> Records<'a> {
        Records { args, is_json: args.sampling.output.format == Format::JsonLines }
    }

    fn keys(&self) -> impl Iterator<Item = &'static str> {
        let place = if self.args.by.is_empty() { &PLACE[..] } else { &SUM[..] };
        let figures = FIGURES.iter().map(|column| column.record_key);
        place.iter().copied().chain(figures).chain([SHARE])
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
        let marks = marks(&rates.marks);
        values.push(text(&marks));
        values.extend(FIGURES.iter().map(|column| value(column, rates.figures.as_ref())));
        values.push(percent(rates.share_percent));
        self.write(&values, out)
    }

    fn sum(&self, time: &[Value<'_>; 2], sum: &Sum<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut values = time.to_vec();
        values.push(sum.map.map_or(Value::Null, |map| text(&map.name)));
        values.push(sum.map.map_or(Value::Null, |map| text(&map.wwid)));
        values.extend([text(&sum.name), Value::Number(sum.paths as u64)]);
        values.extend(FIGURES.iter().map(|column| value(column, sum.figures.as_ref())));
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
            ("running", Value::Number(change.usable as u64)),
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
