//! The loop of an interval command: sample, rates, report, wait.

use super::error::Error;
use super::interval::IntervalTimer;
use super::schedule::Schedule;
use super::system_root::{NextSample, SystemRoot};
use crate::messages::Messages;
use std::io::{self, Write};

/// What an interval command samples, and the rates it computes from the samples.
pub trait IntervalCommand {
    /// The counters at one moment.
    type Sample;
    /// What happened from one sample to another.
    type Rates<'a>;
    /// Why a run ends early.
    type Error: From<Error> + From<io::Error>;

    /// Takes a sample. `None` if there is no further input, which only happens to a command that
    /// reads samples from a text.
    ///
    /// # Errors
    /// The counters or the time cannot be read.
    fn sample(
        &mut self,
        root: &mut SystemRoot,
        messages: &mut Messages<impl Write>,
    ) -> Result<Option<Self::Sample>, Self::Error>;

    /// Looks at the first sample, and reports what is missing in it.
    fn check_first(
        &mut self,
        first: &Self::Sample,
        messages: &mut Messages<impl Write>,
    ) -> FirstSample;

    /// The rates from boot to a sample that was just taken.
    ///
    /// # Errors
    /// The time since boot cannot be read.
    fn since_boot<'a>(
        &mut self,
        sample: &'a Self::Sample,
        root: &mut SystemRoot,
    ) -> Result<Self::Rates<'a>, Self::Error>;

    /// The rates from one sample to the next. `None` as long as there is nothing to report on.
    fn between<'a>(
        &mut self,
        old: &'a Self::Sample,
        new: &'a Self::Sample,
    ) -> Option<Self::Rates<'a>>;

    /// Waits until the next sample is due.
    ///
    /// # Errors
    /// [`Error::Wait`] if the system refuses to wait.
    fn wait(
        &mut self,
        root: &mut SystemRoot,
        timer: &mut IntervalTimer,
    ) -> Result<NextSample, Error> {
        root.next_sample(timer)
    }

    /// The exit status of a run that no signal ended.
    fn exit_status(&self) -> u8 {
        0
    }
}

/// What to do about the first sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstSample {
    /// Report on it, and on the following ones.
    Report,
    /// Report on it since boot, unless the schedule leaves that out, and end.
    ReportLast,
    /// Take another one instead, an interval later.
    Wait,
    /// End with this exit status.
    End(u8),
}

/// A report in one format. `R` is the rates of one interval.
pub trait Report<R> {
    /// Prints what precedes the first interval.
    ///
    /// # Errors
    /// Those of `out`.
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Prints what stands for the report since boot if it is left out.
    ///
    /// # Errors
    /// Those of `out`.
    fn skip_since_boot(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Prints one interval.
    ///
    /// # Errors
    /// Those of `out`.
    fn interval(&mut self, rates: &R, out: &mut dyn Write) -> io::Result<()>;

    /// Prints what follows the last interval.
    ///
    /// # Errors
    /// Those of `out`.
    fn end(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// Runs an interval command until the count of reports is reached, the input ends or a signal
/// arrives. Returns the exit status.
///
/// # Errors
/// A sample cannot be taken, the system refuses to wait, or the report cannot be written.
pub fn run<C: IntervalCommand>(
    command: &mut C,
    report: &mut (impl for<'a> Report<C::Rates<'a>> + ?Sized),
    schedule: &Schedule,
    root: &mut SystemRoot,
    out: &mut impl Write,
    messages: &mut Messages<impl Write>,
) -> Result<u8, C::Error> {
    // A signal during the first output must not leave half a document.
    let timer = IntervalTimer::start(schedule.period())?;
    report.begin(out)?;
    out.flush()?;
    let mut reports = ReportLoop { command, report, schedule, root, timer, out, messages };
    // A report that an error ends is still a whole document.
    let status = reports.run();
    root.save_sample()?;
    report.end(out)?;
    out.flush()?;
    status
}

struct ReportLoop<'a, C, R: ?Sized, O, M: Write> {
    command: &'a mut C,
    report: &'a mut R,
    schedule: &'a Schedule,
    root: &'a mut SystemRoot,
    timer: IntervalTimer,
    out: &'a mut O,
    messages: &'a mut Messages<M>,
}

impl<C, R, O, M> ReportLoop<'_, C, R, O, M>
where
    C: IntervalCommand,
    R: for<'a> Report<C::Rates<'a>> + ?Sized,
    O: Write,
    M: Write,
{
    /// Takes the first sample and reports from there. Returns the exit status.
    fn run(&mut self) -> Result<u8, C::Error> {
        loop {
            let Some(first) = self.command.sample(self.root, self.messages)? else {
                return Ok(self.command.exit_status());
            };
            match self.command.check_first(&first, self.messages) {
                FirstSample::Report => return self.report_from(first, self.schedule.count),
                FirstSample::ReportLast => {
                    return self.report_from(first, Some(u64::from(self.schedule.since_boot)));
                }
                FirstSample::Wait if self.wait()? == NextSample::Due => {}
                FirstSample::Wait => return Ok(0),
                FirstSample::End(status) => return Ok(status),
            }
        }
    }

    /// Prints `count` reports, the first of which is that since boot if the schedule says so.
    fn report_from(&mut self, first: C::Sample, count: Option<u64>) -> Result<u8, C::Error> {
        let mut has_report = self.schedule.since_boot;
        if has_report {
            self.report_since_boot(&first)?;
        } else {
            self.report.skip_since_boot(self.out)?;
            self.out.flush()?;
        }
        let (mut old, mut left) = (first, count.map(|count| count - u64::from(has_report)));
        while left != Some(0) {
            match self.wait()? {
                NextSample::Due => {}
                NextSample::Stopped => return Ok(0),
                NextSample::End => {
                    // A saved system with only one sample has no interval to report on.
                    if !has_report {
                        self.report_since_boot(&old)?;
                    }
                    break;
                }
            }
            let Some(new) = self.command.sample(self.root, self.messages)? else { break };
            if let Some(rates) = self.command.between(&old, &new) {
                self.report.interval(&rates, self.out)?;
                self.out.flush()?;
            }
            (old, has_report) = (new, true);
            left = left.map(|left| left - 1);
        }
        Ok(self.command.exit_status())
    }

    fn report_since_boot(&mut self, sample: &C::Sample) -> Result<(), C::Error> {
        let rates = self.command.since_boot(sample, self.root)?;
        self.report.interval(&rates, self.out)?;
        Ok(self.out.flush()?)
    }

    fn wait(&mut self) -> Result<NextSample, C::Error> {
        Ok(self.command.wait(self.root, &mut self.timer)?)
    }
}

#[cfg(test)]
mod tests;
