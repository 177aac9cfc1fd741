//! One path in one report a line, for programs: as JSON or as tab-separated values.

use super::{Report, shown, shown_sums};
use crate::args::Layout;
use crate::rates::{Figures, MapRound, PathRound, Round, Sum};
use crate::topology::Change;
use std::io::{self, Write};
use toolkit::datetime::{self, Stamp, Time};
use toolkit::escape::Escape;
use toolkit::look::Format;
use toolkit::records::{Fixed, Value, json, tsv};

/// What a record says of the report, the path and its place.
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

/// What a record of a sum says in place of that.
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
    layout: &'a Layout,
}

impl<'a> Records<'a> {
    pub(super) fn new(layout: &'a Layout) -> Records<'a> {
        Records { layout }
    }

    fn is_json(&self) -> bool {
        self.layout.look.format == Format::JsonLines
    }

    fn keys(&self) -> impl Iterator<Item = &'static str> {
        let place = if self.layout.by.is_some() { &SUM[..] } else { &PLACE[..] };
        place.iter().chain(&FIGURES).copied()
    }

    fn write(&self, values: Vec<Value<'_>>, out: &mut dyn Write) -> io::Result<()> {
        let mut out = out;
        if !self.is_json() {
            return tsv(&values, Escape::Tty, b'\n', &mut out);
        }
        let pairs: Vec<_> = self.keys().zip(values).collect();
        json(&pairs, &mut out)?;
        out.write_all(b"\n")
    }

    fn path(
        &self,
        time: &[Value<'_>; 2],
        of_map: &MapRound<'_>,
        of_path: &PathRound<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let (map, path) = (of_map.map, of_path.path);
        let mut values = time.to_vec();
        let group = path.manager.group.map_or(Vec::new(), |_| path.group());
        for word in [
            &map.name,
            &map.wwid,
            &map.device.kernel,
            &path.device.kernel,
            &path.hctl,
            &path.ends.host,
            &path.ends.target,
            &path.ends.controller,
            &group,
            &path.manager.priority,
            &path.state,
            &path.access,
            &path.manager.states,
        ] {
            values.push(text(word));
        }
        values.push(mark(of_path));
        values.extend(figures(of_path.figures.as_ref()));
        values.push(percent(of_path.share));
        self.write(values, out)
    }

    fn sum(&self, time: &[Value<'_>; 2], sum: &Sum<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut values = time.to_vec();
        values.push(sum.map.map_or(Value::Null, |map| text(&map.name)));
        values.push(sum.map.map_or(Value::Null, |map| text(&map.wwid)));
        values.extend([text(&sum.name), Value::Number(sum.paths as u64)]);
        values.extend(figures(sum.figures.as_ref()));
        values.push(Value::Null);
        self.write(values, out)
    }

    fn event(time: Value<'_>, change: &Change, mut out: &mut dyn Write) -> io::Result<()> {
        let what = change.what.to_string();
        let path = change.path.as_deref().map_or(Value::Null, Value::Text);
        json(
            &[
                ("time", time),
                ("event", Value::Text(what.as_bytes())),
                ("map", Value::Text(&change.map)),
                ("wwid", Value::Text(&change.wwid)),
                ("path", path),
                ("running", Value::Number(change.running as u64)),
                ("paths", Value::Number(change.paths as u64)),
            ],
            &mut out,
        )?;
        out.write_all(b"\n")
    }
}

/// A word; an empty one is unknown.
pub(super) fn text(word: &[u8]) -> Value<'_> {
    if word.is_empty() { Value::Null } else { Value::Text(word) }
}

/// By what a path is out of line.
pub(super) fn mark<'a>(of_path: &'a PathRound<'_>) -> Value<'a> {
    of_path.mark.as_ref().map_or(Value::Null, |mark| Value::Text(mark.what.as_bytes()))
}

/// The values of [`FIGURES`] but the last.
pub(super) fn figures(figures: Option<&Figures>) -> [Value<'static>; 14] {
    let Some(it) = figures else {
        return [Value::Null; 14];
    };
    let known =
        |value: Option<f64>, decimals| value.map_or(Value::Null, |value| fixed(value, decimals));
    [
        fixed(it.rate(it.reads), 2),
        fixed(it.rate(it.writes), 2),
        fixed(it.rate(it.read_kib), 2),
        fixed(it.rate(it.written_kib), 2),
        fixed(it.await_ms(), 2),
        fixed(it.read_await_ms(), 2),
        fixed(it.write_await_ms(), 2),
        fixed(it.read_size_kib(), 2),
        fixed(it.write_size_kib(), 2),
        known(it.in_flight, 0),
        fixed(it.queue(), 2),
        fixed(it.util_percent(), 2),
        known(it.errors.map(|errors| it.rate(errors)), 2),
        known(it.timeouts.map(|timeouts| it.rate(timeouts)), 2),
    ]
}

/// A part of one as a percentage.
pub(super) fn percent(part: Option<f64>) -> Value<'static> {
    part.map_or(Value::Null, |part| fixed(part * 100.0, 2))
}

/// A figure, rounded as the text report rounds it.
fn fixed(value: f64, decimals: usize) -> Value<'static> {
    let digits: String =
        format!("{value:.decimals$}").chars().filter(char::is_ascii_digit).collect();
    digits.parse().map_or(Value::Null, |scaled| Value::Fixed(Fixed { scaled, decimals, mark: "." }))
}

impl Report for Records<'_> {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.is_json() {
            return Ok(());
        }
        let heads: Vec<_> = self.keys().collect();
        writeln!(out, "{}", heads.join("\t"))
    }

    fn round(&mut self, round: &Round<'_>, out: &mut dyn Write) -> io::Result<()> {
        let iso = round.wall.map(|wall| Stamp::Iso.date_time(wall)).unwrap_or_default();
        let time = match round.wall {
            Some(wall) if self.layout.look.time == Some(Time::Epoch) => {
                Value::Number(datetime::epoch(wall))
            }
            _ => text(iso.as_bytes()),
        };
        if self.is_json() {
            round.changes.iter().try_for_each(|change| Self::event(time, change, out))?;
        }
        let time = [time, fixed(round.seconds, 3)];
        if self.layout.by.is_some() {
            let sums = shown_sums(self.layout, round);
            return sums.iter().try_for_each(|sum| self.sum(&time, sum, out));
        }
        for of_map in shown(self.layout, round) {
            of_map.paths.iter().try_for_each(|path| self.path(&time, of_map, path, out))?;
        }
        Ok(())
    }
}
