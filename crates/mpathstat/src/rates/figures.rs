//! What a device did between two readings of its counters.

use crate::sample::{Failures, Reading};
use std::ops::AddAssign;
use std::time::Duration;
use sysparse::diskstats::Io;
use toolkit::sampling::counter_delta;

/// What a device did between two samples. The figures of several devices can be added.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// The time between the samples, in seconds.
    pub seconds: f64,
    /// Reads completed.
    pub reads: f64,
    /// Writes completed.
    pub writes: f64,
    /// KiB read.
    pub read_kib: f64,
    /// KiB written.
    pub written_kib: f64,
    /// The time in milliseconds that the reads took, added up.
    pub read_ms: f64,
    /// The time in milliseconds that the writes took, added up.
    pub write_ms: f64,
    /// The time in milliseconds that all requests took, added up.
    pub queued_ms: f64,
    /// The time in milliseconds with at least one request in flight.
    pub busy_ms: f64,
    /// Requests in flight at the end, if known.
    pub in_flight: Option<f64>,
    /// Commands that ended with an error, if known.
    pub errors: Option<f64>,
    /// Commands that timed out, if known.
    pub timeouts: Option<f64>,
}

impl Figures {
    /// What a device did between two readings; `None` if they are of different devices, if a counter
    /// was reset, or if no time elapsed.
    pub(super) fn between(old: &Reading, new: &Reading, seconds: f64) -> Option<Figures> {
        if seconds <= 0.0 || old.number != new.number {
            return None;
        }
        let wrap_max = wrap_max(seconds);
        let amount = |counter: fn(&Io) -> u64| {
            counter_delta(counter(&old.io), counter(&new.io), wrap_max).map(float)
        };
        let failures = old.failures.zip(new.failures);
        let failed = |count: fn(&Failures) -> Option<u64>| {
            let (old, new) = failures.as_ref()?;
            counter_delta(count(old)?, count(new)?, 0).map(float)
        };
        Some(Figures {
            seconds,
            reads: amount(|io| io.reads)?,
            writes: amount(|io| io.writes)?,
            read_kib: amount(|io| io.sectors_read)? / SECTORS_IN_KIB,
            written_kib: amount(|io| io.sectors_written)? / SECTORS_IN_KIB,
            read_ms: amount(|io| io.read_ms)?,
            write_ms: amount(|io| io.write_ms)?,
            queued_ms: amount(|io| io.queued_ms)?,
            busy_ms: amount(|io| io.busy_ms)?,
            in_flight: Some(float(new.io.in_flight)),
            errors: failed(|failures| Some(failures.errors)),
            timeouts: failed(|failures| failures.timeouts),
        })
    }

    /// An amount per second.
    #[must_use]
    pub fn rate(&self, amount: f64) -> f64 {
        per(amount, self.seconds)
    }

    /// The average time in milliseconds of a read or write; 0 if there was none.
    #[must_use]
    pub fn await_ms(&self) -> f64 {
        per(self.read_ms + self.write_ms, self.ios())
    }

    /// The average time in milliseconds of a read; 0 if there was none.
    #[must_use]
    pub fn read_await_ms(&self) -> f64 {
        per(self.read_ms, self.reads)
    }

    /// The average time in milliseconds of a write; 0 if there was none.
    #[must_use]
    pub fn write_await_ms(&self) -> f64 {
        per(self.write_ms, self.writes)
    }

    /// The average size in KiB of a read; 0 if there was none.
    #[must_use]
    pub fn read_size_kib(&self) -> f64 {
        per(self.read_kib, self.reads)
    }

    /// The average size in KiB of a write; 0 if there was none.
    #[must_use]
    pub fn write_size_kib(&self) -> f64 {
        per(self.written_kib, self.writes)
    }

    /// The average number of requests in flight.
    #[must_use]
    pub fn queue(&self) -> f64 {
        self.rate(self.queued_ms) / 1000.0
    }

    /// The percentage of the time with at least one request in flight, added up over the devices of a
    /// sum.
    #[must_use]
    pub fn util_percent(&self) -> f64 {
        self.rate(self.busy_ms) / 10.0
    }

    /// Reads and writes.
    #[must_use]
    pub fn ios(&self) -> f64 {
        self.reads + self.writes
    }
}

/// The quotient; 0 if `count` is 0.
pub(super) fn per(amount: f64, count: f64) -> f64 {
    if count > 0.0 { amount / count } else { 0.0 }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Figures) {
        let both = |a: Option<f64>, b: Option<f64>| a.map_or(b, |a| Some(a + b.unwrap_or(0.0)));
        self.seconds = other.seconds;
        self.reads += other.reads;
        self.writes += other.writes;
        self.read_kib += other.read_kib;
        self.written_kib += other.written_kib;
        self.read_ms += other.read_ms;
        self.write_ms += other.write_ms;
        self.queued_ms += other.queued_ms;
        self.busy_ms += other.busy_ms;
        self.in_flight = both(self.in_flight, other.in_flight);
        self.errors = both(self.errors, other.errors);
        self.timeouts = both(self.timeouts, other.timeouts);
    }
}

/// A sector has 512 bytes.
const SECTORS_IN_KIB: f64 = 2.0;

/// The largest possible increase of a counter: the milliseconds of 65,536 requests in flight, which is
/// more than any other counter can increase. The kernel counts milliseconds modulo 2^32.
fn wrap_max(seconds: f64) -> u64 {
    let most = Duration::try_from_secs_f64(seconds * 65_536.0).unwrap_or(Duration::MAX);
    u64::try_from(most.as_millis()).unwrap_or(u64::MAX).min(1 << 31)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to 2^52, far more than a device does in an interval"
)]
fn float(count: u64) -> f64 {
    count as f64
}
