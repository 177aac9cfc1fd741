//! One JSON document, of the form that iostat's has: maps in place of disks, paths within maps.

use super::records::{figures, mark, percent, text};
use super::{Report, shown, shown_sums};
use crate::args::Layout;
use crate::rates::{Figures, MapRound, PathRound, Round, Sum};
use crate::topology::Change;
use std::io::{self, Write};
use std::time::SystemTime;
use toolkit::document::Document;
use toolkit::host::Machine;
use toolkit::records::{Value, json};

/// The keys of the figures, iostat's where it has them.
const FIGURES: [&str; 14] = [
    "r/s",
    "w/s",
    "rkB/s",
    "wkB/s",
    "await",
    "r_await",
    "w_await",
    "rareq-sz",
    "wareq-sz",
    "in-flight",
    "aqu-sz",
    "util",
    "err/s",
    "tmo/s",
];

pub(super) struct Json<'a> {
    layout: &'a Layout,
    document: Document,
}

type Pairs<'a> = Vec<(&'static str, Value<'a>)>;

impl<'a> Json<'a> {
    pub(super) fn new(layout: &'a Layout, machine: Machine, wall: SystemTime) -> Json<'a> {
        Json { layout, document: Document::new(machine, wall, layout.look.time) }
    }
}

fn maps<'a, 'b: 'a>(
    maps: impl Iterator<Item = &'a MapRound<'b>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    list("multipath", maps, out, |of_map, out| {
        let mut object = Vec::new();
        json(&map_pairs(of_map), &mut object)?;
        // The paths go into the map's object, before its end.
        out.write_all(object.strip_suffix(b"}").unwrap_or(&object))?;
        let mut separator = &b",\"paths\":["[..];
        for path in &of_map.paths {
            out.write_all(separator)?;
            separator = b",";
            json(&path_pairs(path), &mut &mut *out)?;
        }
        let empty: &[u8] = if of_map.paths.is_empty() { separator } else { b"" };
        out.write_all(empty)?;
        out.write_all(b"]}")
    })
}

/// Writes a member of a report that is a list.
fn list<T>(
    key: &str,
    items: impl Iterator<Item = T>,
    out: &mut dyn Write,
    mut item: impl FnMut(T, &mut dyn Write) -> io::Result<()>,
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

fn with_figures<'a>(mut pairs: Pairs<'a>, of: Option<&Figures>) -> Pairs<'a> {
    pairs.extend(FIGURES.into_iter().zip(figures(of)));
    pairs
}

fn map_pairs<'a>(of_map: &MapRound<'a>) -> Pairs<'a> {
    let map = of_map.map;
    let pairs = vec![
        ("map", text(&map.name)),
        ("wwid", text(&map.wwid)),
        ("device", text(&map.device.kernel)),
        ("iopolicy", text(&map.policy)),
        ("running", Value::Number(map.running() as u64)),
    ];
    with_figures(pairs, of_map.figures.as_ref())
}

fn path_pairs<'a>(of_path: &'a PathRound<'_>) -> Pairs<'a> {
    let path = of_path.path;
    let group = path.manager.group.map_or(Value::Null, |group| Value::Number(group.into()));
    let pairs = vec![
        ("path", text(&path.device.kernel)),
        ("hctl", text(&path.hctl)),
        ("host", text(&path.ends.host)),
        ("target", text(&path.ends.target)),
        ("controller", text(&path.ends.controller)),
        ("group", group),
        ("group-status", text(&path.manager.group_status)),
        ("priority", text(&path.manager.priority)),
        ("state", text(&path.state)),
        ("access", text(&path.access)),
        ("multipathd", text(&path.manager.states)),
        ("mark", mark(of_path)),
    ];
    let mut pairs = with_figures(pairs, of_path.figures.as_ref());
    pairs.push(("share", percent(of_path.share)));
    pairs
}

fn sum_pairs<'a>(sum: &'a Sum<'_>) -> Pairs<'a> {
    let pairs = vec![
        ("sum", text(&sum.name)),
        ("map", sum.map.map_or(Value::Null, |map| text(&map.name))),
        ("paths", Value::Number(sum.paths as u64)),
    ];
    with_figures(pairs, sum.figures.as_ref())
}

fn change(change: &Change, mut out: &mut dyn Write) -> io::Result<()> {
    let what = change.what.to_string();
    let pairs: [(&str, Value<'_>); 5] = [
        ("event", Value::Text(what.as_bytes())),
        ("map", text(&change.map)),
        ("path", change.path.as_deref().map_or(Value::Null, text)),
        ("running", Value::Number(change.running as u64)),
        ("paths", Value::Number(change.paths as u64)),
    ];
    json(&pairs, &mut out)
}

impl Report for Json<'_> {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.document.begin(out)
    }

    fn round(&mut self, round: &Round<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.document.open(round.wall, out)?;
        if !round.changes.is_empty() {
            list("changes", round.changes.iter(), out, change)?;
            writeln!(out, ",")?;
        }
        if self.layout.by.is_some() {
            let sums = shown_sums(self.layout, round);
            list("sums", sums.iter(), out, |sum, mut out| json(&sum_pairs(sum), &mut out))?;
        } else {
            maps(shown(self.layout, round), out)?;
        }
        self.document.close(out)
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.document.end(out)
    }
}
