//! What each path of each multipath device does, every interval: reads and writes a second, amounts
//! and times, from the kernel itself.
//!
//! One run, one straight line: words become [`args::Args`]; sysfs becomes a [`topology::Topology`],
//! again only when devices changed; `/proc/diskstats` becomes a [`sample::Sample`], two of them the
//! [`rates::Round`] between them, and that a [`report`].

#![forbid(unsafe_code)]

pub mod args;
pub mod daemon;
pub mod error;
mod manual;
pub mod rates;
pub mod report;
mod rounds;
pub mod sample;
pub mod selection;
pub mod topology;
pub mod watch;

use args::COMMAND;
use error::Error;
use rounds::Rounds;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::Path;
use sysparse::counter;
use toolkit::cli;
use toolkit::host::{self, Clock, Host};
use toolkit::input::Source;
use toolkit::messages::Messages;
use topology::Topology;
use watch::{Told, Watch};

/// A file's name in messages, `-` being standard input.
fn named(file: &Path) -> &Path {
    if file == Path::new("-") { Path::new("standard input") } else { file }
}

/// An error of reading a text.
fn unread(file: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
    |cause| Error::Host(host::Error::Read { path: named(file).into(), cause })
}

/// How the clock of a saved machine is read.
const CLOCK: Clock = Clock {
    uptime: |file| counter::uptime(file).ok(),
    btime: |file| counter::named(file, b"btime").ok(),
};

/// Runs the command with `words`, those after its name; gives the exit status: 0, or 1 if there was
/// no map.
///
/// # Errors
/// The command line is wrong, the machine or a text cannot be read, or the report not be written.
pub fn run(
    words: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
    messages: &mut Messages<impl Write>,
) -> Result<u8, Error> {
    let Some(args) = cli::parse(&COMMAND, words)?.args_or_print(out)? else { return Ok(0) };
    let mut told = Told::new(messages);
    let fixed = args.input.topology.as_deref().map(|file| saved_topology(file, &mut told));
    let mut host = Host::open(args.input.root.as_deref(), CLOCK)?;
    let mut report = report::new(&args, host.machine(), host.moment()?.wall);
    let watch = Watch::new(&args, host, fixed.transpose()?);
    report.begin(out)?;
    let mut rounds = Rounds::new(&args, watch, told, report.as_mut());
    let status = match &args.input.iostat {
        Some(file) => rounds.of_text(file, open(file)?, out)?,
        None => rounds.of_kernel(out)?,
    };
    report.end(out)?;
    out.flush()?;
    Ok(status)
}

/// Reads a text of `multipath -ll`.
fn saved_topology(file: &Path, told: &mut Told<'_, impl Write>) -> Result<Topology, Error> {
    let tell = |line, bad| told.tell_of_line(named(file), line, bad);
    topology::text::read(open(file)?, tell).map_err(unread(file))
}

/// Opens a text; `-` is standard input.
fn open(file: &Path) -> Result<Box<dyn Read>, Error> {
    let source = if file == Path::new("-") { Source::stdin() } else { Source::open(file) };
    match source {
        Ok(Source::File(file)) => Ok(Box::new(file)),
        Ok(Source::Stream(stream)) => Ok(stream),
        Err(cause) => Err(unread(file)(cause)),
    }
}
