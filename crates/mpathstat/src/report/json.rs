//! One JSON document with the layout of iostat's: maps instead of disks, and paths within maps.

use super::cells::value;
use super::records::{marks, percent, text};
use crate::args::Args;
use crate::columns::FIGURES;
use crate::rates::{Figures, IntervalRates, MapRates, PathRates, Sum};
use crate::topology::Change;
use std::io::{self, Write};
use std::time::SystemTime;
use toolkit::records::{Value, json};
use toolkit::sampling::{HostInfo, Report};
use toolkit::sysstat_json::Document;

pub(super) struct Json {
    document: Document,
}

type Pairs<'a> = Vec<(&'static str, Value<'a>)>;

impl Json {
    pub(super) fn new(args: &Args, host: HostInfo, wall: Option<SystemTime>) -> Json {
        Json { document: Document::new(host, wall, args.sampling.output.time) }
    }
}

/// Writes a member of a report that is a list.
fn list<T>(
    key: &str,
    items: &[T],
    out: &mut dyn Write,
    mut item: impl FnMut(&T, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    write!(out, "\t\t\t\t\t\"{key}\": [")?;
    let mut separator = "\n";
    for value in items {
        write!(out, "{separator}\t\t\t\t\t\t")?;
        separator = ",\n";
        item(value, out)?;
    }
    write!(out, "\n\t\t\t\t\t]")
}

fn map(rates: &MapRates<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut object = Vec::new();
    json(&map_pairs(rates, &marks(&rates.marks)), &mut object)?;
    // The list of paths is the last member of the object.
    out.write_all(object.strip_suffix(b"}").unwrap_or(&object))?;
    out.write_all(b",\"paths\":[")?;
    for (index, path) in rates.paths.iter().enumerate() {
        out.write_all(if index > 0 { b"," } else { b"" })?;
        json(&path_pairs(path, &marks(&path.marks)), &mut &mut *out)?;
    }
    out.write_all(b"]}")
}

fn with_figures<'a>(mut pairs: Pairs<'a>, figures: Option<&Figures>) -> Pairs<'a> {
    pairs.extend(FIGURES.iter().map(|column| (column.json_key, value(column, figures))));
    pairs
}

fn map_pairs<'a>(rates: &MapRates<'a>, marks: &'a [u8]) -> Pairs<'a> {
    let map = rates.map;
    let pairs = vec![
        ("map", text(&map.name)),
        ("wwid", text(&map.wwid)),
        ("device", text(&map.device.kernel)),
        ("iopolicy", text(&map.policy)),
        ("running", Value::Number(map.usable() as u64)),
        ("mark", text(marks)),
    ];
    with_figures(pairs, rates.figures.as_ref())
}

fn path_pairs<'a>(rates: &'a PathRates<'_>, marks: &'a [u8]) -> Pairs<'a> {
    let path = rates.path;
    let group = path.multipathd.group.map_or(Value::Null, |group| Value::Number(group.into()));
    let pairs = vec![
        ("path", text(&path.device.kernel)),
        ("hctl", text(&path.hctl)),
        ("host", text(&path.endpoints.host)),
        ("target", text(&path.endpoints.target)),
        ("controller", text(&path.endpoints.controller)),
        ("group", group),
        ("group-status", text(&path.multipathd.group_status)),
        ("priority", text(&path.multipathd.priority)),
        ("state", text(&path.state)),
        ("access", text(&path.access)),
        ("multipathd", text(&path.multipathd.states)),
        ("mark", text(marks)),
    ];
    let mut pairs = with_figures(pairs, rates.figures.as_ref());
    pairs.push(("share", percent(rates.share_percent)));
    pairs
}

fn sum_pairs<'a>(sum: &'a Sum<'_>, marks: &'a [u8]) -> Pairs<'a> {
    let pairs = vec![
        ("sum", text(&sum.name)),
        ("map", sum.map.map_or(Value::Null, |map| text(&map.name))),
        ("paths", Value::Number(sum.paths as u64)),
        ("running", Value::Number(sum.usable as u64)),
        ("mark", text(marks)),
    ];
    with_figures(pairs, sum.figures.as_ref())
}

fn change(change: &Change, mut out: &mut dyn Write) -> io::Result<()> {
    let event = change.kind.to_string();
    let pairs: [(&str, Value<'_>); 5] = [
        ("event", Value::Text(event.as_bytes())),
        ("map", text(&change.map)),
        ("path", change.path.as_deref().map_or(Value::Null, text)),
        ("running", Value::Number(change.usable as u64)),
        ("paths", Value::Number(change.paths as u64)),
    ];
    json(&pairs, &mut out)
}

impl Report<IntervalRates<'_>> for Json {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.document.begin(out)
    }

    fn interval(&mut self, rates: &IntervalRates<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.document.begin_report(rates.wall, out)?;
        if !rates.changes.is_empty() {
            list("changes", &rates.changes, out, change)?;
            writeln!(out, ",")?;
        }
        match &rates.sums {
            Some(sums) => {
                list("sums", sums, out, |sum, mut out| {
                    json(&sum_pairs(sum, &marks(&sum.marks)), &mut out)
                })?;
            }
            None => list("multipath", &rates.maps, out, map)?,
        }
        self.document.end_report(out)
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.document.end(out)
    }
}
