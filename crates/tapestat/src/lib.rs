//! What the tape drives of a Linux machine do: reads and writes a second, amounts, how busy they
//! are, the size of their blocks.
//!
//! One run, one straight line: words become [`args::Args`]; the counters of the drives become a
//! [`sample::Sample`], two samples become the [`rates::Round`] between them, and that a [`report`].

#![forbid(unsafe_code)]

pub mod args;
pub mod drives;
pub mod error;
mod manual;
pub mod names;
pub mod rates;
pub mod report;
pub mod sample;

use args::{Args, COMMAND, USAGE};
use drives::Drives;
use error::Error;
use rates::Scale;
use report::Report;
use sample::Sample;
use std::ffi::OsString;
use std::io::Write;
use sysparse::counter;
use toolkit::cli;
use toolkit::host::{Clock, Host, Next};
use toolkit::look::Format;
use toolkit::messages::Messages;
use toolkit::tick::Tick;

/// How the clock of a saved machine is read.
const CLOCK: Clock = Clock {
    uptime: |file| counter::uptime(file).ok(),
    btime: |file| counter::named(file, b"btime").ok(),
};

/// Runs the command with `words`, those after its name; gives the exit status: 0, or 1 if there is
/// no drive.
///
/// # Errors
/// The command line is wrong, the machine cannot be read, or the report not be written.
pub fn run(
    words: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
    messages: &mut Messages<impl Write>,
) -> Result<u8, Error> {
    let request = cli::parse(&COMMAND, words).inspect_err(|_| messages.print_raw(USAGE))?;
    let Some(args) = request.args_or_print(out)? else { return Ok(0) };
    if args.version {
        report::version(out)?;
        return Ok(0);
    }
    let mut host = Host::open(args.root.as_deref(), CLOCK)?;
    let mut report = report::new(&args, host.machine(), host.moment()?.wall);
    let drives = Drives::new(&args, &host)?;
    report.begin(out)?;
    out.flush()?;
    let tick = args.course.period().map(Tick::start).transpose().map_err(Error::Wait)?;
    let mut watch = Watch { host, drives, tick, messages };
    let status = watch.reports(&args, report.as_mut(), out)?;
    out.flush()?;
    Ok(status)
}

/// The samples of one machine, one after the other.
struct Watch<'a, M: Write> {
    host: Host,
    drives: Drives,
    tick: Option<Tick>,
    messages: &'a mut Messages<M>,
}

impl<M: Write> Watch<'_, M> {
    /// Reports sample after sample, until one of the ends; gives the exit status.
    fn reports(
        &mut self,
        args: &Args,
        report: &mut dyn Report,
        out: &mut impl Write,
    ) -> Result<u8, Error> {
        let (course, scale) = (&args.course, Scale::of(&args.layout));
        let Some(mut old) = self.first(course.wait)? else {
            report.end(out)?;
            return Ok(0);
        };
        if old.has_no_drive && args.layout.look.format != Format::Json {
            self.messages.print_raw("No tape drives with statistics found");
            return Ok(1);
        }
        let mut left = if old.has_no_drive { Some(0) } else { course.following() };
        if course.skips_first() {
            report.skip(out)?;
        } else {
            report.round(&rates::since_boot(&old, self.host.uptime()?, &scale), out)?;
        }
        out.flush()?;
        while left != Some(0) {
            let Some(new) = self.next()? else {
                break;
            };
            report.round(&rates::between(&old, &new, &scale), out)?;
            out.flush()?;
            left = left.map(|left| left - 1);
            old = new;
        }
        report.end(out)?;
        Ok(0)
    }

    /// The first sample, if need be after waiting for a drive; nothing if the wait was ended.
    fn first(&mut self, wait: bool) -> Result<Option<Sample>, Error> {
        let mut sample = self.drives.sample(&mut self.host, self.messages)?;
        while wait && sample.has_no_drive {
            let Some(next) = self.next()? else {
                return Ok(None);
            };
            sample = next;
        }
        Ok(Some(sample))
    }

    /// The sample after the interval; nothing at the end of the run.
    fn next(&mut self) -> Result<Option<Sample>, Error> {
        let Some(tick) = &mut self.tick else {
            return Ok(None);
        };
        match self.host.next(tick).map_err(Error::Wait)? {
            Next::Sample => Ok(Some(self.drives.sample(&mut self.host, self.messages)?)),
            Next::End | Next::Stopped => Ok(None),
        }
    }
}
