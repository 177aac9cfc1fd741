//! The command line; the table of its options is the only place that names one.

mod table;
#[cfg(test)]
mod tests;

pub use table::COMMAND;

use crate::rates::By;
use std::ffi::{OsStr, OsString};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;
use sysparse::counter;
use toolkit::look::Look;

/// What a command line asks for.
#[derive(Debug, Default)]
pub struct Args {
    /// Only these maps and paths; all if empty.
    pub devices: Vec<OsString>,
    /// When reports are made.
    pub course: Course,
    /// Where maps, paths and figures come from.
    pub input: Input,
    /// How the report looks.
    pub layout: Layout,
}

/// When reports are made.
#[derive(Debug, Default)]
pub struct Course {
    interval: Option<Duration>,
    /// How many reports.
    pub count: Option<u64>,
    /// Whether the first report is that since boot.
    pub since_boot: bool,
}

impl Course {
    /// The time from one sample to the next.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.interval.unwrap_or(Duration::from_secs(1))
    }
}

/// Where maps, paths and figures come from, if not from the running system.
#[derive(Debug, Default)]
pub struct Input {
    /// The folder of a saved machine.
    pub root: Option<PathBuf>,
    /// A text of `multipath -ll`; `-` is standard input.
    pub topology: Option<PathBuf>,
    /// A text of `iostat -x`; `-` is standard input.
    pub iostat: Option<PathBuf>,
}

/// How the report looks.
#[derive(Debug, Default)]
pub struct Layout {
    /// Form, unit and time.
    pub look: Look,
    /// What is shown beside the usual columns and rows.
    pub shown: Shown,
    /// Sums of paths in place of maps and paths.
    pub by: Option<By>,
}

/// What is shown beside the usual columns and rows.
#[derive(Debug, Default, Clone, Copy)]
pub struct Shown {
    /// Times, sizes, queues, errors, addresses and states.
    pub extended: bool,
    /// Marks of paths that are out of line.
    pub outliers: bool,
    /// Maps that did nothing.
    pub idle: bool,
}

impl Args {
    /// Whether these arguments go together; the error is a clause about those that do not.
    fn check(&self) -> Result<(), String> {
        let stdin = |file: &Option<PathBuf>| file.as_deref() == Some("-".as_ref());
        self.layout.look.check()?;
        if stdin(&self.input.topology) && stdin(&self.input.iostat) {
            return Err("only one of --topology and --iostat can read standard input".to_owned());
        }
        if self.layout.by.is_some() && self.layout.shown.outliers {
            return Err("-i marks paths, and -g shows sums of paths: give one of them".to_owned());
        }
        Ok(())
    }
}

impl AsMut<Look> for Args {
    fn as_mut(&mut self) -> &mut Look {
        &mut self.layout.look
    }
}

/// The longest number that is an interval or a count: a WWID may be digits alone.
const NUMBER_MAX: usize = 12;

/// From a thousandth of a second to a hundred years.
const SENSIBLE: RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(100 * 365 * 86_400);

/// A number is the interval, then the count, anything else a map or a path.
fn operand(args: &mut Args, word: &OsStr) -> Result<(), String> {
    let course = &mut args.course;
    match word.to_str().filter(|text| is_number(text)) {
        Some(text) if course.interval.is_none() => {
            let seconds = counter::uptime(text.as_bytes()).ok();
            let sensible = seconds.filter(|interval| SENSIBLE.contains(interval));
            course.interval = Some(sensible.ok_or_else(|| {
                format!("interval {text}: expected seconds, 0.001 or more; name a map as /dev/mapper/{text}")
            })?);
        }
        Some(text) if course.count.is_none() => {
            let count = text.parse().ok().filter(|count| *count > 0);
            course.count = Some(count.ok_or_else(|| format!("count {text}: expected 1 or more"))?);
        }
        Some(text) => return Err(format!("unexpected third number {text}")),
        None if course.interval.is_some() => {
            let word = word.to_string_lossy();
            return Err(format!(
                "{word}: expected a count; maps and paths stand before the interval"
            ));
        }
        None => args.devices.push(word.to_owned()),
    }
    Ok(())
}

fn is_number(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    digits && text.len() <= NUMBER_MAX && text.starts_with(|first: char| first.is_ascii_digit())
}
