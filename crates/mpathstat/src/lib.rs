//! What each path of each multipath device does, every interval: reads and writes a second, amounts
//! and times, from the kernel itself.
//!
//! One run, one straight line: words become [`args::Args`]; sysfs becomes a [`topology::Topology`],
//! again only when devices changed; `/proc/diskstats` becomes a [`sample::Sample`], two of them the
//! [`rates::Round`] between them, and that a [`report`].

#![forbid(unsafe_code)]

pub mod args;
pub mod daemon;
mod manual;
pub mod rates;
pub mod report;
mod rounds;
pub mod sample;
pub mod selection;
pub mod topology;
pub mod watch;

use args::{Args, COMMAND};
use rounds::Rounds;
use selection::Selection;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use sysparse::counter;
use toolkit::cli::{self, Asked, Usage};
use toolkit::finish::{Fatal, Messages};
use toolkit::host::{self, Clock, Host};
use toolkit::input::Source;
use topology::Topology;
use watch::{Told, Watch};

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is wrong.
    #[error(transparent)]
    Usage(#[from] Usage),
    /// The machine cannot be read.
    #[error(transparent)]
    Host(#[from] host::Error),
    /// A saved text cannot be read.
    #[error("{}: {cause}", Named(file))]
    Text {
        /// The file; `-` is standard input.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The system refuses to wait for the interval.
    #[error("cannot wait for the interval: {0}")]
    Wait(io::Error),
    /// The report could not be written.
    #[error("standard output: {0}")]
    Write(#[from] io::Error),
}

impl Fatal for Error {
    fn status(&self) -> u8 {
        match self {
            Error::Usage(_) => 2,
            _ => 1,
        }
    }

    fn write_error(&self) -> Option<&io::Error> {
        match self {
            Error::Write(error) => Some(error),
            _ => None,
        }
    }
}

/// A file's name, `-` being standard input.
struct Named<'a>(&'a Path);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == Path::new("-") {
            f.write_str("standard input")
        } else {
            self.0.display().fmt(f)
        }
    }
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
    let args = match cli::parse(&COMMAND, words, Args::default())? {
        Asked::Print(text) => {
            out.write_all(text.as_bytes())?;
            return Ok(0);
        }
        Asked::Run(args) => args.checked().map_err(|problem| Usage::new(&COMMAND, problem))?,
    };
    let mut told = Told::new(messages);
    let fixed = args.input.topology.as_deref().map(|file| saved_topology(file, &mut told));
    let mut host = Host::open(args.input.root.as_deref(), CLOCK)?;
    let mut report = report::new(&args, host.machine(), host.moment()?.wall);
    let watch = Watch::new(&args, host, fixed.transpose()?);
    report.begin(out)?;
    let mut rounds =
        Rounds::new(&args, Selection::new(&args.devices), watch, told, report.as_mut());
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
    let tell = |line, bad| told.tell(format_args!("{}:{line}: {bad}", Named(file)));
    topology::text::read(open(file)?, tell)
        .map_err(|cause| Error::Text { file: file.to_path_buf(), cause })
}

/// Opens a text; `-` is standard input.
fn open(file: &Path) -> Result<Box<dyn Read>, Error> {
    let source = if file == Path::new("-") { Source::stdin() } else { Source::open(file) };
    match source {
        Ok(Source::File(file)) => Ok(Box::new(file)),
        Ok(Source::Stream(stream)) => Ok(stream),
        Err(cause) => Err(Error::Text { file: file.to_path_buf(), cause }),
    }
}
