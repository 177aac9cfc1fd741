//! I/O statistics of SCSI tape drives: how much they read and write, and how busy they are.
//!
//! One run is one line: words become [`args::Args`]; the counters of the [`drives`](mod@drives) become a
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
pub mod gaps;
mod manual;
pub mod monitor;
pub mod names;
pub mod other_drives;
pub mod rates;
pub mod report;
pub mod sample;
pub mod selection;

use args::{Args, COMMAND, USAGE};
use drives::{Drives, Needs};
use error::Error;
use monitor::{DriveMonitor, EmptyReport};
use selection::DriveSelection;
use std::ffi::OsString;
use std::io::Write;
use toolkit::cli::{self, Usage};
use toolkit::messages::Messages;
use toolkit::sampling::{self, Format, HostInfo, SystemRoot};

/// Runs the command with `words`, those after its name. Returns the exit status: 0, or 1 if there is
/// no drive or one that was named is missing.
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
    let (schedule, needs_time) = (args.schedule(), format != Format::Prometheus);
    let uptime = sample::uptime(&mut root);
    if let Some(error) = uptime.err().filter(|_| needs_time && schedule.since_boot) {
        sample::report_unknown_time(&error, messages);
    }
    let wall = sample::moment(&mut root).ok().and_then(|moment| moment.wall);
    let host = HostInfo::read(&mut root);
    let mut monitor = DriveMonitor {
        drives: drives(&args, &mut root, messages)?,
        scale: args.scale(),
        waits: args.wait,
        empty_report: EmptyReport::for_format(format),
        has_gaps: args.columns.gaps,
        is_missing: false,
        needs_time,
        last: None,
    };
    let mut report = report::new(&args, host, wall);
    sampling::run(&mut monitor, report.as_mut(), &schedule, &mut root, out, messages)
}

/// The selected drives.
fn drives(
    args: &Args,
    root: &mut SystemRoot,
    messages: &mut Messages<impl Write>,
) -> Result<Drives, Error> {
    let output = &args.sampling.output;
    let has_state = args.columns.extended || output.format.is_records();
    let needs = Needs {
        in_flight: has_state || args.columns.gaps || output.format == Format::Prometheus,
        commands: has_state,
        gaps: args.columns.gaps,
    };
    let selection = DriveSelection::new(&args.drives);
    let mut drives = Drives::new(selection, args.naming, args.wait, needs);
    drives.refresh(root, messages);
    if let Some(problem) = drives.selection().misuse(args.wait) {
        messages.print_raw(USAGE);
        return Err(Usage::new(&COMMAND, &problem).into());
    }
    if args.columns.gaps && root.is_saved() {
        messages.warn(
            "--gaps needs observations between the samples, which a saved system does not have; \
             gaps are unknown",
        );
    }
    Ok(drives)
}
