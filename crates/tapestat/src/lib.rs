//! I/O statistics of SCSI tape drives: how much they read and write, and how busy they are.
//!
//! One run is one line: words become [`args::Args`]; the counters of the [`drives`] become a
//! [`sample::Sample`], two of them the [`rates::IntervalRates`] between them, and these a [`report`].
//!
//! ```
//! use toolkit::messages::Messages;
//!
//! let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/samples/tapestat/load");
//! let (mut out, mut messages) = (Vec::new(), Messages::new("tapestat", std::io::stderr()));
//! tapestat::run(["--root", root, "-y", "1", "1"].map(Into::into), &mut out, &mut messages)?;
//! assert!(String::from_utf8_lossy(&out).contains("Tape:     r/s"));
//! # Ok::<(), tapestat::error::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod args;
pub mod drives;
pub mod error;
mod manual;
pub mod monitor;
pub mod names;
pub mod rates;
pub mod report;
pub mod sample;

use args::{COMMAND, USAGE};
use drives::Drives;
use error::Error;
use monitor::{DriveMonitor, EmptyReport};
use names::DriveSelection;
use std::ffi::OsString;
use std::io::Write;
use toolkit::cli;
use toolkit::messages::Messages;
use toolkit::sampling::{self, Format, HostInfo};

/// Runs the command with `words`, those after its name. Returns the exit status: 0, or 1 if there is
/// no drive.
///
/// # Errors
/// The command line is wrong, the system cannot be read, or the report cannot be written.
pub fn run(
    words: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
    messages: &mut Messages<impl Write>,
) -> Result<u8, Error> {
    let request = cli::parse(&COMMAND, words).inspect_err(|_| messages.print_raw(USAGE))?;
    let Some(args) = request.args_or_print(out)? else { return Ok(0) };
    let format = args.sampling.output.format;
    let mut root = args.sampling.open_root()?;
    let selection = DriveSelection::new(&args.drives, args.naming, &root)?;
    let has_in_flight =
        args.columns.extended || format.is_records() || format == Format::Prometheus;
    let mut monitor = DriveMonitor {
        drives: Drives::new(selection, args.wait, has_in_flight),
        scale: args.scale(),
        waits: args.wait,
        empty_report: EmptyReport::for_format(format),
    };
    let wall = sample::moment(&mut root)?.wall;
    let mut report = report::new(&args, HostInfo::read(&mut root), wall);
    let schedule = args.schedule();
    sampling::run(&mut monitor, report.as_mut(), &schedule, &mut root, out, messages)
}
