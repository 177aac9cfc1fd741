//! Which devices have requests in flight and complete none.

use super::figures::per;
use super::{Figures, Mark};
use std::collections::HashMap;

/// How long, in seconds, requests must be in flight without one being completed. Intervals of a
/// second are often a little shorter.
pub(super) const STUCK_SECONDS: f64 = 0.9;

/// For how many seconds each device has completed nothing.
#[derive(Debug, Default)]
pub(super) struct Stuck {
    devices: HashMap<Vec<u8>, f64>,
    next: HashMap<Vec<u8>, f64>,
}

impl Stuck {
    /// Adds an interval of `seconds`. Returns the mark of a device whose requests are stuck.
    pub(super) fn judge(
        &mut self,
        key: Vec<u8>,
        figures: Option<&Figures>,
        seconds: f64,
    ) -> Option<Mark> {
        let figures = figures.filter(|figures| figures.is_stalled())?;
        let had_some = figures.in_flight_before.is_some_and(|count| count > 0.0);
        // As nothing was completed, the busy time is how long the requests have been in flight.
        let busy = per(figures.busy_ms / 1000.0 * seconds, figures.seconds);
        let earlier = self.devices.remove(&key).unwrap_or(0.0);
        let waited = if had_some { earlier + seconds } else { busy };
        self.next.insert(key, waited);
        let count = Some(figures.stalled()).filter(|count| *count > 0.0);
        (waited >= STUCK_SECONDS).then_some(Mark::Stuck(count))
    }

    /// Ends an interval. A device that was not stuck in it starts again at zero.
    pub(super) fn end_interval(&mut self) {
        self.devices = std::mem::take(&mut self.next);
    }
}
