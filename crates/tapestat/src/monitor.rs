//! What is reported on: the drives and their counters.

use crate::drives::Drives;
use crate::error::Error;
use crate::rates::{self, IntervalRates, Scale};
use crate::sample::{Sample, moment, uptime};
use std::io::Write;
use toolkit::messages::Messages;
use toolkit::sampling::{FirstSample, Format, IntervalCommand, SystemRoot};

/// Reports on the counters of drives.
pub struct DriveMonitor {
    /// The drives.
    pub drives: Drives,
    /// How figures are computed.
    pub scale: Scale,
    /// Whether to wait for a drive.
    pub waits: bool,
    /// What is printed if there is no drive.
    pub empty_report: EmptyReport,
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

impl IntervalCommand for DriveMonitor {
    type Sample = Sample;
    type Rates<'a> = IntervalRates;
    type Error = Error;

    fn sample(
        &mut self,
        root: &mut SystemRoot,
        messages: &mut Messages<impl Write>,
    ) -> Result<Option<Sample>, Error> {
        self.drives.refresh(root, messages);
        let moment = moment(root)?;
        Ok(Some(Sample { moment, readings: self.drives.read(root, messages) }))
    }

    fn check_first(&mut self, _: &Sample, messages: &mut Messages<impl Write>) -> FirstSample {
        if self.waits {
            return if self.drives.is_empty() { FirstSample::Wait } else { FirstSample::Report };
        }
        for number in self.drives.missing() {
            messages.warn(format_args!("st{number}: no such drive, or it has no statistics"));
        }
        if !self.drives.is_empty() {
            return FirstSample::Report;
        }
        if self.empty_report != EmptyReport::Silent {
            messages.print_raw("No tape drives with statistics found");
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
        Ok(rates::since_boot(sample, uptime(root)?, &self.scale))
    }

    fn between(&mut self, old: &Sample, new: &Sample) -> Option<IntervalRates> {
        Some(rates::between(old, new, &self.scale))
    }
}
