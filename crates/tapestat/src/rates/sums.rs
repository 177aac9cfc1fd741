//! What several drives did together.

use super::{Row, RowName, Scale, figures};
use crate::sample::Increase;
use std::collections::BTreeMap;
use std::time::Duration;
use sysparse::device_name::Hctl;

/// What drives have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The SCSI host, which is a port of the system.
    Host,
    /// The SCSI target, which is a port of the drive or of the library.
    Target,
}

/// The rows of the hosts or targets of `rows`, by name. That of drives whose address is unknown is
/// named `-`.
pub(super) fn sums(rows: &[Row], by: By, interval: Option<Duration>, scale: &Scale) -> Vec<Row> {
    let mut parts: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let name = common_name(&row.name, by).unwrap_or_else(|| "-".to_owned());
        parts.entry(name).or_default().push(row);
    }
    let sum = |(name, rows): (String, Vec<&Row>)| {
        let sum = sum(name, rows.iter().copied());
        Row { figures: figures(&sum.increase, interval, scale), ..sum }
    };
    parts.into_iter().map(sum).collect()
}

/// The name that the kernel gives to the host or the target of a drive.
fn common_name(name: &RowName, by: By) -> Option<String> {
    let RowName::Drive(drive) = name else { return None };
    let address = Hctl::parse(drive.hctl.as_deref()?.as_bytes()).ok()?;
    Some(match by {
        By::Host => format!("host{}", String::from_utf8_lossy(address.host)),
        By::Target => format!("target{}", String::from_utf8_lossy(address.target)),
    })
}

/// The total. Each figure is exactly the sum of the figures of `rows`.
pub(super) fn total(rows: &[Row]) -> Row {
    let total = sum("total".to_owned(), rows);
    let mut figures = [Some(0); 9];
    for row in rows {
        for (sum, figure) in figures.iter_mut().zip(row.figures) {
            *sum = add(*sum, figure);
        }
    }
    Row { figures, ..total }
}

/// The sum of rows, without figures.
fn sum<'a>(name: String, rows: impl IntoIterator<Item = &'a Row>) -> Row {
    let mut sum = Row {
        name: RowName::Sum(name),
        increase: Increase::from([Some(0); 9]),
        figures: [None; 9],
        in_flight: Some(0),
        state: None,
        is_idle: true,
        gaps: Some(0),
        gap_percent: None,
    };
    for row in rows {
        sum.increase = sum.increase.plus(&row.increase);
        sum.in_flight = add(sum.in_flight, row.in_flight);
        sum.gaps = add(sum.gaps, row.gaps);
        sum.is_idle &= row.is_idle;
    }
    sum
}

/// The sum, which is unknown if a part is.
fn add(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    Some(one?.saturating_add(other?))
}
