//! The command line. The table of its options is the only place that names an option.
//!
//! ```
//! use mpathstat::args::COMMAND;
//! use toolkit::cli::{Request, parse};
//!
//! let request = parse(&COMMAND, ["mpatha", "5"].map(Into::into))?;
//! assert!(matches!(request, Request::Run(args) if args.devices == ["mpatha"]));
//! # Ok::<(), toolkit::cli::Usage>(())
//! ```

mod table;
#[cfg(test)]
mod tests;

pub use table::COMMAND;

use crate::columns::{self, Column};
use crate::rates::{By, SortKey};
use std::ffi::{OsStr, OsString};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;
use toolkit::sampling::{Format, SamplingOptions, Schedule};

/// What a command line asks for.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each option without a value")]
pub struct Args {
    /// The maps and paths to show; all if empty.
    pub devices: Vec<OsString>,
    /// Interval, count, root, format and units.
    pub sampling: SamplingOptions,
    /// A text of `multipath -ll` with the maps and paths; `-` is standard input.
    pub topology: Option<PathBuf>,
    /// A text of `iostat -x` with the figures; `-` is standard input.
    pub iostat: Option<PathBuf>,
    /// The columns of the text report, if they were chosen.
    pub columns: Option<Vec<Column>>,
    /// Whether all columns are shown: times, sizes, queues, errors, addresses and states.
    pub is_extended: bool,
    /// Whether what is wrong is marked.
    pub has_marks: bool,
    /// Whether the report since boot of a text is left out.
    pub omits_since_boot: bool,
    /// Whether idle maps are shown.
    pub shows_idle: bool,
    /// What paths have in common whose sums are shown instead of maps and paths.
    pub by: Vec<By>,
    /// The figure by which maps or sums are sorted, the largest first.
    pub sort: Option<SortKey>,
    /// The number of maps or sums that are shown.
    pub top: Option<usize>,
}

impl Args {
    /// The columns of the text report.
    #[must_use]
    pub fn shown_columns(&self) -> Vec<Column> {
        match &self.columns {
            Some(columns) => columns.clone(),
            None if self.is_extended => columns::all_columns(),
            None => columns::default_columns(),
        }
    }

    /// The columns of the text report on sums, of which only figures are known, and how many paths
    /// they have.
    #[must_use]
    pub fn sum_columns(&self) -> Vec<Column> {
        let is_figure = |column: &Column| matches!(column, Column::Figure(_));
        let figures = self.shown_columns().into_iter().filter(is_figure);
        figures.chain(self.is_extended.then_some(Column::Word(&columns::PATHS))).collect()
    }

    /// Whether metrics are printed, which are the counters at one moment.
    #[must_use]
    pub fn is_metrics(&self) -> bool {
        self.sampling.output.format == Format::Prometheus
    }

    /// When reports are printed. Metrics are printed at once; without an interval, only once.
    #[must_use]
    pub fn schedule(&self) -> Schedule {
        let schedule = self.sampling.schedule.clone();
        if !self.is_metrics() {
            return schedule;
        }
        let count = if schedule.interval.is_some() { schedule.count } else { Some(1) };
        Schedule { count, since_boot: true, ..schedule }
    }

    /// Whether a column with this name is shown.
    #[must_use]
    pub fn shows(&self, names: &[&str]) -> bool {
        self.shown_columns().iter().any(|column| match column {
            Column::Figure(column) => names.contains(&column.name),
            Column::Word(column) => names.contains(&column.name),
        })
    }

    /// Checks the arguments as a whole. The error is a clause that says which of them conflict.
    fn check(&self) -> Result<(), String> {
        let is_stdin = |file: &Option<PathBuf>| file.as_deref() == Some("-".as_ref());
        self.sampling.check()?;
        if self.sampling.schedule.interval == Some(Duration::ZERO) {
            return Err(Schedule::bad_interval("0"));
        }
        if self.is_metrics() && !self.by.is_empty() {
            return Err("-o prometheus has no sums: leave -g out".to_owned());
        }
        let chosen = self.columns.iter().flatten();
        let mut words = chosen.filter_map(|column| match column {
            Column::Word(word) => Some(word.name),
            Column::Figure(_) => None,
        });
        if let Some(word) = words.next().filter(|_| !self.by.is_empty()) {
            return Err(format!("-g prints sums, which have no column {word}"));
        }
        if self.iostat.is_some() && self.sampling.save.is_some() {
            return Err("--save saves counters, not the text for --iostat: use only one".to_owned());
        }
        if is_stdin(&self.topology) && is_stdin(&self.iostat) {
            return Err("only one of --topology and --iostat can read standard input".to_owned());
        }
        Ok(())
    }
}

impl AsMut<SamplingOptions> for Args {
    fn as_mut(&mut self) -> &mut SamplingOptions {
        &mut self.sampling
    }
}

/// The length of the longest word that is an interval or a count. A longer number is a WWID.
const NUMBER_MAX: usize = 12;

/// Takes an operand: a number is the interval or the count, any other word is a map or a path.
fn operand(args: &mut Args, word: &OsStr) -> Result<(), String> {
    let schedule = &mut args.sampling.schedule;
    match word.to_str().filter(|text| is_number(text)) {
        Some(number) => schedule
            .add_number(number)
            .map_err(|problem| format!("{problem}; write a map as /dev/mapper/{number}")),
        None if schedule.interval.is_some() => {
            let word = word.to_string_lossy();
            Err(format!("{word}: expected a count; maps and paths precede the interval"))
        }
        None => {
            args.devices.push(word.to_owned());
            Ok(())
        }
    }
}

/// Whether a word is meant to be a number. The address of a host is none.
fn is_number(text: &str) -> bool {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && text.starts_with(|first: char| first.is_ascii_digit());
    is_decimal && text.len() <= NUMBER_MAX && text.parse::<Ipv4Addr>().is_err()
}
