//! Rates: what each drive did between two samples.
//!
//! A figure is an integer, in units of 10^-`decimals`, so that a total is exactly the sum of the figures
//! above it. Without decimals it is truncated, as in sysstat; with decimals it is rounded.
//!
//! ```
//! use std::time::Duration;
//! use tapestat::rates::{Scale, between};
//! use tapestat::sample::Sample;
//! use toolkit::sampling::Moment;
//!
//! let moment = |seconds| Moment { monotonic: Duration::from_secs(seconds), wall: None };
//! let sample = |seconds| Sample { moment: moment(seconds), readings: Vec::new() };
//! let scale = Scale { decimals: 0, unit_kib: 1.0, omits_idle: false, has_total: true };
//! let rates = between(&sample(5), &sample(7), &scale);
//! assert_eq!(rates.interval, Duration::from_secs(2));
//! assert_eq!(rates.total.map(|total| total.figures), Some([0; 9]));
//! ```

use crate::names::DriveNames;
use crate::sample::{Counters, Reading, Sample};
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use toolkit::sampling::{Pair, pairs};

/// How figures are computed, and which rows there are.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// The number of decimals.
    pub decimals: usize,
    /// The unit of amounts, in KiB.
    pub unit_kib: f64,
    /// Whether idle drives are omitted.
    pub omits_idle: bool,
    /// Whether there is a total.
    pub has_total: bool,
}

impl Scale {
    /// The figure that stands for 1.
    fn one(&self) -> f64 {
        std::iter::repeat_n(10.0, self.decimals).product()
    }
}

/// What all drives did in an interval.
#[derive(Debug)]
pub struct IntervalRates {
    /// The time of day at the end, if known.
    pub wall: Option<SystemTime>,
    /// The length of the interval.
    pub interval: Duration,
    /// The drives, by number.
    pub rows: Vec<Row>,
    /// Their total, if it is shown.
    pub total: Option<Row>,
}

/// What a drive did.
#[derive(Debug)]
pub struct Row {
    /// The names of the drive; `None` for the total.
    pub drive: Option<Rc<DriveNames>>,
    /// The increase of its counters.
    pub increase: Counters,
    /// The figures of the default columns.
    pub figures: Figures,
    /// Requests in flight, if known.
    pub in_flight: Option<u64>,
    /// What the drive is doing; `None` for the total and if unknown.
    pub state: Option<State>,
}

/// The figures of [`COLUMNS`]: reads and writes per second, amounts read and written per second, the
/// percentages of the interval that reads, writes and all operations took, and short transfers and
/// other operations per second.
pub type Figures = [u64; 9];

/// The kind of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Operations per second.
    Rate,
    /// An amount per second, in the unit of the scale.
    Amount,
    /// Percentage of the interval.
    Percent,
}

/// A column: its kind, and the counter from which it is computed.
pub type Column = (Kind, fn(&Counters) -> u64);

/// The columns in the order of [`Figures`].
pub const COLUMNS: [Column; 9] = [
    (Kind::Rate, |counters| counters.reads),
    (Kind::Rate, |counters| counters.writes),
    (Kind::Amount, |counters| counters.read_bytes),
    (Kind::Amount, |counters| counters.write_bytes),
    (Kind::Percent, |counters| counters.read_ns),
    (Kind::Percent, |counters| counters.write_ns),
    (Kind::Percent, |counters| counters.io_ns),
    (Kind::Rate, |counters| counters.residuals),
    (Kind::Rate, |counters| counters.others),
];

/// What a drive is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Idle,
    /// Mostly reading.
    Read,
    /// Mostly writing.
    Write,
    /// Something else that takes a while, such as rewinding, spacing or loading.
    Busy,
}

/// The rates from boot to a sample, `uptime` later.
#[must_use]
pub fn since_boot(new: &Sample, uptime: Duration, scale: &Scale) -> IntervalRates {
    let uptime = whole_millis(uptime);
    let row = |reading: &Reading| {
        let is_busy = |requests: u64| if requests > 0 { State::Busy } else { State::Idle };
        let state = reading.in_flight.map(is_busy);
        Row { state, ..Row::new(reading, reading.counters, uptime, scale) }
    };
    IntervalRates::new(new, uptime, new.readings.iter().map(row), scale)
}

/// The rates from `old` to `new`. There is no row for a drive that was added since `old`, nor for one
/// whose counters were reset.
#[must_use]
pub fn between(old: &Sample, new: &Sample, scale: &Scale) -> IntervalRates {
    let interval = interval_between(old.moment.monotonic, new.moment.monotonic);
    let rows = pairs(&old.readings, &new.readings, Reading::key).filter_map(|pair| {
        let Pair::Both(old, new) = pair else {
            return None;
        };
        let increase = new.counters.since(&old.counters)?;
        let state = Some(State::from_increase(&increase, new.in_flight, interval));
        Some(Row { state, ..Row::new(new, increase, interval, scale) })
    });
    IntervalRates::new(new, interval, rows, scale)
}

impl IntervalRates {
    /// The rates of an interval, which has no rows if its length is 0.
    fn new(
        sample: &Sample,
        interval: Duration,
        rows: impl Iterator<Item = Row>,
        scale: &Scale,
    ) -> IntervalRates {
        let mut rows: Vec<Row> = if interval.is_zero() { Vec::new() } else { rows.collect() };
        if scale.omits_idle {
            let in_kb = Scale { unit_kib: 1.0, ..*scale };
            rows.retain(|row| figures(&row.increase, interval, &in_kb) != [0; 9]);
        }
        let total = scale.has_total.then(|| Row::total(&rows));
        IntervalRates { wall: sample.moment.wall, interval, rows, total }
    }
}

impl Row {
    fn new(reading: &Reading, increase: Counters, interval: Duration, scale: &Scale) -> Row {
        Row {
            drive: Some(Rc::clone(&reading.drive)),
            increase,
            figures: figures(&increase, interval, scale),
            in_flight: reading.in_flight,
            state: None,
        }
    }

    fn total(rows: &[Row]) -> Row {
        let mut total = Row {
            drive: None,
            increase: Counters::default(),
            figures: [0; 9],
            in_flight: None,
            state: None,
        };
        for row in rows {
            total.increase = total.increase.plus(&row.increase);
            for (sum, figure) in total.figures.iter_mut().zip(row.figures) {
                *sum = sum.saturating_add(figure);
            }
            total.in_flight = total
                .in_flight
                .map_or(row.in_flight, |sum| Some(sum.saturating_add(row.in_flight.unwrap_or(0))));
        }
        total
    }

    /// The average kB of a read and of a write, in hundredths; `None` without any.
    #[must_use]
    pub fn block_kb(&self) -> [Option<u64>; 2] {
        let done = &self.increase;
        [(done.read_bytes, done.reads), (done.write_bytes, done.writes)]
            .map(|(bytes, count)| ratio(u128::from(bytes) * 100, u128::from(count) * 1024))
    }

    /// The average milliseconds of a read, a write and any other operation, in hundredths; `None`
    /// without any.
    #[must_use]
    pub fn await_ms(&self) -> [Option<u64>; 3] {
        let done = &self.increase;
        [(done.read_ns, done.reads), (done.write_ns, done.writes), (done.other_ns(), done.others)]
            .map(|(ns, count)| ratio(u128::from(ns) * 100, u128::from(count) * 1_000_000))
    }
}

impl State {
    /// Completed reads and writes decide. Without any, other operations count only if they took a tenth
    /// of the interval: to ask a drive for its status takes next to no time.
    fn from_increase(done: &Counters, in_flight: Option<u64>, interval: Duration) -> State {
        let other = u128::from(done.other_ns()) * 10;
        match (done.reads, done.writes) {
            (0, 0) if in_flight.unwrap_or(0) > 0 || other >= interval.as_nanos() => State::Busy,
            (0, 0) => State::Idle,
            (_, 0) => State::Read,
            (0, _) => State::Write,
            _ if done.read_ns > done.write_ns => State::Read,
            _ => State::Write,
        }
    }
}

impl Counters {
    /// The time of operations that are neither reads nor writes, in nanoseconds.
    fn other_ns(&self) -> u64 {
        self.io_ns.saturating_sub(self.read_ns).saturating_sub(self.write_ns)
    }
}

fn figures(increase: &Counters, interval: Duration, scale: &Scale) -> Figures {
    COLUMNS.map(|(kind, counter)| figure(kind, counter(increase), interval, scale))
}

/// The highest percentage that is shown.
const PERCENT_MAX: f64 = 999.0;

/// A figure, computed with the same floating-point operations as in sysstat, so that truncation gives
/// the same result.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and no figure is negative"
)]
#[allow(clippy::cast_precision_loss, reason = "sysstat computes with doubles, too")]
fn figure(kind: Kind, increase: u64, interval: Duration, scale: &Scale) -> u64 {
    let increase = increase as f64;
    let value = match kind {
        Kind::Rate => increase / seconds(interval),
        Kind::Percent => (100.0 * increase / (seconds(interval) * 1e9)).min(PERCENT_MAX),
        Kind::Amount => increase / seconds(interval) / (1024.0 * scale.unit_kib),
    };
    match scale.decimals {
        0 => value as u64,
        _ => (value * scale.one()).round() as u64,
    }
}

/// The nearest floating-point number.
#[allow(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
fn seconds(interval: Duration) -> f64 {
    interval.as_micros() as f64 / 1e6
}

/// The time from one sample to the next in milliseconds as sysstat counts it: the difference of the
/// seconds, and that of the microseconds without its fraction of a millisecond. It is 1 at least, but
/// 0 if the clock stands still.
fn interval_between(old: Duration, new: Duration) -> Duration {
    let micros = |time: Duration| i64::from(time.subsec_micros());
    let Some(seconds) = new.as_secs().checked_sub(old.as_secs()).filter(|_| new > old) else {
        return Duration::ZERO;
    };
    let millis = (micros(new) - micros(old)) / 1000;
    let millis = Duration::from_secs(seconds).as_millis().saturating_add_signed(millis.into());
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX).max(1))
}

/// The time since boot in milliseconds as sysstat computes it, which sometimes is one less than right.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and no time is negative"
)]
fn whole_millis(uptime: Duration) -> Duration {
    Duration::from_millis((seconds(uptime) * 1000.0) as u64)
}

/// The quotient, rounded.
fn ratio(over: u128, under: u128) -> Option<u64> {
    let value = (over + under / 2).checked_div(under)?;
    Some(u64::try_from(value).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
