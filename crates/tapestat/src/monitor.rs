//! What is reported on: the drives and their counters.

use crate::drives::Drives;
use crate::error::Error;
use crate::gaps;
use crate::rates::{self, IntervalRates, Scale};
use crate::sample::{Sample, moment, report_unknown_time, uptime};
use std::io::Write;
use std::time::Duration;
use toolkit::messages::Messages;
use toolkit::sampling::{
    self, FirstSample, Format, IntervalCommand, IntervalTimer, Moment, NextSample, SystemRoot,
};

/// Reports on the counters of drives.
#[allow(clippy::struct_excessive_bools, reason = "each one is a choice of its own")]
pub struct DriveMonitor {
    /// The drives.
    pub drives: Drives,
    /// How figures are computed.
    pub scale: Scale,
    /// Whether to wait for a drive.
    pub waits: bool,
    /// What is printed if there is no drive.
    pub empty_report: EmptyReport,
    /// Whether gaps between transfers are looked for between the samples.
    pub has_gaps: bool,
    /// Whether any of the drives that were named was missing in the first sample.
    pub is_missing: bool,
    /// Whether any figure depends on the time.
    pub needs_time: bool,
    /// The time of the last sample, if known.
    pub last: Option<Duration>,
}

/// What is printed if there is no drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyReport {
    /// A message only.
    None,
    /// A report, as sysstat does for JSON.
    Silent,
    /// A report, and a message.
    WithMessage,
}

impl EmptyReport {
    /// That of a format. Metrics must be replaced even if the last drive is gone.
    #[must_use]
    pub fn for_format(format: Format) -> EmptyReport {
        match format {
            Format::Text | Format::JsonLines | Format::Tsv => EmptyReport::None,
            Format::Json => EmptyReport::Silent,
            Format::Prometheus => EmptyReport::WithMessage,
        }
    }
}

impl DriveMonitor {
    /// What to do about a first sample if drives are waited for.
    fn wait_for_drives(&self, messages: &mut Messages<impl Write>) -> FirstSample {
        for missing in self.drives.selection().missing("; waiting for it") {
            messages.warn_once(missing);
        }
        if !self.drives.is_empty() {
            return FirstSample::Report;
        }
        if self.drives.selection().is_all() {
            messages.warn_once("there is no tape drive with statistics here; waiting for one");
        }
        FirstSample::Wait
    }

    /// The moment of the next sample, if known.
    fn moment(
        &mut self,
        root: &mut SystemRoot,
        messages: &mut Messages<impl Write>,
    ) -> Option<Moment> {
        let moment = moment(root);
        if let Some(error) = moment.as_ref().err().filter(|_| self.needs_time) {
            report_unknown_time(error, messages);
        }
        let moment = moment.ok();
        let now = moment.map(|moment| moment.monotonic);
        let last = std::mem::replace(&mut self.last, now).unwrap_or_default();
        if now.is_some_and(|now| last >= now) {
            messages.warn_once(
                "no time passed since the previous sample; the report between them has no drives",
            );
        }
        moment
    }
}

impl IntervalCommand for DriveMonitor {
    type Sample = Sample;
    type Rates<'a> = IntervalRates;
    type Error = Error;

    fn sample(
        &mut self,
        root: &mut SystemRoot,
        messages: &mut Messages<impl Write>,
    ) -> Result<Option<Sample>, Error> {
        let had_drives = !self.drives.is_empty();
        self.drives.refresh(root, messages);
        // With `-w`, each drive that is removed is reported.
        if had_drives && self.drives.is_empty() && !self.waits {
            messages.warn("the last drive was removed; reports are empty until one is added");
        }
        let moment = self.moment(root, messages);
        let now = moment.map(|moment| moment.monotonic).unwrap_or_default();
        Ok(Some(Sample { moment, readings: self.drives.read(now, root, messages) }))
    }

    fn check_first(&mut self, _: &Sample, messages: &mut Messages<impl Write>) -> FirstSample {
        if self.waits {
            return self.wait_for_drives(messages);
        }
        for missing in self.drives.selection().missing("") {
            messages.warn(missing);
        }
        self.is_missing = self.drives.selection().is_missing();
        let is_empty = self.drives.is_empty();
        if let Some(others) = self.drives.not_selected().filter(|_| is_empty) {
            messages.warn(others);
        } else if is_empty && self.empty_report != EmptyReport::Silent {
            messages.print_raw("No tape drives with statistics found");
        }
        for problem in self.drives.without_statistics() {
            messages.warn(problem);
        }
        if !is_empty {
            return FirstSample::Report;
        }
        match self.empty_report {
            EmptyReport::None => FirstSample::End(1),
            EmptyReport::Silent | EmptyReport::WithMessage => FirstSample::ReportLast,
        }
    }

    fn since_boot(
        &mut self,
        sample: &Sample,
        root: &mut SystemRoot,
    ) -> Result<IntervalRates, Error> {
        Ok(rates::since_boot(sample, uptime(root).ok(), &self.scale))
    }

    fn between(&mut self, old: &Sample, new: &Sample) -> Option<IntervalRates> {
        Some(rates::between(old, new, &self.scale))
    }

    fn wait(
        &mut self,
        root: &mut SystemRoot,
        timer: &mut IntervalTimer,
    ) -> Result<NextSample, sampling::Error> {
        if !self.has_gaps {
            return root.next_sample(timer);
        }
        root.next_sample_and_observe(timer, gaps::STEP, |root| {
            if let Some(now) = root.now() {
                self.drives.observe(now.monotonic, root);
            }
        })
    }

    fn exit_status(&self) -> u8 {
        u8::from(self.is_missing)
    }
}
