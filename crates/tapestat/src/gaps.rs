//! Gaps between transfers: whether a drive starves, and has to stop and start.
//!
//! The counters are observed every 100 ms. An observation is quiet if no transfer completed since the
//! previous one and no request is in flight. Two or more quiet observations in a row are a gap, if
//! there are transfers before and after:
//!
//! ```text
//! transfers   ████████            ████████
//! observed   a   a   a   q   q   q   a   a      a: active, q: quiet
//! gap                 <-------------->
//! ```

use std::time::Duration;

/// The time between two observations.
pub const STEP: Duration = Duration::from_millis(100);

/// Quiet observations in a row that prove a gap of two steps.
const QUIET_MIN: u32 = 2;

/// The gaps so far, or in an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gaps {
    /// How many there are.
    pub count: u64,
    /// How long they took.
    pub time: Duration,
    /// How many observations said nothing about the time before them, as the first one.
    pub blind: u64,
}

impl Gaps {
    /// The gaps that were added; `None` if there may be others, because an observation said nothing.
    #[must_use]
    pub fn since(self, old: Gaps) -> Option<Gaps> {
        (self.blind == old.blind).then(|| Gaps {
            count: self.count.saturating_sub(old.count),
            time: self.time.saturating_sub(old.time),
            blind: 0,
        })
    }
}

/// Finds the gaps of a drive.
#[derive(Debug, Default)]
pub struct GapFinder {
    last: Option<Observation>,
    /// Whether a transfer was seen: what precedes the first one is no gap.
    has_transfer: bool,
    /// Quiet observations since the last active one, and their time.
    quiet: (u32, Duration),
    /// Gaps that count if another transfer follows.
    pending: Gaps,
    found: Gaps,
}

/// What a drive has done at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation {
    /// A time on a clock that is never set back.
    pub time: Duration,
    /// Completed reads and writes.
    pub transfers: i128,
    /// Requests in flight of any kind.
    pub in_flight: u64,
}

impl GapFinder {
    /// The gaps that were found so far. A gap counts when it ends.
    #[must_use]
    pub fn found(&self) -> Gaps {
        self.found
    }

    /// Observes the drive. `None` if it cannot be read: then nothing is known of the time around it.
    pub fn observe(&mut self, now: Option<Observation>) {
        let Some((last, now)) = std::mem::replace(&mut self.last, now).zip(now) else {
            let found = Gaps { blind: self.found.blind.saturating_add(1), ..self.found };
            let has_transfer = self.has_transfer;
            *self = GapFinder { last: now, has_transfer, found, ..GapFinder::default() };
            return;
        };
        let has_completed = now.transfers != last.transfers;
        if !has_completed && now.in_flight == 0 {
            // A late observation does not prove more than one step: the system may have stood still.
            let elapsed = now.time.saturating_sub(last.time).min(STEP);
            self.quiet = (self.quiet.0.saturating_add(1), self.quiet.1 + elapsed);
            return;
        }
        let (observations, time) = std::mem::take(&mut self.quiet);
        if self.has_transfer && observations >= QUIET_MIN {
            // On average, the gap began half a step before the first and ended half a step after the
            // last of these observations.
            self.pending.count += 1;
            self.pending.time += time + STEP;
        }
        if has_completed {
            let pending = std::mem::take(&mut self.pending);
            self.found.count += pending.count;
            self.found.time += pending.time;
            self.has_transfer = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gaps after these observations, one step apart: `w` is a completed transfer, `f` a request
    /// in flight, `.` nothing, `?` an error.
    fn gaps(observations: &str) -> (u64, u64) {
        let mut finder = GapFinder::default();
        let mut transfers = 0;
        for (number, kind) in (0..).zip(observations.chars()) {
            transfers += i128::from(kind == 'w');
            let in_flight = u64::from(kind == 'f');
            let now = Observation { time: STEP * number, transfers, in_flight };
            finder.observe((kind != '?').then_some(now));
        }
        let Gaps { count, time, .. } = finder.found();
        (count, u64::try_from(time.as_millis()).unwrap())
    }

    #[test]
    fn a_gap_is_between_transfers() {
        assert_eq!(gaps(".ww....ww"), (1, 500));
        assert_eq!(gaps(".w..w..w"), (2, 600));
        assert_eq!(gaps("....ww...."), (0, 0), "before the first and after the last transfer");
        assert_eq!(gaps(".w.w.w.w.w"), (0, 0), "less than 200 ms for all that is known");
        assert_eq!(gaps(".wffffffwfffw"), (0, 0), "an operation that takes long is no gap");
    }

    #[test]
    fn a_rewind_is_no_transfer() {
        assert_eq!(gaps(".w..ffff"), (0, 0));
        assert_eq!(gaps(".w...ff...w"), (2, 800));
        assert_eq!(gaps(".f...w"), (0, 0));
    }

    #[test]
    fn what_cannot_be_read_is_no_gap() {
        assert_eq!(gaps(".w..?..w...w"), (1, 400));
        assert_eq!(gaps(".w...w?"), (1, 400));
        assert_eq!(gaps(".w..?...w"), (1, 300), "what follows it can be one");
        assert_eq!(gaps(".?...w"), (0, 0), "but not before the first transfer");
    }

    #[test]
    fn gaps_are_unknown_around_what_cannot_be_read() {
        let mut finder = GapFinder::default();
        let mut observe = |kind| {
            let seen = Observation { time: STEP, transfers: 0, in_flight: 0 };
            finder.observe((kind != '?').then_some(seen));
            finder.found()
        };
        let mut last = observe('.');
        let mut is_known = |observations: &str| {
            let before = last;
            last = observations.chars().map(&mut observe).last().unwrap();
            last.since(before).is_some()
        };
        let known = ["..", ".?.", "..", ".?", "..", "..", "??", "?."].map(&mut is_known);
        assert_eq!(known, [true, false, true, false, false, true, false, false]);
    }

    #[test]
    fn gaps_that_were_added_are_a_difference() {
        let gaps =
            |count, seconds, blind| Gaps { count, time: Duration::from_secs(seconds), blind };
        assert_eq!(gaps(7, 20, 1).since(gaps(4, 18, 1)), Some(gaps(3, 2, 0)));
        assert_eq!(gaps(7, 20, 2).since(gaps(4, 18, 1)), None);
    }

    #[test]
    fn a_system_that_stood_still_shows_no_gap() {
        let mut finder = GapFinder::default();
        for (millis, transfers) in [(0, 0), (100, 5), (5100, 5), (5200, 9), (5300, 10)] {
            let time = Duration::from_millis(millis);
            finder.observe(Some(Observation { time, transfers, in_flight: 0 }));
        }
        let Gaps { count, time, .. } = finder.found();
        assert_eq!((count, time), (0, Duration::ZERO));
    }
}
