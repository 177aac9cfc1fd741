//! What one device did between two readings of its counters.

use crate::sample::{Failures, Reading};
use std::ops::AddAssign;
use std::time::Duration;
use sysparse::diskstats::Io;
use toolkit::delta::grown;

/// What a device did between two samples. Amounts add up: those of several devices together are the
/// sums of theirs.
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
    /// Milliseconds that these reads took.
    pub read_ms: f64,
    /// Milliseconds that these writes took.
    pub write_ms: f64,
    /// Milliseconds times requests under way.
    pub queued_ms: f64,
    /// Milliseconds with a request under way.
    pub busy_ms: f64,
    /// Requests under way at the end, if known.
    pub in_flight: Option<f64>,
    /// Commands that ended in an error, if known.
    pub errors: Option<f64>,
    /// Commands that ran into their time limit, if known.
    pub timeouts: Option<f64>,
}

impl Figures {
    /// What a device did between two readings; nothing if it is not the same device, if a counter went
    /// back, or if no time went by.
    pub(super) fn between(old: &Reading, new: &Reading, seconds: f64) -> Option<Figures> {
        if seconds <= 0.0 || old.number != new.number {
            return None;
        }
        let wrap_max = wrap_max(seconds);
        let amount = |counter: fn(&Io) -> u64| {
            grown(counter(&old.io), counter(&new.io), wrap_max).map(float)
        };
        let failures = old.failures.zip(new.failures);
        let failed = |count: fn(&Failures) -> Option<u64>| {
            let (old, new) = failures.as_ref()?;
            grown(count(old)?, count(new)?, 0).map(float)
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

    /// An amount of these a second.
    #[must_use]
    pub fn rate(&self, amount: f64) -> f64 {
        per(amount, self.seconds)
    }

    /// Milliseconds that a read or write took; 0 if there was none.
    #[must_use]
    pub fn await_ms(&self) -> f64 {
        per(self.read_ms + self.write_ms, self.ios())
    }

    /// Milliseconds that a read took.
    #[must_use]
    pub fn read_await_ms(&self) -> f64 {
        per(self.read_ms, self.reads)
    }

    /// Milliseconds that a write took.
    #[must_use]
    pub fn write_await_ms(&self) -> f64 {
        per(self.write_ms, self.writes)
    }

    /// KiB of a read.
    #[must_use]
    pub fn read_size_kib(&self) -> f64 {
        per(self.read_kib, self.reads)
    }

    /// KiB of a write.
    #[must_use]
    pub fn write_size_kib(&self) -> f64 {
        per(self.written_kib, self.writes)
    }

    /// Requests under way on average.
    #[must_use]
    pub fn queue(&self) -> f64 {
        self.rate(self.queued_ms) / 1000.0
    }

    /// The percentage of the time with a request under way; of a sum, that of all its devices.
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

const SECTORS_IN_KIB: f64 = 2.0;

/// How much a counter can have grown at most: the milliseconds of 65,536 requests under way, which
/// is more than a device can do of anything else. The kernel counts milliseconds modulo 2^32.
fn wrap_max(seconds: f64) -> u64 {
    let most = Duration::try_from_secs_f64(seconds * 65_536.0).unwrap_or(Duration::MAX);
    u64::try_from(most.as_millis()).unwrap_or(u64::MAX).min(1 << 31)
}

#[expect(clippy::cast_precision_loss, reason = "what is counted in an interval fits 52 bits")]
fn float(count: u64) -> f64 {
    count as f64
}
