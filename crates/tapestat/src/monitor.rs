//! What is reported on: the drives and their counters.

use crate::drives::Drives;
use crate::error::Error;
use crate::rates::{self, IntervalRates, Scale};
use crate::sample::{Sample, moment, uptime};
use std::io::Write;
use toolkit::messages::Messages;
use toolkit::sampling::{FirstSample, IntervalCommand, SystemRoot};

/// Reports on the counters of drives.
pub struct DriveMonitor {
    /// The drives.
    pub drives: Drives,
    /// How figures are computed.
    pub scale: Scale,
    /// Whether to wait for a drive.
    pub waits: bool,
    /// Whether a report without drives is printed, as sysstat does for JSON.
    pub has_empty_report: bool,
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
        match self.drives.is_empty() {
            false => FirstSample::Report,
            true if self.has_empty_report => FirstSample::ReportLast,
            true => {
                messages.print_raw("No tape drives with statistics found");
                FirstSample::End(1)
            }
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
