//! How a report of rates is printed: format, unit and time.

use crate::datetime::TimeFormat;

/// How a report of rates is printed.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each one is an option of its own")]
pub struct OutputOptions {
    /// The format of the report.
    pub format: Format,
    /// Whether tab-separated values have no heading.
    pub no_heading: bool,
    /// The unit of amounts.
    pub unit: Option<Unit>,
    /// Whether each amount has a unit of its own, see [`human_unit`].
    pub human: bool,
    /// The time that precedes each report.
    pub time: Option<TimeFormat>,
    /// Whether two different units were given.
    units_differ: bool,
}

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Columns for people.
    #[default]
    Text,
    /// One JSON document with the layout of sysstat.
    Json,
    /// One JSON object per line.
    JsonLines,
    /// Tab-separated values below a line with their names.
    Tsv,
    /// Metrics in the text format of Prometheus.
    Prometheus,
}

/// The unit of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// 1024 bytes.
    #[default]
    Kilo,
    /// 1024 kB.
    Mega,
    /// 1024 MB.
    Giga,
}

impl OutputOptions {
    pub(super) fn set_unit(&mut self, unit: Unit) {
        self.units_differ |= self.unit.is_some_and(|before| before != unit);
        self.unit = Some(unit);
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.units_differ {
            return Err("only one of -k, -m and -G can be given".to_owned());
        }
        Ok(())
    }
}

impl Format {
    /// Whether it has one record per line.
    #[must_use]
    pub fn is_records(self) -> bool {
        matches!(self, Format::JsonLines | Format::Tsv)
    }
}

impl Unit {
    /// `k`, `M` or `G`.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Unit::Kilo => 'k',
            Unit::Mega => 'M',
            Unit::Giga => 'G',
        }
    }

    /// Its size in KiB.
    #[must_use]
    pub fn kib(self) -> f64 {
        match self {
            Unit::Kilo => 1.0,
            Unit::Mega => 1024.0,
            Unit::Giga => 1024.0 * 1024.0,
        }
    }
}

/// An amount in KiB, converted to the largest unit from `k` to `P` in which it is at least 1.
///
/// ```
/// use toolkit::sampling::human_unit;
///
/// assert_eq!(human_unit(1536.0), (1.5, 'M'));
/// assert_eq!(human_unit(0.5), (0.5, 'k'));
/// ```
#[must_use]
pub fn human_unit(kib: f64) -> (f64, char) {
    let (mut amount, mut unit) = (kib, 'k');
    for larger in ['M', 'G', 'T', 'P'] {
        if amount < 1024.0 {
            break;
        }
        (amount, unit) = (amount / 1024.0, larger);
    }
    (amount, unit)
}
