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
//! let sample = |seconds| Sample { moment: Some(moment(seconds)), readings: Vec::new() };
//! let scale = Scale {
//!     decimals: 0,
//!     unit_kib: 1.0,
//!     omits_idle: None,
//!     has_total: true,
//!     sorts_by_name: false,
//!     sums_by: None,
//! };
//! let rates = between(&sample(5), &sample(7), &scale);
//! assert_eq!(rates.interval, Some(Duration::from_secs(2)));
//! assert_eq!(rates.total.map(|total| total.figures), Some([Some(0); 9]));
//! ```

mod idle;
mod interval;
mod state;
mod sums;
#[cfg(test)]
mod tests;

pub use idle::IdleRule;
pub use state::State;
pub use sums::By;

use crate::gaps::Gaps;
use crate::names::DriveNames;
use crate::sample::{Increase, Reading, Sample};
use interval::{interval_between, seconds, whole_millis};
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use toolkit::natural_order::natural_cmp;
use toolkit::sampling::{Pair, pairs};

/// How figures are computed, and which rows there are.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// The number of decimals.
    pub decimals: usize,
    /// The unit of amounts, in KiB.
    pub unit_kib: f64,
    /// Which rows are omitted because they are idle, if any.
    pub omits_idle: Option<IdleRule>,
    /// Whether there is a total.
    pub has_total: bool,
    /// Whether the rows are in the order of the names that are shown.
    pub sorts_by_name: bool,
    /// What the drives of a row have in common, unless each drive has a row.
    pub sums_by: Option<By>,
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
    /// The length of the interval, if known. Without it, no figure is known.
    pub interval: Option<Duration>,
    /// The drives or their sums.
    pub rows: Vec<Row>,
    /// Their total, if it is shown.
    pub total: Option<Row>,
}

/// What a drive, or several together, did.
#[derive(Debug)]
pub struct Row {
    /// Which drive or drives.
    pub name: RowName,
    /// The increase of the counters.
    pub increase: Increase,
    /// The figures of the default columns.
    pub figures: Figures,
    /// Requests in flight, if known.
    pub in_flight: Option<u64>,
    /// What the drive is doing; `None` for a sum and if unknown.
    pub state: Option<State>,
    /// Whether the state of each of its drives is idle.
    pub is_idle: bool,
    /// The number of gaps, if known.
    pub gaps: Option<u64>,
    /// The percentage of the interval that gaps took; `None` for a sum and if unknown.
    pub gap_percent: Option<u64>,
}

/// What a row is about.
#[derive(Debug, Clone)]
pub enum RowName {
    /// A drive.
    Drive(Rc<DriveNames>),
    /// Several drives.
    Sum(String),
}

impl RowName {
    /// The name that is shown.
    #[must_use]
    pub fn shown(&self) -> &str {
        match self {
            RowName::Drive(drive) => &drive.shown,
            RowName::Sum(name) => name,
        }
    }

    /// The drive, unless it is a sum.
    #[must_use]
    pub fn drive(&self) -> Option<&DriveNames> {
        match self {
            RowName::Drive(drive) => Some(drive),
            RowName::Sum(_) => None,
        }
    }

    /// The name in the kernel; for a sum, that of the sum.
    #[must_use]
    pub fn kernel(&self) -> &str {
        match self {
            RowName::Drive(drive) => &drive.kernel,
            RowName::Sum(name) => name,
        }
    }
}

/// The figures of [`COLUMNS`], if known: reads and writes per second, amounts read and written per
/// second, the percentages of the interval that reads, writes and all operations took, and short
/// transfers and other operations per second.
pub type Figures = [Option<u64>; 9];

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
pub type Column = (Kind, fn(&Increase) -> Option<u64>);

/// The columns in the order of [`Figures`].
pub const COLUMNS: [Column; 9] = [
    (Kind::Rate, |done| done.reads),
    (Kind::Rate, |done| done.writes),
    (Kind::Amount, |done| done.read_bytes),
    (Kind::Amount, |done| done.write_bytes),
    (Kind::Percent, |done| done.read_ns),
    (Kind::Percent, |done| done.write_ns),
    (Kind::Percent, |done| done.io_ns),
    (Kind::Rate, |done| done.residuals),
    (Kind::Rate, |done| done.others),
];

/// The rates from boot to a sample, `uptime` later, if that is known.
#[must_use]
pub fn since_boot(new: &Sample, uptime: Option<Duration>, scale: &Scale) -> IntervalRates {
    let uptime = uptime.map(whole_millis);
    let row = |reading: &Reading| {
        let row = Row::new(reading, Increase::all(&reading.counters), uptime, scale);
        row.with_state(reading.in_flight.map(State::now))
    };
    IntervalRates::new(new, uptime, new.readings.iter().map(row), scale)
}

/// The rates from `old` to `new`. There is no row for a drive that was added since `old`, nor for one
/// whose counters were reset.
#[must_use]
pub fn between(old: &Sample, new: &Sample, scale: &Scale) -> IntervalRates {
    let moments = old.moment.zip(new.moment);
    let interval = moments.map(|(old, new)| interval_between(old.monotonic, new.monotonic));
    let rows = pairs(&old.readings, &new.readings, Reading::key).filter_map(|pair| {
        let Pair::Both(old, new) = pair else {
            return None;
        };
        let increase = new.counters.since(&old.counters)?;
        let gaps = new.gaps.zip(old.gaps).and_then(|(new, old)| new.since(old));
        let percent = |(gaps, interval): (Gaps, _)| percent(gaps.time, interval, scale);
        let row = Row {
            gaps: gaps.map(|gaps| gaps.count),
            gap_percent: gaps.zip(interval).map(percent),
            ..Row::new(new, increase, interval, scale)
        };
        Some(row.with_state(State::between(old, new, &increase, interval)))
    });
    IntervalRates::new(new, interval, rows, scale)
}

impl IntervalRates {
    /// The rates of an interval, which has no rows if its length is 0.
    fn new(
        sample: &Sample,
        interval: Option<Duration>,
        rows: impl Iterator<Item = Row>,
        scale: &Scale,
    ) -> IntervalRates {
        let mut rows: Vec<Row> =
            if interval == Some(Duration::ZERO) { Vec::new() } else { rows.collect() };
        if let Some(by) = scale.sums_by {
            rows = sums::sums(&rows, by, interval, scale);
        }
        if let Some(rule) = scale.omits_idle {
            rows.retain(|row| !rule.is_idle(row, interval, scale));
        }
        if scale.sorts_by_name {
            rows.sort_by(|one, other| {
                let [one, other] = [one, other].map(|row| row.name.shown().as_bytes());
                natural_cmp(one, other)
            });
        }
        let total = scale.has_total.then(|| sums::total(&rows));
        let wall = sample.moment.and_then(|moment| moment.wall);
        IntervalRates { wall, interval, rows, total }
    }
}

impl Row {
    fn new(
        reading: &Reading,
        increase: Increase,
        interval: Option<Duration>,
        scale: &Scale,
    ) -> Row {
        Row {
            name: RowName::Drive(Rc::clone(&reading.drive)),
            increase,
            figures: figures(&increase, interval, scale),
            in_flight: reading.in_flight,
            state: None,
            is_idle: false,
            gaps: None,
            gap_percent: None,
        }
    }

    fn with_state(self, state: Option<State>) -> Row {
        Row { state, is_idle: state == Some(State::Idle), ..self }
    }

    /// The average kB of a read and of a write, in hundredths; `None` without any.
    #[must_use]
    pub fn block_kb(&self) -> [Option<u64>; 2] {
        let done = &self.increase;
        [(done.read_bytes, done.reads), (done.write_bytes, done.writes)]
            .map(|(bytes, count)| ratio(u128::from(bytes?) * 100, u128::from(count?) * 1024))
    }

    /// The average milliseconds of a read, a write and any other operation, in hundredths; `None`
    /// without any.
    #[must_use]
    pub fn await_ms(&self) -> [Option<u64>; 3] {
        let done = &self.increase;
        [(done.read_ns, done.reads), (done.write_ns, done.writes), (done.other_ns(), done.others)]
            .map(|(ns, count)| ratio(u128::from(ns?) * 100, u128::from(count?) * 1_000_000))
    }
}

impl Increase {
    /// The time of operations that are neither reads nor writes, in nanoseconds.
    fn other_ns(&self) -> Option<u64> {
        Some(self.io_ns?.saturating_sub(self.read_ns?).saturating_sub(self.write_ns?))
    }
}

fn figures(increase: &Increase, interval: Option<Duration>, scale: &Scale) -> Figures {
    COLUMNS.map(|(kind, counter)| Some(figure(kind, counter(increase)?, interval?, scale)))
}

/// The percentage of the interval that `time` is.
fn percent(time: Duration, interval: Duration, scale: &Scale) -> u64 {
    let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    figure(Kind::Percent, ns, interval, scale)
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

/// The quotient, rounded.
fn ratio(over: u128, under: u128) -> Option<u64> {
    let value = (over + under / 2).checked_div(under)?;
    Some(u64::try_from(value).unwrap_or(u64::MAX))
}
