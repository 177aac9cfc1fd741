//! The text report: a line of headings, then each map and its paths below it.
//!
//! ```text
//! Device Name                                  Reads     Writes    KBytesR/S  KBytesW/S  Await
//! mpatha                                       9.00      6.00      248.00     180.00     2.40
//! |- sda                                       0.00      4.00      0.00       156.00     2.00
//! |- sdc                                       3.00      1.00      68.00      16.00      1.25
//! ```

use super::columns::{Cell, Scale, text_columns};
use crate::args::Args;
use crate::rates::{By, Figures, IntervalRates, MapRates, Mark, PathRates, Sum};
use crate::topology::{Change, Endpoints, Map, Path};
use std::io::{self, IsTerminal, Write};
use toolkit::color::{Colors, Role};
use toolkit::datetime::{self, DateTimeFormat};
use toolkit::escape::escape_control;
use toolkit::sampling::Report;

pub(super) struct Text<'a> {
    args: &'a Args,
    scale: Scale,
    format: DateTimeFormat,
    colors: Colors,
}

/// The width of the name of a map, or of a path and the branch before it.
const NAME: usize = 43;
const BRANCH: &str = "|- ";

/// The headings and widths of the columns of words that `-x` adds. The last one has no width.
const WORDS: [(&str, usize); 6] =
    [("%Share", 6), ("HCTL", 12), ("Group", 12), ("State", 17), ("Access", 20), ("Multipathd", 0)];

impl<'a> Text<'a> {
    pub(super) fn new(args: &'a Args) -> Text<'a> {
        Text {
            args,
            scale: Scale::new(&args.sampling.output),
            format: DateTimeFormat::from_env(),
            colors: Colors::from_env(io::stdout().is_terminal()),
        }
    }

    fn headings(&self, out: &mut dyn Write) -> io::Result<()> {
        let name = match self.args.by {
            None => "Device Name",
            Some(By::Host) => "Host",
            Some(By::Target) => "Target",
            Some(By::Controller) => "Controller",
            Some(By::Group) => "Group",
        };
        write!(out, "{name:<NAME$}")?;
        let mut amounts = self.scale.headings().into_iter();
        for column in text_columns(self.args.columns.extended) {
            let own = Some(column.heading).filter(|heading| !heading.is_empty());
            let heading = own.or_else(|| amounts.next()).unwrap_or_default();
            write!(out, "  {heading:<width$}", width = column.width)?;
        }
        match (self.args.columns.extended, self.args.by) {
            (true, None) => words(&WORDS.map(|(heading, _)| heading.to_owned()), out)?,
            (true, Some(_)) => write!(out, "  Paths")?,
            (false, _) => {}
        }
        writeln!(out)
    }

    /// Writes the name of a device and its figures.
    fn device(
        &self,
        branch: &str,
        name: &[u8],
        figures: Option<&Figures>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let width = NAME - branch.len();
        write!(out, "{branch}")?;
        self.colors.write(Role::Item, format_args!("{:<width$}", escape_control(name)), out)?;
        for column in text_columns(self.args.columns.extended) {
            let Cell { text, role } = column.cell(figures, self.scale);
            write!(out, "  ")?;
            self.colors.write(role, format_args!("{text:<width$}", width = column.width), out)?;
        }
        Ok(())
    }

    fn map(&self, rates: &MapRates<'_>, out: &mut dyn Write) -> io::Result<()> {
        let map = rates.map;
        self.device("", &map.name, rates.figures.as_ref(), out)?;
        let passive = passive(map);
        if self.args.columns.extended {
            let usable = format!("{}/{} running{passive}", map.usable(), map.paths.len());
            let policy = escape_control(&map.policy);
            words(&["-".into(), "-".into(), "-".into(), usable, policy, String::new()], out)?;
        }
        self.usable(map.usable(), map.paths.len(), &passive, out)?;
        self.marks(&rates.marks, None, out)?;
        writeln!(out)?;
        rates.paths.iter().try_for_each(|path| self.path(path, out))
    }

    fn path(&self, rates: &PathRates<'_>, out: &mut dyn Write) -> io::Result<()> {
        let path = rates.path;
        self.device(BRANCH, &path.device.kernel, rates.figures.as_ref(), out)?;
        if self.args.columns.extended {
            let share = Cell::percent(rates.share_percent);
            words(&path_words(path, share), out)?;
        }
        self.marks(&rates.marks, Some(&path.endpoints), out)?;
        writeln!(out)
    }

    fn sum(&self, sum: &Sum<'_>, out: &mut dyn Write) -> io::Result<()> {
        let name = match sum.map {
            Some(map) => [&map.name[..], b" ", &sum.name].concat(),
            None => sum.name.clone(),
        };
        self.device("", &name, sum.figures.as_ref(), out)?;
        if self.args.columns.extended {
            write!(out, "  {}", sum.paths)?;
        }
        self.usable(sum.usable, sum.paths, "", out)?;
        self.marks(&sum.marks, None, out)?;
        writeln!(out)
    }

    /// Writes how many paths can carry I/O: `3/4`, if `-i` asks for it.
    fn usable(
        &self,
        usable: usize,
        paths: usize,
        passive: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if !self.args.columns.outliers {
            return Ok(());
        }
        let role = if usable == 0 { Role::Alarm } else { Role::Value };
        write!(out, "  ")?;
        self.colors.write(role, format_args!("{usable}/{paths}{passive}"), out)
    }

    /// Writes marks, and the place of a path, so that the next step is known.
    fn marks(
        &self,
        marks: &[Mark],
        place: Option<&Endpoints>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if marks.is_empty() {
            return Ok(());
        }
        let mut phrases: Vec<_> = marks.iter().map(phrase).collect();
        if let (Some(first), Some(place)) = (phrases.first_mut(), place) {
            first.push_str(&place_of_path(place));
        }
        write!(out, "  ")?;
        self.colors.write(Role::Alarm, format_args!("<- {}", phrases.join(", ")), out)
    }
}

/// The words that `-x` shows for a path.
fn path_words(path: &Path, share: Cell) -> [String; 6] {
    let hctl = if path.hctl.is_empty() { &path.endpoints.controller } else { &path.hctl };
    let group = path.multipathd.group.map_or(Vec::new(), |_| path.group());
    let known = [hctl, &group, &path.state, &path.access, &path.multipathd.states];
    let [hctl, group, state, access, states] = known.map(|word| escaped_or_dash(word));
    [share.text, hctl, group, state, access, states]
}

/// Writes the columns of words, without trailing spaces.
fn words(words: &[String; 6], out: &mut dyn Write) -> io::Result<()> {
    let last = words.iter().rposition(|word| !word.is_empty()).unwrap_or(0);
    for (at, (word, (_, width))) in words.iter().zip(WORDS).enumerate().take(last + 1) {
        let width = if at == last { 0 } else { width };
        write!(out, "  {word:<width$}")?;
    }
    Ok(())
}

/// A change: `mpathb: path sdd offline (3/4 running)`.
fn clause(change: &Change) -> String {
    let subject = match &change.path {
        Some(path) => format!("path {}", escape_control(path)),
        None => "map".to_owned(),
    };
    let (map, kind) =
        (escape_control(&change.map), escape_control(change.kind.to_string().as_bytes()));
    format!("{map}: {subject} {kind} ({}/{} running)", change.usable, change.paths)
}

/// What is wrong: `await 12.50 x sda`.
fn phrase(mark: &Mark) -> String {
    match mark {
        Mark::State(state) => escape_control(state),
        Mark::Stuck(count) => format!("stuck {count:.0} in flight"),
        Mark::NoPath(0.0) => "no path".to_owned(),
        Mark::NoPath(count) => format!("no path, {count:.0} queued"),
        Mark::Bypass => "not through the map".to_owned(),
        Mark::Await { times, sibling } => format!("await {times:.2} x {}", escape_control(sibling)),
        Mark::Share { times, sibling } => format!("share {times:.2} x {}", escape_control(sibling)),
        Mark::Errors(rate) => format!("errors {rate:.2}/s"),
        Mark::Timeouts(rate) => format!("timeouts {rate:.2}/s"),
    }
}

/// The host and the target of a path, as far as they are known: ` (host2, 0x500a0980c0ffee01)`.
fn place_of_path(endpoints: &Endpoints) -> String {
    let Endpoints { host, target, .. } = endpoints;
    let mut names = vec![host, target];
    names.dedup();
    names.retain(|name| !name.is_empty() && name.as_slice() != b"-");
    let names: Vec<_> = names.into_iter().map(|name| escape_control(name)).collect();
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
}

/// The paths on which an array does not want I/O: ` (2 standby)`; empty if there is none.
fn passive(map: &Map) -> String {
    let states = map.passive();
    let states = states.iter().map(|(state, count)| format!("{count} {}", escape_control(state)));
    let states = states.collect::<Vec<_>>().join(", ");
    if states.is_empty() { states } else { format!(" ({states})") }
}

fn escaped_or_dash(word: &[u8]) -> String {
    if word.is_empty() { "-".to_owned() } else { escape_control(word) }
}

impl Report<IntervalRates<'_>> for Text<'_> {
    fn interval(&mut self, rates: &IntervalRates<'_>, out: &mut dyn Write) -> io::Result<()> {
        if let Some((time, wall)) = self.args.sampling.output.time.zip(rates.wall) {
            writeln!(out, "{}", self.format.time(time, wall))?;
        }
        for change in &rates.changes {
            let clock = rates.wall.map(datetime::clock).unwrap_or_default();
            writeln!(out, "# {clock} {}", clause(change))?;
        }
        self.headings(out)?;
        match &rates.sums {
            Some(sums) => sums.iter().try_for_each(|sum| self.sum(sum, out)),
            None => rates.maps.iter().try_for_each(|map| self.map(map, out)),
        }
    }
}
