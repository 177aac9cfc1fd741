//! From Linux audit logs, what a login user did: system calls made, commands executed, files
//! opened, each with its count.
//!
//! One run, one straight line: words become [`args::Args`]; the bytes of the logs become records
//! ([`scan`]), records become events ([`event`]), the events of the [`subject`] become counts
//! ([`tally`]), counts become a report ([`report`]).

#![forbid(unsafe_code)]

pub mod args;
pub mod error;
pub mod event;
pub mod logs;
mod manual;
pub mod report;
pub mod scan;
pub mod section;
pub mod subject;
pub mod syscall_names;
pub mod tally;
mod times;

use args::COMMAND;
use error::Error;
use std::ffi::OsString;
use std::io::Write;
use toolkit::cli;
use toolkit::messages::Messages;

/// Runs the command with `words`, those after its name; gives the exit status: 0, or 1 if some of
/// the input could not be read or there is no profile to print.
///
/// # Errors
/// The command line is wrong, or the report could not be written.
pub fn run(
    words: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
    messages: &mut Messages<impl Write>,
) -> Result<u8, Error> {
    let Some(args) = cli::parse(&COMMAND, words)?.args_or_print(out)? else { return Ok(0) };
    let (query, layout) = (args.query(), args.layout());
    let logs = args.logs().resolve(&query.subject);
    let found = scan::read(&logs, &query, scan::Cut::default());
    report::write(&found.tally, &layout, out)?;
    out.flush()?;
    report::tell_doubts(&found, &layout, messages);
    let lacks_some = !found.unreadable.is_empty() || report::lacks_profile(&found.tally, &layout);
    Ok(u8::from(lacks_some))
}
