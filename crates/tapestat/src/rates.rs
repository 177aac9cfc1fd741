//! What happened between two samples, in numbers only.
//!
//! A figure is a whole number of units of 10^-`decimals`, so that a total is the exact sum of what is
//! shown. Without decimals it is cut off, as sysstat does; with decimals it is rounded.

use crate::args::Layout;
use crate::names::Names;
use crate::sample::{Counters, Reading, Sample};
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use toolkit::delta::{Change, changes};
use toolkit::look::{Format, Unit};

/// How figures are computed, and for which drives and lines.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Digits behind the decimal mark.
    pub decimals: usize,
    unit: Unit,
    omit_idle: bool,
    total: bool,
}

impl Scale {
    /// That of a layout. Records are always in kB, and so are amounts that choose their unit
    /// themselves.
    #[must_use]
    pub fn of(layout: &Layout) -> Scale {
        let look = &layout.look;
        let is_record = look.format.is_records();
        let is_human = look.human && look.format == Format::Text;
        let unit = if is_record || is_human { None } else { look.unit };
        Scale {
            decimals: layout.decimals.unwrap_or(if is_record { 2 } else { 0 }),
            unit: unit.unwrap_or_default(),
            omit_idle: layout.shown.omit_idle,
            total: layout.shown.total,
        }
    }

    /// What 1.00 is in a figure.
    fn one(&self) -> f64 {
        std::iter::repeat_n(10.0, self.decimals).product()
    }
}

/// The report of one interval.
#[derive(Debug)]
pub struct Round {
    /// When it ended.
    pub wall: SystemTime,
    /// How long it was.
    pub interval: Duration,
    /// The drives by number.
    pub rows: Vec<Row>,
    /// Their sums, if wanted.
    pub total: Option<Row>,
}

/// What a drive did.
#[derive(Debug)]
pub struct Row {
    /// Which drive; none for the total.
    pub drive: Option<Rc<Names>>,
    /// What its counters grew by.
    pub growth: Counters,
    /// The usual columns.
    pub figures: Figures,
    /// Requests that have not ended.
    pub in_flight: Option<u64>,
    /// What it is at; not known of the total.
    pub state: Option<State>,
}

/// Reads and writes a second, amounts read and written a second, percentages of the interval that
/// reads, writes and all operations took, short transfers and other operations a second.
pub type Figures = [u64; 9];

/// What a figure is, for its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Operations a second.
    Rate,
    /// Bytes a second, in the unit of the scale.
    Amount,
    /// Percentage of the interval.
    Percent,
}

/// A column: what it is, and the counter it is made of.
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

/// What a drive is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Idle,
    /// Mostly reading.
    Read,
    /// Mostly writing.
    Write,
    /// Something else that takes its time: rewinding, spacing, loading.
    Busy,
}

/// The report since boot.
#[must_use]
pub fn since_boot(new: &Sample, uptime: Duration, scale: &Scale) -> Round {
    let uptime = whole_millis(uptime);
    let row = |reading: &Reading| {
        let is_busy = |requests: u64| if requests > 0 { State::Busy } else { State::Idle };
        let state = reading.in_flight.map(is_busy);
        Row { state, ..Row::new(reading, reading.counters, uptime, scale) }
    };
    Round::new(new, uptime, new.readings.iter().map(row), scale)
}

/// The report from `old` to `new`. It has no row for a drive that came since `old`, nor for one whose
/// counters began anew.
#[must_use]
pub fn between(old: &Sample, new: &Sample, scale: &Scale) -> Round {
    let interval = new.moment.at.checked_sub(old.moment.at).unwrap_or_default();
    let rows = changes(&old.readings, &new.readings, Reading::key).filter_map(|change| {
        let Change::Stayed(old, new) = change else {
            return None;
        };
        let growth = new.counters.since(&old.counters)?;
        let state = Some(State::of(&growth, new.in_flight, interval));
        Some(Row { state, ..Row::new(new, growth, interval, scale) })
    });
    Round::new(new, interval, rows, scale)
}

impl Round {
    /// A round without time has no rates.
    fn new(
        sample: &Sample,
        interval: Duration,
        rows: impl Iterator<Item = Row>,
        scale: &Scale,
    ) -> Round {
        let mut rows: Vec<Row> = if interval.is_zero() { Vec::new() } else { rows.collect() };
        if scale.omit_idle {
            let small = Scale { unit: Unit::Kilo, ..*scale };
            rows.retain(|row| figures(&row.growth, interval, &small) != [0; 9]);
        }
        let total = scale.total.then(|| Row::total(&rows));
        Round { wall: sample.moment.wall, interval, rows, total }
    }
}

impl Row {
    fn new(reading: &Reading, growth: Counters, interval: Duration, scale: &Scale) -> Row {
        Row {
            drive: Some(Rc::clone(&reading.drive)),
            growth,
            figures: figures(&growth, interval, scale),
            in_flight: reading.in_flight,
            state: None,
        }
    }

    fn total(rows: &[Row]) -> Row {
        let mut total = Row {
            drive: None,
            growth: Counters::default(),
            figures: [0; 9],
            in_flight: None,
            state: None,
        };
        for row in rows {
            total.growth = total.growth.plus(&row.growth);
            for (sum, figure) in total.figures.iter_mut().zip(row.figures) {
                *sum = sum.saturating_add(figure);
            }
            total.in_flight = total
                .in_flight
                .map_or(row.in_flight, |sum| Some(sum.saturating_add(row.in_flight.unwrap_or(0))));
        }
        total
    }

    /// kB a read and kB a write, in hundredths; none if there was none.
    #[must_use]
    pub fn block_kb(&self) -> [Option<u64>; 2] {
        let growth = &self.growth;
        [(growth.read_bytes, growth.reads), (growth.write_bytes, growth.writes)]
            .map(|(bytes, count)| ratio(u128::from(bytes) * 100, u128::from(count) * 1024))
    }

    /// Milliseconds a read, a write and any other operation took, in hundredths; none if there was
    /// none.
    #[must_use]
    pub fn await_ms(&self) -> [Option<u64>; 3] {
        let growth = &self.growth;
        let other_ns = growth.other_ns();
        [
            (growth.read_ns, growth.reads),
            (growth.write_ns, growth.writes),
            (other_ns, growth.others),
        ]
        .map(|(ns, count)| ratio(u128::from(ns) * 100, u128::from(count) * 1_000_000))
    }
}

impl State {
    /// Reads and writes that ended tell most. Other operations tell only if they took a tenth of the
    /// interval, for asking a drive how it is takes none of its time to speak of.
    fn of(growth: &Counters, in_flight: Option<u64>, interval: Duration) -> State {
        let other = u128::from(growth.other_ns()) * 10;
        match (growth.reads, growth.writes) {
            (0, 0) if in_flight.unwrap_or(0) > 0 || other >= interval.as_nanos() => State::Busy,
            (0, 0) => State::Idle,
            (_, 0) => State::Read,
            (0, _) => State::Write,
            _ if growth.read_ns > growth.write_ns => State::Read,
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

fn figures(growth: &Counters, interval: Duration, scale: &Scale) -> Figures {
    COLUMNS.map(|(kind, of)| figure(kind, of(growth), interval, scale))
}

/// The highest percentage that is shown.
const PERCENT_MAX: f64 = 999.0;

/// Divided as sysstat does, in floating point, so that it is the same figure where it is cut off.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
#[allow(clippy::cast_precision_loss, reason = "as in the figures that these have to equal")]
fn figure(kind: Kind, growth: u64, interval: Duration, scale: &Scale) -> u64 {
    let growth = growth as f64;
    let value = match kind {
        Kind::Rate => growth / seconds(interval),
        Kind::Percent => (100.0 * growth / (seconds(interval) * 1e9)).min(PERCENT_MAX),
        Kind::Amount => growth / seconds(interval) / (1024.0 * scale.unit.kib()),
    };
    match scale.decimals {
        0 => value as u64,
        _ => (value * scale.one()).round() as u64,
    }
}

/// As a number of floating point, the nearest to the decimal one.
#[allow(clippy::cast_precision_loss, reason = "exact for the first 285 years")]
fn seconds(interval: Duration) -> f64 {
    interval.as_micros() as f64 / 1e6
}

/// The milliseconds that sysstat takes an uptime for: now and then one is lost in floating point.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative")]
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
