//! What a device did between two readings of its counters.

use super::printed::Printed;
use crate::sample::{Failures, Reading};
use std::ops::{Add, AddAssign};
use std::time::Duration;
use sysparse::diskstats::{Io, Times};
use toolkit::sampling::counter_delta;

/// What a device did between two samples. The figures of several devices can be added.
#[derive(Debug, Clone, PartialEq, Default)]
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
    /// Whether it is unknown how long reads and writes took, of any of several devices.
    pub lacks_times: bool,
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
    /// Requests in flight at the start, if known.
    pub in_flight_before: Option<f64>,
    /// Discards completed, if known.
    pub discards: Option<Requests>,
    /// Flushes completed, if known.
    pub flushes: Option<Requests>,
    /// Commands that ended with an error, if known.
    pub errors: Option<f64>,
    /// Commands that timed out, if known.
    pub timeouts: Option<f64>,
    /// Commands that were sent again, if known.
    pub retries: Option<f64>,
    /// Requests that were moved to another path, if known.
    pub failovers: Option<f64>,
    /// The figures that a text of iostat or sar contains. If there are any, reports show these.
    pub printed: Option<Box<Printed>>,
}

/// Requests of one kind that a device completed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Requests {
    /// How many.
    pub count: f64,
    /// The time in milliseconds that they took, added up.
    pub ms: f64,
}

impl Figures {
    /// What a device did between two readings; `None` if they are of different devices, if a counter
    /// was reset, or if no time elapsed.
    pub(super) fn between(old: &Reading, new: &Reading, seconds: f64) -> Option<Figures> {
        if seconds <= 0.0 || old.number != new.number {
            return None;
        }
        let wrap_max = wrap_max(seconds);
        let increase = |old: u64, new: u64| counter_delta(old, new, wrap_max).map(float);
        let amount = |counter: fn(&Io) -> u64| increase(counter(&old.io), counter(&new.io));
        let times = old.io.times.zip(new.io.times);
        let ms = |counter: fn(&Times) -> u64| {
            times.map_or(Some(0.0), |(old, new)| increase(counter(&old), counter(&new)))
        };
        let failures = old.failures.zip(new.failures);
        let failed = |count: fn(&Failures) -> Option<u64>| {
            let (old, new) = failures.as_ref()?;
            counter_delta(count(old)?, count(new)?, 0).map(float)
        };
        let requests = |counters: fn(&Io) -> Option<(u64, u64)>| {
            let ((old_count, old_ms), (count, ms)) = counters(&old.io).zip(counters(&new.io))?;
            Some(Requests { count: increase(old_count, count)?, ms: increase(old_ms, ms)? })
        };
        Some(Figures {
            seconds,
            reads: amount(|io| io.reads)?,
            writes: amount(|io| io.writes)?,
            read_kib: amount(|io| io.sectors_read)? / SECTORS_IN_KIB,
            written_kib: amount(|io| io.sectors_written)? / SECTORS_IN_KIB,
            lacks_times: times.is_none(),
            read_ms: ms(|times| times.read_ms)?,
            write_ms: ms(|times| times.write_ms)?,
            queued_ms: ms(|times| times.queued_ms)?,
            busy_ms: ms(|times| times.busy_ms)?,
            in_flight: new.in_flight().map(float),
            in_flight_before: old.in_flight().map(float),
            discards: requests(|io| io.discards.map(|done| (done.count, done.ms))),
            flushes: requests(|io| io.flushes.map(|done| (done.count, done.ms))),
            errors: failed(|failures| failures.errors),
            timeouts: failed(|failures| failures.timeouts),
            retries: failed(|failures| failures.retries),
            failovers: failed(|failures| failures.failovers),
            printed: None,
        })
    }

    /// An amount per second.
    #[must_use]
    pub fn rate(&self, amount: f64) -> f64 {
        per(amount, self.seconds)
    }

    /// Reads completed per second.
    #[must_use]
    pub fn reads_per_s(&self) -> Option<f64> {
        self.shown(|printed| printed.reads, || Some(self.rate(self.reads)))
    }

    /// Writes completed per second.
    #[must_use]
    pub fn writes_per_s(&self) -> Option<f64> {
        self.shown(|printed| printed.writes, || Some(self.rate(self.writes)))
    }

    /// KiB read per second.
    #[must_use]
    pub fn read_kib_per_s(&self) -> Option<f64> {
        self.shown(|printed| printed.read_kib, || Some(self.rate(self.read_kib)))
    }

    /// KiB written per second.
    #[must_use]
    pub fn written_kib_per_s(&self) -> Option<f64> {
        self.shown(|printed| printed.written_kib, || Some(self.rate(self.written_kib)))
    }

    /// The average time in milliseconds of a read or write; 0 if there was none, unknown if none was
    /// completed while requests were in flight.
    #[must_use]
    pub fn await_ms(&self) -> Option<f64> {
        let ms = self.read_ms + self.write_ms;
        self.average_ms(|printed| printed.await_ms, ms, self.ios())
    }

    /// The same of reads.
    #[must_use]
    pub fn read_await_ms(&self) -> Option<f64> {
        self.average_ms(|printed| printed.read_await_ms, self.read_ms, self.reads)
    }

    /// The same of writes.
    #[must_use]
    pub fn write_await_ms(&self) -> Option<f64> {
        self.average_ms(|printed| printed.write_await_ms, self.write_ms, self.writes)
    }

    /// The average size in KiB of a read; 0 if there was none.
    #[must_use]
    pub fn read_size_kib(&self) -> Option<f64> {
        self.shown(|printed| printed.read_size_kib, || Some(per(self.read_kib, self.reads)))
    }

    /// The average size in KiB of a write; 0 if there was none.
    #[must_use]
    pub fn write_size_kib(&self) -> Option<f64> {
        self.shown(|printed| printed.write_size_kib, || Some(per(self.written_kib, self.writes)))
    }

    /// The average size in KiB of a read or write; 0 if there was none.
    #[must_use]
    pub fn size_kib(&self) -> Option<f64> {
        let kib = self.read_kib + self.written_kib;
        self.shown(|printed| printed.size_kib, || Some(per(kib, self.ios())))
    }

    /// Discards per second.
    #[must_use]
    pub fn discards_per_s(&self) -> Option<f64> {
        Some(self.rate(self.discards?.count))
    }

    /// The average time in milliseconds of a discard; 0 if there was none.
    #[must_use]
    pub fn discard_await_ms(&self) -> Option<f64> {
        self.requests_await_ms(|printed| printed.discard_await_ms, self.discards)
    }

    /// Flushes per second.
    #[must_use]
    pub fn flushes_per_s(&self) -> Option<f64> {
        Some(self.rate(self.flushes?.count))
    }

    /// The average time in milliseconds of a flush; 0 if there was none.
    #[must_use]
    pub fn flush_await_ms(&self) -> Option<f64> {
        self.requests_await_ms(|printed| printed.flush_await_ms, self.flushes)
    }

    fn requests_await_ms(
        &self,
        printed: fn(&Printed) -> Option<f64>,
        requests: Option<Requests>,
    ) -> Option<f64> {
        let Requests { count, ms } = requests?;
        self.average_ms(printed, ms, count)
    }

    /// The average number of requests in flight.
    #[must_use]
    pub fn queue(&self) -> Option<f64> {
        self.shown(|printed| printed.queue, || self.if_timed(self.rate(self.queued_ms) / 1000.0))
    }

    /// The percentage of the time with at least one request in flight, added up over the devices of a
    /// sum.
    #[must_use]
    pub fn util_percent(&self) -> Option<f64> {
        self.shown(|printed| printed.util, || self.if_timed(self.rate(self.busy_ms) / 10.0))
    }

    /// Reads and writes.
    #[must_use]
    pub fn ios(&self) -> f64 {
        self.reads + self.writes
    }

    /// Requests of every kind that were completed.
    #[must_use]
    pub fn completed(&self) -> f64 {
        let count = |requests: Option<Requests>| requests.map_or(0.0, |requests| requests.count);
        self.ios() + count(self.discards) + count(self.flushes)
    }

    /// Requests in flight while none was completed: at the end, or on average in a text, which does
    /// not have the number at the end. 0 if any request was completed, or if the number is unknown.
    #[must_use]
    pub fn stalled(&self) -> f64 {
        match self.in_flight {
            _ if self.has_completed() => 0.0,
            Some(in_flight) => in_flight,
            None if self.printed.is_some() => self.rate(self.queued_ms / 1000.0).round(),
            None => 0.0,
        }
    }

    /// Whether requests are in flight and none was completed. Since Linux 5.0, the time of a request
    /// counts when it is completed, so a text shows this only by the busy time.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        let is_hung = self.printed.is_some() && self.rate(self.busy_ms) >= HUNG_MS_PER_S;
        self.stalled() > 0.0 || is_hung && !self.has_completed()
    }

    /// An average time for comparisons: that of a device on which nothing is completed is longer than
    /// all others.
    #[must_use]
    pub fn unless_stalled(&self, average_ms: Option<f64>) -> Option<f64> {
        if self.is_stalled() { Some(f64::INFINITY) } else { average_ms }
    }

    /// Whether any request was completed. A text has rates of zero if they are few.
    fn has_completed(&self) -> bool {
        let printed = self.printed.as_ref();
        self.completed() > 0.0 || printed.is_some_and(|it| it.await_ms.is_some_and(|ms| ms > 0.0))
    }

    /// Whether the device completed requests, was busy, or has requests in flight.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.completed() > 0.0 || self.busy_ms > 0.0 || self.stalled() > 0.0
    }

    /// The printed figure of a text, or the computed one.
    fn shown(
        &self,
        printed: impl FnOnce(&Printed) -> Option<f64>,
        computed: impl FnOnce() -> Option<f64>,
    ) -> Option<f64> {
        self.printed.as_deref().map_or_else(computed, printed)
    }

    fn if_timed(&self, figure: f64) -> Option<f64> {
        (!self.lacks_times).then_some(figure)
    }

    /// The average time of requests, which is unknown while none is completed.
    fn average_ms(&self, printed: fn(&Printed) -> Option<f64>, ms: f64, count: f64) -> Option<f64> {
        if self.is_stalled() { None } else { self.shown(printed, || self.if_timed(per(ms, count))) }
    }
}

/// The quotient; 0 if `count` is 0.
pub(super) fn per(amount: f64, count: f64) -> f64 {
    if count > 0.0 { amount / count } else { 0.0 }
}

impl AddAssign<&Figures> for Figures {
    fn add_assign(&mut self, other: &Figures) {
        self.printed = printed_sum(self, other).map(Box::new);
        self.seconds = other.seconds;
        self.reads += other.reads;
        self.writes += other.writes;
        self.read_kib += other.read_kib;
        self.written_kib += other.written_kib;
        self.lacks_times |= other.lacks_times;
        self.read_ms += other.read_ms;
        self.write_ms += other.write_ms;
        self.queued_ms += other.queued_ms;
        self.busy_ms += other.busy_ms;
        self.in_flight = known_sum(self.in_flight, other.in_flight);
        self.in_flight_before = known_sum(self.in_flight_before, other.in_flight_before);
        self.discards = known_sum(self.discards, other.discards);
        self.flushes = known_sum(self.flushes, other.flushes);
        self.errors = known_sum(self.errors, other.errors);
        self.timeouts = known_sum(self.timeouts, other.timeouts);
        self.retries = known_sum(self.retries, other.retries);
        self.failovers = known_sum(self.failovers, other.failovers);
    }
}

/// The sum of two devices, if any of them is from a text. Averages are weighted by rates. An
/// average that rates of zero cannot weight is unknown.
fn printed_sum(a: &Figures, b: &Figures) -> Option<Printed> {
    let (one, other) = (a.printed.as_deref(), b.printed.as_deref());
    if one.is_none() && other.is_none() {
        return None;
    }
    let sum = |figure: fn(&Printed) -> Option<f64>| {
        known_sum(one.and_then(figure), other.and_then(figure))
    };
    let average = |figure: fn(&Printed) -> Option<f64>, total: f64, count: f64| {
        let known = sum(figure)?;
        (count > 0.0 || known == 0.0).then(|| per(total, count))
    };
    let requests = |figure: fn(&Printed) -> Option<f64>, one, other| {
        let Requests { count, ms } = known_sum(one, other)?;
        average(figure, ms, count)
    };
    let (reads, writes) = (a.reads + b.reads, a.writes + b.writes);
    let (read_ms, write_ms) = (a.read_ms + b.read_ms, a.write_ms + b.write_ms);
    let (read_kib, written_kib) = (a.read_kib + b.read_kib, a.written_kib + b.written_kib);
    Some(Printed {
        reads: sum(|it| it.reads),
        writes: sum(|it| it.writes),
        read_kib: sum(|it| it.read_kib),
        written_kib: sum(|it| it.written_kib),
        await_ms: average(|it| it.await_ms, read_ms + write_ms, reads + writes),
        read_await_ms: average(|it| it.read_await_ms, read_ms, reads),
        write_await_ms: average(|it| it.write_await_ms, write_ms, writes),
        discard_await_ms: requests(|it| it.discard_await_ms, a.discards, b.discards),
        flush_await_ms: requests(|it| it.flush_await_ms, a.flushes, b.flushes),
        size_kib: average(|it| it.size_kib, read_kib + written_kib, reads + writes),
        read_size_kib: average(|it| it.read_size_kib, read_kib, reads),
        write_size_kib: average(|it| it.write_size_kib, written_kib, writes),
        queue: sum(|it| it.queue),
        util: sum(|it| it.util),
    })
}

impl Add for Requests {
    type Output = Requests;

    fn add(self, other: Requests) -> Requests {
        Requests { count: self.count + other.count, ms: self.ms + other.ms }
    }
}

/// The sum of what is known.
pub(super) fn known_sum<T: Add<Output = T>>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

/// The milliseconds per second from which a device in a text that completed nothing was busy because
/// its requests hang.
const HUNG_MS_PER_S: f64 = 900.0;

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
