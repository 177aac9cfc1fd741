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

use crate::rates::By;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;
use toolkit::sampling::SamplingOptions;

/// What a command line asks for.
#[derive(Debug, Default)]
pub struct Args {
    /// The maps and paths to show; all if empty.
    pub devices: Vec<OsString>,
    /// Interval, count, root, format and units.
    pub sampling: SamplingOptions,
    /// A text of `multipath -ll` with the maps and paths; `-` is standard input.
    pub topology: Option<PathBuf>,
    /// A text of `iostat -x` with the figures; `-` is standard input.
    pub iostat: Option<PathBuf>,
    /// What is shown besides the default columns.
    pub columns: Columns,
    /// Whether the report since boot of a text is left out.
    pub omits_since_boot: bool,
    /// Whether idle maps are shown.
    pub shows_idle: bool,
    /// Sums of paths instead of maps and paths.
    pub by: Option<By>,
}

/// What is shown besides the default columns.
#[derive(Debug, Default, Clone, Copy)]
pub struct Columns {
    /// Times, sizes, queues, errors, addresses and states.
    pub extended: bool,
    /// Marks of paths that are out of line.
    pub outliers: bool,
}

impl Args {
    /// Checks the arguments as a whole. The error is a clause that says which of them conflict.
    fn check(&self) -> Result<(), String> {
        let is_stdin = |file: &Option<PathBuf>| file.as_deref() == Some("-".as_ref());
        self.sampling.check()?;
        if self.sampling.schedule.interval == Some(Duration::ZERO) {
            return Err("interval 0: expected seconds, 0.001 or more".to_owned());
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

fn is_number(text: &str) -> bool {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_decimal && text.len() <= NUMBER_MAX && text.starts_with(|first: char| first.is_ascii_digit())
}
