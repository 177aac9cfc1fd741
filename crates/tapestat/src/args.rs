//! The command line. The table of its options is the only place that names an option.
//!
//! ```
//! use tapestat::args::COMMAND;
//! use toolkit::cli::{Request, parse};
//!
//! let request = parse(&COMMAND, ["st0", "5"].map(Into::into))?;
//! assert!(matches!(request, Request::Run(args) if args.drives[0].word == "st0"));
//! # Ok::<(), toolkit::cli::Usage>(())
//! ```

mod table;
#[cfg(test)]
mod tests;

pub use table::COMMAND;

use crate::names::Naming;
use crate::rates::{By, IdleRule, Scale};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;
use toolkit::glob::is_pattern;
use toolkit::sampling::{Format, SamplingOptions, Schedule};

/// What a command line asks for.
#[derive(Debug, Default)]
pub struct Args {
    /// Interval, count, root, format and units.
    pub sampling: SamplingOptions,
    /// Whether the report since boot is omitted.
    skips_since_boot: bool,
    /// Whether to wait for a drive, and to report when drives are added and removed.
    pub wait: bool,
    /// The drives to show; all if empty.
    pub drives: Vec<DriveWord>,
    /// The name by which drives are shown, unless it is that of the kernel.
    pub naming: Option<Naming>,
    /// The number of decimals.
    decimals: Option<usize>,
    /// The columns that are shown besides the default ones.
    pub columns: Columns,
    rows: Rows,
}

/// A word on the command line that names drives.
#[derive(Debug, Clone)]
pub struct DriveWord {
    /// The word.
    pub word: OsString,
    /// What is wrong with it as a number, if it begins like one.
    pub bad_number: Option<String>,
}

/// The columns that are shown besides the default ones.
#[derive(Debug, Default, Clone, Copy)]
pub struct Columns {
    /// Block sizes, times of operations, requests in flight and states.
    pub extended: bool,
    /// The gaps between transfers.
    pub gaps: bool,
}

/// The rows that are shown.
#[derive(Debug, Default, Clone, Copy)]
struct Rows {
    /// Whether there is a total.
    has_total: bool,
    /// Whether idle drives are omitted.
    omits_idle: bool,
    /// What the drives of a row have in common, unless each drive has a row.
    sums_by: Option<By>,
}

impl Args {
    /// When reports are printed. Without an interval, or with 0, there is one report, which is that
    /// since boot.
    #[must_use]
    pub fn schedule(&self) -> Schedule {
        let schedule = &self.sampling.schedule;
        match schedule.interval {
            None | Some(Duration::ZERO) => {
                Schedule { count: Some(1), since_boot: true, ..schedule.clone() }
            }
            Some(_) => {
                let is_metrics = self.sampling.output.format == Format::Prometheus;
                Schedule { since_boot: is_metrics || !self.skips_since_boot, ..schedule.clone() }
            }
        }
    }

    /// How figures are computed. Records, and amounts that choose their units themselves, are always
    /// in kB.
    #[must_use]
    pub fn scale(&self) -> Scale {
        let output = &self.sampling.output;
        let is_record = output.format.is_records();
        let is_human = output.human && output.format == Format::Text;
        let unit = if is_record || is_human { None } else { output.unit };
        Scale {
            decimals: self.decimals.unwrap_or(if is_record { 2 } else { 0 }),
            unit_kib: unit.unwrap_or_default().kib(),
            omits_idle: self.rows.omits_idle.then(|| self.idle_rule()),
            has_total: self.rows.has_total,
            sorts_by_name: self.naming.is_some() || self.rows.sums_by.is_some(),
            sums_by: self.rows.sums_by,
        }
    }

    /// When a row is idle. Sysstat's rule is that of its columns, and misses what others show.
    fn idle_rule(&self) -> IdleRule {
        let format = self.sampling.output.format;
        if format.is_records() || format == Format::Prometheus {
            IdleRule::CountersAndState
        } else if self.columns.extended {
            IdleRule::FiguresAndState
        } else {
            IdleRule::Figures
        }
    }

    /// Whether the names in the kernel have a column of their own.
    #[must_use]
    pub fn shows_kernel_names(&self) -> bool {
        self.naming.is_some() && self.rows.sums_by.is_none()
    }

    /// Checks the arguments as a whole. The error is a clause that says which of them conflict.
    fn check(&self) -> Result<(), String> {
        self.sampling.check()?;
        let Schedule { interval, count, .. } = self.sampling.schedule;
        if count.is_some() && interval == Some(Duration::ZERO) {
            return Err("a count needs an interval greater than 0".to_owned());
        }
        let is_metrics = self.sampling.output.format == Format::Prometheus;
        if is_metrics && interval.is_some_and(|time| !time.is_zero()) && count != Some(1) {
            return Err("-o prometheus prints one sample; omit the interval".to_owned());
        }
        if is_metrics && self.rows.sums_by.is_some() {
            return Err("-o prometheus prints drives; omit -g".to_owned());
        }
        Ok(())
    }
}

impl AsMut<SamplingOptions> for Args {
    fn as_mut(&mut self) -> &mut SamplingOptions {
        &mut self.sampling
    }
}

/// What sysstat's command prints about a usage error, for programs that read it.
pub const USAGE: &str = "\
Usage: tapestat [ options ] [ <interval> [ <count> ] ]
Options are:
[ --human ] [ -k | -m | -G ] [ -o JSON ] [ -t ] [ -U ] [ -V ]
[ -y ] [ -z ]";

/// Takes an operand: a number is the interval or the count, any other word is a drive.
fn operand(args: &mut Args, word: &OsStr) -> Result<(), String> {
    let is_number = |word: &&str| {
        let digits = word.strip_prefix('.').unwrap_or(word);
        digits.starts_with(|first: char| first.is_ascii_digit())
    };
    let mut bad_number = None;
    if let Some(number) = word.to_str().filter(is_number) {
        let added = args.sampling.schedule.add_number(number);
        if added.is_ok() || number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return added;
        }
        // It may be an address or a serial number.
        bad_number = added.err().filter(|_| !number.contains(':') && !is_pattern(word.as_bytes()));
    }
    args.drives.push(DriveWord { word: word.to_owned(), bad_number });
    Ok(())
}
