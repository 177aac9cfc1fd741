//! The text report: a head, then each map and below it its paths.
//!
//! ```text
//! Device Name                                  Reads     Writes    KBytesR/S  KBytesW/S  Await
//! mpatha                                       9.00      6.00      248.00     180.00     2.40
//! |- sda                                       0.00      4.00      0.00       156.00     2.00
//! |- sdc                                       3.00      1.00      68.00      16.00      1.25
//! ```

use super::columns::{Column, EXTENDED, Scale, Shown, USUAL, percent};
use super::{Report, shown, shown_sums};
use crate::args::Layout;
use crate::rates::{By, Figures, MapRound, Mark, PathRound, Round, Sum};
use crate::topology::{Change, Path};
use std::io::{self, IsTerminal, Write};
use toolkit::color::{Colors, Role};
use toolkit::datetime::{self, Stamp};
use toolkit::escape::escape_control;

pub(super) struct Text<'a> {
    layout: &'a Layout,
    scale: Scale,
    stamp: Stamp,
    colours: Colors,
}

/// The width of a map's name; a path's is less by that of the mark before it.
const NAME: usize = 43;
const BRANCH: &str = "|- ";

/// The widths of the columns of words that `-x` adds; the last has none.
const WORDS: [(&str, usize); 6] =
    [("%Share", 6), ("HCTL", 12), ("Group", 12), ("State", 17), ("Access", 20), ("Multipathd", 0)];

impl<'a> Text<'a> {
    pub(super) fn new(layout: &'a Layout) -> Text<'a> {
        Text {
            layout,
            scale: Scale::of(layout),
            stamp: Stamp::from_env(),
            colours: Colors::from_env(io::stdout().is_terminal()),
        }
    }

    fn columns(&self) -> impl Iterator<Item = &'static Column> {
        let more = if self.layout.shown.extended { &EXTENDED[..] } else { &[] };
        USUAL.iter().chain(more)
    }

    fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        let what = match self.layout.by {
            None => "Device Name",
            Some(By::Host) => "Host",
            Some(By::Target) => "Target",
            Some(By::Controller) => "Controller",
            Some(By::Group) => "Group",
        };
        write!(out, "{what:<NAME$}")?;
        let mut amounts = self.scale.heads().into_iter();
        for column in self.columns() {
            let head = Some(column.head).filter(|head| !head.is_empty()).or_else(|| amounts.next());
            write!(out, "  {:<width$}", head.unwrap_or_default(), width = column.width)?;
        }
        match (self.layout.shown.extended, self.layout.by) {
            (true, None) => words(&WORDS.map(|(head, _)| head.to_owned()), out)?,
            (true, Some(_)) => write!(out, "  Paths")?,
            (false, _) => {}
        }
        writeln!(out)
    }

    /// The name of a device and its figures.
    fn device(
        &self,
        branch: &str,
        name: &[u8],
        figures: Option<&Figures>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let width = NAME - branch.len();
        write!(out, "{branch}")?;
        self.colours.write(Role::Item, format_args!("{:<width$}", escape_control(name)), out)?;
        for column in self.columns() {
            let shown = figures.and_then(|figures| (column.show)(figures, self.scale));
            self.figure(&shown.unwrap_or_else(Shown::unknown), column.width, out)?;
        }
        Ok(())
    }

    fn figure(&self, shown: &Shown, width: usize, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "  ")?;
        self.colours.write(shown.hue, format_args!("{:<width$}", shown.text), out)
    }

    fn map(&self, of_map: &MapRound<'_>, out: &mut dyn Write) -> io::Result<()> {
        let map = of_map.map;
        self.device("", &map.name, of_map.figures.as_ref(), out)?;
        if self.layout.shown.extended {
            let running = format!("{}/{} running", map.running(), map.paths.len());
            let policy = escape_control(&map.policy);
            words(&["-".into(), "-".into(), "-".into(), running, policy, String::new()], out)?;
        }
        writeln!(out)?;
        of_map.paths.iter().try_for_each(|path| self.path(path, out))
    }

    fn path(&self, of_path: &PathRound<'_>, out: &mut dyn Write) -> io::Result<()> {
        let path = of_path.path;
        self.device(BRANCH, &path.device.kernel, of_path.figures.as_ref(), out)?;
        if self.layout.shown.extended {
            let share = of_path.share.and_then(|share| percent(share * 100.0));
            words(&path_words(path, share.unwrap_or_else(Shown::unknown)), out)?;
        }
        if let Some(mark) = &of_path.mark {
            write!(out, "  {}", arrow(mark))?;
        }
        writeln!(out)
    }

    fn sum(&self, sum: &Sum<'_>, out: &mut dyn Write) -> io::Result<()> {
        let name = match sum.map {
            Some(map) => [&map.name[..], b" ", &sum.name].concat(),
            None => sum.name.clone(),
        };
        self.device("", &name, sum.figures.as_ref(), out)?;
        if self.layout.shown.extended {
            write!(out, "  {}", sum.paths)?;
        }
        writeln!(out)
    }
}

/// The words that `-x` shows of a path.
fn path_words(path: &Path, share: Shown) -> [String; 6] {
    let hctl = if path.hctl.is_empty() { &path.ends.controller } else { &path.hctl };
    let group = path.manager.group.map_or(Vec::new(), |_| path.group());
    let known = [hctl, &group, &path.state, &path.access, &path.manager.states];
    let [hctl, group, state, access, states] = known.map(|word| printable_or_dash(word));
    [share.text, hctl, group, state, access, states]
}

/// Writes the columns of words; the last without blanks behind it.
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
    let (map, what) =
        (escape_control(&change.map), escape_control(change.what.to_string().as_bytes()));
    format!("{map}: {subject} {what} ({}/{} running)", change.running, change.paths)
}

/// How a path is out of line, as the text report has it.
fn arrow(mark: &Mark) -> String {
    format!("<- {} {:.2} x {}", mark.what, mark.times, escape_control(&mark.sibling))
}

fn printable_or_dash(word: &[u8]) -> String {
    if word.is_empty() { "-".to_owned() } else { escape_control(word) }
}

impl Report for Text<'_> {
    fn round(&mut self, round: &Round<'_>, out: &mut dyn Write) -> io::Result<()> {
        if let Some((time, wall)) = self.layout.look.time.zip(round.wall) {
            writeln!(out, "{}", self.stamp.time(time, wall))?;
        }
        for change in &round.changes {
            let clock = round.wall.map(datetime::clock).unwrap_or_default();
            writeln!(out, "# {clock} {}", clause(change))?;
        }
        self.head(out)?;
        if self.layout.by.is_some() {
            return shown_sums(self.layout, round).iter().try_for_each(|sum| self.sum(sum, out));
        }
        shown(self.layout, round).try_for_each(|of_map| self.map(of_map, out))
    }
}
