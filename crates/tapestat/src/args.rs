//! The command line: the only place that names an option.

mod options;

use crate::manual::MANUAL;
use options::{DRIVES, FIGURES, OUTPUT, REPORTS};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;
use toolkit::cli::{Command, OptionGroup};
use toolkit::look::Look;

/// What a command line asks for.
#[derive(Debug, Default)]
pub struct Args {
    /// How the report looks.
    pub layout: Layout,
    /// When reports are made.
    pub course: Course,
    /// Only these drives; all if empty.
    pub drives: Vec<OsString>,
    /// Where a drive's name comes from, unless it is the kernel's.
    pub naming: Option<Naming>,
    /// The folder of a saved machine.
    pub root: Option<PathBuf>,
    /// To print the version as sysstat does, and end.
    pub version: bool,
}

/// How the report looks.
#[derive(Debug, Default)]
pub struct Layout {
    /// Form, unit and time; with `human` percentages have a sign.
    pub look: Look,
    /// Digits behind the decimal mark.
    pub decimals: Option<usize>,
    /// What is shown beside the usual columns and rows, and what is left out.
    pub shown: Shown,
}

/// What is shown beside the usual columns and rows, and what is left out.
#[derive(Debug, Default, Clone, Copy)]
pub struct Shown {
    /// Block sizes, times of operations, requests in flight, state.
    pub extended: bool,
    /// A line with the sums.
    pub total: bool,
    /// Drives that did nothing are left out.
    pub omit_idle: bool,
}

/// Where a drive's name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Links in `/dev/tape/by-id`.
    Id,
    /// Links in `/dev/tape/by-path`.
    Path,
    /// The serial number that the drive gives.
    Serial,
    /// Host, channel, target and unit.
    Hctl,
}

/// When reports are made.
#[derive(Debug, Default)]
pub struct Course {
    interval: Option<Duration>,
    count: Option<u64>,
    /// No report since boot.
    omit_since_boot: bool,
    /// Wait for a drive, and tell of those that come and go.
    pub wait: bool,
}

impl Course {
    /// The time from one sample to the next, if there is to be more than one.
    #[must_use]
    pub fn period(&self) -> Option<Duration> {
        let waiting = self.wait.then_some(Duration::from_secs(1));
        self.interval.filter(|interval| !interval.is_zero()).or(waiting)
    }

    /// Whether the first report, that since boot, is left out.
    #[must_use]
    pub fn skips_first(&self) -> bool {
        self.omit_since_boot && self.interval.is_some_and(|interval| !interval.is_zero())
    }

    /// How many reports follow the first sample; nothing if that is up to the user.
    #[must_use]
    pub fn following(&self) -> Option<u64> {
        let count = match self.interval {
            Some(interval) if !interval.is_zero() => self.count?,
            _ => 1,
        };
        Some(if self.skips_first() { count } else { count - 1 })
    }

    /// Takes an interval, then a count.
    fn add_number(&mut self, word: &str) -> Result<(), String> {
        if self.interval.is_none() {
            self.interval = Some(interval(word)?);
            return Ok(());
        }
        if self.count.is_some() {
            return Err(format!("unexpected third number {word}"));
        }
        let count = word.parse().ok().filter(|count| *count > 0);
        self.count = Some(count.ok_or_else(|| format!("count {word}: expected 1 or more"))?);
        Ok(())
    }
}

/// An interval in seconds, with decimals or without.
fn interval(word: &str) -> Result<Duration, String> {
    let seconds = sysparse::counter::uptime(word.as_bytes()).ok();
    seconds.filter(|interval| interval.is_zero() || SENSIBLE.contains(interval)).ok_or_else(|| {
        format!("interval {word}: expected seconds, 0.001 or more, or 0 for a report since boot")
    })
}

/// From a thousandth of a second to a hundred years.
const SENSIBLE: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(100 * 365 * 86400);

impl Args {
    /// Whether these arguments go together; the error is a clause about those that do not.
    fn check(&self) -> Result<(), String> {
        self.layout.look.check()?;
        if self.course.count.is_some() && self.course.period().is_none() {
            return Err("a count needs an interval greater than 0".to_owned());
        }
        Ok(())
    }
}

impl AsMut<Look> for Args {
    fn as_mut(&mut self) -> &mut Look {
        &mut self.layout.look
    }
}

/// What sysstat's command prints about its use; the same here for those who read it by a program.
pub const USAGE: &str = "\
Usage: tapestat [ options ] [ <interval> [ <count> ] ]
Options are:
[ --human ] [ -k | -m | -G ] [ -o JSON ] [ -t ] [ -U ] [ -V ]
[ -y ] [ -z ]";

/// The command and its options.
pub const COMMAND: Command<Args> = Command {
    about: MANUAL,
    groups: &[
        OptionGroup { title: "Which reports", options: REPORTS },
        OptionGroup { title: "Which drives", options: DRIVES },
        OptionGroup { title: "Units and figures", options: FIGURES },
        OptionGroup { title: "Output", options: OUTPUT },
    ],
    operand,
    check: Args::check,
};

/// A number is interval or count, anything else a drive.
fn operand(args: &mut Args, word: &OsStr) -> Result<(), String> {
    let bytes = word.as_encoded_bytes();
    match word.to_str() {
        Some(number) if number.starts_with(|first: char| first.is_ascii_digit()) => {
            args.course.add_number(number)
        }
        _ if [&b"st"[..], b"nst", b"/"].iter().any(|start| bytes.starts_with(start)) => {
            args.drives.push(word.to_owned());
            Ok(())
        }
        _ => Err(format!("{}: expected a number or a drive", word.to_string_lossy())),
    }
}

#[cfg(test)]
mod tests;
