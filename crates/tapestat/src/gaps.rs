//! Gaps between transfers: whether a drive starves, and has to stop and start.
//!
//! The counters are observed every 100 ms, and for each report. An observation is quiet if no transfer
//! completed since the previous one and no request is in flight. Quiet observations in a row are a gap if
//! they cover 200 ms, and if there are transfers before and after:
//!
//! ```text
//! transfers   ████████            ████████
//! observed   a   a   a   q   q   q   a   a      a: active, q: quiet
//! gap                 <-------------->
//! ```

use std::time::Duration;

/// The time between two observations.
pub const STEP: Duration = Duration::from_millis(100);

/// How late an observation can be.
const LATE: Duration = Duration::from_millis(5);

/// The time that quiet observations in a row must cover to be a gap: two steps, of which the first one
/// can have begun late.
const QUIET_MIN: Duration = STEP.saturating_mul(2).saturating_sub(LATE);

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
    /// The time that the last active observation covers.
    active: Duration,
    /// The time that quiet observations cover since then.
    quiet: Duration,
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
        // A late observation does not prove more than one step: the system may have stood still.
        let elapsed = now.time.saturating_sub(last.time).min(STEP + LATE);
        let has_completed = now.transfers != last.transfers;
        if !has_completed && now.in_flight == 0 {
            self.quiet += elapsed;
            return;
        }
        let quiet = std::mem::take(&mut self.quiet);
        let before = std::mem::replace(&mut self.active, elapsed);
        if self.has_transfer && quiet >= QUIET_MIN {
            // On average, the gap began in the middle of the active observation before the quiet ones,
            // and ended in the middle of the one after them.
            self.pending.count += 1;
            self.pending.time += quiet + (before + elapsed) / 2;
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
        let steps = vec![100; observations.len()];
        gaps_in_steps(observations, &steps)
    }

    /// The same, so many milliseconds apart.
    fn gaps_in_steps(observations: &str, steps: &[u64]) -> (u64, u64) {
        let mut finder = GapFinder::default();
        let (mut transfers, mut time) = (0, Duration::ZERO);
        for (kind, step) in observations.chars().zip(steps) {
            time += Duration::from_millis(*step);
            transfers += i128::from(kind == 'w');
            let in_flight = u64::from(kind == 'f');
            let now = Observation { time, transfers, in_flight };
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
    fn a_gap_is_200_ms_of_quiet_time_however_often_it_is_observed() {
        let step = |millis| [millis; 8];
        assert_eq!(gaps_in_steps(".w...w", &step(50)), (0, 0));
        assert_eq!(gaps_in_steps(".w....w", &step(50)), (1, 250));
        assert_eq!(gaps_in_steps(".w..w", &[0, 40, 96, 99, 60]), (1, 245), "a late one before it");
        assert_eq!(gaps_in_steps(".w..w", &[0, 40, 96, 98, 60]), (0, 0));
        let late = [0, 100, 5000, 90, 100];
        assert_eq!(gaps_in_steps(".w..w", &late), (1, 295), "one step, and what it can be late");
        assert_eq!(gaps_in_steps(".w..w", &[0, 100, 5000, 89, 100]), (0, 0));
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
        assert_eq!(gaps(".w..?...w"), (1, 250), "what follows it can be one");
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
