//! Two devices compared as if they had done equally many reads and writes in each interval.

use super::figures::per;
use super::{Figures, Mark};
use std::ops::AddAssign;

/// The reads and writes per path, on average, from which paths are judged.
pub(super) const IOS: f64 = 100.0;
/// How many times as long as on the fastest sibling a read or write can take.
pub(super) const AWAIT_FACTOR: f64 = 3.0;
/// How many milliseconds longer than on the fastest sibling a read or write can take.
pub(super) const AWAIT_MS: f64 = 0.5;

/// The least time of a sibling that makes a multiple: the smallest that is printed. The counters of
/// a quick sibling can be 0, because the kernel counts whole milliseconds.
const LEAST_MS: f64 = 0.01;

/// How many times as long as on the other one a read or write takes, at least.
pub(super) fn multiple(own_ms: f64, other_ms: f64) -> f64 {
    own_ms / other_ms.max(LEAST_MS)
}

/// Reads and writes, and the milliseconds that they took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Load {
    pub(super) ios: f64,
    pub(super) ms: f64,
}

impl Load {
    /// What a device did in an interval of `seconds`.
    pub(super) fn new(figures: &Figures, seconds: f64) -> Load {
        // The figures of a text are per second.
        let intervals = per(seconds, figures.seconds);
        let ms = figures.read_ms + figures.write_ms;
        Load { ios: figures.ios() * intervals, ms: ms * intervals }
    }
}

impl AddAssign for Load {
    fn add_assign(&mut self, other: Load) {
        self.ios += other.ios;
        self.ms += other.ms;
    }
}

/// What one device and another took for equally many reads and writes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Matched {
    ios: f64,
    own_ms: f64,
    other_ms: f64,
}

impl Matched {
    /// Adds what both did at the same time. Both count as the harmonic mean of their reads and writes,
    /// so an interval in which one of them did little counts little: the weights of Mantel and Haenszel.
    pub(super) fn add(&mut self, own: Load, other: Load) {
        let total = own.ios + other.ios;
        self.ios += per(2.0 * own.ios * other.ios, total);
        self.own_ms += per(2.0 * own.ms * other.ios, total);
        self.other_ms += per(2.0 * other.ms * own.ios, total);
    }

    /// What was added, if it is enough for a judgment, and starts again at zero. Then each had at
    /// least half of [`IOS`].
    pub(super) fn take_enough(&mut self) -> Option<Matched> {
        (self.ios >= IOS).then(|| std::mem::take(self))
    }

    /// The mark if the one takes too long.
    pub(super) fn slow_mark(&self, other: &[u8]) -> Option<Mark> {
        let is_slow = self.own_ms > AWAIT_FACTOR * self.other_ms
            && self.own_ms > self.other_ms + AWAIT_MS * self.ios;
        let times = multiple(per(self.own_ms, self.ios), per(self.other_ms, self.ios));
        is_slow.then(|| Mark::Await { times, sibling: other.to_vec() })
    }
}

impl AddAssign for Matched {
    fn add_assign(&mut self, other: Matched) {
        self.ios += other.ios;
        self.own_ms += other.own_ms;
        self.other_ms += other.other_ms;
    }
}
