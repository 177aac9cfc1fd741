//! Reports from Linux audit logs what a login user did: system calls made, commands executed and
//! files opened, each with its count.
//!
//! One run is one straight line. The command line becomes [`args::Args`]. [`scan`] finds the records
//! in the logs, [`event`] assembles them into events, [`filter`] selects events, [`tally`] counts,
//! and [`report`] prints.

#![forbid(unsafe_code)]
#![allow(
    clippy::inline_always,
    reason = "the functions that every record passes through: 2 to 4 % more instructions without"
)]

pub mod args;
mod call_class;
pub mod error;
pub mod event;
pub mod filter;
pub mod found;
mod item;
pub mod logs;
mod manual;
pub mod report;
pub mod scan;
pub mod section;
pub mod syscall_names;
pub mod syslog_tags;
pub mod tally;
mod times;

use args::COMMAND;
use error::Error;
use std::ffi::OsString;
use std::io::Write;
use toolkit::cli;

use toolkit::messages::Messages;

/// Runs the command with `words`, the arguments after its name. Returns the exit status: 1 if some
/// input could not be read or is no audit log, or there is no profile to print, else 0.
///
/// # Errors
/// The command line is invalid, or the report cannot be written.
pub fn run(
    words: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
    messages: &mut Messages<impl Write>,
) -> Result<u8, Error> {
    let Some(args) = cli::parse(&COMMAND, words)?.args_or_print(out)? else { return Ok(0) };
    let (query, layout) = (args.query(), args.layout());
    let logs = args.logs().resolve(&query.filter);
    let found = scan::read(&logs, &query, scan::Chunking::default());
    report::write(&found.tally, &layout, out)?;
    out.flush()?;
    report::report_diagnostics(&found, &layout, messages);
    let is_incomplete = !found.unreadable.is_empty()
        || !found.not_audit_logs.is_empty()
        || report::lacks_profile(&found.tally, &layout);
    Ok(u8::from(is_incomplete))
}
