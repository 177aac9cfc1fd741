//! The text report: a line of headings, then each map and its paths below it.
//!
//! ```text
//! Device Name                                  Reads     Writes    KBytesR/S  KBytesW/S  Await
//! mpatha                                       9.00      6.00      248.00     180.00     2.40
//! |- sda                                       0.00      4.00      0.00       156.00     2.00
//! |- sdc                                       3.00      1.00      68.00      16.00      1.25
//! ```

use super::cells::{Cell, Scale};
use super::layout::Layout;
use super::phrases::{change_clause, mark_phrases, passive_paths};
use crate::args::Args;
use crate::columns::{Column, Word};
use crate::rates::{Figures, IntervalRates, MapRates, Mark, PathRates, Sum};
use crate::topology::{Endpoints, Path};
use std::io::{self, IsTerminal, Write};
use toolkit::color::{Colors, Role};
use toolkit::datetime::{self, DateTimeFormat};
use toolkit::escape::escape_control;
use toolkit::sampling::Report;
use toolkit::terminal;

/// What stands for an unknown time.
const UNKNOWN: &str = "-";

pub(super) struct Text<'a> {
    args: &'a Args,
    columns: Vec<Column>,
    scale: Scale,
    format: DateTimeFormat,
    colors: Colors,
    is_terminal: bool,
}

/// The width of the name of a map, or of a path and the branch before it, as in the original.
const NAME: usize = 43;
const BRANCH: &str = "|- ";

impl<'a> Text<'a> {
    pub(super) fn new(args: &'a Args) -> Text<'a> {
        let is_terminal = io::stdout().is_terminal();
        Text {
            args,
            columns: if args.by.is_empty() { args.shown_columns() } else { args.sum_columns() },
            scale: Scale::new(&args.sampling.output),
            format: DateTimeFormat::from_env(),
            colors: Colors::from_env(is_terminal),
            is_terminal,
        }
    }

    /// The table with its headings.
    fn headings(&self) -> Layout {
        let widths = self.columns.iter().map(|column| match column {
            // On a terminal, chosen columns and words take no more room than they need.
            Column::Figure(_) if self.is_terminal && self.args.columns.is_some() => 0,
            Column::Figure(column) => column.width,
            Column::Word(_) if self.is_terminal => 0,
            Column::Word(column) => column.width,
        });
        let name = if self.is_terminal { 0 } else { NAME };
        let pads_last = matches!(self.columns.last(), Some(Column::Figure(_)));
        let terminal = self.is_terminal.then(terminal::width);
        let widths = std::iter::once(name).chain(widths).collect();
        let mut layout = Layout::new(widths, terminal, pads_last);
        let is_default = !self.args.is_extended && self.args.columns.is_none();
        if terminal.is_none() && is_default && self.args.by.is_empty() {
            layout.keep_original();
        }
        layout.row("");
        layout.cell(None, &self.name_heading());
        for column in &self.columns {
            layout.cell(
                None,
                match column {
                    Column::Figure(column) => self.scale.heading(column),
                    Column::Word(column) => column.heading,
                },
            );
        }
        layout
    }

    fn name_heading(&self) -> String {
        let names: Vec<_> = self.args.by.iter().map(|by| by.heading()).collect();
        if names.is_empty() { "Device Name".to_owned() } else { names.join(" ") }
    }

    /// Adds the name of a device and its columns.
    fn device(
        &self,
        branch: &'static str,
        name: &[u8],
        figures: Option<&Figures>,
        word: impl Fn(Word) -> Cell,
        layout: &mut Layout,
    ) {
        layout.row(branch);
        layout.cell(Some(Role::Item), &word_or_dash(name));
        for column in &self.columns {
            let Cell { text, role } = match column {
                Column::Figure(column) => Cell::figure(column, figures, self.scale),
                Column::Word(column) => word(column.word),
            };
            layout.cell(role, &text);
        }
    }

    fn map(&self, rates: &MapRates<'_>, layout: &mut Layout) {
        let map = rates.map;
        let (usable, paths, passive) = (map.usable(), map.paths.len(), passive_paths(map));
        let word = |word| match word {
            Word::State => Cell::word(format!("{usable}/{paths} running{passive}"), false),
            Word::Access => Cell::word(escape_control(&map.policy), false),
            Word::Multipathd => Cell::word(String::new(), false),
            _ => Cell::word("-".to_owned(), false),
        };
        self.device("", &map.name, rates.figures.as_ref(), word, layout);
        self.usable(usable, &format!("{usable}/{paths}{passive}"), layout);
        marks(&rates.marks, None, layout);
        rates.paths.iter().for_each(|path| self.path(path, layout));
    }

    fn path(&self, rates: &PathRates<'_>, layout: &mut Layout) {
        let path = rates.path;
        let word = |word| path_word(path, word, rates.share_percent);
        self.device(BRANCH, &path.device.kernel, rates.figures.as_ref(), word, layout);
        marks(&rates.marks, Some(&path.endpoints), layout);
    }

    fn sum(&self, sum: &Sum<'_>, layout: &mut Layout) {
        let name = match sum.map {
            Some(map) => [&map.name[..], b" ", &sum.name].concat(),
            None => sum.name.clone(),
        };
        let word = |_| Cell::word(sum.paths.to_string(), false);
        self.device("", &name, sum.figures.as_ref(), word, layout);
        self.usable(sum.usable, &format!("{}/{}", sum.usable, sum.paths), layout);
        marks(&sum.marks, None, layout);
    }

    /// Adds how many paths can carry I/O, if `-i` asks for it.
    fn usable(&self, usable: usize, text: &str, layout: &mut Layout) {
        if self.args.has_marks {
            layout.tail((usable == 0).then_some(Role::Alarm), text.to_owned());
        }
    }
}

/// Adds marks, and the place of a path, so that the next step is known.
fn marks(marks: &[Mark], place: Option<&Endpoints>, layout: &mut Layout) {
    if !marks.is_empty() {
        layout.tail(Some(Role::Alarm), format!("<- {}", mark_phrases(marks, place)));
    }
}

/// What a column of words holds for a path.
fn path_word(path: &Path, word: Word, share: Option<f64>) -> Cell {
    let group = path.multipathd.group.map_or(Vec::new(), |_| path.group());
    let text = match word {
        Word::Share => return Cell::percent(share),
        Word::Hctl if path.hctl.is_empty() => &path.endpoints.controller,
        Word::Hctl => &path.hctl,
        Word::Host => &path.endpoints.host,
        Word::Target => &path.endpoints.target,
        Word::Group => &group,
        Word::State => &path.state,
        Word::Access => &path.access,
        Word::Multipathd => &path.multipathd.states,
        Word::Paths => return Cell::word(String::new(), false),
    };
    let is_bad = matches!(word, Word::State | Word::Multipathd) && !path.is_running();
    Cell::word(word_or_dash(text), is_bad)
}

/// A word as it is printed; `-` if it is unknown.
fn word_or_dash(word: &[u8]) -> String {
    if word.is_empty() { "-".to_owned() } else { escape_control(word) }
}

impl Report<IntervalRates<'_>> for Text<'_> {
    fn interval(&mut self, rates: &IntervalRates<'_>, out: &mut dyn Write) -> io::Result<()> {
        if let Some(time) = self.args.sampling.output.time {
            let wall = rates.wall.map(|wall| self.format.time(time, wall));
            writeln!(out, "{}", wall.as_deref().unwrap_or(UNKNOWN))?;
        }
        for change in &rates.changes {
            let clock = rates.wall.map(|wall| format!("{} ", datetime::clock(wall)));
            writeln!(out, "# {}{}", clock.unwrap_or_default(), change_clause(change))?;
        }
        let mut layout = self.headings();
        match &rates.sums {
            Some(sums) => sums.iter().for_each(|sum| self.sum(sum, &mut layout)),
            None => rates.maps.iter().for_each(|map| self.map(map, &mut layout)),
        }
        layout.write(&self.colors, out)
    }
}
