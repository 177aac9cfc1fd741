//! The raw counters of a device as records and metrics print them, in one table.

use crate::sample::Reading;
use toolkit::records::{Fixed, Value};

/// A counter that the kernel increases while the device exists.
#[derive(Debug)]
pub struct Counter {
    /// The key in records.
    pub record_key: &'static str,
    /// The end of the name of the metric.
    pub metric: &'static str,
    /// What it counts.
    pub help: &'static str,
    unit: Unit,
    count: fn(&Reading) -> Option<u64>,
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Requests,
    Sectors,
    Milliseconds,
}
use Unit::{Milliseconds, Requests, Sectors};

/// All counters.
pub static COUNTERS: [Counter; 17] = [
    counter(["reads", "reads_total", "Reads completed."], Requests, |it| Some(it.io.reads)),
    counter(["writes", "writes_total", "Writes completed."], Requests, |it| Some(it.io.writes)),
    counter(["read_sectors", "read_bytes_total", "Bytes read."], Sectors, |it| {
        Some(it.io.sectors_read)
    }),
    counter(["written_sectors", "written_bytes_total", "Bytes written."], Sectors, |it| {
        Some(it.io.sectors_written)
    }),
    counter(
        ["read_ms", "read_time_seconds_total", "Time that completed reads took, added up."],
        Milliseconds,
        |it| Some(it.io.times?.read_ms),
    ),
    counter(
        ["write_ms", "write_time_seconds_total", "Time that completed writes took, added up."],
        Milliseconds,
        |it| Some(it.io.times?.write_ms),
    ),
    counter(
        ["busy_ms", "io_time_seconds_total", "Time with at least one request in flight."],
        Milliseconds,
        |it| Some(it.io.times?.busy_ms),
    ),
    counter(
        ["queued_ms", "weighted_io_time_seconds_total", "Time that all requests took, added up."],
        Milliseconds,
        |it| Some(it.io.times?.queued_ms),
    ),
    counter(["discards", "discards_total", "Discards completed."], Requests, |it| {
        Some(it.io.discards?.count)
    }),
    counter(["discarded_sectors", "discarded_bytes_total", "Bytes discarded."], Sectors, |it| {
        Some(it.io.discards?.sectors)
    }),
    counter(
        ["discard_ms", "discard_time_seconds_total", "Time that discards took, added up."],
        Milliseconds,
        |it| Some(it.io.discards?.ms),
    ),
    counter(["flushes", "flushes_total", "Flushes completed."], Requests, |it| {
        Some(it.io.flushes?.count)
    }),
    counter(
        ["flush_ms", "flush_time_seconds_total", "Time that flushes took, added up."],
        Milliseconds,
        |it| Some(it.io.flushes?.ms),
    ),
    counter(["errors", "errors_total", "Commands that ended with an error."], Requests, |it| {
        it.failures.and_then(|failures| failures.errors)
    }),
    counter(["timeouts", "timeouts_total", "Commands that timed out."], Requests, |it| {
        it.failures.and_then(|failures| failures.timeouts)
    }),
    counter(["retries", "retries_total", "Commands that were sent again."], Requests, |it| {
        it.failures.and_then(|failures| failures.retries)
    }),
    counter(
        ["failovers", "failovers_total", "Requests that were moved to another path."],
        Requests,
        |it| it.failures.and_then(|failures| failures.failovers),
    ),
];

const fn counter(
    names: [&'static str; 3],
    unit: Unit,
    count: fn(&Reading) -> Option<u64>,
) -> Counter {
    let [record_key, metric, help] = names;
    Counter { record_key, metric, help, unit, count }
}

/// The bytes of a sector.
const SECTOR: u64 = 512;

impl Counter {
    /// The number as the kernel counts it.
    #[must_use]
    pub fn raw(&self, reading: Option<&Reading>) -> Value<'static> {
        reading.and_then(self.count).map_or(Value::Null, Value::Number)
    }

    /// The number in bytes or seconds.
    #[must_use]
    pub fn in_base_unit(&self, reading: Option<&Reading>) -> Value<'static> {
        let Some(count) = reading.and_then(self.count) else { return Value::Null };
        match self.unit {
            Requests => Value::Number(count),
            Sectors => Value::Number(count.saturating_mul(SECTOR)),
            Milliseconds => Value::Fixed(Fixed { scaled: count, decimals: 3, mark: "." }),
        }
    }
}
